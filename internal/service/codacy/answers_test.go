package codacy_test

import (
	"cmp"
	"context"
	"fmt"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"github.com/gatewright/gatewright/internal/fault"
	"github.com/gatewright/gatewright/internal/sandbox/wire"
	"github.com/gatewright/gatewright/internal/service"
	"github.com/gatewright/gatewright/internal/service/servicetest"
)

const (
	sha        = "4b825dc642cb6eb9a060e54bf8d69288fbee4904"
	older      = "da39a3ee5e6b4b0d3255bfef95601890afd80709"
	repository = "/organizations/gh/acme/repositories/api"
	pull       = "/api/v3/analysis" + repository + "/pull-requests/7"
	reports    = pull + "/coverage/status"
	gate       = "/api/v3" + repository + "/settings/quality/pull-requests"
	gated      = `200 {"data":{"qualityGate":{"diffCoverageThreshold":50}}}`
)

// TestBodiesDecide: the v2 API tells success and failure in its body.
func TestBodiesDecide(t *testing.T) {
	for _, c := range []struct {
		answer string
		kind   fault.Kind
		says   string
	}{
		{`200 {"success":"Coverage received successfully."}`, fault.OK, ""},
		{`200 {"error":"Error posting coverage"}`, fault.Input, "Error posting coverage"},
		{`400 {"error":"Error posting coverage"}`, fault.Input, "Error posting coverage"},
		{`404 {"error":"not found"}`, fault.Auth, "does not know this token or this repository"},
		{`401 {"error":"token expired"}`, fault.Auth, "expired"},
		{`404 {"error":"Token expired"}`, fault.Auth, "expired"},
		{`200 {}`, fault.Service, "neither success nor error"},
		{`200 `, fault.Service, ""},
		{`200 <html><title>Sign in</title></html>`, fault.Service, "Sign in"},
		{`400 {"error":"Failed to create coverage: Failed to parse Json to CoverageReport for project 156 (go) and commit: x : List((/fileReports(47)/total,List(JsonValidationError(List(error.path.missing)"}`, fault.Input, "error.path.missing"},
		{`400 {"error":"failed to create coverage."}`, fault.Service, "failed to create coverage"},
		{`200 ["could not get json body."]`, fault.Service, ""},
		{`413 <html><title>413 Request Entity Too Large</title></html>`, fault.Service, "413"},
		{`500 {"error":"oops"}`, fault.Service, "oops"},
		{`502 <html><title>Bad Gateway</title></html>`, fault.Service, "Bad Gateway"},
		{`404 <html><title>Not here</title></html>`, fault.Input, "Not here"},
	} {
		synctest.Test(t, func(t *testing.T) {
			way, _ := wire.Played(t, map[string][]string{"/2.0/coverage/" + sha + "/go": {c.answer}, "/2.0/coverage/" + sha + "/typescript": {c.answer}, "/2.0/commit/" + sha + "/coverageFinal": {`200 {"success":"ok"}`}})
			_, err := open(t, way, "0123456789abcdef", service.RepositoryToken).Upload(t.Context(), target(), servicetest.Coverage(), service.Wait{})
			if fault.Of(err) != c.kind || err != nil && !strings.Contains(err.Error(), c.says) {
				t.Errorf("%s: %v (%v), want %v with %q", c.answer, err, fault.Of(err), c.kind, c.says)
			}
		})
	}
}

// TestAdministratorAtBitbucket: there an account token's owner needs more than write access.
func TestAdministratorAtBitbucket(t *testing.T) {
	for forge, wanted := range map[string]bool{"bitbucket": true, "github": false} {
		synctest.Test(t, func(t *testing.T) {
			to := target()
			to.Repo.Forge, to.Repo.ForgeURL = forge, ""
			refused := []string{`404 {"error":"not found"}`}
			at := "/2.0/" + map[string]string{"bitbucket": "bb", "github": "gh"}[forge] + "/acme/api/commit/" + sha + "/coverage/"
			way, _ := wire.Played(t, map[string][]string{at + "go": refused, at + "typescript": refused})
			_, err := open(t, way, "0123456789abcdef", service.AccountToken).Upload(t.Context(), to, servicetest.Coverage(), service.Wait{})
			if fault.Of(err) != fault.Auth || strings.Contains(fault.Hint(err), "administrator") != wanted {
				t.Errorf("%s: %v (hint %q)", forge, err, fault.Hint(err))
			}
		})
	}
}

