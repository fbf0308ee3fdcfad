package jacoco

import (
	"strings"
	"testing"
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
		r, err := Parse(strings.NewReader(`<report name="r"><package name="` + tt.pkg + `"><sourcefile name="` + tt.file + `"><line nr="1" mi="0" ci="1" mb="0" cb="0"/></sourcefile></package></report>`))
		if err != nil {
			t.Fatal(err)
		}
		if files := r.Files(); len(files) != 1 || files[0].Path != tt.want {
			t.Errorf("%s in %s is %v, want %s", tt.file, tt.pkg, files, tt.want)
		}
	}
}
