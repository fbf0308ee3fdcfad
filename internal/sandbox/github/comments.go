package github

import (
	"fmt"
	"net/http"
	"slices"
	"strconv"
	"time"

	"github.com/gatewright/gatewright/internal/sandbox/answer"
	"github.com/gatewright/gatewright/internal/sandbox/world"
)

type comment struct {
	id               int64
	repo             *world.Repository
	issue            int
	body             string
	created, updated time.Time
}

type status struct {
	id                                   int64
	state, description, target, context_ string
	at                                   time.Time
}

func (s *Server) commentRoutes() {
	const at = "/repos/{owner}/{repo}/issues"
	s.handle("GET "+at+"/{number}/comments", s.onIssue(s.listComments))
	s.handle("POST "+at+"/{number}/comments", s.onIssue(s.addComment))
	s.handle("GET "+at+"/comments/{comment}", s.onComment(func(w http.ResponseWriter, r *http.Request, c *comment) {
		answer.JSON(w, 200, c.show(r))
	}))
	s.handle("PATCH "+at+"/comments/{comment}", s.onComment(s.editComment))
	s.handle("DELETE "+at+"/comments/{comment}", s.onComment(func(w http.ResponseWriter, _ *http.Request, c *comment) {
		delete(s.comments, c.id)
		w.WriteHeader(204)
	}))
	s.handle("POST /repos/{owner}/{repo}/statuses/{sha}", s.addStatus)
	s.handle("GET /repos/{owner}/{repo}/commits/{sha}/statuses", func(w http.ResponseWriter, r *http.Request) {
		repo := s.repository(w, r)
		if repo == nil {
			return
		}
		list := []map[string]any{}
		for _, st := range slices.Backward(s.statuses[repo.Owner+"/"+repo.Name+"@"+r.PathValue("sha")]) {
			list = append(list, st.show(r))
		}
		answer.JSON(w, 200, list)
	})
}

func (s *Server) onIssue(next func(http.ResponseWriter, *http.Request, *world.Repository, int)) http.HandlerFunc {
	return func(w http.ResponseWriter, r *http.Request) {
		repo := s.repository(w, r)
		if repo == nil {
			return
		}
		n, err := strconv.Atoi(r.PathValue("number"))
		if err != nil || repo.PullRequest(n) == nil {
			refuse(w, 404, "Not Found")
			return
		}
		next(w, r, repo, n)
	}
}

func (s *Server) listComments(w http.ResponseWriter, r *http.Request, repo *world.Repository, n int) {
	var all []*comment
	for _, c := range s.comments {
		if c.repo == repo && c.issue == n {
			all = append(all, c)
		}
	}
	slices.SortFunc(all, func(a, b *comment) int { return int(a.id - b.id) })
	span := answer.Page(r, len(all), "per_page", 30, 100)
	list := []map[string]any{}
	for _, c := range all[span.From:span.To] {
		list = append(list, c.show(r))
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
	now := s.world.Now()
	c := &comment{id: s.world.NextID(), repo: repo, issue: n, body: body, created: now, updated: now}
	s.comments[c.id] = c
	answer.JSON(w, 201, c.show(r))
}

func (s *Server) onComment(next func(http.ResponseWriter, *http.Request, *comment)) http.HandlerFunc {
	return func(w http.ResponseWriter, r *http.Request) {
		id, _ := strconv.ParseInt(r.PathValue("comment"), 10, 64)
		if c := s.comments[id]; c != nil {
			next(w, r, c)
			return
		}
		refuse(w, 404, "Not Found")
	}
}

func (s *Server) editComment(w http.ResponseWriter, r *http.Request, c *comment) {
	if body, ok := readBody(w, r); ok {
		c.body, c.updated = body, s.world.Now()
		answer.JSON(w, 200, c.show(r))
	}
}

func (c *comment) show(r *http.Request) map[string]any {
	api := answer.Origin(r) + "/repos/" + c.repo.Owner + "/" + c.repo.Name + "/issues/"
	html := fmt.Sprintf("%s/%s/%s/pull/%d", answer.Origin(r), c.repo.Owner, c.repo.Name, c.issue)
	return map[string]any{
		"id": c.id, "node_id": nodeID("IssueComment", c.id), "url": fmt.Sprintf("%scomments/%d", api, c.id),
		"html_url": fmt.Sprintf("%s#issuecomment-%d", html, c.id), "issue_url": fmt.Sprintf("%s%d", api, c.issue),
		"body": c.body, "user": simpleUser(answer.Origin(r), "robin", 1, "User"), "author_association": "MEMBER",
		"created_at": stamp(c.created), "updated_at": stamp(c.updated),
	}
}

func (s *Server) addStatus(w http.ResponseWriter, r *http.Request) {
	repo := s.repository(w, r)
	if repo == nil {
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
	st := &status{s.world.NextID(), in.State, in.Description, in.Target, in.Context, s.world.Now()}
	key := repo.Owner + "/" + repo.Name + "@" + sha
	s.statuses[key] = append(s.statuses[key], st)
	answer.JSON(w, 201, st.show(r))
}

func (st *status) show(r *http.Request) map[string]any {
	return map[string]any{
		"id": st.id, "node_id": nodeID("StatusContext", st.id), "url": answer.Origin(r) + r.URL.Path, "avatar_url": nil,
		"state": st.state, "description": orNull(st.description), "target_url": orNull(st.target), "context": st.context_,
		"created_at": stamp(st.at), "updated_at": stamp(st.at), "creator": simpleUser(answer.Origin(r), "robin", 1, "User"),
	}
}

// Comments gives the bodies of a pull request's comments, oldest first.
func (s *Server) Comments(owner, repo string, number int) []string {
	s.world.Lock()
	defer s.world.Unlock()
	var all []*comment
	for _, c := range s.comments {
		if c.repo.Owner == owner && c.repo.Name == repo && c.issue == number {
			all = append(all, c)
		}
	}
	slices.SortFunc(all, func(a, b *comment) int { return int(a.id - b.id) })
	var out []string
	for _, c := range all {
		out = append(out, c.body)
	}
	return out
}

// Status gives a commit's newest state and description under a context.
func (s *Server) Status(owner, repo, sha, context string) (state, description string) {
	s.world.Lock()
	defer s.world.Unlock()
	for _, st := range slices.Backward(s.statuses[owner+"/"+repo+"@"+sha]) {
		if st.context_ == context {
			return st.state, st.description
		}
	}
	return "", ""
}
