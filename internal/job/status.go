package job

import (
	"context"
	"errors"
	"fmt"
	"strings"

	"github.com/gatewright/gatewright/internal/coverage"
	"github.com/gatewright/gatewright/internal/fault"
	"github.com/gatewright/gatewright/internal/forge"
	"github.com/gatewright/gatewright/internal/service"
	"github.com/gatewright/gatewright/internal/summary"
)

// setStatuses sets the commit's status, and those of total and patch coverage
// that were asked for.
func (j *Job) setStatuses(ctx context.Context, status string) error {
	if err := NeedCommit(j.run); err != nil {
		return err
	}
	f, err := j.Sources.Forge(j.run)
	if err != nil {
		return err
	}
	setter, ok := f.Client.(forge.StatusSetter)
	if !ok {
		return fault.Errorf(fault.Input, "%s has no commit status", f.Title)
	}
	var list []forge.Status
	if j.Publish.Status {
		list = append(list, j.commitStatus(status))
	}
	for _, part := range j.Publish.Statuses {
		list = append(list, j.partStatus(part))
	}
	var failed []error
	for _, s := range list {
		s.URL = j.page.Run.URL
		s.Description = summary.Plain(j.Console.Redact.Clean(s.Description), 140) // GitHub takes no more
		failed = append(failed, setter.SetStatus(ctx, j.commit(), s))
	}
	return errors.Join(failed...)
}

// commitStatus is the verdict in one line. A verdict that could not be reached
// is an error, never a success.
func (j *Job) commitStatus(status string) forge.Status {
	s := forge.Status{Context: j.context(), State: "success", Description: summary.Headline(j.page)}
	switch {
	case j.page.Outcome == service.Failed:
		s.State = "failure"
	case j.page.Outcome == service.Unknown, status == "ERROR", status == "TIMEOUT":
		s.State = "error"
	}
	return s
}

// partStatus is total or patch coverage, judged by the rules for it. A number
// that is not known is an error where there is a change to be measured.
func (j *Job) partStatus(part string) forge.Status {
	s := forge.Status{Context: j.context() + "/" + part, State: "success", Description: "no data"}
	var lines coverage.Count
	if part == "total" && j.page.Coverage != nil {
		lines = j.page.Coverage.Totals.Lines
	}
	if part == "patch" && j.page.Patch != nil {
		lines = j.page.Patch.Totals
	}
	switch {
	case lines.Coverable > 0:
		s.Description = fmt.Sprintf("%s, %d of %d lines", summary.Percent(lines), lines.Covered, lines.Coverable)
	case part == "patch" && (j.page.Patch != nil || j.facts.NoChange):
		s.Description = "no coverable line changed"
	default:
		s.State = "error"
	}
	for _, c := range j.page.Rules {
		if strings.HasSuffix(c.Name, part+" coverage") && c.Result == service.Failed {
			s.State, s.Description = "failure", fmt.Sprintf("%s: %s, wanted %s", c.Name, c.Actual, c.Wanted)
			break
		}
	}
	return s
}

// commit is the one that the run is about, for the forge.
func (j *Job) commit() forge.Commit {
	return forge.Commit{Owner: j.run.Owner, Repo: j.run.Name, SHA: j.run.Commit}
}
