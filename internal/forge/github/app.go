package github

import (
	"cmp"
	"context"
	"crypto"
	"crypto/rand"
	"crypto/rsa"
	"crypto/sha256"
	"encoding/base64"
	"encoding/json"
	"net/url"
	"strconv"
	"time"

	"github.com/gatewright/gatewright/internal/fault"
	"github.com/gatewright/gatewright/internal/rest"
	"github.com/gatewright/gatewright/internal/secret"
)

// application is a GitHub App acting through its installation in one organization.
type application struct {
	ID    string       // App ID or client ID
	Key   secret.Value // private key, in any form that parseKey reads
	Owner string       // organization or user of the installation
}

// renewal is what must be left of a token's hour, so that none runs out
// between a request and its retries.
const renewal = 5 * time.Minute

// install returns the source of the App's installation tokens. cfg is that of
// the API, without a credential.
func (a application) install(cfg rest.Config) (*installation, error) {
	key, err := parseKey(a.Key)
	if err != nil {
		return nil, err
	}
	if cfg.Clock == nil {
		cfg.Clock = &rest.ServerClock{}
	}
	cfg.Pace = nil // an App's own requests do not count as its installation's
	i := &installation{app: a, clock: cfg.Clock, turn: make(chan struct{}, 1)}
	cfg.Credential = rest.BearerFrom(func(context.Context) (secret.Value, error) { return a.sign(key, now(cfg.Clock)) })
	i.asApp, err = rest.New(cfg)
	return i, err
}

// now is the time by GitHub's clock once an answer has told it: tokens end by
// that clock, whatever this machine's says.
func now(clock *rest.ServerClock) time.Time {
	if at := clock.Now(); !at.IsZero() {
		return at
	}
	return time.Now()
}

// sign makes the JSON Web Token by which an App proves itself: nine minutes
// long and issued a minute ago, because clocks differ and ten minutes is the most.
func (a application) sign(key *rsa.PrivateKey, now time.Time) (secret.Value, error) {
	claims, err := json.Marshal(map[string]any{
		"iss": a.ID, "iat": now.Add(-time.Minute).Unix(), "exp": now.Add(9 * time.Minute).Unix(),
	})
	if err != nil {
		return secret.Value{}, fault.Errorf(fault.Bug, "sign as GitHub App %s: %w", a.ID, err)
	}
	enc := base64.RawURLEncoding
	text := enc.EncodeToString([]byte(`{"alg":"RS256","typ":"JWT"}`)) + "." + enc.EncodeToString(claims)
	sum := sha256.Sum256([]byte(text))
	sig, err := rsa.SignPKCS1v15(rand.Reader, key, crypto.SHA256, sum[:])
	if err != nil {
		return secret.Value{}, fault.Errorf(fault.Input, "sign as GitHub App %s: %w", a.ID, err)
	}
	return secret.New(text + "." + enc.EncodeToString(sig)), nil
}

// installation keeps the current installation token and what it may do. It is
// safe for concurrent use.
type installation struct {
	app   application
	clock *rest.ServerClock
	asApp *rest.Client

	turn    chan struct{} // held by who reads or renews the token: the others wait as long as their contexts live
	id      int64
	value   secret.Value
	expires time.Time
	allowed map[string]string // permissions, "secrets": "write"; nil if not told
}

func (i *installation) token(ctx context.Context) (secret.Value, error) {
	select {
	case i.turn <- struct{}{}:
		defer func() { <-i.turn }()
	case <-ctx.Done():
		return secret.Value{}, ctx.Err()
	}
	if i.expires.Sub(now(i.clock)) > renewal && !i.value.Equal(rest.Rejected(ctx)) {
		return i.value, nil
	}
	if i.id == 0 {
		if err := i.find(ctx); err != nil {
			return secret.Value{}, err
		}
	}
	var out struct {
		Token       string            `json:"token"`
		ExpiresAt   time.Time         `json:"expires_at"`
		Permissions map[string]string `json:"permissions"`
	}
	if err := i.call(ctx, rest.Request{
		Op: "get an installation token of GitHub App " + i.app.ID, Method: rest.MethodPost,
		Path:   rest.Path("app", "installations", strconv.FormatInt(i.id, 10), "access_tokens"),
		Repeat: rest.Always, // one token too many does no harm: it ends within the hour
	}, &out); err != nil {
		return secret.Value{}, i.hint(err)
	}
	i.value, i.expires, i.allowed = secret.New(out.Token), out.ExpiresAt, out.Permissions
	return i.value, i.settle(ctx)
}

// call sends a request of the App's own. A refusal while this machine's clock
// is wrong carries GitHub's time, with which it is signed once more.
func (i *installation) call(ctx context.Context, r rest.Request, out any) error {
	_, err := i.asApp.Call(ctx, r, out)
	if rest.Status(err) == rest.StatusUnauthorized && time.Until(now(i.clock)).Abs() > 30*time.Second {
		_, err = i.asApp.Call(ctx, r, out)
	}
	return err
}

// settle waits until GitHub knows the new token: for up to five seconds some
// of its servers answer 401 or 403 to one (octokit/auth-app.js#65).
func (i *installation) settle(ctx context.Context) error {
	client := i.asApp.With(rest.Bearer(i.value))
	for wait := time.Second; ; wait++ {
		_, err := client.Call(ctx, rest.Request{
			Op: "try the new installation token", Path: "/installation/repositories", Query: url.Values{"per_page": {"1"}},
		}, nil)
		if status := rest.Status(err); status != rest.StatusUnauthorized && status != rest.StatusForbidden || wait > 3*time.Second {
			return nil // any other trouble is that of the request to come
		}
		select {
		case <-time.After(wait):
		case <-ctx.Done():
			return ctx.Err()
		}
	}
}

func (i *installation) find(ctx context.Context) error {
	var out struct {
		ID int64 `json:"id"`
	}
	var err error
	for _, of := range []string{"orgs", "users"} {
		r := rest.Request{Op: "find the installation of GitHub App " + i.app.ID + " in " + i.app.Owner, Path: rest.Path(of, i.app.Owner, "installation")}
		if err = i.call(ctx, r, &out); rest.Status(err) != rest.StatusNotFound {
			break
		}
	}
	i.id = out.ID
	return i.hint(err)
}

func (i *installation) hint(err error) error {
	switch rest.Status(err) {
	case rest.StatusUnauthorized:
		return fault.WithHint(err, "check the App's id and private key, and the machine's clock")
	case rest.StatusNotFound:
		return fault.WithHint(fault.As(fault.Auth, err), "install the App in %s", i.app.Owner)
	}
	return err
}

// may returns nil if the installation has the permission to write, or if
// GitHub did not say what it has.
func (i *installation) may(ctx context.Context, permission string) error {
	if _, err := i.token(ctx); err != nil {
		return err
	}
	i.turn <- struct{}{}
	defer func() { <-i.turn }()
	if level := cmp.Or(i.allowed[permission], "none"); i.allowed != nil && level != "write" && level != "admin" {
		return fault.WithHint(
			fault.Errorf(fault.Auth, "the GitHub App %s has the permission %s: %s in %s", i.app.ID, permission, level, i.app.Owner),
			"give the App the permission %s: write on its page, and accept the change in %s", permission, i.app.Owner)
	}
	return nil
}
