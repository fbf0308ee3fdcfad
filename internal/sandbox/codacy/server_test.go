package codacy_test

import (
	"fmt"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"time"

	"github.com/gatewright/gatewright/internal/sandbox/codacy"
	"github.com/gatewright/gatewright/internal/sandbox/wire"
	"github.com/gatewright/gatewright/internal/sandbox/world"
)

// stage is a stand-in whose clock stands still until it is moved.
type stage struct {
	t                   *testing.T
	w                   *world.World
	s                   *codacy.Server
	now                 time.Time
	repository, account string
}

func newStage(t *testing.T) *stage {
	st := &stage{t: t, w: world.New(world.DefaultSeed()), now: time.Date(2026, 11, 21, 12, 0, 0, 0, time.UTC)}
	st.w.SetClock(func() time.Time { return st.now })
	st.s = codacy.New(st.w)
	v := st.s.Variables("http://codacy.test")
	st.repository, st.account = v[1].Value, v[2].Value
	return st
}

func (st *stage) ask(request, body string, headers ...string) *httptest.ResponseRecorder {
	return wire.Ask(st.s, request, body, headers...)
}

func (st *stage) want(status int, part, request, body string, headers ...string) {
	st.t.Helper()
	wire.Want(st.t, wire.Ask(st.s, request, body, headers...), wire.Wanted{Status: status, Part: part}, request)
}

const (
	sha   = "4b825dc642cb6eb9a060e54bf8d69288fbee4904"
	other = "da39a3ee5e6b4b0d3255bfef95601890afd80709"
	typ   = "Content-Type: application/json"
	lines = `{"fileReports":[{"filename":"src/a.go","coverage":{"1":1,"2":0}}]}`
)

func TestCoverageIsRefused(t *testing.T) {
	st := newStage(t)
	repo, acc := "project-token: "+st.repository, "api-token: "+st.account
	post := "POST /2.0/coverage/" + sha + "/go?partial=false"
	long := "POST /2.0/gh/acme/api/commit/" + sha + "/coverage/go?partial=false"
	notFound := `{"error":"not found"}`
	st.want(404, notFound, post, lines, typ)
	st.want(404, notFound, post, lines, typ, "project-token: "+strings.Repeat("0", 40))
	st.want(404, notFound, post, lines, typ, "project_token: "+st.repository)
	st.want(404, notFound, post, lines, typ, "Authorization: Bearer "+st.repository)
	st.want(404, notFound, post, lines, typ, "project-token: "+st.account)
	st.want(404, notFound, post, lines, typ, acc) // an account token must name the repository
	st.want(404, notFound, strings.Replace(long, "/api/", "/web/", 1), lines, typ, repo)
	st.want(404, notFound, strings.Replace(long, "/api/", "/nowhere/", 1), lines, typ, acc)
	st.want(404, notFound, strings.Replace(long, "/api/", "/docs/", 1), lines, typ, acc) // never added
	st.want(404, notFound, strings.Replace(long, "/gh/", "/xx/", 1), lines, typ, acc)
	st.want(415, "application/json", post, lines, repo)
	st.want(415, "application/json", post, lines, repo, "Content-Type: text/plain")
	st.want(400, "SHA-1", "POST /2.0/coverage/main/go", lines, typ, repo)
	st.want(400, "partial", post+"x", lines, typ, repo)
	st.want(400, "Error posting coverage", post, `{"reports":[]}`, typ, repo)
	st.want(400, "not a line", post, `{"fileReports":[{"filename":"a","coverage":{"x":1}}]}`, typ, repo)
	st.want(400, "out of range", post, `{"fileReports":[{"filename":"a","coverage":{"1":-1}}]}`, typ, repo)
	st.want(400, "without a name", post, `{"fileReports":[{"coverage":{"1":1}}]}`, typ, repo)
	st.want(413, "<html>", post, strings.Repeat(" ", 10_000_001), typ, repo)
	st.want(200, "Coverage received", post, lines, typ, repo)
	st.want(200, "Coverage received", long, lines, typ, acc)
	st.want(200, "Coverage received", long, lines, typ, repo) // the vendor's action does this
	st.want(200, "Coverage received", "POST /2.0/coverage/"+sha+"/objective%20c?partial=false", lines, typ, repo)
}

