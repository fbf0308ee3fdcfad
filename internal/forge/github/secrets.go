package github

import (
	"cmp"
	"context"
	"crypto/ecdh"
	"crypto/rand"
	"encoding/base64"
	"errors"
	"fmt"
	"io/fs"
	"strings"
	"sync"

	"golang.org/x/crypto/nacl/box"

	"github.com/gatewright/gatewright/internal/fault"
	"github.com/gatewright/gatewright/internal/forge"
	"github.com/gatewright/gatewright/internal/rest"
	"github.com/gatewright/gatewright/internal/secret"
)

// maxSecret is the longest value that GitHub takes, in bytes: 48 KB.
const maxSecret = 48 << 10

// lasting reports whether a public key keeps a secret: with one of the few points of
// low order the shared key is known to everybody (RFC 7748, section 6.1), and who reads
// the journal could open what it holds. The box itself does not look.
func lasting(raw []byte) bool {
	public, err := ecdh.X25519().NewPublicKey(raw)
	if err != nil {
		return false
	}
	_, err = probe().ECDH(public)
	return err == nil
}

// probe is a private key to try a public one with: with a point of low order all
// come to nothing, since all are multiples of eight.
var probe = sync.OnceValue(func() *ecdh.PrivateKey {
	key, _ := ecdh.X25519().GenerateKey(rand.Reader) // it ends the program rather than fail
	return key
})

// Put seals the value and writes it. A key that GitHub has replaced since it
// was read is read again once.
func (c *Client) Put(ctx context.Context, ref forge.Ref, value secret.Value) (forge.Written, error) {
	return c.put(ctx, ref, value, c.visibility)
}

// seers returns what an organization secret is to be written with.
type seers func(ctx context.Context, ref forge.Ref) (visibility string, selected *[]int64, err error)

func (c *Client) put(ctx context.Context, ref forge.Ref, value secret.Value, by seers) (forge.Written, error) {
	lost := false // a write may have had its effect although it was refused in the end
	for try := 0; ; try++ {
		sealed, err := c.Seal(ctx, ref, value)
		if err != nil {
			return 0, rest.AfterLost(lost, err)
		}
		written, err := c.putSealed(ctx, ref, sealed, by)
		if rest.Status(err) == 422 && try == 0 {
			lost = !rest.Refused(err)
			c.forgetKey(ref)
			continue
		}
		return written, rest.AfterLost(lost, err)
	}
}

// Seal encrypts the value for the store; only GitHub can open it (libsodium's
// sealed box). Each store has a key of its own, which is read once.
func (c *Client) Seal(ctx context.Context, ref forge.Ref, value secret.Value) (forge.Sealed, error) {
	if _, err := locate(ref); err != nil {
		return forge.Sealed{}, err
	}
	text := value.Expose()
	if text == "" || len(text) > maxSecret {
		return forge.Sealed{}, fault.Errorf(fault.Input, "%s: the value has %d bytes; GitHub takes 1 to %d (48 KB)", ref.Op("store"), len(text), maxSecret)
	}
	key, err := c.key(ctx, ref)
	if err != nil {
		return forge.Sealed{}, err
	}
	raw, err := base64.StdEncoding.DecodeString(key.Key)
	if err != nil || len(raw) != 32 {
		return forge.Sealed{}, fault.Errorf(fault.Service, "public key of %s: not 32 bytes in base64", ref)
	}
	if !lasting(raw) {
		return forge.Sealed{}, fault.Errorf(fault.Service, "public key of %s: what is sealed with it could be opened by everybody", ref)
	}
	box_, err := box.SealAnonymous(nil, []byte(text), (*[32]byte)(raw), rand.Reader)
	if err != nil {
		return forge.Sealed{}, fault.Errorf(fault.Bug, "seal %s: %w", ref.Name, err)
	}
	return forge.Sealed{KeyID: key.ID, Text: base64.StdEncoding.EncodeToString(box_)}, nil
}

// PutSealed writes what Seal made. An organization secret keeps its visibility
// and its selected repositories: they are read first and sent back, because
// GitHub takes their absence for "none".
func (c *Client) PutSealed(ctx context.Context, ref forge.Ref, sealed forge.Sealed) (forge.Written, error) {
	return c.putSealed(ctx, ref, sealed, c.visibility)
}

func (c *Client) putSealed(ctx context.Context, ref forge.Ref, sealed forge.Sealed, by seers) (forge.Written, error) {
	at, err := locate(ref)
	if err != nil {
		return 0, err
	}
	body := putBody{EncryptedValue: sealed.Text, KeyID: sealed.KeyID}
	if ref.Repo == "" {
		var ids *[]int64
		if body.Visibility, ids, err = by(ctx, ref); err != nil {
			return 0, err
		}
		if ids != nil {
			body.Selected = selection(ref.Store, *ids)
		}
	}
	resp, err := c.call(ctx, rest.Request{Op: ref.Op("store"), Method: "PUT", Path: at, JSON: body}, nil)
	if err != nil {
		return 0, err
	}
	return forge.WrittenBy(resp, ref.Op("store"), "GitHub")
}

// putBody is go-github's EncryptedSecret with a selection that may be empty:
// theirs leaves an empty one out, and cannot say "none".
type putBody struct {
	EncryptedValue string `json:"encrypted_value"`
	KeyID          string `json:"key_id"`
	Visibility     string `json:"visibility,omitempty"`
	Selected       any    `json:"selected_repository_ids,omitempty"`
}

// selection returns repository ids as the store takes them: that of Dependabot took
// none but texts for long, and the others take numbers.
func selection(store forge.Store, ids []int64) any {
	if store != forge.Dependabot {
		return ids
	}
	return strings.Fields(strings.Trim(fmt.Sprint(ids), "[]"))
}

