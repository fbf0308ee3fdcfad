package testrun

import (
	"bytes"
	"testing"

	"github.com/google/go-cmp/cmp"
)

// TestWrittenIsRead: what WriteJUnit writes, ReadJUnit reads, number for number.
func TestWrittenIsRead(t *testing.T) {
	s := Suite{Name: "a \"suite\""}
	s.Add(Written{Class: "c", Name: "passes <&>"})
	s.Add(Written{Class: "c", Name: "fails", File: "a.go", Line: 3, Failure: &Failure{Message: "m"}})
	s.Add(Written{Class: "c", Name: "waits", Skipped: &Skip{}})
	if s.Tests != 3 || s.Failures != 1 || s.Skipped != 1 {
		t.Errorf("%d tests, %d failures, %d skipped", s.Tests, s.Failures, s.Skipped)
	}
	var b bytes.Buffer
	if err := WriteJUnit(&b, []Suite{s, {Name: "empty"}}); err != nil {
		t.Fatal(err)
	}
	var got Set
	if err := got.ReadJUnit(&b, "x"); err != nil {
		t.Fatal(err)
	}
	want := []Case{
		{Suite: s.Name, Class: "c", Name: "passes <&>", Outcome: Passed},
		{Suite: s.Name, Class: "c", Name: "fails", File: "a.go", Line: 3, Outcome: Failed, Message: "m"},
		{Suite: s.Name, Class: "c", Name: "waits", Outcome: Skipped},
	}
	if diff := cmp.Diff(want, got.Cases); diff != "" {
		t.Error(diff)
	}
}

// TestWrittenNames: no two cases of a file are of one class and name.
func TestWrittenNames(t *testing.T) {
	a, b := Suite{Name: "a"}, Suite{Name: "b"}
	for range 2 {
		a.Add(Written{Class: "c", Name: "n"})
		b.Add(Written{Class: "c", Name: "n"})
		b.Add(Written{Class: "other", Name: "n"})
	}
	b.Add(Written{Class: "c", Name: "n (3)"})
	b.Add(Written{Class: "c", Name: "n"})
	var out bytes.Buffer
	if err := WriteJUnit(&out, []Suite{a, b}); err != nil {
		t.Fatal(err)
	}
	var s Set
	if err := s.ReadJUnit(&out, "x"); err != nil {
		t.Fatal(err)
	}
	var got []string
	for _, c := range s.Cases {
		got = append(got, c.Class+" "+c.Name)
	}
	if diff := cmp.Diff([]string{"c n", "c n (2)", "c n (3)", "other n", "c n (4)", "other n (2)", "c n (3) (2)", "c n (5)"}, got); diff != "" {
		t.Error(diff)
	}
}
