package gitea

import (
	"fmt"
	"net/http"
	"slices"
	"time"

	"github.com/gatewright/gatewright/internal/sandbox/answer"
	"github.com/gatewright/gatewright/internal/sandbox/world"
)

// runStates are Gitea's words; its list takes some more for the same.
func runStates() map[string]string {
	return map[string]string{world.Queued: "queued", world.Running: "in_progress", world.Ended: "completed"}
}

func knownStates() []string {
	return []string{"pending", "waiting", "requested", "action_required", "queued", "in_progress", "completed", "failure", "success", "skipped", "neutral", "cancelled", "timed_out"}
}

func (s *Server) runRoutes() {
	s.Handle("GET /api/v1/repos/{owner}/{repo}/actions/runs", s.OnRepository(func(w http.ResponseWriter, r *http.Request, repo *world.Repository) {
		wanted := r.URL.Query()["status"]
		for _, state := range wanted {
			if !slices.Contains(knownStates(), state) {
				refuse(w, 400, "Invalid status "+state)
				return
			}
		}
		all := []map[string]any{}
		for _, run := range slices.Backward(repo.Runs) {
			if len(wanted) == 0 || slices.Contains(wanted, runStates()[run.State]) {
				all = append(all, s.showRun(r, repo, run))
			}
		}
		answer.JSON(w, 200, map[string]any{"total_count": len(all), "workflow_runs": unlinked(w, r, all)})
	}))
}

// showRun has no time of queueing: a run that has not begun shows 1970.
func (s *Server) showRun(r *http.Request, repo *world.Repository, run *world.Run) map[string]any {
	at := func(t time.Time) time.Time {
		if t.IsZero() {
			return time.Unix(0, 0).UTC()
		}
		return t
	}
	api := fmt.Sprintf("%s/api/v1/repos/%s/%s/actions/runs/%d", answer.Origin(r), repo.Owner, repo.Name, run.ID)
	out := map[string]any{
		"id": run.ID, "url": api, "html_url": fmt.Sprintf("%s/%s/%s/actions/runs/%d", answer.Origin(r), repo.Owner, repo.Name, run.Number), "display_title": "First commit", "path": "ci.yml@refs/heads/main",
		"event": "push", "run_attempt": 0, "run_number": run.Number, "head_sha": repo.Commits[0].SHA, "head_branch": repo.DefaultBranch, "status": runStates()[run.State],
		"actor": showUser(r, 1, "robin"), "trigger_actor": showUser(r, 1, "robin"), "started_at": at(run.BeganAt), "completed_at": at(run.EndedAt),
	}
	if run.State == world.Ended {
		out["conclusion"] = "success"
	}
	return out
}
