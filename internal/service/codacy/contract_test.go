package codacy_test

import (
	"bytes"
	"context"
	"encoding/json"
	"io"
	"maps"
	"net/http"
	"net/http/httptest"
	"slices"
	"strings"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"github.com/getkin/kin-openapi/openapi3"
	"github.com/getkin/kin-openapi/openapi3filter"
	"github.com/getkin/kin-openapi/routers"
	"github.com/getkin/kin-openapi/routers/gorillamux"

	"github.com/gatewright/gatewright/internal/fault"
	"github.com/gatewright/gatewright/internal/reference"
	standin "github.com/gatewright/gatewright/internal/sandbox/codacy"
	"github.com/gatewright/gatewright/internal/sandbox/wire"
	"github.com/gatewright/gatewright/internal/sandbox/world"
	"github.com/gatewright/gatewright/internal/service"
	"github.com/gatewright/gatewright/internal/service/codacy"
	"github.com/gatewright/gatewright/internal/service/servicetest"
)

// absent are the operations that Codacy's document of December 2025 lacks, with
// what is known of them instead.
func absent() map[string]string {
	return map[string]string{
		"POST tokens/delete": "deleteRepositoryApiTokens, of the newer API (panoramicdata/Codacy.Api, IRepositoryApiTokensApi.cs)",
	}
}

// beyond are the fields that the newer API has and the document does not. They
// are taken out before the rest is judged.
func beyond() map[string]string {
	return map[string]string{
		"POST tokens": "body {name, expiresAt} (panoramicdata/Codacy.Api, RepositoryApiTokenCreateRequest.cs; the document has no body)",
	}
}

// contract judges exchanges by Codacy's OpenAPI document.
type contract struct {
	t      *testing.T
	router routers.Router
	seen   map[string]int // operations, by name
	lacked map[string]int
}

func newContract(t *testing.T) *contract {
	t.Helper()
	text := reference.Read(t, "contracts/codacy-openapi-v3.yaml")
	described.Do(func() {
		doc, err := openapi3.NewLoader().LoadFromData(text)
		if err == nil {
			doc.Servers = openapi3.Servers{{URL: base + "/api/v3"}}
			described.router, err = gorillamux.NewRouter(doc)
		}
		described.err = err
	})
	if described.err != nil {
		t.Fatal(described.err)
	}
	return &contract{t, described.router, map[string]int{}, map[string]int{}}
}

// described is the document's router, made once for all tests: that takes longer than
// most of them.
var described struct {
	sync.Once
	router routers.Router
	err    error
}

// watch judges one exchange: a request that the client sends, and the answer
// that the stand-in returns.
func (c *contract) watch(r *http.Request, body []byte, resp *http.Response, answer []byte) {
	c.t.Helper()
	if !strings.HasPrefix(r.URL.Path, "/api/v3/") {
		return // the v2 API has no document
	}
	_, short, _ := strings.Cut(r.URL.Path, "/repositories/")
	_, short, _ = strings.Cut(short, "/")
	name := r.Method + " " + short
	if why := absent()[name]; why != "" {
		c.lacked[name]++
		return
	}
	if beyond()[name] != "" {
		body = nil
	}
	in := r.Clone(context.Background())
	in.Body = io.NopCloser(bytes.NewReader(body))
	in.ContentLength = int64(len(body))
	if len(body) == 0 {
		in.Header.Del("Content-Type")
	}
	route, params, err := c.router.FindRoute(in)
	if err != nil {
		c.t.Errorf("%s %s: %v", r.Method, r.URL, err)
		return
	}
	input := &openapi3filter.RequestValidationInput{
		Request: in, PathParams: params, Route: route,
		Options: &openapi3filter.Options{AuthenticationFunc: openapi3filter.NoopAuthenticationFunc, MultiError: true, IncludeResponseStatus: true},
	}
	if err := openapi3filter.ValidateRequest(context.Background(), input); err != nil {
		c.t.Errorf("request %s %s\n%s\n%v", r.Method, r.URL, body, err)
	}
	err = openapi3filter.ValidateResponse(context.Background(), &openapi3filter.ResponseValidationInput{
		RequestValidationInput: input, Status: resp.StatusCode, Header: resp.Header,
		Body: io.NopCloser(bytes.NewReader(answer)), Options: input.Options,
	})
	if err != nil {
		c.t.Errorf("answer %d to %s %s\n%s\n%v", resp.StatusCode, r.Method, r.URL, answer, err)
	}
	c.seen[route.Operation.OperationID]++
}

