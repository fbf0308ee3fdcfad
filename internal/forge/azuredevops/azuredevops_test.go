package azuredevops_test

import (
	"net/http"
	"testing"
	"testing/synctest"
	"time"

	"github.com/gatewright/gatewright/internal/forge"
	"github.com/gatewright/gatewright/internal/forge/azuredevops"
	"github.com/gatewright/gatewright/internal/forge/forgetest"
	"github.com/gatewright/gatewright/internal/rest"
	"github.com/gatewright/gatewright/internal/rest/pace"
	standin "github.com/gatewright/gatewright/internal/sandbox/azuredevops"
	"github.com/gatewright/gatewright/internal/sandbox/world"
	"github.com/gatewright/gatewright/internal/secret"
)

func open(t testing.TB, w *forgetest.Wire, token string) *azuredevops.Client {
	return azuredevops.New(forgetest.Rest(t, w, "https://azure.example/acme", rest.Basic("", secret.New(token)), pace.Azure()))
}

func subject(t *testing.T, seed world.Seed) *forgetest.Subject {
	return subjectBehind(t, seed, func(h http.Handler) http.Handler { return h })
}

// subjectBehind puts a handler in front of the stand-in.
func subjectBehind(t *testing.T, seed world.Seed, front func(http.Handler) http.Handler) *forgetest.Subject {
	w := world.New(seed)
	stand := standin.New(w)
	stand.AddGroup("acme", "shared", map[string]string{"REGION": "eu"})
	wire := forgetest.NewWire(w, "azuredevops", front(stand))
	token := stand.Token(standin.Full)
	head := w.Repository("acme", "api").PullRequest(7).Head
	value := func(text string, secret, ok bool) (string, bool) {
		if ok && !secret {
			return "in clear: " + text, true
		}
		return text, ok
	}
	return &forgetest.Subject{
		Forge: open(t, wire, token), Wire: wire, World: w, System: "azuredevops", Token: token, Missed: stand.Router.Missed.Lines,
		ReadOnly: open(t, wire, stand.Token(standin.Code)), Stranger: open(t, wire, "0000000000000000000000000000000000000000"),
		Owner: "acme", Shown: "acme/platform", Unknown: []string{"topics", "properties", "language", "archived", "visibility"},
		PullRequest: forge.PullRequest{Owner: "acme/platform", Repo: "api", Number: 7}, Commit: head,
		Comments: func() []string { return stand.Comments("acme", "api", 7) },
		Status:   func(context string) (string, string) { return stand.Status("acme", "api", head, context) },
		States:   map[string]string{"success": "succeeded", "failure": "failed"},
		BadNames: []string{"system.debug", "Path"},
		Limits: []world.Fault{
			{Header: map[string]string{"Retry-After": "30", "X-RateLimit-Delay": "29"}},
			{Status: 429, Header: map[string]string{"Retry-After": "30"}, Body: `{"message":"TF400733: The request has been canceled: Request was blocked due to exceeding usage of resource 'Concurrency' in namespace 'User ID.'"}`},
			{Status: 429, Header: map[string]string{"Retry-After": time.Now().Add(31 * time.Second).UTC().Format("Mon, 02 Jan 2006 15:04:05 GMT")}},
			{Status: 503, Header: map[string]string{"Retry-After": "30"}},
		},
		Places: []forgetest.Place{
			{
				Name: "group of the repository", Ref: forge.Ref{Owner: "acme/platform", Repo: "api"}, Many: 40,
				Value: func(name string) (string, bool) { return value(stand.Value("acme", "api", name)) },
			},
			{
				Name: "group by name", Ref: forge.Ref{Store: forge.Group, Owner: "acme/platform", Holder: "shared-secrets"}, Many: 40,
				Value: func(name string) (string, bool) { return value(stand.Value("acme", "shared-secrets", name)) },
			},
			{
				Name: "pipeline", Ref: forge.Ref{Store: forge.Pipeline, Owner: "acme/platform", Holder: "api"}, Many: 40,
				Value: func(name string) (string, bool) { return value(stand.PipelineValue("acme", "api", name)) },
			},
		},
	}
}

func TestForge(t *testing.T) { forgetest.Run(t, subject) }

// A group that people made keeps its description, its variables in clear and
// in secret, and its place in the project.
func TestGroupMadeByHand(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		w := world.New(world.DefaultSeed())
		stand := standin.New(w)
		stand.AddGroup("acme", "shared", map[string]string{"REGION": "eu", "TIER": "1"})
		wire := forgetest.NewWire(w, "azuredevops", stand)
		c := open(t, wire, stand.Token(standin.Full))
		ref := forge.Ref{Store: forge.Group, Owner: "acme/platform", Holder: "shared", Name: "TOKEN"}
		for _, v := range []string{"first-value-12345", "second-value-12345"} {
			if _, err := c.Put(t.Context(), ref, secret.New(v)); err != nil {
				t.Fatal(err)
			}
		}
		if v, hidden, ok := stand.Value("acme", "shared", "REGION"); v != "eu" || hidden || !ok {
			t.Errorf("REGION is %q, secret %v, there %v", v, hidden, ok)
		}
		if v, hidden, ok := stand.Value("acme", "shared", "TOKEN"); v != "second-value-12345" || !hidden || !ok {
			t.Errorf("TOKEN is %q, secret %v, there %v", v, hidden, ok)
		}
		lower := ref
		lower.Name = "token" // the same variable: names do not differ by case
		if written, err := c.Put(t.Context(), lower, secret.New("third-value-12345")); err != nil || written != forge.Replaced {
			t.Errorf("put in lower case: %v, %v", written, err)
		}
		if v, _, _ := stand.Value("acme", "shared", "TOKEN"); v != "third-value-12345" {
			t.Errorf("TOKEN is %q", v)
		}
	})
}

// Somebody edits the pipeline between our reading and our writing: both edits stay.
func TestPipelineConflict(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		w := world.New(world.DefaultSeed())
		stand := standin.New(w)
		wire := forgetest.NewWire(w, "azuredevops", stand)
		one, other := open(t, wire, stand.Token(standin.Full)), open(t, wire, stand.Token(standin.Full)) // as two processes
		done := make(chan error)
		ref := forge.Ref{Store: forge.Pipeline, Owner: "acme/platform", Holder: "api"}
		for i, c := range []*azuredevops.Client{one, other, one, other} {
			ref := ref
			ref.Name = string(rune('A' + i))
			go func() {
				_, err := c.Put(t.Context(), ref, secret.New("value-of-"+ref.Name))
				done <- err
			}()
		}
		for range 4 {
			if err := <-done; err != nil {
				t.Error(err)
			}
		}
		for _, name := range []string{"A", "B", "C", "D"} {
			if v, _, _ := stand.PipelineValue("acme", "api", name); v != "value-of-"+name {
				t.Errorf("%s holds %q", name, v)
			}
		}
	})
}
