package jacoco

import (
	"strings"
	"testing"

	"github.com/gatewright/gatewright/internal/coverage/coveragetest"
)

// TestPaths has the ways that packages and source files make a path.
func TestPaths(t *testing.T) {
	for _, tt := range []struct{ pkg, file, want string }{
		{"com/a", "A.java", "com/a/A.java"},
		{"", "A.java", "A.java"},
		{"repo/d/e", "d/e/foo.ps1", "repo/d/e/foo.ps1"}, // Pester 5: the folder is in both
		{"d/e", "d/e/foo.ps1", "d/e/foo.ps1"},
		{"repo", "foo.ps1", "repo/foo.ps1"},
		{"src", "d/foo.ps1", "src/d/foo.ps1"}, // Pester 4: one package
		{"repo/bad", "d/foo.ps1", "repo/bad/d/foo.ps1"},
		{"/w/src/d", "foo.ps1", "/w/src/d/foo.ps1"}, // its format for Coverage Gutters
	} {
		r := coveragetest.Read(t, Parse, `<report name="r"><package name="`+tt.pkg+`"><sourcefile name="`+tt.file+`"><line nr="1" mi="0" ci="1" mb="0" cb="0"/></sourcefile></package></report>`)
		if files := r.Files(); len(files) != 1 || files[0].Path != tt.want {
			t.Errorf("%s in %s is %v, want %s", tt.file, tt.pkg, files, tt.want)
		}
	}
}

// TestNoLineNumbers has classes that were compiled without debug information: the report says nothing of lines, and why.
func TestNoLineNumbers(t *testing.T) {
	const head = `<report name="r"><package name="a"><class name="a/A"><counter type="INSTRUCTION" missed="3" covered="5"/></class>`
	for rest, want := range map[string]int{
		`</package><counter type="INSTRUCTION" missed="3" covered="5"/></report>`:                                                                    1,
		`<sourcefile name="A.java"></sourcefile></package><counter type="INSTRUCTION" missed="3" covered="5"/></report>`:                             1,
		`<sourcefile name="A.java"><line nr="1" mi="0" ci="1"/></sourcefile></package><counter type="INSTRUCTION" missed="3" covered="5"/></report>`: 0,
		`</package></report>`: 0, // nothing at all
	} {
		r := coveragetest.Read(t, Parse, head+rest)
		if remarks := r.Remarks(); len(remarks) != want || want > 0 && !strings.Contains(remarks[0].Message, "debug information") {
			t.Errorf("%s: %v", rest, remarks)
		}
	}
}
