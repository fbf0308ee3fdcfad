package gitlab

import (
	"fmt"
	"net/http"
	"slices"

	"github.com/gatewright/gatewright/internal/sandbox/answer"
	"github.com/gatewright/gatewright/internal/sandbox/world"
)

func (s *Server) noteRoutes() {
	const base = "/api/v4/projects/{id}/merge_requests/{number}/notes"
	s.TalkRoutes(s.Handle, answer.Talk{
		List: base, One: base + "/{comment}", Edit: "PUT", Read: noteBody,
		Show: func(_ *http.Request, n *answer.Comment) map[string]any { return showNote(n) },
		Rows: func(w http.ResponseWriter, r *http.Request, rows []map[string]any) {
			if r.URL.Query().Get("sort") != "asc" {
				slices.Reverse(rows)
			}
			paged(w, r, rows)
		},
	})
}

func robin() map[string]any {
	return map[string]any{
		"id": 1, "username": "robin", "public_email": nil, "name": "Robin Doe", "state": "active", "locked": false, "avatar_url": "https://gitlab.com/robin.png", "web_url": "https://gitlab.com/robin",
	}
}

func showNote(n *answer.Comment) map[string]any {
	author := robin()
	if n.Stranger {
		author["id"], author["username"], author["name"] = 66, "mallory", "Mallory"
	}
	return map[string]any{
		"id": n.ID, "body": n.Body, "system": false, "created_at": n.Created, "updated_at": n.Updated,
		"author": author, "noteable_id": n.Number, "noteable_iid": n.Number, "noteable_type": "MergeRequest", "project_id": n.Repo.ID, "type": nil,
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

func (s *Server) statusRoutes() {
	s.Handle("POST /api/v4/projects/{id}/statuses/{sha}", s.OnRepository(s.setStatus))
	s.Handle("GET /api/v4/projects/{id}/repository/commits/{sha}/statuses", s.OnRepository(func(w http.ResponseWriter, r *http.Request, p *world.Repository) {
		paged(w, r, answer.Rows(s.Marks.Of(p, r.PathValue("sha")), showStatus))
	}))
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
func (s *Server) setStatus(w http.ResponseWriter, r *http.Request, p *world.Repository) {
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
	case s.right(r) != Owner && slices.Contains(s.Protected, commit.Branch):
		message(w, 403, "403 Forbidden")
		return
	}
	st := s.Marks.Newest(p, sha, name)
	switch {
	case st == nil:
		st = s.Marks.Add(s.World, answer.Status{Context: name, Repo: p, SHA: sha})
	case st.State == state && state == "success": // a new one, without a word
		st = s.Marks.Add(s.World, answer.Status{Context: name, Repo: p, SHA: sha})
	case st.State == state || state == "pending" && st.State == "running":
		via := map[string]string{"pending": "enqueue", "running": "run", "success": "success", "failed": "drop", "canceled": "cancel", "skipped": "skip"}[state]
		message(w, 400, fmt.Sprintf("Cannot transition status via :%s from :%s (Reason(s): Status cannot transition via %q)", via, st.State, via))
		return
	}
	st.State, st.Description, st.Target = state, text(in["description"]), text(in["target_url"])
	answer.JSON(w, 201, showStatus(st))
}
