package job

import (
	"context"

	"github.com/gatewright/gatewright/internal/fault"
	"github.com/gatewright/gatewright/internal/forge"
	"github.com/gatewright/gatewright/internal/summary"
)

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
	flavour := f.Comment
	flavour.Short = true
	body := j.Console.Redact.Clean(summary.MarkdownFor(j.page, flavour))
	pr := forge.PullRequest{Owner: j.run.Owner, Repo: j.run.Name, Number: j.run.PullRequest}
	if err := commenter.Comment(ctx, pr, j.marker(), body); err != nil {
		return err
	}
	j.Console.Say("commented on pull request %d", j.run.PullRequest)
	return nil
}
