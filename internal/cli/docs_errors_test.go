package cli

import (
	"io/fs"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"
)

// TestErrorsAreSaid: what docs/errors.md shows as a message is a text of the
// program; dots stand for what differs.
func TestErrorsAreSaid(t *testing.T) {
	t.Parallel()
	var code strings.Builder
	err := filepath.WalkDir("..", func(name string, d fs.DirEntry, err error) error {
		if d.IsDir() && d.Name() == "sandbox" {
			return fs.SkipDir
		}
		if err != nil || filepath.Ext(name) != ".go" || strings.HasSuffix(name, "_test.go") {
			return err
		}
		text, err := os.ReadFile(name)
		code.Write(text)
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	page, err := os.ReadFile("../../docs/errors.md")
	if err != nil {
		t.Fatal(err)
	}
	n := 0
	for _, m := range regexp.MustCompile("(?m)^\\| `([^`]+)`").FindAllStringSubmatch(string(page), -1) {
		for part := range strings.SplitSeq(m[1], "…") {
			if part = strings.TrimSpace(part); part == "" {
				continue
			}
			n++
			if part = strings.Trim(part, ", "); !strings.Contains(code.String(), part) {
				t.Errorf("nothing says %q", part)
			}
		}
	}
	if n < 15 {
		t.Errorf("%d texts", n)
	}
}
