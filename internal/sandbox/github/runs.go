package github

import (
	"fmt"
	"net/http"
	"slices"
	"strings"
	"time"

	"github.com/gatewright/gatewright/internal/sandbox/answer"
	"github.com/gatewright/gatewright/internal/sandbox/world"
)

// runStates are GitHub's words for a run that has not ended.
func runStates() map[string]string {
	return map[string]string{world.Queued: "queued", world.Running: "in_progress", world.Ended: "completed"}
}

func (s *Server) runRoutes() {
	s.Handle("GET /repos/{owner}/{repo}/actions/runs", s.OnRepository(func(w http.ResponseWriter, r *http.Request, repo *world.Repository) {
		if token := answer.Credential(r); s.World.Quirk(NoRuns) { // the permission actions: read is its own
			forbid(w, token, "actions=read")
			return
		}
		q := r.URL.Query()
		from, to, ok := created(q.Get("created"))
		if !ok {
			refuse(w, 422, "Validation Failed")
			return
		}
		var all []*world.Run
		for _, run := range slices.Backward(repo.Runs) { // newest first
			status := runStates()[run.State]
			if (q.Get("status") == "" || q.Get("status") == status) && !run.QueuedAt.Before(from) && !run.QueuedAt.After(to) {
				all = append(all, run)
			}
		}
		page := answer.Rows(answer.Cut(w, r, all, pages()), func(run *world.Run) map[string]any { return showRun(r, repo, run) })
		answer.JSON(w, 200, map[string]any{"total_count": len(all), "workflow_runs": page})
	}))
}

// created reads a search range of times: "A..B", "<=B", ">=A"; empty is any.
func created(text string) (from, to time.Time, ok bool) {
	to = time.Date(9999, 1, 1, 0, 0, 0, 0, time.UTC)
	read := func(text string, into *time.Time) bool {
		at, err := time.Parse(time.RFC3339, text)
		*into = at
		return err == nil
	}
	a, b, between := strings.Cut(text, "..")
	switch {
	case text == "":
		return from, to, true
	case between:
		return from, to, read(a, &from) && read(b, &to)
	case strings.HasPrefix(text, "<="):
		return from, to, read(text[2:], &to)
	case strings.HasPrefix(text, ">="):
		return from, to, read(text[2:], &from)
	default:
		return from, to, false
	}
}

func showRun(r *http.Request, repo *world.Repository, run *world.Run) map[string]any {
	api := fmt.Sprintf("%s/repos/%s/%s/actions/runs/%d", answer.Origin(r), repo.Owner, repo.Name, run.ID)
	began, changed := run.QueuedAt, run.QueuedAt
	if !run.BeganAt.IsZero() {
		began, changed = run.BeganAt, run.BeganAt
	}
	robin, of := simpleUser(answer.Origin(r), "robin", 1, "User"), minimalRepository(r, repo)
	out := map[string]any{
		"id": run.ID, "name": "ci", "node_id": nodeID("WorkflowRun", run.ID), "head_branch": repo.DefaultBranch, "head_sha": repo.Commits[0].SHA, "path": ".github/workflows/ci.yml",
		"display_title": repo.Commits[0].Message, "run_number": run.Number, "event": "push", "status": runStates()[run.State], "conclusion": nil, "workflow_id": 1, "check_suite_id": run.ID,
		"url": api, "html_url": fmt.Sprintf("%s/%s/%s/actions/runs/%d", answer.Origin(r), repo.Owner, repo.Name, run.ID), "pull_requests": []any{},
		"created_at": stamp(run.QueuedAt), "updated_at": stamp(changed), "run_attempt": 1, "run_started_at": stamp(began),
		"actor": robin, "triggering_actor": robin,
		"jobs_url": api + "/jobs", "logs_url": api + "/logs", "artifacts_url": api + "/artifacts", "cancel_url": api + "/cancel", "rerun_url": api + "/rerun",
		"repository": of, "head_repository": of,
	}
	if run.State == world.Ended {
		out["conclusion"], out["updated_at"] = "success", stamp(run.EndedAt)
	}
	return out
}
