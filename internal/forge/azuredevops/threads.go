package azuredevops

import (
	"cmp"
	"context"
	"fmt"
	"net/url"
	"strconv"
	"strings"

	"github.com/gatewright/gatewright/internal/forge"
	"github.com/gatewright/gatewright/internal/rest"
)

// maxComment is the longest comment that Azure DevOps takes, in characters.
const maxComment = 150_000

// Comment keeps one thread of ours on the pull request. It is closed, so that a
// policy that demands resolved comments does not wait for it.
func (c *Client) Comment(ctx context.Context, pr forge.PullRequest, marker, body string) error {
	project, err := c.project(pr.Owner)
	if err != nil {
		return err
	}
	op := fmt.Sprintf("comment on %s/%s!%d", pr.Owner, pr.Repo, pr.Number)
	at := rest.Path(project, "_apis", "git", "repositories", pr.Repo, "pullRequests", strconv.Itoa(pr.Number), "threads")
	return forge.Upsert(ctx, forge.Thread{
		Existing: pr.Existing,
		Call:     c.call, Op: op, Path: at, Edit: "PATCH",
		One:  func(n forge.Note) string { return at + rest.Path(n.ID, "comments", "1") },
		Body: func(text string) any { return map[string]any{"content": text} },
		New: func(text string) any {
			return map[string]any{"comments": []any{map[string]any{"parentCommentId": 0, "content": text, "commentType": "text"}}, "status": "closed"}
		},
		Ours: func(ctx context.Context) ([]forge.Note, error) { return c.notes(ctx, op, at, marker) },
	}, forge.Shorten(forge.Marked(marker, body), maxComment))
}

// notes finds the threads whose first comment is ours; Azure DevOps lists them
// all at once, oldest first.
func (c *Client) notes(ctx context.Context, op, at, marker string) (ours []forge.Note, err error) {
	type thread struct {
		ID       int64 `json:"id"`
		Comments []struct {
			ID        int64  `json:"id"`
			Content   string `json:"content"`
			IsDeleted bool   `json:"isDeleted"`
		} `json:"comments"`
	}
	threads, err := rows[thread](ctx, c, rest.Request{Op: op, Path: at})
	for _, t := range threads {
		for _, comment := range t.Comments {
			if comment.ID == 1 && !comment.IsDeleted && forge.HasMarker(marker, comment.Content) {
				ours = append(ours, forge.Note{ID: strconv.FormatInt(t.ID, 10), Text: comment.Content})
			}
		}
	}
	return ours, err
}

// SetStatus sets a commit's status, and that of its pull request: branch
// policies read only the latter. The context's part before the slash is what
// Azure DevOps calls its genre.
func (c *Client) SetStatus(ctx context.Context, commit forge.Commit, s forge.Status) error {
	project, err := c.project(commit.Owner)
	if err != nil {
		return err
	}
	state := cmp.Or(map[string]string{"success": "succeeded", "failure": "failed"}[s.State], s.State)
	genre, name, cut := strings.Cut(s.Context, "/")
	if !cut {
		genre, name = "gatewright", s.Context
	}
	body := map[string]any{"state": state, "description": s.Description, "context": map[string]string{"genre": genre, "name": name}}
	if s.URL != "" {
		body["targetUrl"] = s.URL
	}
	at := rest.Path(project, "_apis", "git", "repositories", commit.Repo)
	places := []string{at + rest.Path("commits", commit.SHA, "statuses")}
	if s.PullRequest > 0 {
		places = append(places, at+rest.Path("pullRequests", strconv.Itoa(s.PullRequest), "statuses"))
	}
	for _, place := range places {
		if _, err := c.call(ctx, rest.Request{
			Op: fmt.Sprintf("set the status %s of %s", s.Context, commit), Method: "POST",
			Path: place, JSON: body, Repeat: rest.Always,
		}, nil); err != nil {
			return err
		}
	}
	return nil
}

// FindPullRequest finds a branch's open pull request. Those of forks are told
// from the repository's own by the commit.
func (c *Client) FindPullRequest(ctx context.Context, owner, repo string, head forge.Head) (int, error) {
	project, err := c.project(owner)
	if err != nil {
		return 0, err
	}
	type request struct {
		ID     int `json:"pullRequestId"`
		Source struct {
			Commit string `json:"commitId"`
		} `json:"lastMergeSourceCommit"`
	}
	all := rest.Pages(ctx, c.call, rest.Request{
		Op: head.Op(owner, repo), Path: rest.Path(project, "_apis", "git", "repositories", repo, "pullrequests"),
		Query: url.Values{"searchCriteria.status": {"active"}, "searchCriteria.sourceRefName": {"refs/heads/" + head.Branch}},
	}, func(l list[request], _ rest.Place) ([]request, url.Values, error) { return l.Value, nil, nil })
	return forge.Only(all, head, func(p request) (int, bool) { return p.ID, head.Has(p.Source.Commit) })
}
