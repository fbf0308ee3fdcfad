package console

import "testing"

func TestCount(t *testing.T) {
	for _, tt := range []struct {
		n          int
		noun, want string
	}{
		{1, "file", "1 file"},
		{0, "file", "0 files"},
		{1, "repository", "1 repository"},
		{25, "repository", "25 repositories"},
		{2, "day", "2 days"},
	} {
		if got := Count(tt.n, tt.noun); got != tt.want {
			t.Errorf("%d %s: %q, want %q", tt.n, tt.noun, got, tt.want)
		}
	}
}
