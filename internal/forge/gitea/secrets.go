package gitea

import (
	"context"
	"strings"

	"github.com/gatewright/gatewright/internal/fault"
	"github.com/gatewright/gatewright/internal/forge"
	"github.com/gatewright/gatewright/internal/rest"
	"github.com/gatewright/gatewright/internal/secret"
)

// entry is what a listing shows of a secret.
type entry struct {
	Name        string            `json:"name" rest:"required"`
	Description forge.Description `json:"description"` // since 1.24; never at Forgejo
	CreatedAt   forge.Time        `json:"created_at"`
}

func (e entry) forge() forge.Stat {
	s := forge.Stat{Name: e.Name, CreatedAt: e.CreatedAt.Time}
	e.Description.Mark(&s)
	return s
}

// maxSecret is the longest value that Gitea takes, in bytes (models/secret).
const maxSecret = 65536

// Put writes the secret. Gitea takes the value as it is and encrypts it itself.
func (c *Client) Put(ctx context.Context, ref forge.Ref, value secret.Value) (forge.Written, error) {
	at, err := locate(ref)
	if err != nil {
		return 0, err
	}
	resp, err := c.rest.Call(ctx, rest.Request{
		Op: ref.Op("store"), Method: "PUT", Path: at, JSON: map[string]string{"data": value.Expose(), "description": forge.Mark},
	}, nil)
	if err != nil {
		return 0, err
	}
	return forge.WrittenBy(resp, ref.Op("store"), "Gitea")
}

// Delete removes a secret; one that is already gone is no error.
func (c *Client) Delete(ctx context.Context, ref forge.Ref) error {
	at, err := locate(ref)
	if err != nil {
		return err
	}
	_, err = c.rest.Call(ctx, rest.Request{Op: ref.Op("delete"), Method: "DELETE", Path: at}, nil)
	return forge.Deleted(ctx, c, ref, err)
}

// Stat looks the secret up in the list: Gitea shows none by itself, and says
// when it was made but not when it was last written.
func (c *Client) Stat(ctx context.Context, ref forge.Ref) (forge.Stat, error) {
	if _, err := locate(ref); err != nil {
		return forge.Stat{}, err
	}
	list, err := c.List(ctx, ref)
	if err != nil {
		return forge.Stat{}, err
	}
	for _, s := range list {
		if strings.EqualFold(s.Name, ref.Name) {
			return s, nil
		}
	}
	return forge.Stat{}, ref.Missing()
}

// List lists the secrets of a place.
func (c *Client) List(ctx context.Context, ref forge.Ref) ([]forge.Stat, error) {
	at, err := place(ref)
	if err != nil {
		return nil, err
	}
	list, err := rest.Collect(pages[entry](ctx, c, "list the secrets of "+ref.String(), at), func(e entry) (forge.Stat, bool) { return e.forge(), true })
	if status := rest.Status(err); ref.Repo != "" && (status == 404 || status == 405) {
		switch repo, missing := c.repository(ctx, ref.Owner, ref.Repo); {
		case missing == nil && repo.noCI():
			return nil, fault.WithHint(fault.As(fault.Auth, err), "Actions are switched off in %s, and its secrets with them: switch them on in its settings, or leave it out", repo.name())
		case missing == nil:
			return nil, fault.WithHint(err, "the repository is there, so this server cannot list secrets: that takes Gitea 1.22 or later")
		}
	}
	return list, err
}

// CanWrite looks at the repository's state and permissions, and reads the list
// of secrets, which takes the same rights as writing them.
func (c *Client) CanWrite(ctx context.Context, ref forge.Ref) error {
	if ref.Name != "" {
		if _, err := locate(ref); err != nil {
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
	_, err := c.List(ctx, ref)
	return err
}
