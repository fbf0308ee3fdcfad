package codedig

import (
	"cmp"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"iter"
	"net/url"
	"slices"
	"sort"
	"strings"
	"time"

	"github.com/gatewright/gatewright/internal/fault"
	"github.com/gatewright/gatewright/internal/rest"
	"github.com/gatewright/gatewright/internal/secret"
	"github.com/gatewright/gatewright/internal/service"
)

const keysPath = "/auth/api-keys"

// permissions are those a key may have, from the least to the most.
func permissions() []string { return []string{"read", "write", "admin"} }

// Mint creates a key. Keys are the tenant's: which repository one is for shows
// in its name alone. Without permissions it may read. The request is sent once;
// a lost answer leaves a key that nobody holds, which the caller finds by name.
func (c *Client) Mint(ctx context.Context, r service.MintRequest) (service.Minted, error) {
	if r.Name == "" {
		return service.Minted{}, fault.Errorf(fault.Input, "a CodeDig key needs a name")
	}
	wanted := r.Permissions
	if len(wanted) == 0 {
		wanted = []string{"read"}
	}
	for _, p := range wanted {
		if !slices.Contains(permissions(), p) {
			return service.Minted{}, fault.Errorf(fault.Input, "unknown permission %q; known: %s", p, strings.Join(permissions(), ", "))
		}
	}
	body := map[string]any{"name": r.Name, "permissions": wanted}
	if !r.ExpiresAt.IsZero() {
		body["expires_at"] = r.ExpiresAt.UTC().Format(time.RFC3339)
	}
	resp, err := c.api.Do(ctx, rest.Request{
		Op: fmt.Sprintf("create the CodeDig key %q", r.Name), Method: rest.MethodPost, Path: keysPath, JSON: body, Repeat: rest.Never,
	})
	if err != nil {
		return service.Minted{}, err
	}
	if err := resp.Err(); err != nil {
		return service.Minted{}, explain(err, "creating and revoking keys needs a key with the permission admin")
	}
	return minted(resp, r, wanted)
}

// minted reads a new key. The vendor says only that the answer includes the
// full api_key; where the id is, is inferred.
func minted(resp *rest.Response, r service.MintRequest, permissions []string) (service.Minted, error) {
	var o service.Object
	if err := resp.Decode(&o); err != nil {
		return service.Minted{}, err
	}
	places := []service.Object{o, o.Inside("data"), o.Inside("key"), o.Inside("api_key")}
	var id, value string
	var expires, created *time.Time
	for _, p := range places {
		id = cmp.Or(id, keyID(p))
		value = cmp.Or(value, p.Text("api_key"), prefixed(p.Text("key")), prefixed(p.Text("token")))
		if expires == nil {
			expires, created = p.Time("expires_at", "expiresAt"), p.Time("created_at", "createdAt")
		}
	}
	if id == "" || !service.Usable(value) || resp.Repeats(value) {
		return service.Minted{}, fault.WithHint(resp.Unusable("CodeDig created the key, and its answer lacks the id or the key"),
			"revoke the key of that name on CodeDig's web page")
	}
	if expires == nil && !r.ExpiresAt.IsZero() {
		expires = &r.ExpiresAt
	}
	m := service.Minted{
		Token: service.Token{ID: id, Name: r.Name, Permissions: permissions, ExpiresAt: expires, CreatedAt: created},
		Value: secret.New(value),
	}
	m.LastFour = m.Value.LastFour()
	return m, nil
}

// prefixed is the text if it looks like a key: other fields of the same name
// hold ids.
func prefixed(text string) string {
	if strings.HasPrefix(text, keyPrefix) {
		return text
	}
	return ""
}

// Tokens lists the keys, newest first. The vendor's documents imply the list
// and do not describe it; where it is missing the error is ErrUnsupported, and
// where a key asks and none is listed, not even that one, as well: such a list
// would prove any key revoked.
func (c *Client) Tokens(ctx context.Context, _ service.Scope) ([]service.Token, error) {
	rows, err := rest.Collect(c.keys(ctx), func(o service.Object) (service.Object, bool) { return o, true })
	if err != nil {
		return nil, err
	}
	if len(rows) == 0 && c.key.HasPrefix(keyPrefix) {
		return nil, fault.WithHint(fault.Errorf(fault.Input, "this CodeDig lists no keys, not even the one that asks: %w", errors.ErrUnsupported), "see them on its web page")
	}
	var out []service.Token
	for _, o := range rows {
		if lower(o.Text("status")) == "revoked" || o.Text("revoked") == "true" || o.Time("revoked_at", "revokedAt") != nil {
			continue
		}
		k := service.Token{
			ID: keyID(o), Name: o.Text("name"), CreatedAt: o.Time("created_at", "createdAt"), ExpiresAt: o.Time("expires_at", "expiresAt"),
			LastFour: o.Text("last_four", "lastFour", "last4"),
		}
		if k.ID == "" {
			return nil, fault.Errorf(fault.Service, "list the CodeDig keys: a key without an id")
		}
		_ = json.Unmarshal(o["permissions"], &k.Permissions) // absent: none
		out = append(out, k)
	}
	sort.SliceStable(out, func(i, j int) bool {
		a, b := out[i].CreatedAt, out[j].CreatedAt
		return a != nil && b != nil && a.After(*b)
	})
	return out, nil
}

