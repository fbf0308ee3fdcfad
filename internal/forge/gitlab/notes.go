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
	type note struct {
		ID     int64  `json:"id" rest:"required"`
		Body   string `json:"body"`
		Author struct {
			Name string `json:"username"`
		} `json:"author"`
	}
	return forge.Upsert(ctx, forge.Thread{
		Existing: pr.Existing,
		Call:     c.rest.Call, Op: op, Path: at, Edit: "PUT",
		Body: func(text string) any { return map[string]string{"body": text} },
		Ours: func(ctx context.Context) ([]forge.Note, error) {
			all := pages[note](ctx, c, rest.Request{Op: op, Path: at, Query: url.Values{"sort": {"asc"}, "order_by": {"created_at"}}})
			return rest.Collect(all, func(n note) (forge.Note, bool) {
				return forge.Note{ID: strconv.FormatInt(n.ID, 10), Text: n.Body, Author: n.Author.Name}, forge.HasMarker(marker, n.Body)
			})
		},
		// Maintainers may change everybody's notes.
		Me: func(ctx context.Context) (string, error) {
			var me struct {
				Name string `json:"username"`
			}
			_, err := c.rest.Call(ctx, rest.Request{Op: op, Path: "/user"}, &me)
			return forge.Unasked(me.Name, err)
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
	resp, err := c.rest.Call(ctx, rest.Request{
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
	all := pages[request](ctx, c, rest.Request{
		Op:   fmt.Sprintf("look for the merge request of %s in %s/%s", head.Branch, owner, repo),
		Path: rest.Path("projects", owner+"/"+repo, "merge_requests"), Query: url.Values{"state": {"opened"}, "source_branch": {head.Branch}},
	})
	return forge.Only(all, head, func(r request) (int, bool) { return r.IID, head.Has(r.SHA) })
}
