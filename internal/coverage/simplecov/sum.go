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

// sums are those of all files, by path.
type sums map[string]*sum

// sumsOf begins with what the first command said.
func sumsOf(first *coverage.Report) sums {
	all := sums{}
	for _, f := range first.Files() {
		s := all.next([]byte(f.Path))
		for line, hits := range f.Lines() {
			s.add(line, hits)
		}
	}
	return all
}

// next returns the sum of a file that one more command knows.
func (all sums) next(path []byte) *sum {
	s := all[string(path)]
	if s == nil {
		s = &sum{}
		all[string(path)] = s
	}
	s.commands++
	return s
}

// report returns the lines of the sums, with the branches that were read.
func (all sums) report(read *coverage.Report) *coverage.Report {
	whole := coverage.New()
	for _, f := range read.Files() {
		to := whole.File(f.Path)
		if s := all[f.Path]; s != nil {
			for i, l := range s.lines {
				if l.hits > 0 || l.counts > 0 && l.counts == s.commands {
					to.Hit(i+1, l.hits)
				}
			}
		}
		for b, taken := range f.Taken() {
			to.Branch(b.Line, b.ID, taken)
		}
	}
	return whole
}