// analysis is a pull request as Codacy answers it.
func analysis(head string, analysing bool, rest string) string {
	return fmt.Sprintf(`200 {"isAnalysing":%v,"pullRequest":{"number":7,"headCommitSha":%q,"updated":%q},"meta":{"analyzable":true}%s}`,
		analysing, head, time.Now().UTC().Format(time.RFC3339), rest)
}

const (
	good    = `,"isUpToStandards":true,"quality":{"newIssues":0,"resultReasons":[{"gate":"issueThreshold","expectedThreshold":{"threshold":0},"isUpToStandards":true}]}`
	covered = `,"coverage":{"deltaCoverage":1.5,"diffCoverage":{"value":80,"cause":"ValueIsPresent"},"resultReasons":[{"gate":"diffCoverageThreshold","expectedThreshold":{"threshold":50},"isUpToStandards":true}]}`
	poor    = `,"coverage":{"deltaCoverage":-2,"diffCoverage":{"value":20,"cause":"ValueIsPresent"},"resultReasons":[{"gate":"diffCoverageThreshold","expectedThreshold":{"threshold":50},"isUpToStandards":false}]}`
	missing = `,"coverage":{"diffCoverage":{"cause":"MissingRequirements"}}`
	nothing = `,"coverage":{"diffCoverage":{"cause":"NoCoverableLines"}}`
)

func head(reports string) string {
	return `200 {"data":{"headCommit":{"reports":[` + reports + `]},"commonAncestorCommit":{"reports":[]}}}`
}

func TestPullRequestVerdicts(t *testing.T) {
	for _, c := range []struct {
		name    string
		answers []func() string
		reports []string // none: whether there are any is not asked
		want    service.Outcome
		kind    fault.Kind
	}{
		{"passed", verdicts(sha, false, good+covered), nil, service.Passed, fault.OK},
		{"coverage too low, though the flag says otherwise", verdicts(sha, false, good+poor), nil, service.Failed, fault.OK},
		{"the flag lags behind its reasons", verdicts(sha, false, strings.Replace(good, `"newIssues":0`, `"newIssues":0,"isUpToStandards":false`, 1)+covered), nil, service.Passed, fault.OK},
		{"a flag without reasons", verdicts(sha, false, `,"quality":{"newIssues":3,"isUpToStandards":false}`+covered), nil, service.Failed, fault.OK},
		{"no coverable line", verdicts(sha, false, good+nothing), nil, service.Passed, fault.OK},
		{"the verdict of an older commit does not count", append(verdicts(older, false, good+poor), verdicts(sha, false, good+covered)...), nil, service.Passed, fault.OK},
		{"never the commit that was pushed", verdicts(older, false, good+covered), nil, "", fault.Timeout},
		{"analysing, then done", append(verdicts(sha, true, ""), verdicts(sha, false, good+covered)...), nil, service.Passed, fault.OK},
		{"analysing for ever", verdicts(sha, true, good+covered), nil, "", fault.Timeout},
		{"coverage on its way", append(verdicts(sha, false, good+missing), verdicts(sha, false, good+covered)...), []string{head(`{"status":"Pending"}`)}, service.Passed, fault.OK},
		{"no report, no coverage gate", verdicts(sha, false, good+missing), []string{head("")}, service.Passed, fault.OK},
		{"the branch is not enabled", verdicts(sha, false, good+missing), []string{head(`{"status":"BranchNotEnabled"}`)}, service.Passed, fault.OK},
		{"coverage gate, no report", verdicts(sha, false, good+missing), []string{gated, head("")}, "", fault.Timeout},
		{"coverage gate, no report, and the repository never had any", verdicts(sha, false, good+missing), []string{gated, head("")}, service.Unknown, fault.OK},
		{"coverage gate, a report that is not used", verdicts(sha, false, good+missing), []string{gated, head(`{"status":"BranchNotEnabled"}`)}, service.Unknown, fault.OK},
		{"coverage gate, no report for three hours", []func() string{func() string {
			now, then := time.Now().UTC(), time.Now().UTC().Add(-3*time.Hour-time.Minute)
			return strings.Replace(analysis(sha, false, good+missing), now.Format(time.RFC3339), then.Format(time.RFC3339), 1)
		}}, []string{gated, head("")}, service.Unknown, fault.OK},
		{"cannot be analysed", []func() string{func() string {
			return `200 {"isAnalysing":false,"pullRequest":{"headCommitSha":"` + sha + `"},"meta":{"analyzable":false,"reason":"not a member"}}`
		}}, []string{head("")}, service.Unknown, fault.OK},
		{"cannot be analysed, and coverage passes", []func() string{func() string {
			return `200 {"isAnalysing":false,"pullRequest":{"headCommitSha":"` + sha + `"},"meta":{"analyzable":false,"reason":"not a member"}` + good + covered + `}`
		}}, nil, service.Unknown, fault.OK},
		{"cannot be analysed, and coverage fails", []func() string{func() string {
			return `200 {"isAnalysing":false,"pullRequest":{"headCommitSha":"` + sha + `"},"meta":{"analyzable":false,"reason":"not a member"}` + poor + `}`
		}}, nil, service.Failed, fault.OK},
		{"an answer without anything", []func() string{func() string { return "200 {}" }}, nil, "", fault.Service},
		{"without a gate", verdicts(sha, false, ""), []string{head("")}, service.None, fault.OK},
		{"an invalid token", []func() string{func() string { return `401 {"error":"Unauthorized","message":"no"}` }}, nil, "", fault.Auth},
		{"an unknown repository", []func() string{func() string { return `404 {"error":"NotFound","message":"no"}` }}, nil, "", fault.Auth},
	} {
		t.Run(c.name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				var list []string
				for _, a := range c.answers {
					list = append(list, a())
				}
				settings := `200 {"data":{"qualityGate":{"issueThreshold":{"threshold":0}}}}`
				if len(c.reports) > 1 {
					settings, c.reports = c.reports[0], c.reports[1:]
				}
				whole := []string{`200 {"data":{}}`}
				if strings.Contains(c.name, "never had any") {
					whole = []string{`200 {"data":{"coverage":{"status":"None"}}}`}
				}
				way, _ := wire.Played(t, map[string][]string{pull: list, reports: c.reports, gate: {settings}, "/api/v3/analysis" + repository: whole})
				at := target()
				at.PullRequest = 7
				ctx, cancel := context.WithTimeout(t.Context(), 10*time.Minute)
				defer cancel()
				v, err := open(t, way, "0123456789abcdef", service.AccountToken).Judge(ctx, at, service.Wait{})
				if fault.Of(err) != c.kind || err == nil && v.Outcome != c.want {
					t.Errorf("%s %+v, %v (%v); want %s, %v", v.Outcome, v.Conditions, err, fault.Of(err), c.want, c.kind)
				}
			})
		})
	}
}

