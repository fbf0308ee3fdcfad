package bitbucket

import (
	"net/http"
	"slices"

	"github.com/gatewright/gatewright/internal/sandbox/answer"
	"github.com/gatewright/gatewright/internal/sandbox/world"
)

func (s *Server) commentRoutes() {
	const base = "/2.0/repositories/{ws}/{repo}/pullrequests/{number}/comments"
	s.handle("GET "+base, s.onPull(func(w http.ResponseWriter, r *http.Request, repo *world.Repository, n int) {
		rows := []any{}
		for _, c := range s.Notes.Of(repo, n) {
			rows = append(rows, showComment(r, c))
		}
		paged(w, r, rows)
	}))
	s.handle("POST "+base, s.onPull(func(w http.ResponseWriter, r *http.Request, repo *world.Repository, n int) {
		if text, ok := readComment(w, r); ok {
			answer.JSON(w, 201, showComment(r, s.Notes.Add(s.World, repo, n, text)))
		}
	}))
	s.handle("GET "+base+"/{comment}", s.onComment(func(w http.ResponseWriter, r *http.Request, c *answer.Comment) {
		answer.JSON(w, 200, showComment(r, c))
	}))
	s.handle("PUT "+base+"/{comment}", s.onComment(func(w http.ResponseWriter, r *http.Request, c *answer.Comment) {
		if text, ok := readComment(w, r); ok {
			c.Edit(s.World, text)
			answer.JSON(w, 200, showComment(r, c))
		}
	}))
	s.handle("DELETE "+base+"/{comment}", s.onComment(func(w http.ResponseWriter, _ *http.Request, c *answer.Comment) {
		c.Edit(s.World, "") // the list goes on showing it, as deleted
		w.WriteHeader(204)
	}))
	s.handle("POST "+base+"/{comment}/resolve", s.onComment(func(w http.ResponseWriter, r *http.Request, c *answer.Comment) {
		if c.Folded != "" {
			refuse(w, 409, "The comment has already been resolved")
			return
		}
		c.Folded = "resolved"
		answer.JSON(w, 200, showResolution(r, c))
	}))
	s.handle("DELETE "+base+"/{comment}/resolve", s.onComment(func(w http.ResponseWriter, _ *http.Request, c *answer.Comment) {
		c.Folded = ""
		w.WriteHeader(204)
	}))
	const statuses = "/2.0/repositories/{ws}/{repo}/commit/{sha}/statuses"
	s.handle("POST "+statuses+"/build", s.setStatus)
	s.handle("PUT "+statuses+"/build/{key}", s.setStatus)
	s.handle("GET "+statuses, func(w http.ResponseWriter, r *http.Request) {
		repo := s.repository(w, r)
		if repo == nil {
			return
		}
		rows := []any{}
		for _, st := range s.Marks.Of(repo, r.PathValue("sha")) {
			rows = append(rows, s.showStatus(r, st))
		}
		paged(w, r, rows)
	})
	s.handle("GET "+statuses+"/build/{key}", func(w http.ResponseWriter, r *http.Request) {
		repo := s.repository(w, r)
		if repo == nil {
			return
		}
		if st := s.byKey(repo, r.PathValue("sha"), r.PathValue("key")); st != nil {
			answer.JSON(w, 200, s.showStatus(r, st))
			return
		}
		refuse(w, 404, "Build status not found")
	})
}

func (s *Server) onPull(next func(http.ResponseWriter, *http.Request, *world.Repository, int)) http.HandlerFunc {
	return func(w http.ResponseWriter, r *http.Request) {
		repo := s.repository(w, r)
		if repo == nil {
			return
		}
		n, ok := answer.Pull(repo, r.PathValue("number"))
		if !ok {
			refuse(w, 404, "Pull request not found")
			return
		}
		next(w, r, repo, n)
	}
}

func (s *Server) onComment(next func(http.ResponseWriter, *http.Request, *answer.Comment)) http.HandlerFunc {
	return s.onPull(func(w http.ResponseWriter, r *http.Request, repo *world.Repository, _ int) {
		if c := s.Notes.Find(repo, r.PathValue("comment")); c != nil && c.Body != "" {
			next(w, r, c)
			return
		}
		refuse(w, 404, "Comment not found")
	})
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

func (s *Server) setStatus(w http.ResponseWriter, r *http.Request) {
	repo := s.repository(w, r)
	if repo == nil {
		return
	}
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

// Comments returns the texts of a pull request's comments, oldest first.
func (s *Server) Comments(owner, repo string, n int) []string {
	all := s.Notes.Bodies(s.World, owner, repo, n)
	return slices.DeleteFunc(all, func(body string) bool { return body == "" })
}

// Status returns a commit's newest state and description under a name.
func (s *Server) Status(owner, repo, sha, name string) (state, description string) {
	return s.Marks.Shown(s.World, answer.At{Owner: owner, Repo: repo, SHA: sha}, name)
}

// Fold resolves a pull request's comments; "" opens them again.
func (s *Server) Fold(owner, repo string, number int, reason string) {
	s.Notes.Fold(s.World, answer.At{Owner: owner, Repo: repo}, number, reason)
}

// Folded returns why each of a pull request's comments is resolved, "" if it is not.
func (s *Server) Folded(owner, repo string, number int) []string {
	return s.Notes.Folded(s.World, answer.At{Owner: owner, Repo: repo}, number)
}
