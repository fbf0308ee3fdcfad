package github_test

import (
	"errors"
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
		stand.Quirks.NoRuns = true
		c := open(t, wire, stand.Token("github_pat_", standin.Full), forge.WriteOptions{})
		ref := forge.Ref{Owner: "acme", Repo: "api", Store: forge.Actions, Name: "TOKEN"}
		run, err := c.Runs.OpenRun(t.Context(), ref, time.Now())
		if run != nil || fault.Of(err) != fault.Auth || fault.Hint(err) != "give the token the permission actions: read" {
			t.Errorf("%v, %v, hint %q", run, err, fault.Hint(err))
		}
		stand.Quirks.NoRuns = false
		ref.Store = forge.Codespaces
		if run, err := c.Runs.OpenRun(t.Context(), ref, time.Now()); run != nil || !errors.Is(err, errors.ErrUnsupported) {
			t.Errorf("codespaces: %v, %v", run, err)
		}
	})
}

// When a personal token ends is known from the answers.
func TestExpiringToken(t *testing.T) {
	scene(t, func(t *testing.T, _ *world.World, stand *standin.Server, wire *forgetest.Wire) {
		stand.Quirks.Expiring = true
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
		stand.Quirks.OpaqueTags = true
		c := open(t, wire, stand.Token("ghp_", standin.Full), forge.WriteOptions{})
		for range 2 {
			if names, err := listed(t, c, "acme"); err != nil || len(names) == 0 {
				t.Errorf("%v, %v", names, err)
			}
		}
	})
}
