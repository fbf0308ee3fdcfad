package main

import (
	"strings"
	"testing"
)

func TestPackagesHaveEveryInput(t *testing.T) {
	if err := run("../..", true); err != nil {
		t.Error(err)
	}
}

func TestBetweenNeedsItsMarks(t *testing.T) {
	if text, err := between("a\n<\nold\n>\nb\n", "<", ">", "new\n"); err != nil || text != "a\n<\nnew\n>\nb\n" {
		t.Errorf("%q, %v", text, err)
	}
	for _, old := range []string{"a\n>\n", "a\n<\n"} {
		if _, err := between(old, "<", ">", "new\n"); err == nil || !strings.Contains(err.Error(), "no line") {
			t.Errorf("%q: %v", old, err)
		}
	}
}
