// Package archtest holds the rules of the house as tests: who may import what,
// and what no package may do.
package archtest

import (
	"bytes"
	"encoding/json"
	"fmt"
	"go/ast"
	"go/parser"
	"go/token"
	"os"
	"os/exec"
	"path"
	"path/filepath"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"sync"
	"testing"

	"github.com/gatewright/gatewright/internal/reference"
)

const module = "github.com/gatewright/gatewright/"

// layers are the rooms from the ground up. A package may import what stands in
// a lower layer, and what exceptions names; siblings never.
func layers() [][]string {
	return [][]string{
		{"internal/fault", "internal/repo", "internal/trace", "internal/manual", "internal/input", "internal/table", "internal/address"},
		{"internal/secret", "internal/git", "internal/scan", "internal/release"},
		{"internal/rest", "internal/console"},
		{"internal/rest/pace"},
		{"internal/service", "internal/forge", "internal/coverage", "internal/testrun", "internal/fleet/journal"},
		{"internal/service/*", "internal/forge/*", "internal/coverage/*"},
		{"internal/fleet", "internal/gate", "internal/summary", "internal/baseline", "internal/coverage/formats", "internal/finding", "internal/diff", "internal/ci"},
		{"internal/pack", "internal/migrate", "internal/reports", "internal/pages"},
		{"internal/job"},
		{"internal/connect"},
		{"internal/action", "internal/doctor"},
		{"internal/sandbox/world"},
		{"internal/sandbox/answer"},
		{"internal/sandbox/*"},
		{"internal/sandbox"},
		{"internal/demo"},
		{"internal/cli"},
		{"cmd/gatewright", "bench", "bench/*", "bench/*/*", "scripts/*"},
	}
}

// exceptions are imports between siblings, each with its reason.
func exceptions() map[string]string {
	return map[string]string{
		"internal/git -> internal/secret":                         "a push carries the forge's token",
		"internal/service -> internal/coverage":                   "an upload carries parsed reports",
		"internal/service/codeant -> internal/coverage/cobertura": "the form that the service takes",
		"internal/service/github -> internal/coverage/cobertura":  "the form that the service takes",
	}
}

type pkg struct {
	ImportPath string
	Dir        string
	GoFiles    []string
	Imports    []string
}

// name is the package's folder within the module.
func (p pkg) name() string { return strings.TrimPrefix(p.ImportPath, module) }

func packages(t *testing.T) []pkg {
	t.Helper()
	pkgs, err := listed()
	if err != nil {
		t.Fatal(err)
	}
	if len(pkgs) < 10 {
		t.Fatalf("go list saw %d packages", len(pkgs))
	}
	return pkgs
}

// listed asks the go command once for all tests.
var listed = sync.OnceValues(func() (pkgs []pkg, err error) {
	cmd := exec.Command("go", "list", "-json=ImportPath,Dir,GoFiles,Imports", "./...")
	cmd.Dir = filepath.Join("..", "..")
	out, err := cmd.Output()
	if err != nil {
		return nil, fmt.Errorf("go list: %w", err)
	}
	for dec := json.NewDecoder(bytes.NewReader(out)); dec.More(); {
		var p pkg
		if err := dec.Decode(&p); err != nil {
			return nil, err
		}
		if !testOnly(p.name()) && len(p.GoFiles) > 0 {
			pkgs = append(pkgs, p)
		}
	}
	return pkgs, nil
})

// testOnly packages serve tests and may look anywhere.
func testOnly(name string) bool {
	return strings.HasSuffix(name, "test") || name == "internal/reference"
}

// ownProgram tells the tools beside gatewright, which have a process of their own.
func ownProgram(name string) bool {
	return strings.HasPrefix(name, "bench") || strings.HasPrefix(name, "scripts/")
}

// layerOf finds a package's layer: an exact name before a pattern, so that
// internal/coverage/formats is not taken for one of the formats.
func layerOf(name string) int {
	pattern := -1
	for i, rooms := range layers() {
		for _, room := range rooms {
			if room == name {
				return i
			}
			if ok, _ := path.Match(room, name); ok {
				pattern = i
			}
		}
	}
	return pattern
}

func TestImportsPointDown(t *testing.T) {
	for _, p := range packages(t) {
		from := layerOf(p.name())
		if from < 0 {
			t.Errorf("%s has no place in the house: add it to layers and to ARCHITECTURE.md", p.name())
			continue
		}
		for _, imp := range p.Imports {
			if target, ours := strings.CutPrefix(imp, module); ours && !mayImport(p.name(), target, from) {
				t.Errorf("%s imports %s, which does not stand below it", p.name(), target)
			}
		}
	}
}

func mayImport(name, target string, from int) bool {
	if strings.HasPrefix(target, "internal/sandbox") && name != "internal/cli" && name != "internal/demo" && !strings.HasPrefix(name, "internal/sandbox") {
		return false
	}
	return layerOf(target) < from || exceptions()[name+" -> "+target] != ""
}

