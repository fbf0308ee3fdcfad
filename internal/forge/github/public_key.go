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
func (c *Client) key(ctx context.Context, ref forge.Ref) (forge.Key, error) {
	at, err := place(ref)
	if err != nil {
		return forge.Key{}, err
	}
	return c.keys.Get(at, func() (forge.Key, error) {
		var key publicKey
		_, err := c.call(ctx, rest.Request{Op: "read the public key of " + ref.String(), Path: at + "/public-key"}, &key)
		return forge.Key{ID: string(key.ID), Key: key.Key}, err
	})
}

// Keys returns the public keys read so far, by place.
func (c *Client) Keys() map[string]forge.Key { return c.keys.All() }

// SetKeys takes what Keys returned, so that they are not asked for again. A key
// that GitHub has replaced since is read anew when it refuses the old one.
func (c *Client) SetKeys(keys map[string]forge.Key) {
	for at, k := range keys {
		c.keys.Keep(at, k)
	}
}

func (c *Client) forgetKey(ref forge.Ref) {
	if at, err := place(ref); err == nil {
		c.keys.Forget(at)
	}
}
