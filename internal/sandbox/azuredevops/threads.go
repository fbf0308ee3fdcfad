package azuredevops

import (
	"fmt"
	"net/http"
	"slices"
	"strings"

	"github.com/gatewright/gatewright/internal/sandbox/answer"
	"github.com/gatewright/gatewright/internal/sandbox/world"
)

type commentBody struct {
	Parent  int64  `json:"parentCommentId"`
	Content string `json:"content"`
	Type    any    `json:"commentType"` // a word or its number
}

func (s *Server) threadRoutes() {
	const base = "/{org}/{project}/_apis/git/repositories/{repo}"
	s.handle("GET "+base+"/pullRequests/{number}/threads", s.onPull(func(w http.ResponseWriter, _ *http.Request, repo *world.Repository, n int) {
		rows := []any{}
		for _, c := range s.Notes.Of(repo, n) {
			rows = append(rows, showThread(c))
		}
		values(w, rows)
	}))
	s.handle("POST "+base+"/pullRequests/{number}/threads", s.onPull(s.createThread))
	s.handle("PATCH "+base+"/pullRequests/{number}/threads/{thread}/comments/{comment}", s.onPull(s.editComment))
	s.handle("DELETE "+base+"/pullRequests/{number}/threads/{thread}/comments/{comment}", s.onPull(func(w http.ResponseWriter, r *http.Request, repo *world.Repository, n int) {
		if c := s.comment(w, r, repo, n); c != nil {
			c.Edit(s.World, "") // the list goes on showing it, as deleted
			w.WriteHeader(200)
		}
	}))
	s.handle("POST "+base+"/commits/{sha}/statuses", s.setStatus)
	s.handle("GET "+base+"/commits/{sha}/statuses", s.listStatuses)
	s.handle("POST "+base+"/pullRequests/{number}/statuses", s.setStatus)
	s.handle("GET "+base+"/pullRequests/{number}/statuses", s.listStatuses)
}

func (s *Server) onPull(next func(http.ResponseWriter, *http.Request, *world.Repository, int)) http.HandlerFunc {
	return func(w http.ResponseWriter, r *http.Request) {
		_, repo := s.repository(w, r)
		if repo == nil {
			return
		}
		n, ok := answer.Pull(repo, r.PathValue("number"))
		if !ok {
			refuse(w, 404, "GitPullRequestNotFoundException", "TF401180: The requested pull request was not found.")
			return
		}
		next(w, r, repo, n)
	}
}

// showThread shows a thread, which has one comment here.
func showThread(c *answer.Comment) map[string]any {
	return map[string]any{
		"id": c.ID, "status": "closed", "publishedDate": c.Created, "lastUpdatedDate": c.Updated, "comments": []any{showComment(c)},
		"isDeleted": false, "properties": map[string]any{}, "threadContext": nil, "pullRequestThreadContext": nil,
	}
}

func showComment(c *answer.Comment) map[string]any {
	author := robin()
	author["isContainer"] = false
	return map[string]any{
		"id": 1, "parentCommentId": 0, "content": c.Body, "commentType": "text", "isDeleted": c.Body == "",
		"publishedDate": c.Created, "lastUpdatedDate": c.Updated, "author": author, "usersLiked": []any{},
	}
}

func (s *Server) createThread(w http.ResponseWriter, r *http.Request, repo *world.Repository, n int) {
	var in struct {
		Comments []commentBody `json:"comments"`
		Status   any           `json:"status"` // a word or its number
	}
	if err := answer.Decode(r, &in); err != nil || len(in.Comments) != 1 || !fits(in.Comments[0].Content) {
		refuse(w, 400, "InvalidArgumentValueException", "The thread needs one comment of 1 to 150000 characters.")
		return
	}
	answer.JSON(w, 200, showThread(s.Notes.Add(s.World, repo, n, in.Comments[0].Content)))
}

func fits(content string) bool { return content != "" && len([]rune(content)) <= 150_000 }

func (s *Server) comment(w http.ResponseWriter, r *http.Request, repo *world.Repository, n int) *answer.Comment {
	c := s.Notes.Find(repo, r.PathValue("thread"))
	if c == nil || c.Number != n || c.Body == "" || r.PathValue("comment") != "1" {
		refuse(w, 404, "CommentNotFoundException", "The requested comment was not found.")
		return nil
	}
	return c
}

