package gitlab

import (
	"net/http"
	"slices"
	"strconv"
	"time"

	"github.com/gatewright/gatewright/internal/sandbox/answer"
	"github.com/gatewright/gatewright/internal/sandbox/world"
)

type note struct {
	ID      int64     `json:"id"`
	Body    string    `json:"body"`
	System  bool      `json:"system"`
	Created time.Time `json:"created_at"`
	Updated time.Time `json:"updated_at"`
	Author  any       `json:"author"`

	project *world.Repository
	request int
}

func (s *Server) noteRoutes() {
	const base = "/api/v4/projects/{id}/merge_requests/{iid}/notes"
	s.handle("GET "+base, s.onRequest(func(w http.ResponseWriter, r *http.Request, p *world.Repository, iid int) {
		rows := s.notesOf(p, iid)
		if r.URL.Query().Get("sort") != "asc" {
			slices.Reverse(rows)
		}
		paged(w, r, rows)
	}))
	s.handle("POST "+base, s.onRequest(func(w http.ResponseWriter, r *http.Request, p *world.Repository, iid int) {
		body, ok := noteBody(w, r)
		if !ok {
			return
		}
		now := s.world.Now()
		n := &note{ID: s.world.NextID(), Body: body, Created: now, Updated: now, Author: map[string]any{"id": 1, "username": "robin"}, project: p, request: iid}
		s.notes = append(s.notes, n)
		answer.JSON(w, 201, n)
	}))
	s.handle("PUT "+base+"/{note}", s.onNote(func(w http.ResponseWriter, r *http.Request, n *note) {
		if body, ok := noteBody(w, r); ok {
			n.Body, n.Updated = body, s.world.Now()
			answer.JSON(w, 200, n)
		}
	}))
	s.handle("DELETE "+base+"/{note}", s.onNote(func(w http.ResponseWriter, _ *http.Request, n *note) {
		s.notes = slices.DeleteFunc(s.notes, func(x *note) bool { return x == n })
		w.WriteHeader(204)
	}))
}

func (s *Server) notesOf(p *world.Repository, iid int) []*note {
	var rows []*note
	for _, n := range s.notes {
		if n.project == p && n.request == iid {
			rows = append(rows, n)
		}
	}
	return rows
}

func noteBody(w http.ResponseWriter, r *http.Request) (string, bool) {
	in, err := fields(r)
	body := text(in["body"])
	if err != nil || body == "" || len([]rune(body)) > 1_000_000 {
		message(w, 400, "400 Bad request - Note {:note=>[\"can't be blank\", \"is too long (maximum is 1000000 characters)\"]}")
		return "", false
	}
	return body, true
}

func (s *Server) onRequest(next func(http.ResponseWriter, *http.Request, *world.Repository, int)) http.HandlerFunc {
	return func(w http.ResponseWriter, r *http.Request) {
		p := s.project(w, r)
		if p == nil {
			return
		}
		iid, err := strconv.Atoi(r.PathValue("iid"))
		if err != nil || p.PullRequest(iid) == nil {
			message(w, 404, "404 Not found")
			return
		}
		next(w, r, p, iid)
	}
}

func (s *Server) onNote(next func(http.ResponseWriter, *http.Request, *note)) http.HandlerFunc {
	return s.onRequest(func(w http.ResponseWriter, r *http.Request, p *world.Repository, iid int) {
		for _, n := range s.notesOf(p, iid) {
			if strconv.FormatInt(n.ID, 10) == r.PathValue("note") {
				next(w, r, n)
				return
			}
		}
		message(w, 404, "404 Not found")
	})
}

// Comments gives the bodies of a merge request's notes, oldest first.
func (s *Server) Comments(owner, repo string, iid int) []string {
	s.world.Lock()
	defer s.world.Unlock()
	var out []string
	for _, n := range s.notesOf(s.world.Repository(owner, repo), iid) {
		out = append(out, n.Body)
	}
	return out
}

type status struct {
	ID          int64  `json:"id"`
	SHA         string `json:"sha"`
	Name        string `json:"name"`
	Status      string `json:"status"`
	Description string `json:"description"`
	Target      string `json:"target_url"`

	project *world.Repository
}

func (s *Server) statusRoutes() {
	s.handle("POST /api/v4/projects/{id}/statuses/{sha}", s.setStatus)
	s.handle("GET /api/v4/projects/{id}/repository/commits/{sha}/statuses", func(w http.ResponseWriter, r *http.Request) {
		p := s.project(w, r)
		if p == nil {
			return
		}
		var rows []*status
		for _, st := range s.statuses {
			if st.project == p && st.SHA == r.PathValue("sha") {
				rows = append(rows, st)
			}
		}
		paged(w, r, rows)
	})
}

func (s *Server) setStatus(w http.ResponseWriter, r *http.Request) {
	p := s.project(w, r)
	if p == nil {
		return
	}
	in, err := fields(r)
	state, name, sha := text(in["state"]), text(in["name"]), r.PathValue("sha")
	if name == "" {
		name = text(in["context"])
	}
	switch {
	case err != nil || !slices.Contains([]string{"pending", "running", "success", "failed", "canceled", "skipped"}, state):
		message(w, 400, "state does not have a valid value")
		return
	case len([]rune(text(in["description"]))) > 255:
		message(w, 400, map[string][]string{"description": {"is too long (maximum is 255 characters)"}})
		return
	case p.Commit(sha) == nil:
		message(w, 404, "404 Commit Not Found")
		return
	}
	for _, st := range s.statuses {
		if st.project == p && st.SHA == sha && st.Name == name {
			if st.Status == state {
				message(w, 400, "Cannot transition status via :enqueue from :"+state)
				return
			}
			st.Status, st.Description, st.Target = state, text(in["description"]), text(in["target_url"])
			answer.JSON(w, 201, st)
			return
		}
	}
	st := &status{s.world.NextID(), sha, name, state, text(in["description"]), text(in["target_url"]), p}
	s.statuses = append(s.statuses, st)
	answer.JSON(w, 201, st)
}

// Status gives a commit's state and description under a name.
func (s *Server) Status(owner, repo, sha, name string) (state, description string) {
	s.world.Lock()
	defer s.world.Unlock()
	for _, st := range s.statuses {
		if st.project.Owner == owner && st.project.Name == repo && st.SHA == sha && st.Name == name {
			return st.Status, st.Description
		}
	}
	return "", ""
}
