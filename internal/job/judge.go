package job

import (
	"context"
	"fmt"
	"maps"
	"slices"
	"strings"

	"github.com/gatewright/gatewright/internal/ci"
	"github.com/gatewright/gatewright/internal/console"
	"github.com/gatewright/gatewright/internal/coverage"
	"github.com/gatewright/gatewright/internal/fault"
	"github.com/gatewright/gatewright/internal/finding"
	"github.com/gatewright/gatewright/internal/gate"
	"github.com/gatewright/gatewright/internal/reports"
	"github.com/gatewright/gatewright/internal/service"
	"github.com/gatewright/gatewright/internal/summary"
	"github.com/gatewright/gatewright/internal/testrun"
)

// Facts say where the facts are that local rules are judged over.
type Facts struct {
	Change
	Baseline         string   `placeholder:"FILE" help:"Coverage to compare with: a report of an earlier run, as coverage convert --to json writes it. A file that is not there is missing data, not an error."`
	BaselineStore    string   `placeholder:"STORE" help:"Where runs on the base branch keep their coverage for those on pull requests: artifact, as by itself where the CI is the forge's own; cache or cache:DIR, a folder that the CI caches; branch:NAME or notes, a reference of the repository; file, the one of --baseline; none."`
	BaselineBranches []string `name:"baseline-branch" placeholder:"GLOB" help:"Branches whose runs keep a baseline; may be repeated. Default: main, master, develop, trunk, release/**."`
	Findings         []string `placeholder:"SARIF" help:"Results of scanners, SARIF 2.1.0: paths or globs; may be repeated."`
	From             string   `placeholder:"PACK" help:"File that gatewright coverage pack wrote in another job, in the place of reports, changed lines and findings. It must be of this run's commit, and of the run that this one follows. Needs no checkout."`
	Tests            []string `placeholder:"JUNIT" help:"Results of tests, JUnit XML of any tool: paths or globs; may be repeated."`
	TestsBaseline    []string `placeholder:"JUNIT" help:"Results of tests of an earlier run, to compare their time with."`
	FindingsBaseline []string `placeholder:"SARIF" help:"Results of an earlier run, to tell new findings from old ones. Without it, those on changed lines are new."`
}

// judge collects the facts and judges. An error means that something the user
// named cannot be read; what is only missing is the rules' business.
func (j *Job) judge(ctx context.Context) error {
	j.readMerged(ctx)
	// The order counts: reports are read for the lines of the change, and findings
	// and tests are compared with what the baseline kept of them.
	for _, read := range []func(context.Context) error{j.readChange, j.judgeReports, j.readBaseline, j.readFindings, j.readTests} {
		if err := read(ctx); err != nil {
			return err
		}
	}
	j.elsewhere(ctx)
	if f := j.page.Findings; f != nil && len(j.rules.Findings) == 0 { // else the condition says so
		for _, why := range f.Missing {
			if !slices.Contains(j.page.Notes, why) { // the scan has noted its own
				j.note("%s", why)
			}
		}
	}
	j.facts.Services = j.page.Services
	verdict := gate.Judge(j.rules, j.facts)
	for _, s := range j.waived {
		verdict.Conditions = append(verdict.Conditions, service.Condition{Name: s.Service + " gate", Actual: "no data", Wanted: "passed", Result: service.None, Why: "not asked: no token"})
	}
	j.page.Rules, j.page.Digits = verdict.Conditions, verdict.Digits
	// Without anything to judge by there is no verdict, which is not a pass.
	if len(verdict.Conditions)+len(verdict.Services) > 0 {
		j.page.Outcome = verdict.Outcome
	}
	j.recount()
	j.components()
	return nil
}

// elsewhere takes back what was measured in a checkout that is not the commit's:
// it is missing data, or may be another commit's.
func (j *Job) elsewhere(ctx context.Context) {
	// On pull_request_target and workflow_run the checkout is the base's. Its numbers
	// would be booked to the pull request, which a fork could use to pass.
	c := j.run.Checkout
	if j.packed != nil || j.page.Coverage == nil && j.page.Tests == nil && len(j.Facts.Findings) == 0 {
		return
	}
	warning, err := j.run.Booking()
	if err == nil && c.Standing == ci.Other {
		if _, lost := j.repo.Resolve(ctx, j.run.Commit); lost != nil { // then its files are not known either
			j.facts.Report = gate.Missing[*coverage.Report](c.Missing.Reason, c.Missing.Hint)
			j.foreign = true
		}
	}
	if err != nil {
		j.foreign = true
		j.facts.Report = gate.MissingFor[*coverage.Report](err)
		j.facts.Tests = gate.Missing[*testrun.Set](c.Missing.Reason, c.Missing.Hint)
		if found := j.facts.Findings.Value; len(j.Facts.Findings) > 0 {
			j.facts.Findings = gate.Missing[[]service.Finding](c.Missing.Reason, c.Missing.Hint)
			// Missing for the verdict and shown all the same: what was found is real, and
			// only whether it is all cannot be said.
			j.facts.Findings.Value = found
			j.page.Findings.Missing = append(j.page.Findings.Missing, "the findings may be another commit's: "+c.Missing.Reason)
		}
	} else if warning != "" && !j.asks(CoverageStep) {
		j.note("%s.", warning)
	}
}

