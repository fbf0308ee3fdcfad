package job

import (
	"cmp"
	"strings"

	"github.com/gatewright/gatewright/internal/fault"
	"github.com/gatewright/gatewright/internal/gate"
)

// Rules are the project's own rules: its file, and flags over it.
type Rules struct {
	Config        string   `placeholder:"FILE" help:"Rules of the project. Default: .gatewright.yml in the root of the repository, if there is one."`
	MinTotal      string   `placeholder:"PERCENT" help:"Least line coverage of everything. Like all rules it may end in :warn and :missing=pass, as in 80:warn."`
	MinPatch      string   `placeholder:"PERCENT" help:"Least coverage of the changed lines."`
	MinBranches   string   `placeholder:"PERCENT" help:"Least share of all branches that ran."`
	Partials      string   `enum:",hit,miss" default:"" help:"What a line counts as that ran without all of its branches: hit or miss. Default: hit."`
	MaxUnreported string   `placeholder:"N" help:"Most changed files of code that no report names, tests aside. Default where changed lines are judged: 0:warn."`
	MaxLost       string   `placeholder:"N" help:"Most files of the baseline that the commit has and no report names any more, as when a shard is lacking. Default: 0."`
	MaxDrop       string   `placeholder:"POINTS" help:"Largest loss of total coverage against the baseline, in percentage points."`
	Flaky         string   `enum:",count,ignore" default:"" help:"Whether --max-drop counts lines that flip back and forth over the kept runs: count or ignore. Default: count."`
	MinPath       []string `placeholder:"GLOB=PERCENT" sep:"none" help:"Least coverage of the files that match; may be repeated."`
	MaxNew        []string `placeholder:"SEVERITY=N" sep:"none" help:"Most new findings of a severity and those above it: critical, high, medium, low, info, unknown or any; high!=0 counts high alone; may be repeated."`
	MaxFailed     string   `placeholder:"N" help:"Most tests that fail."`
	MaxFlaky      string   `placeholder:"N" help:"Most tests that fail and pass when they are run again."`
	MaxSlower     string   `placeholder:"PERCENT" help:"Most percent by which the tests may take longer than in --tests-baseline."`
	Require       []string `placeholder:"SERVICE" help:"Services whose own verdict must be a pass."`
}

// Over returns the rules of the project's file with those of the flags over them.
// known returns an error for what is no service's name.
func (f Rules) Over(file gate.Config, known func(string) error) (gate.Rules, error) {
	flags, err := f.flags()
	if err != nil {
		return gate.Rules{}, err
	}
	// A flag replaces the file's rule of that name, in either direction: who may
	// change the command line may change the file as well.
	rules := file.Merge(flags)
	// A service that is misspelt would be missing data for ever.
	for _, s := range rules.Services {
		if err := known(s.Service); err != nil {
			return gate.Rules{}, err
		}
	}
	return rules, rules.Check()
}

// given reports whether a flag sets a rule, or tries to: it is judged then,
// whatever the steps are.
func (f Rules) given() bool {
	flags, err := f.flags()
	// One that cannot be read counts, so that it is not passed over in silence.
	return err != nil || !flags.Empty()
}

// apply takes what the project's file says and no flag does.
func (j *Job) apply(s gate.Settings) error {
	// A flag with a typing error is no missing data, which a rule may let pass.
	if _, err := j.Reports.Check(); err != nil {
		return err
	}
	// Before the file's reports are put in: reports that were named for this run must
	// be there, those of the file may be another job's.
	j.reported = len(j.Reports.Report) > 0
	j.Reports = j.Reports.Over(s)
	// A flag that is given wins, a list as a whole: to add to the file's there is the
	// file.
	f := &j.Facts
	f.BaselineStore = cmp.Or(f.BaselineStore, s.Store)
	if len(f.BaselineBranches) == 0 {
		f.BaselineBranches = s.Branches
	}
	if err := checkStore(f.BaselineStore); err != nil {
		return err
	}
	p := &j.Publish
	p.Name = cmp.Or(p.Name, s.Name)
	// Three states: a flag that says no wins over a file that says yes.
	if p.Annotate == nil {
		p.Annotate = s.Annotations
	}
	if s.Comment == "" || p.Comment != Unset {
		return nil
	}
	var err error
	p.Comment, err = ParseWhen(s.Comment)
	return err
}

func (f Rules) flags() (gate.Rules, error) {
	r := gate.Rules{Partials: gate.Partials(f.Partials), Flaky: gate.Level(f.Flaky)}
	for _, t := range []struct {
		flag, text string
		to         **gate.Threshold
	}{{"--min-total", f.MinTotal, &r.Total}, {"--min-patch", f.MinPatch, &r.Patch}, {"--max-drop", f.MaxDrop, &r.Drop}, {"--min-branches", f.MinBranches, &r.Branches}, {"--max-unreported", f.MaxUnreported, &r.Unreported}, {"--max-lost", f.MaxLost, &r.Lost}, {"--max-failed", f.MaxFailed, &r.Tests.Failed}, {"--max-flaky", f.MaxFlaky, &r.Tests.Flaky}, {"--max-slower", f.MaxSlower, &r.Tests.Slower}} {
		if t.text == "" {
			continue
		}
		v, err := gate.ParseThreshold(t.text)
		if err != nil {
			return r, fault.Errorf(fault.Input, "%s: %w", t.flag, err)
		}
		*t.to = &v
	}
	for _, text := range f.MinPath {
		glob, t, err := keyed("--min-path", text, "src/**=80")
		if err != nil {
			return r, err
		}
		if glob, err = gate.Glob(glob); err != nil {
			return r, fault.Errorf(fault.Input, "--min-path: %w", err)
		}
		r.Paths = append(r.Paths, gate.PathRule{Path: glob, Threshold: t})
	}
	for _, text := range f.MaxNew {
		severity, t, err := keyed("--max-new", text, "high=0")
		if err != nil {
			return r, err
		}
		rule, ok := gate.ParseSeverity(severity)
		if !ok {
			return r, fault.Errorf(fault.Input, "--max-new: unknown severity %q; known: %s, any", severity, strings.Join(gate.Severities(), ", "))
		}
		rule.Threshold = t
		r.Findings = append(r.Findings, rule)
	}
	for _, name := range f.Require {
		r.Services = append(r.Services, gate.ServiceRule{Service: name})
	}
	return r, nil
}

// keyed reads KEY=THRESHOLD; a glob may hold further equals signs.
func keyed(flag, text, example string) (string, gate.Threshold, error) {
	// The equals sign of :missing=pass is not the one that ends the key.
	rule, _, _ := strings.Cut(text, ":missing=")
	i := strings.LastIndex(rule, "=")
	if i < 1 {
		return "", gate.Threshold{}, fault.Errorf(fault.Input, "%s %q: expected something like %s", flag, text, example)
	}
	t, err := gate.ParseThreshold(text[i+1:])
	if err != nil {
		return "", t, fault.Errorf(fault.Input, "%s: %w", flag, err)
	}
	return text[:i], t, nil
}
