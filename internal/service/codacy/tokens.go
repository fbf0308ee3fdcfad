package codacy

import (
	"context"
	"fmt"
	"sort"
	"strconv"
	"time"

	"github.com/gatewright/gatewright/internal/fault"
	"github.com/gatewright/gatewright/internal/rest"
	"github.com/gatewright/gatewright/internal/secret"
	"github.com/gatewright/gatewright/internal/service"
)

// year is how long a token may live (docs.codacy.com, "API tokens"). A minute
// less keeps a clock that is ahead out of trouble.
const (
	year    = 365 * 24 * time.Hour
	longest = year - time.Minute
)

// apiToken is a token in an answer. The document of 2025 has id, token and
// expiresAt; the newer API shows the value at its creation alone and adds the
// rest. Nothing but the id is relied on.
type apiToken struct {
	ID        int64      `json:"id"`
	Token     string     `json:"token"`
	Name      string     `json:"name"`
	ExpiresAt *time.Time `json:"expiresAt"`
	CreatedAt *time.Time `json:"createdAt"`
	LastFour  string     `json:"lastFour"`
}

func (t apiToken) known() service.Token {
	out := service.Token{
		ID: strconv.FormatInt(t.ID, 10), Name: t.Name, ExpiresAt: t.ExpiresAt, CreatedAt: t.CreatedAt, LastFour: t.LastFour,
	}
	if n := len(t.Token); out.LastFour == "" && n >= 8 {
		out.LastFour = t.Token[n-4:] // of the value, or of its masked form
	}
	return out
}

// tokens is where the tokens of a scope are: a repository's, or the account's own.
type tokens struct {
	*rest.Client
	path string
	what string // whose they are, in words
}

// tokensOf returns where a scope's tokens are, for what is to be done with them.
func (c *Client) tokensOf(ctx context.Context, do string, s service.Scope) (tokens, error) {
	at := tokens{nil, "/api/v3/user/tokens", "your account"}
	if s.Owner != "" || s.Name != "" {
		p, err := placeOf(s)
		if err != nil {
			return at, err
		}
		at.path, at.what = p.v3("", "tokens"), p.String()
	}
	var err error
	at.Client, err = c.needAccount(ctx, do+" "+at.what)
	return at, err
}

// Mint creates a token. The request is sent once: if its answer is lost the
// error is ambiguous, and the caller looks for the name in the list.
func (c *Client) Mint(ctx context.Context, r service.MintRequest) (service.Minted, error) {
	if err := checkMint(r); err != nil {
		return service.Minted{}, err
	}
	at, err := c.tokensOf(ctx, "create a token for", r.Scope)
	if err != nil {
		return service.Minted{}, err
	}
	body := map[string]any{}
	if r.Scope.Name != "" {
		// Both are wanted by the API since August 2026; the one before takes no
		// body and ignores it.
		body["name"], body["expiresAt"] = r.Name, time.Now().Add(longest).UTC().Format(time.RFC3339)
	}
	if !r.ExpiresAt.IsZero() {
		body["expiresAt"] = r.ExpiresAt.UTC().Format(time.RFC3339)
	}
	resp, err := at.Do(ctx, rest.Request{
		Op: fmt.Sprintf("create the Codacy token %q for %s", r.Name, at.what), Method: rest.MethodPost, Path: at.path, JSON: body, Repeat: rest.Never,
	})
	if err != nil {
		return service.Minted{}, err
	}
	if err := resp.Err(); err != nil {
		return service.Minted{}, mintError(err, at.what)
	}
	return minted(resp, r)
}

// minted reads a new token: a repository's comes inside "data", an account's
// does not.
func minted(resp *rest.Response, r service.MintRequest) (service.Minted, error) {
	var answer struct {
		apiToken
		Data *apiToken `json:"data"`
	}
	if err := resp.Decode(&answer); err != nil {
		return service.Minted{}, err
	}
	t := answer.apiToken
	if answer.Data != nil {
		t = *answer.Data
	}
	if t.ID == 0 || !service.Usable(t.Token) || resp.Repeats(t.Token) {
		return service.Minted{}, resp.Unusable("Codacy created the token and did not show it")
	}
	m := service.Minted{Token: t.known(), Value: secret.New(t.Token)}
	m.LastFour = m.Value.LastFour()
	if m.Name == "" {
		m.Name = r.Name
	}
	return m, nil
}

