package codacy

import (
	"bytes"
	"cmp"
	"context"
	"fmt"
	"path"
	"strings"

	"github.com/gatewright/gatewright/internal/fault"
	"github.com/gatewright/gatewright/internal/repo"
	"github.com/gatewright/gatewright/internal/rest"
	"github.com/gatewright/gatewright/internal/service"
)

// Check asks whose token this is. An account token belongs to a user. Of a
// repository token Codacy says nothing, but with a repository named it shows
// whether the token opens it.
func (c *Client) Check(ctx context.Context, s service.Scope) (service.Identity, error) {
	kind, err := c.tokenKind(ctx)
	if err != nil {
		return service.Identity{}, err
	}
	switch kind {
	case service.AccountToken:
		return c.checkAccount(ctx)
	case service.NoToken:
		return service.Identity{}, fault.Errorf(fault.Auth, "there is no token to check")
	default:
		return c.checkRepository(ctx, s)
	}
}

func (c *Client) checkAccount(ctx context.Context) (service.Identity, error) {
	var answer struct {
		Data struct {
			Name  string `json:"name"`
			Email string `json:"mainEmail" rest:"required"`
		} `json:"data" rest:"required"`
	}
	if _, err := c.account.Call(ctx, rest.Request{Op: "ask Codacy whose token this is", Method: rest.MethodGet, Path: "/api/v3/user"}, &answer); err != nil {
		if s := rest.Status(err); s == rest.StatusUnauthorized || s == rest.StatusNotFound {
			err = fault.WithHint(fault.As(fault.Auth, err), "the account token is wrong, revoked or expired; if it is a repository token, use CODACY_PROJECT_TOKEN or --token-kind repository")
		}
		return service.Identity{}, err
	}
	id := service.Identity{Kind: "account token", Owner: answer.Data.Email, Note: "it may do what its owner may, in every organization of theirs"}
	if answer.Data.Name != "" {
		id.Owner = fmt.Sprintf("%s <%s>", answer.Data.Name, answer.Data.Email)
	}
	// Which of the account's tokens it is shows in its last four characters,
	// where the list shows them and they are one token's alone.
	list, err := c.Tokens(ctx, service.Scope{})
	if err != nil {
		return id, nil //nolint:nilerr // the expiry is an extra
	}
	own, ok := service.OwnToken(list, c.token)
	if id.ExpiresAt = own.ExpiresAt; !ok {
		id.Note += "; which of its tokens this is cannot be seen, nor when it expires"
	}
	return id, nil
}

func (c *Client) checkRepository(ctx context.Context, s service.Scope) (service.Identity, error) {
	id := service.Identity{Kind: "repository token", Permissions: []string{"upload to its repository", "read its repository"}}
	if s.Name == "" {
		id.Note = "Codacy does not say which repository a repository token belongs to, nor when it expires; name one with --organization and --repository to see whether it opens that"
		return id, nil
	}
	p, err := placeOf(s)
	if err != nil {
		return id, err
	}
	var answer struct {
		Data struct {
			Visibility string `json:"visibility"` // Public, Private, LoginPublic
		} `json:"data" rest:"required"`
	}
	_, err = c.repository.Call(ctx, rest.Request{Op: "ask Codacy whether the token opens " + p.String(), Method: rest.MethodGet, Path: p.v3("")}, &answer)
	switch {
	case rest.Status(err) == rest.StatusUnauthorized && !c.cloud():
		return c.checkElsewhere(ctx, id, err)
	case denied(err):
		return id, fault.WithHint(fault.As(fault.Auth, err), "it is wrong, revoked, expired, or the token of another repository than %s", p)
	case err != nil:
		return id, err
	case answer.Data.Visibility == "Public" && !c.cloud():
		// Servers that know no repository tokens here show it to everybody.
		if id, err = c.checkElsewhere(ctx, id, nil); err != nil {
			return id, err
		}
	}
	id.Owner, id.Note = p.String(), "when it expires is shown to an account token only: gatewright token list"
	return id, nil
}

// checkElsewhere asks the older API about a repository token: servers of before
// 2026 know none in the newer one. What the older one accepts is a token; of
// which repository, it does not say.
func (c *Client) checkElsewhere(ctx context.Context, id service.Identity, refused error) (service.Identity, error) {
	resp, err := c.repository.Do(ctx, rest.Request{Op: "ask Codacy whether it accepts the token", Method: rest.MethodGet, Path: "/2.0/project/analysis/configuration"})
	if err != nil {
		return id, err
	}
	switch err := resp.Err(); {
	case err == nil && bytes.HasPrefix(bytes.TrimSpace(resp.Body), []byte("{")):
		id.Note = "this Codacy does not say which repository the token belongs to, nor when it expires"
		return id, nil
	case denied(err):
		return id, fault.WithHint(fault.As(fault.Auth, cmp.Or(refused, err)), "it is wrong, revoked or expired")
	case err == nil:
		err = resp.Decode(&struct{}{})
		fallthrough
	default:
		return id, fmt.Errorf("%w: %w", service.ErrUnverified, err)
	}
}

// AddRepository adds a repository to its organization at Codacy. What subgroups
// there are is in its path.
func (c *Client) AddRepository(ctx context.Context, s service.Scope) error {
	code, err := provider(s.Forge, false)
	if err != nil {
		return err
	}
	op := "add " + s.Owner + "/" + s.Name + " at Codacy"
	rc, err := c.needAccount(ctx, op)
	if err != nil {
		return err
	}
	_, err = rc.Call(ctx, rest.Request{
		Op: op, Method: rest.MethodPost, Path: "/api/v3/repositories", Repeat: rest.Always,
		JSON: map[string]string{"repositoryFullPath": s.Owner + "/" + s.Name, "provider": code},
	}, nil)
	switch rest.Status(err) {
	case rest.StatusConflict: // added before
		return nil
	case rest.StatusPaymentRequired:
		return fault.WithHint(err, "the organization's plan at Codacy takes no further repository")
	}
	return err
}

// Repositories lists what Codacy sees of an organization, added or not.
func (c *Client) Repositories(ctx context.Context, forge, owner string) ([]service.Repository, error) {
	code, err := provider(forge, false)
	if err != nil {
		return nil, err
	}
	rc, err := c.needAccount(ctx, "list the repositories of "+owner)
	if err != nil {
		return nil, err
	}
	top := organization(code, owner)
	type repository struct {
		Owner      string `json:"owner" rest:"required"`
		Name       string `json:"name" rest:"required"`
		FullPath   string `json:"fullPath"`   // with subgroups, which owner and name do not show
		AddedState string `json:"addedState"` // NotAdded, Added, Following
	}
	list, err := collect[repository](ctx, rc, rest.Request{
		Op: "list the repositories of " + owner + " at Codacy", Method: rest.MethodGet, Path: "/api/v3" + rest.Path("organizations", code, top, "repositories"),
	}, true)
	if denied(err) {
		return nil, fault.WithHint(fault.As(fault.Auth, err), "check the account token, and that its owner belongs to the organization %s at Codacy (%s)", owner, code)
	}
	var out []service.Repository
	seen := map[string]bool{}
	for _, r := range list {
		full := cmp.Or(r.FullPath, r.Owner+"/"+r.Name)
		if seen[full] || top != owner && !strings.HasPrefix(full, owner+"/") {
			continue // pages may overlap where they hold more than was asked for; other subgroups were not asked for
		}
		seen[full] = true
		out = append(out, service.Repository{Repo: repo.Repo{Forge: forge, Owner: path.Dir(full), Name: path.Base(full)}, Added: r.AddedState != "NotAdded"})
	}
	return out, err
}