// keys reads the list to its end: whether there are pages is not documented, so a
// cursor is followed where an answer has one.
func (c *Client) keys(ctx context.Context) iter.Seq2[service.Object, error] {
	call := func(ctx context.Context, r rest.Request, out any) (*rest.Response, error) {
		resp, err := c.api.Call(ctx, r, nil)
		switch {
		case rest.Status(err) == rest.StatusNotFound, rest.Status(err) == rest.StatusMethodNotAllowed:
			return resp, fault.WithHint(fault.Errorf(fault.Input, "this CodeDig does not list its keys: %w", errors.ErrUnsupported), "see them on its web page")
		case err != nil:
			return resp, explain(err, "listing keys needs a key with the permission admin")
		}
		rows, ok := items(resp.Body, "api_keys", "keys", "items", "data")
		if !ok {
			return resp, fault.Errorf(fault.Service, "%s: an answer without a list: %s", r.Op, resp.Message())
		}
		*out.(*[]service.Object) = rows // as Pages asks for
		return resp, nil
	}
	r := rest.Request{Op: "list the CodeDig keys", Method: rest.MethodGet, Path: keysPath}
	return rest.Pages(ctx, call, r, func(rows []service.Object, at rest.Place) ([]service.Object, url.Values, error) {
		envelope := service.ParseObject(at.Body)
		next := cmp.Or(envelope.Text("next_cursor", "nextCursor"), envelope.Inside("pagination").Text("next_cursor", "cursor"))
		if next == "" {
			return rows, nil, nil
		}
		return rows, url.Values{"cursor": {next}}, nil
	})
}

// keyID is the id of a key, under whichever of its likely names.
func keyID(o service.Object) string { return o.Text("id", "key_id", "api_key_id", "uuid") }

// Revoke ends a key at once. One that is gone is as good as revoked; where
// nothing lists the keys, a 404 is ErrNoToken, as it may be a mistyped id.
func (c *Client) Revoke(ctx context.Context, s service.Scope, id string) error {
	_, err := c.api.Call(ctx, rest.Request{
		Op: "revoke the CodeDig key " + id, Method: rest.MethodDelete, Path: keysPath + rest.Path(id),
	}, nil)
	if rest.Status(err) == rest.StatusNotFound {
		list, lookErr := c.Tokens(ctx, s)
		switch {
		case lookErr != nil:
			return fault.Errorf(fault.Input, "revoke the CodeDig key %s: %w", id, service.ErrNoToken)
		case !slices.ContainsFunc(list, func(t service.Token) bool { return t.ID == id }):
			return nil
		}
	}
	return explain(err, "creating and revoking keys needs a key with the permission admin")
}

// Check finds out what the service lets one see: with a repository named,
// whether the key may read it; with an admin's key, which of the keys it is.
func (c *Client) Check(ctx context.Context, s service.Scope) (service.Identity, error) {
	id := service.Identity{Kind: "API key"}
	if s.Name != "" {
		_, err := c.api.Call(ctx, rest.Request{Op: "ask CodeDig whether the key reads " + s.Owner + "/" + s.Name, Method: rest.MethodGet, Path: runsPath(s.Owner, s.Name), Query: limit(1)}, nil)
		if err != nil {
			return id, explain(err, "the key may not read")
		}
		id.Permissions = []string{"read"}
	}
	keys, err := c.Tokens(ctx, s)
	switch {
	case err == nil:
		id.Permissions = []string{"read", "write", "admin"}
		id.Note = "which of the tenant's keys this is cannot be asked"
		if own, ok := service.OwnToken(keys, c.key); ok {
			id.Owner, id.ExpiresAt, id.Note = own.Name, own.ExpiresAt, ""
		}
	case rest.Status(err) == rest.StatusUnauthorized:
		return id, err
	case rest.Status(err) == rest.StatusForbidden, errors.Is(err, errors.ErrUnsupported):
		id.Note = "CodeDig tells a key's owner, permissions and expiry to admins alone; this key is accepted and is not an admin's"
		if s.Name == "" && errors.Is(err, errors.ErrUnsupported) {
			id.Note = "CodeDig has no way to ask about a key; name a repository with --organization and --repository to see whether it may read it"
		}
	default:
		return id, err
	}
	return id, nil
}

// explain adds the hint that fits a refusal.
func explain(err error, permission string) error {
	switch rest.Status(err) {
	case rest.StatusUnauthorized:
		return fault.WithHint(err, "the CodeDig key is wrong, revoked or expired")
	case rest.StatusForbidden:
		return fault.WithHint(err, "%s", permission)
	default:
		return err
	}
}
