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
	"github.com/gatewright/gatewright/internal/forge"
	"github.com/gatewright/gatewright/internal/rest"
	"github.com/gatewright/gatewright/internal/secret"
)

// renewal is what must be left of a token's hour, so that none runs out
// between a request and its retries.
const renewal = 5 * time.Minute

// install returns the source of the installation tokens of a GitHub App, for the
// organization or user of o. Nothing is sent.
func install(o forge.Opening) (*installation, error) {
	if o.AppKey.Empty() {
		return nil, fault.WithHint(fault.Errorf(fault.Auth, "no private key for the GitHub App %s", o.AppID),
			"set GITHUB_APP_PRIVATE_KEY or --github-app-key-file")
	}
	key, err := parseKey(o.AppKey)
	if err != nil {
		return nil, err
	}
	o.Rest.Clock = cmp.Or(o.Rest.Clock, &rest.ServerClock{})
	o.Rest.Pace = nil // an App's own requests do not count as its installation's
	i := &installation{app: o.AppID, owner: o.Owner, clock: o.Rest.Clock}
	o.Rest.Credential = rest.BearerFrom(func(context.Context) (secret.Value, error) { return sign(o.AppID, key, now(i.clock)) })
	i.asApp, err = rest.New(o.Rest)
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
func sign(app string, key *rsa.PrivateKey, now time.Time) (secret.Value, error) {
	claims, _ := json.Marshal(map[string]any{"iss": app, "iat": now.Add(-time.Minute).Unix(), "exp": now.Add(9 * time.Minute).Unix()})
	enc := base64.RawURLEncoding
	text := enc.EncodeToString([]byte(`{"alg":"RS256","typ":"JWT"}`)) + "." + enc.EncodeToString(claims)
	sum := sha256.Sum256([]byte(text))
	sig, err := rsa.SignPKCS1v15(rand.Reader, key, crypto.SHA256, sum[:])
	if err != nil {
		return secret.Value{}, fault.Errorf(fault.Input, "sign as GitHub App %s: %w", app, err)
	}
	return secret.New(text + "." + enc.EncodeToString(sig)), nil
}

// installation is a GitHub App acting in one organization. It keeps the current
// installation token and what it may do. It is
// safe for concurrent use.
type installation struct {
	app   string // App ID or client ID
	owner string // organization or user
	clock *rest.ServerClock
	asApp *rest.Client

	turns   forge.Turns // of those who read or renew what follows
	id      int64       // 0 until it is found
	value   secret.Value
	expires time.Time
	allowed map[string]string // permissions, "secrets": "write"; nil if not told
}

func (i *installation) token(ctx context.Context) (secret.Value, error) {
	give, err := i.turns.Take(ctx, "")
	if err != nil {
		return secret.Value{}, err
	}
	defer give()
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
		Op: "get an installation token of GitHub App " + i.app, Method: rest.MethodPost,
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
		r := rest.Request{Op: "find the installation of GitHub App " + i.app + " in " + i.owner, Path: rest.Path(of, i.owner, "installation")}
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
		return fault.WithHint(fault.As(fault.Auth, err), "install the App in %s", i.owner)
	}
	return err
}

// may returns nil if the installation has the permission to write, or if
// GitHub did not say what it has.
func (i *installation) may(ctx context.Context, permission string) error {
	if _, err := i.token(ctx); err != nil {
		return err
	}
	give, err := i.turns.Take(ctx, "")
	if err != nil {
		return err
	}
	defer give()
	if level := cmp.Or(i.allowed[permission], "none"); i.allowed != nil && level != "write" && level != "admin" {
		return fault.WithHint(
			fault.Errorf(fault.Auth, "the GitHub App %s has the permission %s: %s in %s", i.app, permission, level, i.owner),
			"give the App the permission %s: write on its page, and accept the change in %s", permission, i.owner)
	}
	return nil
}
