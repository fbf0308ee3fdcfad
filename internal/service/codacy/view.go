package codacy

import (
	"context"

	"github.com/gatewright/gatewright/internal/fault"
	"github.com/gatewright/gatewright/internal/rest"
	"github.com/gatewright/gatewright/internal/service"
)

// view is a commit or a pull request as Codacy shows it to the token at hand.
type view struct {
	*Client
	p    place
	t    service.Target
	kind service.TokenKind
}

func (c *Client) view(ctx context.Context, t service.Target) (view, error) {
	p, err := placeOf(t.Repo)
	if err != nil {
		return view{}, err
	}
	kind, err := c.tokenKind(ctx)
	return view{c, p, t, kind}, err
}

// reads returns the client to read with: the account's, or without a token,
// which public repositories allow.
func (v view) reads() *rest.Client {
	if v.kind == service.AccountToken {
		return v.account
	}
	return v.public
}

// lists returns the client for the few lists that a repository token may read.
func (v view) lists() *rest.Client {
	if v.kind == service.RepositoryToken {
		return v.repository
	}
	return v.reads()
}

// get asks Codacy for what the words say.
func (v view) get(ctx context.Context, words, path string, out any) (*rest.Response, error) {
	return v.reads().Call(ctx, rest.Request{Op: "ask Codacy " + words, Method: rest.MethodGet, Path: path}, out)
}

// missing reports whether an answer of 404 says that the repository lacks
// something: Codacy answers the same where it does not show the repository at all.
func (v view) missing(ctx context.Context, resp *rest.Response) bool {
	if resp == nil || resp.Status != rest.StatusNotFound {
		return false
	}
	_, err := v.get(ctx, "for "+v.p.String(), v.p.v3(""), nil)
	return err == nil
}

// refused explains a refusal to read. Codacy answers 401 or 404 for what the
// caller may not see.
func (v view) refused(err error) error {
	if !denied(err) {
		return err
	}
	switch v.kind {
	case service.RepositoryToken:
		return fault.WithHint(fault.As(fault.Auth, &service.KindError{Err: err}),
			"a repository token may not ask for this on a private repository; set CODACY_API_TOKEN to an account token that sees %s", v.p)
	case service.NoToken:
		return fault.WithHint(fault.As(fault.Auth, err), "without a token only public repositories can be read; set CODACY_API_TOKEN")
	default:
		return fault.WithHint(fault.As(fault.Auth, err),
			"check that the account token is valid and sees %s, and that the repository was added to Codacy (names: --provider, --organization, --repository)", v.p)
	}
}

// denied reports whether an error is one of the statuses with which Codacy
// answers who may not see something.
func denied(err error) bool {
	s := rest.Status(err)
	return s == rest.StatusUnauthorized || s == rest.StatusForbidden || s == rest.StatusNotFound
}

func short(sha string) string { return sha[:min(len(sha), 10)] }
