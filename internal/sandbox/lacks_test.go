package sandbox_test

import (
	"net/http/httptest"
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
	for _, name := range sandbox.Names() {
		for _, path := range []string{"/api/v4/nothing", "/2.0/nothing/at/all", "/nothing/_apis/nothing"} {
			r := httptest.NewRequest("GET", "http://stand-in.example"+path, nil)
			header, value := p.credential(t, name, "")
			r.Header.Set(header, value)
			r.Header.Set("Accept", "application/json; api-version=7.1")
			rec := httptest.NewRecorder()
			s.Stand(name).ServeHTTP(rec, r)
			if rec.Code != 501 || !strings.Contains(rec.Body.String(), "the stand-in does not have GET "+path) {
				t.Errorf("%s %s: %d %s", name, path, rec.Code, rec.Body)
			}
		}
	}
	way := wire.New(s.World, "github", s.Stand("github"))
	c := wire.Client(t, way, "https://github.example", pace.Profile{Name: "GitHub"}).With(rest.Bearer(secret.New(p.vars["GH_TOKEN"])))
	_, err = c.Call(t.Context(), rest.Request{Op: "look at nothing", Method: rest.MethodGet, Path: "/nothing"}, nil)
	if err == nil || rest.Status(err) != 501 || !strings.Contains(err.Error(), "the stand-in does not have GET /nothing") {
		t.Errorf("%v", err)
	}
}
