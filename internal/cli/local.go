package cli

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"strings"

	"github.com/bmatcuk/doublestar/v4"

	"github.com/gatewright/gatewright/internal/ci"
	"github.com/gatewright/gatewright/internal/coverage"
	"github.com/gatewright/gatewright/internal/coverage/formats"
	"github.com/gatewright/gatewright/internal/diff"
	"github.com/gatewright/gatewright/internal/fault"
	"github.com/gatewright/gatewright/internal/finding"
	"github.com/gatewright/gatewright/internal/gate"
	"github.com/gatewright/gatewright/internal/git"
	"github.com/gatewright/gatewright/internal/service"
	"github.com/gatewright/gatewright/internal/summary"
)

// FactFlags say where the facts are that local rules are judged over.
type FactFlags struct {
	ChangeFlags
	Baseline         string   `placeholder:"FILE" help:"Coverage to compare with: a report of an earlier run, as coverage convert --to json writes it. A file that is not there is missing data, not an error."`
	Findings         []string `placeholder:"SARIF" help:"Results of scanners, SARIF 2.1.0: paths or globs; may be repeated."`
	FindingsBaseline []string `placeholder:"SARIF" help:"Results of an earlier run, to tell new findings from old ones. Without it, those on changed lines are new."`
}

// localJudge judges a project by its own rules. It fills a page that may hold
// services' verdicts and findings already.
type localJudge struct {
	app   *App
	flags FactFlags
	rules gate.Rules
	run   ci.Run
	repo  *git.Repo
	page  *page
	// read gives the reports, with their paths matched to those given beside
	// the commit's.
	read func(also []string) (reports, error)
	// mustRead says that the user named reports.
	mustRead bool

	facts  gate.Facts
	change *diff.Change
}

// judge collects the facts and judges. An error means that something the user
// named cannot be read; what is only missing is the rules' business.
func (j *localJudge) judge(ctx context.Context) error {
	if err := j.readChange(ctx); err != nil {
		return err
	}
	if err := j.readReports(); err != nil {
		return err
	}
	if err := j.readBaseline(ctx); err != nil {
		return err
	}
	if err := j.readFindings(); err != nil {
		return err
	}
	j.facts.Services = j.page.Services
	verdict := gate.Judge(j.rules, j.facts)
	j.page.Rules = verdict.Conditions
	if len(verdict.Conditions)+len(verdict.Services) > 0 {
		j.page.Outcome = verdict.Outcome
	}
	j.components()
	return nil
}

func (j *localJudge) note(format string, args ...any) {
	j.page.Notes = append(j.page.Notes, fmt.Sprintf(format, args...))
}

func (j *localJudge) readChange(ctx context.Context) error {
	if !j.flags.asked(j.run) {
		j.facts.PatchNotAsked = true
		j.facts.NoPatch = "no pull request, and neither --base nor --diff"
		return nil
	}
	change, err := j.flags.ChangeFlags.read(ctx, j.app, j.repo, j.run)
	switch {
	case err != nil && (j.flags.Diff != "" || ctx.Err() != nil):
		return err
	case err != nil:
		j.facts.NoPatch = err.Error()
		if hint := fault.Hint(err); hint != "" {
			j.note("Changed lines are not known: %s", hint)
		}
	case change.Cut:
		j.facts.NoPatch = "the diff ends in the middle of its last hunk"
		j.change = &change
	default:
		j.change = &change
	}
	return nil
}

// needsCoverage reports whether any rule is about coverage.
func needsCoverage(r gate.Rules) bool {
	r.Findings, r.Services = nil, nil
	return !r.Empty()
}

func (j *localJudge) readReports() error {
	if !j.mustRead && !needsCoverage(j.rules) && j.flags.Baseline == "" {
		j.facts.NoReport = "no rule asks for coverage"
		return nil
	}
	var also []string
	if j.change != nil && j.flags.Diff != "" {
		also = j.change.Paths()
	}
	read, err := j.read(also)
	if err == nil {
		err = read.matchedAny()
	}
	if err != nil {
		if j.mustRead {
			return err
		}
		j.facts.NoReport = err.Error()
		return nil
	}
	j.facts.Report = read.merged()
	if j.page.Coverage == nil {
		j.page.covered(read)
	}
	if j.change != nil {
		j.page.Patch = patchOf(j.facts.Report, *j.change)
		if !j.change.Cut {
			j.facts.Patch = j.page.Patch
		}
	}
	return nil
}

