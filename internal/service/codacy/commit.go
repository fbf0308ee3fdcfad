package codacy

import (
	"context"
	"fmt"
	"net/url"
	"time"

	"github.com/gatewright/gatewright/internal/rest"
	"github.com/gatewright/gatewright/internal/service"
)

// judgeCommit waits for the analysis of the commit and reads its verdict.
func (c *Client) judgeCommit(ctx context.Context, p place, t service.Target, w service.Wait) (service.Verdict, error) {
	a, err := c.waitCommit(ctx, t, w, time.Time{})
	if err != nil {
		return service.Verdict{}, err
	}
	var j judgement
	j.quality(a.Quality)
	if cov := a.Coverage; cov != nil {
		j.add(cov.IsUpToStandards, cov.ResultReasons)
		j.coverageDelta(cov.Delta)
	}
	return c.withSteps(ctx, withMeta(j.verdict(), a.Meta), p.v3("/analysis", "commits", t.Commit, "logs"))
}

// waitCommit waits until the commit has been analysed, by an analysis that
// began after since.
func (c *Client) waitCommit(ctx context.Context, t service.Target, w service.Wait, since time.Time) (commitAnalysis, error) {
	var last commitAnalysis
	p, err := placeOf(t.Repo)
	if err != nil {
		return last, err
	}
	err = service.Poll(ctx, w, pollInterval, func(ctx context.Context) (service.State, error) {
		a, found, err := c.commit(ctx, p, t)
		switch {
		case err != nil:
			return service.State{}, err
		case !found:
			return service.State{Text: fmt.Sprintf("commit %s is not known to Codacy yet (it learns of a push within minutes, if the repository and the branch are enabled there)", short(t.Commit))}, nil
		case !a.Commit.analysed() && a.Meta.Analyzable:
			return service.State{Text: "Codacy is analysing commit " + short(t.Commit)}, nil
		case a.Commit.StartedAnalysis != nil && a.Commit.StartedAnalysis.Before(since):
			return service.State{Text: "Codacy has not begun to analyse the new results"}, nil
		}
		last = a
		return service.State{Done: true}, nil
	})
	return last, err
}

// commit asks for one commit. A repository token may not ask for it by name,
// but may list the commits of a branch and find it there.
func (c *Client) commit(ctx context.Context, p place, t service.Target) (a commitAnalysis, found bool, err error) {
	kind, err := c.tokenKind(ctx)
	if err != nil {
		return a, false, err
	}
	if kind == service.AccountToken {
		resp, err := c.account.Call(ctx, rest.Request{
			Op: "ask Codacy about commit " + short(t.Commit), Method: rest.MethodGet, Path: p.v3("/analysis", "commits", t.Commit),
		}, &a)
		if resp != nil && resp.Status == rest.StatusNotFound && c.repositoryKnown(ctx, c.account, p) {
			return a, false, nil
		}
		if err == nil && a.Commit.SHA == "" {
			return a, false, resp.Unusable("an answer without the commit")
		}
		return a, err == nil, readError(err, kind, p)
	}
	return c.findCommit(ctx, kind, p, t)
}

// lister returns the client of who has no account token.
func (c *Client) lister(kind service.TokenKind) *rest.Client {
	if kind == service.NoToken {
		return c.public
	}
	return c.repository
}

// findCommit looks at the newest commits of the branch; what was just pushed is
// among the first hundred.
func (c *Client) findCommit(ctx context.Context, kind service.TokenKind, p place, t service.Target) (commitAnalysis, bool, error) {
	var list struct {
		Data []commitAnalysis `json:"data" rest:"required"`
	}
	q := url.Values{"limit": {"100"}}
	if t.Branch != "" {
		q.Set("branch", t.Branch)
	}
	_, err := c.lister(kind).Call(ctx, rest.Request{
		Op: "ask Codacy for the commits of " + p.String(), Method: rest.MethodGet, Path: p.v3("/analysis", "commits"), Query: q,
	}, &list)
	if err != nil {
		return commitAnalysis{}, false, readError(err, kind, p)
	}
	for _, a := range list.Data {
		if a.Commit.SHA == t.Commit {
			return a, true, nil
		}
	}
	return commitAnalysis{}, false, nil
}
