package llvmcov

import (
	"cmp"
	"sort"

	"github.com/gatewright/gatewright/internal/coverage"
	"github.com/gatewright/gatewright/internal/scan"
)

// branch is a condition: where it stands and how often it was true and false.
type branch struct {
	line, id int
	at       place
	taken    [2]int64
	reached  bool // a region that ran begins with it
}

// place is where a branch or a region begins: line, column, and the number of the
// file among those of its function.
type place [3]int64

// list is what rows of places and counts are of.
type list int

const (
	ofFile    list = iota // branches of the file
	ofMacro               // branches of a macro
	ofRegions             // the regions of the function that uses it
)

// list reads a list of such rows.
func (p *parser) list(of list) {
	p.rows, p.place = of, 0
	p.branchRows.Array()
}

// expansion reads the branches of a macro, which belong to the line that uses it:
// {"branches":[…],"source_region":[27,28,…],"target_regions":[…],…}.
func (p *parser) expansion() {
	j := p.j
	var at [2]int // line and column
	p.macro = len(p.branches)
	j.Object(func(key []byte) {
		switch string(key) {
		case "source_region":
			j.Counts("", func(i int, n int64) {
				if i < len(at) {
					at[i] = int(n)
				}
			})
		case "branches":
			p.list(ofMacro)
		case "target_regions": // of the whole function, which every macro in it repeats
			if zeros(p.branches[p.macro:]) > 0 {
				p.list(ofRegions)
			}
		}
	})
	for i := p.macro; i < len(p.branches); i++ {
		b := &p.branches[i]
		b.id = (b.id + b.line*31 + at[1]*1299709) & 0x7fffffff
		b.line = at[0]
	}
}

// readBranch reads [line, column, end line, end column, true count, false count,
// file, …]. Since version 20 a file has those of its macros too, with the number of
// another file, where they are defined: they are counted where they are used. A
// region is [line, column, end line, end column, count, file, …].
func (p *parser) readBranch([]byte) {
	i := 0
	p.j.Array(func() {
		if i < 7 {
			p.branchRows.Count(i)
		}
		i++
	})
}

func (p *parser) takeBranch(row *scan.Row) {
	for i := range row {
		row[i] = max(row[i], 0)
	}
	if p.rows == ofRegions {
		for i := p.macro; i < len(p.branches); i++ {
			b := &p.branches[i]
			b.reached = b.reached || row[4] > 0 && b.at == place{row[0], row[1], row[5]}
		}
		return
	}
	if row[6] > 0 && p.rows == ofFile {
		return
	}
	// The conditions of a macro of the system are all in one place: they are told
	// apart by their order, which begins anew with each instance of the function.
	here := row[0]*15485863 + row[1]
	if p.nth++; here != p.place {
		p.nth = 0
	}
	p.place = here
	id := row[1]*7919 + row[2]*104729 + row[3]
	if row[0] == row[2] && row[1] == row[3] {
		id += p.nth * 15485863
	}
	// A macro that another one uses twice is two files of the function.
	if p.rows == ofMacro {
		id += row[6] * 32452843
	}
	p.branches = append(p.branches, branch{line: int(row[0]), id: int(id & 0x7fffffff), at: place{row[0], row[1], row[6]}, taken: [2]int64{row[4], row[5]}})
}

// summary is what a file says of itself, branches below zero if it does not.
type summary struct{ branches, functions, instances int }

func (s *summary) read(j *scan.JSON) {
	j.Object(func(key []byte) {
		switch string(key) {
		case "branches":
			j.Ints(scan.Field{Key: "count", Into: &s.branches})
		case "functions":
			j.Ints(scan.Field{Key: "count", Into: &s.functions})
		case "instantiations":
			j.Ints(scan.Field{Key: "count", Into: &s.instances})
		}
	})
}

// foldedSide is in place of the count of a side that is none.
const foldedSide = -1

// unfolded returns the branches once each, of which it marks the sides of constant
// conditions. LLVM counts none of those (it "folds" them), but exports them: with two
// zeros, like a condition that was never reached, and since version 20 with one, like
// a side that never ran. So the file states fewer branches than it has. One with two
// zeros where a region ran is constant. How many there are besides follows from what
// the file states, if no function has instances, of which LLVM takes the largest. Which
// ones is certain if all sides that did not run are constant. Else lines that did not
// run come first, then those that keep another side that did not, with two zeros before
// one: none becomes whole by a guess.
func (p *parser) unfolded(f *coverage.File, stated summary) []branch {
	once := p.once()
	exact := stated.functions > 0 && stated.functions == stated.instances
	folded := 2*len(once) - stated.branches
	all := exact && folded == zeros(once)
	for pass := 0; stated.branches >= 0 && folded > 0 && pass < 4 && (pass == 0 || exact); pass++ {
		line, left := 0, 0
		for i := range once {
			b := &once[i]
			if b.line != line {
				n := i
				for n < len(once) && once[n].line == b.line {
					n++
				}
				line, left = b.line, zeros(once[i:n])
			}
			hits, _ := f.Line(line)
			neither := b.taken == [2]int64{}
			guess := pass == 1 && hits == 0 || pass > 1 && (neither || pass == 3)
			sure := all || neither && p.ran(b)
			for side, taken := range b.taken {
				if taken == 0 && folded > 0 && (sure || guess && (hits == 0 || left > 1)) {
					b.taken[side] = foldedSide
					folded--
					left--
				}
			}
		}
	}
	return once
}

// zeros returns how many sides of branches did not run.
func zeros(branches []branch) (n int) {
	for _, b := range branches {
		for _, taken := range b.taken {
			if taken == 0 {
				n++
			}
		}
	}
	return n
}

// once returns the branches, those of one place and several instances added up.
func (p *parser) once() []branch {
	sort.SliceStable(p.branches, func(i, j int) bool {
		a, b := p.branches[i], p.branches[j]
		return cmp.Or(a.line-b.line, a.id-b.id) < 0
	})
	once := p.branches[:0]
	for _, b := range p.branches {
		if n := len(once); n > 0 && once[n-1].line == b.line && once[n-1].id == b.id {
			once[n-1].taken[0] += b.taken[0]
			once[n-1].taken[1] += b.taken[1]
			once[n-1].reached = once[n-1].reached || b.reached
			continue
		}
		once = append(once, b)
	}
	return once
}

// ran reports whether a region that ran begins with a branch.
func (p *parser) ran(b *branch) bool {
	line, column := int(b.at[0]), int(b.at[1])
	i := sort.Search(len(p.segments), func(i int) bool {
		s := p.segments[i]
		return cmp.Or(s.line-line, s.column-column) >= 0
	})
	if b.reached || b.at[2] > 0 || i == len(p.segments) {
		return b.reached
	}
	s := p.segments[i]
	return s.entry && s.counted && s.count > 0 && s.line == line && s.column == column
}