func (c *contract) report() {
	n := 0
	for _, count := range c.seen {
		n += count
	}
	c.t.Logf("%d exchanges of %d operations judged: %s", n, len(c.seen), strings.Join(slices.Sorted(maps.Keys(c.seen)), ", "))
	for name, why := range absent() {
		c.t.Logf("not in the document: %s (%d times): %s", name, c.lacked[name], why)
	}
	for name, why := range beyond() {
		c.t.Logf("more than the document: %s: %s", name, why)
	}
}

// client is a client over a wire that the contract watches.
func (c *contract) client(t *testing.T, kind service.TokenKind) (*codacy.Client, *servicetest.Subject) {
	s := subjectOf(t, kind)
	s.Wire.Watch = c.watch
	return s.Client.(*codacy.Client), s
}

// TestContractOfTheClient holds everything the client sends to the document,
// and everything it is answered.
func TestContractOfTheClient(t *testing.T) {
	c := newContract(t)
	synctest.Test(t, func(t *testing.T) {
		ctx, cancel := context.WithTimeout(t.Context(), time.Hour)
		defer cancel()
		wait := service.Wait{Interval: time.Second}
		account, own := c.client(t, service.AccountToken)
		commit, pull := target(), target()
		pull.PullRequest, pull.Branch = 7, "retry-payments"
		for _, at := range []service.Target{commit, pull} {
			account, _ := c.client(t, service.AccountToken)
			ok(t, try1(account.Upload(ctx, at, servicetest.Coverage(), wait)))
			ok(t, try1(account.FollowCoverage(ctx, at, wait)))
			ok(t, try1(account.Judge(ctx, at, wait)))
			ok(t, try1(account.Scan(ctx, at, service.ScanRequest{Results: subjectResults()}, wait)))
		}
		scopes := []service.Scope{{Forge: "github", Owner: "acme", Name: "web"}, {}}
		for _, scope := range scopes {
			var ids []string
			for _, name := range []string{"one", "two", "three"} {
				m, err := account.Mint(ctx, service.MintRequest{Scope: scope, Name: name, ExpiresAt: own.World.Now().AddDate(0, 1, 0)})
				ok(t, err)
				ids = append(ids, m.ID)
			}
			ok(t, try1(account.Tokens(ctx, scope)))
			ok(t, account.Revoke(ctx, scope, ids[0]))
			ok(t, account.RevokeAll(ctx, scope, ids[1:]))
		}
		ok(t, try1(account.Check(ctx, scopes[0])))
		for _, forge := range []string{"gh", "bb", "gle"} {
			ok(t, try1(account.Repositories(ctx, forge, "acme")))
		}
		refused(t, try1(account.Tokens(ctx, service.Scope{Forge: "github", Owner: "acme", Name: "nowhere"})), fault.Auth)

		token, _ := c.client(t, service.RepositoryToken)
		ok(t, try1(token.Upload(ctx, pull, servicetest.Coverage(), wait)))
		ok(t, try1(token.FollowCoverage(ctx, pull, wait)))
		ok(t, try1(token.Judge(ctx, pull, wait)))
		ok(t, try1(token.Judge(ctx, commit, wait)))
		ok(t, try1(token.Scan(ctx, commit, service.ScanRequest{Results: subjectResults()}, wait)))
		ok(t, try1(token.Check(ctx, service.Scope{Forge: "github", Owner: "acme", Name: "api"})))
		refused(t, try1(token.Tokens(ctx, scopes[0])), fault.Auth)
		stranger := open(t, own.Wire, "0123456789012345678901234567890123456789", service.AnyToken)
		refused(t, try1(stranger.Upload(ctx, commit, servicetest.Coverage(), wait)), fault.Auth)
	})
	c.report()
}

func subjectResults() []service.ToolResults {
	return []service.ToolResults{{Tool: "gosec", Findings: []service.Finding{{Rule: "G104", Path: "src/server.go", Line: 3, Message: "an error"}}}}
}

func try1[T any](_ T, err error) error { return err }

