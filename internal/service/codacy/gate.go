package codacy

import (
	"context"
	"fmt"
	"strconv"
	"time"

	"github.com/gatewright/gatewright/internal/fault"
	"github.com/gatewright/gatewright/internal/rest"
	"github.com/gatewright/gatewright/internal/service"
)

// pollInterval is how often Codacy's own command-line client asks.
const pollInterval = 10 * time.Second

// coverageGrace is how long after a pull request's last change its coverage
// may still be on the way; Codacy's own clients call it missing after that.
const coverageGrace = 3 * time.Hour

// Judge waits for Codacy's verdict: of the pull request if there is one, else
// of the commit.
func (c *Client) Judge(ctx context.Context, t service.Target, w service.Wait) (service.Verdict, error) {
	p, err := placeOf(t.Repo)
	if err != nil {
		return service.Verdict{}, err
	}
	if t.PullRequest > 0 && t.FromFork && !p.analysesForks() {
		return service.Verdict{Service: "codacy", Outcome: service.Unknown, Conditions: []service.Condition{{
			Name: "analysis", Result: service.Unknown, Why: "Codacy does not analyse pull requests from forks at " + p.forge() + ", so no verdict will come",
		}}}, nil
	}
	if t.PullRequest > 0 {
		return c.judgePullRequest(ctx, p, t, w)
	}
	return c.judgeCommit(ctx, p, t, w)
}

func (c *Client) judgePullRequest(ctx context.Context, p place, t service.Target, w service.Wait) (service.Verdict, error) {
	rc, kind, err := c.reader(ctx)
	if err != nil {
		return service.Verdict{}, err
	}
	var last pullRequestAnalysis
	var missing gap
	err = service.Poll(ctx, w, pollInterval, func(ctx context.Context) (service.State, error) {
		var a pullRequestAnalysis
		resp, err := rc.Call(ctx, rest.Request{
			Op: fmt.Sprintf("ask Codacy about pull request %d of %s", t.PullRequest, p), Method: rest.MethodGet,
			Path: p.v3("/analysis", "pull-requests", strconv.Itoa(t.PullRequest)),
		}, &a)
		if resp != nil && resp.Status == rest.StatusNotFound && c.repositoryKnown(ctx, rc, p) {
			return service.State{Text: fmt.Sprintf("pull request %d is not known to Codacy yet", t.PullRequest)}, nil
		}
		if err != nil {
			return service.State{}, readError(err, kind, p)
		}
		if a.PullRequest.HeadCommit == "" {
			return service.State{}, resp.Unusable("an answer without the pull request's head commit")
		}
		last = a
		state := pullRequestState(a, t)
		if !state.Done || (a.Coverage != nil && !a.Coverage.missing()) {
			return state, nil
		}
		missing, err = c.missingCoverage(ctx, p, t, a)
		return service.State{Done: missing.final, Text: missing.why}, err
	})
	if err != nil {
		return service.Verdict{}, err
	}
	return c.withSteps(ctx, pullRequestVerdict(last, missing), p.v3("/analysis", "pull-requests", strconv.Itoa(t.PullRequest), "logs"))
}

