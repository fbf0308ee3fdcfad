package github

import (
	"cmp"
	"fmt"
	"net/http"
	"slices"

	"github.com/gatewright/gatewright/internal/sandbox/answer"
	"github.com/gatewright/gatewright/internal/sandbox/world"
)

func (s *Server) commentRoutes() {
	const at = "/repos/{owner}/{repo}/issues"
	s.TalkRoutes(s.Handle, answer.Talk{
		List: at + "/{number}/comments", One: at + "/comments/{comment}", Edit: "PATCH", Read: readBody, Show: showComment,
		Rows: func(w http.ResponseWriter, r *http.Request, rows []map[string]any) {
			answer.JSON(w, 200, answer.Cut(w, r, rows, pages()))
		},
		Allow: func(w http.ResponseWriter, r *http.Request, repo *world.Repository) bool {
			if !s.mayWrite(w, r, "issues=write; pull_requests=write") {
				return false
			}
			if repo.Archived && r.Method == http.MethodPost {
				refuse(w, 403, "Repository was archived so is read-only.")
				return false
			}
			return true
		},
	})
	s.Handle("POST /graphql", s.graphql)
	s.Handle("POST /repos/{owner}/{repo}/statuses/{sha}", s.OnRepository(s.addStatus))
	s.Handle("GET /repos/{owner}/{repo}/commits/{sha}/statuses", s.OnRepository(s.listStatuses))
}

// pages is how GitHub cuts most lists.
func pages() answer.Paging { return answer.Paging{Name: "per_page", Usual: 30, Most: 100} }

func (s *Server) listStatuses(w http.ResponseWriter, r *http.Request, repo *world.Repository) {
	list := s.Marks.Of(repo, r.PathValue("sha"))
	slices.Reverse(list)
	answer.JSON(w, 200, answer.Rows(list, func(st *answer.Status) map[string]any { return showStatus(r, st) }))
}

// mayWrite refuses a writing request of a token that may only read.
func (s *Server) mayWrite(w http.ResponseWriter, r *http.Request, needs string) bool {
	if r.Method != "GET" && s.Right(r) == Read {
		forbid(w, answer.Credential(r), needs)
		return false
	}
	return true
}

func readBody(w http.ResponseWriter, r *http.Request) (string, bool) {
	var in struct {
		Body string `json:"body"`
	}
	if err := answer.Decode(r, &in); err != nil {
		refuse(w, 400, "Problems parsing JSON: "+err.Error())
		return "", false
	}
	if in.Body == "" || len([]rune(in.Body)) > 65536 {
		refuse(w, 422, "Validation Failed: body is blank or longer than 65536 characters")
		return "", false
	}
	return in.Body, true
}

func showComment(r *http.Request, c *answer.Comment) map[string]any {
	api := answer.Origin(r) + "/repos/" + c.Repo.Owner + "/" + c.Repo.Name + "/issues/"
	html := fmt.Sprintf("%s/%s/%s/pull/%d", answer.Origin(r), c.Repo.Owner, c.Repo.Name, c.Number)
	user, association := simpleUser(answer.Origin(r), "robin", 1, "User"), "MEMBER"
	if c.Stranger {
		user, association = simpleUser(answer.Origin(r), "mallory", 66, "User"), "FIRST_TIME_CONTRIBUTOR"
	}
	return map[string]any{
		"id": c.ID, "node_id": nodeID("IssueComment", c.ID), "url": fmt.Sprintf("%scomments/%d", api, c.ID),
		"html_url": fmt.Sprintf("%s#issuecomment-%d", html, c.ID), "issue_url": fmt.Sprintf("%s%d", api, c.Number),
		"body": c.Body, "user": user, "author_association": association,
		"performed_via_github_app": nil, "reactions": reactions(fmt.Sprintf("%scomments/%d/reactions", api, c.ID)),
		"created_at": stamp(c.Created), "updated_at": stamp(c.Updated),
	}
}

func reactions(at string) map[string]any {
	out := map[string]any{"url": at, "total_count": 0}
	for _, name := range []string{"+1", "-1", "laugh", "hooray", "confused", "heart", "rocket", "eyes"} {
		out[name] = 0
	}
	return out
}

func (s *Server) addStatus(w http.ResponseWriter, r *http.Request, repo *world.Repository) {
	if !s.mayWrite(w, r, "statuses=write") {
		return
	}
	var in struct {
		State       string `json:"state"`
		Target      string `json:"target_url"`
		Description string `json:"description"`
		Context     string `json:"context"`
	}
	if err := answer.Decode(r, &in); err != nil {
		refuse(w, 400, "Problems parsing JSON: "+err.Error())
		return
	}
	sha := r.PathValue("sha")
	switch {
	case !slices.Contains([]string{"error", "failure", "pending", "success"}, in.State):
		refuse(w, 422, "Validation Failed: state is not included in the list")
		return
	case len([]rune(in.Description)) > 140:
		refuse(w, 422, "Validation Failed: description is too long (maximum is 140 characters)")
		return
	case repo.Commit(sha) == nil:
		refuse(w, 422, "No commit found for SHA: "+sha)
		return
	}
	st := s.Marks.Add(s.World, answer.Status{State: in.State, Context: cmp.Or(in.Context, "default"), Description: in.Description, Target: in.Target, Repo: repo, SHA: sha})
	answer.JSON(w, 201, showStatus(r, st))
}

func showStatus(r *http.Request, st *answer.Status) map[string]any {
	return map[string]any{
		"id": st.ID, "node_id": nodeID("StatusContext", st.ID), "url": answer.Origin(r) + r.URL.Path, "avatar_url": answer.Origin(r) + "/avatars/robin",
		"state": st.State, "description": answer.OrNull(st.Description), "target_url": answer.OrNull(st.Target), "context": st.Context,
		"created_at": stamp(st.At), "updated_at": stamp(st.At), "creator": simpleUser(answer.Origin(r), "robin", 1, "User"),
	}
}
