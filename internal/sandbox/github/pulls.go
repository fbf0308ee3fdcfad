package github

import (
	"fmt"
	"net/http"
	"strings"

	"github.com/gatewright/gatewright/internal/sandbox/answer"
	"github.com/gatewright/gatewright/internal/sandbox/world"
)

func (s *Server) pullRoutes() {
	s.Handle("GET /repos/{owner}/{repo}/pulls", s.OnRepository(func(w http.ResponseWriter, r *http.Request, repo *world.Repository) {
		state, head := r.URL.Query().Get("state"), r.URL.Query().Get("head")
		list := []map[string]any{}
		for _, p := range repo.PullRequests {
			if (state == "all" || shownState(p) == state || state == "" && p.State == "open") && (head == "" || strings.EqualFold(head, headOf(repo, p))) {
				list = append(list, s.showPull(r, repo, p))
			}
		}
		answer.JSON(w, 200, list)
	}))
	s.Handle("GET /repos/{owner}/{repo}/pulls/{number}", s.OnPull(func(w http.ResponseWriter, r *http.Request, repo *world.Repository, p *world.PullRequest) {
		out := s.showPull(r, repo, p)
		for k, v := range map[string]any{
			"additions": 1, "deletions": 0, "changed_files": 1, "commits": 1, "comments": len(s.Notes.Of(repo, p.Number)), "review_comments": 0,
			"maintainer_can_modify": false, "mergeable": true, "mergeable_state": "clean", "merged": false, "merged_by": nil, "rebaseable": true,
		} {
			out[k] = v
		}
		answer.JSON(w, 200, out)
	}))
}

func shownState(p *world.PullRequest) string {
	if p.State == "open" {
		return "open"
	}
	return "closed"
}

// headOf is a pull request's branch with its owner: "acme:retry-payments".
func headOf(repo *world.Repository, p *world.PullRequest) string {
	owner := repo.Owner
	if p.From != "" {
		owner = p.From
	}
	return owner + ":" + p.Branch
}

func (s *Server) showPull(r *http.Request, repo *world.Repository, p *world.PullRequest) map[string]any {
	api := fmt.Sprintf("%s/repos/%s/%s/pulls/%d", answer.Origin(r), repo.Owner, repo.Name, p.Number)
	html := fmt.Sprintf("%s/%s/%s/pull/%d", answer.Origin(r), repo.Owner, repo.Name, p.Number)
	robin := simpleUser(answer.Origin(r), "robin", 1, "User")
	owner, _, _ := strings.Cut(headOf(repo, p), ":")
	side := func(owner, branch, sha string) map[string]any {
		return map[string]any{
			"label": owner + ":" + branch, "ref": branch, "sha": sha, "user": simpleUser(answer.Origin(r), owner, 1, "Organization"), "repo": s.show(r, repo),
		}
	}
	out := map[string]any{
		"id": p.ID, "node_id": nodeID("PullRequest", p.ID), "number": p.Number, "state": shownState(p), "title": p.Title, "body": "What it changes.", "locked": false,
		"url": api, "html_url": html, "diff_url": html + ".diff", "patch_url": html + ".patch", "issue_url": strings.Replace(api, "/pulls/", "/issues/", 1),
		"user": robin, "labels": []any{}, "milestone": nil, "assignee": nil, "assignees": []any{}, "requested_reviewers": []any{}, "requested_teams": []any{},
		"created_at": stamp(repo.CreatedAt), "updated_at": stamp(repo.PushedAt), "closed_at": nil, "merged_at": nil, "merge_commit_sha": world.SHA("merge " + p.Head),
		"head": side(owner, p.Branch, p.Head), "base": side(repo.Owner, p.Target, p.Base), "author_association": "MEMBER", "auto_merge": nil, "draft": false,
		"active_lock_reason": nil,
	}
	links := map[string]any{}
	for name, at := range map[string]string{
		"self": api, "html": html, "issue": strings.Replace(api, "/pulls/", "/issues/", 1), "comments": strings.Replace(api, "/pulls/", "/issues/", 1) + "/comments",
		"review_comments": api + "/comments", "review_comment": api + "/comments{/number}", "commits": api + "/commits", "statuses": answer.Origin(r) + "/repos/" + repo.Owner + "/" + repo.Name + "/statuses/" + p.Head,
	} {
		links[name] = map[string]string{"href": at}
		if name != "self" && name != "html" && name != "issue" {
			out[name+"_url"] = at
		}
	}
	out["_links"] = links
	return out
}
