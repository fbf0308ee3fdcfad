package cli

import (
	"cmp"
	"errors"
	"fmt"
	"slices"
	"strings"

	"github.com/gatewright/gatewright/internal/fault"
	"github.com/gatewright/gatewright/internal/secret"
	"github.com/gatewright/gatewright/internal/service/codacy"
)

// ServiceFlags choose the token service and say where its token is. No flag
// takes the token itself: arguments are seen by every process of the machine.
type ServiceFlags struct {
	Service      string `placeholder:"NAME" help:"Token service: codacy, codeant or codedig. Without it the token's prefix, or the variable it came from, decides."`
	BaseURL      string `name:"base-url" placeholder:"URL" help:"Address of the service, if it is not the public one."`
	TokenFile    string `name:"token-file" placeholder:"FILE" help:"Read the token from this file."`
	TokenStdin   bool   `name:"token-stdin" help:"Read the token from standard input."`
	TokenKind    string `name:"token-kind" enum:"auto,repository,account" default:"auto" help:"Kind of a Codacy token: repository or account; auto believes the variable it came from, or else asks Codacy."`
	InsecureHTTP bool   `name:"insecure-http" help:"Allow plain http to hosts other than this machine. The token can then be read on the way."`

	// Token is a token that the command found itself, as the Action does in its
	// inputs; TokenFrom says where, for messages. It precedes all variables.
	Token     secret.Value `kong:"-"`
	TokenFrom string       `kong:"-"`
}

func serviceNames() []string {
	var out []string
	for _, s := range services() {
		out = append(out, s.name)
	}
	return out
}

func serviceNamed(name string) (serviceInfo, error) {
	for _, s := range services() {
		if s.name == name {
			return s, nil
		}
	}
	return serviceInfo{}, fault.WithHint(fault.Errorf(fault.Input, "unknown service %q; known: %s", name, strings.Join(serviceNames(), ", ")),
		"name it with --service")
}

// noTokenError says that no token was found anywhere, which a command may skip
// over where the user said so.
type noTokenError struct{ text string }

func (e noTokenError) Error() string { return e.text }

// Unwrap makes it an authentication failure.
func (e noTokenError) Unwrap() error { return fault.Auth }

// isNoToken reports whether there was no token at all, as opposed to a wrong one.
func isNoToken(err error) bool {
	var e noTokenError
	return errors.As(err, &e)
}

// openedService is a token service ready to be asked.
type openedService struct {
	Name      string // "codacy"
	Title     string // "Codacy"
	BaseURL   string
	Token     secret.Value // empty if none is needed
	TokenFrom string       // "CODACY_API_TOKEN", "the file token.txt", …
	Client    any          // implements what it can of the service package's interfaces
	NoTokens  string       // what to do instead where the service has no API for tokens
}

// able gives the service as a T, or says that it cannot do what T stands for.
func able[T any](o *openedService, what string) (T, error) {
	t, ok := o.Client.(T)
	if ok {
		return t, nil
	}
	others := slices.DeleteFunc(serviceNames(), func(name string) bool { return name == o.Name })
	return t, fault.WithHint(fault.Errorf(fault.Input, "%s cannot %s: %w", o.Title, what, errors.ErrUnsupported),
		"choose another service with --service: %s", strings.Join(others, " or "))
}