// TestCommitVerdicts: where commits have a gate for coverage, their coverage is
// waited for, as a pull request's is.
func TestCommitVerdicts(t *testing.T) {
	const (
		commit   = "/api/v3/analysis" + repository + "/commits/" + sha
		settings = "/api/v3" + repository + "/settings/quality/commits"
		whole    = "/api/v3/analysis" + repository
		reports  = "/api/v3" + repository + "/coverage/status"
		never    = `200 {"data":{"coverage":{"status":"None"}}}`
		stopped  = `200 {"data":{"coverage":{"status":"Stopped"}}}`
		gated    = `200 {"data":{"qualityGate":{"coverageThresholdWithDecimals":-0.02}}}`
		free     = `200 {"data":{"qualityGate":{"issueThreshold":{"threshold":0}}}}`
		lower    = `,"coverage":{"totalCoveragePercentage":70,"deltaCoveragePercentage":-5,"resultReasons":[{"gate":"coverageThreshold","expectedThreshold":{"threshold":-0.02},"isUpToStandards":false}]}`
	)
	for name, c := range map[string]struct {
		rest     []string
		settings string
		repo     string // what Codacy says of the repository
		reports  string // the last one's status
		ago      time.Duration
		want     service.Outcome
		kind     fault.Kind
	}{
		"no gate for it":            {[]string{good}, free, "", "", 0, service.Passed, fault.OK},
		"older servers":             {[]string{good}, `404 {"error":"NotFound","message":"no"}`, "", "", 0, service.Passed, fault.OK},
		"comes later":               {[]string{good, good, good + lower}, gated, "", "Pending", 0, service.Failed, fault.OK},
		"is there":                  {[]string{good + lower}, gated, never, "", 0, service.Failed, fault.OK},
		"never comes":               {[]string{good}, gated, "", "", 0, "", fault.Timeout},
		"has not for three hours":   {[]string{good}, gated, "", "", 3*time.Hour + time.Minute, service.Unknown, fault.OK},
		"has stopped":               {[]string{good}, gated, stopped, "", 0, service.Unknown, fault.OK},
		"had stopped, and comes":    {[]string{good, good + lower}, gated, stopped, "Pending", 0, service.Failed, fault.OK},
		"has never been":            {[]string{good}, gated, never, "", 0, service.Unknown, fault.OK},
		"comes for the first time":  {[]string{good, good, good + lower}, gated, never, "Pending", 0, service.Failed, fault.OK},
		"a branch that is not":      {[]string{good}, gated, "", "BranchNotEnabled", 0, service.Unknown, fault.OK},
		"parts without a final":     {[]string{good}, gated, "", "MissingFinal", 0, service.Unknown, fault.OK},
		"parts, and then the final": {[]string{good, good, good + lower}, gated, "", "MissingFinal", 0, service.Failed, fault.OK},
		"the analysis never ends":   {[]string{`,"never":true`}, gated, "", "Pending", 0, service.Unknown, fault.OK},
	} {
		t.Run(name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				var list []string
				at := time.Now().Add(-c.ago).UTC().Format(time.RFC3339)
				for _, rest := range c.rest {
					if strings.Contains(rest, "never") {
						list = append(list, fmt.Sprintf(`200 {"commit":{"sha":%q,"startedAnalysis":%q},"meta":{"analyzable":false}}`, sha, at))
						continue
					}
					list = append(list, fmt.Sprintf(`200 {"commit":{"sha":%q,"startedAnalysis":%q,"endedAnalysis":%q},"meta":{"analyzable":true}%s}`, sha, at, at, rest))
				}
				sent := ""
				if c.reports != "" {
					sent = fmt.Sprintf(`{"targetCommitSha":%q,"createdAt":%q,"status":%q}`, sha, at, c.reports)
				}
				way, _ := wire.Played(t, map[string][]string{
					commit: list, settings: {c.settings}, whole: {cmp.Or(c.repo, `200 {"data":{}}`)}, commit + "/logs": {`200 {"data":{"steps":[]}}`},
					reports: {`200 {"data":{"lastReports":[` + sent + `]}}`},
				})
				ctx, cancel := context.WithTimeout(t.Context(), 10*time.Minute)
				defer cancel()
				v, err := open(t, way, "0123456789abcdef", service.AccountToken).Judge(ctx, target(), service.Wait{})
				if fault.Of(err) != c.kind || err == nil && v.Outcome != c.want {
					t.Errorf("%s: %s %+v, %v (%v); want %s, %v", name, v.Outcome, v.Conditions, err, fault.Of(err), c.want, c.kind)
				}
			})
		})
	}
}