func ok(t *testing.T, err error) {
	t.Helper()
	if err != nil {
		t.Errorf("%v (%s)", err, fault.Hint(err))
	}
}

func refused(t *testing.T, err error, kind fault.Kind) {
	t.Helper()
	if fault.Of(err) != kind {
		t.Errorf("%v is %v, want %v", err, fault.Of(err), kind)
	}
}

// TestContractOfTheStandIn asks the stand-in for everything it offers, rightly
// and wrongly, and holds its answers to the document.
func TestContractOfTheStandIn(t *testing.T) {
	c := newContract(t)
	w := world.New(world.DefaultSeed())
	stand := standin.New(w)
	v := stand.Variables(base)
	repo := w.Repository("acme", "api")
	const org = "/organizations/gh/acme"
	api := org + "/repositories/api"
	sha := repo.Commits[0].SHA
	for path, body := range map[string]string{ // files and an issue, to be asked for below
		"/2.0/coverage/" + sha + "/go":                `{"fileReports":[{"filename":"src/server.go","coverage":{"1":3,"2":0}}]}`,
		"/2.0/commit/" + sha + "/issuesRemoteResults": `[{"tool":"gosec","issues":{"Success":{"results":[{"filename":"src/server.go","results":[{"Issue":{"patternId":{"value":"gosec_G101"},"filename":"src/server.go","message":{"text":"a secret"},"level":"Error","category":null,"location":{"LineLocation":{"line":1}}}}]}]}}}]`,
	} {
		wire.Want(t, wire.Ask(stand, "POST "+path, body, "project-token: "+v[1].Value, "Content-Type: application/json"), wire.Wanted{Status: 200, Part: "success"}, path)
	}
	for range 5 {
		wire.Ask(stand, "GET /api/v3/analysis"+api+"/commits/"+sha, "", "api-token: "+v[2].Value) // until the analysis has ended
	}
	for _, path := range []string{api + "/files/1", api + "/files/1/issues", "/analysis" + api + "/issues/1"} {
		wire.Want(t, wire.Ask(stand, "GET /api/v3"+path, "", "api-token: "+v[2].Value), wire.Wanted{Status: 200, Part: "src/server.go"}, path)
	}
	for _, k := range []struct{ method, path, body string }{
		{"GET", api + "/files/1", ""},
		{"GET", api + "/files/99", ""},
		{"GET", api + "/files/1/issues", ""},
		{"GET", api + "/files/1/duplication", ""},
		{"GET", "/analysis" + api + "/issues/1", ""},
		{"GET", "/analysis" + api + "/issues/99", ""},
		{"GET", "/health", ""},
		{"GET", "/version", ""},
		{"GET", "/tools?limit=3", ""},
		{"GET", "/tools/f8b29663-2cb2-498d-b923-a10c6a8c05cd/patterns", ""},
		{"GET", "/tools/00000000-0000-0000-0000-000000000000/patterns", ""},
		{"GET", "/user", ""},
		{"GET", "/user/organizations", ""},
		{"GET", "/user/tokens?limit=1", ""},
		{"POST", "/user/tokens", `{"expiresAt":"` + w.Now().AddDate(0, 1, 0).Format(time.RFC3339) + `"}`},
		{"POST", "/user/tokens", `{"expiresAt":"2020-01-01T00:00:00Z"}`},
		{"DELETE", "/user/tokens/999999", ""},
		{"GET", org, ""},
		{"GET", org + "/repositories?limit=10&filter=Synced", ""},
		{"GET", "/organizations/gh/nobody/repositories", ""},
		{"GET", "/organizations/bb/acme/repositories?limit=5", ""},
		{"POST", "/repositories", `{"repositoryFullPath":"acme/docs","provider":"gh"}`},
		{"POST", "/repositories", `{"repositoryFullPath":"acme/docs","provider":"gh"}`},
		{"GET", "/tools/f8b29663-2cb2-498d-b923-a10c6a8c05cd/patterns/ESLint8_semi", ""},
		{"GET", "/user/organizations/gh", ""},
		{"GET", "/analysis" + org + "/repositories?limit=3", ""},
		{"POST", "/search/analysis" + org + "/repositories", `{"names":["api"]}`},
		{"POST", api + "/follow", ""},
		{"GET", "/analysis" + api + "/tools", ""},
		{"PATCH", "/analysis" + api + "/tools/f8b29663-2cb2-498d-b923-a10c6a8c05cd", `{"enabled":false}`},
		{"GET", api + "/files?search=src", ""},
		{"GET", "/analysis" + api + "/pull-requests/7/files", ""},
		{"GET", "/analysis" + api + "/pull-requests/7/logs", ""},
		{"GET", "/analysis" + api + "/commits/" + sha + "/logs", ""},
		{"GET", "/analysis" + api + "/tools/f8b29663-2cb2-498d-b923-a10c6a8c05cd/patterns", ""},
		{"POST", "/analysis" + api + "/issues/overview", `{}`},
		{"GET", api, ""},
		{"GET", org + "/repositories/nowhere", ""},
		{"GET", api + "/tokens", ""},
		{"POST", api + "/tokens", ""},
		{"DELETE", api + "/tokens/999999", ""},
		{"GET", api + "/settings/analysis", ""},
		{"PATCH", api + "/settings/analysis", `{"buildServerAnalysisSetting":false}`},
		{"GET", api + "/settings/quality/pull-requests", ""},
		{"GET", api + "/settings/quality/commits", ""},
		{"GET", api + "/coverage/status?limit=5", ""},
		{"POST", api + "/reanalyzeCommit", `{"commitUuid":"` + sha + `"}`},
		{"POST", api + "/reanalyzeCommit", `{"commitUuid":"` + sha + `","cleanCache":true}`},
		{"GET", "/analysis" + api, ""},
		{"GET", "/analysis" + api + "/commits?branch=main", ""},
		{"GET", "/analysis" + api + "/commits/" + sha, ""},
		{"GET", "/analysis" + api + "/commits/" + sha + "/deltaStatistics", ""},
		{"GET", "/analysis" + api + "/commits/" + sha + "/deltaIssues?status=all", ""},
		{"GET", "/analysis" + api + "/pull-requests", ""},
		{"GET", "/analysis" + api + "/pull-requests/7", ""},
		{"GET", "/analysis" + api + "/pull-requests/8", ""},
		{"GET", "/analysis" + api + "/pull-requests/7/commits", ""},
		{"GET", "/analysis" + api + "/pull-requests/7/issues", ""},
		{"GET", "/analysis" + api + "/pull-requests/7/coverage/status", ""},
		{"POST", "/analysis" + api + "/issues/search", `{"branchName":"main","levels":["Error"]}`},
		{"GET", "/coverage" + api + "/pull-requests/7", ""},
		{"GET", "/coverage" + api + "/pull-requests/7/files", ""},
		{"GET", "/coverage" + api + "/pull-requests/7/reanalyze", ""},
	} {
		for _, header := range []string{"api-token", "project-token", ""} {
			r := httptest.NewRequest(k.method, base+"/api/v3"+k.path, strings.NewReader(k.body))
			if k.body != "" {
				r.Header.Set("Content-Type", "application/json")
			}
			switch header {
			case "api-token":
				r.Header.Set(header, v[2].Value)
			case "project-token":
				r.Header.Set(header, v[1].Value)
			}
			rec := httptest.NewRecorder()
			stand.ServeHTTP(rec, r.Clone(context.Background()))
			c.watch(r, []byte(k.body), rec.Result(), rec.Body.Bytes())
			if !json.Valid(rec.Body.Bytes()) && rec.Code != http.StatusNoContent {
				t.Errorf("%s %s: not JSON: %s", k.method, k.path, rec.Body)
			}
		}
	}
	c.report()
	if len(c.seen) != 53 {
		t.Errorf("%d operations were judged, not 53", len(c.seen))
	}
}

// TestTheContractCanFail breaks the document's rules and sees them enforced.
func TestTheContractCanFail(t *testing.T) {
	probe := &testing.T{}
	c := newContract(t)
	c.t = probe
	r := httptest.NewRequest("GET", base+"/api/v3/user/tokens?limit=1000", http.NoBody)
	resp := &http.Response{StatusCode: 200, Header: http.Header{"Content-Type": {"application/json"}}}
	c.watch(r, nil, resp, []byte(`{"data":[{"id":"one","token":"x"}]}`))
	if !probe.Failed() {
		t.Error("a limit of 1000 and an id that is a text went through")
	}
}
