package github

import (
	"cmp"
	"context"
	"fmt"
	"net/url"
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
	}, forge.Shorten(forge.Marked(marker, body), maxComment))
}

// notes finds ours, oldest first.
func (c *Client) notes(ctx context.Context, op, at, marker string) ([]forge.Note, error) {
	type comment struct {
		ID   int64  `json:"id" rest:"required"`
		Node string `json:"node_id"`
		Body string `json:"body"`
	}
	all := pages(ctx, c, rest.Request{Op: op, Path: at}, func(list []comment) []comment { return list })
	return rest.Collect(all, func(n comment) (forge.Note, bool) {
		return forge.Note{ID: strconv.FormatInt(n.ID, 10), Node: n.Node, Text: n.Body}, forge.HasMarker(marker, n.Body)
	})
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
