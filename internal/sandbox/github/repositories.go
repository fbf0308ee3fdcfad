package github

import (
	"encoding/base64"
	"fmt"
	"net/http"
	"slices"
	"sort"
	"strconv"
	"strings"
	"time"

	"github.com/gatewright/gatewright/internal/sandbox/answer"
	"github.com/gatewright/gatewright/internal/sandbox/world"
)

func (s *Server) repositoryRoutes() {
	s.Handle("GET /orgs/{org}", func(w http.ResponseWriter, r *http.Request) {
		if o := s.World.Organization(r.PathValue("org")); o != nil && !o.User {
			answer.JSON(w, 200, simpleUser(answer.Origin(r), o.Name, o.ID, "Organization"))
			return
		}
		refuse(w, 404, "Not Found")
	})
	s.Handle("GET /orgs/{org}/repos", s.listRepositories)
	s.Handle("GET /users/{org}/repos", s.listRepositories)
	s.Handle("GET /orgs/{org}/teams/{team}/repos", func(w http.ResponseWriter, r *http.Request) {
		o := s.World.Organization(r.PathValue("org"))
		if o == nil {
			refuse(w, 404, "Not Found")
			return
		}
		list, ok := o.Team(r.PathValue("team"))
		if !ok {
			refuse(w, 404, "Not Found")
			return
		}
		answer.JSON(w, 200, s.page(w, r, list))
	})
	s.Handle("GET /user/repos", s.listRepositories)
	s.Handle("GET /repos/{owner}/{repo}", s.OnRepository(func(w http.ResponseWriter, r *http.Request, repo *world.Repository) {
		answer.JSON(w, 200, s.show(r, repo))
	}))
	s.Handle("GET /repositories/{id}", s.OnRepository(func(w http.ResponseWriter, r *http.Request, repo *world.Repository) {
		out := s.show(r, repo)
		out["network_count"], out["subscribers_count"], out["temp_clone_token"] = 0, 0, nil
		answer.JSON(w, 200, out)
	}))
	s.Handle("GET /repos/{owner}/{repo}/environments", s.OnRepository(environments))
	s.Handle("GET /repos/{owner}/{repo}/environments/{environment}", s.OnRepository(func(w http.ResponseWriter, r *http.Request, repo *world.Repository) {
		i := slices.Index(repo.Environments, r.PathValue("environment"))
		if i < 0 {
			refuse(w, 404, "Not Found")
			return
		}
		answer.JSON(w, 200, environment(r, repo, i))
	}))
}

// repository finds the request's repository, by owner and name or by id, or
// answers 404.
func (s *Server) repository(w http.ResponseWriter, r *http.Request) *world.Repository {
	var found *world.Repository
	if text := r.PathValue("id"); text != "" {
		id, _ := strconv.ParseInt(text, 10, 64)
		found = s.World.ByID(id)
	} else {
		found = s.World.Repository(r.PathValue("owner"), r.PathValue("repo"))
	}
	if found == nil {
		refuse(w, 404, "Not Found")
	}
	return found
}

func (s *Server) listRepositories(w http.ResponseWriter, r *http.Request) {
	var all []*world.Repository
	publicOnly := false
	if name := r.PathValue("org"); name != "" {
		o := s.World.Organization(name)
		ofUser := strings.HasPrefix(r.URL.Path, "/users/")
		if o == nil || o.User && !ofUser {
			refuse(w, 404, "Not Found")
			return
		}
		all, publicOnly = o.Repositories, ofUser // whoever asks
	} else {
		if strings.HasPrefix(answer.Credential(r), "ghs_") {
			forbid(w, answer.Credential(r), "")
			return
		}
		all = s.World.Repositories()
	}
	if s.World.Quirk(PartialSSO) {
		publicOnly = true
		w.Header().Set("X-GitHub-SSO", "partial-results; organizations=21955855,20582480")
	}
	query := r.URL.Query()
	kind := query.Get("type")
	all = slices.DeleteFunc(slices.Clone(all), func(repo *world.Repository) bool { return !wantedType(repo, kind) || publicOnly && repo.Private })
	if query.Get("sort") == "full_name" {
		less := func(i, k int) bool { return byName(all[i], all[k]) < 0 }
		if !sort.SliceIsSorted(all, less) { // to sort takes long where there are many pages
			sort.SliceStable(all, less)
		}
	} else {
		slices.Reverse(all) // newest first
	}
	answer.JSON(w, 200, s.page(w, r, all))
}

// byName compares full names without case.
func byName(a, b *world.Repository) int {
	if a.Owner == b.Owner {
		return strings.Compare(strings.ToLower(a.Name), strings.ToLower(b.Name))
	}
	return strings.Compare(strings.ToLower(a.Owner+"/"+a.Name), strings.ToLower(b.Owner+"/"+b.Name))
}

// page returns one page of repositories and sets the header that leads on.
func (s *Server) page(w http.ResponseWriter, r *http.Request, all []*world.Repository) []map[string]any {
	out := answer.Rows(answer.Cut(w, r, all, pages()), func(repo *world.Repository) map[string]any { return s.show(r, repo) })
	if s.World.Quirk(NeverPushed) && len(out) > 0 {
		out[0]["pushed_at"] = nil
	}
	return out
}

