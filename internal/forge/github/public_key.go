package github

import (
	"context"
	"strings"

	"github.com/gatewright/gatewright/internal/forge"
	"github.com/gatewright/gatewright/internal/rest"
)

// publicKey is a place's public key. Several places have keys of the same id.
type publicKey struct {
	ID  keyID  `json:"key_id" rest:"required"`
	Key string `json:"key" rest:"required"`
}

// keyID is the text of a key's id. Enterprise Servers up to 2.22 send a number
// with more digits than a float has.
type keyID string

// UnmarshalJSON reads either form.
func (id *keyID) UnmarshalJSON(text []byte) error {
	*id = keyID(strings.Trim(string(text), `"`))
	return nil
}

// key reads the public key of a place, once.
func (c *Client) key(ctx context.Context, ref forge.Ref) (publicKey, error) {
	at, err := place(ref)
	if err != nil {
		return publicKey{}, err
	}
	return c.keys.Get(at, func() (key publicKey, err error) {
		_, err = c.call(ctx, rest.Request{Op: "read the public key of " + ref.String(), Method: "GET", Path: at + "/public-key"}, &key)
		return key, err
	})
}

// Keys returns the public keys read so far, by place.
func (c *Client) Keys() map[string]forge.Key {
	out := map[string]forge.Key{}
	for at, k := range c.keys.All() {
		out[at] = forge.Key{ID: string(k.ID), Key: k.Key}
	}
	return out
}

// SetKeys takes what Keys returned, so that they are not asked for again. A key
// that GitHub has replaced since is read anew when it refuses the old one.
func (c *Client) SetKeys(keys map[string]forge.Key) {
	for at, k := range keys {
		c.keys.Keep(at, publicKey{keyID(k.ID), k.Key})
	}
}

func (c *Client) forgetKey(ref forge.Ref) {
	if at, err := place(ref); err == nil {
		c.keys.Forget(at)
	}
}
