package job

import (
	"context"

	"github.com/gatewright/gatewright/internal/fault"
	"github.com/gatewright/gatewright/internal/forge"
	"github.com/gatewright/gatewright/internal/service"
	"github.com/gatewright/gatewright/internal/summary"
)

// commentMarker is how our comment is found again.
const commentMarker = "gatewright:gate"

// comment keeps one comment on the pull request.
func (j *Job) comment(ctx context.Context) error {
	if j.run.PullRequest == 0 {
		if missing := j.run.NoPullRequest; missing.Reason != "" {
			return fault.WithHint(fault.Errorf(fault.Input, "no pull request to comment on: %s", missing.Reason), "%s", missing.Hint)
		}
		j.Console.Say("no pull request to comment on")
		return nil
	}
	f, err := j.Sources.Forge(j.run)
	if err != nil {
		return err
	}
	commenter, ok := f.Client.(forge.Commenter)
	if !ok {
		return fault.Errorf(fault.Input, "%s has no pull-request comments", f.Title)
	}
	body := j.Console.Redact.Clean(summary.MarkdownFor(j.page, f.Comment))
	pr := forge.PullRequest{Owner: j.run.Owner, Repo: j.run.Name, Number: j.run.PullRequest}
	if err := commenter.Comment(ctx, pr, commentMarker, body); err != nil {
		return err
	}
	j.Console.Say("commented on pull request %d", j.run.PullRequest)
	return nil
}

// setStatus sets the commit's status.
func (j *Job) setStatus(ctx context.Context, status string) error {
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
	return setter.SetStatus(ctx, j.run.Owner, j.run.Name, j.run.Commit, j.commitStatus(status))
}

// commitStatus is the verdict in one line of at most 140 characters, which is
// what GitHub takes. A verdict that could not be reached is an error, never a
// success.
func (j *Job) commitStatus(status string) forge.Status {
	s := forge.Status{Context: "gatewright/gate", State: "success", Description: summary.Headline(j.page), URL: j.page.Run.URL, PullRequest: j.run.PullRequest}
	switch {
	case j.page.Outcome == service.Failed:
		s.State = "failure"
	case j.page.Outcome == service.Unknown, status == "ERROR", status == "TIMEOUT":
		s.State = "error"
	}
	s.Description = summary.Plain(j.Console.Redact.Clean(s.Description), 140)
	return s
}
