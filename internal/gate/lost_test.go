package gate

import (
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/gatewright/gatewright/internal/coverage"
)

func TestLostReports(t *testing.T) {
	parts := func(names ...string) (out []coverage.Part) {
		for _, n := range names {
			out = append(out, coverage.Part{Path: n, Files: 1, Below: "src"})
		}
		return out
	}
	gone := append(parts("a.info"), coverage.Part{Path: "gone.info", Files: 3, Below: "gone"}, coverage.Part{Path: "empty.info"})
	for _, tt := range []struct {
		name        string
		before, now []coverage.Part
		want        []string
	}{
		{"all there", parts("1.info", "2.info"), parts("1.info", "2.info"), nil},
		{"one lacks", parts("1.info", "2.info", "3.info"), parts("1.info", "3.info"), []string{"2.info"}},
		{"one of the same name", parts("lcov.info", "lcov.info"), parts("lcov.info"), []string{"lcov.info"}},
		{"a baseline that names none", nil, parts("1.info"), nil},
		{"no report at all is said elsewhere", parts("1.info"), nil, nil},
		{"called otherwise", parts("1.info", "2.info"), parts("a.info", "b.info"), nil},
		{"called otherwise, and one less", parts("1.info", "2.info", "3.info"), parts("a.info", "b.info"), []string{"1.info", "2.info", "3.info"}},
		{
			"ids and times in names",
			parts("T/5e2b7c1a-93f4-4a0e-8f6d-0c1b2a3d4e5f/c.xml", "T/0a1b2c3d-93f4-4a0e-8f6d-0c1b2a3d4e5f/c.xml", "r-20240101.info"),
			parts("T/ffffffff-93f4-4a0e-8f6d-0c1b2a3d4e5f/c.xml", "r-20240102.info"),
			[]string{"T/0a1b2c3d-93f4-4a0e-8f6d-0c1b2a3d4e5f/c.xml"},
		},
		{"of code that is gone, and of nothing", gone, parts("a.info"), nil},
		{"of no file", append(parts("a.info"), coverage.Part{Path: "empty.info", Below: "src"}), parts("a.info"), nil},
		{"one gone, the other called otherwise", append(parts("1.info"), coverage.Part{Path: "gone.info", Files: 3, Below: "gone"}), parts("a.info"), nil},
	} {
		got := LostReports(tt.now, tt.before, func(below string) bool { return below == "src" })
		if diff := cmp.Diff(tt.want, got); diff != "" {
			t.Errorf("%s (-want +got):\n%s", tt.name, diff)
		}
	}
}
