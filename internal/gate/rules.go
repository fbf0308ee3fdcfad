package gate

import (
	"cmp"
	"fmt"
	"math"
	"slices"
	"strconv"
	"strings"

	"github.com/gatewright/gatewright/internal/fault"
)

// Level says what a rule that is not met does to the verdict. The empty level is
// Fail, so that a rule which nobody gave one holds.
type Level string

// The levels. Ignore shows and does not count; Pass is only for missing data.
const (
	Fail   Level = "fail"
	Warn   Level = "warn"
	Ignore Level = "ignore"
	Pass   Level = "pass"

	Counted Level = "count" // of flaky lines; the other choice is Ignore
)

// Threshold is one rule over a number: the least that is wanted of a coverage,
// or the most that is allowed of a drop or of findings.
type Threshold struct {
	Value   float64
	Level   Level // Fail or Warn; "" is Fail
	Missing Level // what missing data does: Fail, Warn or Pass; "" is as Level says
}

// Rules are what a project asks of itself. Nil and empty rules are not judged.
type Rules struct {
	Total    *Threshold // least line coverage of everything, in percent
	Branches *Threshold // least share of the branches that ran, in percent
	Patch    *Threshold // least coverage of the changed lines, in percent
	Drop     *Threshold // largest loss of total coverage against the baseline, in percentage points
	// Unreported is the most changed files of code that no report names. Nil
	// is none, as a warning, wherever Patch is judged.
	Unreported *Threshold
	// Lost is the most files of the baseline that no report names any more
	// although the commit has them, as when a shard is lacking. Nil is none,
	// wherever a rule judges what the reports add up to.
	Lost *Threshold
	// Partials says what lines count as that ran without all of their branches.
	Partials Partials
	// Flaky says whether a Drop counts lines that flip back and forth over the
	// runs that are kept: Ignore does not; "" does.
	Flaky      Level
	Paths      []PathRule
	Findings   []FindingRule
	Tests      TestRules
	Services   []ServiceRule
	Components []Component
}

// Partials is what a line counts as that ran, and one of its branches did not.
type Partials string

// What partly covered lines may count as; "" is Hit.
const (
	Hit  Partials = "hit"
	Miss Partials = "miss"
)

// PathRule is a least coverage of the files that a glob matches, together or each.
type PathRule struct {
	Path string // doublestar glob over slash-separated paths from the root
	Each bool   // every file for itself
	Threshold
}

// FindingRule is the most findings allowed of a severity and of those above it.
type FindingRule struct {
	Severity string // critical, high, medium, low, info, unknown; "any" for all together
	Exact    bool   // of this severity only
	Old      bool   // count old findings too, not only new ones
	Threshold
}

// TestRules are about the results of tests. Nil rules are not judged.
type TestRules struct {
	Failed *Threshold // most tests that fail
	Flaky  *Threshold // most tests that fail, and pass when they are run again
	Slower *Threshold // most percent by which tests may take longer than in the baseline
}

// ServiceRule asks for a service's own verdict to be a pass.
type ServiceRule struct {
	Service string
	Level   Level // Fail, Warn or Ignore
	Missing Level // what no verdict, or one that says nothing, does; "" is as Level says
}

// Component is a part of a monorepo with rules of its own.
type Component struct {
	Name  string
	Paths []string // globs; a file belongs to every component that matches it
	Total *Threshold
	Patch *Threshold
	Drop  *Threshold
}

// ParseThreshold reads a threshold as flags give it: a number, "%" allowed,
// then after colons a level and what missing data does: "80", "70%:warn",
// "0.5:fail:missing=pass".
func ParseThreshold(text string) (Threshold, error) {
	parts := strings.Split(text, ":")
	v, err := parseNumber(parts[0])
	if err != nil {
		return Threshold{}, err
	}
	t := Threshold{Value: v}
	for _, p := range parts[1:] {
		word, missing := strings.CutPrefix(p, "missing=")
		level := Level(word)
		switch {
		case missing && (level == Fail || level == Warn || level == Pass):
			t.Missing = level
		case !missing && (level == Fail || level == Warn):
			t.Level = level
		default:
			return Threshold{}, fault.Errorf(fault.Input, "%q after the number in %q; known: fail, warn, missing=fail, missing=warn, missing=pass", p, text)
		}
	}
	return t, nil
}

// parseNumber reads a number of 0 or more. NaN would meet every threshold, and
// none is above infinity: neither is a number that somebody meant.
func parseNumber(text string) (float64, error) {
	v, err := strconv.ParseFloat(strings.TrimSpace(strings.TrimSuffix(strings.TrimSpace(text), "%")), 64)
	if err != nil || math.IsNaN(v) || math.IsInf(v, 0) || v < 0 {
		return 0, fault.Errorf(fault.Input, "%q is not a number from 0 up", text)
	}
	return v, nil
}

