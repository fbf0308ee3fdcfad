package azuredevops

import (
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
	one := func(n forge.Note) string { return at + rest.Path(n.ID, "comments", "1") }
	return forge.Upsert(ctx, forge.Thread{
		Existing: pr.Existing,
		Ours:     func(ctx context.Context) ([]forge.Note, error) { return c.notes(ctx, op, at, marker) },
		Create: func(ctx context.Context, text string) error {
			_, err := c.call(ctx, rest.Request{Op: op, Method: "POST", Path: at, JSON: map[string]any{
				"comments": []any{map[string]any{"parentCommentId": 0, "content": text, "commentType": "text"}}, "status": "closed",
			}}, nil)
			return err
		},
		Edit: func(ctx context.Context, n forge.Note, text string) error {
			_, err := c.call(ctx, rest.Request{Op: op, Method: "PATCH", Path: one(n), JSON: map[string]any{"content": text}, Repeat: rest.Always}, nil)
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

// notes finds the threads whose first comment is ours; Azure DevOps lists them
// all at once, oldest first.
func (c *Client) notes(ctx context.Context, op, at, marker string) ([]forge.Note, error) {
	var list struct {
		Value []struct {
			ID       int64 `json:"id"`
			Comments []struct {
				ID        int64  `json:"id"`
				Content   string `json:"content"`
				IsDeleted bool   `json:"isDeleted"`
			} `json:"comments"`
		} `json:"value" rest:"required"`
	}
	if _, err := c.call(ctx, rest.Request{Op: op, Method: "GET", Path: at}, &list); err != nil {
		return nil, err
	}
	var ours []forge.Note
	for _, t := range list.Value {
		for _, comment := range t.Comments {
			if comment.ID == 1 && !comment.IsDeleted && forge.HasMarker(marker, comment.Content) {
				ours = append(ours, forge.Note{ID: strconv.FormatInt(t.ID, 10), Text: comment.Content})
			}
		}
	}
	return ours, nil
}

// SetStatus sets a commit's status, and that of its pull request: branch
// policies read only the latter. The context's part before the slash is what
// Azure DevOps calls its genre.
func (c *Client) SetStatus(ctx context.Context, commit forge.Commit, s forge.Status) error {
	project, err := c.project(commit.Owner)
	if err != nil {
		return err
	}
	state, known := map[string]string{"success": "succeeded", "failure": "failed"}[s.State]
	if !known {
		state = s.State
	}
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
	var found struct {
		Value []struct {
			ID     int `json:"pullRequestId"`
			Source struct {
				Commit string `json:"commitId"`
			} `json:"lastMergeSourceCommit"`
		} `json:"value" rest:"required"`
	}
	_, err = c.call(ctx, rest.Request{
		Op: fmt.Sprintf("look for the pull request of %s in %s/%s", head.Branch, owner, repo), Method: "GET",
		Path:  rest.Path(project, "_apis", "git", "repositories", repo, "pullrequests"),
		Query: url.Values{"searchCriteria.status": {"active"}, "searchCriteria.sourceRefName": {"refs/heads/" + head.Branch}},
	}, &found)
	if err != nil {
		return 0, err
	}
	var numbers []int
	for _, p := range found.Value {
		if head.Commit == "" || p.Source.Commit == head.Commit {
			numbers = append(numbers, p.ID)
		}
	}
	return forge.Only(numbers, head)
}
