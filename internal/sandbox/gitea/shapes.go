package gitea

import (
	"fmt"
	"net/http"
	"time"

	"github.com/gatewright/gatewright/internal/sandbox/answer"
	"github.com/gatewright/gatewright/internal/sandbox/world"
)

// The shapes below are those of a real Gitea 1.25.2, with which e2e/suites/gitea
// compares them.

func showUser(r *http.Request, id int64, login string) map[string]any {
	return map[string]any{
		"id": id, "login": login, "username": login, "login_name": "", "source_id": 0, "full_name": "", "email": login + "@noreply.localhost",
		"avatar_url": answer.Origin(r) + "/avatars/" + login, "html_url": answer.Origin(r) + "/" + login, "language": "", "is_admin": false,
		"last_login": time.Time{}, "created": "2020-01-01T00:00:00Z", "restricted": false, "active": false, "prohibit_login": false, "location": "",
		"website": "", "description": "", "visibility": "public", "followers_count": 0, "following_count": 0, "starred_repos_count": 0,
	}
}

func showOrganization(r *http.Request, o *world.Organization) map[string]any {
	return map[string]any{
		"id": o.ID, "name": o.Name, "username": o.Name, "full_name": "", "email": "", "avatar_url": answer.Origin(r) + "/avatars/" + o.Name,
		"description": "", "website": "", "location": "", "visibility": "public", "repo_admin_change_team_access": false,
	}
}

func (s *Server) show(r *http.Request, repo *world.Repository) map[string]any {
	admin := s.Right(r) != Reader
	web := answer.Origin(r) + "/" + repo.Owner + "/" + repo.Name
	api := answer.Origin(r) + "/api/v1/repos/" + repo.Owner + "/" + repo.Name
	owner := int64(1)
	if o := s.World.Organization(repo.Owner); o != nil {
		owner = o.ID
	}
	out := map[string]any{
		"id": repo.ID, "name": repo.Name, "full_name": repo.Owner + "/" + repo.Name, "owner": showUser(r, owner, repo.Owner), "description": "",
		"private": repo.Private, "internal": false, "fork": repo.Fork, "archived": repo.Archived, "language": repo.Language,
		"topics": append([]string{}, repo.Topics...), "licenses": []string{}, "default_branch": repo.DefaultBranch,
		"created_at": repo.CreatedAt, "updated_at": repo.PushedAt, "archived_at": time.Unix(0, 0).UTC(), "mirror_updated": time.Time{},
		"permissions": map[string]bool{"admin": admin, "push": admin, "pull": true},
		"url":         api, "languages_url": api + "/languages", "html_url": web, "clone_url": web + ".git", "ssh_url": "git@localhost:" + repo.Owner + "/" + repo.Name + ".git",
		"internal_tracker":   map[string]bool{"enable_time_tracker": true, "allow_only_contributors_to_track_time": true, "enable_issue_dependencies": true},
		"object_format_name": "sha1", "projects_mode": "all", "default_merge_style": "merge", "open_pr_counter": len(repo.PullRequests),
	}
	for _, name := range []string{"link", "original_url", "website", "avatar_url", "mirror_interval"} {
		out[name] = ""
	}
	for _, name := range []string{"size", "stars_count", "forks_count", "watchers_count", "open_issues_count", "release_counter"} {
		out[name] = 0
	}
	for name, yes := range map[string]bool{
		"empty": false, "template": false, "mirror": false, "has_code": false, "has_issues": true, "has_wiki": true, "has_pull_requests": true,
		"has_projects": true, "has_releases": true, "has_packages": true, "has_actions": !repo.NoCI, "ignore_whitespace_conflicts": false,
		"allow_merge_commits": true, "allow_rebase": true, "allow_rebase_explicit": true, "allow_squash_merge": true,
		"allow_fast_forward_only_merge": true, "allow_rebase_update": true, "allow_manual_merge": false, "autodetect_manual_merge": false,
		"default_delete_branch_after_merge": false, "default_allow_maintainer_edit": false,
	} {
		out[name] = yes
	}
	if repo.Fork {
		out["parent"] = map[string]any{"id": 1, "name": repo.Name, "full_name": "upstream/" + repo.Name}
	}
	return out
}

func (s *Server) showPull(r *http.Request, repo *world.Repository, p *world.PullRequest) map[string]any {
	web := fmt.Sprintf("%s/%s/%s/pulls/%d", answer.Origin(r), repo.Owner, repo.Name, p.Number)
	side := func(branch, sha string) map[string]any {
		return map[string]any{"label": branch, "ref": branch, "sha": sha, "repo_id": repo.ID, "repo": s.show(r, repo)}
	}
	head := side(p.Branch, p.Head)
	if p.From != "" {
		head["label"] = p.From + ":" + p.Branch
		from := s.show(r, repo)
		from["owner"], from["full_name"] = showUser(r, 2, p.From), p.From+"/"+repo.Name
		head["repo"] = from
	}
	state := p.State
	if state == "merged" {
		state = "closed"
	}
	return map[string]any{
		"id": p.ID, "number": p.Number, "url": web, "html_url": web, "diff_url": web + ".diff", "patch_url": web + ".patch", "title": p.Title, "body": "",
		"user": showUser(r, 1, "robin"), "labels": []any{}, "milestone": nil, "assignee": nil, "assignees": nil, "requested_reviewers": nil, "requested_reviewers_teams": nil,
		"state": state, "draft": false, "is_locked": false, "comments": len(s.Notes.Of(repo, p.Number)), "mergeable": true, "merged": p.State == "merged", "merged_at": nil,
		"merge_commit_sha": nil, "merged_by": nil, "allow_maintainer_edit": false, "base": side(p.Target, p.Base), "head": head, "merge_base": p.Base, "due_date": nil,
		"created_at": repo.CreatedAt, "updated_at": repo.PushedAt, "closed_at": nil, "pin_order": 0,
	}
}

func showComment(r *http.Request, c *answer.Comment) map[string]any {
	web := fmt.Sprintf("%s/%s/%s/pulls/%d", answer.Origin(r), c.Repo.Owner, c.Repo.Name, c.Number)
	user := showUser(r, 1, "robin")
	if c.Stranger {
		user = showUser(r, 66, "mallory")
	}
	return map[string]any{
		"id": c.ID, "body": c.Body, "created_at": c.Created, "updated_at": c.Updated, "html_url": fmt.Sprintf("%s#issuecomment-%d", web, c.ID),
		"pull_request_url": web, "issue_url": "", "user": user, "original_author": "", "original_author_id": 0, "assets": []any{},
	}
}

func showStatus(r *http.Request, st *answer.Status) map[string]any {
	return map[string]any{
		"id": st.ID, "status": st.State, "context": st.Context, "description": st.Description, "target_url": st.Target, "creator": showUser(r, 1, "robin"),
		"created_at": st.At, "updated_at": st.At, "url": fmt.Sprintf("%s/api/v1/repos/%s/%s/statuses/%s", answer.Origin(r), st.Repo.Owner, st.Repo.Name, st.SHA),
	}
}
