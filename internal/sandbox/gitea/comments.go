package gitea

import (
	"net/http"

	"github.com/gatewright/gatewright/internal/sandbox/answer"
	"github.com/gatewright/gatewright/internal/sandbox/world"
)

func (s *Server) commentRoutes() {
	const base = "/api/v1/repos/{owner}/{repo}/issues"
	s.handle("GET "+base+"/{number}/comments", s.onIssue(func(w http.ResponseWriter, r *http.Request, repo *world.Repository, n int) {
		rows := []any{}
		for _, c := range s.comments.Of(repo, n) {
			rows = append(rows, showComment(r, c))
		}
		answer.JSON(w, 200, rows) // all at once: there are no pages
	}))
	s.handle("POST "+base+"/{number}/comments", s.onIssue(func(w http.ResponseWriter, r *http.Request, repo *world.Repository, n int) {
		if body, ok := readComment(w, r); ok {
			answer.JSON(w, 201, showComment(r, s.comments.Add(s.world, repo, n, body)))
		}
	}))
	s.handle("GET "+base+"/comments/{comment}", s.onComment(func(w http.ResponseWriter, r *http.Request, c *answer.Comment) {
		answer.JSON(w, 200, showComment(r, c))
	}))
	s.handle("PATCH "+base+"/comments/{comment}", s.onComment(func(w http.ResponseWriter, r *http.Request, c *answer.Comment) {
		if body, ok := readComment(w, r); ok {
			c.Edit(s.world, body)
			answer.JSON(w, 200, showComment(r, c))
		}
	}))
	s.handle("DELETE "+base+"/comments/{comment}", s.onComment(func(w http.ResponseWriter, _ *http.Request, c *answer.Comment) {
		s.comments.Remove(c)
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
		n, ok := answer.Pull(repo, r.PathValue("number"))
		if !ok {
			s.fail(w) // not 404
			return
		}
		next(w, r, repo, n)
	}
}

func (s *Server) onComment(next func(http.ResponseWriter, *http.Request, *answer.Comment)) http.HandlerFunc {
	return func(w http.ResponseWriter, r *http.Request) {
		repo := s.repository(w, r)
		if repo == nil {
			return
		}
		if c := s.comments.Find(repo, r.PathValue("comment")); c != nil {
			next(w, r, c)
			return
		}
		missing(w, "not found", "comment does not exist [id: "+r.PathValue("comment")+", issue_id: 0]")
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
	case err != nil:
		refuse(w, 422, err.Error())
		return
	case repo.Commit(sha) == nil:
		s.fail(w) // not 404
		return
	}
	st := s.statuses.Add(s.world, answer.Status{State: in.State, Context: in.Context, Description: in.Description, Target: in.Target, Repo: repo, SHA: sha})
	answer.JSON(w, 201, showStatus(r, st))
}

// fail answers as Gitea does for a pull request or a commit that it does not
// have: with its own failure, and without a word to anybody but its administrator.
func (s *Server) fail(w http.ResponseWriter) { refuse(w, 500, "") }

// Comments returns the bodies of a pull request's comments, oldest first.
func (s *Server) Comments(owner, repo string, n int) []string {
	return s.comments.Bodies(s.world, owner, repo, n)
}

// Status returns a commit's newest state and description under a context.
func (s *Server) Status(owner, repo, sha, context string) (state, description string) {
	return s.statuses.Shown(s.world, answer.At{Owner: owner, Repo: repo, SHA: sha}, context)
}
