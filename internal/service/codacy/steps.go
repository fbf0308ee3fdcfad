package codacy

import (
	"context"

	"github.com/gatewright/gatewright/internal/rest"
	"github.com/gatewright/gatewright/internal/service"
)

// withSteps adds to a verdict the steps of the analysis that failed: Codacy
// judges by what the other tools found and calls that a success in part, which
// is no pass here. Only an account token may see the steps.
func (c *Client) withSteps(ctx context.Context, v service.Verdict, path string) (service.Verdict, error) {
	kind, err := c.tokenKind(ctx)
	if err != nil || kind != service.AccountToken {
		return v, err
	}
	var answer struct {
		Data struct {
			Steps []struct {
				Title  string `json:"title"`
				Status string `json:"status"` // success, error
			} `json:"steps" rest:"required"`
		} `json:"data" rest:"required"`
	}
	_, err = c.account.Call(ctx, rest.Request{Op: "ask Codacy for the steps of the analysis", Method: rest.MethodGet, Path: path}, &answer)
	if s := rest.Status(err); s == rest.StatusNotFound || s == rest.StatusNotImplemented {
		return v, nil // servers of older versions do not have it
	}
	if err != nil {
		return v, err
	}
	for _, s := range answer.Data.Steps {
		if s.Status != "error" {
			continue
		}
		v.Conditions = append(v.Conditions, service.Condition{Name: "analysis", Result: service.Unknown, Why: "a step of Codacy's analysis failed: " + s.Title})
		if v.Outcome != service.Failed {
			v.Outcome = service.Unknown
		}
	}
	return v, nil
}

// stoppedText says what a stopped repository means for a verdict.
const stoppedText = "coverage reports have stopped coming for this repository, so Codacy no longer enforces its coverage gate; upload coverage of the commit"

// stopped reports whether Codacy says of the repository's coverage that it
// stopped. Older servers say nothing.
func (c *Client) stopped(ctx context.Context, p place) (bool, error) {
	rc, kind, err := c.reader(ctx)
	if err != nil {
		return false, err
	}
	if kind == service.RepositoryToken {
		rc = c.repository
	}
	var answer struct {
		Data struct {
			Coverage struct {
				Status string `json:"status"` // UpToDate, Waiting, Stopped, None
			} `json:"coverage"`
		} `json:"data"`
	}
	_, err = rc.Call(ctx, rest.Request{Op: "ask Codacy about " + p.String(), Method: rest.MethodGet, Path: p.v3("/analysis")}, &answer)
	if s := rest.Status(err); s >= 400 && s < 500 {
		return false, nil // who may not ask does not know
	}
	return answer.Data.Coverage.Status == "Stopped", err
}