func TestPartsAndFinal(t *testing.T) {
	st := newStage(t)
	repo, acc := "project-token: "+st.repository, "api-token: "+st.account
	part, final := "POST /2.0/coverage/"+sha+"/go?partial=true", "POST /2.0/commit/"+sha+"/coverageFinal"
	status := "GET /api/v3/organizations/gh/acme/repositories/api/coverage/status"
	st.want(200, "success", part, lines, typ, repo)
	st.want(200, "MissingFinal", status, "", acc)
	st.want(200, "success", part, lines, typ, repo)
	st.want(200, "success", final, "{}", typ, repo)
	st.want(200, "Processed", status, "", acc)
	// The same once more is taken, and refused only by a server that would.
	st.want(200, "success", part, lines, typ, repo)
	st.want(200, "MissingFinal", status, "", acc)
	st.want(200, "success", final, "{}", typ, repo)
	st.w.Quirks = []string{codacy.ClosedFinal}
	st.want(400, "already", final, "{}", typ, repo)
	st.want(400, "already", part, lines, typ, repo)
	st.want(200, "Processed", status, "", acc)
	// Another commit is another matter, and a whole report needs no final.
	st.want(200, "success", "POST /2.0/coverage/"+other+"/go?partial=false", lines, typ, repo)
	st.w.Gates.CommitsUnknown = true
	st.want(200, "success", "POST /2.0/coverage/"+strings.Repeat("a", 40)+"/go", lines, typ, repo)
	st.want(200, "CommitNotFound", status, "", acc)
}

func TestResultsAreRefused(t *testing.T) {
	st := newStage(t)
	repo := "project-token: " + st.repository
	post, final := "POST /2.0/commit/"+sha+"/issuesRemoteResults", "POST /2.0/commit/"+sha+"/resultsFinal"
	one := func(tool, pattern, level, extra string) string {
		return fmt.Sprintf(`[{"tool":%q,"issues":{"Success":{"results":[{"filename":"a.go","results":[{"Issue":{"patternId":{"value":%q},"filename":"a.go","message":{"text":"m"},"level":%q,"category":null%s,"location":{"LineLocation":{"line":1}}}}]}]}}}]`, tool, pattern, level, extra)
	}
	st.want(415, "application/json", post, one("gosec", "gosec_G101", "Error", ""), repo)
	st.want(400, "Unknown tool", post, one("nolint", "gosec_G101", "Error", ""), typ, repo)
	st.want(400, "level", post, one("gosec", "gosec_G101", "error", ""), typ, repo)
	st.want(400, "unknown field", post, one("gosec", "gosec_G101", "Error", `,"column":1`), typ, repo)
	st.want(400, "Neither", post, `[{"tool":"gosec","issues":{}}]`, typ, repo)
	st.want(200, "Results received", post, one("gosec", "gosec_G101", "Error", ""), typ, repo)
	st.want(200, "Results received", post, `[{"tool":"gosec","issues":{"Failure":{"message":"it broke"}}}]`, typ, repo)
	st.want(200, "Results received", final, "", repo)
	st.want(200, "Results received", final, "", repo)
	st.w.Quirks = []string{codacy.ClosedResults}
	st.want(400, "already", final, "", repo)
	st.want(400, "already", post, one("gosec", "gosec_G101", "Error", ""), typ, repo)
}

// TestWaitsForResults: with the build server's setting on, nothing is analysed
// before the results are closed.
func TestWaitsForResults(t *testing.T) {
	st := newStage(t)
	acc := "api-token: " + st.account
	api := "/api/v3/organizations/gh/acme/repositories/api"
	st.want(200, "true", "PATCH "+api+"/settings/analysis", `{"buildServerAnalysisSetting":true}`, typ, acc)
	commit := "GET /api/v3/analysis/organizations/gh/acme/repositories/api/commits/" + sha
	for range 5 {
		if rec := st.ask(commit, "", acc); strings.Contains(rec.Body.String(), "startedAnalysis") {
			t.Fatalf("analysed before the results are closed: %s", rec.Body)
		}
	}
	st.want(200, "success", "POST /2.0/gh/acme/api/commit/"+sha+"/resultsFinal", "", acc)
	st.want(200, "startedAnalysis", commit, "", acc)
	st.want(200, "endedAnalysis", commit, "", acc)
}

