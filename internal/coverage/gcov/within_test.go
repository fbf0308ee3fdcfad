package gcov

import (
	"io"
	"slices"
	"strings"
	"testing"

	"github.com/gatewright/gatewright/internal/coverage"
)

// Files are named as seen from the folder that they were compiled in.
func TestCompiledIn(t *testing.T) {
	t.Parallel()
	const lines = `"lines":[{"line_number":1,"count":1,"branches":[]}]`
	for name, c := range map[string]struct {
		parse func(io.Reader) (*coverage.Report, error)
		text  string
		want  []string
	}{
		"JSON": {ParseJSON, `{"files":[{"file":"../src/a.c",` + lines + `},{"file":"/usr/include/x.h",` + lines + `}],"current_working_directory":"/w/build"}
{"current_working_directory":"/w/lib","files":[{` + lines + `,"file":"a.c"}]}
{"files":[{"file":"plain.c",` + lines + `}]}`, []string{"/usr/include/x.h", "/w/lib/a.c", "/w/src/a.c", "plain.c"}},
		"text": {
			Parse, "  -:    0:Source:../src/a.c\n  -:    0:Working directory:/w/build\r\n  -:    0:Graph:a.gcno\n  1:    1:x\n" +
				"  -:    0:Source:b.c\n  -:    0:Graph:b.gcno\n  1:    1:x\n  -:    0:Source:C:\\w\\c.c\n  -:    0:Working directory:D:\\w\n",
			[]string{"/w/src/a.c", "C:\\w\\c.c", "b.c"},
		},
		"intermediate": {
			ParseIntermediate, "version:9\ncwd:/w/build\nfile:../src/a.c\nlcount:1,1,0\nfile:/usr/include/x.h\nlcount:1,1,0\n",
			[]string{"/usr/include/x.h", "/w/src/a.c"},
		},
	} {
		report, err := c.parse(strings.NewReader(c.text))
		if err != nil {
			t.Errorf("%s: %v", name, err)
			continue
		}
		var got []string
		for _, f := range report.Files() {
			got = append(got, f.Path)
		}
		slices.Sort(got)
		if !slices.Equal(got, c.want) {
			t.Errorf("%s: %q, not %q", name, got, c.want)
		}
	}
}
