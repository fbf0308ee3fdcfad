package cli

import (
	"context"

	"github.com/gatewright/gatewright/internal/connect"
	"github.com/gatewright/gatewright/internal/coverage"
	"github.com/gatewright/gatewright/internal/fault"
	"github.com/gatewright/gatewright/internal/git"
	"github.com/gatewright/gatewright/internal/job"
	"github.com/gatewright/gatewright/internal/reports"
	"github.com/gatewright/gatewright/internal/summary"
)

type coveragePatchCmd struct {
	reports.Flags `group:"Reports"`
	job.Change
}

func (coveragePatchCmd) Help() string {
	return `Shows which of the lines that a change adds or edits ran in the tests. The change is a unified diff, or what git says
the checked out commit changes since it left its base.

  gatewright coverage patch
  git diff main...HEAD | gatewright coverage patch coverage/lcov.info --diff -
  gatewright coverage patch lcov.info --base origin/release --output json`
}

func (c coveragePatchCmd) Run(ctx context.Context, a *connect.To) error {
	if c.Diff == "-" && len(c.Report) > 0 && c.Report[0] == "-" {
		return fault.Errorf(fault.Input, "the report and the diff cannot both come from standard input")
	}
	run, repo, err := connect.TargetFlags{}.Resolve(ctx, a)
	if err != nil {
		return err
	}
	change, err := c.Change.Read(ctx, a.Console, repo, run)
	if err != nil {
		return err
	}
	// A diff may name files that are not committed.
	c.Also, c.Functions = change.Paths(), true
	read, err := c.Flags.Read(ctx, a.Console, repo, "")
	if err != nil {
		return err
	}
	// The change of a diff may be of another commit than the one checked out.
	if c.Diff == "" {
		if err := read.MatchedAny(); err != nil {
			return err
		}
		read.SayLeftOut(a.Console)
	}
	patch := job.PatchOf(read.Merged(), change)
	if a.JSON {
		answer, err := patchAnswer(ctx, repo, *patch)
		if err != nil {
			return err
		}
		return a.Print(answer)
	}
	page := job.PageOf(run, a.SourceURL)
	page.Title, page.Patch = "Patch coverage", patch
	return summary.Terminal(a.Stdout, page, summary.TerminalOptions{Color: a.Color(), Width: a.Width(), MaxRows: 1000})
}

// patchJSON is the answer of --output json; docs/gates.md describes it.
type patchJSON struct {
	Version    int            `json:"version"`
	Files      []patchFile    `json:"files"`
	Unreported []string       `json:"unreported,omitempty"`
	Totals     coverage.Count `json:"totals"`
}

// patchFile adds to a changed file what whoever writes the tests needs.
type patchFile struct {
	coverage.PatchFile
	Missing []job.MissingLine `json:"missing,omitempty"` // the uncovered lines with their texts
	Tests   []string          `json:"tests,omitempty"`   // nearest by name
}

// patchAnswer leaves out files whose changes hold nothing that could run.
// Texts and tests are the checkout's; repo may be nil.
func patchAnswer(ctx context.Context, repo *git.Repo, p coverage.Patch) (patchJSON, error) {
	out := patchJSON{Version: 1, Files: []patchFile{}, Unreported: p.Unreported, Totals: p.Totals}
	var tests job.Tests
	if repo != nil {
		var err error
		if tests, err = job.TestsOf(ctx, repo); err != nil {
			return out, err
		}
	}
	for _, f := range p.Files {
		if f.Count(false).Coverable == 0 {
			continue
		}
		file := patchFile{PatchFile: f}
		if repo != nil && len(f.Uncovered) > 0 {
			file.Missing, file.Tests = job.MissingLines(repo, f), tests.Nearest(f.Path)
		}
		out.Files = append(out.Files, file)
	}
	return out, nil
}
