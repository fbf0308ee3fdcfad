package connect

import (
	"cmp"
	"fmt"
	"strings"

	"github.com/gatewright/gatewright/internal/ci"
	"github.com/gatewright/gatewright/internal/fault"
	"github.com/gatewright/gatewright/internal/secret"
	"github.com/gatewright/gatewright/internal/service"
)

// foundToken is a token and where it was.
type foundToken struct {
	token    secret.Value
	from     string
	service  string            // the service whose variable it was in, or ""
	kind     service.TokenKind // what the user or that variable says of it
	variable bool              // it was in a service's variable, and another of its variables may be better
}

// findToken looks for the token: where the flags say, in the command's own
// finding, in GATEWRIGHT_ACCESS_TOKEN, in the services' variables.
func (a *To) findToken(f ServiceFlags) (foundToken, error) {
	if f.Service != "" {
		if _, err := a.ServiceNamed(f.Service); err != nil {
			return foundToken{}, err
		}
	}
	found, err := a.namedToken(f)
	if err != nil || !found.token.Empty() {
		found.kind = f.kind()
		return found, err
	}
	for _, s := range a.Services {
		if !f.mean(s) {
			continue
		}
		if v, token := a.variableOf(s, f, f.kind()); !token.Empty() {
			a.tellOthers(f, s)
			return foundToken{token: token, from: v.Name, service: s.Name, kind: cmp.Or(f.kind(), v.Kind), variable: true}, nil
		}
	}
	return foundToken{}, a.noToken(f)
}

// variableOf finds the variable of a service that holds a token of the kind, or
// else the first that holds any.
func (a *To) variableOf(s service.Descriptor, f ServiceFlags, kind service.TokenKind) (service.TokenVariable, secret.Value) {
	var first service.TokenVariable
	var found secret.Value
	for _, v := range s.Tokens {
		token := a.tokenIn(v.Name)
		if v.Common && f.Service == "" && !token.HasPrefix(s.Prefix) {
			continue
		}
		switch {
		case token.Empty():
		case v.Kind == kind:
			return v, token
		case found.Empty():
			first, found = v, token
		}
	}
	return first, found
}

// tokenIn reads a token from a variable, without what surrounds it there and is
// not part of it.
func (a *To) tokenIn(name string) secret.Value {
	return secret.New(secret.Unwrap(a.Getenv(name)))
}

// tellOthers says which further services were not chosen although their tokens
// are set: nothing should be sent to one of two without a word.
func (a *To) tellOthers(f ServiceFlags, chosen service.Descriptor) {
	if f.Service != "" {
		return
	}
	for _, s := range a.Services {
		if v, token := a.variableOf(s, f, f.kind()); s.Name != chosen.Name && !s.OnlyNamed && !token.Empty() {
			a.Notify(fmt.Sprintf("the service is %s; %s is set too, --service %s chooses it", chosen.Title, v.Name, s.Name))
		}
	}
}

// namedToken reads the token from where the user pointed; one that is named and
// empty is an error, not a reason to look elsewhere.
func (a *To) namedToken(f ServiceFlags) (foundToken, error) {
	token := a.bare(f.Token, f.TokenFrom)
	switch {
	case f.TokenFile != "" && f.TokenStdin:
		return foundToken{}, fault.Errorf(fault.Input, "both --token-file and --token-stdin are given; choose one")
	case f.TokenFile != "":
		token, err := secret.FromFile(a.Path(f.TokenFile))
		return a.explicit(token, "the file "+f.TokenFile, err)
	case f.TokenStdin:
		token, err := secret.FromReader(a.Stdin)
		return a.explicit(token, "standard input", err)
	case !token.Empty():
		return foundToken{token: token, from: f.TokenFrom}, nil
	default:
		return foundToken{token: a.tokenIn("GATEWRIGHT_ACCESS_TOKEN"), from: "GATEWRIGHT_ACCESS_TOKEN"}, nil
	}
}

func (a *To) explicit(token secret.Value, from string, err error) (foundToken, error) {
	token = a.bare(token, from)
	switch {
	case err != nil:
		return foundToken{}, fault.Errorf(fault.Input, "read the token from %s: %w", from, err)
	case token.Empty():
		return foundToken{}, fault.Errorf(fault.Auth, "there is no token in %s: it is empty", from)
	}
	return foundToken{token: token, from: from}, nil
}

// bare returns a token without quotes around it.
func (a *To) bare(token secret.Value, from string) secret.Value {
	bare := token.Unwrapped()
	if !bare.Empty() && !bare.Equal(token) {
		a.Hide(bare)
		a.warnWrapped(from, "quotes")
	}
	return bare
}

func (a *To) warnWrapped(from, what string) {
	a.Warn("%s has %s around the token, left out here; better set it without", from, what)
}

// noToken says where a token was looked for, and why it may be missing.
func (a *To) noToken(f ServiceFlags) error {
	names := []string{"GATEWRIGHT_ACCESS_TOKEN"}
	hint := "set the access-token input or one of these variables, or use --token-file"
	for _, s := range a.Services {
		if f.mean(s) {
			for _, v := range s.Tokens {
				names = append(names, v.Name)
			}
		}
		if f.Service == s.Name {
			hint = "set one of these variables to " + s.TokenHint + ", or use --token-file"
		}
	}
	text := "no token"
	if f.Service != "" {
		text += " for " + f.Service
	}
	text += ": none of " + strings.Join(names, ", ") + " is set"
	return fault.WithHint(service.MissingToken{Text: text + a.unexpanded(names)}, "%s; %s", hint, cmp.Or(ci.Withheld(a.Getenv), "a run from a fork has no secrets; where a job sends or judges, skip-if-no-token lets that pass"))
}

// unexpanded names a variable or an input that holds a reference which the CI
// left as it is.
func (a *To) unexpanded(names []string) string {
	for _, name := range append(names, "INPUT_ACCESS-TOKEN", "INPUT_ACCESSTOKEN", "INPUT_ACCESS_TOKEN") {
		if text := strings.TrimSpace(a.Getenv(name)); secret.Unexpanded(text) {
			return fmt.Sprintf("; %s holds %s, which the CI did not replace: that variable is not defined here, or is a secret variable that was not mapped", name, text)
		}
	}
	return ""
}
