package connect

import (
	"context"
	"net/url"
	"slices"
	"strings"

	"github.com/gatewright/gatewright/internal/fault"
	"github.com/gatewright/gatewright/internal/fleet"
	"github.com/gatewright/gatewright/internal/rest/pace"
	"github.com/gatewright/gatewright/internal/secret"
	"github.com/gatewright/gatewright/internal/service"
)

// join makes a fleet of a service and a forge, with what the vendors' documents
// say of each. It has no policy yet.
func (f *FleetFlags) join(a *To, svc *Service, host *Forge) (*Fleet, error) {
	fl := &fleet.Fleet{Clock: fleet.RealClock{}, ServerTime: host.Clock.Now, Redact: a.Redact, Notify: func(text string) { a.Say("%s", text) }}
	var err error
	if fl.Service, err = fleetService(a, f.ServiceFlags, svc); err != nil {
		return nil, err
	}
	fl.Forge = fleetForge(host, f.Settings.Organization)
	if of := a.Env("GATEWRIGHT_REHEARSAL_OF"); of != "" && strings.HasPrefix(host.BaseURL, "http://127.0.0.1:") {
		fl.Forge.Host = strings.TrimSuffix(of, PublicHost)
	}
	credentials := operatorSecrets(a, f.ForgeFlags, svc, host)
	return &Fleet{Fleet: fl, to: a, cache: host.Client.Keys, answers: host.Cache, ForgeClock: host.Clock, Keys: a.FleetKeys(f.Unsigned, credentials...)}, nil
}

// PublicHost stands for the public forge in GATEWRIGHT_REHEARSAL_OF, which
// `gatewright sandbox` sets for the record of a fleet.
const PublicHost = "public"

// operatorSecrets are the credentials that only who runs the fleet has, and
// that outlive a run: a service's that makes tokens, the forge's. A token that
// is made for one job, or handed out to every repository, is neither.
func operatorSecrets(a *To, f ForgeFlags, svc *Service, host *Forge) []secret.Value {
	var out []secret.Value
	if _, mints := svc.Client.(service.Minter); mints {
		out = append(out, svc.Token)
	}
	token, from, err := a.ForgeToken(f, host.Descriptor)
	issuer, _ := a.Recognise(token)
	passing := from == "GITHUB_TOKEN" || from == "SYSTEM_ACCESSTOKEN" || strings.Contains(issuer.What, "installation") || strings.Contains(issuer.What, "job")
	if err == nil && !token.Empty() && !passing {
		out = append(out, token)
	}
	if _, key, err := a.ForgeApp(f, host.Descriptor); err == nil && token.Empty() {
		out = append(out, key)
	}
	return out
}

func fleetService(a *To, flags ServiceFlags, svc *Service) (fleet.Service, error) {
	out := fleet.Service{Name: svc.Name, Address: svc.BaseURL}
	var mints bool
	if out.Minter, mints = svc.Client.(service.Minter); !mints {
		if svc.OnlyNamed {
			return out, fault.WithHint(fault.Errorf(fault.Input, "%s has no tokens to give to repositories", svc.Title), "%s", svc.Instead[service.CreateTokens])
		}
		out.Given = svc.Token
		return out, nil
	}
	out.Tokens, _ = svc.Client.(service.TokenLister)
	out.Revoker, _ = svc.Client.(service.Revoker)
	out.Adder, _ = svc.Client.(service.RepositoryAdder)
	out.Repositories, _ = svc.Client.(service.RepositoryLister)
	out.Issue = svc.Issue
	out.Limits = forecastLimits(svc.Limits)
	base, err := a.Template(svc, flags)
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

func fleetForge(host *Forge, owner string) fleet.Forge {
	out := fleet.Forge{
		Name: host.Name, Address: host.BaseURL, Repositories: host.Client, Secrets: host.Client, Stater: host.Client, Checker: host.Client, Sharer: host.Client.Sharer,
		Limits: forecastLimits(host.Limits), Runs: host.Client.Runs, Teams: host.Client.Teams,
	}
	if u, err := url.Parse(host.BaseURL); err == nil && host.BaseURL != host.Public(owner) {
		out.Host = u.Host
	}
	if host.Client.Sealer != nil {
		out.Sealer = host.Client.Sealer
	}
	return out
}
