package istanbul

import (
	"io"

	"github.com/gatewright/gatewright/internal/coverage"
	"github.com/gatewright/gatewright/internal/scan"
)

func newParser(r io.Reader) *parser {
	p := &parser{report: coverage.NewLargest(), j: scan.NewJSON(r)}
	p.statementMap = scan.NewRows(p.j, p.readStatement, p.takeStatement)
	p.branchMap = scan.NewRows(p.j, p.readBranch, p.takeBranch)
	p.s = scan.NewCounts(p.j, numbered, func(id int, hits int64) {
		p.hits = append(p.hits, counted{id: id, hits: hits})
	})
	p.b = scan.NewRows(p.j, p.readTaken, p.takeTaken)
	p.functions = scan.NewRows(p.j, func([]byte) {}, func(*scan.Row) {})
	return p
}

const numbered = "the number of a statement or a branch"

// readStatement reads an entry of statementMap: the line that it starts on.
func (p *parser) readStatement(key []byte) {
	p.statementMap.Key(0, key, numbered)
	p.start(p.statementMap, 1)
}

func (p *parser) takeStatement(row *scan.Row) {
	if line := row[1]; line > 0 {
		p.statements.set(int(row[0]), int(line))
	}
}

// start keeps the line of {"start":{"line":1,…},"end":{…}}, and tells whether
// there is one.
func (p *parser) start(rows *scan.Rows, i int) (found bool) {
	p.j.Object(func(key []byte) {
		if string(key) == "start" {
			p.j.Object(func(key []byte) {
				if string(key) == "line" {
					found = rows.Int(i)
				}
			})
		}
	})
	return found
}

// readBranch reads an entry of branchMap: its own line, that of its loc, and
// that of the first of its locations that has one.
func (p *parser) readBranch(key []byte) {
	j, r := p.j, p.branchMap
	r.Key(0, key, numbered)
	j.Object(func(key []byte) {
		switch string(key) {
		case "line":
			r.Int(1)
		case "loc":
			p.start(r, 2)
		case "locations":
			found := false
			j.Array(func() { found = found || p.start(r, 3) })
		}
	})
}

func (p *parser) takeBranch(row *scan.Row) {
	line := row[3]
	switch {
	case row[2] > 0:
		line = row[2]
	case row[1] > 0:
		line = row[1]
	}
	p.branches.set(int(row[0]), int(max(line, 0)))
}

// fewBranches is how many counts a row of b can keep.
const fewBranches = scan.RowSize - 2

// readTaken reads how often each branch of a condition was taken.
func (p *parser) readTaken(key []byte) {
	j, r := p.j, p.b
	r.Key(0, key, numbered)
	id, _ := scan.Int(key)
	n := 0
	j.Array(func() {
		if n < fewBranches {
			r.Count(2 + n)
		} else if hits, ok := j.Count(); ok {
			r.Once()
			p.taken = append(p.taken, counted{id, n, hits})
		}
		n++
	})
	r.Set(1, int64(min(n, fewBranches)))
}

func (p *parser) takeTaken(row *scan.Row) {
	for i, hits := range row[2 : 2+row[1]] {
		if hits >= 0 {
			p.taken = append(p.taken, counted{int(row[0]), i, hits})
		}
	}
}
