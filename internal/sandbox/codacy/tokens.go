package codacy

import (
	"fmt"
	"net/http"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/gatewright/gatewright/internal/sandbox/answer"
	"github.com/gatewright/gatewright/internal/sandbox/world"
	vendor "github.com/gatewright/gatewright/internal/service/codacy"
)

// token is one token of either kind.
type token struct {
	id        int64
	value     string
	name      string
	repo      *world.Repository // nil: an account token
	createdAt time.Time
	expiresAt time.Time // zero: never
}

func (t *token) expired(now time.Time) bool { return !t.expiresAt.IsZero() && !now.Before(t.expiresAt) }

func (s *Server) token(value string) *token { return s.tokens[value] }

// mint makes a token. The caller holds the world's lock.
func (s *Server) mint(repo *world.Repository, name string, expires time.Time) *token {
	id := s.w.NextID()
	if name == "" && repo != nil {
		name = "token-" + strconv.FormatInt(id, 10)
	}
	t := &token{id: id, value: world.NewToken(""), name: name, repo: repo, createdAt: s.w.Now(), expiresAt: expires}
	s.tokens[t.value], s.held[repo] = t, append(s.held[repo], t)
	s.issued = append(s.issued, t.value)
	return t
}

// Issued returns the values of all tokens ever made, revoked ones too, for tests
// that look for leaks.
func (s *Server) Issued() []string {
	s.w.Lock()
	defer s.w.Unlock()
	return slices.Clone(s.issued)
}

// Values returns the values of a repository's live tokens, for tests.
func (s *Server) Values(owner, name string) []string {
	s.w.Lock()
	defer s.w.Unlock()
	var out []string
	for _, t := range s.of(s.w.Repository(owner, name)) {
		out = append(out, t.value)
	}
	return out
}

// Live counts the tokens of a repository that still work, for tests that look
// for orphans.
func (s *Server) Live(owner, name string) int {
	s.w.Lock()
	defer s.w.Unlock()
	return len(s.of(s.w.Repository(owner, name)))
}

// of lists the tokens of a repository, or of the account, newest first.
func (s *Server) of(repo *world.Repository) []*token {
	out := slices.Clone(s.held[repo])
	slices.Reverse(out)
	return out
}

// show is a token as a list or a creation shows it. Only a creation shows the
// value (and the list did, in the old days).
func (c *call) show(t *token, value bool) obj {
	o := obj{"id": t.id, "token": strings.Repeat("*", 16) + t.value[len(t.value)-4:]}
	if value || c.s.w.Quirk(OldTokens) {
		o["token"] = t.value
	}
	if !t.expiresAt.IsZero() {
		o["expiresAt"] = t.expiresAt.Format(time.RFC3339)
	}
	if !c.s.w.Quirk(OldTokens) && t.repo != nil {
		o["name"] = t.name
		o["createdAt"] = t.createdAt.Format(time.RFC3339)
	}
	return o
}

func (c *call) listTokens() {
	data := answer.Rows(c.s.of(c.repo), func(t *token) obj { return c.show(t, false) })
	if c.repo != nil {
		c.ok(obj{"data": data}) // the document names no parameters of this list
		return
	}
	page(c, data)
}

func (c *call) createRepositoryToken() {
	var in struct {
		Name      *string    `json:"name"`
		ExpiresAt *time.Time `json:"expiresAt"`
	}
	if c.s.w.Quirk(OldTokens) {
		c.JSON(http.StatusCreated, obj{"data": c.show(c.s.mint(c.repo, "", time.Time{}), true)})
		return
	}
	if !c.decode(&in) {
		return
	}
	if !c.s.isAdded(c.repo) {
		c.fail(http.StatusNotFound, "Repository not found")
		return
	}
	name, expires := "", c.s.w.Now().AddDate(1, 0, 0)
	if in.Name != nil {
		name = *in.Name
	}
	if in.ExpiresAt != nil {
		expires = *in.ExpiresAt
	}
	if why := c.refuseToken(in.Name, expires); why != "" {
		c.fail(http.StatusUnprocessableEntity, why) // the status is not documented
		return
	}
	if most := vendor.Descriptor().Issue.Max; len(c.s.of(c.repo)) >= most {
		c.fail(http.StatusUnprocessableEntity, fmt.Sprintf("A repository can't have more than %d API tokens", most))
		return
	}
	if slices.ContainsFunc(c.s.of(c.repo), func(t *token) bool { return name != "" && t.name == name }) {
		c.fail(http.StatusConflict, "There is already a token with this name")
		return
	}
	c.JSON(http.StatusCreated, obj{"data": c.show(c.s.mint(c.repo, name, expires.UTC()), true)})
}

func (c *call) refuseToken(name *string, expires time.Time) string {
	now := c.s.w.Now()
	switch {
	case name != nil && !answer.Fits(`^[A-Za-z0-9-]{1,100}$`, *name):
		return "The name may hold letters, digits and dashes, at most 100"
	case !expires.After(now):
		return "The expiration date must be in the future"
	case expires.After(now.AddDate(1, 0, 0).Add(time.Minute)):
		return "The expiration date must be within one year"
	}
	return ""
}

func (c *call) createAccountToken() {
	var in struct {
		ExpiresAt *time.Time `json:"expiresAt"`
	}
	if !c.decode(&in) {
		return
	}
	expires := time.Time{}
	if in.ExpiresAt != nil {
		expires = in.ExpiresAt.UTC()
		if why := c.refuseToken(nil, expires); why != "" {
			c.fail(http.StatusUnprocessableEntity, why)
			return
		}
	}
	c.ok(c.show(c.s.mint(nil, "", expires), true))
}

func (c *call) deleteToken() {
	id, err := strconv.ParseInt(c.R.PathValue("id"), 10, 64)
	if err != nil {
		c.fail(http.StatusBadRequest, "The token id is not a number")
		return
	}
	if !c.s.revoke(c.repo, id) {
		c.fail(http.StatusNotFound, "Token not found")
		return
	}
	c.none()
}

func (c *call) deleteTokens() {
	var in struct {
		IDs []int64 `json:"ids"`
	}
	if !c.decode(&in) {
		return
	}
	switch {
	case c.s.w.Quirk(NoBulkDelete):
		c.fail(http.StatusNotFound, "Not found")
		return
	case len(in.IDs) == 0:
		c.fail(http.StatusBadRequest, "No ids")
		return
	}
	for _, id := range in.IDs {
		c.s.revoke(c.repo, id)
	}
	c.none()
}

func (s *Server) revoke(repo *world.Repository, id int64) bool {
	for i, t := range s.held[repo] {
		if t.id == id {
			s.held[repo] = slices.Delete(s.held[repo], i, i+1)
			delete(s.tokens, t.value)
			return true
		}
	}
	return false
}
