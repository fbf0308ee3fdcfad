package answer

import (
	"slices"
	"strconv"
	"time"

	"github.com/gatewright/gatewright/internal/sandbox/world"
)

// Comment is one comment on a pull request; each vendor shows it in its own shape.
type Comment struct {
	ID       int64
	Body     string
	Created  time.Time
	Updated  time.Time
	Repo     *world.Repository
	Number   int    // of the pull request
	Folded   string // why it is hidden, in the vendor's words; "" is shown
	Stranger bool   // written by somebody else than the token's user
}

// Edit changes the body.
func (c *Comment) Edit(w *world.World, body string) { c.Body, c.Updated = body, w.Now() }

// Comments are those of one stand-in, guarded by the world's lock.
type Comments struct{ list []*Comment }

// Add makes a comment.
func (c *Comments) Add(w *world.World, repo *world.Repository, number int, body string) *Comment {
	now := w.Now()
	n := &Comment{ID: w.NextID(), Body: body, Created: now, Updated: now, Repo: repo, Number: number}
	c.list = append(c.list, n)
	return n
}

// Of returns a pull request's comments, oldest first.
func (c *Comments) Of(repo *world.Repository, number int) []*Comment {
	out := []*Comment{}
	for _, n := range c.list {
		if n.Repo == repo && n.Number == number {
			out = append(out, n)
		}
	}
	return out
}

// First returns the first comment of any repository that is wanted, or nil.
func (c *Comments) First(wanted func(*Comment) bool) *Comment {
	if i := slices.IndexFunc(c.list, wanted); i >= 0 {
		return c.list[i]
	}
	return nil
}

// Find returns a repository's comment by its id as written, or nil.
func (c *Comments) Find(repo *world.Repository, id string) *Comment {
	for _, n := range c.list {
		if n.Repo == repo && strconv.FormatInt(n.ID, 10) == id {
			return n
		}
	}
	return nil
}

// Remove deletes a comment.
func (c *Comments) Remove(n *Comment) {
	c.list = slices.DeleteFunc(c.list, func(x *Comment) bool { return x == n })
}

// Status is the mark of a commit.
type Status struct {
	ID          int64
	State       string // in the vendor's words
	Context     string
	Description string
	Target      string
	At          time.Time
	Repo        *world.Repository
	SHA         string
}

// Statuses are those of one stand-in, guarded by the world's lock.
type Statuses struct{ list []*Status }

// Add enters a status.
func (s *Statuses) Add(w *world.World, st Status) *Status {
	st.ID, st.At = w.NextID(), w.Now()
	s.list = append(s.list, &st)
	return &st
}

// Of returns a commit's statuses, oldest first.
func (s *Statuses) Of(repo *world.Repository, sha string) []*Status {
	out := []*Status{}
	for _, st := range s.list {
		if st.Repo == repo && st.SHA == sha {
			out = append(out, st)
		}
	}
	return out
}

// Newest returns the newest status of a context, or nil.
func (s *Statuses) Newest(repo *world.Repository, sha, context string) *Status {
	for _, st := range slices.Backward(s.Of(repo, sha)) {
		if st.Context == context {
			return st
		}
	}
	return nil
}