func wantedType(repo *world.Repository, kind string) bool {
	switch kind {
	case "public":
		return !repo.Private
	case "private":
		return repo.Private
	case "forks":
		return repo.Fork
	case "sources":
		return !repo.Fork
	default:
		return true
	}
}

// show returns a repository in GitHub's shape, with custom properties that have
// one value as text and those that have several as a list.
func (s *Server) show(r *http.Request, repo *world.Repository) map[string]any {
	admin := s.Right(r) == Full
	user := !strings.HasPrefix(answer.Credential(r), "ghs_") // permissions are a user's: an App's are all false
	properties := map[string]any{}
	for name, values := range repo.Properties {
		if len(values) == 1 {
			properties[name] = values[0]
		} else {
			properties[name] = values
		}
	}
	visibility := "public"
	if repo.Private {
		visibility = "private"
	}
	out := minimalRepository(r, repo)
	for k, v := range map[string]any{
		"language": answer.OrNull(repo.Language), "topics": append([]string{}, repo.Topics...), "visibility": visibility,
		"archived": repo.Archived, "disabled": false, "default_branch": repo.DefaultBranch, "custom_properties": properties,
		"pushed_at": stamp(repo.PushedAt), "created_at": stamp(repo.CreatedAt), "updated_at": stamp(repo.PushedAt),
		"permissions": map[string]bool{"admin": admin && user, "maintain": admin && user, "push": admin && user, "triage": admin && user, "pull": user},
		"is_template": false, "size": 1024, "homepage": "https://" + repo.Owner + ".example/" + repo.Name, "mirror_url": nil, "license": nil,
		"stargazers_count": 0, "watchers_count": 0, "forks_count": 0, "open_issues_count": len(repo.PullRequests), "watchers": 0, "forks": 0, "open_issues": len(repo.PullRequests),
		"has_issues": true, "has_projects": false, "has_wiki": false, "has_pages": false, "has_downloads": false, "has_discussions": false,
		"allow_forking": true, "web_commit_signoff_required": false,
		"git_url": "git:" + strings.TrimPrefix(out["html_url"].(string), "http:") + ".git", "ssh_url": "git@github.com:" + repo.Owner + "/" + repo.Name + ".git",
		"clone_url": out["html_url"].(string) + ".git", "svn_url": out["html_url"],
	} {
		out[k] = v
	}
	if s.World.Quirk(NoPermissions) {
		delete(out, "permissions")
	}
	return out
}

func minimalRepository(r *http.Request, repo *world.Repository) map[string]any {
	api := answer.Origin(r) + "/repos/" + repo.Owner + "/" + repo.Name
	out := map[string]any{
		"id": repo.ID, "node_id": nodeID("Repository", repo.ID), "name": repo.Name, "full_name": repo.Owner + "/" + repo.Name,
		"owner": simpleUser(answer.Origin(r), repo.Owner, 1, "Organization"), "private": repo.Private, "fork": repo.Fork,
		"description": "The " + repo.Name + " of " + repo.Owner, "url": api, "html_url": answer.Origin(r) + "/" + repo.Owner + "/" + repo.Name,
	}
	for _, name := range []string{
		"archive", "assignees", "blobs", "branches", "collaborators", "comments", "commits", "compare", "contents", "contributors",
		"deployments", "downloads", "events", "forks", "git_commits", "git_refs", "git_tags", "hooks", "issue_comment", "issue_events",
		"issues", "keys", "labels", "languages", "merges", "milestones", "notifications", "pulls", "releases", "stargazers", "statuses",
		"subscribers", "subscription", "tags", "teams", "trees",
	} {
		out[name+"_url"] = api + "/" + name
	}
	return out
}

func environments(w http.ResponseWriter, r *http.Request, repo *world.Repository) {
	list := []map[string]any{}
	for i := range repo.Environments {
		list = append(list, environment(r, repo, i))
	}
	answer.JSON(w, 200, map[string]any{"total_count": len(list), "environments": list})
}

func environment(r *http.Request, repo *world.Repository, i int) map[string]any {
	name := repo.Environments[i]
	at := answer.Origin(r) + "/repos/" + repo.Owner + "/" + repo.Name + "/environments/" + name
	return map[string]any{
		"id": repo.ID*100 + int64(i), "node_id": nodeID("Environment", repo.ID), "name": name, "url": at, "html_url": at,
		"created_at": stamp(repo.CreatedAt), "updated_at": stamp(repo.CreatedAt), "protection_rules": []any{}, "can_admins_bypass": true, "deployment_branch_policy": map[string]bool{"protected_branches": true, "custom_branch_policies": false},
	}
}

func simpleUser(origin, login string, id int64, kind string) map[string]any {
	api := origin + "/users/" + login
	out := map[string]any{
		"login": login, "id": id, "node_id": nodeID(kind, id), "avatar_url": origin + "/avatars/" + login, "gravatar_id": "",
		"url": api, "html_url": origin + "/" + login, "type": kind, "site_admin": false, "user_view_type": "public",
	}
	for _, name := range []string{"followers", "following", "gists", "starred", "subscriptions", "organizations", "repos", "events", "received_events"} {
		out[name+"_url"] = api + "/" + name
	}
	return out
}

func nodeID(kind string, id int64) string {
	return base64.RawStdEncoding.EncodeToString(fmt.Appendf(nil, "%s%d", kind, id))
}

func stamp(t time.Time) string { return t.UTC().Format(time.RFC3339) }
