package opencover

import (
	"maps"
	"testing"

	"github.com/gatewright/gatewright/internal/coverage"
	"github.com/gatewright/gatewright/internal/coverage/coveragetest"
)

// TestSkipped has points of a method and of a class that were left out of the
// measurement: they did not run, and nobody wanted them to.
func TestSkipped(t *testing.T) {
	t.Parallel()
	method := func(attr, line string) string {
		return `<Method` + attr + `><FileRef uid="1"/><SequencePoints><SequencePoint vc="0" sl="` + line + `" fileid="1"/></SequencePoints>` +
			`<BranchPoints><BranchPoint vc="0" sl="` + line + `" path="0" offset="1" fileid="1"/></BranchPoints></Method>`
	}
	const skipped = ` skippedDueTo="Attribute"`
	report := coveragetest.Read(t, Parse, `<CoverageSession><Modules><Module><Files><File uid="1" fullPath="a.cs"/></Files><Classes>`+
		`<Class><Methods>`+method(skipped, "3")+method("", "5")+`</Methods></Class>`+
		`<Class`+skipped+`><Methods>`+method("", "7")+method("", "8")+`</Methods></Class>`+
		`<Class><Methods>`+method("", "9")+`</Methods></Class></Classes></Module></Modules></CoverageSession>`)
	f := report.File("a.cs")
	if got, want := maps.Collect(f.Lines()), map[int]int64{5: 0, 9: 0}; !maps.Equal(got, want) {
		t.Errorf("lines %v, not %v", got, want)
	}
	if got := f.BranchesOf(3); got != (coverage.Branches{}) {
		t.Errorf("line 3 has branches: %v", got)
	}
}
