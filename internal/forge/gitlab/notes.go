package gitlab

import (
	"context"
	"fmt"
	"net/url"
	"strconv"
	"strings"

	"github.com/gatewright/gatewright/internal/forge"
	"github.com/gatewright/gatewright/internal/rest"
)

// maxNote is the longest note that GitLab takes, in characters.
const maxNote = 1_000_000

// Comment keeps one note on the merge request.
func (c *Client) Comment(ctx context.Context, pr forge.PullRequest, marker, body string) error {
	op := fmt.Sprintf("comment on %s/%s!%d", pr.Owner, pr.Repo, pr.Number)
	at := rest.Path("projects", pr.Owner+"/"+pr.Repo, "merge_requests", strconv.Itoa(pr.Number), "notes")
	send := func(ctx context.Context, method, path, text string) error {
		_, err := c.call(ctx, rest.Request{Op: op, Method: method, Path: path, JSON: map[string]string{"body": text}}, nil)
		return err
	}
	return forge.Upsert(ctx, forge.Thread{
		Existing: pr.Existing,
		Ours: func(ctx context.Context) ([]forge.Note, error) {
			var ours []forge.Note
			for n, err := range pages[struct {
				ID   int64  `json:"id" rest:"required"`
				Body string `json:"body"`
			}](ctx, c, rest.Request{Op: op, Path: at, Query: url.Values{"sort": {"asc"}, "order_by": {"created_at"}}}) {
				if err != nil {
					return nil, err
				}
				if forge.HasMarker(marker, n.Body) {
					ours = append(ours, forge.Note{ID: strconv.FormatInt(n.ID, 10), Text: n.Body})
				}
			}
			return ours, nil
		},
		Create: func(ctx context.Context, text string) error { return send(ctx, "POST", at, text) },
		Edit: func(ctx context.Context, n forge.Note, text string) error {
			return send(ctx, "PUT", at+rest.Path(n.ID), text)
		},
		Delete: func(ctx context.Context, n forge.Note) error {
			_, err := c.call(ctx, rest.Request{Op: op, Method: "DELETE", Path: at + rest.Path(n.ID)}, nil)
			if rest.Status(err) == 404 {
				return nil
			}
			return err
		},
	}, forge.Shorten(forge.Marked(marker, body), maxNote))
}

// maxDescription is the longest description of a status, in characters.
const maxDescription = 255

// SetStatus sets a commit's status. GitLab has one word for failure and error.
func (c *Client) SetStatus(ctx context.Context, commit forge.Commit, s forge.Status) error {
	state := s.State
	if state == "failure" || state == "error" {
		state = "failed"
	}
	body := map[string]string{"state": state, "name": s.Context, "description": forge.Shorten(s.Description, maxDescription)}
	if s.URL != "" {
		body["target_url"] = s.URL
	}
	resp, err := c.call(ctx, rest.Request{
		Op: fmt.Sprintf("set the status %s of %s", s.Context, commit), Method: "POST",
		Path: rest.Path("projects", commit.Owner+"/"+commit.Repo, "statuses", commit.SHA), JSON: body, Repeat: rest.Always,
	}, nil)
	if rest.Status(err) == 400 && alreadySet(resp.Message(), state) {
		return nil
	}
	return err
}

// alreadySet reports whether a transition was refused because the state is set
// already. One refused from another state is an error. The words, as captured:
// 400 {"message":"Cannot transition status via :enqueue from :pending (Reason(s): Status cannot transition via \"enqueue\")"}
func alreadySet(words, state string) bool {
	_, from, refused := strings.Cut(words, "Cannot transition status via :")
	_, from, _ = strings.Cut(from, "from :")
	from, _, _ = strings.Cut(from, " ")
	return refused && from == state
}

// FindPullRequest finds a branch's open merge request. GitLab lists those of
// forks with the project's own, told apart by the commit.
func (c *Client) FindPullRequest(ctx context.Context, owner, repo string, head forge.Head) (int, error) {
	type request struct {
		IID int    `json:"iid"`
		SHA string `json:"sha"`
	}
	op := fmt.Sprintf("look for the merge request of %s in %s/%s", head.Branch, owner, repo)
	q := url.Values{"state": {"opened"}, "source_branch": {head.Branch}}
	var found []int
	for r, err := range pages[request](ctx, c, rest.Request{Op: op, Path: rest.Path("projects", owner+"/"+repo, "merge_requests"), Query: q}) {
		if err != nil {
			return 0, err
		}
		if head.Commit == "" || r.SHA == head.Commit {
			found = append(found, r.IID)
		}
	}
	return forge.Only(found, head)
}
