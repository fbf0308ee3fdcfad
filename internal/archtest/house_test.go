package archtest

import (
	"go/ast"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"
)

// most is how many parameters a function has; a context counts, a receiver does
// not.
const most = 4

// TestParametersAreFew holds for functions, for literals and types of functions,
// and for methods of interfaces, in the packages that serve tests too.
func TestParametersAreFew(t *testing.T) {
	eachGoFile(t, func(file string, f *ast.File) {
		ast.Inspect(f, func(n ast.Node) bool {
			fn, ok := n.(*ast.FuncType)
			if !ok {
				return true
			}
			count := 0
			for _, p := range fn.Params.List {
				count += max(1, len(p.Names))
			}
			if count > most {
				t.Errorf("%s: %d parameters; what travels together is a struct", positions.Position(fn.Pos()), count)
			}
			return true
		})
	})
}

// wrong are words that a comment of Go's own authors does without. Their kind
// says what the code returns or reports; who gives or tells what is a guess.
var wrong = regexp.MustCompile(`(?i)\b(gives|tells)\b`)

func TestCommentsAreGoEnglish(t *testing.T) {
	eachGoFile(t, func(file string, f *ast.File) {
		for _, group := range f.Comments {
			for _, c := range group.List {
				for i, line := range strings.Split(c.Text, "\n") {
					if word := wrong.FindString(line); word != "" {
						t.Errorf("%s:%d: %q; write what it returns, reports or says", file, positions.Position(c.Pos()).Line+i, word)
					}
				}
			}
		}
	})
}

// known are methods whose meaning their interface says.
var known = map[string]bool{
	"Run": true, "Error": true, "Unwrap": true, "Is": true, "String": true, "Write": true, "Read": true, "Close": true, "RoundTrip": true,
	"Timeout": true, "Temporary": true, "Header": true, "WriteHeader": true, "Len": true, "Less": true, "Swap": true,
}

func TestExportedNamesAreDocumented(t *testing.T) {
	eachGoFile(t, func(_ string, f *ast.File) {
		undocumented := func(name *ast.Ident, docs ...*ast.CommentGroup) {
			for _, doc := range docs {
				if doc != nil {
					return
				}
			}
			if name.IsExported() {
				t.Errorf("%s: %s has no comment", positions.Position(name.Pos()), name.Name)
			}
		}
		for _, d := range f.Decls {
			switch d := d.(type) {
			case *ast.FuncDecl:
				if d.Recv == nil || ofExported(d.Recv) && !known[d.Name.Name] {
					undocumented(d.Name, d.Doc)
				}
			case *ast.GenDecl:
				for _, s := range d.Specs {
					switch s := s.(type) {
					case *ast.TypeSpec:
						undocumented(s.Name, d.Doc, s.Doc, s.Comment)
					case *ast.ValueSpec:
						for _, name := range s.Names {
							undocumented(name, d.Doc, s.Doc, s.Comment)
						}
					}
				}
			}
		}
	})
}

// ofExported reports whether a receiver's type is exported; methods of others
// are there for an interface, which documents them.
func ofExported(recv *ast.FieldList) bool {
	typ := recv.List[0].Type
	for {
		switch x := typ.(type) {
		case *ast.StarExpr:
			typ = x.X
		case *ast.IndexExpr:
			typ = x.X
		case *ast.Ident:
			return x.IsExported()
		default:
			return true
		}
	}
}

// The grammar is the smaller part of the program: what a command does is done in
// the rooms below.
const (
	grammarLines = 4500
	commandLines = 120
)

func TestGrammarIsThin(t *testing.T) {
	files, err := filepath.Glob(filepath.Join("..", "cli", "*.go"))
	if err != nil || len(files) < 40 {
		t.Fatalf("%d files, %v", len(files), err)
	}
	// Neither is a command: the program's beginning and end, and how flags are read.
	grammar := map[string]bool{"cli.go": true, "settings.go": true}
	total := 0
	for _, file := range files {
		if strings.HasSuffix(file, "_test.go") {
			continue
		}
		text, err := os.ReadFile(file)
		if err != nil {
			t.Fatal(err)
		}
		lines := strings.Count(string(text), "\n")
		total += lines
		if lines > commandLines && !grammar[filepath.Base(file)] {
			t.Errorf("%s has %d lines, at most %d: move what is not command line into the room it belongs to", file, lines, commandLines)
		}
	}
	if total > grammarLines {
		t.Errorf("internal/cli has %d lines, at most %d", total, grammarLines)
	}
}

// eachGoFile parses every file that is not a test, but for those that have the
// names and parameters of a module of others that cannot be fetched.
func eachGoFile(t *testing.T, visit func(file string, f *ast.File)) {
	t.Helper()
	n := 0
	for _, root := range []string{"internal", "cmd", "scripts", "bench", "e2e"} {
		err := filepath.WalkDir(filepath.Join("..", "..", root), func(file string, d os.DirEntry, err error) error {
			if err != nil || d.IsDir() || !strings.HasSuffix(file, ".go") || strings.HasSuffix(file, "_test.go") || strings.Contains(file, "testdata") || strings.Contains(file, "gitlab-runner/absent/") {
				return err
			}
			n++
			visit(file, parse(t, file))
			return nil
		})
		if err != nil {
			t.Fatal(err)
		}
	}
	if n < 200 {
		t.Fatalf("saw %d files", n)
	}
}