func TestOnlyOneRoomHas(t *testing.T) {
	owners := map[string][]string{
		"net/http":                               {"internal/rest", "internal/sandbox"},
		"github.com/google/go-github/v62/github": {"internal/forge/github"},
		"github.com/hashicorp/go-retryablehttp":  {"internal/rest"},
		"github.com/alecthomas/kong":             {"internal/cli", "internal/manual"},
		"github.com/sethvargo/go-githubactions":  {"internal/action", "internal/ci"},
		"os/exec":                                {"internal/git", "internal/demo", "internal/coverage/gocover", "internal/forge/plugin"},
		"flag":                                   nil,
		"log":                                    {"internal/cli"},
	}
	for _, p := range packages(t) {
		for imp, rooms := range owners {
			within := func(room string) bool { return p.name() == room || strings.HasPrefix(p.name(), room+"/") }
			if slices.Contains(p.Imports, imp) && !slices.ContainsFunc(rooms, within) && !ownProgram(p.name()) {
				t.Errorf("%s imports %s; only %v may", p.name(), imp, rooms)
			}
		}
	}
}

// TestProvidersAreNamedOnce: concrete services and forges are named in the
// wiring files of cli and nowhere else.
func TestProvidersAreNamedOnce(t *testing.T) {
	eachFile(t, func(name, file string, f *ast.File) {
		if strings.HasPrefix(name, "internal/sandbox") || (name == "internal/cli" && strings.HasPrefix(file, "wire")) {
			return
		}
		for _, imp := range f.Imports {
			target := strings.TrimPrefix(strings.Trim(imp.Path.Value, `"`), module)
			service, _ := path.Match("internal/service/*", target)
			forge, _ := path.Match("internal/forge/*", target)
			if (service || forge) && !testOnly(target) {
				t.Errorf("%s/%s names %s; only internal/cli/wire*.go may", name, file, target)
			}
		}
	})
}

// TestForgesAreNamedInTheirOwnRooms: what a forge is called stands in its own
// package, which describes it, and in its stand-in. A CI system that belongs to
// a forge names it, and a service has words of its own for forges.
func TestForgesAreNamedInTheirOwnRooms(t *testing.T) {
	forges := map[string]bool{}
	for _, p := range packages(t) {
		if ok, _ := path.Match("internal/forge/*", p.name()); ok {
			forges[strconv.Quote(path.Base(p.name()))] = true
		}
	}
	if len(forges) < 5 {
		t.Fatalf("found %d forges", len(forges))
	}
	rooms := []string{"internal/forge", "internal/sandbox", "internal/ci", "internal/service", "internal/repo"}
	eachFile(t, func(name, file string, f *ast.File) {
		if ownProgram(name) || slices.ContainsFunc(rooms, func(room string) bool { return name == room || strings.HasPrefix(name, room+"/") }) {
			return
		}
		ast.Inspect(f, func(n ast.Node) bool {
			if lit, ok := n.(*ast.BasicLit); ok && forges[lit.Value] {
				t.Errorf("%s/%s names the forge %s: put what it decides into forge.Descriptor", name, file, lit.Value)
			}
			return true
		})
	})
}

// eachFile parses every file of the module that is not a test.
func eachFile(t *testing.T, visit func(pkg, file string, f *ast.File)) {
	t.Helper()
	for _, p := range packages(t) {
		for _, name := range p.GoFiles {
			visit(p.name(), name, parse(t, filepath.Join(p.Dir, name)))
		}
	}
}

// positions are those of the files that parse has read, each once for all tests.
var (
	positions = token.NewFileSet()
	parsed    = map[string]*ast.File{}
)

// parse returns a file's syntax, which belongs to all tests.
func parse(t *testing.T, file string) *ast.File {
	t.Helper()
	file, err := filepath.Abs(file)
	if err != nil {
		t.Fatal(err)
	}
	if parsed[file] == nil {
		f, err := parser.ParseFile(positions, file, nil, parser.ParseComments)
		if err != nil {
			t.Fatal(err)
		}
		parsed[file] = f
	}
	return parsed[file]
}

func TestEveryPackageSaysWhatItIs(t *testing.T) {
	comments := map[string]int{}
	eachFile(t, func(name, _ string, f *ast.File) {
		comments[name] += 0
		if f.Doc != nil {
			comments[name]++
		}
	})
	for name, n := range comments {
		if n != 1 {
			t.Errorf("%s has %d package comments, want 1", name, n)
		}
	}
}

