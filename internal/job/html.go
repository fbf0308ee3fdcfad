package job

import (
	"context"
	"fmt"
	"os"
	"path/filepath"
	"strings"

	"github.com/gatewright/gatewright/internal/console"
	"github.com/gatewright/gatewright/internal/coverage"
	"github.com/gatewright/gatewright/internal/diff"
	"github.com/gatewright/gatewright/internal/fault"
	"github.com/gatewright/gatewright/internal/git"
	"github.com/gatewright/gatewright/internal/summary"
)

// HTML is a report as a folder of pages. The source is the work tree's, which
// is what the tests ran on.
type HTML struct {
	Console *console.Console
	Dir     string
	Page    summary.Page
	Report  *coverage.Report
	Change  *diff.Change // nil marks no lines
	Repo    *git.Repo    // nil outside a checkout
}

// Write writes the pages.
func (o HTML) Write(ctx context.Context) error {
	c, dir, p, r, change, repo := o.Console, o.Dir, o.Page, o.Report, o.Change, o.Repo
	folder := c.Path(dir)
	if err := clearHTML(folder); err != nil {
		return err
	}
	root := c.Path(".")
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
			return os.WriteFile(filepath.Join(folder, filepath.FromSlash(name)), []byte(c.Redact.Clean(string(page))), 0o644)
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
	c.Say("%s: open %s", count(r.Len(), "file"), filepath.Join(dir, "index.html"))
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

// html is gate --html: the pages of the report, with the verdict on the first.
func (j *Job) html(ctx context.Context) error {
	if !j.facts.Report.Known() {
		return fault.Errorf(fault.Input, "no HTML report: %s", j.facts.Report.Why)
	}
	return HTML{Console: j.Console, Dir: j.Publish.HTML, Page: j.page, Report: j.facts.Report.Value, Change: j.change, Repo: j.repo}.Write(ctx)
}
