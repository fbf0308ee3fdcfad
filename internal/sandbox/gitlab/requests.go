package gitlab

import (
	"fmt"
	"net/http"
	"slices"

	"github.com/gatewright/gatewright/internal/sandbox/answer"
	"github.com/gatewright/gatewright/internal/sandbox/world"
)

func (s *Server) requestRoutes() {
	const base = "/api/v4/projects/{id}/merge_requests"
	s.Handle("GET "+base, s.OnRepository(func(w http.ResponseWriter, r *http.Request, p *world.Repository) {
		q := r.URL.Query()
		rows := []any{}
		for _, mr := range slices.Backward(p.PullRequests) {
			state, branch := q.Get("state"), q.Get("source_branch")
			if (state == "" || state == "all" || state == shownState(mr)) && (branch == "" || branch == mr.Branch) {
				rows = append(rows, showRequest(p, mr))
			}
		}
		paged(w, r, rows)
	}))
	s.Handle("GET "+base+"/{number}", s.OnPull(func(w http.ResponseWriter, _ *http.Request, p *world.Repository, mr *world.PullRequest) {
		out := showRequest(p, mr)
		out["diff_refs"] = map[string]string{"base_sha": mr.Base, "head_sha": mr.Head, "start_sha": mr.Base}
		out["latest_build_started_at"], out["latest_build_finished_at"], out["first_deployed_to_production_at"] = p.PushedAt, p.PushedAt, nil
		out["changes_count"], out["subscribed"], out["merge_error"], out["user"] = "1", false, nil, map[string]bool{"can_merge": true}
		answer.JSON(w, 200, out)
	}))
}

func shownState(mr *world.PullRequest) string {
	if mr.State == "open" {
		return "opened"
	}
	return mr.State
}

func showRequest(p *world.Repository, mr *world.PullRequest) map[string]any {
	web := fmt.Sprintf("https://gitlab.com/%s/%s/-/merge_requests/%d", p.Owner, p.Name, mr.Number)
	source := p.ID
	if mr.From != "" {
		source = mr.ID // of a fork that the world has not
	}
	out := map[string]any{
		"id": mr.ID, "iid": mr.Number, "project_id": p.ID, "title": mr.Title, "description": "What it changes.", "state": shownState(mr), "sha": mr.Head,
		"source_branch": mr.Branch, "target_branch": mr.Target, "source_project_id": source, "target_project_id": p.ID, "web_url": web,
		"author": robin(), "assignee": nil, "assignees": []any{}, "reviewers": []any{}, "labels": []string{}, "draft": false, "work_in_progress": false, "milestone": nil,
		"created_at": p.CreatedAt, "updated_at": p.PushedAt, "merged_at": nil, "merged_by": nil, "merge_user": nil, "closed_at": nil, "closed_by": nil,
		"upvotes": 0, "downvotes": 0, "user_notes_count": 0, "merge_when_pipeline_succeeds": false, "merge_status": "can_be_merged", "detailed_merge_status": "mergeable",
		"merge_commit_sha": nil, "squash_commit_sha": nil, "squash": false, "squash_on_merge": false, "discussion_locked": nil, "should_remove_source_branch": nil,
		"force_remove_source_branch": false, "prepared_at": p.PushedAt, "reference": fmt.Sprintf("!%d", mr.Number),
		"references":             map[string]string{"short": fmt.Sprintf("!%d", mr.Number), "relative": fmt.Sprintf("!%d", mr.Number), "full": fmt.Sprintf("%s/%s!%d", p.Owner, p.Name, mr.Number)},
		"time_stats":             map[string]any{"time_estimate": 0, "total_time_spent": 0, "human_time_estimate": nil, "human_total_time_spent": nil},
		"task_completion_status": map[string]int{"count": 0, "completed_count": 0}, "has_conflicts": false, "blocking_discussions_resolved": true, "approvals_before_merge": nil,
	}
	if mr.State == "merged" {
		out["merged_at"], out["merged_by"], out["merge_user"], out["merge_commit_sha"] = p.PushedAt, robin(), robin(), world.SHA("merge "+mr.Head)
	}
	return out
}
