package job

import (
	"bytes"
	"context"
	"fmt"

	"github.com/gatewright/gatewright/internal/baseline"
	"github.com/gatewright/gatewright/internal/fault"
	"github.com/gatewright/gatewright/internal/summary"
)

// Kept returns the page of the newest baseline at or before HEAD: what the
// store says of the branch without any report at hand.
func (j *Job) Kept(ctx context.Context) (summary.Page, error) {
	var err error
	if j.run, j.repo, err = j.Sources.Locate(ctx); err != nil {
		return summary.Page{}, err
	}
	project, err := j.Rules.project(j.Console, j.repo)
	if err == nil {
		err = j.apply(project.Settings)
	}
	if err != nil {
		return summary.Page{}, err
	}
	store, err := j.store()
	if err != nil {
		return summary.Page{}, err
	}
	entries, err := store.List(ctx, j.run.Branch)
	if err != nil {
		return summary.Page{}, err
	}
	found, err := baseline.Nearest(ctx, j.repo, j.run.Tree(), entries)
	if err != nil {
		return summary.Page{}, err
	}
	if len(found) == 0 {
		return summary.Page{}, fault.Errorf(fault.Input, "no baseline is kept of %.7s or of a commit before it", j.run.Tree())
	}
	text, err := store.Open(ctx, j.run.Branch, found[0].Entry)
	if err != nil {
		return summary.Page{}, err
	}
	b, err := baseline.Read(bytes.NewReader(text), fmt.Sprintf("of %.7s", found[0].Commit))
	if err != nil {
		return summary.Page{}, err
	}
	if err := j.belongs(b, found[0], ""); err != nil {
		return summary.Page{}, err
	}
	page := PageOf(j.run, j.Sources.SourceURL)
	page.Coverage = &summary.Coverage{Totals: b.Report.Totals()}
	return page, nil
}
