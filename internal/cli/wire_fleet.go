package cli

import (
	"context"
	"encoding/json"
	"errors"
	"os"
	"time"

	"github.com/gatewright/gatewright/internal/fleet"
	"github.com/gatewright/gatewright/internal/forge"
	"github.com/gatewright/gatewright/internal/forge/github"
	"github.com/gatewright/gatewright/internal/rest"
	"github.com/gatewright/gatewright/internal/rest/pace"
	"github.com/gatewright/gatewright/internal/secret"
	"github.com/gatewright/gatewright/internal/service"
	"github.com/gatewright/gatewright/internal/service/codacy"
	"github.com/gatewright/gatewright/internal/service/codedig"
)

// openFleet joins a service and a forge, with what the vendors' documents say
// of each.
func (a *App) openFleet(f *FleetFlags, svc *openedService, host *openedForge) (*openedFleet, error) {
	if f.Secret == "" {
		f.Secret = secretName(svc.Name)
	}
	if svc.Name == "codedig" && len(f.Permission) == 0 {
		f.Permission = []string{"read", "write"} // read findings, trigger the analysis: no more
	}
	policy, err := f.policy()
	if err != nil {
		return nil, err
	}
	fl := &fleet.Fleet{Policy: policy, Clock: fleet.RealClock{}, Workers: f.Workers, ServerTime: host.Clock.Now, Redact: a.Redact}
	if fl.Service, err = a.fleetService(f, svc); err != nil {
		return nil, err
	}
	fl.Forge = fleetForge(host)
	out := &openedFleet{Fleet: fl, flags: *f}
	if gh, ok := host.Client.(*github.Client); ok {
		out.keys = gh
		a.readKeys(f.Journal+".keys", gh)
	}
	return out, nil
}

// secretName is where CI jobs look for a service's token.
func secretName(svc string) string {
	switch svc {
	case "codeant":
		return "CODEANT_API_TOKEN"
	case "codedig":
		return "CODEDIG_TOKEN"
	default:
		return "CODACY_PROJECT_TOKEN"
	}
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
	var err error
	switch svc.Name {
	case "codacy":
		out.MaxTokens, out.MaxLife = 100, 365*24*time.Hour
		out.Limits = []fleet.Limit{{Name: "2,500 requests in 5 minutes", Cap: 2500, Per: 5 * time.Minute, Read: 1, Write: 1}}
		out.Prover, err = a.codacyProver(f, svc)
	case "codedig":
		out.TenantWide = true
		out.Limits = []fleet.Limit{{Name: "100 requests a minute", Cap: 100, Per: time.Minute, Read: 1, Write: 1}}
		out.Prover, err = a.codedigProver(f, svc)
	}
	return out, err
}

// prover asks a service with another token than its client's own.
type prover func(ctx context.Context, s service.Scope, v secret.Value) error

// Prove is fleet's question.
func (p prover) Prove(ctx context.Context, s service.Scope, v secret.Value) error {
	return p(ctx, s, v)
}

// codacyProver shares one set of connections and one budget among all tokens:
// Codacy counts by address.
func (a *App) codacyProver(f *FleetFlags, svc *openedService) (prover, error) {
	cfg, err := a.paced(svc, f.ServiceFlags, rest.Credential{}, pace.Codacy())
	if err != nil {
		return nil, err
	}
	base, err := rest.New(cfg)
	if err != nil {
		return nil, err
	}
	return func(ctx context.Context, s service.Scope, v secret.Value) error {
		c, err := codacy.New(codacy.Config{
			Kind: codacy.RepositoryToken, Token: v,
			Connect: func(header string) (*rest.Client, error) {
				if header == "" {
					return base.With(rest.Credential{}), nil
				}
				return base.With(rest.Header(header, v)), nil
			},
		})
		if err != nil {
			return err
		}
		_, err = c.Check(ctx, s)
		return err
	}, nil
}

func (a *App) codedigProver(f *FleetFlags, svc *openedService) (prover, error) {
	cfg, err := a.paced(svc, f.ServiceFlags, rest.Credential{}, pace.CodeDig())
	if err != nil {
		return nil, err
	}
	base, err := rest.New(cfg)
	if err != nil {
		return nil, err
	}
	return func(ctx context.Context, s service.Scope, v secret.Value) error {
		_, err := codedig.New(codedig.Config{API: base.With(rest.Bearer(v)), Key: v}).Check(ctx, s)
		return err
	}, nil
}

func fleetForge(host *openedForge) fleet.Forge {
	out := fleet.Forge{Name: host.Name, Repositories: host.Client, Secrets: host.Client, Stater: host.Client, Checker: host.Client}
	if s, ok := host.Client.(forge.Sealer); ok {
		out.Sealer = s
	}
	switch host.Name {
	case "github":
		out.Limits = []fleet.Limit{
			{Name: "900 points a minute", Cap: 900, Per: time.Minute, Read: 1, Write: 5},
			{Name: "5,000 requests an hour", Cap: 5000, Per: time.Hour, Read: 1, Write: 1},
		}
	case "gitlab":
		out.Limits = []fleet.Limit{{Name: "2,000 requests a minute", Cap: 2000, Per: time.Minute, Read: 1, Write: 1}}
	case "bitbucket":
		out.Limits = []fleet.Limit{{Name: "1,000 requests an hour", Cap: 1000, Per: time.Hour, Read: 1, Write: 1}}
	}
	return out
}

// keyStore is GitHub's client, whose public keys are worth keeping from run to
// run: half of all requests of a rotation.
type keyStore interface {
	Keys() map[string]github.Key
	SetKeys(keys map[string]github.Key)
}

// readKeys gives the client the keys that an earlier run wrote. They are
// public; without the file they are asked for again.
func (a *App) readKeys(name string, to keyStore) {
	text, err := os.ReadFile(a.path(name))
	if err != nil {
		return
	}
	var keys map[string]github.Key
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