// checkMint refuses what Codacy refuses, with a clearer reason.
func checkMint(r service.MintRequest) error {
	if len(r.Permissions) > 0 {
		return fault.WithHint(fault.Errorf(fault.Input, "Codacy's tokens have no permissions to choose: a repository token does what its repository allows"),
			"leave --permission out")
	}
	// This machine's clock may be days behind that of the service, which has the last word.
	if !r.ExpiresAt.IsZero() && time.Until(r.ExpiresAt) > longest+30*24*time.Hour {
		return fault.Errorf(fault.Input, "a Codacy token lives for at most a year, and %s is later", r.ExpiresAt.Format(time.DateOnly))
	}
	if r.Scope.Name == "" {
		return nil
	}
	if len(r.Name) == 0 || len(r.Name) > 100 {
		return fault.Errorf(fault.Input, "the name of a Codacy token has 1 to 100 characters, not %d", len(r.Name))
	}
	for _, c := range r.Name {
		if (c < 'a' || c > 'z') && (c < 'A' || c > 'Z') && (c < '0' || c > '9') && c != '-' {
			return fault.Errorf(fault.Input, "the name of a Codacy token holds letters, digits and dashes alone, and %q has %q", r.Name, c)
		}
	}
	return nil
}

// refused explains why something was not done with the tokens of what. The API
// does not say which status stands for which reason, so its words are shown.
func refused(err error, what string) error {
	if !denied(err) {
		return err
	}
	return fault.WithHint(fault.As(fault.Auth, err),
		"the tokens of %s need an account token whose owner is an admin there, and a repository that was added to Codacy", what)
}

// mintError explains why a token was not made.
func mintError(err error, what string) error {
	switch rest.Status(err) {
	case rest.StatusConflict, rest.StatusUnprocessableEntity, rest.StatusBadRequest:
		return fault.WithHint(err, "see what is there with `gatewright token list`: names are unique, and a repository has at most 100 tokens")
	default:
		return refused(err, what)
	}
}

// Tokens lists a scope's tokens, newest first. Account tokens come in pages, a
// repository's all at once; both are read to their end.
func (c *Client) Tokens(ctx context.Context, s service.Scope) ([]service.Token, error) {
	at, err := c.tokensOf(ctx, "list the tokens of", s)
	if err != nil {
		return nil, err
	}
	r := rest.Request{Op: "list the Codacy tokens of " + at.what, Method: rest.MethodGet, Path: at.path}
	list, err := collect[apiToken](ctx, at.Client, r, s.Name == "")
	if err != nil {
		return nil, refused(err, at.what)
	}
	sort.SliceStable(list, func(i, j int) bool { return list[j].ID < list[i].ID })
	var out []service.Token
	for _, t := range list {
		out = append(out, t.known())
	}
	return out, nil
}

// numbers reads ids of tokens, which are numbers.
func numbers(ids []string) (out []int64, err error) {
	for _, id := range ids {
		n, err := strconv.ParseInt(id, 10, 64)
		if err != nil {
			return nil, fault.WithHint(fault.Errorf(fault.Input, "%q is not the id of a Codacy token, which is a number", id), "`gatewright token list` shows the ids")
		}
		out = append(out, n)
	}
	return out, nil
}

// Revoke deletes a token. One that is gone is as good as deleted; but a
// repository that cannot be seen answers the same 404, so the list decides.
func (c *Client) Revoke(ctx context.Context, s service.Scope, id string) error {
	if _, err := numbers([]string{id}); err != nil {
		return err
	}
	at, err := c.tokensOf(ctx, "revoke a token of", s)
	if err != nil {
		return err
	}
	_, err = at.Call(ctx, rest.Request{
		Op: fmt.Sprintf("revoke Codacy token %s of %s", id, at.what), Method: rest.MethodDelete, Path: at.path + rest.Path(id),
	}, nil)
	if rest.Status(err) == rest.StatusNotFound && service.Gone(ctx, c, s, id) {
		return nil
	}
	return refused(err, at.what)
}

// RevokeAll deletes many tokens of a repository. Where the API lacks the bulk
// deletion they go one by one.
func (c *Client) RevokeAll(ctx context.Context, s service.Scope, ids []string) error {
	list, err := numbers(ids)
	if err != nil || len(ids) == 0 {
		return err
	}
	at, err := c.tokensOf(ctx, "revoke tokens of", s)
	if err != nil {
		return err
	}
	if s.Name != "" {
		_, err = at.Call(ctx, rest.Request{
			Op: fmt.Sprintf("revoke %d Codacy tokens of %s", len(ids), at.what), Method: rest.MethodPost, Path: at.path + "/delete",
			JSON: map[string]any{"ids": list}, Repeat: rest.Always, // what is deleted twice is deleted
		}, nil)
		if status := rest.Status(err); status != rest.StatusNotFound && status != rest.StatusMethodNotAllowed {
			return refused(err, at.what)
		}
	}
	for _, id := range ids {
		if err := c.Revoke(ctx, s, id); err != nil {
			return err
		}
	}
	return nil
}
