package main

import (
	"bytes"
	_ "embed"
	"encoding/json"
	"fmt"
	"go/ast"
	"go/importer"
	"go/parser"
	"go/token"
	"go/types"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strings"
)

//go:embed runtime.go.txt
var runtimeSource string

// compile writes all mutants into copies of the files and builds the tests with them. Lines whose mutants do not compile are
// left as they are.
func (p *pkg) compile() error {
	list, err := p.run("go", "list", "-export", "-deps", "-json=Dir,ImportPath,Name,Export,GoFiles", ".")
	if err != nil {
		return err
	}
	exports := map[string]string{}
	var self struct {
		Dir, ImportPath, Name, Export string
		GoFiles                       []string
	}
	for d := json.NewDecoder(bytes.NewReader(list)); d.More(); { // the package itself comes last
		self.GoFiles = nil
		if err := d.Decode(&self); err != nil {
			return err
		}
		exports[self.ImportPath] = self.Export
	}
	fset := token.NewFileSet()
	var files []*ast.File
	for _, name := range self.GoFiles {
		f, err := parser.ParseFile(fset, filepath.Join(self.Dir, name), nil, parser.SkipObjectResolution)
		if err != nil {
			return err
		}
		files = append(files, f)
	}
	info := &types.Info{Types: map[ast.Expr]types.TypeAndValue{}, Uses: map[*ast.Ident]types.Object{}, Defs: map[*ast.Ident]types.Object{}}
	lookup := func(path string) (io.ReadCloser, error) { return os.Open(exports[path]) }
	conf := types.Config{Importer: importer.ForCompiler(fset, "gc", lookup)}
	if _, err := conf.Check(self.ImportPath, fset, files, info); err != nil {
		return err
	}

	p.binary = filepath.Join(p.temp, "mutants.test")
	p.left = map[string]bool{}
	for {
		p.mutants = nil
		next := 0
		overlay := map[string]string{}
		if err := p.replace(overlay, filepath.Join(self.Dir, "mutants.go"), []byte(strings.Replace(runtimeSource, "PACKAGE", self.Name, 1))); err != nil {
			return err
		}
		for i, f := range files {
			path := filepath.Join(self.Dir, self.GoFiles[i])
			src, err := os.ReadFile(path)
			if err != nil {
				return err
			}
			in := &instrument{fset: fset, info: info, src: src, file: self.GoFiles[i], skip: p.left, next: &next}
			if err := p.replace(overlay, path, in.run(f)); err != nil {
				return err
			}
			p.mutants = append(p.mutants, in.mutants...)
		}
		text, err := json.Marshal(map[string]any{"Replace": overlay})
		if err != nil {
			return err
		}
		overlays := filepath.Join(p.temp, "overlay.json")
		if err := os.WriteFile(overlays, text, 0o600); err != nil {
			return err
		}
		_, err = p.run("go", "test", "-c", "-vet=off", "-gcflags=-e", "-o", p.binary, "-overlay", overlays, ".")
		if err == nil || !p.leave(err.Error()) {
			return err
		}
	}
}

// leave leaves the lines that a compiler's answer names as they are, and reports whether they were mutated until now.
func (p *pkg) leave(answer string) (more bool) {
	mutated := map[string]bool{}
	for _, m := range p.mutants {
		mutated[m.at()] = true
	}
	for _, found := range place.FindAllStringSubmatch(answer, -1) {
		if at := found[1]; mutated[at] && !p.left[at] {
			p.left[at], more = true, true
			fmt.Fprintln(p.out, "left as it is:", at)
		}
	}
	return more
}

// place is where the compiler finds an error.
var place = regexp.MustCompile(`([a-zA-Z0-9_]+\.go:\d+):`)

// replace puts text in the place of a file.
func (p *pkg) replace(overlay map[string]string, file string, text []byte) error {
	overlay[file] = filepath.Join(p.temp, filepath.Base(file))
	return os.WriteFile(overlay[file], text, 0o600)
}

func (p *pkg) run(name string, args ...string) ([]byte, error) {
	cmd := exec.Command(name, args...)
	cmd.Dir, cmd.Env = p.dir, append(os.Environ(), "MUTANT=none", "MUTANT_TRACE=")
	var stderr bytes.Buffer
	cmd.Stderr = &stderr
	out, err := cmd.Output()
	if err != nil {
		return nil, fmt.Errorf("%s %s: %w\n%s", name, args[0], err, stderr.String())
	}
	return out, nil
}
