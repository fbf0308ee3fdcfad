package gitlab

import (
	"fmt"
	"net/http"
	"slices"
	"time"

	"github.com/gatewright/gatewright/internal/sandbox/answer"
	"github.com/gatewright/gatewright/internal/sandbox/world"
)

// jobStates are GitLab's words, and jobScopes those that its list takes.
func jobStates() map[string]string {
	return map[string]string{world.Queued: "pending", world.Running: "running", world.Ended: "success"}
}

func jobScopes() []string {
	return []string{
		"canceled", "canceling", "created", "failed", "manual", "pending", "preparing", "running", "scheduled", "skipped", "success", "waiting_for_callback", "waiting_for_resource",
	}
}

// jobRoutes lists jobs: each run of the world has one.
func (s *Server) jobRoutes() {
	s.Handle("GET /api/v4/projects/{id}/jobs", s.OnRepository(func(w http.ResponseWriter, r *http.Request, p *world.Repository) {
		scopes := r.URL.Query()["scope[]"]
		for _, scope := range scopes {
			if !slices.Contains(jobScopes(), scope) {
				answer.JSON(w, 400, map[string]string{"error": "scope does not have a valid value"})
				return
			}
		}
		rows := []map[string]any{}
		for _, run := range slices.Backward(p.Runs) {
			if len(scopes) == 0 || slices.Contains(scopes, jobStates()[run.State]) {
				rows = append(rows, showJob(p, run))
			}
		}
		paged(w, r, rows)
	}))
}

func showJob(p *world.Repository, run *world.Run) map[string]any {
	orNull := func(at time.Time) any {
		if at.IsZero() {
			return nil
		}
		return at
	}
	web := fmt.Sprintf("https://gitlab.com/%s/%s/-", p.Owner, p.Name)
	return map[string]any{
		"id": run.ID, "status": jobStates()[run.State], "stage": "test", "name": "test", "ref": p.DefaultBranch, "tag": false, "coverage": nil, "allow_failure": false,
		"created_at": run.QueuedAt, "started_at": orNull(run.BeganAt), "finished_at": orNull(run.EndedAt), "erased_at": nil, "duration": nil, "queued_duration": nil,
		"user": robin(), "web_url": fmt.Sprintf("%s/jobs/%d", web, run.ID), "project": map[string]bool{"ci_job_token_scope_enabled": false},
		"commit":    map[string]any{"id": p.Commits[0].SHA, "short_id": p.Commits[0].SHA[:8], "title": p.Commits[0].Message},
		"pipeline":  map[string]any{"id": run.ID, "iid": run.Number, "project_id": p.ID, "sha": p.Commits[0].SHA, "ref": p.DefaultBranch, "status": jobStates()[run.State], "source": "push", "created_at": run.QueuedAt, "updated_at": run.QueuedAt, "web_url": fmt.Sprintf("%s/pipelines/%d", web, run.ID)},
		"artifacts": []any{}, "runner": nil, "artifacts_expire_at": nil, "archived": false, "tag_list": []string{},
	}
}
