// Package testrun reads the results of test runs from JUnit XML, which every
// test tool can write, and compares their time with an earlier run's.
package testrun

import (
	"slices"
	"sort"
	"strings"
)

// Outcome is how a test ended.
type Outcome string

// The outcomes. A flaky test failed and passed when it was run again.
const (
	Passed  Outcome = "passed"
	Failed  Outcome = "failed"
	Skipped Outcome = "skipped"
	Flaky   Outcome = "flaky"
)

// Case is one test as a report has it.
type Case struct {
	Suite   string  `json:"suite,omitempty"`
	Class   string  `json:"class,omitempty"`
	Name    string  `json:"name"`
	File    string  `json:"file,omitempty"` // of the commit, or as the tool names it; "" if it does not
	Line    int     `json:"line,omitempty"` // 0 if it is not told
	Seconds float64 `json:"seconds"`
	Outcome Outcome `json:"outcome"`
	Message string  `json:"message,omitempty"` // of the failure
}

// Title names a test to people.
func (c Case) Title() string {
	if c.Class == "" || strings.HasPrefix(c.Name, c.Class) {
		return c.Name
	}
	return c.Class + " " + c.Name
}

// key is what a test is known by in another run.
func (c Case) key() string { return c.Suite + "\x00" + c.Class + "\x00" + c.Name }

// Set is what one or more test runs had to tell.
type Set struct {
	Cases []Case   // in order of appearance
	Empty []string // reports that name no test
	// Clean takes secrets out of what a report says, before anything is cut and would
	// hold a part of one. Nil leaves it as it is.
	Clean func(text string) string
}

// Counts are numbers of tests, and the seconds they took together.
type Counts struct {
	Tests   int     `json:"tests"`
	Failed  int     `json:"failed"`
	Flaky   int     `json:"flaky"`
	Skipped int     `json:"skipped"`
	Seconds float64 `json:"seconds"`
}

// Counts counts the tests of a set.
func (s *Set) Counts() Counts {
	c := Counts{Tests: len(s.Cases)}
	for i := range s.Cases {
		c.Seconds += s.Cases[i].Seconds
		switch s.Cases[i].Outcome {
		case Failed:
			c.Failed++
		case Flaky:
			c.Flaky++
		case Skipped:
			c.Skipped++
		}
	}
	return c
}

// Of returns the tests with an outcome, in order of appearance.
func (s *Set) Of(o Outcome) []Case {
	var out []Case
	for _, c := range s.Cases {
		if c.Outcome == o {
			out = append(out, c)
		}
	}
	return out
}

// Slowest returns at most n tests that took longest, the longest first, and none
// that took less than a second.
func (s *Set) Slowest(n int) []Case {
	slow := slices.DeleteFunc(slices.Clone(s.Cases), func(c Case) bool { return c.Seconds < 1 })
	sort.SliceStable(slow, func(i, j int) bool { return slow[i].Seconds > slow[j].Seconds })
	return slow[:min(n, len(slow))]
}

// Times returns the tests that passed, with nothing but their names and times:
// what a later run is compared with.
func (s *Set) Times() []Case {
	var out []Case
	for _, c := range s.Of(Passed) {
		out = append(out, Case{Suite: c.Suite, Class: c.Class, Name: c.Name, Seconds: c.Seconds, Outcome: Passed})
	}
	return out
}

// Slower compares the time of tests that ran and passed in both sets, and
// returns by how many percent it grew, below 0 if it shrank. Of those of one name,
// as tests with parameters have in many reports, as many must have passed. ok is
// false where none did, or they took no time worth comparing.
func Slower(now, before *Set) (percent float64, tests int, ok bool) {
	type times struct {
		passed  [2]int // before and now
		seconds float64
	}
	was := map[string]*times{}
	for i, s := range []*Set{before, now} {
		for _, c := range s.Of(Passed) {
			t := was[c.key()]
			if t == nil {
				t = new(times)
				was[c.key()] = t
			}
			if t.passed[i]++; i == 0 {
				t.seconds += c.Seconds
			}
		}
	}
	var sum, old float64
	for _, c := range now.Of(Passed) {
		t := was[c.key()]
		if t.passed[0] != t.passed[1] {
			continue
		}
		tests++
		sum += c.Seconds
		old += t.seconds
		t.seconds = 0 // which has those of all of this name
	}
	if old <= 0 {
		return 0, tests, false
	}
	return (sum - old) / old * 100, tests, true
}
