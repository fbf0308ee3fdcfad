package gitea

import (
	"net/http"
	"slices"
	"strconv"
	"time"

	"github.com/gatewright/gatewright/internal/sandbox/answer"
	"github.com/gatewright/gatewright/internal/sandbox/world"
)

type comment struct {
	ID      int64     `json:"id"`
	Body    string    `json:"body"`
	Created time.Time `json:"created_at"`
	Updated time.Time `json:"updated_at"`

	repo  *world.Repository
	issue int
}

type status struct {
	ID          int64  `json:"id"`
	State       string `json:"status"`
	Context     string `json:"context"`
	Description string `json:"description"`
	Target      string `json:"target_url"`

	repo *world.Repository
	sha  string
}

func (s *Server) commentRoutes() {
	const base = "/api/v1/repos/{owner}/{repo}/issues"
	s.handle("GET "+base+"/{number}/comments", s.onIssue(func(w http.ResponseWriter, _ *http.Request, repo *world.Repository, n int) {
		answer.JSON(w, 200, append([]*comment{}, s.commentsOf(repo, n)...)) // all at once: there are no pages
	}))
	s.handle("POST "+base+"/{number}/comments", s.onIssue(func(w http.ResponseWriter, r *http.Request, repo *world.Repository, n int) {
		if body, ok := readComment(w, r); ok {
			now := s.world.Now()
			c := &comment{s.world.NextID(), body, now, now, repo, n}
			s.comments = append(s.comments, c)
			answer.JSON(w, 201, c)
		}
	}))
	s.handle("PATCH "+base+"/comments/{comment}", s.onComment(func(w http.ResponseWriter, r *http.Request, c *comment) {
		if body, ok := readComment(w, r); ok {
			c.Body, c.Updated = body, s.world.Now()
			answer.JSON(w, 200, c)
		}
	}))
	s.handle("DELETE "+base+"/comments/{comment}", s.onComment(func(w http.ResponseWriter, _ *http.Request, c *comment) {
		s.comments = slices.DeleteFunc(s.comments, func(x *comment) bool { return x == c })
		w.WriteHeader(204)
	}))
	s.handle("POST /api/v1/repos/{owner}/{repo}/statuses/{sha}", s.setStatus)
}

func (s *Server) onIssue(next func(http.ResponseWriter, *http.Request, *world.Repository, int)) http.HandlerFunc {
	return func(w http.ResponseWriter, r *http.Request) {
		repo := s.repository(w, r)
		if repo == nil {
			return
		}
		n, err := strconv.Atoi(r.PathValue("number"))
		if err != nil || repo.PullRequest(n) == nil {
			refuse(w, 404, "issue does not exist")
			return
		}
		next(w, r, repo, n)
	}
}

func (s *Server) commentsOf(repo *world.Repository, n int) []*comment {
	var out []*comment
	for _, c := range s.comments {
		if c.repo == repo && c.issue == n {
			out = append(out, c)
		}
	}
	return out
}

func (s *Server) onComment(next func(http.ResponseWriter, *http.Request, *comment)) http.HandlerFunc {
	return func(w http.ResponseWriter, r *http.Request) {
		for _, c := range s.comments {
			if strconv.FormatInt(c.ID, 10) == r.PathValue("comment") {
				next(w, r, c)
				return
			}
		}
		refuse(w, 404, "comment does not exist")
	}
}

func readComment(w http.ResponseWriter, r *http.Request) (string, bool) {
	var in struct {
		Body string `json:"body"`
	}
	if err := answer.Decode(r, &in); err != nil || in.Body == "" {
		refuse(w, 422, "[Body]: Required")
		return "", false
	}
	return in.Body, true
}

func (s *Server) setStatus(w http.ResponseWriter, r *http.Request) {
	repo := s.repository(w, r)
	if repo == nil {
		return
	}
	var in struct {
		State       string `json:"state"`
		Context     string `json:"context"`
		Description string `json:"description"`
		Target      string `json:"target_url"`
	}
	sha := r.PathValue("sha")
	switch err := answer.Decode(r, &in); {
	case err != nil || !slices.Contains([]string{"pending", "success", "error", "failure", "warning"}, in.State):
		refuse(w, 400, "invalid state")
		return
	case repo.Commit(sha) == nil:
		refuse(w, 404, "object does not exist [id: "+sha+", rel_path: ]")
		return
	}
	st := &status{s.world.NextID(), in.State, in.Context, in.Description, in.Target, repo, sha}
	s.statuses = append(s.statuses, st)
	answer.JSON(w, 201, st)
}

// Comments gives the bodies of a pull request's comments, oldest first.
func (s *Server) Comments(owner, repo string, n int) []string {
	s.world.Lock()
	defer s.world.Unlock()
	var out []string
	for _, c := range s.commentsOf(s.world.Repository(owner, repo), n) {
		out = append(out, c.Body)
	}
	return out
}

// Status gives a commit's newest state and description under a context.
func (s *Server) Status(owner, repo, sha, context string) (state, description string) {
	s.world.Lock()
	defer s.world.Unlock()
	for _, st := range slices.Backward(s.statuses) {
		if st.repo == s.world.Repository(owner, repo) && st.sha == sha && st.Context == context {
			return st.State, st.Description
		}
	}
	return "", ""
}
