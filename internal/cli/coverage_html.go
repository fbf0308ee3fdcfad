package cli

import (
	"context"
	"fmt"
	"os"
	"path/filepath"
	"strings"

	"github.com/gatewright/gatewright/internal/ci"
	"github.com/gatewright/gatewright/internal/coverage"
	"github.com/gatewright/gatewright/internal/diff"
	"github.com/gatewright/gatewright/internal/fault"
	"github.com/gatewright/gatewright/internal/git"
	"github.com/gatewright/gatewright/internal/summary"
)

// writeHTML writes a report as a folder of pages. The source is the work
// tree's, which is what the tests ran on.
func (a *App) writeHTML(ctx context.Context, dir string, p summary.Page, r *coverage.Report, change *diff.Change, repo *git.Repo) error {
	folder := a.path(dir)
	if err := clearHTML(folder); err != nil {
		return err
	}
	root := a.path(".")
	if repo != nil {
		root = repo.Root
	}
	sources, err := os.OpenRoot(root) // no path of a report leads out of it
	if err != nil {
		return fault.Errorf(fault.Input, "read the sources: %w", err)
	}
	defer sources.Close()
	h := summary.HTML{
		Page: p, Report: r,
		Source: func(path string) ([]byte, error) { return sources.ReadFile(filepath.FromSlash(path)) },
		Store: func(name string, page []byte) error {
			return os.WriteFile(filepath.Join(folder, filepath.FromSlash(name)), []byte(a.Redact.Clean(string(page))), 0o644)
		},
	}
	if change != nil {
		h.Changed = map[string][]int{}
		for path, lines := range change.Lines() {
			h.Changed[path] = lines
		}
	}
	if err := summary.WriteHTML(ctx, h); err != nil {
		return fault.As(fault.Input, fmt.Errorf("write the HTML report: %w", err))
	}
	a.say("%s: open %s", count(r.Len(), "file"), filepath.Join(dir, "index.html"))
	return nil
}

// clearHTML makes the folder and takes away pages of an earlier report, which
// may have had more files. Nothing else in it is touched.
func clearHTML(folder string) error {
	if err := os.MkdirAll(filepath.Join(folder, "files"), 0o755); err != nil {
		return fault.Errorf(fault.Input, "make the folder of the HTML report: %w", err)
	}
	old, err := os.ReadDir(filepath.Join(folder, "files"))
	if err != nil {
		return fault.Errorf(fault.Input, "look at the folder of the HTML report: %w", err)
	}
	for _, e := range old {
		if n := strings.TrimSuffix(e.Name(), ".html"); n != e.Name() && strings.Trim(n, "0123456789") == "" {
			if err := os.Remove(filepath.Join(folder, "files", e.Name())); err != nil {
				return fault.Errorf(fault.Input, "clear the HTML report: %w", err)
			}
		}
	}
	return nil
}

// html is coverage report --html.
func (c coverageReportCmd) html(ctx context.Context, a *App, repo *git.Repo, run ci.Run, read reports) error {
	page := pageOf(run)
	page.Title = "Coverage"
	if page.Run.Repository != "" {
		page.Title = "Coverage of " + page.Run.Repository
	}
	page.covered(read)
	all := read.merged()
	var change *diff.Change
	if c.asked(run) {
		got, err := c.ChangeFlags.read(ctx, a, repo, run)
		switch {
		case err == nil:
			change = &got
			page.Patch = patchOf(all, got)
		case c.Diff != "" || c.Base != "":
			return err
		default:
			a.warn("changed lines are not marked: %s", err)
		}
	}
	return a.writeHTML(ctx, c.HTML, page.Page, all, change, repo)
}

// html is gate --html: the same pages, with the verdict on the first.
func (j *localJudge) html(ctx context.Context, dir string) error {
	if !j.facts.Report.Known() {
		return fault.Errorf(fault.Input, "no HTML report: %s", j.facts.Report.Why)
	}
	return j.app.writeHTML(ctx, dir, j.page.Page, j.facts.Report.Value, j.change, j.repo)
}
