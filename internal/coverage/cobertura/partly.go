package cobertura

import (
	"bytes"
	"math"
	"strconv"
	"strings"

	"github.com/gatewright/gatewright/internal/coverage"
)

// partly is a line of whose branches some did not run, and what its report says
// of which: two runs that took one way each have taken both.
type partly struct {
	file     *coverage.File // nil without such a line
	line     int
	branches coverage.Branches
	bare     bool     // the line does not count its branches: <conditions> do, or it is one
	only     bool     // no other record of the report is of the line
	id       uint32   // of the next branch that is a line, told apart by class and order
	names    []uint32 // of those that did not run
	jumps    []jump
}

// jump is one of <conditions>, as Cobertura, coverlet and dotnet-coverage
// write them.
type jump struct {
	number uint32
	ran    float64 // in percent, and 0 or 1 of a bare line's
}

// begin takes the line, and what coverage.py says of it: the lines that were not
// jumped to, "6,exit".
func (l *partly) begin(f *coverage.File, line int, b coverage.Branches, missing []byte) {
	l.file, l.line, l.branches = f, line, b
	for name := range bytes.SplitSeq(missing, []byte{','}) {
		if name = bytes.TrimSpace(name); len(name) > 0 {
			l.names = append(l.names, hash(name))
		}
	}
}

// condition reads <condition number="0" type="jump" coverage="50%"/>.
func (p *parser) condition() error {
	if p.partly.file == nil {
		return nil
	}
	number, _ := p.x.Attr("number")
	percent, _ := p.x.Attr("coverage")
	share, isPercent := strings.CutSuffix(percent, "%")
	ran, err := strconv.ParseFloat(share, 64)
	if l := &p.partly; l.bare {
		if len(l.jumps) == 0 {
			l.branches = coverage.Branches{}
		}
		l.branches.Total++
		if ran == 1 && !isPercent || ran == 100 {
			ran = 100
			l.branches.Covered++
		}
	} else if err != nil {
		l.file = nil // says nothing of which branches ran
		return nil
	}
	p.partly.jumps = append(p.partly.jumps, jump{hash([]byte(number)), ran})
	return nil
}

// endPartly ends the line in hand. What does not add up to the line's own numbers
// is left aside.
func (p *parser) endPartly() {
	l := &p.partly
	if l.file == nil {
		return
	}
	if l.bare && len(l.jumps) == 0 {
		l.file.Branch(l.line, l.id, int64(l.branches.Covered))
		l.id++
	} else if l.bare {
		l.file.SetBranches(l.line, l.branches)
	}
	group := uint32(0) // of lines with the same conditions
	if n := len(l.jumps); len(l.names) == 0 && n > 0 && l.branches.Total%n == 0 && l.branches.Total <= coverage.MostNamed {
		each := l.branches.Total / n
		for _, c := range l.jumps {
			never := each - int(math.Round(c.ran*float64(each)/100))
			for i := range min(max(never, 0), each) {
				l.names = append(l.names, c.number+uint32(i))
			}
			group = group*31 + c.number
		}
	}
	if l.only && len(l.names) == l.branches.Total-l.branches.Covered {
		l.file.SetMissing(l.line, l.branches.Total, group, l.names)
	}
	l.file, l.names, l.jumps = nil, l.names[:0], l.jumps[:0]
}

func hash(b []byte) uint32 { return coverage.Hash(coverage.HashBasis, b) }
