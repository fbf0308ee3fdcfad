package github_test

import (
	"net/http"
	"strconv"
	"testing"
	"time"

	"github.com/gatewright/gatewright/internal/forge"
	"github.com/gatewright/gatewright/internal/forge/forgetest"
	"github.com/gatewright/gatewright/internal/forge/github"
	standin "github.com/gatewright/gatewright/internal/sandbox/github"
	"github.com/gatewright/gatewright/internal/sandbox/world"
	"github.com/gatewright/gatewright/internal/secret"
)

const base = "https://github.example/api/v3"

// open makes a forge over the wire with the token.
func open(t testing.TB, w *forgetest.Wire, token string, o forge.WriteOptions) forge.Forge {
	t.Helper()
	return forgetest.Open(t, github.Descriptor(), forgetest.Site{Wire: w, Base: base}, forge.Opening{Token: secret.New(token), Owner: "acme", Write: o})
}

const secondary = `{"message":"You have exceeded a secondary rate limit. Please wait a few minutes before you try again.","documentation_url":"https://docs.github.com/rest/overview/rate-limits-for-the-rest-api#about-secondary-rate-limits"}`

// limits are the forms of GitHub's 403 and 429.
func limits() []world.Fault {
	reset := strconv.FormatInt(time.Now().Add(31*time.Second).Unix(), 10)
	spent := map[string]string{"X-RateLimit-Limit": "5000", "X-RateLimit-Remaining": "0", "X-RateLimit-Reset": reset}
	return []world.Fault{
		{Status: 403, Header: map[string]string{"Retry-After": "30"}, Body: secondary},
		{Status: 403, Body: secondary},
		{Status: 403, Header: map[string]string{"X-RateLimit-Remaining": "4000", "X-RateLimit-Reset": reset}, Body: secondary},
		{Status: 429, Header: map[string]string{"Retry-After": "30"}, Body: secondary},
		{Status: 429, Body: "<html>"},
		{Status: 403, Header: spent, Body: `{"message":"API rate limit exceeded for user ID 1."}`},
		{Status: 429, Header: spent, Body: `{"message":"API rate limit exceeded"}`},
	}
}

func subject(t *testing.T, seed world.Seed) *forgetest.Subject {
	return subjectBehind(t, seed, func(h http.Handler) http.Handler { return h })
}

// subjectBehind puts a handler in front of the stand-in.
func subjectBehind(t *testing.T, seed world.Seed, front func(http.Handler) http.Handler) *forgetest.Subject {
	stand := standin.New(world.New(seed))
	wire := forgetest.NewWire(stand.World, "github", front(stand))
	s := forgetest.On(&stand.Forge, "github", wire)
	s.Token, s.Events = stand.Token("ghp_", standin.Full), [2]string{"push", "pull_request"}
	s.Forge, s.ReadOnly = open(t, wire, s.Token, forge.WriteOptions{}), open(t, wire, stand.Token("ghs_", standin.Read), forge.WriteOptions{})
	s.Stranger = open(t, wire, "ghp_0000000000000000000000000000000000000000", forge.WriteOptions{})
	s.Intrude = func(body string) { stand.Intrude("acme", "api", 7, body) }
	s.Fold, s.Folded = func(reason string) { stand.Fold("acme", "api", 7, reason) }, func() []string { return stand.Folded("acme", "api", 7) }
	s.Limits, s.BadNames = limits(), []string{"1ST", "GITHUB_TOKEN", "github_x"}
	for _, p := range []struct {
		name, at string
		ref      forge.Ref
		many     int
	}{
		{"actions", "actions/acme/api", forge.Ref{Store: forge.Actions, Owner: "acme", Repo: "api"}, 100},
		{"environment", "actions/acme/api/production", forge.Ref{Owner: "acme", Repo: "api", Environment: "production"}, 100},
		{"organization", "actions/acme", forge.Ref{Store: forge.Actions, Owner: "acme"}, 0},
		{"dependabot", "dependabot/acme/api", forge.Ref{Store: forge.Dependabot, Owner: "acme", Repo: "api"}, 100},
		{"dependabot organization", "dependabot/acme", forge.Ref{Store: forge.Dependabot, Owner: "acme"}, 0},
		{"codespaces", "codespaces/acme/api", forge.Ref{Store: forge.Codespaces, Owner: "acme", Repo: "api"}, 100},
		{"codespaces organization", "codespaces/acme", forge.Ref{Store: forge.Codespaces, Owner: "acme"}, 0},
	} {
		s.Places = append(s.Places, forgetest.Place{
			Name: p.name, Ref: p.ref, Times: true, Many: p.many,
			Value: func(name string) (string, bool) { return stand.Value(p.at, name) },
		})
	}
	return s
}

func TestForge(t *testing.T) { forgetest.Run(t, subject) }

// TestRunsWithoutACount: where a full page does not say how many runs there
// are, each status is asked for.
func TestRunsWithoutACount(t *testing.T) {
	w := world.New(world.DefaultSeed())
	stand := standin.New(w)
	wire := forgetest.NewWire(w, "github", forgetest.Countless(stand))
	old := w.StartRun("acme", "api", world.Running)
	for range 130 {
		w.StartRun("acme", "api", world.Ended)
	}
	run, err := open(t, wire, stand.Token("ghp_", standin.Full), forge.WriteOptions{}).Runs.OpenRun(t.Context(), forge.Ref{Store: forge.Actions, Owner: "acme", Repo: "api", Name: "TOKEN"}, time.Now())
	if err != nil || run == nil || run.ID != strconv.FormatInt(old.ID, 10) {
		t.Errorf("%+v, %v; want run %d", run, err, old.ID)
	}
}

func TestChangedAnswers(t *testing.T) { forgetest.Changed(t, subject) }

func TestForgeOtherwise(t *testing.T) {
	forgetest.Quirks(t, subject, "github-other-words github-archived-secrets", "github-never-pushed github-numeric-keys github-opaque-tags github-free-304")
}
