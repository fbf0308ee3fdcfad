package github

import (
	"cmp"
	"context"
	"fmt"
	"net/url"
	"slices"
	"strconv"

	"github.com/gatewright/gatewright/internal/forge"
	"github.com/gatewright/gatewright/internal/rest"
)

// maxComment is the longest comment that GitHub takes, in characters.
const maxComment = 65536

// Comment keeps one comment on the pull request.
func (c *Client) Comment(ctx context.Context, pr forge.PullRequest, marker, body string) error {
	op := fmt.Sprintf("comment on %s/%s#%d", pr.Owner, pr.Repo, pr.Number)
	at := path("repos", pr.Owner, pr.Repo, "issues", strconv.Itoa(pr.Number), "comments")
	return forge.Upsert(ctx, forge.Thread{
		Existing: pr.Existing,
		Call:     c.call, Op: op, Path: at, Edit: "PATCH",
		One:    func(n forge.Note) string { return path("repos", pr.Owner, pr.Repo, "issues", "comments", n.ID) },
		Body:   func(text string) any { return map[string]string{"body": text} },
		Ours:   func(ctx context.Context) ([]forge.Note, error) { return c.notes(ctx, op, at, marker) },
		Unfold: func(ctx context.Context, n forge.Note) error { return c.unfold(ctx, op, n) },
		Me:     func(ctx context.Context) (string, error) { return c.viewer(ctx, op) },
	}, forge.Shorten(forge.Marked(marker, body), maxComment))
}

// notes finds ours, oldest first.
func (c *Client) notes(ctx context.Context, op, at, marker string) ([]forge.Note, error) {
	type comment struct {
		ID   int64  `json:"id" rest:"required"`
		Node string `json:"node_id"`
		Body string `json:"body"`
		User *struct {
			Login string `json:"login"`
			Type  string `json:"type"`
		} `json:"user"`
		Association string `json:"author_association"`
	}
	all := pages(ctx, c, rest.Request{Op: op, Path: at}, func(list []comment) []comment { return list })
	return rest.Collect(all, func(n comment) (forge.Note, bool) {
		note := forge.Note{ID: strconv.FormatInt(n.ID, 10), Node: n.Node, Text: n.Body}
		// Bots, and users with a role in the repository, need no second look: they may
		// change our comment as well.
		if n.User != nil && n.User.Type == "User" && !slices.Contains([]string{"", "OWNER", "MEMBER", "COLLABORATOR"}, n.Association) {
			note.Author = n.User.Login
		}
		return note, forge.HasMarker(marker, n.Body)
	})
}

// viewer returns the login of the token's user, "github-actions[bot]" of a job's
// token, which REST does not tell (marocchino/sticky-pull-request-comment#332).
// Where it cannot be asked nobody is: a comment too many is better than one that
// a stranger may rewrite.
func (c *Client) viewer(ctx context.Context, op string) (string, error) {
	var who struct {
		Viewer struct {
			Login string `json:"login"`
		} `json:"viewer"`
	}
	const nobody = "-"
	err := c.graphql(ctx, rest.Request{Op: op, JSON: map[string]any{"query": "query { viewer { login } }"}}, &who)
	if ctx.Err() != nil {
		return "", ctx.Err()
	}
	if err != nil || who.Viewer.Login == "" {
		return nobody, nil //nolint:nilerr // see above
	}
	return who.Viewer.Login, nil
}

// maxDescription is the longest description of a status, in characters.
const maxDescription = 140

// SetStatus sets a commit's status.
func (c *Client) SetStatus(ctx context.Context, commit forge.Commit, s forge.Status) error {
	body := map[string]string{"state": s.State, "context": s.Context, "description": forge.Shorten(s.Description, maxDescription)}
	if s.URL != "" {
		body["target_url"] = s.URL
	}
	_, err := c.call(ctx, rest.Request{
		Op: fmt.Sprintf("set the status %s of %s", s.Context, commit), Method: "POST", Path: path("repos", commit.Owner, commit.Repo, "statuses", commit.SHA), JSON: body,
	}, nil)
	return err
}

// FindPullRequest finds a branch's open pull request, also one of a fork.
func (c *Client) FindPullRequest(ctx context.Context, owner, repo string, head forge.Head) (int, error) {
	all := pages(ctx, c, rest.Request{
		Op: head.Op(owner, repo), Path: path("repos", owner, repo, "pulls"),
		Query: url.Values{"state": {"open"}, "head": {cmp.Or(head.Owner, owner) + ":" + head.Branch}},
	}, func(list []pull) []pull { return list })
	return forge.Only(all, head, func(p pull) (int, bool) { return p.Number, head.Has(p.Head.SHA) })
}
