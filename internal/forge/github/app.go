package github

import (
	"context"
	"crypto"
	"crypto/rand"
	"crypto/rsa"
	"crypto/sha256"
	"crypto/x509"
	"encoding/base64"
	"encoding/json"
	"encoding/pem"
	"strconv"
	"sync"
	"time"

	"github.com/gatewright/gatewright/internal/fault"
	"github.com/gatewright/gatewright/internal/rest"
	"github.com/gatewright/gatewright/internal/secret"
)

// App is a GitHub App acting through its installation in one organization.
type App struct {
	ID           string       // App ID or client ID
	Key          secret.Value // private key, PEM
	Owner        string       // organization or user of the installation
	Installation int64        // its id; 0 looks it up by Owner
}

// Renewal happens when less than this is left of a token's hour, so that none
// runs out between a request and its retries.
const renewal = 5 * time.Minute

// Token gives the source of the App's installation tokens, for
// rest.BearerFrom. cfg is that of the API, without a credential.
func (a App) Token(cfg rest.Config) (func(context.Context) (secret.Value, error), error) {
	key, err := parseKey(a.Key)
	if err != nil {
		return nil, err
	}
	cfg.Credential = rest.BearerFrom(func(context.Context) (secret.Value, error) { return a.sign(key, time.Now()) })
	c, err := rest.New(cfg)
	if err != nil {
		return nil, err
	}
	i := &installation{app: a, rest: c}
	return i.token, nil
}

func parseKey(v secret.Value) (*rsa.PrivateKey, error) {
	hint := "it is the .pem file that GitHub gives on the App's page, whole, with its line breaks"
	block, _ := pem.Decode([]byte(v.Expose()))
	if block == nil {
		return nil, fault.WithHint(fault.Errorf(fault.Input, "the GitHub App's private key is not PEM"), "%s", hint)
	}
	if key, err := x509.ParsePKCS1PrivateKey(block.Bytes); err == nil {
		return key, nil
	}
	any_, err := x509.ParsePKCS8PrivateKey(block.Bytes)
	key, ok := any_.(*rsa.PrivateKey)
	if err != nil || !ok {
		return nil, fault.WithHint(fault.Errorf(fault.Input, "the GitHub App's private key is not an RSA key"), "%s", hint)
	}
	return key, nil
}

// sign makes the JSON Web Token by which an App proves itself: nine minutes
// long and issued a minute ago, because clocks differ and ten minutes is the most.
func (a App) sign(key *rsa.PrivateKey, now time.Time) (secret.Value, error) {
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

// installation keeps the current installation token.
type installation struct {
	app  App
	rest *rest.Client

	mu      sync.Mutex
	id      int64
	value   secret.Value
	expires time.Time
}

func (i *installation) token(ctx context.Context) (secret.Value, error) {
	i.mu.Lock()
	defer i.mu.Unlock()
	if time.Until(i.expires) > renewal {
		return i.value, nil
	}
	if i.id == 0 {
		if err := i.find(ctx); err != nil {
			return secret.Value{}, err
		}
	}
	var out struct {
		Token     string    `json:"token"`
		ExpiresAt time.Time `json:"expires_at"`
	}
	_, err := i.rest.Call(ctx, rest.Request{
		Op: "get an installation token of GitHub App " + i.app.ID, Method: "POST",
		Path:   rest.Path("app", "installations", strconv.FormatInt(i.id, 10), "access_tokens"),
		Repeat: rest.Always, // one token too many does no harm: it ends within the hour
	}, &out)
	if err != nil {
		return secret.Value{}, i.hint(err)
	}
	i.value, i.expires = secret.New(out.Token), out.ExpiresAt
	return i.value, nil
}

func (i *installation) find(ctx context.Context) error {
	if i.app.Installation != 0 {
		i.id = i.app.Installation
		return nil
	}
	var out struct {
		ID int64 `json:"id"`
	}
	for _, of := range []string{"orgs", "users"} {
		_, err := i.rest.Call(ctx, rest.Request{
			Op: "find the installation of GitHub App " + i.app.ID + " in " + i.app.Owner, Method: "GET", Path: rest.Path(of, i.app.Owner, "installation"),
		}, &out)
		if rest.Status(err) == 404 && of == "orgs" {
			continue
		}
		if err != nil {
			return i.hint(err)
		}
		break
	}
	i.id = out.ID
	return nil
}

func (i *installation) hint(err error) error {
	switch rest.Status(err) {
	case 401:
		return fault.WithHint(err, "check the App's id and private key, and the machine's clock")
	case 404:
		return fault.WithHint(fault.As(fault.Auth, err), "install the App in %s", i.app.Owner)
	}
	return err
}
