package cli

import (
	"encoding/json"
	"strconv"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/gatewright/gatewright/internal/reference"
)

// TestPatchAgreesWithDiffCover holds patch coverage against what diff-cover's
// own tests assert.
func TestPatchAgreesWithDiffCover(t *testing.T) {
	t.Parallel()
	var cases []struct {
		Diff     string
		Coverage []string
		Total    int
		Missing  int
		Files    map[string]struct{ Missing string }
	}
	if err := json.Unmarshal(reference.Read(t, "fixtures/patch-coverage/EXPECTED.json"), &cases); err != nil {
		t.Fatal(err)
	}
	agree := 0
	for _, c := range cases {
		args := []string{"--output", "json", "coverage", "patch", "--diff", reference.Path(t, "fixtures/patch-coverage/"+c.Diff)}
		for _, name := range c.Coverage {
			args = append(args, reference.Path(t, "fixtures/patch-coverage/"+name))
		}
		code, out, talk := place{dir: t.TempDir()}.call("", args...)
		if code != 0 {
			t.Errorf("%s: exit %d: %s", c.Diff, code, talk)
			continue
		}
		var got patchJSON
		if err := json.Unmarshal([]byte(out), &got); err != nil {
			t.Fatal(err)
		}
		want, have := map[string]string{}, map[string]string{}
		for path, f := range c.Files {
			want[path] = f.Missing
		}
		for _, f := range got.Files {
			var lines []string
			for _, n := range f.Uncovered {
				lines = append(lines, strconv.Itoa(n))
			}
			have[f.Path] = strings.Join(lines, ",")
		}
		diff := cmp.Diff(want, have)
		if diff == "" && got.Totals.Coverable == c.Total && got.Totals.Coverable-got.Totals.Covered == c.Missing {
			agree++
			continue
		}
		t.Errorf("%s: %+v, want %d lines, %d missing\n%s", c.Diff, got.Totals, c.Total, c.Missing, diff)
	}
	t.Logf("agree %d of %d", agree, len(cases))
}
