package gitea_test

import (
	"encoding/json"
	"fmt"
	"net/http"
	"net/http/httptest"
	"slices"
	"strings"
	"testing"

	"github.com/getkin/kin-openapi/openapi2"
	"github.com/getkin/kin-openapi/openapi2conv"

	"github.com/gatewright/gatewright/internal/forge/forgetest"
	standin "github.com/gatewright/gatewright/internal/sandbox/gitea"
	"github.com/gatewright/gatewright/internal/sandbox/shapetest"
	"github.com/gatewright/gatewright/internal/sandbox/world"
)

// TestStandInIsLikeTheRealOne sends the same requests, in the same order, to a
// real Gitea and to its stand-in: each is answered with the same status, and
// with the same keys of the same types.
func TestStandInIsLikeTheRealOne(t *testing.T) {
	r := realGitea(t)
	s := r.scene(t)
	w := world.New(world.Seed{Organizations: []world.SeedOrganization{{Name: s.org, Repositories: []world.SeedRepository{
		{Name: "api", PullRequests: []world.SeedPullRequest{{Number: s.number, Title: "Retry lost payments", Branch: "retry-payments", Head: s.head}}},
		{Name: "old", Archived: true},
	}}}})
	stand := standin.New(w)
	r.ask(t, "POST", "/orgs/"+s.org+"/repos", `{"name":"old","auto_init":true}`, as(s.ownerToken), 201)
	r.ask(t, "PATCH", "/repos/"+s.org+"/old", `{"archived":true}`, as(s.ownerToken), 200)
	tokens := map[string][2]string{ // there, here
		"owner": {s.ownerToken, stand.Token(standin.Owner)}, "admin": {s.adminToken, stand.Token(standin.Admin)}, "wrong": {"0000", "0000"},
	}
	comment := [2]string{} // the id of the comment made below, there and here
	calls, same := 0, 0
	for _, line := range strings.Split(strings.TrimSpace(giteaCalls), "\n") {
		who, rest, _ := strings.Cut(line, " ")
		method, rest, _ := strings.Cut(rest, " ")
		path, body, _ := strings.Cut(rest, " ")
		var answers [2]*http.Response
		var bodies [2]any
		for i, send := range []func(*http.Request) *http.Response{
			func(q *http.Request) *http.Response {
				q.URL.Scheme, q.URL.Host = "http", strings.TrimPrefix(r.url, "http://")
				resp, err := transport().RoundTrip(q)
				if err != nil {
					t.Fatal(err)
				}
				return resp
			},
			func(q *http.Request) *http.Response {
				rec := httptest.NewRecorder()
				stand.ServeHTTP(rec, q)
				return rec.Result()
			},
		} {
			at := strings.NewReplacer("ORG", s.org, "NUMBER", fmt.Sprint(s.number), "HEAD", s.head, "COMMENT", comment[i]).Replace(path)
			q := httptest.NewRequest(method, "http://gitea.example/api/v1"+at, strings.NewReader(body))
			q.RequestURI = ""
			q.Header.Set("Authorization", "token "+tokens[who][i])
			q.Header.Set("Content-Type", "application/json")
			answers[i] = send(q)
			text := make([]byte, 0)
			buf := make([]byte, 1<<20)
			for {
				n, err := answers[i].Body.Read(buf)
				text = append(text, buf[:n]...)
				if err != nil {
					break
				}
			}
			bodies[i] = shapetest.Parse(t, text)
			if object, ok := bodies[i].(map[string]any); ok && method == "POST" && strings.HasSuffix(path, "/NUMBER/comments") && object["id"] != nil {
				comment[i] = fmt.Sprint(object["id"])
			}
		}
		calls++
		if answers[0].StatusCode != answers[1].StatusCode {
			t.Errorf("%s: %d there, %d here: %v", line, answers[0].StatusCode, answers[1].StatusCode, bodies[1])
			continue
		}
		alike := true
		for _, d := range shapetest.Compare(shapetest.Of(bodies[0]), bodies[1]) {
			// An organization without a value has null or an empty list in either.
			if d.Kind == shapetest.Type && (d.Have == "null" || d.Want == "null") {
				continue
			}
			t.Errorf("%s: %s", line, d)
			alike = false
		}
		if alike {
			same++
		}
	}
	t.Logf("%d of %d calls are answered alike", same, calls)
}

