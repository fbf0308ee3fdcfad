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
	change := func(ctx context.Context, method, text, at string) error {
		r := rest.Request{Op: op, Method: method, Path: at}
		if text != "" {
			r.JSON = map[string]string{"body": text}
		}
		_, err := c.call(ctx, r, nil)
		return err
	}
	at := func(n forge.Note) string { return path("repos", pr.Owner, pr.Repo, "issues", "comments", n.ID) }
	return forge.Upsert(ctx, forge.Thread{
		Existing: pr.Existing,
		Ours:     func(ctx context.Context) ([]forge.Note, error) { return c.notes(ctx, op, pr, marker) },
		Create: func(ctx context.Context, text string) error {
			return change(ctx, "POST", text, path("repos", pr.Owner, pr.Repo, "issues", strconv.Itoa(pr.Number), "comments"))
		},
		Edit: func(ctx context.Context, n forge.Note, text string) error { return change(ctx, "PATCH", text, at(n)) },
		Delete: func(ctx context.Context, n forge.Note) error {
			err := change(ctx, "DELETE", "", at(n))
			if rest.Status(err) == 404 {
				return nil
			}
			return err
		},
		Unfold: func(ctx context.Context, n forge.Note) error { return c.unfold(ctx, op, n) },
	}, forge.Shorten(forge.Marked(marker, body), maxComment))
}

// notes finds ours, oldest first.
func (c *Client) notes(ctx context.Context, op string, pr forge.PullRequest, marker string) ([]forge.Note, error) {
	var ours []forge.Note
	at := path("repos", pr.Owner, pr.Repo, "issues", strconv.Itoa(pr.Number), "comments") + "?per_page=100&page="
	for page := 1; page != 0; {
		var list []struct {
			ID   int64  `json:"id" rest:"required"`
			Node string `json:"node_id"`
			Body string `json:"body"`
		}
		resp, err := c.call(ctx, rest.Request{Op: op, Method: "GET", Path: at + strconv.Itoa(page)}, &list)
		if err != nil {
			return nil, err
		}
		for _, comment := range list {
			if forge.HasMarker(marker, comment.Body) {
				ours = append(ours, forge.Note{ID: strconv.FormatInt(comment.ID, 10), Node: comment.Node, Text: comment.Body})
			}
		}
		page = resp.NextPage
	}
	return ours, nil
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
	var list []struct {
		Number int `json:"number"`
		Head   struct {
			SHA string `json:"sha"`
		} `json:"head"`
	}
	q := url.Values{"state": {"open"}, "per_page": {"100"}, "head": {cmp.Or(head.Owner, owner) + ":" + head.Branch}}
	_, err := c.call(ctx, rest.Request{
		Op: fmt.Sprintf("look for the pull request of %s in %s/%s", head.Branch, owner, repo), Method: "GET",
		Path: path("repos", owner, repo, "pulls") + "?" + q.Encode(),
	}, &list)
	if err != nil {
		return 0, err
	}
	var found []int
	for _, p := range list {
		if head.Commit == "" || p.Head.SHA == head.Commit {
			found = append(found, p.Number)
		}
	}
	return forge.Only(found, head)
}
