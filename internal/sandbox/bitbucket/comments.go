package bitbucket

import (
	"net/http"
	"slices"

	"github.com/gatewright/gatewright/internal/sandbox/answer"
	"github.com/gatewright/gatewright/internal/sandbox/world"
)

func (s *Server) commentRoutes() {
	const base = "/2.0/repositories/{ws}/{repo}/pullrequests/{number}/comments"
	s.TalkRoutes(s.handle, answer.Talk{
		List: base, One: base + "/{comment}", Edit: "PUT", Read: readComment, Show: showComment, Kept: true, Rows: paged[map[string]any],
	})
	s.handle("DELETE "+base+"/{comment}/resolve", s.OnComment(func(w http.ResponseWriter, _ *http.Request, c *answer.Comment) {
		c.Folded = ""
		w.WriteHeader(204)
	}))
	const statuses = "/2.0/repositories/{ws}/{repo}/commit/{sha}/statuses"
	s.handle("POST "+statuses+"/build", s.OnRepository(s.setStatus))
	s.handle("PUT "+statuses+"/build/{key}", s.OnRepository(s.setStatus))
	s.handle("GET "+statuses, s.OnRepository(func(w http.ResponseWriter, r *http.Request, repo *world.Repository) {
		paged(w, r, answer.Rows(s.Marks.Of(repo, r.PathValue("sha")), func(st *answer.Status) map[string]any { return s.showStatus(r, st) }))
	}))
	s.handle("GET "+statuses+"/build/{key}", s.OnRepository(func(w http.ResponseWriter, r *http.Request, repo *world.Repository) {
		if st := s.byKey(repo, r.PathValue("sha"), r.PathValue("key")); st != nil {
			answer.JSON(w, 200, s.showStatus(r, st))
			return
		}
		refuse(w, 404, "Build status not found")
	}))
}

type content struct {
	Raw    string `json:"raw"`
	Markup string `json:"markup,omitempty"`
}

func readComment(w http.ResponseWriter, r *http.Request) (string, bool) {
	var in struct {
		Content content `json:"content"`
	}
	if err := answer.Decode(r, &in); err != nil || in.Content.Raw == "" || len([]rune(in.Content.Raw)) > 32768 {
		refuse(w, 400, "content: the comment needs 1 to 32768 characters")
		return "", false
	}
	return in.Content.Raw, true
}

type status struct {
	Type        string `json:"type"`
	Key         string `json:"key"`
	State       string `json:"state"`
	Name        string `json:"name"`
	Description string `json:"description"`
	URL         string `json:"url"`
	Refname     string `json:"refname"`
}

func (s *Server) setStatus(w http.ResponseWriter, r *http.Request, repo *world.Repository) {
	var in status
	sha := r.PathValue("sha")
	switch err := answer.Decode(r, &in); {
	case err != nil, in.Key == "", len(in.Key) > 40, in.URL == "",
		!slices.Contains([]string{"SUCCESSFUL", "FAILED", "INPROGRESS", "STOPPED"}, in.State):
		refuse(w, 400, "Bad request: key, state and url are required, the key with at most 40 characters")
		return
	case repo.Commit(sha) == nil:
		refuse(w, 404, "Commit not found")
		return
	}
	// The key makes a repetition an update.
	st := s.byKey(repo, sha, in.Key)
	if st == nil {
		st = s.Marks.Add(s.World, answer.Status{Repo: repo, SHA: sha})
	}
	st.State, st.Context, st.Description, st.Target = in.State, in.Name, in.Description, in.URL
	s.keys[st.ID], s.refnames[st.ID] = in.Key, in.Refname
	answer.JSON(w, map[string]int{"POST": 201, "PUT": 200}[r.Method], s.showStatus(r, st))
}

func (s *Server) byKey(repo *world.Repository, sha, key string) *answer.Status {
	for _, st := range s.Marks.Of(repo, sha) {
		if s.keys[st.ID] == key {
			return st
		}
	}
	return nil
}