// pullRequestState says whether Codacy is done with the commit that was pushed:
// until then its verdict is that of an older one.
func pullRequestState(a pullRequestAnalysis, t service.Target) service.State {
	head := a.PullRequest.HeadCommit
	switch {
	case t.Commit != "" && head != t.Commit:
		return service.State{Text: fmt.Sprintf("Codacy still looks at commit %s of the pull request, not at %s", short(head), short(t.Commit))}
	case a.IsAnalysing:
		return service.State{Text: "Codacy is analysing the pull request"}
	default:
		return service.State{Done: true}
	}
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
func (c *Client) missingCoverage(ctx context.Context, p place, t service.Target, a pullRequestAnalysis) (gap, error) {
	rc, kind, err := c.reader(ctx)
	if err != nil {
		return gap{}, err
	}
	if kind != service.AccountToken {
		return gap{"no coverage was computed; whether a report is on its way can be asked with an account token only", true, service.None}, nil
	}
	gated, err := c.coverageGate(ctx, rc, p)
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
	reports, err := c.coverageReports(ctx, rc, p, t)
	if err != nil {
		return gap{}, err
	}
	if len(reports.Head.Reports) == 0 && gated {
		if stopped, err := c.stopped(ctx, p); err != nil || stopped {
			return gap{stoppedText, true, service.Unknown}, err
		}
		return gap{why: "no coverage report has arrived for the head commit, and the repository has a coverage gate"}, nil
	}
	if len(reports.Head.Reports) == 0 {
		return gap{"no coverage report was uploaded for the head commit", true, result}, nil
	}
	for _, r := range reports.Head.Reports {
		if !r.settled() {
			return gap{why: "coverage is being processed"}, nil
		}
		if r.Status != processed {
			return gap{"the coverage report is not used: " + meaningOf(r.Status).text, true, result}, nil
		}
	}
	if len(reports.Ancestor.Reports) == 0 {
		return gap{"the common ancestor commit has no coverage report to compare with", true, service.None}, nil
	}
	return gap{why: "coverage is being processed"}, nil
}

// pullRequestReports are the coverage reports of a pull request's two ends.
type pullRequestReports struct {
	Head     reportList `json:"headCommit"`
	Ancestor reportList `json:"commonAncestorCommit"`
}

func (c *Client) coverageReports(ctx context.Context, rc *rest.Client, p place, t service.Target) (pullRequestReports, error) {
	var s struct {
		Data pullRequestReports `json:"data" rest:"required"`
	}
	_, err := rc.Call(ctx, rest.Request{
		Op: "ask Codacy for the coverage reports of " + p.String(), Method: rest.MethodGet,
		Path: p.v3("/analysis", "pull-requests", strconv.Itoa(t.PullRequest), "coverage", "status"),
	}, &s)
	return s.Data, err
}

// coverageGate reports whether the repository's rules for pull requests name
// coverage (getPullRequestQualitySettings).
func (c *Client) coverageGate(ctx context.Context, rc *rest.Client, p place) (bool, error) {
	var s struct {
		Data struct {
			Gate struct {
				Coverage *float64 `json:"coverageThresholdWithDecimals"`
				Diff     *float64 `json:"diffCoverageThreshold"`
			} `json:"qualityGate"`
		} `json:"data" rest:"required"`
	}
	_, err := rc.Call(ctx, rest.Request{
		Op: "ask Codacy for the gates of " + p.String(), Method: rest.MethodGet, Path: p.v3("", "settings", "quality", "pull-requests"),
	}, &s)
	return s.Data.Gate.Coverage != nil || s.Data.Gate.Diff != nil, err
}

func pullRequestVerdict(a pullRequestAnalysis, missing gap) service.Verdict {
	var j judgement
	j.quality(a.Quality)
	if cov := a.Coverage; cov != nil {
		j.add(cov.IsUpToStandards, cov.ResultReasons)
		j.coverageDelta(cov.Delta)
		if cov.Diff != nil && cov.Diff.Value != nil {
			j.saw("diffCoverageThreshold", number(*cov.Diff.Value)+"%")
		}
		if cov.Diff != nil && cov.Diff.Cause == "NoCoverableLines" {
			j.saw("diffCoverageThreshold", "no coverable line changed")
		}
	}
	if len(j.reasons) == 0 {
		j.flags = append(j.flags, a.IsUpToStandards)
	}
	v := j.verdict()
	v.URL = a.PullRequest.GitHref
	if missing.final {
		v.Conditions = append(v.Conditions, service.Condition{Name: "coverage", Result: missing.result, Why: missing.why})
		if missing.result == service.Unknown && v.Outcome != service.Failed {
			v.Outcome = service.Unknown
		}
	}
	return withMeta(v, a.Meta)
}

// judgement collects what the parts of an analysis say.
type judgement struct {
	flags   []*bool
	reasons []resultReason
	actual  map[string]string // by gate
}

func (j *judgement) add(flag *bool, reasons []resultReason) {
	j.flags, j.reasons = append(j.flags, flag), append(j.reasons, reasons...)
}

// saw notes the number that a gate judged.
func (j *judgement) saw(gate, text string) {
	if j.actual == nil {
		j.actual = map[string]string{}
	}
	j.actual[gate] = text
}

func (j *judgement) quality(q *qualityAnalysis) {
	if q == nil {
		return
	}
	j.add(q.IsUpToStandards, q.ResultReasons)
	for gate, n := range map[string]*int{"issueThreshold": q.NewIssues, "complexityThreshold": q.DeltaComplexity, "duplicationThreshold": q.DeltaClones} {
		if n != nil {
			j.saw(gate, strconv.Itoa(*n))
		}
	}
}

func (j *judgement) coverageDelta(delta *float64) {
	if delta != nil {
		j.saw("coverageThreshold", signed(*delta)+" percentage points")
	}
}

func (j *judgement) verdict() service.Verdict {
	return service.Verdict{
		Service: "codacy", Outcome: outcomeOf(j.flags, j.reasons),
		Conditions: append([]service.Condition{}, conditions(j.reasons, j.actual)...),
	}
}

// withMeta turns a silent answer into what it means: Codacy says itself when it
// cannot analyse.
func withMeta(v service.Verdict, m meta) service.Verdict {
	if v.Outcome == service.None && !m.Analyzable {
		v.Outcome = service.Unknown
		why := m.Reason
		if why == "" {
			why = "Codacy does not say why"
		}
		v.Conditions = append(v.Conditions, service.Condition{Name: "analysis", Result: service.Unknown, Why: "not analysed: " + why})
	}
	return v
}

// repositoryKnown distinguishes a repository that lacks something from one that Codacy
// does not show at all; both answer 404.
func (c *Client) repositoryKnown(ctx context.Context, rc *rest.Client, p place) bool {
	resp, err := rc.Do(ctx, rest.Request{Op: "ask Codacy for " + p.String(), Method: rest.MethodGet, Path: p.v3("")})
	return err == nil && resp.Err() == nil
}

// readError explains a refusal to read. Codacy answers 401 or 404 for what the
// caller may not see.
func readError(err error, kind service.TokenKind, p place) error {
	status := rest.Status(err)
	if status != rest.StatusUnauthorized && status != rest.StatusForbidden && status != rest.StatusNotFound {
		return err
	}
	switch kind {
	case service.RepositoryToken:
		return fault.WithHint(fault.As(fault.Auth, &service.KindError{Err: err}),
			"a repository token may not ask for this on a private repository; set CODACY_API_TOKEN to an account token that sees %s", p)
	case service.NoToken:
		return fault.WithHint(fault.As(fault.Auth, err), "without a token only public repositories can be read; set CODACY_API_TOKEN")
	default:
		return fault.WithHint(fault.As(fault.Auth, err),
			"check that the account token is valid and sees %s, and that the repository was added to Codacy (names: --provider, --organization, --repository)", p)
	}
}

func short(sha string) string {
	if len(sha) > 10 {
		return sha[:10]
	}
	return sha
}

func number(f float64) string { return strconv.FormatFloat(f, 'f', -1, 64) }

func signed(f float64) string {
	if f > 0 {
		return "+" + number(f)
	}
	return number(f)
}