// giteaCalls are lines of WHO METHOD PATH BODY.
const giteaCalls = `
owner GET /version
owner GET /user
wrong GET /user
owner GET /orgs/ORG
owner GET /orgs/nobody-at-all
owner GET /orgs/ORG/repos?limit=10
owner GET /orgs/nobody-at-all/repos
owner GET /users/nobody-at-all/repos
owner GET /repos/ORG/api
owner GET /repos/ORG/old
owner GET /repos/ORG/nowhere
owner GET /repos/search?q=api&limit=3
owner GET /repos/ORG/api/actions/secrets
owner PUT /repos/ORG/api/actions/secrets/TOKEN {"data":"value","description":"written by a test"}
owner PUT /repos/ORG/api/actions/secrets/TOKEN {"data":"other"}
owner PUT /repos/ORG/api/actions/secrets/lower {"data":"value"}
owner GET /repos/ORG/api/actions/secrets
owner PUT /repos/ORG/api/actions/secrets/EMPTY {"data":""}
owner PUT /repos/ORG/api/actions/secrets/CI {"data":"value"}
owner PUT /repos/ORG/api/actions/secrets/GITHUB_X {"data":"value"}
owner PUT /repos/ORG/api/actions/secrets/1ST {"data":"value"}
owner DELETE /repos/ORG/api/actions/secrets/lower
owner DELETE /repos/ORG/api/actions/secrets/NOWHERE
owner DELETE /repos/ORG/api/actions/secrets/CI
owner DELETE /repos/ORG/api/actions/secrets/A-B
owner PUT /repos/ORG/old/actions/secrets/TOKEN {"data":"value"}
owner DELETE /repos/ORG/old/actions/secrets/TOKEN
owner PUT /repos/ORG/nowhere/actions/secrets/TOKEN {"data":"value"}
admin GET /repos/ORG/api/actions/secrets
admin PUT /repos/ORG/api/actions/secrets/TOKEN {"data":"value"}
admin DELETE /repos/ORG/api/actions/secrets/TOKEN
wrong PUT /repos/ORG/api/actions/secrets/TOKEN {"data":"value"}
owner GET /orgs/ORG/actions/secrets
owner PUT /orgs/ORG/actions/secrets/TOKEN {"data":"value"}
owner PUT /orgs/ORG/actions/secrets/TOKEN {"data":"other"}
owner GET /orgs/ORG/actions/secrets
owner DELETE /orgs/ORG/actions/secrets/TOKEN
owner DELETE /orgs/ORG/actions/secrets/TOKEN
owner PUT /orgs/nobody-at-all/actions/secrets/TOKEN {"data":"value"}
admin PUT /orgs/ORG/actions/secrets/TOKEN {"data":"value"}
owner GET /repos/ORG/api/actions/variables
owner POST /repos/ORG/api/actions/variables/VARIABLE {"value":"x"}
owner POST /repos/ORG/api/actions/variables/VARIABLE {"value":"x"}
owner GET /repos/ORG/api/actions/variables/VARIABLE
owner PUT /repos/ORG/api/actions/variables/VARIABLE {"value":"y"}
owner GET /repos/ORG/api/actions/variables
owner DELETE /repos/ORG/api/actions/variables/VARIABLE
owner GET /repos/ORG/api/actions/variables/VARIABLE
owner GET /repos/ORG/api/pulls
owner GET /repos/ORG/api/pulls/NUMBER
owner GET /repos/ORG/api/pulls/4711
owner GET /repos/ORG/api/issues/NUMBER/comments
owner POST /repos/ORG/api/issues/NUMBER/comments {"body":"Words."}
owner POST /repos/ORG/api/issues/NUMBER/comments {}
owner POST /repos/ORG/api/issues/4711/comments {"body":"Words."}
owner GET /repos/ORG/api/issues/4711/comments
owner GET /repos/ORG/api/issues/NUMBER/comments
owner GET /repos/ORG/api/issues/comments/COMMENT
owner PATCH /repos/ORG/api/issues/comments/COMMENT {"body":"Other words."}
owner PATCH /repos/ORG/api/issues/comments/4711471 {"body":"Other words."}
owner DELETE /repos/ORG/api/issues/comments/COMMENT
owner DELETE /repos/ORG/api/issues/comments/COMMENT
owner POST /repos/ORG/api/statuses/HEAD {"state":"success","context":"gatewright/gate","description":"passed","target_url":"https://ci.example/1"}
owner POST /repos/ORG/api/statuses/HEAD {"state":"failure","context":"gatewright/gate"}
owner POST /repos/ORG/api/statuses/0000000000000000000000000000000000000000 {"state":"success"}
owner GET /repos/ORG/api/commits/HEAD/statuses
owner GET /repos/ORG/api/commits/HEAD/status
owner GET /repos/ORG/api/statuses/HEAD
owner GET /repos/ORG/api/git/commits/HEAD
owner GET /repos/ORG/api/git/commits/0000000000000000000000000000000000000000
`

// TestSwagger runs the suite against the stand-in once more, with every request
// and answer held to the description that a real Gitea serves of itself.
func TestSwagger(t *testing.T) {
	r := realGitea(t)
	req := httptest.NewRequest("GET", r.url+"/swagger.v1.json", nil)
	req.RequestURI = ""
	resp, err := transport().RoundTrip(req)
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = resp.Body.Close() }()
	var v2 openapi2.T
	if err := json.NewDecoder(resp.Body).Decode(&v2); err != nil {
		t.Fatal(err)
	}
	for path := range v2.Paths { // only what the client asks for
		if !slices.ContainsFunc([]string{"/secrets", "/secrets/{secretname}", "/issues/{index}/comments", "/issues/comments/{id}", "/statuses/{sha}", "/repos/{owner}/{repo}", "/orgs/{org}/repos", "/users/{username}/repos", "/pulls", "/pulls/{index}", "/git/commits/{sha}", "/user", "/permissions"}, func(end string) bool { return strings.HasSuffix(path, end) }) {
			delete(v2.Paths, path)
		}
	}
	doc, err := openapi2conv.ToV3(&v2)
	if err != nil {
		t.Fatal(err)
	}
	for _, schema := range doc.Components.Schemas { // Gitea writes null where its description forgets it
		for _, property := range schema.Value.Properties {
			if property.Value != nil {
				property.Value.Nullable = true
			}
		}
	}
	contract := forgetest.NewContract(t, doc)
	contract.Strip = "/api/v1"
	forgetest.Run(t, func(t *testing.T, seed world.Seed) *forgetest.Subject {
		return subjectBehind(t, seed, func(h http.Handler) http.Handler { return contract.Wrap(t, h) })
	})
	contract.Report(t)
}
