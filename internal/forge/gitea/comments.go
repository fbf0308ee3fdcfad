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
	return forge.Upsert(ctx, forge.Thread{
		Existing: pr.Existing,
		Call:     c.rest.Call, Op: op, Path: all, Edit: "PATCH",
		One:  func(n forge.Note) string { return issues + rest.Path("comments", n.ID) },
		Body: func(text string) any { return map[string]string{"body": text} },
		Ours: func(ctx context.Context) (ours []forge.Note, err error) {
			var list []struct { // of all: Gitea has no pages of comments
				ID   int64  `json:"id" rest:"required"`
				Body string `json:"body"`
				User struct {
					Login string `json:"login"`
				} `json:"user"`
			}
			if _, err := c.rest.Call(ctx, rest.Request{Op: op, Path: all}, &list); err != nil {
				return nil, c.absent(ctx, err, op, rest.Path("repos", pr.Owner, pr.Repo, "pulls", strconv.Itoa(pr.Number)))
			}
			for _, n := range list {
				if forge.HasMarker(marker, n.Body) {
					ours = append(ours, forge.Note{ID: strconv.FormatInt(n.ID, 10), Text: n.Body, Author: n.User.Login})
				}
			}
			return ours, nil
		},
		// Who may write may change everybody's comments. The token of a job is of no
		// user, and others may lack the scope read:user.
		Me: func(ctx context.Context) (string, error) {
			var me struct {
				Login string `json:"login"`
			}
			_, err := c.rest.Call(ctx, rest.Request{Op: op, Path: "/user"}, &me)
			return forge.Unasked(me.Login, err)
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
	_, err := c.rest.Call(ctx, rest.Request{Op: op, Method: "POST", Path: at + rest.Path("statuses", commit.SHA), JSON: body, Repeat: rest.Always}, nil)
	return c.absent(ctx, err, op, at+rest.Path("git", "commits", commit.SHA))
}

// absent returns err, or where Gitea failed on something that is not there, that:
// for an unknown commit or pull request it answers 500 without a word.
func (c *Client) absent(ctx context.Context, err error, op, path string) error {
	if rest.Status(err) != 500 {
		return err
	}
	if _, missing := c.rest.Call(ctx, rest.Request{Op: op, Path: path}, nil); rest.Status(missing) == 404 {
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
	from := cmp.Or(head.Owner, owner)
	all := pages[request](ctx, c, head.Op(owner, repo), rest.Path("repos", owner, repo, "pulls"))
	return forge.Only(all, head, func(r request) (int, bool) {
		return r.Number, r.Head.Branch == head.Branch && head.Has(r.Head.SHA) && (r.Head.Repo == nil || strings.EqualFold(r.Head.Repo.Owner.Login, from))
	})
}