// openService finds the service and its token. Nothing is sent. Without any
// token the error is one for which isNoToken holds.
func (a *App) openService(f ServiceFlags) (*openedService, error) {
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

// openPublicService is openService for commands that can do without a token at
// a service that shows public repositories to everyone: Codacy, named with
// --service.
func (a *App) openPublicService(f ServiceFlags) (*openedService, error) {
	o, err := a.openService(f)
	if !isNoToken(err) || f.Service != "codacy" {
		return o, err
	}
	info, err := serviceNamed(f.Service)
	if err != nil {
		return nil, err
	}
	return a.connectService(info, f, foundToken{kind: codacy.Anonymous, from: "nowhere"})
}

// openWithoutToken opens the service that the flags name, or Codacy, for a dry
// run: it can say what it would send and is not asked anything.
func (a *App) openWithoutToken(f ServiceFlags) (*openedService, error) {
	info, err := serviceNamed(cmp.Or(f.Service, "codacy"))
	if err != nil {
		return nil, err
	}
	return a.connectService(info, f, foundToken{kind: codacy.Anonymous, from: "nowhere"})
}

func (a *App) connectService(info serviceInfo, f ServiceFlags, found foundToken) (*openedService, error) {
	a.Hide(found.token)
	o := &openedService{Name: info.name, Title: info.title, Token: found.token, TokenFrom: found.from, NoTokens: info.noTokens}
	o.BaseURL = cmp.Or(f.BaseURL, a.env("GATEWRIGHT_BASE_URL"), a.env(info.address), info.baseURL)
	var err error
	o.Client, err = info.connect(a, o, f, found.kind)
	return o, err
}

// firstSet is the first text that is not empty.
func firstSet(texts ...string) string { return cmp.Or(texts...) }

// foundToken is a token and where it was.
type foundToken struct {
	token   secret.Value
	from    string
	service string      // the service whose variable it was in, or ""
	kind    codacy.Kind // what that variable says of a Codacy token
}

// findToken looks for the token: where the flags say, in the command's own
// finding, in GATEWRIGHT_ACCESS_TOKEN, in the services' variables.
func (a *App) findToken(f ServiceFlags) (foundToken, error) {
	if f.Service != "" {
		if _, err := serviceNamed(f.Service); err != nil {
			return foundToken{}, err
		}
	}
	found, err := a.namedToken(f)
	if err != nil || !found.token.Empty() {
		found.kind = kindNamed(f.TokenKind)
		return found, err
	}
	for _, s := range services() {
		if f.Service != "" && f.Service != s.name {
			continue
		}
		if v, token := a.variableOf(s, f); !token.Empty() {
			a.tellOthers(f, s)
			return foundToken{token: token, from: v.name, service: s.name, kind: cmp.Or(kindNamed(f.TokenKind), v.kind)}, nil
		}
	}
	return foundToken{}, a.noToken(f)
}

// variableOf finds the first variable of a service that holds a token.
func (a *App) variableOf(s serviceInfo, f ServiceFlags) (tokenVariable, secret.Value) {
	for _, v := range s.variables {
		token := secret.New(a.env(v.name))
		if issuer, _ := secret.Recognise(token); v.common && f.Service == "" && issuer.System != s.name {
			continue
		}
		if !token.Empty() {
			return v, token
		}
	}
	return tokenVariable{}, secret.Value{}
}

// tellOthers says which further services were not chosen although their tokens
// are set: nothing should be sent to one of two without a word.
func (a *App) tellOthers(f ServiceFlags, chosen serviceInfo) {
	if f.Service != "" {
		return
	}
	for _, s := range services() {
		if v, token := a.variableOf(s, f); s.name != chosen.name && !token.Empty() {
			a.notify(fmt.Sprintf("the service is %s; %s is set too, --service %s chooses it", chosen.title, v.name, s.name))
		}
	}
}

// namedToken reads the token from where the user pointed; one that is named and
// empty is an error, not a reason to look elsewhere.
func (a *App) namedToken(f ServiceFlags) (foundToken, error) {
	switch {
	case f.TokenFile != "" && f.TokenStdin:
		return foundToken{}, fault.Errorf(fault.Input, "both --token-file and --token-stdin are given; choose one")
	case f.TokenFile != "":
		token, err := secret.FromFile(a.path(f.TokenFile))
		return explicit(token, "the file "+f.TokenFile, err)
	case f.TokenStdin:
		token, err := secret.FromReader(a.Stdin)
		return explicit(token, "standard input", err)
	case !f.Token.Empty():
		return foundToken{token: f.Token, from: f.TokenFrom}, nil
	default:
		return foundToken{token: secret.New(a.env("GATEWRIGHT_ACCESS_TOKEN")), from: "GATEWRIGHT_ACCESS_TOKEN"}, nil
	}
}

func explicit(token secret.Value, from string, err error) (foundToken, error) {
	switch {
	case err != nil:
		return foundToken{}, fault.Errorf(fault.Input, "read the token from %s: %w", from, err)
	case token.Empty():
		return foundToken{}, fault.Errorf(fault.Auth, "there is no token in %s: it is empty", from)
	}
	return foundToken{token: token, from: from}, nil
}

func kindNamed(name string) codacy.Kind {
	switch name {
	case "repository":
		return codacy.RepositoryToken
	case "account":
		return codacy.AccountToken
	default:
		return codacy.Undecided
	}
}

func (a *App) noToken(f ServiceFlags) error {
	names := []string{"GATEWRIGHT_ACCESS_TOKEN"}
	hint := "set the access-token input or one of these variables, or use --token-file; a run from a fork has no secrets, --skip-if-no-token lets it pass"
	for _, s := range services() {
		if f.Service == "" || f.Service == s.name {
			for _, v := range s.variables {
				names = append(names, v.name)
			}
		}
		if f.Service == s.name {
			hint = "set one of these variables to " + s.tokenHint + ", or use --token-file; a run from a fork has no secrets, --skip-if-no-token lets it pass"
		}
	}
	text := "no token"
	if f.Service != "" {
		text += " for " + f.Service
	}
	return fault.WithHint(noTokenError{text + ": none of " + strings.Join(names, ", ") + " is set"}, "%s", hint)
}

// whichService decides which service the token is for: the flag, the token's
// prefix, the variable it was in. Where they disagree it is an error: a token
// sent to the wrong service is a token given away.
func (a *App) whichService(f ServiceFlags, found foundToken) (serviceInfo, error) {
	issuer, known := secret.Recognise(found.token)
	byPrefix := ""
	if _, err := serviceNamed(issuer.System); known && err == nil {
		byPrefix = issuer.System
	}
	wanted, why := f.Service, "--service "+f.Service
	if wanted == "" {
		wanted, why = found.service, found.from
	}
	switch {
	case wanted != "" && byPrefix != "" && wanted != byPrefix:
		return serviceInfo{}, fault.WithHint(
			fault.Errorf(fault.Input, "%s says %s, and the token from %s is a %s (prefix %s)", why, wanted, found.from, issuer.What, issuer.Prefix),
			"use the token of the service you mean; nothing was sent")
	case wanted != "":
	case byPrefix != "":
		wanted = byPrefix
	case known:
		return serviceInfo{}, fault.WithHint(
			fault.Errorf(fault.Input, "the token from %s is a %s, not a token of %s", found.from, issuer.What, strings.Join(serviceNames(), ", ")),
			"if CodeAnt is still used with a token of your Git host, say --service codeant; nothing was sent")
	default:
		wanted = "codacy" // the one whose tokens have no prefix
	}
	return serviceNamed(wanted)
}
