// Package phpunit reads PHPUnit's own XML (--coverage-xml): an index that names
// a file of its own for every source file. It names only lines that ran:
// Clover is the better choice where both are there.
package phpunit

import (
	"errors"
	"fmt"
	"io"
	"path"
	"strings"

	"github.com/gatewright/gatewright/internal/coverage"
	"github.com/gatewright/gatewright/internal/scan"
)

// Sniff reports whether head begins an index, or one file of a report.
func Sniff(head []byte) bool {
	x, ok := scan.Root(head)
	return ok && string(x.Name()) == "phpunit"
}

// MaxFiles is how many files an index may name.
const MaxFiles = 100_000

// Parse reads the index and, by open, the files that it names. A line's hits
// are the number of tests that covered it. A file of a report may be read on
// its own; its path then is only what it says itself.
func Parse(r io.Reader, open func(name string) (io.ReadCloser, error)) (*coverage.Report, error) {
	p := parser{report: coverage.New(), open: open}
	if err := p.read(r, ""); err != nil {
		return nil, err
	}
	if len(p.hrefs) > 0 && open == nil {
		return nil, errors.New("the index names other files, which cannot be opened from here")
	}
	for _, href := range p.hrefs {
		if err := p.openFile(href); err != nil {
			return nil, err
		}
	}
	return p.report, nil
}

type parser struct {
	report *coverage.Report
	open   func(name string) (io.ReadCloser, error)
	base   string // folder that the index's paths begin in
	hrefs  []string
	stated bool // the index's own totals are kept
}

func (p *parser) openFile(href string) error {
	f, err := p.open(href)
	if err != nil {
		return fmt.Errorf("the index names %s: %w", href, err)
	}
	defer f.Close()
	if err := p.read(f, strings.TrimSuffix(path.Join(p.base, href), ".xml")); err != nil {
		return fmt.Errorf("%s: %w", href, err)
	}
	return nil
}

// read reads an index (name is "") or the file of one source file.
func (p *parser) read(r io.Reader, name string) error {
	x := scan.NewXML(r)
	var file *coverage.File
	line, covered, inCoverage := -1, int64(0), false
	for x.Next() {
		switch tag := string(x.Name()); {
		case tag == "coverage":
			inCoverage = x.Start()
		case tag == "file" && x.Start():
			if href, ok := x.Attr("href"); ok && name == "" {
				if p.hrefs = append(p.hrefs, href); len(p.hrefs) > MaxFiles {
					return x.Errorf("the index names more than %d files", MaxFiles)
				}
				continue
			}
			file = p.file(x, name)
		case tag == "project" && x.Start() && name == "":
			if p.base, _ = x.Attr("source"); p.base == "" {
				p.base, _ = x.Attr("name")
			}
		case tag == "directory" && x.Start() && x.Depth() == 3 && name == "":
			if dir, _ := x.Attr("name"); len(dir) > 1 {
				p.base = dir
			}
		case tag == "lines" && x.Start() && name == "" && !p.stated:
			p.state(x)
		case tag == "line" && inCoverage && x.Start():
			n, ok := scan.Int(x.Raw("nr"))
			if !ok || file == nil {
				return x.Errorf("<line> where nr within <file> was expected")
			}
			line, covered = n, 0
		case tag == "line" && inCoverage && line >= 0:
			file.Hit(line, covered)
			line = -1
		case tag == "covered" && x.Start() && line >= 0:
			covered++
		}
	}
	return x.Err()
}

// state keeps the totals of the index, or of a file that is read on its own. Of all
// executable lines the report names those that ran.
func (p *parser) state(x *scan.XML) {
	s := coverage.Total("executed", coverage.UnitLines)
	n, ok := scan.Int(x.Raw("executed"))
	if !ok {
		return
	}
	s.Covered, p.stated = n, true
	p.report.State(s)
	if all, ok := scan.Int(x.Raw("executable")); ok && all > n {
		p.report.Lacks = fmt.Sprintf("it names only lines that ran, %d of %d: without the others everything would be covered", n, all)
	}
}

// file is the source file that a file of the report is about.
func (p *parser) file(x *scan.XML, name string) *coverage.File {
	if name == "" {
		base, _ := x.Attr("name")
		dir, _ := x.Attr("path")
		name = path.Join(dir, base)
	}
	return p.report.File(strings.ReplaceAll(name, `\`, "/"))
}
