package github

import (
	"fmt"
	"net/http"
	"slices"

	"github.com/gatewright/gatewright/internal/sandbox/answer"
	"github.com/gatewright/gatewright/internal/sandbox/world"
)

func (s *Server) commentRoutes() {
	const at = "/repos/{owner}/{repo}/issues"
	s.handle("GET "+at+"/{number}/comments", s.onIssue(s.listComments))
	s.handle("POST "+at+"/{number}/comments", s.onIssue(s.addComment))
	s.handle("GET "+at+"/comments/{comment}", s.onComment(func(w http.ResponseWriter, r *http.Request, c *answer.Comment) {
		answer.JSON(w, 200, showComment(r, c))
	}))
	s.handle("PATCH "+at+"/comments/{comment}", s.onComment(s.editComment))
	s.handle("DELETE "+at+"/comments/{comment}", s.onComment(func(w http.ResponseWriter, _ *http.Request, c *answer.Comment) {
		s.Notes.Remove(c)
		w.WriteHeader(204)
	}))
	s.handle("POST /graphql", s.graphql)
	s.handle("POST /repos/{owner}/{repo}/statuses/{sha}", s.addStatus)
	s.handle("GET /repos/{owner}/{repo}/commits/{sha}/statuses", func(w http.ResponseWriter, r *http.Request) {
		if repo := s.repository(w, r); repo != nil {
			s.listStatuses(w, r, repo)
		}
	})
}

func (s *Server) listStatuses(w http.ResponseWriter, r *http.Request, repo *world.Repository) {
	list := []map[string]any{}
	for _, st := range slices.Backward(s.Marks.Of(repo, r.PathValue("sha"))) {
		list = append(list, showStatus(r, st))
	}
	answer.JSON(w, 200, list)
}

// mayWrite refuses a writing request of a token that may only read.
func (s *Server) mayWrite(w http.ResponseWriter, r *http.Request, needs string) bool {
	if r.Method != "GET" && s.right(r) == Read {
		forbid(w, answer.Credential(r), needs)
		return false
	}
	return true
}

func (s *Server) onIssue(next func(http.ResponseWriter, *http.Request, *world.Repository, int)) http.HandlerFunc {
	return func(w http.ResponseWriter, r *http.Request) {
		repo := s.repository(w, r)
		if repo == nil || !s.mayWrite(w, r, "issues=write; pull_requests=write") {
			return
		}
		n, ok := answer.Pull(repo, r.PathValue("number"))
		if !ok {
			refuse(w, 404, "Not Found")
			return
		}
		next(w, r, repo, n)
	}
}

func (s *Server) listComments(w http.ResponseWriter, r *http.Request, repo *world.Repository, n int) {
	all := s.Notes.Of(repo, n)
	span := answer.Page(r, len(all), answer.Paging{Name: "per_page", Usual: 30, Most: 100})
	list := []map[string]any{}
	for _, c := range all[span.From:span.To] {
		list = append(list, showComment(r, c))
	}
	if link := span.Link(r, len(all)); link != "" {
		w.Header().Set("Link", link)
	}
	answer.JSON(w, 200, list)
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

func (s *Server) addComment(w http.ResponseWriter, r *http.Request, repo *world.Repository, n int) {
	if repo.Archived {
		refuse(w, 403, "Repository was archived so is read-only.")
		return
	}
	body, ok := readBody(w, r)
	if !ok {
		return
	}
	answer.JSON(w, 201, showComment(r, s.Notes.Add(s.World, repo, n, body)))
}

func (s *Server) onComment(next func(http.ResponseWriter, *http.Request, *answer.Comment)) http.HandlerFunc {
	return func(w http.ResponseWriter, r *http.Request) {
		repo := s.repository(w, r)
		if repo == nil || !s.mayWrite(w, r, "issues=write; pull_requests=write") {
			return
		}
		if c := s.Notes.Find(repo, r.PathValue("comment")); c != nil {
			next(w, r, c)
			return
		}
		refuse(w, 404, "Not Found")
	}
}

func (s *Server) editComment(w http.ResponseWriter, r *http.Request, c *answer.Comment) {
	if body, ok := readBody(w, r); ok {
		c.Edit(s.World, body)
		answer.JSON(w, 200, showComment(r, c))
	}
}

func showComment(r *http.Request, c *answer.Comment) map[string]any {
	api := answer.Origin(r) + "/repos/" + c.Repo.Owner + "/" + c.Repo.Name + "/issues/"
	html := fmt.Sprintf("%s/%s/%s/pull/%d", answer.Origin(r), c.Repo.Owner, c.Repo.Name, c.Number)
	return map[string]any{
		"id": c.ID, "node_id": nodeID("IssueComment", c.ID), "url": fmt.Sprintf("%scomments/%d", api, c.ID),
		"html_url": fmt.Sprintf("%s#issuecomment-%d", html, c.ID), "issue_url": fmt.Sprintf("%s%d", api, c.Number),
		"body": c.Body, "user": simpleUser(answer.Origin(r), "robin", 1, "User"), "author_association": "MEMBER",
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

func (s *Server) addStatus(w http.ResponseWriter, r *http.Request) {
	repo := s.repository(w, r)
	if repo == nil || !s.mayWrite(w, r, "statuses=write") {
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
	if in.Context == "" {
		in.Context = "default"
	}
	st := s.Marks.Add(s.World, answer.Status{State: in.State, Context: in.Context, Description: in.Description, Target: in.Target, Repo: repo, SHA: sha})
	answer.JSON(w, 201, showStatus(r, st))
}

func showStatus(r *http.Request, st *answer.Status) map[string]any {
	return map[string]any{
		"id": st.ID, "node_id": nodeID("StatusContext", st.ID), "url": answer.Origin(r) + r.URL.Path, "avatar_url": answer.Origin(r) + "/avatars/robin",
		"state": st.State, "description": answer.OrNull(st.Description), "target_url": answer.OrNull(st.Target), "context": st.Context,
		"created_at": stamp(st.At), "updated_at": stamp(st.At), "creator": simpleUser(answer.Origin(r), "robin", 1, "User"),
	}
}

// Comments returns the bodies of a pull request's comments, oldest first.
func (s *Server) Comments(owner, repo string, number int) []string {
	return s.Notes.Bodies(s.World, owner, repo, number)
}

// Status returns a commit's newest state and description under a context.
func (s *Server) Status(owner, repo, sha, context string) (state, description string) {
	return s.Marks.Shown(s.World, answer.At{Owner: owner, Repo: repo, SHA: sha}, context)
}

// Fold hides a pull request's comments as "outdated", say; "" shows them again.
func (s *Server) Fold(owner, repo string, number int, reason string) {
	s.Notes.Fold(s.World, answer.At{Owner: owner, Repo: repo}, number, reason)
}

// Folded returns why each of a pull request's comments is hidden, "" if it is not.
func (s *Server) Folded(owner, repo string, number int) []string {
	return s.Notes.Folded(s.World, answer.At{Owner: owner, Repo: repo}, number)
}