// ignored reports whether coverage of a file is left out on request.
func (j *Job) ignored(path string) bool { return gate.Matches(j.Reports.Ignore, path) }

// note puts a remark on the page.
func (j *Job) note(format string, args ...any) {
	j.page.Notes = append(j.page.Notes, fmt.Sprintf(format, args...))
}

func (j *Job) readChange(ctx context.Context) error {
	if j.packed != nil {
		j.packedChange()
		return nil
	}
	if !j.Facts.Asked(j.run) {
		j.facts.NoChange = true
		j.facts.Patch = gate.Missing[*coverage.Patch]("no pull request, and neither --base nor --diff", "")
		return nil
	}
	change, err := j.Facts.Change.Read(ctx, j.Console, j.repo, j.run)
	switch {
	// A diff that was named must be there. What git cannot say, as in a shallow
	// checkout, is missing data: only a rule about changed lines makes it matter.
	case err != nil && (j.Facts.Diff != "" || ctx.Err() != nil):
		return err
	// With its hint, which the condition repeats: fetch more, or hand a diff over.
	case err != nil:
		j.facts.Patch = gate.MissingFor[*coverage.Patch](err)
		if j.rules.Patch == nil { // else the condition says so
			j.note("No coverage of changed lines: %s", fault.Text(err))
		}
	// The lines before the cut are shown; a verdict over them would pass what the
	// rest may hold.
	case change.Cut:
		j.facts.Patch = gate.Missing[*coverage.Patch]("the diff ends in the middle of its last hunk", "")
		j.change = &change
	default:
		j.change = &change
	}
	return nil
}

// needsCoverage reports whether any rule is about coverage.
func needsCoverage(r gate.Rules) bool {
	// Everything else that there are rules for is about coverage.
	r.Findings, r.Services, r.Tests = nil, nil, gate.TestRules{}
	return !r.Empty()
}

func (j *Job) judgeReports(ctx context.Context) error {
	must := j.read != nil || j.reported // the user named reports, or they were read
	if !must && !j.needsTimes() && !needsCoverage(j.rules) && j.Facts.Baseline == "" {
		j.facts.Report = gate.Missing[*coverage.Report]("no rule asks for coverage", "")
		return nil
	}
	read := j.read
	if read == nil {
		got, err := j.readReports(ctx, j.changed())
		switch {
		case err != nil && must:
			return err
		case err != nil:
			// Reports that nobody named are only looked for; that there are none is for the
			// rules to judge.
			j.facts.Report = gate.MissingFor[*coverage.Report](err)
			return nil
		}
		read = &got
	}
	report, unknown := read.Merged(), read.Known()
	if j.facts.Report = gate.Known(report); unknown != nil {
		j.facts.Report = gate.MissingFor[*coverage.Report](unknown)
	}
	if j.page.Coverage == nil {
		Cover(&j.page, *read)
	}
	if j.change != nil {
		patch := PatchOf(report, *j.change)
		j.page.Patch = j.shown(patch)
		switch m, unclear := read.Unclear(j.change.Paths()); {
		case report.Lacks != "":
			j.facts.Patch = gate.MissingFor[*coverage.Patch](unknown)
		case unclear:
			j.facts.Patch = gate.Missing[*coverage.Patch](
				"the report's "+m.Report+" may be "+strings.Join(m.Others(), " or ")+", which this change touches", m.Flag()+" decides")
		case !j.change.Cut:
			j.facts.Patch = gate.Known(patch)
		}
	}
	j.gaps()
	return nil
}

