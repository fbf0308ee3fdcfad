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

// stoppedText says what a stopped repository means for a verdict, neverText what
// one without any coverage does.
const (
	stoppedText = "coverage reports have stopped coming for this repository, so Codacy no longer enforces its coverage gate; upload coverage of the commit"
	neverText   = "Codacy has no coverage of this repository at all, and there is a gate for it; upload coverage of the commit, or remove that gate"
)

// none says why no coverage will come to a commit without a report, by what
// Codacy says of the repository's coverage; "" if some may. Older servers say nothing.
func (v view) none(ctx context.Context) (why string, err error) {
	switch status, err := v.coverageStatus(ctx); status {
	case "Stopped":
		return stoppedText, err
	case "None":
		return neverText, err
	default:
		return "", err
	}
}

// coverageStatus returns UpToDate, Waiting, Stopped, None, or "" where Codacy does not say.
func (v view) coverageStatus(ctx context.Context) (string, error) {
	var answer struct {
		Data struct {
			Coverage struct {
				Status string `json:"status"`
			} `json:"coverage"`
		} `json:"data"`
	}
	_, err := v.lists().Call(ctx, rest.Request{Op: "ask Codacy about " + v.p.String(), Method: rest.MethodGet, Path: v.p.v3("/analysis")}, &answer)
	if s := rest.Status(err); s >= 400 && s < 500 {
		return "", nil // who may not ask does not know
	}
	return answer.Data.Coverage.Status, err
}
