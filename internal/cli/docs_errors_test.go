package cli

import (
	"go/ast"
	"go/parser"
	"go/token"
	"io/fs"
	"os"
	"path/filepath"
	"regexp"
	"strconv"
	"strings"
	"testing"
)

// TestErrorsAreSaid: what docs/errors.md shows as a message is a text of the
// program; dots stand for what differs.
func TestErrorsAreSaid(t *testing.T) {
	t.Parallel()
	var texts strings.Builder // the string literals, comments left out
	err := filepath.WalkDir("..", func(name string, d fs.DirEntry, err error) error {
		if d.IsDir() && d.Name() == "sandbox" {
			return fs.SkipDir
		}
		if err != nil || filepath.Ext(name) != ".go" || strings.HasSuffix(name, "_test.go") {
			return err
		}
		code, err := parser.ParseFile(token.NewFileSet(), name, nil, 0)
		if err != nil {
			return err
		}
		ast.Inspect(code, func(n ast.Node) bool {
			if lit, ok := n.(*ast.BasicLit); ok && lit.Kind == token.STRING {
				text, _ := strconv.Unquote(lit.Value)
				texts.WriteString(text + "\n")
			}
			return true
		})
		return nil
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
			if part = strings.Trim(part, ", "); len(part) < 8 {
				continue // it stands somewhere
			}
			n++
			if !strings.Contains(texts.String(), part) {
				t.Errorf("nothing says %q", part)
			}
		}
	}
	if n < 15 {
		t.Errorf("%d texts", n)
	}
}
