package disturbed

import "testing"

func TestOne(t *testing.T) {
	if Add(1) != 1 {
		t.Error("wrong")
	}
}

func TestTwo(t *testing.T) {
	if Add(2) != 2 {
		t.Error("wrong")
	}
}
