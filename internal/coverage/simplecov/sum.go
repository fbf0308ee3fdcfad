package simplecov

import (
	"math"

	"github.com/gatewright/gatewright/internal/coverage"
)

// sum is what the commands of a .resultset.json say of a file. As SimpleCov adds
// them up, a line is coverable if all commands that know the file count it, or
// one of them ran it: where one has null and the others 0, the file was loaded by
// the first and only listed by the others, which cannot tell code from comments.
type sum struct {
	commands int
	lines    []lineSum // from line 1
}

type lineSum struct {
	hits   int64
	counts int // of how many commands
}

func (s *sum) add(line int, hits int64) {
	for line > len(s.lines) {
		s.lines = append(s.lines, lineSum{})
	}
	l := &s.lines[line-1]
	l.counts++
	if l.hits += hits; l.hits < 0 {
		l.hits = math.MaxInt64
	}
}

// hit books the sums to the file.
func (s *sum) hit(f *coverage.File) {
	for i, l := range s.lines {
		if l.hits > 0 || l.counts > 0 && l.counts == s.commands {
			f.Hit(i+1, l.hits)
		}
	}
}
