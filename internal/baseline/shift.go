package baseline

import (
	"slices"
	"strings"

	"github.com/gatewright/gatewright/internal/coverage"
)

// Places leads from lines of now's files to those of the baseline's.
type Places interface {
	// Before returns where a line was. near reports whether something within a
	// few lines of it was edited; ok is false for a line that is new or edited, and
	// where nothing is known of the file.
	Before(path string, line int) (old string, oldLine int, near, ok bool)
}

// Shift is what changed in one file where nothing was edited, in lines of now's
// text, ascending.
type Shift struct {
	Path   string
	Lost   []int // covered before, and not now
	Gained []int
	Flaky  []int // of either, those that flipped back and forth before
}

// Shifts are what changed where nothing near was edited.
type Shifts struct {
	Files []Shift // by path
	// FlakyNow and FlakyBefore are all lines that flip back and forth over the kept
	// runs and this one, by file: in now's report, and in the baseline's.
	FlakyNow, FlakyBefore map[string][]int
	// Flips are what the next baseline keeps.
	Flips map[string]map[int]string
}

// maxStates is how many runs a line's states are kept of.
const maxStates = 10

// Compare compares now's coverage with the baseline's, line by line, where the
// line is the same.
func (b *Baseline) Compare(now *coverage.Report, places Places) Shifts {
	s := Shifts{FlakyNow: map[string][]int{}, FlakyBefore: map[string][]int{}, Flips: map[string]map[int]string{}}
	for _, f := range now.Files() {
		shift := Shift{Path: f.Path}
		for line, hits := range f.Lines() {
			path, at, near, ok := places.Before(f.Path, line)
			was := b.Report.Lookup(path)
			if !ok || was == nil {
				continue
			}
			before, coverable := was.Line(at)
			if !coverable {
				continue
			}
			states := b.states(path, at, before) + state(hits)
			states = states[max(0, len(states)-maxStates):]
			flaky := flips(states) >= 2
			if flips(states) > 0 {
				if s.Flips[f.Path] == nil {
					s.Flips[f.Path] = map[int]string{}
				}
				s.Flips[f.Path][line] = states
			}
			if flaky {
				s.FlakyNow[f.Path] = append(s.FlakyNow[f.Path], line)
				s.FlakyBefore[path] = append(s.FlakyBefore[path], at)
			}
			if near || (before > 0) == (hits > 0) {
				continue
			}
			if hits > 0 {
				shift.Gained = append(shift.Gained, line)
			} else {
				shift.Lost = append(shift.Lost, line)
			}
			if flaky {
				shift.Flaky = append(shift.Flaky, line)
			}
		}
		if len(shift.Lost)+len(shift.Gained) > 0 {
			s.Files = append(s.Files, shift)
		}
	}
	for _, lines := range s.FlakyBefore { // in the order of now's lines until here
		slices.Sort(lines)
	}
	return s
}

func state(hits int64) string {
	if hits > 0 {
		return "1"
	}
	return "0"
}

// states are the kept ones of a line, or its state in the baseline where none
// are. A file that others could write may hold anything else.
func (b *Baseline) states(path string, line int, hits int64) string {
	kept := b.Flips[path][line]
	if kept == "" || len(kept) > maxStates || strings.Trim(kept, "01") != "" {
		return state(hits)
	}
	return kept
}

// flips counts how often a line changed.
func flips(states string) (n int) {
	for i := 1; i < len(states); i++ {
		if states[i] != states[i-1] {
			n++
		}
	}
	return n
}
