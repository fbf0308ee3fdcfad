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
	s.handle("GET "+base+"/pullRequests/{number}/threads", s.OnPull(func(w http.ResponseWriter, _ *http.Request, repo *world.Repository, p *world.PullRequest) {
		values(w, answer.Rows(s.Notes.Of(repo, p.Number), showThread))
	}))
	s.handle("POST "+base+"/pullRequests/{number}/threads", s.OnPull(s.createThread))
	s.handle("PATCH "+base+"/pullRequests/{number}/threads/{thread}/comments/{comment}", s.OnPull(s.editComment))
	s.handle("DELETE "+base+"/pullRequests/{number}/threads/{thread}/comments/{comment}", s.OnPull(func(w http.ResponseWriter, r *http.Request, repo *world.Repository, p *world.PullRequest) {
		if c := s.comment(w, r, repo, p); c != nil {
			c.Edit(s.World, "") // the list goes on showing it, as deleted
			w.WriteHeader(200)
		}
	}))
	for _, of := range []string{"/commits/{sha}", "/pullRequests/{number}"} {
		s.handle("POST "+base+of+"/statuses", s.onMarked(s.setStatus))
		s.handle("GET "+base+of+"/statuses", s.onMarked(func(w http.ResponseWriter, _ *http.Request, repo *world.Repository, at string) {
			values(w, answer.Rows(s.Marks.Of(repo, at), showStatus))
		}))
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

func (s *Server) createThread(w http.ResponseWriter, r *http.Request, repo *world.Repository, p *world.PullRequest) {
	var in struct {
		Comments []commentBody `json:"comments"`
		Status   any           `json:"status"` // a word or its number
	}
	if err := answer.Decode(r, &in); err != nil || len(in.Comments) != 1 || !fits(in.Comments[0].Content) {
		refuse(w, 400, "InvalidArgumentValueException", "The thread needs one comment of 1 to 150000 characters.")
		return
	}
	answer.JSON(w, 200, showThread(s.Notes.Add(s.World, repo, p.Number, in.Comments[0].Content)))
}

func fits(content string) bool { return content != "" && len([]rune(content)) <= 150_000 }

func (s *Server) comment(w http.ResponseWriter, r *http.Request, repo *world.Repository, p *world.PullRequest) *answer.Comment {
	c := s.Notes.Find(repo, r.PathValue("thread"))
	if c == nil || c.Number != p.Number || c.Body == "" || r.PathValue("comment") != "1" {
		refuse(w, 404, "CommentNotFoundException", "The requested comment was not found.")
		return nil
	}
	return c
}

func (s *Server) editComment(w http.ResponseWriter, r *http.Request, repo *world.Repository, p *world.PullRequest) {
	var in commentBody
	if err := answer.Decode(r, &in); err != nil || !fits(in.Content) {
		refuse(w, 400, "InvalidArgumentValueException", "The comment needs 1 to 150000 characters.")
		return
	}
	if c := s.comment(w, r, repo, p); c != nil {
		c.Edit(s.World, in.Content)
		answer.JSON(w, 200, showComment(c))
	}
}

func (s *Server) setStatus(w http.ResponseWriter, r *http.Request, repo *world.Repository, at string) {
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
		State: state, Context: in.Context["genre"] + "/" + in.Context["name"], Description: in.Description, Target: in.Target, Repo: repo, SHA: at,
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

// onMarked leads to what a status belongs to: a commit, or a pull request as "!7".
func (s *Server) onMarked(next func(w http.ResponseWriter, r *http.Request, repo *world.Repository, at string)) http.HandlerFunc {
	pull := s.OnPull(func(w http.ResponseWriter, r *http.Request, repo *world.Repository, _ *world.PullRequest) {
		next(w, r, repo, "!"+r.PathValue("number"))
	})
	commit := s.OnRepository(func(w http.ResponseWriter, r *http.Request, repo *world.Repository) {
		sha := r.PathValue("sha")
		if repo.Commit(sha) == nil {
			refuse(w, 404, "GitCommitDoesNotExistException", "TF401175: The version descriptor <Commit: "+sha+"> could not be resolved.")
			return
		}
		next(w, r, repo, sha)
	})
	return func(w http.ResponseWriter, r *http.Request) {
		if r.PathValue("number") != "" {
			pull(w, r)
			return
		}
		commit(w, r)
	}
}

func robin() map[string]any {
	return map[string]any{
		"id": uuid(1), "displayName": "Robin Doe", "uniqueName": "robin@acme.example", "descriptor": "msa.robin",
		"url": "https://dev.azure.com/robin", "imageUrl": "https://dev.azure.com/robin.png", "_links": map[string]any{"avatar": map[string]string{"href": "https://dev.azure.com/robin.png"}},
	}
}
