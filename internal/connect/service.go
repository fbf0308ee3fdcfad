package connect

import (
	"cmp"
	"errors"
	"slices"
	"strings"

	"github.com/gatewright/gatewright/internal/ci"
	"github.com/gatewright/gatewright/internal/fault"
	"github.com/gatewright/gatewright/internal/rest"
	"github.com/gatewright/gatewright/internal/secret"
	"github.com/gatewright/gatewright/internal/service"
)

// ServiceFlags choose the token service and say where its token is. No flag
// takes the token itself: arguments are seen by every process of the machine.
type ServiceFlags struct {
	Service      string `placeholder:"NAME" help:"Token service: codacy, codeant or codedig; or github, for its own code coverage. Without it the token's prefix, or the variable it came from, decides."`
	BaseURL      string `name:"base-url" placeholder:"URL" help:"Address of the service, if it is not the public one."`
	TokenFile    string `name:"token-file" placeholder:"FILE" help:"Read the token from this file."`
	TokenStdin   bool   `name:"token-stdin" help:"Read the token from standard input."`
	TokenKind    string `name:"token-kind" enum:"auto,repository,account" default:"auto" help:"Kind of a Codacy token: repository or account; it also chooses the variable. auto takes what the command needs, and believes the variable it came from, or else asks Codacy."`
	InsecureHTTP bool   `name:"insecure-http" help:"Allow plain http to hosts other than this machine. The token can then be read on the way."`

	// Token is a token that the command found itself, as the Action does in its
	// inputs; TokenFrom says where, for messages. It precedes all variables.
	Token     secret.Value `kong:"-"`
	TokenFrom string       `kong:"-"`
}

// kind is the kind of token that the user named, or AnyToken.
func (f ServiceFlags) kind() service.TokenKind {
	if f.TokenKind == "auto" {
		return service.AnyToken
	}
	return service.TokenKind(f.TokenKind)
}

// mean reports whether the flags leave open, or say, that the service is meant.
func (f ServiceFlags) mean(s service.Descriptor) bool {
	return f.Service == s.Name || f.Service == "" && !s.OnlyNamed
}

// ServiceNames are the services that a token chooses, and a fleet may use.
func (a *To) ServiceNames() []string {
	var out []string
	for _, s := range a.Services {
		if !s.OnlyNamed {
			out = append(out, s.Name)
		}
	}
	return out
}

// ServiceNamed returns the service of that name, or an error that lists all.
func (a *To) ServiceNamed(name string) (service.Descriptor, error) {
	var known []string
	for _, s := range a.Services {
		if s.Name == name {
			return s, nil
		}
		known = append(known, s.Name)
	}
	return service.Descriptor{}, fault.WithHint(fault.Errorf(fault.Input, "unknown service %q; known: %s", name, strings.Join(known, ", ")),
		"name it with --service")
}

// Recognise returns who issued the token, by its prefix: a service or a forge.
func (a *To) Recognise(token secret.Value) (issuer, bool) {
	for _, s := range a.Services {
		if s.Prefix != "" && token.HasPrefix(s.Prefix) {
			return issuer{s.Name, s.TokenIs, s.Prefix}, true
		}
	}
	for _, f := range a.Forges {
		for _, p := range f.Prefixes {
			if token.HasPrefix(p.Text) {
				return issuer{f.Name, p.What, p.Text}, true
			}
		}
	}
	return issuer{}, false
}

// issuer is who made a token: a service or a forge, and what it calls it.
type issuer struct{ System, What, Prefix string }

// Service is a token service ready to be asked.
type Service struct {
	service.Descriptor
	BaseURL   string       // where it is
	Token     secret.Value // empty if none is needed
	TokenFrom string       // "CODACY_API_TOKEN", "the file token.txt", …
	Client    any          // implements what it can of the service package's interfaces

	others []string // names of the other services
	// other opens the service with the token of another kind, if a variable holds
	// one and nobody named the token; else it is nil.
	other func(kind service.TokenKind) (*Service, error)
}

// withToken returns the service opened with the kind of token that fits what is
// wanted best: where variables hold tokens of several kinds, an upload takes
// the repository's, and what only an account may do takes the account's.
func (o *Service) withToken(kind service.TokenKind) (*Service, error) {
	if o.other == nil {
		return o, nil
	}
	return o.other(kind)
}

// Capability returns the service as a T, or an error that says that it cannot do what
// T stands for and what to do instead.
func Capability[T any](o *Service, what service.Ability) (T, error) {
	t, ok := o.Client.(T)
	if !ok {
		return t, o.lacks(what)
	}
	return t, nil
}

// lacks is the error that the service cannot do something.
func (o *Service) lacks(what service.Ability) error {
	hint := o.Instead[what]
	if hint == "" {
		hint = "choose another service with --service: " + strings.Join(o.others, " or ")
	}
	return fault.WithHint(fault.Errorf(fault.Input, "%s cannot %s: %w", o.Title, what, errors.ErrUnsupported), "%s", hint)
}

// OpenService finds the service and its token. Nothing is sent. Without any
// token the error is one for which isNoToken holds.
func (a *To) OpenService(f ServiceFlags) (*Service, error) {
	found, err := a.findToken(f)
	if err != nil {
		return nil, err
	}
	info, err := a.whichService(f, found)
	if err != nil {
		return nil, err
	}
	return a.connectService(info, f, found)
}

// OpenAccount is openService for what only an account's token may do, at
// services that have such.
func (a *To) OpenAccount(f ServiceFlags) (*Service, error) {
	o, err := a.OpenService(f)
	if err != nil {
		return nil, a.noAccountToken(f, err)
	}
	return o.withToken(service.AccountToken)
}

