package answer

import (
	"net/http"
	"slices"
	"strconv"

	"github.com/gatewright/gatewright/internal/sandbox/world"
)

// Forge is what the stand-ins of the forges have in common. What is left to each
// are its vendor's shapes and words, and how it finds a repository.
type Forge struct {
	World     *world.World
	Router    Router
	Artifacts Artifacts
	Tokens    Tokens
	Notes     Comments
	Marks     Statuses

	// Find returns the request's repository, or answers that there is none.
	Find func(w http.ResponseWriter, r *http.Request) *world.Repository
	// NoPull and NoComment answer that a request's pull request (path value
	// "number") or comment ("comment") is not there.
	NoPull, NoComment http.HandlerFunc
}

// Handle adds a route that runs under the world's lock.
func (f *Forge) Handle(pattern string, h http.HandlerFunc) {
	f.Router.Handle(pattern, Locked(f.World, h))
}

// Right returns what the request's token may do, "" for one that was never issued.
func (f *Forge) Right(r *http.Request) string {
	right, _ := f.Tokens.Right(Credential(r))
	return right
}

// OnRepository leads to what is about a repository.
func (f *Forge) OnRepository(next func(http.ResponseWriter, *http.Request, *world.Repository)) http.HandlerFunc {
	return func(w http.ResponseWriter, r *http.Request) {
		if repo := f.Find(w, r); repo != nil {
			next(w, r, repo)
		}
	}
}

// OnPull leads to what is about a pull request.
func (f *Forge) OnPull(next func(http.ResponseWriter, *http.Request, *world.Repository, *world.PullRequest)) http.HandlerFunc {
	return f.OnRepository(func(w http.ResponseWriter, r *http.Request, repo *world.Repository) {
		n, _ := strconv.Atoi(r.PathValue("number")) // 0 is none
		if p := repo.PullRequest(n); p != nil {
			next(w, r, repo, p)
			return
		}
		f.NoPull(w, r)
	})
}

// Talk is how a forge has comments.
type Talk struct {
	List string // address of a pull request's comments
	One  string // of one of them
	Edit string // the method that changes it
	Read func(w http.ResponseWriter, r *http.Request) (body string, ok bool)
	Show func(r *http.Request, c *Comment) map[string]any
	Rows func(w http.ResponseWriter, r *http.Request, rows []map[string]any) // answers a list
	// Allow refuses who may not write there; nil allows all.
	Allow func(w http.ResponseWriter, r *http.Request, repo *world.Repository) bool
	// Kept goes on showing what was deleted, without its text.
	Kept bool
}

// TalkRoutes adds the five operations on comments.
func (f *Forge) TalkRoutes(handle func(pattern string, h http.HandlerFunc), t Talk) {
	allowed := func(w http.ResponseWriter, r *http.Request, repo *world.Repository) bool {
		return t.Allow == nil || t.Allow(w, r, repo)
	}
	handle("GET "+t.List, f.OnPull(func(w http.ResponseWriter, r *http.Request, repo *world.Repository, p *world.PullRequest) {
		t.Rows(w, r, Rows(f.Notes.Of(repo, p.Number), func(c *Comment) map[string]any { return t.Show(r, c) }))
	}))
	handle("POST "+t.List, f.OnPull(func(w http.ResponseWriter, r *http.Request, repo *world.Repository, p *world.PullRequest) {
		if !allowed(w, r, repo) {
			return
		}
		if body, ok := t.Read(w, r); ok {
			JSON(w, 201, t.Show(r, f.Notes.Add(f.World, repo, p.Number, body)))
		}
	}))
	handle("GET "+t.One, f.OnComment(func(w http.ResponseWriter, r *http.Request, c *Comment) { JSON(w, 200, t.Show(r, c)) }))
	handle(t.Edit+" "+t.One, f.OnComment(func(w http.ResponseWriter, r *http.Request, c *Comment) {
		if !allowed(w, r, c.Repo) {
			return
		}
		if body, ok := t.Read(w, r); ok {
			c.Edit(f.World, body)
			JSON(w, 200, t.Show(r, c))
		}
	}))
	handle("DELETE "+t.One, f.OnComment(func(w http.ResponseWriter, r *http.Request, c *Comment) {
		switch {
		case !allowed(w, r, c.Repo):
			return
		case t.Kept:
			c.Edit(f.World, "")
		default:
			f.Notes.Remove(c)
		}
		w.WriteHeader(204)
	}))
}

// OnComment leads to what is about a comment that was not deleted, of the
// request's pull request where that names one.
func (f *Forge) OnComment(next func(http.ResponseWriter, *http.Request, *Comment)) http.HandlerFunc {
	find := func(w http.ResponseWriter, r *http.Request, repo *world.Repository) {
		if c := f.Notes.Find(repo, r.PathValue("comment")); c != nil && c.Body != "" {
			next(w, r, c)
			return
		}
		f.NoComment(w, r)
	}
	ofPull := f.OnPull(func(w http.ResponseWriter, r *http.Request, repo *world.Repository, _ *world.PullRequest) {
		find(w, r, repo)
	})
	return func(w http.ResponseWriter, r *http.Request) {
		if r.PathValue("number") != "" {
			ofPull(w, r)
			return
		}
		f.OnRepository(find)(w, r)
	}
}

// Comments returns what is written on a pull request, oldest first, for tests.
func (f *Forge) Comments(owner, repo string, number int) (out []string) {
	f.each(owner, repo, number, func(c *Comment) { out = append(out, c.Body) })
	return slices.DeleteFunc(out, func(body string) bool { return body == "" })
}

// Fold hides a pull request's comments for a reason, "" shows them again.
func (f *Forge) Fold(owner, repo string, number int, reason string) {
	f.each(owner, repo, number, func(c *Comment) { c.Folded = reason })
}

// Intrude makes a comment that somebody else than the token's user wrote.
func (f *Forge) Intrude(owner, repo string, number int, body string) {
	f.World.Lock()
	defer f.World.Unlock()
	f.Notes.Add(f.World, f.World.Repository(owner, repo), number, body).Stranger = true
}

// Folded returns why each of a pull request's comments is hidden, "" if it is not.
func (f *Forge) Folded(owner, repo string, number int) (out []string) {
	f.each(owner, repo, number, func(c *Comment) { out = append(out, c.Folded) })
	return out
}

func (f *Forge) each(owner, repo string, number int, do func(*Comment)) {
	f.World.Lock()
	defer f.World.Unlock()
	for _, c := range f.Notes.Of(f.World.Repository(owner, repo), number) {
		do(c)
	}
}

// Status returns state and description of a commit's newest status of a
// context, for tests.
func (f *Forge) Status(owner, repo, sha, context string) (state, description string) {
	f.World.Lock()
	defer f.World.Unlock()
	if st := f.Marks.Newest(f.World.Repository(owner, repo), sha, context); st != nil {
		return st.State, st.Description
	}
	return "", ""
}

// Rows shows each item of a list.
func Rows[T any](list []T, show func(T) map[string]any) []map[string]any {
	out := []map[string]any{}
	for _, x := range list {
		out = append(out, show(x))
	}
	return out
}

// Cut returns the rows of the page that is asked for, and leads to the others in
// the Link header (RFC 8288).
func Cut[T any](w http.ResponseWriter, r *http.Request, rows []T, p Paging) []T {
	span := Page(r, len(rows), p)
	if link := span.Link(r, len(rows)); link != "" {
		w.Header().Set("Link", link)
	}
	return append([]T{}, rows[span.From:span.To]...)
}
