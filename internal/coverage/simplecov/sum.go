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

// results are those of the commands of one run. SimpleCov keeps those of earlier
// runs in its file, and leaves out of its own report what is ten minutes older: a
// command's name may hold the number of a process, and its folder outlive the run.
type results struct {
	read     *coverage.Report // the first, and the branches of all
	sums     map[string]*sum  // by path; nil as long as there is one command
	commands int
	earlier  int   // that are left out
	newest   int64 // in seconds
}

// day is longer than a run takes, and than most go without the next.
const day = 24 * 60 * 60

// add adds what a command had written at a time, 0 for none, unless that is of an
// earlier run.
func (r *results) add(one *coverage.Report, at int64) {
	if at == 0 {
		at = r.newest
	}
	switch {
	case at < r.newest-day:
		r.earlier++
		return
	case r.commands == 0 || r.newest > 0 && at > r.newest+day:
		*r = results{read: one, commands: 1, earlier: r.earlier + r.commands, newest: at}
		return
	case r.sums == nil:
		r.sums = map[string]*sum{}
		r.sum(r.read)
	}
	r.sum(one)
	for _, f := range one.Files() {
		branchesInto(r.read.File(f.Path), f)
	}
	r.commands++
	r.newest = max(r.newest, at)
}

func branchesInto(to, f *coverage.File) {
	for b, taken := range f.Taken() {
		to.Branch(b.Line, b.ID, taken)
	}
}

// sum adds the lines of one more command.
func (r *results) sum(one *coverage.Report) {
	for _, f := range one.Files() {
		s := r.sums[f.Path]
		if s == nil {
			s = &sum{}
			r.sums[f.Path] = s
		}
		s.commands++
		for line, hits := range f.Lines() {
			s.add(line, hits)
		}
	}
}

// report returns everything that was added.
func (r *results) report() *coverage.Report {
	whole := r.read
	if r.sums != nil {
		whole = coverage.New()
		for _, f := range r.read.Files() {
			to, s := whole.File(f.Path), r.sums[f.Path]
			for i, l := range s.lines {
				if l.hits > 0 || l.counts > 0 && l.counts == s.commands {
					to.Hit(i+1, l.hits)
				}
			}
			branchesInto(to, f)
		}
	}
	if r.earlier > 0 {
		whole.Remark("the results of %d of %d commands are left out: they are more than a day older than the newest, and so of an earlier run", r.earlier, r.earlier+r.commands)
	}
	return whole
}
