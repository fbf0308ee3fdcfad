package job

import (
	"context"

	"github.com/gatewright/gatewright/internal/fault"
	"github.com/gatewright/gatewright/internal/forge"
	"github.com/gatewright/gatewright/internal/summary"
)

// comment keeps one comment on the pull request. Where this run is no occasion
// for one, one that is there is brought up to date: it would go on saying what
// an earlier run found.
func (j *Job) comment(ctx context.Context, existing bool) error {
	if j.run.PullRequest == 0 {
		if existing {
			return nil
		}
		if missing := j.run.NoPullRequest; missing.Reason != "" {
			return fault.WithHint(fault.Errorf(fault.Input, "no pull request to comment on: %s", missing.Reason), "%s", missing.Hint)
		}
		j.Console.Say("no pull request to comment on")
		return nil
	}
	f, err := j.Sources.Forge(j.run)
	switch {
	case err != nil && existing:
		return nil // there is nothing to say
	case err != nil:
		return err
	}
	commenter, ok := f.Client.(forge.Commenter)
	if !ok {
		return fault.Errorf(fault.Input, "%s has no pull-request comments", f.Title)
	}
	flavour := f.Comment
	flavour.Short = true
	body := j.Console.Redact.Clean(summary.MarkdownFor(j.page, flavour))
	pr := forge.PullRequest{Owner: j.run.Owner, Repo: j.run.Name, Number: j.run.PullRequest, Existing: existing}
	if err := commenter.Comment(ctx, pr, j.marker(), body); err != nil {
		return err
	}
	if existing {
		return nil
	}
	j.Console.Say("commented on pull request %d", j.run.PullRequest)
	return nil
}