func (j *Job) readFindings(ctx context.Context) error {
	// Results that were to be handed to a service are the project's own to judge
	// where that service does not take any.
	if j.page.Findings == nil && len(j.Facts.Findings) == 0 {
		j.Facts.Findings = j.Scan.Sarif // no scan took them
	}
	var packed *finding.Set
	if j.packed != nil {
		packed = j.packed.Findings
	}
	if len(j.Facts.Findings) == 0 && j.page.Findings == nil && packed == nil {
		why := "no --findings and no scan"
		if slices.Contains(j.steps(), ScanStep) {
			why = "the scan has no result"
		}
		j.facts.Findings = gate.Missing[[]service.Finding](why, "")
		return nil
	}
	f := reports.Findings{Commit: j.tree(), Change: j.change, Baseline: j.Facts.FindingsBaseline}
	// Read first, and aged when all are together: a finding of the pack may be in the
	// baseline as well.
	set, err := f.Parse(ctx, j.Facts.Findings)
	if err != nil {
		return err
	}
	if packed != nil {
		set.Add(*packed)
	}
	if scanned := j.page.Findings; scanned != nil {
		set.Add(finding.Set{Findings: scanned.Items, Missing: scanned.Missing, Tools: j.tools.Tools, Unfinished: j.tools.Unfinished, Unmatched: j.tools.Unmatched})
	}
	missing, err := f.Age(ctx, &set)
	if err != nil {
		return err
	}
	j.clean(set.Findings)
	j.facts.NoAge = strings.Join(missing, "; ")
	j.facts.Findings = gate.Known(set.Findings)
	// A scanner that did not run to its end has not found nothing.
	if len(set.Missing) > 0 {
		j.facts.Findings = gate.Missing[[]service.Finding](strings.Join(set.Missing, "; "), "")
		j.facts.Findings.Value = set.Findings
	}
	j.facts.Unmatched = set.Unmatched
	j.page.Findings = &summary.Findings{Items: set.Findings, Missing: set.Missing}
	j.page.Findings.Sort()
	j.tools = finding.Set{Tools: set.Tools, Unfinished: set.Unfinished, Missing: set.Missing}
	if set.Suppressed > 0 {
		j.note("%s suppressed in the scanners' results.", console.Count(set.Suppressed, "finding"))
	}
	if n := len(set.Troubles); n > 0 {
		j.note("Scanners report %s of their own, such as %s.", console.Count(n, "error"), strings.TrimSuffix(summary.Plain(j.Console.Redact.Clean(set.Troubles[0]), 200), "."))
	}
	if n := len(set.Unmatched); n > 0 {
		// The smallest, so that two runs say the same.
		path := slices.Min(slices.Collect(maps.Keys(set.Unmatched)))
		j.note("Findings in %s that the commit does not have, such as %s: %s.", console.Count(n, "file"), path, set.Unmatched[path])
	}
	return nil
}

// clean takes the job's secrets out of findings: their texts are cut where they are
// shown, and would then hold a part of one.
func (j *Job) clean(findings []service.Finding) {
	for i := range findings {
		for _, text := range []*string{&findings[i].Rule, &findings[i].Message} {
			*text = j.Console.Redact.Clean(*text)
		}
	}
}

// recount counts the page's lines as the rules count them, where partly covered ones
// are misses: or a page would show two numbers for one.
func (j *Job) recount() {
	lines := j.rules.Partials
	if lines != gate.Miss {
		return
	}
	j.page.PartlyMissed = true
	if p := j.page.Patch; p != nil {
		p.Totals = lines.PatchLines(p, nil)
	}
	if c := j.page.Coverage; c != nil && j.facts.Report.Known() {
		c.Totals.Lines = lines.Lines(j.facts.Report.Value, nil)
		if c.Before != nil {
			c.Before.Lines = lines.Lines(j.facts.Baseline.Value, nil)
		}
	}
}

// components puts the numbers of each component on the page, counted as its condition.
func (j *Job) components() {
	if !j.facts.Report.Known() || j.page.Coverage == nil {
		return
	}
	lines := j.rules.Partials
	for _, c := range j.rules.Components {
		k := summary.Component{Name: c.Name, Lines: lines.Lines(j.facts.Report.Value, c.Paths), Carried: j.facts.Carried[c.Name]}
		if j.facts.Baseline.Known() {
			k.Before = new(lines.Lines(j.facts.Baseline.Value, c.Paths))
		}
		if j.facts.Patch.Known() {
			k.Patch = new(lines.PatchLines(j.facts.Patch.Value, c.Paths))
		}
		j.page.Coverage.Components = append(j.page.Coverage.Components, k)
	}
}
