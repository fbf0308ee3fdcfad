package gitea

import (
	"net/http"

	"github.com/gatewright/gatewright/internal/sandbox/answer"
	"github.com/gatewright/gatewright/internal/sandbox/world"
)

func (s *Server) commentRoutes() {
	const base = "/api/v1/repos/{owner}/{repo}"
	s.TalkRoutes(s.Handle, answer.Talk{
		List: base + "/issues/{number}/comments", One: base + "/issues/comments/{comment}", Edit: "PATCH", Read: readComment, Show: showComment,
		Rows: func(w http.ResponseWriter, _ *http.Request, rows []map[string]any) { answer.JSON(w, 200, rows) }, // all at once: there are no pages
	})
	s.Handle("POST "+base+"/statuses/{sha}", s.OnRepository(s.setStatus))
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

func (s *Server) setStatus(w http.ResponseWriter, r *http.Request, repo *world.Repository) {
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
	st := s.Marks.Add(s.World, answer.Status{State: in.State, Context: in.Context, Description: in.Description, Target: in.Target, Repo: repo, SHA: sha})
	answer.JSON(w, 201, showStatus(r, st))
}

// fail answers as Gitea does for a pull request or a commit that it does not
// have: with its own failure, and without a word to anybody but its administrator.
func (s *Server) fail(w http.ResponseWriter) { refuse(w, 500, "") }