// visibility is what an organization secret is to be written with.
func (c *Client) visibility(ctx context.Context, ref forge.Ref) (string, *[]int64, error) {
	now, err := c.Stat(ctx, ref)
	fresh := errors.Is(err, fs.ErrNotExist)
	if err != nil && !fresh {
		return "", nil, err
	}
	wanted := c.options.Visibility
	switch {
	case wanted == "" && fresh:
		wanted = "private"
	case wanted == "":
		wanted = now.Scope
	}
	if wanted != "selected" {
		return wanted, nil, nil
	}
	if len(c.options.Selected) == 0 && (fresh || now.Scope != "selected") {
		return "", nil, fault.WithHint(fault.Errorf(fault.Input, "%s: visibility selected, but no repository is selected", ref.Op("store")),
			"name those that see it with --selected-repos")
	}
	if len(c.options.Selected) > 0 {
		ids, err := c.ids(ctx, ref.Owner, c.options.Selected)
		return wanted, &ids, err
	}
	ids, err := c.selected(ctx, ref)
	return wanted, &ids, err
}

// ids finds the ids of repositories by name, which may have the owner in front.
func (c *Client) ids(ctx context.Context, owner string, names []string) ([]int64, error) {
	ids := []int64{}
	for _, name := range names {
		name = strings.TrimSpace(name)
		if of, bare, both := strings.Cut(name, "/"); both && strings.EqualFold(of, owner) {
			name = bare
		}
		repo, err := c.repository(ctx, owner, name)
		if err != nil {
			return nil, err
		}
		ids = append(ids, repo.ID)
	}
	return ids, nil
}

// selected reads which repositories an organization secret is selected for.
func (c *Client) selected(ctx context.Context, ref forge.Ref) ([]int64, error) {
	at, err := locate(ref)
	if err != nil {
		return nil, err
	}
	type list struct {
		Repositories []struct{ ID int64 } `json:"repositories"`
	}
	all := pages(ctx, c, rest.Request{Op: "read the repositories of " + ref.Name + " in " + ref.String(), Path: at + "/repositories"},
		func(page list) []struct{ ID int64 } { return page.Repositories })
	return rest.Collect(all, func(r struct{ ID int64 }) (int64, bool) { return r.ID, true })
}

// Delete removes a secret; one that is already gone is no error.
func (c *Client) Delete(ctx context.Context, ref forge.Ref) error {
	at, err := locate(ref)
	if err != nil {
		return err
	}
	_, err = c.call(ctx, rest.Request{Op: ref.Op("delete"), Method: "DELETE", Path: at}, nil)
	return forge.Deleted(ctx, c, ref, err)
}

// stat is a secret as all stores show it.
type stat struct {
	Name       string     `json:"name" rest:"required"`
	CreatedAt  forge.Time `json:"created_at"`
	UpdatedAt  forge.Time `json:"updated_at"`
	Visibility string     `json:"visibility"`
}

func (s stat) forge() forge.Stat {
	return forge.Stat{Name: s.Name, CreatedAt: s.CreatedAt.Time, UpdatedAt: s.UpdatedAt.Time, Scope: s.Visibility}
}

// Stat looks at one secret.
func (c *Client) Stat(ctx context.Context, ref forge.Ref) (forge.Stat, error) {
	at, err := locate(ref)
	if err != nil {
		return forge.Stat{}, err
	}
	var s stat
	_, err = c.call(rest.Conditional(ctx), rest.Request{Op: ref.Op("look at"), Path: at}, &s)
	if rest.Status(err) == 404 {
		if _, err := c.key(ctx, ref); err != nil {
			return forge.Stat{}, err
		}
		return forge.Stat{}, ref.Missing()
	}
	return s.forge(), err
}

// List lists the secrets of a place, by name.
func (c *Client) List(ctx context.Context, ref forge.Ref) ([]forge.Stat, error) {
	at, err := place(ref)
	if err != nil {
		return nil, err
	}
	type list struct {
		Secrets []stat `json:"secrets" rest:"required"`
	}
	all := pages(ctx, c, rest.Request{Op: "list the secrets of " + ref.String(), Path: at}, func(page list) []stat { return page.Secrets })
	return rest.Collect(all, func(s stat) (forge.Stat, bool) { return s.forge(), true })
}

// CanWrite asks for the store's public key, which a workflow's own token and
// other tokens without access do not get, and which sealing needs anyway; it
// looks at the repository's state and the user's role, unless a listing has
// shown them, and at an App's permissions. A personal token that may only read
// secrets cannot be recognised.
func (c *Client) CanWrite(ctx context.Context, ref forge.Ref) error {
	if ref.Name != "" {
		if err := checkName(ref.Name); err != nil {
			return err
		}
	}
	if ref.Repo != "" {
		repo, err := c.repository(ctx, ref.Owner, ref.Repo)
		if err != nil {
			return err
		}
		if err := repo.writable(); err != nil {
			return err
		}
	}
	if c.app != nil {
		if err := c.app.may(ctx, permission(ref)); err != nil {
			return err
		}
	}
	_, err := c.key(ctx, ref)
	return err
}

// permission is an App's for the secrets of a place (docs.github.com,
// "Permissions required for GitHub Apps").
func permission(ref forge.Ref) string {
	name := map[forge.Store]string{forge.Dependabot: "dependabot_secrets", forge.Codespaces: "codespaces_secrets"}[ref.Store]
	switch {
	case ref.Environment != "":
		return "environments"
	case ref.Repo == "":
		return "organization_" + cmp.Or(name, "secrets")
	default:
		return cmp.Or(name, "secrets")
	}
}
