package reports

import (
	"context"
	"slices"
	"strings"

	"github.com/gatewright/gatewright/internal/fault"
	"github.com/gatewright/gatewright/internal/git"
	"github.com/gatewright/gatewright/internal/summary"
)

// doubt notes what a report, or one that an archive holds, says against being judged by:
// another commit, and lines that it lacks.
func (f Flags) doubt(ctx context.Context, t Commit, r *booked) {
	report := r.file.Report
	for _, id := range report.Commits {
		f.another(ctx, t, r, id)
	}
	if report.Lacks != "" {
		report.Remark("%s", report.Lacks)
		report.Lacks = r.file.Path + ": " + report.Lacks
	}
}

// another notes that a report names a commit which is none of this run's: it is
// neither judged nor checked out, and has not the files of either. One that the
// checkout does not hold may be a merge that another job made; the one that started
// the run is what the CI's variable says, which tools write whatever is checked out.
func (f Flags) another(ctx context.Context, t Commit, r *booked, id string) {
	if !git.IsID(id) || slices.Contains(f.Commits, id) {
		return
	}
	ours, files := t.ID, ""
	if t.Repo != nil {
		own := slices.DeleteFunc(append([]string{"HEAD"}, f.Commits...), func(c string) bool { return c == "" })
		files = t.filesOf(ctx, id)
		for _, c := range own {
			resolved, err := t.Repo.Resolve(ctx, c)
			if err == nil && (resolved == id || files != "" && t.filesOf(ctx, resolved) == files) {
				return
			}
			if err == nil && ours == "" {
				ours = resolved
			}
		}
	}
	if ours == "" {
		return
	}
	if !r.surely {
		r.of, r.surely = id, files != "" && id != f.Started
	}
	r.file.Report.Remark("it says that it is of commit %.10s, and this is %.10s: its lines may be another commit's", id, ours)
}

// filesOf returns what git calls the files of a commit, all in one; "" where the
// checkout does not hold it.
func (t Commit) filesOf(ctx context.Context, id string) string {
	text, err := t.Repo.Commit(ctx, id)
	tree, _, _ := strings.Cut(text, "\n")
	if err != nil {
		return ""
	}
	return tree
}

// Fit fails where a report is of a commit that the checkout holds and that is none of
// the run's. At home the tests may have run before their commit was made.
func (r Set) Fit(home bool) error {
	for _, file := range r.Files {
		if file.of != "" && !home {
			return fault.WithHint(fault.Errorf(fault.Input, "%s is of another commit, %.10s, as it says itself", file.Path, file.of),
				"have this run's tests write it anew, or leave it out with '!%s'", file.Path)
		}
	}
	return nil
}

// Known fails where the total is not known: a report lacks a part of what its tool
// counted, or none of its paths is known to be of the commit, and some may be.
func (r Set) Known() error {
	if lacks := r.Merged().Lacks; lacks != "" {
		return fault.WithHint(fault.Errorf(fault.Input, "%s", lacks), "have the tool write another format (docs/formats.md)")
	}
	for _, file := range r.Files {
		if m := file.unclear; m != nil {
			return fault.WithHint(fault.Errorf(fault.Input, "none of what %s names is known to be of the commit, such as %s: %s", m.report,
				summary.Plain(m.path.Report, 0), summary.Plain(m.path.Reason(), 0)), "%s decides; '!%s' leaves the report out", m.path.Flag(), file.Path)
		}
	}
	return nil
}
