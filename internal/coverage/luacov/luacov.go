// Package luacov reads LuaCov's default report (luacov.report.out).
package luacov

import (
	"bytes"
	"io"

	"github.com/gatewright/gatewright/internal/coverage"
	"github.com/gatewright/gatewright/internal/scan"
)

// Sniff reports whether head begins a report: a rule, a name, a rule.
func Sniff(head []byte) bool {
	first, rest, _ := bytes.Cut(head, []byte{'\n'})
	name, rest, _ := bytes.Cut(rest, []byte{'\n'})
	second, _, ok := bytes.Cut(rest, []byte{'\n'})
	first, second = bytes.TrimRight(first, "\r"), bytes.TrimRight(second, "\r")
	return ok && isRule(first) && bytes.Equal(first, second) && len(bytes.TrimSpace(name)) > 0
}

func isRule(line []byte) bool { return len(line) > 20 && len(bytes.Trim(line, "=")) == 0 }

// Parse reads a report: for every file a header and its source, each line with
// its hits before it (stars and a zero for none, spaces where there is nothing
// to cover), and a summary at the end.
func Parse(r io.Reader) (*coverage.Report, error) {
	p := parser{report: coverage.New(), in: scan.NewLines(r)}
	for p.in.Next() {
		if isRule(p.in.Text()) {
			if done, err := p.header(); done || err != nil {
				return p.report, err
			}
			continue
		}
		if err := p.line(); err != nil {
			return nil, err
		}
	}
	if err := p.in.Err(); err != nil {
		return nil, err
	}
	return nil, p.in.Errorf("the report ends without its summary")
}

type parser struct {
	report *coverage.Report
	in     *scan.Lines
	file   *coverage.File
	number int
	width  int // of the column of hits, 0 until the first hits
}

// header reads the name and the second rule; done is true for the summary.
func (p *parser) header() (done bool, err error) {
	rule := string(p.in.Text())
	if !p.in.Next() {
		return false, p.in.Errorf("the report ends inside a header")
	}
	name := string(bytes.TrimSpace(p.in.Text()))
	if name == "" {
		return false, p.in.Errorf("a header without a name")
	}
	if !p.in.Next() || string(p.in.Text()) != rule {
		return false, p.in.Errorf("a header that a rule as above was expected to end")
	}
	if name == "Summary" {
		p.summary()
		return true, p.in.Err()
	}
	p.file, p.number = p.report.File(name), 0
	return false, nil
}

// summary reads the last row, "Total  12  3  80.00%": hits and missed.
func (p *parser) summary() {
	for p.in.Next() {
		row := bytes.Fields(p.in.Text())
		if len(row) < 3 || string(row[0]) != "Total" {
			continue
		}
		ran, ok := scan.Int(row[1])
		missed, ok2 := scan.Int(row[2])
		if ok && ok2 {
			p.report.State(coverage.Stated{As: "Total of the summary", Unit: coverage.UnitLines, Count: coverage.Count{Covered: ran, Coverable: ran + missed}})
		}
	}
}

func (p *parser) line() error {
	text := p.in.Text()
	if p.file == nil {
		return p.in.Errorf("source before any header")
	}
	p.number++
	count := bytes.TrimLeft(text, " ")
	start := len(text) - len(count)
	count, _, _ = bytes.Cut(count, []byte{' '})
	end := start + len(count)
	if p.width > 0 && start >= p.width || len(count) == 0 {
		return nil // the column is empty
	}
	hits, ok := scan.Count(bytes.TrimLeft(count, "*"))
	if !ok {
		if p.width == 0 {
			return nil // source that begins before the column is known
		}
		return p.in.Errorf("%q where hits in a column %d wide were expected", count, p.width)
	}
	if p.width == 0 {
		p.width = end
	}
	if end != p.width {
		return p.in.Errorf("hits that end in column %d where column %d was expected", end, p.width)
	}
	p.file.Hit(p.number, hits)
	return nil
}
