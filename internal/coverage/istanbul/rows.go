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
	p.start(p.statementMap, 1, -1)
}

// nowhere is the line of a statement that begins on none: a source map can have no
// place for what a compiler has added, and Istanbul writes null.
const nowhere = -1

func (p *parser) takeStatement(row *scan.Row) {
	line := int(row[1])
	if line <= 0 {
		line = nowhere
	}
	p.statements.set(int(row[0]), line)
}

// position keeps line and column of {"line":1,"column":4}, and reports whether
// there is a line.
func (p *parser) position(rows *scan.Rows, line, column int) (found bool) {
	p.j.Object(func(key []byte) {
		switch string(key) {
		case "line":
			found = rows.Int(line)
		case "column":
			if column >= 0 {
				rows.Int(column)
			}
		}
	})
	return found
}

// start keeps the line of {"start":{"line":1,…},"end":{…}}, and reports whether
// there is one.
func (p *parser) start(rows *scan.Rows, line, column int) (found bool) {
	p.j.Member("start", func() { found = p.position(rows, line, column) })
	return found
}

// What a row keeps of a branch: its own line, its kind, the place of its loc, and
// the start of the first of its locations that has one.
const (
	ownLine = 1 + iota
	kind
	locLine
	locColumn
	locEndLine
	locEndColumn
	firstLine
	firstColumn
)

// readBranch reads an entry of branchMap.
func (p *parser) readBranch(key []byte) {
	j, r := p.j, p.branchMap
	r.Key(0, key, numbered)
	j.Object(func(key []byte) {
		switch string(key) {
		case "line":
			r.Int(ownLine)
		case "type":
			text, _ := r.Bytes()
			r.Set(kind, kindOf(text))
		case "loc":
			j.Object(func(key []byte) {
				switch string(key) {
				case "start":
					p.position(r, locLine, locColumn)
				case "end":
					p.position(r, locEndLine, locEndColumn)
				}
			})
		case "locations":
			found := false
			j.Array(func() { found = found || p.start(r, firstLine, firstColumn) })
		}
	})
}

// takeBranch keeps where a condition is. Its number is of no use elsewhere:
// another run of the same tests may count otherwise.
func (p *parser) takeBranch(row *scan.Row) {
	line, from, toLine, toColumn := row[locLine], row[locColumn], row[locEndLine]-row[locLine], row[locEndColumn]
	if line <= 0 {
		line, from, toLine, toColumn = row[firstLine], row[firstColumn], row[firstLine], 0
		if row[ownLine] > 0 {
			line = row[ownLine]
		}
	}
	place := (uint32(from)*2654435761^uint32(toLine))*2246822519 ^ uint32(row[kind])
	if row[kind] == 0 {
		p.v8 = true
		place ^= uint32(toColumn)
	} else {
		place += p.alike.nth(line, place) * 2654435761 // not by Step, which is between the branches of one
	}
	p.branches.set(int(row[0]), int(max(line, 0)))
	p.places.set(int(row[0]), int(int32(place)))
}

// kindOf returns a number of what a branch is, such as "cond-expr", and 0 for
// what V8 calls "branch". V8's are blocks, of which several begin in one place;
// of the others one does, so that they are told apart by where they begin. Where
// they end depends on how they were compiled: one instrumenter says column 40,
// and the next, which had a source map, null for the end of the line.
func kindOf(text []byte) int64 {
	if string(text) == "branch" {
		return 0
	}
	return int64(coverage.Hash(0, text))
}

// alike are the places of branches one after another that are on one line: a
// source map can put several in one place.
type alike struct {
	line   int64
	places []uint32
}

// mostAlike bounds how many places are looked through for each branch.
const mostAlike = 32

// nth returns how many of the branches before have the same place.
func (a *alike) nth(line int64, place uint32) (n uint32) {
	if line != a.line {
		a.line, a.places = line, a.places[:0]
	}
	for _, p := range a.places {
		if p == place {
			n++
		}
	}
	if len(a.places) < mostAlike {
		a.places = append(a.places, place)
	}
	return n
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
