package cli

import (
	"cmp"
	"context"
	"encoding/json"
	"errors"
	"os"
	"slices"

	"github.com/gatewright/gatewright/internal/fleet"
	"github.com/gatewright/gatewright/internal/forge"
	"github.com/gatewright/gatewright/internal/rest/pace"
	"github.com/gatewright/gatewright/internal/secret"
	"github.com/gatewright/gatewright/internal/service"
)

// openFleet joins a service and a forge, with what the vendors' documents say
// of each.
func (a *App) openFleet(f *FleetFlags, svc *openedService, host *openedForge) (*openedFleet, error) {
	if f.Secret == "" {
		f.Secret = svc.Secret
	}
	if len(f.Permission) == 0 {
		f.Permission = svc.Issue.Permissions
	}
	policy, err := f.policy()
	if err != nil {
		return nil, err
	}
	policy.Life = cmp.Or(policy.Life, svc.Issue.Usual)
	fl := &fleet.Fleet{Policy: policy, Clock: fleet.RealClock{}, Workers: f.Workers, ServerTime: host.Clock.Now, Redact: a.Redact}
	if fl.Service, err = a.fleetService(f, svc); err != nil {
		return nil, err
	}
	fl.Forge = fleetForge(host)
	out := &openedFleet{Fleet: fl, flags: *f}
	if out.keys = host.Client.Keys; out.keys != nil {
		a.readKeys(f.Journal+".keys", out.keys)
	}
	return out, nil
}

func (a *App) fleetService(f *FleetFlags, svc *openedService) (fleet.Service, error) {
	out := fleet.Service{Name: svc.Name, Provider: f.Provider}
	if minter, ok := svc.Client.(service.Minter); ok {
		out.Minter = minter
	} else {
		out.Given = svc.Token
		return out, nil
	}
	if l, ok := svc.Client.(service.TokenLister); ok {
		out.Tokens = l
	}
	if r, ok := svc.Client.(service.Revoker); ok {
		out.Revoker = r
	}
	if r, ok := svc.Client.(service.RepositoryLister); ok {
		out.Repositories = r
	}
	out.MaxTokens, out.MaxLife, out.TenantWide = svc.Issue.Max, svc.Issue.Longest, svc.Issue.TenantWide
	out.Limits = forecastLimits(svc.Limits)
	base, err := a.connection(svc, f.ServiceFlags, foundToken{})
	out.Prover = prover(func(ctx context.Context, s service.Scope, v secret.Value) error {
		c := base // its connections and budget are shared by all tokens
		c.Token, c.Kind = v, svc.KindOf(svc.Secret)
		return svc.Prove(ctx, c, s)
	})
	return out, err
}

// forecastLimits are the limits that a forecast reckons with.
func forecastLimits(p pace.Profile) []fleet.Limit {
	var out []fleet.Limit
	for _, w := range slices.Concat(p.Windows, p.Usual) {
		if w.Unit != pace.Seconds {
			out = append(out, fleet.Limit{Name: w.What, Cap: int(w.Cap), Per: w.Per, Read: int(w.Cost("GET")), Write: int(w.Cost("PUT"))})
		}
	}
	return out
}

// prover asks a service with another token than its client's own.
type prover func(ctx context.Context, s service.Scope, v secret.Value) error

// Prove is fleet's question.
func (p prover) Prove(ctx context.Context, s service.Scope, v secret.Value) error {
	return p(ctx, s, v)
}

func fleetForge(host *openedForge) fleet.Forge {
	out := fleet.Forge{
		Name: host.Name, Repositories: host.Client, Secrets: host.Client, Stater: host.Client, Checker: host.Client, Limits: forecastLimits(host.Limits),
	}
	if host.Client.Sealer != nil {
		out.Sealer = host.Client.Sealer
	}
	return out
}

// readKeys hands the client the keys that an earlier run wrote. They are
// public; without the file they are asked for again.
func (a *App) readKeys(name string, to forge.KeyCache) {
	text, err := os.ReadFile(a.path(name))
	if err != nil {
		return
	}
	var keys map[string]forge.Key
	if err := json.Unmarshal(text, &keys); err != nil {
		a.say("%s cannot be read, so public keys are asked for again: %v", name, err)
		return
	}
	to.SetKeys(keys)
}

// writeKeys keeps the keys for the next run.
func (a *App) writeKeys(f *openedFleet) {
	if f.keys == nil || len(f.keys.Keys()) == 0 {
		return
	}
	text, err := json.Marshal(f.keys.Keys())
	if err == nil {
		err = os.WriteFile(a.path(f.flags.Journal+".keys"), append(text, '\n'), 0o600)
	}
	if err != nil && !errors.Is(err, context.Canceled) {
		a.say("public keys are not kept for the next run: %v", err)
	}
}