// TestIssuesNotAnalysed: a list that is empty for lack of an analysis is waited
// for, and never that of a commit in which nothing is wrong.
func TestIssuesNotAnalysed(t *testing.T) {
	const (
		commit = "/api/v3/analysis" + repository + "/commits/" + sha
		later  = `200 {"analyzed":false,"data":[]}`
		first  = `200 {"analyzed":false,"data":[],"pagination":{"cursor":"b"}}`
		issue  = `200 {"analyzed":true,"data":[{"deltaType":"Added","commitIssue":{"filePath":"a.go","lineNumber":1,"message":"m","patternInfo":{"id":"p","severityLevel":"Error"},"toolInfo":{"name":"T"}}}]}`
	)
	for name, c := range map[string]struct {
		analysable bool
		issues     []string
		status     string
		findings   int
		kind       fault.Kind
	}{
		"at once":            {true, []string{issue}, "done", 1, fault.OK},
		"later":              {true, []string{later, later, issue}, "done", 1, fault.OK},
		"never":              {true, []string{later}, "", 0, fault.Timeout},
		"its first page":     {true, []string{first, first, issue}, "done", 1, fault.OK},
		"an error":           {true, []string{`404 {"error":"NotFound","message":"no"}`}, "", 0, fault.Auth},
		"cannot be analysed": {false, []string{later}, "", 0, fault.Service},
	} {
		synctest.Test(t, func(t *testing.T) {
			ended := ""
			if c.analysable {
				ended = `,"endedAnalysis":"2026-11-21T12:00:00Z"`
			}
			way, _ := wire.Played(t, map[string][]string{
				commit:           {fmt.Sprintf(`200 {"commit":{"sha":%q%s},"meta":{"analyzable":%v,"reason":"not a member"}}`, sha, ended, c.analysable)},
				pull + "/issues": c.issues,
			})
			at := target()
			at.PullRequest = 7
			ctx, cancel := context.WithTimeout(t.Context(), 10*time.Minute)
			defer cancel()
			r, err := open(t, way, "0123456789abcdef", service.AccountToken).Scan(ctx, at, service.ScanRequest{}, service.Wait{})
			if fault.Of(err) != c.kind || r.Status != c.status || len(r.Findings) != c.findings {
				t.Errorf("%s: %+v, %v (%v)", name, r, err, fault.Of(err))
			}
		})
	}
}

