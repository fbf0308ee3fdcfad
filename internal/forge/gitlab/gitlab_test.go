package gitlab_test

import (
	"strconv"
	"testing"
	"testing/synctest"
	"time"

	"github.com/gatewright/gatewright/internal/fault"
	"github.com/gatewright/gatewright/internal/forge"
	"github.com/gatewright/gatewright/internal/forge/forgetest"
	"github.com/gatewright/gatewright/internal/forge/gitlab"
	standin "github.com/gatewright/gatewright/internal/sandbox/gitlab"
	"github.com/gatewright/gatewright/internal/sandbox/world"
	"github.com/gatewright/gatewright/internal/secret"
)

func open(t testing.TB, w *forgetest.Wire, token string, o forge.WriteOptions) forge.Forge {
	return forgetest.Open(t, gitlab.Descriptor(), w, "https://gitlab.example/api/v4", forge.Opening{Token: secret.New(token), Write: o})
}

func subject(t *testing.T, seed world.Seed) *forgetest.Subject {
	w := world.New(seed)
	stand := standin.New(w)
	wire := forgetest.NewWire(w, "gitlab", stand)
	token := stand.Token(standin.Owner)
	head := w.Repository("acme", "api").PullRequest(7).Head
	o := forge.WriteOptions{Masked: true}
	reset := strconv.FormatInt(time.Now().Add(31*time.Second).Unix(), 10)
	s := &forgetest.Subject{
		Forge: open(t, wire, token, o), Wire: wire, World: w, System: "gitlab", Token: token, Missed: stand.Router.Missed.Lines,
		ReadOnly: open(t, wire, stand.Token(standin.Developer), o),
		Stranger: open(t, wire, "glpat-00000000000000000000", o),
		Owner:    "acme", Shown: "acme", Unknown: []string{"properties"},
		PullRequest: forge.PullRequest{Owner: "acme", Repo: "api", Number: 7}, Commit: head,
		Comments: func() []string { return stand.Comments("acme", "api", 7) },
		Status: func(context string) (string, string) {
			state, what := stand.Status("acme", "api", head, context)
			return state, what
		},
		States: map[string]string{"failure": "failed", "error": "failed"},
		Limits: []world.Fault{
			{Status: 429, Header: map[string]string{"Retry-After": "30", "RateLimit-Limit": "2000", "RateLimit-Remaining": "0", "RateLimit-Reset": reset}, Body: "Retry later"},
			{Status: 429, Header: map[string]string{"RateLimit-Limit": "2000", "RateLimit-Remaining": "0", "RateLimit-Reset": reset}, Body: "Retry later"},
			{Status: 429, Body: "Retry later"},
		},
	}
	for _, p := range []struct {
		name, at, scope string
		ref             forge.Ref
	}{
		{"project", "projects/acme/api", "*", forge.Ref{Store: forge.Actions, Owner: "acme", Repo: "api"}},
		{"project environment", "projects/acme/api", "production", forge.Ref{Owner: "acme", Repo: "api", Environment: "production"}},
		{"group", "groups/acme", "*", forge.Ref{Owner: "acme"}},
	} {
		s.Places = append(s.Places, forgetest.Place{Name: p.name, Ref: p.ref, Value: func(name string) (string, bool) {
			v, ok := stand.Variable(p.at, name, p.scope)
			return v.Value, ok
		}})
	}
	return s
}

func TestForge(t *testing.T) { forgetest.Run(t, subject) }

// A variable that people can read becomes hidden only by delete and create;
// that is planned as such, and others with the same key stay.
func TestHidden(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		w := world.New(world.DefaultSeed())
		stand := standin.New(w)
		wire := forgetest.NewWire(w, "gitlab", stand)
		token := stand.Token(standin.Owner)
		ref := forge.Ref{Owner: "acme", Repo: "api", Name: "TOKEN"}
		plain, hidden := open(t, wire, token, forge.WriteOptions{Masked: true}), open(t, wire, token, forge.WriteOptions{Hidden: true})
		put := func(f forge.Forge, ref forge.Ref, value string, want forge.Written) {
			t.Helper()
			if got, err := f.Put(t.Context(), ref, secret.New(value)); err != nil || got != want {
				t.Fatalf("put: %v, %v; want %v", got, err, want)
			}
		}
		plan := func(f forge.Forge, want forge.Change) {
			t.Helper()
			if got, err := f.Plan(t.Context(), ref); err != nil || got != want {
				t.Errorf("plan: %v, %v; want %v", got, err, want)
			}
		}
		other := ref
		other.Environment = "production"
		put(plain, other, "value-of-production", forge.Created)
		put(plain, ref, "first-value-12345", forge.Created)
		if v, _ := stand.Variable("projects/acme/api", "TOKEN", "*"); v != (standin.Variable{Value: "first-value-12345", Masked: true, Raw: true}) {
			t.Errorf("made as %+v", v)
		}
		plan(hidden, forge.Recreate)
		put(hidden, ref, "second-value-12345", forge.Replaced)
		if v, _ := stand.Variable("projects/acme/api", "TOKEN", "*"); !v.Hidden || v.Value != "second-value-12345" {
			t.Errorf("made as %+v", v)
		}
		plan(hidden, forge.Replace)
		plan(plain, forge.Replace)
		put(plain, ref, "third-value-12345", forge.Replaced)
		if v, _ := stand.Variable("projects/acme/api", "TOKEN", "*"); !v.Hidden || v.Value != "third-value-12345" {
			t.Errorf("replaced as %+v", v)
		}
		if v, _ := stand.Variable("projects/acme/api", "TOKEN", "production"); v.Value != "value-of-production" {
			t.Errorf("production holds %+v", v)
		}
	})
}

// What GitLab cannot mask is refused before anything is sent.
func TestMaskedValues(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		w := world.New(world.DefaultSeed())
		stand := standin.New(w)
		wire := forgetest.NewWire(w, "gitlab", stand)
		token := stand.Token(standin.Owner)
		masked, bare := open(t, wire, token, forge.WriteOptions{Masked: true}), open(t, wire, token, forge.WriteOptions{})
		ref := forge.Ref{Owner: "acme", Repo: "api", Name: "TOKEN"}
		for _, value := range []string{"short", "with space inside", "with\nlines inside"} {
			if _, err := masked.Put(t.Context(), ref, secret.New(value)); fault.Of(err) != fault.Input {
				t.Errorf("%q: %v", value, err)
			}
		}
		if sent := wire.Sent(); len(sent) != 0 {
			t.Errorf("sent %v", sent)
		}
		if _, err := bare.Put(t.Context(), ref, secret.New("short")); err != nil {
			t.Error(err)
		}
	})
}
