package github

import (
	"cmp"
	"context"
	"fmt"
	"net/url"
	"strconv"

	"github.com/google/go-github/v62/github"

	"github.com/gatewright/gatewright/internal/fault"
	"github.com/gatewright/gatewright/internal/forge"
)

// maxComment is the longest comment that GitHub takes, in characters.
const maxComment = 65536

// Comment keeps one comment on the pull request.
func (c *Client) Comment(ctx context.Context, pr forge.PullRequest, marker, body string) error {
	op := fmt.Sprintf("comment on %s/%s#%d", pr.Owner, pr.Repo, pr.Number)
	return forge.Upsert(ctx, forge.Thread{
		Existing: pr.Existing,
		Ours:     func(ctx context.Context) ([]forge.Note, error) { return c.notes(ctx, op, pr, marker) },
		Create: func(ctx context.Context, text string) error {
			_, resp, err := c.gh.createComment(ctx, pr.Owner, pr.Repo, pr.Number, &github.IssueComment{Body: &text})
			return c.fail(op, resp, err)
		},
		Edit: func(ctx context.Context, n forge.Note, text string) error {
			id, err := noteID(n)
			if err != nil {
				return err
			}
			_, resp, err := c.gh.editComment(ctx, pr.Owner, pr.Repo, id, &github.IssueComment{Body: &text})
			return c.fail(op, resp, err)
		},
		Delete: func(ctx context.Context, n forge.Note) error {
			id, err := noteID(n)
			if err != nil {
				return err
			}
			resp, err := c.gh.deleteComment(ctx, pr.Owner, pr.Repo, id)
			if err != nil && resp != nil && resp.Response != nil && resp.StatusCode == 404 {
				return nil
			}
			return c.fail(op, resp, err)
		},
	}, forge.Shorten(forge.Marked(marker, body), maxComment))
}

func noteID(n forge.Note) (int64, error) {
	id, err := strconv.ParseInt(n.ID, 10, 64)
	if err != nil {
		return 0, fault.Errorf(fault.Bug, "comment id %q: %w", n.ID, err)
	}
	return id, nil
}

// notes finds ours, oldest first.
func (c *Client) notes(ctx context.Context, op string, pr forge.PullRequest, marker string) ([]forge.Note, error) {
	var ours []forge.Note
	o := &github.IssueListCommentsOptions{ListOptions: github.ListOptions{PerPage: 100}}
	for {
		list, resp, err := c.gh.listComments(ctx, pr.Owner, pr.Repo, pr.Number, o)
		if err != nil {
			return nil, c.fail(op, resp, err)
		}
		for _, comment := range list {
			if forge.HasMarker(marker, comment.GetBody()) {
				ours = append(ours, forge.Note{ID: strconv.FormatInt(comment.GetID(), 10), Text: comment.GetBody()})
			}
		}
		if resp.NextPage == 0 {
			return ours, nil
		}
		o.Page = resp.NextPage
	}
}

// maxDescription is the longest description of a status, in characters.
const maxDescription = 140

// SetStatus sets a commit's status.
func (c *Client) SetStatus(ctx context.Context, owner, repo, commit string, s forge.Status) error {
	description := forge.Shorten(s.Description, maxDescription)
	in := &github.RepoStatus{State: &s.State, Context: &s.Context, Description: &description}
	if s.URL != "" {
		in.TargetURL = &s.URL
	}
	_, resp, err := c.gh.createStatus(ctx, owner, repo, commit, in)
	return c.fail(fmt.Sprintf("set the status %s of %s/%s@%.7s", s.Context, owner, repo, commit), resp, err)
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
	_, err := c.call(ctx, fmt.Sprintf("look for the pull request of %s in %s/%s", head.Branch, owner, repo), "GET",
		path("repos", owner, repo, "pulls")+"?"+q.Encode(), nil, &list)
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