// verdicts is one answer, made in the test's own time.
func verdicts(head string, analysing bool, rest string) []func() string {
	return []func() string{func() string { return analysis(head, analysing, rest) }}
}

// TestRepositoryToken: what a repository token may not ask is said, with what
// to do.
func TestRepositoryToken(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		way, _ := wire.Played(t, map[string][]string{pull: {`401 {"error":"Unauthorized","message":"no"}`}})
		at := target()
		at.PullRequest = 7
		c := open(t, way, "0123456789abcdef", service.RepositoryToken)
		_, err := c.Judge(t.Context(), at, service.Wait{})
		if fault.Of(err) != fault.Auth || !strings.Contains(fault.Hint(err), "CODACY_API_TOKEN") {
			t.Errorf("%v (%s)", err, fault.Hint(err))
		}
		for _, sent := range way.Sent() {
			if strings.Contains(sent, "/user") {
				t.Errorf("asked %s though the kind of token is known", sent)
			}
		}
	})
}

// TestUndecided: a token of unknown kind is asked about once.
func TestUndecided(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		for user, path := range map[string]string{
			`200 {"data":{"mainEmail":"a@b"}}`:            "/2.0/gh/acme/api/commit/" + sha + "/coverageFinal",
			`401 {"error":"Unauthorized","message":"no"}`: "/2.0/commit/" + sha + "/coverageFinal",
		} {
			way, count := wire.Played(t, map[string][]string{"/api/v3/user": {user}, path: {`200 {"success":"ok"}`}})
			c := open(t, way, "0123456789abcdef", service.AnyToken)
			for range 2 {
				if _, err := c.Finish(t.Context(), target()); err != nil {
					t.Errorf("%s: %v", path, err)
				}
			}
			if count("/api/v3/user") != 1 {
				t.Errorf("asked %d times", count("/api/v3/user"))
			}
		}
	})
}

func TestFollowing(t *testing.T) {
	const path = "/api/v3" + repository + "/coverage/status"
	status := func(words ...string) string {
		var list []string
		for _, w := range words {
			list = append(list, `{"targetCommitSha":"`+sha+`","createdAt":"2026-11-21T12:00:00Z","status":"`+w+`"}`)
		}
		return `200 {"data":{"lastReports":[{"targetCommitSha":"` + older + `","createdAt":"2026-11-21T12:00:00Z","status":"Processed"},` + strings.Join(list, ",") + `]}}`
	}
	for _, c := range []struct {
		answers []string
		kind    fault.Kind
		hint    string
	}{
		{[]string{status("Pending"), status("CommitNotAnalysed", "Processed"), status("Processed", "Processed")}, fault.OK, ""},
		{[]string{status("Processed", "BranchNotEnabled")}, fault.Input, "enable the branch"},
		{[]string{status("MissingFinal")}, fault.Input, "coverage finish"},
		{[]string{status("CommitNotFound")}, fault.Timeout, "webhook"},
		{[]string{status("Pending")}, fault.Timeout, "paths"},
		{[]string{strings.Replace(status("x"), sha, older, 1)}, fault.Timeout, "coverage page"},
	} {
		synctest.Test(t, func(t *testing.T) {
			way, _ := wire.Played(t, map[string][]string{path: c.answers})
			ctx, cancel := context.WithTimeout(t.Context(), 10*time.Minute)
			defer cancel()
			_, err := open(t, way, "0123456789abcdef", service.AccountToken).FollowCoverage(ctx, target(), service.Wait{})
			if fault.Of(err) != c.kind || !strings.Contains(fault.Hint(err), c.hint) {
				t.Errorf("%s: %v (%v; %s), want %v with %q", c.answers, err, fault.Of(err), fault.Hint(err), c.kind, c.hint)
			}
		})
	}
}

// TestPagesGoRound: a cursor that comes back is an error, not a loop.
func TestPagesGoRound(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		way, _ := wire.Played(t, map[string][]string{"/api/v3/organizations/gh/acme/repositories": {`200 {"data":[],"pagination":{"cursor":"again"}}`}})
		_, err := open(t, way, "0123456789abcdef", service.AccountToken).Repositories(t.Context(), "github", "acme")
		if fault.Of(err) != fault.Service {
			t.Errorf("%v", err)
		}
	})
}
