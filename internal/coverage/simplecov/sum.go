package simplecov

import (
	"cmp"
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

func (s *sum) add(line int, more lineSum) {
	for line > len(s.lines) {
		s.lines = append(s.lines, lineSum{})
	}
	l := &s.lines[line-1]
	l.counts += more.counts
	if l.hits += more.hits; l.hits < 0 {
		l.hits = math.MaxInt64
	}
}

// results are those of some commands.
type results struct {
	read     *coverage.Report // the first, and the files and branches of all
	sums     map[string]*sum  // by path; nil as long as there is one command
	commands int
}

// join adds the results of other commands.
func (r *results) join(o results) {
	if r.commands += o.commands; r.read == nil {
		r.read, r.sums = o.read, o.sums
		return
	}
	if r.sums == nil {
		r.sums = map[string]*sum{}
		r.sum(results{read: r.read})
	}
	r.sum(o)
	for _, f := range o.read.Files() {
		branchesInto(r.read.File(f.Path), f)
	}
}

func branchesInto(to, f *coverage.File) {
	for b, taken := range f.Taken() {
		to.Branch(b.Line, b.ID, taken)
	}
}

// sum adds the lines of other commands.
func (r *results) sum(o results) {
	for _, f := range o.read.Files() {
		s := r.sums[f.Path]
		if s == nil {
			s = &sum{}
			r.sums[f.Path] = s
		}
		if of := o.sums[f.Path]; of != nil {
			s.commands += of.commands
			for i, l := range of.lines {
				s.add(i+1, l)
			}
			continue
		}
		s.commands++
		for line, hits := range f.Lines() {
			s.add(line, lineSum{hits, 1})
		}
	}
}

// report returns everything that was added.
func (r *results) report() *coverage.Report {
	if r.sums == nil {
		return cmp.Or(r.read, coverage.New())
	}
	whole := coverage.New()
	for _, f := range r.read.Files() {
		to, s := whole.File(f.Path), r.sums[f.Path]
		for i, l := range s.lines {
			if l.hits > 0 || l.counts > 0 && l.counts == s.commands {
				to.Hit(i+1, l.hits)
			}
		}
		branchesInto(to, f)
	}
	return whole
}

// hours are the results of the commands of one run, by the hour in which they were
// written, 0 where that is not said. SimpleCov keeps those of earlier runs in its file,
// and leaves out of its own report what is ten minutes older: a command's name may hold
// the number of a process, and its folder outlive the run. Which is the newest shows at
// the end, and what is added up cannot be taken out again.
type hours struct {
	of      map[int64]*results
	newest  int64
	earlier int // commands that are left out
}

// day is longer than a run takes, and than most go without the next.
const day = 24

// add adds what a command had written at a time in seconds, 0 for none, unless that is
// of an earlier run.
func (h *hours) add(one *coverage.Report, at int64) {
	at /= 60 * 60
	h.newest = max(h.newest, at)
	if h.of == nil {
		h.of = map[int64]*results{}
	}
	if h.of[at] == nil {
		h.of[at] = &results{}
	}
	h.of[at].join(results{read: one, commands: 1})
	for hour, r := range h.of { // a day's at most
		if hour > 0 && hour < h.newest-day {
			h.earlier += r.commands
			delete(h.of, hour)
		}
	}
}

// report returns what is of the newest run.
func (h *hours) report() *coverage.Report {
	all := results{}
	for hour := int64(0); hour <= h.newest; hour = max(hour+1, h.newest-day) {
		if r := h.of[hour]; r != nil {
			all.join(*r)
		}
	}
	whole := all.report()
	if h.earlier > 0 {
		whole.Remark("the results of %d of %d commands are left out: they are more than a day older than the newest, and so of an earlier run", h.earlier, h.earlier+all.commands)
	}
	return whole
}
