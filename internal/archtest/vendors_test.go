package archtest

import (
	"go/ast"
	"os"
	"path"
	"path/filepath"
	"slices"
	"strings"
	"testing"
)

// vendors are the names that stand in their own package, in its stand-in, in
// the table of services, in help and in documentation, and nowhere else: what
// is known of a vendor is then in one place.
func vendors() []string { return []string{"codacy", "codeant", "codedig"} }

// namesVendors lists the other files that may name one, each with the reason.
func namesVendors() map[string]string {
	return map[string]string{
		"internal/cli/wire_services.go": "the table of services",
		"internal/sandbox/*.go":         "the table of stand-ins",
		"internal/cli/cli.go":           "the help of the program",
		"internal/demo/*.go":            "a worked example, run on stand-ins",

		"internal/action/inputs.go":     "the inputs' descriptions, which are documentation, and names that vendors' own packages have",
		"internal/coverage/codacy/*.go": "a format of coverage, which is called that",
		"internal/coverage/formats/*":   "the table of formats",
		"internal/migrate/*.go":         "the configurations of other tools, each under its own name",
		"internal/gate/tallies.go":      "the rules by which tools total coverage, side by side",
	}
}

func TestVendorsAreNamedInTheirOwnRooms(t *testing.T) {
	used := map[string]bool{}
	eachFile(t, func(name, file string, f *ast.File) {
		if own(name) {
			return
		}
		if where, found := namedVendor(f); found != "" {
			for pattern := range namesVendors() {
				if ok, _ := path.Match(pattern, name+"/"+file); ok {
					used[pattern] = true
					return
				}
			}
			t.Errorf("%s/%s names %s in %s: put what it knows into the service's descriptor", name, file, found, where)
		}
	})
	for pattern := range namesVendors() {
		if !used[pattern] {
			t.Errorf("no file of %s names a vendor: take it out of the list", pattern)
		}
	}
}

// own reports whether the package is a vendor's own or its stand-in.
func own(name string) bool {
	dir, base := path.Split(name)
	return (dir == "internal/service/" || dir == "internal/sandbox/") && slices.Contains(vendors(), base) || ownProgram(name)
}

// namedVendor finds the first code of a file that names a vendor. Comments,
// help texts in tags and the Help methods are documentation.
func namedVendor(f *ast.File) (where, vendor string) {
	tags := map[*ast.BasicLit]bool{}
	ast.Inspect(f, func(n ast.Node) bool {
		text := ""
		switch n := n.(type) {
		case *ast.FuncDecl:
			if n.Name.Name == "Help" {
				return false
			}
		case *ast.Field:
			if n.Tag != nil {
				tags[n.Tag] = true
			}
		case *ast.BasicLit:
			if !tags[n] {
				text = n.Value
			}
		case *ast.Ident:
			text = n.Name
		}
		for _, v := range vendors() {
			if where == "" && strings.Contains(strings.ToLower(text), v) {
				where, vendor = text, v
			}
		}
		return where == ""
	})
	return where, vendor
}

// TestQuirksAreDocumented: a behaviour that can be switched is one that no
// source settles, and the page of its service or forge says so.
func TestQuirksAreDocumented(t *testing.T) {
	pages := ""
	files, err := filepath.Glob(filepath.Join("..", "..", "docs", "fidelity", "*.md"))
	if err != nil {
		t.Fatal(err)
	}
	for _, name := range files {
		text, err := os.ReadFile(name)
		if err != nil {
			t.Fatal(err)
		}
		pages += string(text)
	}
	n := 0
	eachFile(t, func(name, file string, f *ast.File) {
		if path.Dir(name) != "internal/sandbox" {
			return
		}
		ast.Inspect(f, func(node ast.Node) bool {
			c, ok := node.(*ast.ValueSpec)
			if !ok || len(c.Values) != 1 {
				return true
			}
			text, ok := c.Values[0].(*ast.BasicLit)
			if ok && strings.HasPrefix(text.Value, `"`+path.Base(name)+"-") {
				n++
				if quirk := strings.Trim(text.Value, `"`); !strings.Contains(pages, "`"+quirk+"`") {
					t.Errorf("%s/%s: docs/fidelity does not say what %s is", name, file, quirk)
				}
			}
			return true
		})
	})
	if n < 10 {
		t.Errorf("%d quirks found", n)
	}
}