// measure is what a threshold counts in, and on which side of it is well.
type measure struct {
	key   string  // of the number in a file
	max   float64 // the largest number that makes sense
	share bool    // in percent or percentage points
}

// A share or a loss cannot pass 100 %; nothing bounds a growth in percent, or a
// number of things.
var (
	leastShare = measure{"min", 100, true}
	mostPoints = measure{"max", 100, true}
	mostGrowth = measure{"max", unbounded, true}
	mostThings = measure{"max", unbounded, false}
)

// unbounded stands for no upper limit.
const unbounded = 1e18

// slot is where a threshold is kept, and the key that a file has it under.
type slot struct {
	name string
	of   measure
	to   **Threshold
}

// slots are the thresholds of the rules that have one each. Whatever reads,
// checks or joins rules goes over them, so that none can be forgotten.
func (r *Rules) slots() []slot {
	return []slot{
		{"total", leastShare, &r.Total},
		{"branches", leastShare, &r.Branches},
		{"patch", leastShare, &r.Patch},
		{"drop", mostPoints, &r.Drop},
		{"unreported", mostThings, &r.Unreported},
		{"lost", mostThings, &r.Lost},
	}
}

func (t *TestRules) slots() []slot {
	return []slot{{"failed", mostThings, &t.Failed}, {"flaky", mostThings, &t.Flaky}, {"slower", mostGrowth, &t.Slower}}
}

func (c *Component) slots() []slot {
	return []slot{{"total", leastShare, &c.Total}, {"patch", leastShare, &c.Patch}, {"drop", mostPoints, &c.Drop}}
}

// check refuses a threshold that makes no sense.
func (m measure) check(name string, t *Threshold) error {
	switch {
	case t == nil || m == mostThings:
	case t.Value > m.max:
		return fault.Errorf(fault.Input, "%s: %s is more than 100 %%", name, number(t.Value))
	case m == leastShare && t.Value > 0 && t.Value < 1: // 0.8 for 80 % would let everything pass
		return fault.WithHint(fault.Errorf(fault.Input, "%s: %s would be less than 1 %%", name, number(t.Value)), "thresholds are percentages: write 80 for 80 %%")
	}
	return nil
}

// Check refuses thresholds that make no sense: percentages above 100, and
// shares such as 0.8 where a percentage was meant.
func (r Rules) Check() error {
	for _, s := range r.slots() {
		if err := s.of.check(s.name, *s.to); err != nil {
			return err
		}
	}
	for _, p := range r.Paths {
		if err := leastShare.check(p.Path, &p.Threshold); err != nil {
			return err
		}
	}
	for _, c := range r.Components {
		for _, s := range c.slots() {
			if err := s.of.check("component "+c.Name, *s.to); err != nil {
				return err
			}
		}
	}
	return nil
}

// Empty reports whether there is nothing to judge locally. What the rules say of
// partly covered and flaky lines judges nothing by itself, nor does a component
// without a threshold.
func (r Rules) Empty() bool {
	all := append(r.slots(), r.Tests.slots()...)
	for i := range r.Components {
		all = append(all, r.Components[i].slots()...)
	}
	return !slices.ContainsFunc(all, func(s slot) bool { return *s.to != nil }) && len(r.Paths)+len(r.Findings)+len(r.Services) == 0
}

// Merge puts the rules of flags over those of a file: a threshold given twice
// is the flag's. No flag names a component. r and flags stay as they are.
func (r Rules) Merge(flags Rules) Rules {
	file, over := append(r.slots(), r.Tests.slots()...), append(flags.slots(), flags.Tests.slots()...)
	for i, s := range over {
		if *s.to != nil {
			*file[i].to = *s.to
		}
	}
	r.Partials, r.Flaky = cmp.Or(flags.Partials, r.Partials), cmp.Or(flags.Flaky, r.Flaky)
	r.Paths = mergeBy(r.Paths, flags.Paths, func(p PathRule) string { return p.Path })
	r.Findings = mergeBy(r.Findings, flags.Findings, func(f FindingRule) string { return fmt.Sprint(f.Severity, f.Exact, f.Old) })
	r.Services = mergeBy(r.Services, flags.Services, func(s ServiceRule) string { return s.Service })
	r.Components = append(r.Components, flags.Components...)
	return r
}

// mergeBy appends over to a copy of rules, replacing those with the same key.
func mergeBy[T any](rules, over []T, key func(T) string) []T {
	out := append([]T(nil), rules...)
	for _, o := range over {
		if i := slices.IndexFunc(out, func(r T) bool { return key(r) == key(o) }); i >= 0 {
			out[i] = o
		} else {
			out = append(out, o)
		}
	}
	return out
}
