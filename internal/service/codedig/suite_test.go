package codedig_test

import (
	"net/http"
	"testing"
	"testing/synctest"
	"time"

	"github.com/gatewright/gatewright/internal/repo"
	standin "github.com/gatewright/gatewright/internal/sandbox/codedig"
	"github.com/gatewright/gatewright/internal/sandbox/wire"
	"github.com/gatewright/gatewright/internal/sandbox/world"
	"github.com/gatewright/gatewright/internal/secret"
	"github.com/gatewright/gatewright/internal/service"
	"github.com/gatewright/gatewright/internal/service/codedig"
	"github.com/gatewright/gatewright/internal/service/servicetest"
)

const base = "https://codedig.example"

func open(t testing.TB, w *wire.Wire, token string) *codedig.Client {
	api := wire.Client(t, w, base, codedig.Descriptor().Limits)
	return codedig.New(service.Connection{API: api, Token: secret.New(token)})
}

func target() service.Target {
	return service.Target{Repo: repo.Repo{Forge: "github", Owner: "acme", Name: "api"}, PullRequest: 7, Branch: "retry-payments"}
}

func subject(t *testing.T) *servicetest.Subject {
	w := world.New(world.DefaultSeed())
	stand := standin.New(w)
	way := wire.New(w, "codedig", stand)
	key := stand.Key("admin")
	return &servicetest.Subject{
		Client: open(t, way, key), Stranger: open(t, way, "aca_k1_0000000000000000000000000000000000000000"),
		Token: key, Wire: way, World: w, System: "codedig", Target: target(),
		Scope: service.Scope{Forge: "github", Owner: "acme", Name: "api"}, Permissions: []string{"read", "write"},
		Describe: stand.Describe, Live: stand.Live,
	}
}

func TestSuite(t *testing.T) { servicetest.Run(t, subject) }

// TestPlans: whatever the plan, its limit is used up and never run into.
func TestPlans(t *testing.T) {
	for _, plan := range []standin.Plan{5, standin.Free, standin.Team} {
		synctest.Test(t, func(t *testing.T) {
			w := world.New(world.DefaultSeed())
			stand := standin.New(w)
			stand.Plan = plan
			way := wire.New(w, "codedig", stand)
			refused := 0
			way.Watch = func(_ *http.Request, _ []byte, resp *http.Response, _ []byte) {
				if resp.StatusCode == http.StatusTooManyRequests {
					refused++
				}
			}
			c := open(t, way, stand.Key("admin"))
			began := time.Now()
			for i := range 3 * int(plan) {
				if _, err := c.Tokens(t.Context(), service.Scope{}); err != nil {
					t.Fatalf("request %d: %v", i, err)
				}
			}
			if took := time.Since(began); refused > 0 || took < 2*time.Minute || took > 5*time.Minute {
				t.Errorf("plan %d: %d requests in %s, %d refused", plan, 3*plan, took, refused)
			}
		})
	}
}

func TestChangedAnswers(t *testing.T) {
	servicetest.Changed(t, subject, func(_ *testing.T, s *servicetest.Subject) { s.World.Gates.MaxRisk = 50 })
}
