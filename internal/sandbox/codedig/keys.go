package codedig

import (
	"net/http"
	"slices"
	"strconv"
	"time"

	"github.com/gatewright/gatewright/internal/sandbox/world"
)

type key struct {
	id          int64
	name        string
	value       string
	permissions []string
	createdAt   time.Time
	expiresAt   time.Time // zero: never
	revoked     bool
}

func (k *key) expired(now time.Time) bool { return !k.expiresAt.IsZero() && !now.Before(k.expiresAt) }

// may reports whether the key has a permission; admin has the others in it.
func (k *key) may(permission string) bool {
	return slices.Contains(k.permissions, permission) || slices.Contains(k.permissions, "admin")
}

// mint makes a key. The caller holds the world's lock.
func (s *Server) mint(name string, permissions []string, expires time.Time) *key {
	k := &key{id: s.w.NextID(), name: name, value: world.NewToken("aca_k1_"), permissions: permissions, createdAt: s.w.Now(), expiresAt: expires}
	s.keys = append(s.keys, k)
	return k
}

// Live counts the keys of that name that still work, for tests that look for orphans.
func (s *Server) Live(name string) int {
	s.w.Lock()
	defer s.w.Unlock()
	n := 0
	for _, k := range s.keys {
		if k.name == name && !k.revoked && !k.expired(s.w.Now()) {
			n++
		}
	}
	return n
}

func (k *key) show() obj {
	o := obj{"id": k.id, "name": k.name, "permissions": k.permissions, "created_at": k.createdAt.Format(time.RFC3339), "last_four": k.value[len(k.value)-4:]}
	if !k.expiresAt.IsZero() {
		o["expires_at"] = k.expiresAt.Format(time.RFC3339)
	}
	return o
}

func (c *call) createKey() {
	var in struct {
		Name        string     `json:"name"`
		Permissions []string   `json:"permissions"`
		ExpiresAt   *time.Time `json:"expires_at"`
	}
	if !c.decode(&in) {
		return
	}
	expires := time.Time{}
	switch {
	case in.Name == "":
		c.fail(http.StatusBadRequest, "Bad Request", "Missing required field: name")
		return
	case len(in.Permissions) == 0:
		c.fail(http.StatusBadRequest, "Bad Request", "Missing required field: permissions")
		return
	}
	for _, p := range in.Permissions {
		if !slices.Contains([]string{"read", "write", "admin"}, p) {
			c.fail(http.StatusBadRequest, "Bad Request", "Unknown permission: "+p)
			return
		}
	}
	if in.ExpiresAt != nil {
		if expires = in.ExpiresAt.UTC(); !expires.After(c.s.w.Now()) {
			c.fail(http.StatusBadRequest, "Bad Request", "expires_at must be in the future")
			return
		}
	}
	k := c.s.mint(in.Name, in.Permissions, expires)
	o := k.show()
	o["api_key"] = k.value
	if c.s.w.Quirk(NestedKeys) {
		o = obj{"data": o}
	}
	c.JSON(http.StatusCreated, o)
}

func (c *call) listKeys() {
	if c.s.w.Quirk(NoKeyList) {
		c.fail(http.StatusNotFound, "Not Found", "no such resource")
		return
	}
	list := []obj{}
	for _, k := range slices.Backward(c.s.keys) {
		if !k.revoked {
			list = append(list, k.show())
		}
	}
	if !c.s.w.Quirk(PagedKeys) {
		c.JSON(http.StatusOK, obj{"api_keys": list})
		return
	}
	const size = 2
	start, _ := strconv.Atoi(c.R.URL.Query().Get("cursor")) // "" is the beginning
	start = min(max(start, 0), len(list))
	answer := obj{"api_keys": list[start:min(start+size, len(list))]}
	if start+size < len(list) {
		answer["next_cursor"] = strconv.Itoa(start + size)
	}
	c.JSON(http.StatusOK, answer)
}

func (c *call) revokeKey() {
	for _, k := range c.s.keys {
		if strconv.FormatInt(k.id, 10) == c.R.PathValue("id") && !k.revoked {
			k.revoked = true
			c.W.WriteHeader(http.StatusNoContent)
			return
		}
	}
	c.fail(http.StatusNotFound, "Not Found", "no such key")
}
