package codacy

import (
	"context"
	"fmt"
	"slices"
	"strconv"
	"time"

	"github.com/gatewright/gatewright/internal/service"
)

type pullRequest struct {
	Updated    *time.Time `json:"updated"`
	HeadCommit string     `json:"headCommitSha"`
	GitHref    string     `json:"gitHref"`
}

type pullRequestCoverage struct {
	Delta *float64 `json:"deltaCoverage"`
	Diff  *struct {
		Value *float64 `json:"value"`
		Cause string   `json:"cause"` // ValueIsPresent, NoCoverableLines, MissingRequirements
	} `json:"diffCoverage"`
	standing
}

// missing reports whether no coverage has been computed (yet). No coverable
// line among the changed ones is an answer, not a gap.
func (c pullRequestCoverage) missing() bool {
	return c.Delta == nil && (c.Diff == nil || (c.Diff.Value == nil && c.Diff.Cause != "NoCoverableLines"))
}

type pullRequestAnalysis struct {
	IsUpToStandards *bool                `json:"isUpToStandards"`
	IsAnalysing     bool                 `json:"isAnalysing"`
	PullRequest     pullRequest          `json:"pullRequest"`
	Coverage        *pullRequestCoverage `json:"coverage"`
	Quality         *qualityAnalysis     `json:"quality"`
	Meta            meta                 `json:"meta"`
}

// coverageGrace is how long after a pull request's last change its coverage
// may still be on the way; Codacy's own clients call it missing after that.
const coverageGrace = 3 * time.Hour

// pull is the path of what Codacy has of the pull request.
func (v view) pull(segments ...string) string {
	return v.p.v3("/analysis", append([]string{"pull-requests", strconv.Itoa(v.t.PullRequest)}, segments...)...)
}

func (v view) judgePullRequest(ctx context.Context, w service.Wait) (service.Verdict, error) {
	var last pullRequestAnalysis
	var missing gap
	err := service.Poll(ctx, w, pollInterval, func(ctx context.Context) (service.State, error) {
		var a pullRequestAnalysis
		resp, err := v.get(ctx, fmt.Sprintf("about pull request %d of %s", v.t.PullRequest, v.p), v.pull(), &a)
		switch head := a.PullRequest.HeadCommit; {
		case v.missing(ctx, resp):
			return service.State{Text: fmt.Sprintf("pull request %d is not known to Codacy yet", v.t.PullRequest)}, nil
		case err != nil:
			return service.State{}, v.refused(err)
		case head == "":
			return service.State{}, resp.Unusable("an answer without the pull request's head commit")
		case v.t.Commit != "" && head != v.t.Commit: // until then its verdict is that of an older one
			return service.State{Text: fmt.Sprintf("Codacy still looks at commit %s of the pull request, not at %s", short(head), short(v.t.Commit))}, nil
		case a.IsAnalysing:
			return service.State{Text: "Codacy is analysing the pull request"}, nil
		}
		last = a
		if a.Coverage != nil && !a.Coverage.missing() {
			return service.State{Done: true}, nil
		}
		missing, err = v.missingCoverage(ctx, a)
		return service.State{Done: missing.final, Text: missing.why}, err
	})
	if err != nil {
		return service.Verdict{}, err
	}
	return v.withSteps(ctx, pullRequestVerdict(last, missing), v.pull("logs"))
}

// gap is coverage that is not there: why, whether waiting can change that, and
// what it means for the verdict.
type gap struct {
	why    string
	final  bool
	result service.Outcome // None: not judged; Unknown: it should have been
}

// missingCoverage says why there is no coverage. Where the repository has a
// coverage gate, a report that never arrives is waited for until the deadline:
// an upload that failed elsewhere must not end in a pass.
func (v view) missingCoverage(ctx context.Context, a pullRequestAnalysis) (gap, error) {
	if v.kind != service.AccountToken {
		return gap{"no coverage was computed; whether a report is on its way can be asked with an account token only", true, service.None}, nil
	}
	gated, err := v.coverageGate(ctx, "pull-requests")
	if err != nil {
		return gap{}, err
	}
	result := service.None
	if gated {
		result = service.Unknown
	}
	if u := a.PullRequest.Updated; u != nil && time.Since(*u) > coverageGrace {
		return gap{"no coverage arrived within three hours", true, result}, nil
	}
	var reports struct {
		Data struct {
			Head     reportList `json:"headCommit"`
			Ancestor reportList `json:"commonAncestorCommit"`
		} `json:"data" rest:"required"`
	}
	if _, err = v.get(ctx, "for the coverage reports of "+v.p.String(), v.pull("coverage", "status"), &reports); err != nil {
		return gap{}, err
	}
	head := reports.Data.Head.Reports
	switch {
	case len(head) == 0 && !gated:
		return gap{"no coverage report was uploaded for the head commit", true, result}, nil
	case len(head) == 0:
		if why, err := v.none(ctx); err != nil || why != "" {
			return gap{why, true, service.Unknown}, err
		}
		return gap{why: "no coverage report has arrived for the head commit, and the repository has a coverage gate"}, nil
	}
	waits := slices.ContainsFunc(head, func(r coverageReport) bool { return r.Status != processed })
	switch why := unused(head); {
	case why != "":
		return gap{why, true, result}, nil
	case !waits && len(reports.Data.Ancestor.Reports) == 0:
		return gap{"the common ancestor commit has no coverage report to compare with", true, service.None}, nil
	}
	return gap{why: "coverage is being processed"}, nil
}

// coverageGate reports whether the repository's rules for "pull-requests" or for
// "commits" name coverage (getPullRequestQualitySettings, getCommitQualitySettings).
func (v view) coverageGate(ctx context.Context, of string) (bool, error) {
	var s struct {
		Data struct {
			Gate struct {
				Coverage *float64 `json:"coverageThresholdWithDecimals"`
				Diff     *float64 `json:"diffCoverageThreshold"`
			} `json:"qualityGate"`
		} `json:"data" rest:"required"`
	}
	_, err := v.get(ctx, "for the gates of "+v.p.String(), v.p.v3("", "settings", "quality", of), &s)
	return s.Data.Gate.Coverage != nil || s.Data.Gate.Diff != nil, err
}

func pullRequestVerdict(a pullRequestAnalysis, missing gap) service.Verdict {
	j := judge(a.Quality)
	if cov := a.Coverage; cov != nil {
		j.add(cov.standing)
		j.coverageDelta(cov.Delta)
		switch diff := cov.Diff; {
		case diff == nil:
		case diff.Cause == "NoCoverableLines":
			j.actual["diffCoverageThreshold"] = "no coverable line changed"
		case diff.Value != nil:
			j.actual["diffCoverageThreshold"] = number(*diff.Value) + "%"
		}
	}
	if len(j.reasons) == 0 {
		j.add(standing{IsUpToStandards: a.IsUpToStandards})
	}
	v := j.verdict()
	v.URL = a.PullRequest.GitHref
	switch {
	case missing.final && missing.result == service.Unknown:
		v.Undecided("coverage", missing.why)
	case missing.final:
		v.Conditions = append(v.Conditions, service.Condition{Name: "coverage", Result: missing.result, Why: missing.why})
	}
	return withMeta(v, a.Meta)
}
