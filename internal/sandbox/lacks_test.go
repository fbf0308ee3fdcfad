package sandbox_test

import (
	"math/rand/v2"
	"net/http/httptest"
	"strconv"
	"strings"
	"testing"

	"github.com/gatewright/gatewright/internal/rest"
	"github.com/gatewright/gatewright/internal/rest/pace"
	"github.com/gatewright/gatewright/internal/sandbox"
	"github.com/gatewright/gatewright/internal/sandbox/wire"
	"github.com/gatewright/gatewright/internal/sandbox/world"
	"github.com/gatewright/gatewright/internal/secret"
)

// TestWhatAStandInLacks: an operation that a stand-in does not have is 501 and
// named, for a client as well: a 404 would read as an answer.
func TestWhatAStandInLacks(t *testing.T) {
	s, err := sandbox.Start(sandbox.Options{Seed: world.DefaultSeed()})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(s.Close)
	p := &player{box: s, vars: map[string]string{}, values: map[string]string{}}
	for _, v := range s.Variables() {
		p.vars[v.Name] = v.Value
	}
	// Below each of these every stand-in has operations, and none of these names.
	below := map[string][]string{
		"codacy":      {"/2.0", "/2.0/gh/acme/api", "/2.0/commit/HEAD", "/api/v3", "/api/v3/organizations/gh/acme", "/api/v3/organizations/gh/acme/repositories/api", "/api/v3/analysis/organizations/gh/acme/repositories/api"},
		"codeant":     {"", "/api", "/api/analysis"},
		"codedig":     {"", "/v1", "/v1/api-keys", "/api/v1"},
		"github":      {"", "/api/v3", "/repos/acme/api", "/repos/acme/api/actions", "/orgs/acme", "/user", "/app", "/repositories/1"},
		"gitlab":      {"", "/api/v4", "/api/v4/projects/acme%2Fapi", "/api/v4/groups/acme", "/api/v4/user"},
		"azuredevops": {"/acme/_apis", "/acme/platform/_apis", "/acme/platform/_apis/git/repositories/api", "/acme/platform/_apis/build", "/acme/platform/_apis/distributedtask"},
		"bitbucket":   {"", "/2.0", "/2.0/repositories/acme/api", "/2.0/workspaces/acme", "/2.0/user"},
		"gitea":       {"", "/api/v1", "/api/v1/repos/acme/api", "/api/v1/orgs/acme", "/api/v1/user"},
	}
	random := rand.New(rand.NewPCG(17, 17))
	asked := 0
	for _, name := range sandbox.Names() {
		if len(below[name]) == 0 {
			t.Errorf("%s is not looked at", name)
		}
		for _, at := range below[name] {
			for range 20 {
				method := []string{"GET", "POST", "PUT", "PATCH", "DELETE"}[random.IntN(5)]
				path := at
				for range 1 + random.IntN(3) {
					path += "/zq" + strconv.FormatUint(random.Uint64(), 36)
				}
				r := httptest.NewRequest(method, "http://stand-in.example"+path, strings.NewReader(map[bool]string{true: "{}"}[method != "GET"]))
				header, value := p.credential(t, name, "")
				r.Header.Set(header, value)
				r.Header.Set("Content-Type", "application/json")
				r.Header.Set("Accept", "application/json; api-version=7.1")
				rec := httptest.NewRecorder()
				s.Stand(name).ServeHTTP(rec, r)
				asked++
				if rec.Code != 501 || !strings.Contains(rec.Body.String(), "the stand-in does not have "+method+" "+path) {
					t.Errorf("%s %s %s: %d %s", name, method, path, rec.Code, rec.Body)
				}
			}
		}
	}
	t.Logf("%d requests", asked)
	way := wire.New(s.World, "github", s.Stand("github"))
	c := wire.Client(t, way, "https://github.example", pace.Profile{Name: "GitHub"}).With(rest.Bearer(secret.New(p.vars["GH_TOKEN"])))
	_, err = c.Call(t.Context(), rest.Request{Op: "look at nothing", Method: rest.MethodGet, Path: "/nothing"}, nil)
	if err == nil || rest.Status(err) != 501 || !strings.Contains(err.Error(), "the stand-in does not have GET /nothing") {
		t.Errorf("%v", err)
	}
}
