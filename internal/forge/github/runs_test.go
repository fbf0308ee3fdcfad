package github_test

import (
	"errors"
	"fmt"
	"net/http"
	"strings"
	"testing"
	"time"

	"github.com/gatewright/gatewright/internal/fault"
	"github.com/gatewright/gatewright/internal/forge"
	"github.com/gatewright/gatewright/internal/forge/forgetest"
	"github.com/gatewright/gatewright/internal/forge/github"
	"github.com/gatewright/gatewright/internal/rest"
	standin "github.com/gatewright/gatewright/internal/sandbox/github"
	"github.com/gatewright/gatewright/internal/sandbox/world"
	"github.com/gatewright/gatewright/internal/secret"
)

// Runs that may not be listed are not "none", nor are those that nobody lists.
func TestRunsNotToBeSeen(t *testing.T) {
	scene(t, func(t *testing.T, _ *world.World, stand *standin.Server, wire *forgetest.Wire) {
		stand.World.Turn(true, standin.NoRuns)
		c := open(t, wire, stand.Token("github_pat_", standin.Full), forge.WriteOptions{})
		ref := forge.Ref{Owner: "acme", Repo: "api", Store: forge.Actions, Name: "TOKEN"}
		run, err := c.Runs.OpenRun(t.Context(), ref, time.Now())
		if run != nil || fault.Of(err) != fault.Auth || fault.Hint(err) != "give the token the permission actions: read" {
			t.Errorf("%v, %v, hint %q", run, err, fault.Hint(err))
		}
		stand.World.Turn(false, standin.NoRuns)
		ref.Store = forge.Codespaces
		if run, err := c.Runs.OpenRun(t.Context(), ref, time.Now()); run != nil || !errors.Is(err, errors.ErrUnsupported) {
			t.Errorf("codespaces: %v, %v", run, err)
		}
	})
}

// TestRunThatGoesOn: a run that is approved, or waits again, while one status after
// another is asked for is found all the same.
func TestRunThatGoesOn(t *testing.T) {
	for name, status := range map[string]func(asked int) string{
		"approved": func(asked int) string { return map[bool]string{true: "waiting", false: "in_progress"}[asked < 3] },
		"begun":    func(asked int) string { return map[bool]string{true: "queued", false: "in_progress"}[asked < 4] },
		"waits":    func(asked int) string { return map[bool]string{true: "in_progress", false: "waiting"}[asked < 5] },
	} {
		asked := 0
		s := subjectBehind(t, world.DefaultSeed(), func(http.Handler) http.Handler {
			return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
				of := r.URL.Query().Get("status")
				runs := []string{}
				if of == "" {
					for i := range 100 {
						runs = append(runs, fmt.Sprintf(`{"id":%d,"status":"completed","created_at":"2026-01-01T00:00:00Z"}`, 1000+i))
					}
				} else if asked++; of == status(asked) {
					runs = []string{fmt.Sprintf(`{"id":1,"status":%q,"created_at":"2026-01-01T00:00:00Z"}`, of)}
				}
				fmt.Fprintf(w, `{"total_count":%d,"workflow_runs":[%s]}`, len(runs)+map[bool]int{true: 1}[of == ""], strings.Join(runs, ","))
			})
		})
		run, err := s.Forge.Runs.OpenRun(t.Context(), forge.Ref{Owner: "acme", Repo: "api", Name: "TOKEN"}, time.Now())
		if err != nil || run == nil {
			t.Errorf("%s: %v, %v", name, run, err)
		}
	}
}

// When a personal token ends is known from the answers.
func TestExpiringToken(t *testing.T) {
	scene(t, func(t *testing.T, _ *world.World, stand *standin.Server, wire *forgetest.Wire) {
		stand.World.Turn(true, standin.Expiring)
		clock := &rest.ServerClock{}
		c, err := github.Descriptor().Open(forge.Opening{
			Token: secret.New(stand.Token("github_pat_", standin.Full)), Rest: rest.Config{System: "GitHub", BaseURL: "https://api.github.com", Transport: wire, Clock: clock},
		})
		if err != nil {
			t.Fatal(err)
		}
		if _, err := listed(t, c, "acme"); err != nil {
			t.Fatal(err)
		}
		if left := time.Until(clock.CredentialEnds()); left < 47*time.Hour || left > 49*time.Hour {
			t.Errorf("it ends in %s", left)
		}
	})
}

// An answer that did not change is asked for again at no cost, whatever the way
// in which GitHub computes its ETags.
func TestOpaqueTags(t *testing.T) {
	scene(t, func(t *testing.T, _ *world.World, stand *standin.Server, wire *forgetest.Wire) {
		stand.World.Turn(true, standin.OpaqueTags)
		c := open(t, wire, stand.Token("ghp_", standin.Full), forge.WriteOptions{})
		for range 2 {
			if names, err := listed(t, c, "acme"); err != nil || len(names) == 0 {
				t.Errorf("%v, %v", names, err)
			}
		}
	})
}
