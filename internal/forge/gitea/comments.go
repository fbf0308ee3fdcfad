package gitea

import (
	"cmp"
	"context"
	"fmt"
	"strconv"
	"strings"

	"github.com/gatewright/gatewright/internal/forge"
	"github.com/gatewright/gatewright/internal/rest"
)

// maxComment keeps a comment within what browsers show well; Gitea has no limit
// of its own.
const maxComment = 65536

// Comment keeps one comment on the pull request.
func (c *Client) Comment(ctx context.Context, pr forge.PullRequest, marker, body string) error {
	op := fmt.Sprintf("comment on %s/%s#%d", pr.Owner, pr.Repo, pr.Number)
	issues := rest.Path("repos", pr.Owner, pr.Repo, "issues")
	all := issues + rest.Path(strconv.Itoa(pr.Number), "comments")
	one := func(n forge.Note) string { return issues + rest.Path("comments", n.ID) }
	return forge.Upsert(ctx, forge.Thread{
		Existing: pr.Existing,
		Ours: func(ctx context.Context) ([]forge.Note, error) {
			var list []struct {
				ID   int64  `json:"id" rest:"required"`
				Body string `json:"body"`
			}
			if _, err := c.call(ctx, rest.Request{Op: op, Method: "GET", Path: all}, &list); err != nil {
				return nil, c.absent(ctx, err, op, rest.Path("repos", pr.Owner, pr.Repo, "pulls", strconv.Itoa(pr.Number)))
			}
			var ours []forge.Note
			for _, n := range list {
				if forge.HasMarker(marker, n.Body) {
					ours = append(ours, forge.Note{ID: strconv.FormatInt(n.ID, 10), Text: n.Body})
				}
			}
			return ours, nil
		},
		Create: func(ctx context.Context, text string) error {
			_, err := c.call(ctx, rest.Request{Op: op, Method: "POST", Path: all, JSON: map[string]string{"body": text}}, nil)
			return err
		},
		Edit: func(ctx context.Context, n forge.Note, text string) error {
			_, err := c.call(ctx, rest.Request{Op: op, Method: "PATCH", Path: one(n), JSON: map[string]string{"body": text}, Repeat: rest.Always}, nil)
			return err
		},
		Delete: func(ctx context.Context, n forge.Note) error {
			_, err := c.call(ctx, rest.Request{Op: op, Method: "DELETE", Path: one(n)}, nil)
			if rest.Status(err) == 404 {
				return nil
			}
			return err
		},
	}, forge.Shorten(forge.Marked(marker, body), maxComment))
}

// SetStatus sets a commit's status.
func (c *Client) SetStatus(ctx context.Context, commit forge.Commit, s forge.Status) error {
	body := map[string]string{"state": s.State, "context": s.Context, "description": s.Description}
	if s.URL != "" {
		body["target_url"] = s.URL
	}
	op := fmt.Sprintf("set the status %s of %s", s.Context, commit)
	at := rest.Path("repos", commit.Owner, commit.Repo)
	_, err := c.call(ctx, rest.Request{Op: op, Method: "POST", Path: at + rest.Path("statuses", commit.SHA), JSON: body, Repeat: rest.Always}, nil)
	return c.absent(ctx, err, op, at+rest.Path("git", "commits", commit.SHA))
}

// absent returns err, or where Gitea failed on something that is not there, that:
// for an unknown commit or pull request it answers 500 without a word.
func (c *Client) absent(ctx context.Context, err error, op, path string) error {
	if rest.Status(err) != 500 {
		return err
	}
	if _, missing := c.call(ctx, rest.Request{Op: op, Method: "GET", Path: path}, nil); rest.Status(missing) == 404 {
		return missing
	}
	return err
}

// FindPullRequest finds a branch's open pull request, also one of a fork.
func (c *Client) FindPullRequest(ctx context.Context, owner, repo string, head forge.Head) (int, error) {
	type request struct {
		Number int `json:"number"`
		Head   struct {
			Branch string `json:"ref"`
			SHA    string `json:"sha"`
			Repo   *struct {
				Owner struct {
					Login string `json:"login"`
				} `json:"owner"`
			} `json:"repo"`
		} `json:"head"`
	}
	var found []int
	for r, err := range pages[request](ctx, c, fmt.Sprintf("look for the pull request of %s in %s/%s", head.Branch, owner, repo), rest.Path("repos", owner, repo, "pulls")) {
		from := cmp.Or(head.Owner, owner)
		if err != nil {
			return 0, err
		}
		if r.Head.Branch == head.Branch && (head.Commit == "" || r.Head.SHA == head.Commit) && (r.Head.Repo == nil || strings.EqualFold(r.Head.Repo.Owner.Login, from)) {
			found = append(found, r.Number)
		}
	}
	return forge.Only(found, head)
}
