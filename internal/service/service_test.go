package service

import "testing"

// TestMayBeCommit: a commit may be shortened, by either side.
func TestMayBeCommit(t *testing.T) {
	for _, c := range []struct {
		a, b string
		want bool
	}{
		{"", "0123456789abcdef", true},
		{"0123456789abcdef", "", true},
		{"0123456", "0123456789abcdef", true},
		{"0123456789abcdef", "0123456", true},
		{"012345", "0123456789abcdef", false},
		{"abc", "abc", true},
		{"0123457", "0123456789abcdef", false},
	} {
		if got := MayBeCommit(c.a, c.b); got != c.want {
			t.Errorf("%q, %q: %v", c.a, c.b, got)
		}
	}
}