// noAccountToken returns err; where it is that none was found, it says of which
// services an account's is wanted, and in which variables.
func (a *To) noAccountToken(f ServiceFlags, err error) error {
	if !service.IsNoToken(err) {
		return err
	}
	text, after := err.Error(), "another service's token is named by --service"
	var wanted []string
	for _, s := range a.Services {
		for _, v := range s.Tokens {
			if v.Kind != service.AccountToken || !f.mean(s) {
				continue
			}
			wanted = append(wanted, v.Name+" to an account's API token of "+s.Title)
			if f.Service != "" {
				text = "no token for " + s.Name + ": " + v.Name + " is not set" + a.unexpanded([]string{v.Name})
				after = "a repository's own token may not list or make tokens"
			}
		}
	}
	if len(wanted) == 0 {
		return err
	}
	return fault.WithHint(service.MissingToken{Text: text}, "set %s, or use --token-file; %s", strings.Join(wanted, ", or "), cmp.Or(ci.Withheld(a.Getenv), after))
}

// OpenPublicService is openService for commands that can do without a token at
// a service, named with --service, that shows public repositories to everyone.
func (a *To) OpenPublicService(f ServiceFlags) (*Service, error) {
	o, err := a.OpenService(f)
	if !service.IsNoToken(err) || f.Service == "" {
		return o, err
	}
	if info, named := a.ServiceNamed(f.Service); named != nil || !info.Public {
		return o, err
	}
	return a.OpenWithoutToken(f)
}

// OpenWithoutToken opens the service that the flags name, or the first, for a
// dry run: it can say what it would send and is not asked anything.
func (a *To) OpenWithoutToken(f ServiceFlags) (*Service, error) {
	info, err := a.ServiceNamed(cmp.Or(f.Service, a.Services[0].Name))
	if err != nil {
		return nil, err
	}
	return a.connectService(info, f, foundToken{kind: service.NoToken, from: "nowhere"})
}

func (a *To) connectService(info service.Descriptor, f ServiceFlags, found foundToken) (*Service, error) {
	a.Hide(found.token)
	if what := secret.Wrapped(a.Getenv(found.from)); what != "" {
		a.warnWrapped(found.from, what)
	}
	o := &Service{Descriptor: info, Token: found.token, TokenFrom: found.from}
	o.others = slices.DeleteFunc(a.ServiceNames(), func(name string) bool { return name == o.Name })
	o.BaseURL = cmp.Or(f.BaseURL, a.Env("GATEWRIGHT_BASE_URL"), a.Env(info.Address), info.BaseURL)
	if info.Origin != nil {
		o.BaseURL = info.Origin(o.BaseURL)
	}
	c, err := a.connection(o, f, found)
	if err != nil {
		return nil, err
	}
	o.Client = info.Open(c)
	if found.variable && f.kind() == service.AnyToken {
		o.other = func(kind service.TokenKind) (*Service, error) {
			v, token := a.variableOf(info, f, kind)
			if v.Kind != kind || token.Empty() || v.Name == found.from {
				return o, nil
			}
			return a.connectService(info, f, foundToken{token: token, from: v.Name, service: info.Name, kind: v.Kind})
		}
	}
	return o, nil
}

// connection makes what a service's client is made of, with the budget of the
// token: all clients of the process that share a token share its rate limits.
func (a *To) connection(o *Service, f ServiceFlags, found foundToken) (service.Connection, error) {
	cfg, err := a.RestConfig(o.Title, o.BaseURL, f.InsecureHTTP)
	if err != nil {
		return service.Connection{}, err
	}
	credential := found.token.Fingerprint()
	if o.PerAddress {
		credential = ""
	}
	a.paced(&cfg, o.Limits, credential)
	api, err := rest.New(cfg)
	return service.Connection{
		Token: found.token, Kind: found.kind, API: api, Notify: a.Notify,
		Dial: func(system, origin string) (*rest.Client, error) {
			cfg, err := a.RestConfig(system, origin, f.InsecureHTTP)
			if err != nil {
				return nil, err
			}
			return rest.New(cfg)
		},
	}, err
}

// whichService decides which service the token is for: the flag, the token's
// prefix, the variable it was in. Where they disagree it is an error: a token
// sent to the wrong service is a token given away.
func (a *To) whichService(f ServiceFlags, found foundToken) (service.Descriptor, error) {
	issuer, known := a.Recognise(found.token)
	byPrefix := ""
	if d, err := a.ServiceNamed(issuer.System); known && err == nil && !d.OnlyNamed {
		byPrefix = issuer.System
	}
	wanted, why := f.Service, "--service "+f.Service
	if wanted == "" {
		wanted, why = found.service, found.from
	}
	switch {
	case wanted != "" && byPrefix != "" && wanted != byPrefix:
		return service.Descriptor{}, fault.WithHint(
			fault.Errorf(fault.Input, "%s says %s, and the token from %s is a %s (prefix %s)", why, wanted, found.from, issuer.What, issuer.Prefix),
			"use the token of the service you mean; nothing was sent")
	case wanted != "":
	case byPrefix != "":
		wanted = byPrefix
	case known:
		return service.Descriptor{}, fault.WithHint(
			fault.Errorf(fault.Input, "the token from %s is a %s, not a token of any of the services", found.from, issuer.What),
			"if a service is still used with a token of your Git host, name it with --service; nothing was sent")
	default:
		wanted = a.Services[0].Name
	}
	return a.ServiceNamed(wanted)
}