func (s *Server) editComment(w http.ResponseWriter, r *http.Request, repo *world.Repository, n int) {
	var in commentBody
	if err := answer.Decode(r, &in); err != nil || !fits(in.Content) {
		refuse(w, 400, "InvalidArgumentValueException", "The comment needs 1 to 150000 characters.")
		return
	}
	if c := s.comment(w, r, repo, n); c != nil {
		c.Edit(s.World, in.Content)
		answer.JSON(w, 200, showComment(c))
	}
}

func (s *Server) setStatus(w http.ResponseWriter, r *http.Request) {
	_, repo := s.repository(w, r)
	if repo == nil {
		return
	}
	place, ok := s.statusPlace(w, r, repo)
	if !ok {
		return
	}
	var in struct {
		State       any               `json:"state"` // a word or its number
		Description string            `json:"description"`
		Context     map[string]string `json:"context"`
		Target      string            `json:"targetUrl"`
	}
	err := answer.Decode(r, &in)
	states := []string{"notSet", "pending", "succeeded", "failed", "error", "notApplicable"}
	state := fmt.Sprint(in.State)
	if n, numeric := in.State.(float64); numeric && int(n) < len(states) && n >= 0 {
		state = states[int(n)]
	}
	switch {
	case err != nil || !slices.Contains(states, state) || in.Context["name"] == "":
		refuse(w, 400, "InvalidArgumentValueException", "The status is not valid.")
		return
	}
	st := s.Marks.Add(s.World, answer.Status{
		State: state, Context: in.Context["genre"] + "/" + in.Context["name"], Description: in.Description, Target: in.Target, Repo: repo, SHA: place,
	})
	answer.JSON(w, 200, showStatus(st))
}

func showStatus(st *answer.Status) map[string]any {
	genre, name, _ := strings.Cut(st.Context, "/")
	return map[string]any{
		"id": st.ID, "state": st.State, "description": st.Description, "context": map[string]string{"genre": genre, "name": name},
		"targetUrl": st.Target, "creationDate": st.At, "updatedDate": st.At, "createdBy": robin(),
	}
}

// statusPlace is what a status belongs to: a commit, or a pull request as "!7".
func (s *Server) statusPlace(w http.ResponseWriter, r *http.Request, repo *world.Repository) (string, bool) {
	if text := r.PathValue("number"); text != "" {
		if _, ok := answer.Pull(repo, text); !ok {
			refuse(w, 404, "GitPullRequestNotFoundException", "TF401180: The requested pull request was not found.")
			return "", false
		}
		return "!" + text, true
	}
	sha := r.PathValue("sha")
	if repo.Commit(sha) == nil {
		refuse(w, 404, "GitCommitDoesNotExistException", "TF401175: The version descriptor <Commit: "+sha+"> could not be resolved.")
		return "", false
	}
	return sha, true
}

func (s *Server) listStatuses(w http.ResponseWriter, r *http.Request) {
	_, repo := s.repository(w, r)
	if repo == nil {
		return
	}
	place, ok := s.statusPlace(w, r, repo)
	if !ok {
		return
	}
	rows := []any{}
	for _, st := range s.Marks.Of(repo, place) {
		rows = append(rows, showStatus(st))
	}
	values(w, rows)
}

func robin() map[string]any {
	return map[string]any{
		"id": uuid(1), "displayName": "Robin Doe", "uniqueName": "robin@acme.example", "descriptor": "msa.robin",
		"url": "https://dev.azure.com/robin", "imageUrl": "https://dev.azure.com/robin.png", "_links": map[string]any{"avatar": map[string]string{"href": "https://dev.azure.com/robin.png"}},
	}
}

// Comments returns the first comments of a pull request's threads, oldest first.
func (s *Server) Comments(owner, repo string, n int) []string {
	all := s.Notes.Bodies(s.World, owner, repo, n)
	return slices.DeleteFunc(all, func(body string) bool { return body == "" })
}

// Status returns the newest state and description under genre/name of a commit,
// or of a pull request as "!7".
func (s *Server) Status(owner, repo, sha, context string) (state, description string) {
	return s.Marks.Shown(s.World, answer.At{Owner: owner, Repo: repo, SHA: sha}, context)
}