func TestNoInitAndNoProcessState(t *testing.T) {
	state := []string{"Args", "Exit", "Getenv", "LookupEnv", "Environ", "Setenv", "Stdout", "Stderr", "Stdin"}
	eachFile(t, func(name, file string, f *ast.File) {
		owner := name == "internal/cli" || name == "cmd/gatewright" || ownProgram(name)
		ast.Inspect(f, func(n ast.Node) bool {
			switch n := n.(type) {
			case *ast.FuncDecl:
				if n.Name.Name == "init" && n.Recv == nil {
					t.Errorf("%s/%s has an init function", name, file)
				}
			case *ast.SelectorExpr:
				x, ok := n.X.(*ast.Ident)
				if ok && x.Name == "os" && slices.Contains(state, n.Sel.Name) && !owner {
					t.Errorf("%s/%s uses os.%s; only cli may", name, file, n.Sel.Name)
				}
			}
			return true
		})
	})
}

// exposes lists the files in which a secret's text is taken out, and why.
func exposes() map[string]string {
	return map[string]string{
		"internal/secret/*.go":        "the value itself, its recognition, its redaction",
		"internal/rest/transport.go":  "writes the credential header",
		"internal/console/*.go":       "masks secrets in the CI's log",
		"internal/service/codeant/*":  "its contract puts the token in request bodies",
		"internal/forge/*/*":          "seals or sends secrets",
		"internal/git/depot.go":       "fetches and pushes with it, in the environment of git alone",
		"internal/cli/token_write.go": "writes a new token where the user asked for it",
		"internal/connect/webhook.go": "a webhook is called by its address, which is a credential",
	}
}

func TestSecretsAreExposedInFewPlaces(t *testing.T) {
	eachFile(t, func(name, file string, f *ast.File) {
		ast.Inspect(f, func(n ast.Node) bool {
			if sel, ok := n.(*ast.SelectorExpr); ok && sel.Sel.Name == "Expose" && !mayExpose(name+"/"+file) {
				t.Errorf("%s/%s takes a secret's text out; if it must, add it to exposes with the reason", name, file)
			}
			return true
		})
	})
}

func mayExpose(file string) bool {
	for pattern := range exposes() {
		if ok, _ := path.Match(pattern, file); ok {
			return true
		}
	}
	return false
}

// TestDocsNameNoMachine keeps paths of whoever wrote them out of the documentation.
func TestDocsNameNoMachine(t *testing.T) {
	cmd := exec.Command("git", "ls-files", "-z", "*.md", "*.yml", "action.yml")
	cmd.Dir = filepath.Join("..", "..")
	out, err := cmd.Output()
	if err != nil {
		reference.Missing(t, "no git checkout: %v", err)
	}
	for file := range strings.SplitSeq(strings.TrimSuffix(string(out), "\x00"), "\x00") {
		text, err := os.ReadFile(filepath.Join("..", "..", file))
		if err != nil {
			continue // deleted, not committed yet
		}
		for _, needle := range []string{"/wor" + "k/", "../" + "shared", "/roo" + "t/"} {
			if strings.Contains(string(text), needle) {
				t.Errorf("%s contains %q", file, needle)
			}
		}
	}
}

// TestSecurityNamesItsTests: each test, script and suite that the threat model
// names is there.
func TestSecurityNamesItsTests(t *testing.T) {
	root := filepath.Join("..", "..")
	text, err := os.ReadFile(filepath.Join(root, "docs", "security.md"))
	if err != nil {
		t.Fatal(err)
	}
	code := regexp.MustCompile("`([a-z/]+)`")
	named := regexp.MustCompile(`\b(?:Test|Fuzz)[A-Z]\w*`)
	n := 0
	for line := range strings.Lines(string(text)) {
		cells := strings.Split(line, " | ")
		if len(cells) != 3 || strings.HasPrefix(line, "|---") {
			continue
		}
		for part := range strings.SplitSeq(cells[2], ";") {
			files := map[string]string{"suite": "e2e/suites/%s", "script": "internal/cli/testdata/script/%s.txtar"}
			kind, _, _ := strings.Cut(strings.TrimSpace(part), " ")
			if pattern := files[strings.TrimSuffix(kind, "s")]; pattern != "" {
				for _, m := range regexp.MustCompile("`([a-z-]+)`").FindAllStringSubmatch(part, -1) {
					n++
					if _, err := os.Stat(filepath.Join(root, fmt.Sprintf(pattern, m[1]))); err != nil {
						t.Errorf("docs/security.md: %s %s: %v", kind, m[1], err)
					}
				}
				continue
			}
			pkg := code.FindStringSubmatch(part)
			for _, name := range named.FindAllString(part, -1) {
				n++
				if pkg == nil || !hasTest(t, filepath.Join(root, "internal", pkg[1]), name) {
					t.Errorf("docs/security.md: no %s in %q", name, part)
				}
			}
		}
	}
	if n < 55 {
		t.Errorf("docs/security.md names %d tests", n)
	}
}

func hasTest(t *testing.T, dir, name string) bool {
	t.Helper()
	files, err := filepath.Glob(filepath.Join(dir, "*_test.go"))
	if err != nil {
		t.Fatal(err)
	}
	return slices.ContainsFunc(files, func(file string) bool {
		text, err := os.ReadFile(file)
		return err == nil && strings.Contains(string(text), "func "+name+"(")
	})
}