func (j *localJudge) readBaseline(ctx context.Context) error {
	if j.flags.Baseline == "" {
		j.facts.NoBaseline = "no --baseline to compare with"
		return nil
	}
	file := j.app.path(j.flags.Baseline)
	if _, err := os.Stat(file); errors.Is(err, fs.ErrNotExist) {
		j.facts.NoBaseline = "baseline " + j.flags.Baseline + " does not exist"
		j.note("There is no baseline at %s yet.", j.flags.Baseline)
		return nil
	}
	baseline, _, err := formats.ParseFile(ctx, file, formats.Options{})
	if err != nil {
		return err
	}
	j.facts.Baseline = baseline
	if j.page.Coverage != nil && j.facts.Report != nil {
		j.page.Coverage.Compare(j.facts.Report, baseline)
	}
	return nil
}

func (j *localJudge) readFindings() error {
	if len(j.flags.Findings) == 0 && j.page.Findings == nil {
		j.facts.NoFindings = "no --findings and no scan"
		return nil
	}
	set, err := j.app.readSARIF(j.flags.Findings, j.repo)
	if err != nil {
		return err
	}
	if len(set.Unfinished) > 0 {
		j.facts.NoFindings = strings.Join(set.Unfinished, ", ") + " did not run to the end"
	}
	if j.page.Findings != nil {
		set.Findings = append(set.Findings, j.page.Findings.Items...)
	}
	if err := j.age(set.Findings); err != nil {
		return err
	}
	j.facts.Findings = set.Findings
	j.page.Findings = &summary.Findings{Items: set.Findings}
	j.page.Findings.Sort()
	if set.Suppressed > 0 {
		j.note("%s suppressed in the scanners' results.", count(set.Suppressed, "finding"))
	}
	return nil
}

// age tells new findings from old ones: by the baseline, else by what the
// scanner says itself, else by the changed lines.
func (j *localJudge) age(findings []service.Finding) error {
	if len(j.flags.FindingsBaseline) > 0 {
		baseline, err := j.app.readSARIF(j.flags.FindingsBaseline, j.repo)
		if err != nil {
			return err
		}
		finding.Compare(findings, baseline.Findings, j.renamed())
		return nil
	}
	for _, f := range findings {
		if f.Age != "" {
			return nil
		}
	}
	if j.change == nil || j.change.Cut {
		return nil
	}
	lines := map[string][]int{}
	for path, changed := range j.change.Lines() {
		lines[path] = changed
	}
	finding.MarkChanged(findings, func(path string) ([]int, bool) {
		changed, ok := lines[path]
		return changed, ok
	})
	return nil
}

func (j *localJudge) renamed() map[string]string {
	names := map[string]string{}
	if j.change != nil {
		for _, f := range j.change.Files {
			if f.Kind == diff.Renamed {
				names[f.Path] = f.OldPath
			}
		}
	}
	return names
}

// components puts the numbers of each component on the page.
func (j *localJudge) components() {
	if j.facts.Report == nil || j.page.Coverage == nil {
		return
	}
	for _, c := range j.rules.Components {
		k := summary.Component{Name: c.Name, Lines: gate.Lines(j.facts.Report, c.Paths)}
		if j.facts.Baseline != nil {
			k.Before = new(coverage.Count)
			*k.Before = gate.Lines(j.facts.Baseline, c.Paths)
		}
		if j.facts.Patch != nil {
			k.Patch = new(coverage.Count)
			*k.Patch = gate.PatchLines(j.facts.Patch, c.Paths)
		}
		j.page.Coverage.Components = append(j.page.Coverage.Components, k)
	}
}

// readSARIF reads results of scanners from files that paths and globs name.
func (a *App) readSARIF(patterns []string, repo *git.Repo) (finding.Set, error) {
	var all finding.Set
	names, err := globFiles(a, patterns)
	if err != nil {
		return all, err
	}
	o := finding.Options{Root: filepath.ToSlash(a.path("."))}
	if repo != nil {
		o.Root = filepath.ToSlash(repo.Root)
	}
	for _, name := range names {
		f, err := os.Open(a.path(name))
		if err != nil {
			return all, fault.Errorf(fault.Input, "findings: %w", err)
		}
		set, err := finding.ParseSARIF(f, name, o)
		_ = f.Close()
		if err != nil {
			return all, err
		}
		all.Add(set)
	}
	return all, nil
}

// globFiles gives the files that patterns name; one that names none is an error.
func globFiles(a *App, patterns []string) ([]string, error) {
	var out []string
	for _, p := range patterns {
		if !strings.ContainsAny(p, "*?[{") {
			out = append(out, p)
			continue
		}
		found, err := doublestar.FilepathGlob(a.path(p), doublestar.WithFilesOnly())
		if err != nil {
			return nil, fault.Errorf(fault.Input, "%s: %w", p, err)
		}
		if len(found) == 0 {
			return nil, fault.Errorf(fault.Input, "no file matches %s", p)
		}
		out = append(out, found...)
	}
	return out, nil
}
