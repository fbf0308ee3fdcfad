package formats

import (
	"bytes"
	"testing"

	"github.com/gatewright/gatewright/internal/coverage"
	"github.com/gatewright/gatewright/internal/coverage/cobertura"
	"github.com/gatewright/gatewright/internal/schematest"
)

// TestWrittenBySchema: what is written of every reference report is valid by the
// DTD of Cobertura, which GitLab and Azure DevOps read, and by SonarQube's
// schema, and says nothing that their readers refuse: a line twice, or more
// branches covered than there are.
func TestWrittenBySchema(t *testing.T) {
	schemas := map[string]map[string]schematest.Element{"cobertura": schematest.Cobertura(), "sonar": schematest.SonarCoverage()}
	eachReference(t, func(t *testing.T, name string, _ []byte, report *coverage.Report) {
		for to, schema := range schemas {
			var b bytes.Buffer
			if err := Write(&b, to, report); err != nil {
				t.Errorf("%s to %s: %v", name, to, err)
				continue
			}
			if wrong := schematest.XML(&b, "coverage", schema); len(wrong) > 0 {
				t.Errorf("%s to %s: %d breaches, the first: %s", name, to, len(wrong), wrong[0])
			}
		}
		for _, f := range report.Files() {
			last := 0
			for n, m := range f.Marked() {
				if n <= last || m.Branches.Covered > m.Branches.Total {
					t.Errorf("%s: %s: line %d after %d, branches %v", name, f.Path, n, last, m.Branches)
				}
				last = n
			}
		}
	})
}

// TestPartsBySchema: a report that is cut for a CI's limit is valid in each part.
func TestPartsBySchema(t *testing.T) {
	report := coverage.New()
	for _, name := range []string{"a/b.go", "a/c & d.go", `e"<f>.go`, "g\x01.go", "h.go"} {
		f := report.File(name)
		for n := 1; n <= 2000; n++ {
			f.Hit(n, int64(n%2))
		}
	}
	parts := cobertura.Parts(report, 200<<10)
	if len(parts) < 3 {
		t.Fatalf("%d parts", len(parts))
	}
	for i, p := range parts {
		text := cobertura.Bytes(p)
		if wrong := schematest.XML(bytes.NewReader(text), "coverage", schematest.Cobertura()); len(wrong) > 0 {
			t.Errorf("part %d: %s", i, wrong[0])
		}
		if len(text) > 200<<10 {
			t.Errorf("part %d has %d bytes", i, len(text))
		}
	}
}
