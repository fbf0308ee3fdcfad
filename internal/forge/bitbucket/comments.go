package bitbucket

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"net/url"
	"strconv"
	"strings"

	"github.com/gatewright/gatewright/internal/forge"
	"github.com/gatewright/gatewright/internal/rest"
)

// maxComment is the longest comment that Bitbucket takes, in characters.
const maxComment = 32768

// hidden is the marker's line. Bitbucket shows HTML comments as they are
// written, but not the definition of a link that nothing refers to.
func hidden(marker string) string {
	return "[//]: # (" + strings.NewReplacer("(", "", ")", "").Replace(marker) + ")"
}

// Comment keeps one comment on the pull request.
func (c *Client) Comment(ctx context.Context, pr forge.PullRequest, marker, body string) error {
	what := fmt.Sprintf("comment on %s/%s#%d", pr.Owner, pr.Repo, pr.Number)
	at := rest.Path("repositories", pr.Owner, pr.Repo, "pullrequests", strconv.Itoa(pr.Number), "comments")
	return forge.Upsert(ctx, forge.Thread{
		Existing: pr.Existing,
		Call:     c.rest.Call, Op: what, Path: at, Edit: "PUT",
		Body: func(text string) any { return map[string]any{"content": map[string]string{"raw": text}} },
		Ours: func(ctx context.Context) ([]forge.Note, error) { return c.notes(ctx, what, at, marker) },
		Unfold: func(ctx context.Context, n forge.Note) error {
			if !n.Folded {
				return nil
			}
			return c.call(ctx, rest.Request{Op: what, Method: "DELETE", Path: at + rest.Path(n.ID, "resolve")}, nil)
		},
	}, forge.Shorten(hidden(marker)+"\n\n"+body, maxComment))
}

// notes finds ours, oldest first.
func (c *Client) notes(ctx context.Context, what, at, marker string) ([]forge.Note, error) {
	type comment struct {
		ID      int64 `json:"id" rest:"required"`
		Deleted bool  `json:"deleted"`
		Content struct {
			Raw string `json:"raw"`
		} `json:"content"`
		Resolution *struct{} `json:"resolution"`
	}
	all := pages[comment](ctx, c, rest.Request{Op: what, Path: at, Query: url.Values{"sort": {"created_on"}}})
	return rest.Collect(all, func(n comment) (forge.Note, bool) {
		return forge.Note{ID: strconv.FormatInt(n.ID, 10), Text: n.Content.Raw, Folded: n.Resolution != nil}, !n.Deleted && strings.HasPrefix(n.Content.Raw, hidden(marker))
	})
}

// What a build status takes, in characters.
const (
	maxKey     = 40
	maxName    = 254
	maxAddress = 449
)

// SetStatus sets a commit's build status. Bitbucket demands an address in each
// one; without any that fits it is the commit's own page.
func (c *Client) SetStatus(ctx context.Context, commit forge.Commit, s forge.Status) error {
	state := map[string]string{"pending": "INPROGRESS", "success": "SUCCESSFUL", "failure": "FAILED", "error": "FAILED"}[s.State]
	key := s.Context
	if len(key) > maxKey {
		sum := sha256.Sum256([]byte(key))
		key = hex.EncodeToString(sum[:])[:maxKey]
	}
	address := s.URL
	if address == "" || len(address) > maxAddress {
		address = "https://bitbucket.org" + rest.Path(commit.Owner, commit.Repo, "commits", commit.SHA)
	}
	return c.call(ctx, rest.Request{
		Op: fmt.Sprintf("set the status %s of %s", s.Context, commit), Method: "POST",
		Path: rest.Path("repositories", commit.Owner, commit.Repo, "commit", commit.SHA, "statuses", "build"),
		JSON: map[string]string{"key": key, "state": state, "name": forge.Shorten(s.Context, maxName), "description": s.Description, "url": address},
		// The key makes a repetition an update.
		Repeat: rest.Always,
	}, nil)
}

// FindPullRequest finds a branch's open pull request. Those of forks are told
// from the repository's own by the commit, of which Bitbucket shows the
// beginning.
func (c *Client) FindPullRequest(ctx context.Context, owner, repo string, head forge.Head) (int, error) {
	type request struct {
		ID     int `json:"id"`
		Source struct {
			Commit struct {
				Hash string `json:"hash"`
			} `json:"commit"`
		} `json:"source"`
	}
	all := pages[request](ctx, c, rest.Request{
		Op: head.Op(owner, repo), Path: rest.Path("repositories", owner, repo, "pullrequests"),
		// Of pull requests a page has at most 50, though the documents say 100: more is refused.
		Query: url.Values{"state": {"OPEN"}, "q": {fmt.Sprintf("source.branch.name = %q", head.Branch)}, "pagelen": {"50"}},
	})
	return forge.Only(all, head, func(r request) (int, bool) {
		hash := r.Source.Commit.Hash
		return r.ID, head.Commit == "" || hash != "" && strings.HasPrefix(head.Commit, hash)
	})
}
