package codacy

import (
	"context"
	"time"

	"github.com/gatewright/gatewright/internal/rest"
	"github.com/gatewright/gatewright/internal/service"
)

// pollInterval is how often Codacy's own command-line client asks.
const pollInterval = 10 * time.Second

// Judge waits for Codacy's verdict: of the pull request if there is one, else
// of the commit.
func (c *Client) Judge(ctx context.Context, t service.Target, w service.Wait) (service.Verdict, error) {
	p, err := placeOf(t.Repo)
	if err != nil {
		return service.Verdict{}, err
	}
	if t.PullRequest > 0 && t.FromFork && !p.analysesForks() {
		v := service.Verdict{Service: "codacy"}
		v.Undecided("analysis", "Codacy does not analyse pull requests from forks at "+p.forge()+", so no verdict will come")
		return v, nil
	}
	v, err := c.view(ctx, t)
	switch {
	case err != nil:
		return service.Verdict{}, err
	case t.PullRequest > 0:
		return v.judgePullRequest(ctx, w)
	default:
		return v.judgeCommit(ctx, w)
	}
}

// withSteps adds to a verdict the steps of the analysis that failed: Codacy
// judges by what the other tools found and calls that a success in part, which
// is no pass here. Only an account token may see the steps.
func (v view) withSteps(ctx context.Context, verdict service.Verdict, path string) (service.Verdict, error) {
	if v.kind != service.AccountToken {
		return verdict, nil
	}
	var answer struct {
		Data struct {
			Steps []struct {
				Title  string `json:"title"`
				Status string `json:"status"` // success, error
			} `json:"steps" rest:"required"`
		} `json:"data" rest:"required"`
	}
	_, err := v.get(ctx, "for the steps of the analysis", path, &answer)
	if s := rest.Status(err); s == rest.StatusNotFound || s == rest.StatusNotImplemented {
		return verdict, nil // servers of older versions do not have it
	}
	if err != nil {
		return verdict, err
	}
	for _, s := range answer.Data.Steps {
		if s.Status == "error" {
			verdict.Undecided("analysis", "a step of Codacy's analysis failed: "+s.Title)
		}
	}
	return verdict, nil
}

// stoppedText says what a stopped repository means for a verdict.
const stoppedText = "coverage reports have stopped coming for this repository, so Codacy no longer enforces its coverage gate; upload coverage of the commit"

// stopped reports whether Codacy says of the repository's coverage that it
// stopped. Older servers say nothing.
func (v view) stopped(ctx context.Context) (bool, error) {
	var answer struct {
		Data struct {
			Coverage struct {
				Status string `json:"status"` // UpToDate, Waiting, Stopped, None
			} `json:"coverage"`
		} `json:"data"`
	}
	_, err := v.lists().Call(ctx, rest.Request{Op: "ask Codacy about " + v.p.String(), Method: rest.MethodGet, Path: v.p.v3("/analysis")}, &answer)
	if s := rest.Status(err); s >= 400 && s < 500 {
		return false, nil // who may not ask does not know
	}
	return answer.Data.Coverage.Status == "Stopped", err
}
