package connect

import (
	"context"
	"net/url"
	"strings"

	"github.com/gatewright/gatewright/internal/fault"
	"github.com/gatewright/gatewright/internal/fleet"
	"github.com/gatewright/gatewright/internal/fleet/journal"
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
	out := &Fleet{Fleet: fl, to: a, ForgeClock: host.Clock, Keys: a.FleetKeys(f.Unsigned, credentials...)}
	out.PublicKeys, out.Answers = keptKeys(out, host.Client.Keys), keptAnswers(out, host.Cache)
	return out, nil
}

// PublicHost stands for the public forge in GATEWRIGHT_REHEARSAL_OF, which
// `gatewright sandbox` sets for the record of a fleet.
const PublicHost = "public"

// FleetKeys returns what signs a fleet's journal, plan and public keys:
// GATEWRIGHT_FLEET_KEY, or a key made from a credential that only the operator
// has. Whoever has none of these, and can write the files, is not believed.
func (a *To) FleetKeys(unsigned bool, credentials ...secret.Value) journal.Keys {
	k := journal.Keys{Unsigned: unsigned}
	own := secret.New(a.Env("GATEWRIGHT_FLEET_KEY"))
	before := secret.New(a.Env("GATEWRIGHT_FLEET_PREVIOUS_KEY"))
	a.Hide(own, before)
	for _, v := range append([]secret.Value{own}, append(credentials, before)...) {
		key := journal.KeyFrom(v)
		switch {
		case key.Empty():
		case k.Sign.Empty() && !v.Equal(before):
			k.Sign = key
		default:
			k.Previous = append(k.Previous, key)
		}
	}
	return k
}

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
	if _, key, err := a.forgeApp(f, host.Descriptor); err == nil && token.Empty() {
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
	out.Limits = svc.Limits
	base, err := a.connection(svc, flags, foundToken{}) // each token is put in below
	out.Prove = func(ctx context.Context, s service.Scope, v secret.Value) error {
		c := base // its connections and budget are shared by all tokens
		c.Token, c.Kind = v, svc.KindOf(svc.Secret)
		return svc.Prove(ctx, c, s)
	}
	return out, err
}

func fleetForge(host *Forge, owner string) fleet.Forge {
	out := fleet.Forge{Forge: host.Client, Name: host.Name, Address: host.BaseURL, AnyCase: host.Secret.AnyCase, Limits: host.Limits}
	if u, err := url.Parse(host.BaseURL); err == nil && host.BaseURL != host.Public(owner) {
		out.Host = u.Host
	}
	return out
}
