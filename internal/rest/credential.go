package rest

import (
	"context"
	"encoding/base64"

	"github.com/gatewright/gatewright/internal/secret"
)

// Credential is the header that proves who we are. The zero Credential sends
// nothing.
type Credential struct {
	header string
	render func(text string) string
	source func(ctx context.Context) (secret.Value, error)
	renews bool // source has another value once this one is rejected
}

type rejectedKey struct{}

// Rejected returns the value that the server just refused, empty if none was:
// a source that would return it again makes a new one.
func Rejected(ctx context.Context) secret.Value {
	v, _ := ctx.Value(rejectedKey{}).(secret.Value)
	return v
}

// Header sends the secret as it is in the named header.
func Header(name string, v secret.Value) Credential {
	return Credential{header: name, render: func(s string) string { return s }, source: fixed(v)}
}

// Bearer sends "Authorization: Bearer …".
func Bearer(v secret.Value) Credential { return Scheme("Bearer", v) }

// BearerFrom asks source right before every attempt, after any wait, for tokens
// that are renewed. An answer 401 makes it ask once more, see Rejected.
func BearerFrom(source func(context.Context) (secret.Value, error)) Credential {
	c := Scheme("Bearer", secret.Value{})
	c.source, c.renews = source, true
	return c
}

// Basic sends user and secret as HTTP basic authentication (RFC 7617).
func Basic(user string, v secret.Value) Credential {
	return Credential{header: "Authorization", render: func(s string) string {
		return "Basic " + base64.StdEncoding.EncodeToString([]byte(user+":"+s))
	}, source: fixed(v)}
}

// Scheme sends "Authorization: <scheme> …" for schemes other than Bearer.
func Scheme(scheme string, v secret.Value) Credential {
	return Credential{header: "Authorization", render: func(s string) string { return scheme + " " + s }, source: fixed(v)}
}

func fixed(v secret.Value) func(context.Context) (secret.Value, error) {
	return func(context.Context) (secret.Value, error) { return v, nil }
}

// credentialHeaders are the headers dropped when a request leaves its origin,
// whichever credential this client uses itself.
func credentialHeaders() []string {
	return []string{
		"Authorization", "Proxy-Authorization", "Cookie", "Cookie2", "Www-Authenticate",
		"Api-Token", "Project-Token", "Private-Token", "Job-Token", "X-Api-Key",
		"Access-Token",
	}
}
