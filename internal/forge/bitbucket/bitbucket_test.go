package bitbucket_test

import (
	"testing"

	"github.com/gatewright/gatewright/internal/forge"
	"github.com/gatewright/gatewright/internal/forge/bitbucket"
	"github.com/gatewright/gatewright/internal/forge/forgetest"
	standin "github.com/gatewright/gatewright/internal/sandbox/bitbucket"
	"github.com/gatewright/gatewright/internal/sandbox/world"
	"github.com/gatewright/gatewright/internal/secret"
)

func open(t testing.TB, w *forgetest.Wire, token string) forge.Forge {
	return forgetest.Open(t, bitbucket.Descriptor(), w, "https://bitbucket.example/2.0", forge.Opening{Token: secret.New(token)})
}

func subject(t *testing.T, seed world.Seed) *forgetest.Subject {
	w := world.New(seed)
	stand := standin.New(w)
	wire := forgetest.NewWire(w, "bitbucket", stand)
	token := stand.Token(standin.Full)
	head := w.Repository("acme", "api").PullRequest(7).Head
	s := &forgetest.Subject{
		Forge: open(t, wire, token), Wire: wire, World: w, System: "bitbucket", Token: token, Missed: stand.Router.Missed.Lines,
		ReadOnly: open(t, wire, stand.Token(standin.Read)), Stranger: open(t, wire, "ATCTT3x00000000000000000000"),
		Owner: "acme", Shown: "acme", Unknown: []string{"topics", "properties", "archived"},
		PullRequest: forge.PullRequest{Owner: "acme", Repo: "api", Number: 7}, Commit: head,
		Comments: func() []string { return stand.Comments("acme", "api", 7) },
		Status:   func(context string) (string, string) { return stand.Status("acme", "api", head, context) },
		States:   map[string]string{"pending": "INPROGRESS", "success": "SUCCESSFUL", "failure": "FAILED", "error": "FAILED"},
		BadNames: []string{"1ST"},
		Limits: []world.Fault{
			{Status: 429, Body: "Rate limit for this resource has been exceeded"},
			{Status: 429, Header: map[string]string{"Retry-After": "30", "X-RateLimit-Limit": "1000", "X-RateLimit-Resource": "api", "X-RateLimit-NearLimit": "true"}},
		},
	}
	for _, p := range []struct {
		name, at string
		ref      forge.Ref
	}{
		{"repository", "acme/api", forge.Ref{Store: forge.Actions, Owner: "acme", Repo: "api"}},
		{"deployment", "acme/api/production", forge.Ref{Owner: "acme", Repo: "api", Environment: "production"}},
		{"workspace", "acme", forge.Ref{Owner: "acme"}},
	} {
		s.Places = append(s.Places, forgetest.Place{Name: p.name, Ref: p.ref, Many: 210, Value: func(name string) (string, bool) {
			text, secured, ok := stand.Value(p.at, name)
			return text, ok && secured
		}})
	}
	return s
}

func TestForge(t *testing.T) { forgetest.Run(t, subject) }
