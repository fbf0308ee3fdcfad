package bitbucket

import (
	"fmt"
	"net/http"
	"strings"
	"time"

	"github.com/gatewright/gatewright/internal/sandbox/answer"
	"github.com/gatewright/gatewright/internal/sandbox/world"
)

// links are addresses below one, by name.
func links(at string, names ...string) map[string]any {
	out := map[string]any{}
	for _, name := range names {
		out[name] = map[string]string{"href": at + "/" + name}
	}
	out["self"] = map[string]string{"href": at}
	return out
}

// stamp is a time as Bitbucket writes it.
func stamp(t time.Time) string { return t.UTC().Format("2006-01-02T15:04:05.000000-07:00") }

func robin(r *http.Request) map[string]any {
	return map[string]any{
		"type": "user", "uuid": uuid(1), "account_id": "557058:robin", "display_name": "Robin Doe", "nickname": "robin",
		"links": links(answer.Origin(r)+"/2.0/users/robin", "avatar", "html"),
	}
}

func api(r *http.Request, repo *world.Repository) string {
	return answer.Origin(r) + "/2.0/repositories/" + repo.Owner + "/" + repo.Name
}

// brief is a repository within something else.
func brief(r *http.Request, repo *world.Repository) map[string]any {
	return map[string]any{
		"type": "repository", "uuid": uuid(repo.ID), "name": repo.Name, "full_name": repo.Owner + "/" + repo.Name, "links": links(api(r, repo), "avatar", "html"),
	}
}

// project is the key of a repository's project: of its first team in the world.
func project(repo *world.Repository) string {
	if len(repo.Teams) == 0 {
		return "PLATFORM"
	}
	return strings.ToUpper(repo.Teams[0])
}

func show(r *http.Request, repo *world.Repository) map[string]any {
	out := brief(r, repo)
	all := links(api(r, repo), strings.Fields("avatar branches commits downloads forks hooks html issues pullrequests source tags watchers")...)
	all["clone"] = []any{map[string]string{"name": "https", "href": "https://bitbucket.org/" + repo.Owner + "/" + repo.Name + ".git"}}
	team := links(answer.Origin(r)+"/2.0/workspaces/"+repo.Owner, "avatar", "html")
	for k, v := range map[string]any{
		"slug": repo.Name, "is_private": repo.Private, "language": strings.ToLower(repo.Language), "scm": "git", "description": "", "website": "",
		"mainbranch": map[string]string{"type": "branch", "name": repo.DefaultBranch}, "fork_policy": "allow_forks", "has_issues": false, "has_wiki": false, "size": 1024,
		"workspace": map[string]any{"type": "workspace", "uuid": uuid(2), "slug": repo.Owner, "name": repo.Owner, "links": team},
		"owner":     map[string]any{"type": "team", "uuid": uuid(2), "username": repo.Owner, "display_name": repo.Owner, "links": team},
		"project":   map[string]any{"type": "project", "uuid": uuid(3), "key": project(repo), "name": strings.ToLower(project(repo)), "links": team},
		"links":     all, "updated_on": stamp(repo.PushedAt), "created_on": stamp(repo.CreatedAt),
	} {
		out[k] = v
	}
	if repo.Fork {
		out["parent"] = map[string]string{"type": "repository", "full_name": "upstream/" + repo.Name}
	}
	return out
}

func showComment(r *http.Request, c *answer.Comment) map[string]any {
	pull := fmt.Sprintf("%s/pullrequests/%d", api(r, c.Repo), c.Number)
	title := ""
	if p := c.Repo.PullRequest(c.Number); p != nil {
		title = p.Title
	}
	out := map[string]any{
		"id": c.ID, "type": "pullrequest_comment", "deleted": c.Body == "", "created_on": stamp(c.Created), "updated_on": stamp(c.Updated), "user": robin(r), "pending": false,
		"content":     map[string]string{"type": "rendered", "raw": c.Body, "markup": "markdown", "html": "<p>" + c.Body + "</p>"},
		"pullrequest": map[string]any{"type": "pullrequest", "id": c.Number, "title": title, "links": links(pull, "html")},
		"links":       links(fmt.Sprintf("%s/comments/%d", pull, c.ID), "html"),
	}
	if c.Folded != "" {
		out["resolution"] = showResolution(r, c)
	}
	return out
}

func showResolution(r *http.Request, c *answer.Comment) map[string]any {
	return map[string]any{"type": "comment_resolution", "user": robin(r), "created_on": stamp(c.Updated)}
}

func showCommit(r *http.Request, repo *world.Repository, sha string) map[string]any {
	return map[string]any{"type": "commit", "hash": sha, "links": links(api(r, repo)+"/commit/"+sha, "html")}
}

func showPull(r *http.Request, repo *world.Repository, p *world.PullRequest) map[string]any {
	at := fmt.Sprintf("%s/pullrequests/%d", api(r, repo), p.Number)
	side := func(branch, sha string) map[string]any {
		return map[string]any{"branch": map[string]any{"name": branch}, "commit": showCommit(r, repo, sha[:12]), "repository": brief(r, repo)} // a hash is cut
	}
	state := map[string]string{"open": "OPEN", "closed": "DECLINED", "merged": "MERGED"}[p.State]
	return map[string]any{
		"type": "pullrequest", "id": p.Number, "title": p.Title, "description": "", "state": state, "draft": false, "author": robin(r), "closed_by": nil, "reason": "",
		"source": side(p.Branch, p.Head), "destination": side(p.Target, p.Base), "merge_commit": nil, "close_source_branch": false, "comment_count": 0, "task_count": 0,
		"created_on": stamp(repo.CreatedAt), "updated_on": stamp(repo.PushedAt), "participants": []any{}, "reviewers": []any{},
		"summary": map[string]string{"type": "rendered", "raw": "", "markup": "markdown", "html": ""},
		"links":   links(at, strings.Fields("activity approve comments commits decline diff diffstat html merge request-changes statuses")...),
	}
}

func (s *Server) showStatus(r *http.Request, st *answer.Status) map[string]any {
	at := api(r, st.Repo) + "/commit/" + st.SHA
	return map[string]any{
		"type": "build", "key": s.keys[st.ID], "state": st.State, "name": st.Context, "description": st.Description, "url": st.Target, "refname": answer.OrNull(s.refnames[st.ID]),
		"commit": showCommit(r, st.Repo, st.SHA), "repository": brief(r, st.Repo), "created_on": stamp(st.At), "updated_on": stamp(st.At),
		"links": map[string]any{"commit": map[string]string{"href": at}, "self": map[string]string{"href": at + "/statuses/build/" + s.keys[st.ID]}},
	}
}
