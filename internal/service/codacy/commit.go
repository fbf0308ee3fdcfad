package codacy

import (
	"context"
	"fmt"
	"net/url"
	"slices"
	"time"

	"github.com/gatewright/gatewright/internal/rest"
	"github.com/gatewright/gatewright/internal/service"
)

type commitInfo struct {
	SHA             string     `json:"sha"`
	StartedAnalysis *time.Time `json:"startedAnalysis"`
	EndedAnalysis   *time.Time `json:"endedAnalysis"`
}

// analysed reports whether the latest analysis of the commit has ended. One
// that was started again after its end is under way.
func (c commitInfo) analysed() bool {
	return c.EndedAnalysis != nil && (c.StartedAnalysis == nil || !c.StartedAnalysis.After(*c.EndedAnalysis))
}

type commitCoverage struct {
	Total *float64 `json:"totalCoveragePercentage"`
	Delta *float64 `json:"deltaCoveragePercentage"`
	standing
}

type commitAnalysis struct {
	Commit   commitInfo       `json:"commit"`
	Coverage *commitCoverage  `json:"coverage"`
	Quality  *qualityAnalysis `json:"quality"`
	Meta     meta             `json:"meta"`
}

// covered reports whether the commit's coverage is there.
func (a commitAnalysis) covered() bool { return a.Coverage != nil && a.Coverage.Total != nil }

// judgeCommit waits for the analysis of the commit and reads its verdict.
func (v view) judgeCommit(ctx context.Context, w service.Wait) (service.Verdict, error) {
	a, err := v.waitCommit(ctx, w, time.Time{})
	missing := ""
	if err == nil && !a.covered() {
		missing, err = v.waitCoverage(ctx, w, &a)
	}
	if err != nil {
		return service.Verdict{}, err
	}
	j := judge(a.Quality)
	if cov := a.Coverage; cov != nil {
		j.add(cov.standing)
		j.coverageDelta(cov.Delta)
	}
	verdict := withMeta(j.verdict(), a.Meta)
	if missing != "" {
		verdict.Undecided("coverage", missing)
	}
	return v.withSteps(ctx, verdict, v.p.v3("/analysis", "commits", v.t.Commit, "logs"))
}

// waitCoverage waits for the coverage of an analysed commit, where the repository
// has a gate for it: a report is processed after the analysis. missing says why
// there will be none.
func (v view) waitCoverage(ctx context.Context, w service.Wait, a *commitAnalysis) (missing string, err error) {
	if v.kind != service.AccountToken || !a.Commit.analysed() {
		return "", nil // who may not ask for the gates does not know
	}
	gated, err := v.coverageGate(ctx, "commits")
	if s := rest.Status(err); s == rest.StatusNotFound || s == rest.StatusNotImplemented {
		return "", nil // servers of older versions do not have it
	}
	if err != nil || !gated {
		return "", err
	}
	err = service.Poll(ctx, w, pollInterval, func(ctx context.Context) (service.State, error) {
		now, found, err := v.commit(ctx)
		if err != nil || !found {
			return service.State{}, err
		}
		if *a = now; a.covered() {
			return service.State{Done: true}, nil
		}
		missing, err = v.uncovered(ctx)
		if missing == "" && a.Commit.analysed() && time.Since(*a.Commit.EndedAnalysis) > coverageGrace {
			missing = "no coverage arrived within three hours"
		}
		return service.State{Done: missing != "", Text: "no coverage of the commit has arrived, and the repository has a coverage gate"}, err
	})
	return missing, err
}

// uncovered says why the commit will have no coverage, "" if it may.
func (v view) uncovered(ctx context.Context) (why string, err error) {
	reports, err := v.reports(ctx)
	if s := rest.Status(err); s >= 400 && s < 500 {
		err = nil // who may not ask does not know
	}
	if err != nil || len(reports) > 0 {
		return unused(reports), err
	}
	return v.none(ctx)
}

// waitCommit waits until the commit has been analysed, by an analysis that
// began after since.
func (v view) waitCommit(ctx context.Context, w service.Wait, since time.Time) (commitAnalysis, error) {
	var last commitAnalysis
	err := service.Poll(ctx, w, pollInterval, func(ctx context.Context) (service.State, error) {
		a, found, err := v.commit(ctx)
		switch {
		case err != nil:
			return service.State{}, err
		case !found:
			return service.State{Text: fmt.Sprintf("commit %s is not known to Codacy yet (it learns of a push within minutes, if the repository and the branch are enabled there)", short(v.t.Commit))}, nil
		case !a.Commit.analysed() && a.Meta.analysable():
			return service.State{Text: "Codacy is analysing commit " + short(v.t.Commit)}, nil
		case a.Commit.StartedAnalysis != nil && a.Commit.StartedAnalysis.Before(since):
			return service.State{Text: "Codacy has not begun to analyse the new results"}, nil
		}
		last = a
		return service.State{Done: true}, nil
	})
	return last, err
}

// commit asks for the commit. A repository token may not ask for it by name,
// but may list the commits of a branch and find it there.
func (v view) commit(ctx context.Context) (a commitAnalysis, found bool, err error) {
	if v.kind != service.AccountToken {
		return v.findCommit(ctx)
	}
	resp, err := v.get(ctx, "about commit "+short(v.t.Commit), v.p.v3("/analysis", "commits", v.t.Commit), &a)
	switch {
	case v.missing(ctx, resp):
		return a, false, nil
	case err == nil && a.Commit.SHA == "":
		return a, false, resp.Unusable("an answer without the commit")
	}
	return a, err == nil, v.refused(err)
}

// findCommit looks at the newest commits of the branch; what was just pushed is
// among the first hundred.
func (v view) findCommit(ctx context.Context) (a commitAnalysis, found bool, err error) {
	var list struct {
		Data []commitAnalysis `json:"data" rest:"required"`
	}
	q := url.Values{"limit": {"100"}}
	if v.t.Branch != "" {
		q.Set("branch", v.t.Branch)
	}
	_, err = v.lists().Call(ctx, rest.Request{
		Op: "ask Codacy for the commits of " + v.p.String(), Method: rest.MethodGet, Path: v.p.v3("/analysis", "commits"), Query: q,
	}, &list)
	if err != nil {
		return a, false, v.refused(err)
	}
	i := slices.IndexFunc(list.Data, func(a commitAnalysis) bool { return a.Commit.SHA == v.t.Commit })
	if i < 0 {
		return a, false, nil
	}
	return list.Data[i], true, nil
}