func TestTokensEnd(t *testing.T) {
	st := newStage(t)
	acc := "api-token: " + st.account
	tokens := "/api/v3/organizations/gh/acme/repositories/web/tokens"
	rec := st.ask("POST "+tokens, `{"name":"ci","expiresAt":"2026-11-22T12:00:00Z"}`, typ, acc)
	value := between(rec.Body.String(), `"token":"`, `"`)
	id := between(rec.Body.String(), `"id":`, `,`)
	if rec.Code != http.StatusCreated || len(value) < 16 {
		t.Fatalf("create: %d %s", rec.Code, rec.Body)
	}
	st.want(200, `"name":"ci"`, "GET "+tokens, "", acc)
	if rec := st.ask("GET "+tokens, "", acc); strings.Contains(rec.Body.String(), value) {
		t.Error("the list shows a token's value")
	}
	use, tok := "POST /2.0/coverage/"+sha+"/go", "project-token: "+value
	st.want(200, "success", use, lines, typ, tok)
	st.now = st.now.Add(24*time.Hour - time.Second)
	st.want(200, "success", use, lines, typ, tok)
	st.now = st.now.Add(time.Second)
	st.want(401, "expired", use, lines, typ, tok)
	st.want(401, "expired", "GET /api/v3/organizations/gh/acme/repositories/web", "", tok)
	st.want(204, "", "DELETE "+tokens+"/"+id, "", acc)
	st.want(404, "not found", use, lines, typ, tok) // revoked: as if it had never been
	st.want(404, "NotFound", "DELETE "+tokens+"/"+id, "", acc)

	for _, c := range []struct {
		status     int
		part, body string
	}{
		{422, "letters, digits and dashes", `{"name":"a b","expiresAt":"2027-01-01T00:00:00Z"}`},
		{422, "in the future", `{"name":"old","expiresAt":"2026-01-01T00:00:00Z"}`},
		{422, "within one year", `{"name":"long","expiresAt":"2030-01-01T00:00:00Z"}`},
		{400, "unknown field", `{"name":"x","scope":"all"}`},
	} {
		st.want(c.status, c.part, "POST "+tokens, c.body, typ, acc)
	}
	for i := range 100 {
		st.want(201, "token", "POST "+tokens, fmt.Sprintf(`{"name":"n%d","expiresAt":"2027-01-01T00:00:00Z"}`, i), typ, acc)
	}
	st.want(422, "more than 100", "POST "+tokens, `{"name":"n100","expiresAt":"2027-01-01T00:00:00Z"}`, typ, acc)
}

func TestOldTokens(t *testing.T) {
	st := newStage(t)
	st.w.Quirks = []string{codacy.OldTokens}
	acc := "api-token: " + st.account
	tokens := "/api/v3/organizations/gh/acme/repositories/web/tokens"
	rec := st.ask("POST "+tokens, "", acc)
	value := between(rec.Body.String(), `"token":"`, `"`)
	if rec := st.ask("GET "+tokens, "", acc); len(value) < 16 || !strings.Contains(rec.Body.String(), value) || strings.Contains(rec.Body.String(), "expiresAt") {
		t.Errorf("the old list: %s", rec.Body)
	}
}

func TestWhoMayReadWhat(t *testing.T) {
	st := newStage(t)
	repo, acc := "project-token: "+st.repository, "api-token: "+st.account
	v3 := "GET /api/v3/organizations/gh/acme/repositories/"
	pull := "GET /api/v3/analysis/organizations/gh/acme/repositories/api/pull-requests/7"
	st.want(200, `"name":"api"`, v3+"api", "")
	st.want(401, "Unauthorized", v3+"web", "") // private
	st.want(200, `"name":"web"`, v3+"web", "", acc)
	st.want(404, "NotFound", v3+"web", "", repo)
	st.want(200, `"name":"api"`, v3+"api", "", repo)
	st.want(401, "Unauthorized", v3+"api", "", "api-token: "+strings.Repeat("0", 40)) // wrong is worse than none
	st.want(401, "Unauthorized", v3+"api", "", "project-token: "+strings.Repeat("0", 40))
	st.want(401, "Unauthorized", v3+"api/tokens", "", repo)
	st.want(401, "Unauthorized", "GET /api/v3/user", "", repo)
	st.want(200, "isAnalysing", pull, "", repo) // as nobody, to whom it is public
	st.want(404, "NotFound", strings.Replace(pull, "/7", "/8", 1), "", acc)
	st.want(501, "the stand-in does not have GET /api/v3/nothing", "GET /api/v3/nothing", "", acc)
	st.want(501, "the stand-in does not have GET /2.0/nothing", "GET /2.0/nothing", "", acc)
}

func TestRateLimit(t *testing.T) {
	st := newStage(t)
	acc := "api-token: " + st.account
	for range 2500 {
		st.ask("GET /api/v3/user", "", acc)
	}
	st.want(503, "<title>503", "GET /api/v3/user", "", acc)
	st.w.Quirks = []string{codacy.PlainLimit}
	st.want(429, "TooManyRequests", "GET /api/v3/user", "", acc)
	st.want(429, "error", "POST /2.0/coverage/"+sha+"/go", lines, typ, acc)
	st.now = st.now.Add(5 * time.Minute)
	st.want(200, "Robin", "GET /api/v3/user", "", acc)
}

func between(text, from, to string) string {
	_, text, _ = strings.Cut(text, from)
	text, _, _ = strings.Cut(text, to)
	return text
}
