package gitlab

import (
	"fmt"
	"net/http"
	"slices"

	"github.com/gatewright/gatewright/internal/sandbox/answer"
	"github.com/gatewright/gatewright/internal/sandbox/world"
)

func (s *Server) noteRoutes() {
	const base = "/api/v4/projects/{id}/merge_requests/{iid}/notes"
	s.handle("GET "+base, s.onRequest(func(w http.ResponseWriter, r *http.Request, p *world.Repository, iid int) {
		rows := []any{}
		for _, n := range s.notes.Of(p, iid) {
			rows = append(rows, showNote(n))
		}
		if r.URL.Query().Get("sort") != "asc" {
			slices.Reverse(rows)
		}
		paged(w, r, rows)
	}))
	s.handle("POST "+base, s.onRequest(func(w http.ResponseWriter, r *http.Request, p *world.Repository, iid int) {
		if body, ok := noteBody(w, r); ok {
			answer.JSON(w, 201, showNote(s.notes.Add(s.world, p, iid, body)))
		}
	}))
	s.handle("GET "+base+"/{note}", s.onNote(func(w http.ResponseWriter, _ *http.Request, n *answer.Comment) { answer.JSON(w, 200, showNote(n)) }))
	s.handle("PUT "+base+"/{note}", s.onNote(func(w http.ResponseWriter, r *http.Request, n *answer.Comment) {
		if body, ok := noteBody(w, r); ok {
			n.Edit(s.world, body)
			answer.JSON(w, 200, showNote(n))
		}
	}))
	s.handle("DELETE "+base+"/{note}", s.onNote(func(w http.ResponseWriter, _ *http.Request, n *answer.Comment) {
		s.notes.Remove(n)
		w.WriteHeader(204)
	}))
}

func robin() map[string]any {
	return map[string]any{
		"id": 1, "username": "robin", "public_email": nil, "name": "Robin Doe", "state": "active", "locked": false, "avatar_url": "https://gitlab.com/robin.png", "web_url": "https://gitlab.com/robin",
	}
}

func showNote(n *answer.Comment) map[string]any {
	return map[string]any{
		"id": n.ID, "body": n.Body, "system": false, "created_at": n.Created, "updated_at": n.Updated,
		"author": robin(), "noteable_id": n.Number, "noteable_iid": n.Number, "noteable_type": "MergeRequest", "project_id": n.Repo.ID, "type": nil,
		"resolvable": false, "confidential": false, "internal": false, "imported": false, "imported_from": "none", "commands_changes": map[string]any{}, "attachment": nil,
	}
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
		iid, ok := answer.Pull(p, r.PathValue("iid"))
		if !ok {
			message(w, 404, "404 Not found")
			return
		}
		next(w, r, p, iid)
	}
}

func (s *Server) onNote(next func(http.ResponseWriter, *http.Request, *answer.Comment)) http.HandlerFunc {
	return s.onRequest(func(w http.ResponseWriter, r *http.Request, p *world.Repository, _ int) {
		if n := s.notes.Find(p, r.PathValue("note")); n != nil {
			next(w, r, n)
			return
		}
		message(w, 404, "404 Not found")
	})
}

// Comments returns the bodies of a merge request's notes, oldest first.
func (s *Server) Comments(owner, repo string, iid int) []string {
	return s.notes.Bodies(s.world, owner, repo, iid)
}

func (s *Server) statusRoutes() {
	s.handle("POST /api/v4/projects/{id}/statuses/{sha}", s.setStatus)
	s.handle("GET /api/v4/projects/{id}/repository/commits/{sha}/statuses", func(w http.ResponseWriter, r *http.Request) {
		p := s.project(w, r)
		if p == nil {
			return
		}
		rows := []any{}
		for _, st := range s.statuses.Of(p, r.PathValue("sha")) {
			rows = append(rows, showStatus(st))
		}
		paged(w, r, rows)
	})
}

func showStatus(st *answer.Status) map[string]any {
	out := map[string]any{
		"id": st.ID, "sha": st.SHA, "ref": nil, "name": st.Context, "status": st.State, "description": answer.OrNull(st.Description), "target_url": answer.OrNull(st.Target),
		"created_at": st.At, "started_at": nil, "finished_at": nil, "allow_failure": false, "coverage": nil, "pipeline_id": st.ID, "author": robin(),
	}
	if commit := st.Repo.Commit(st.SHA); commit != nil {
		out["ref"] = commit.Branch
	}
	if st.State == "success" || st.State == "failed" {
		out["finished_at"] = st.At
	}
	return out
}

// setStatus moves a commit's one status of a name from state to state.
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
	commit := p.Commit(sha)
	switch {
	case err != nil || !slices.Contains([]string{"pending", "running", "success", "failed", "canceled", "skipped"}, state):
		answer.JSON(w, 400, map[string]string{"error": "state does not have a valid value"})
		return
	case len([]rune(text(in["description"]))) > 255:
		message(w, 400, map[string][]string{"description": {"is too long (maximum is 255 characters)"}})
		return
	case commit == nil:
		message(w, 404, "404 Commit Not Found")
		return
	case s.right(r) != Owner && slices.Contains(s.Quirks.Protected, commit.Branch):
		message(w, 403, "403 Forbidden")
		return
	}
	st := s.statuses.Newest(p, sha, name)
	switch {
	case st == nil:
		st = s.statuses.Add(s.world, answer.Status{Context: name, Repo: p, SHA: sha})
	case st.State == state && state == "success": // a new one, without a word
		st = s.statuses.Add(s.world, answer.Status{Context: name, Repo: p, SHA: sha})
	case st.State == state || state == "pending" && st.State == "running":
		via := map[string]string{"pending": "enqueue", "running": "run", "success": "success", "failed": "drop", "canceled": "cancel", "skipped": "skip"}[state]
		message(w, 400, fmt.Sprintf("Cannot transition status via :%s from :%s (Reason(s): Status cannot transition via %q)", via, st.State, via))
		return
	}
	st.State, st.Description, st.Target = state, text(in["description"]), text(in["target_url"])
	answer.JSON(w, 201, showStatus(st))
}

// Status returns a commit's state and description under a name.
func (s *Server) Status(owner, repo, sha, name string) (state, description string) {
	return s.statuses.Shown(s.world, answer.At{Owner: owner, Repo: repo, SHA: sha}, name)
}
