package azuredevops

import (
	"net/http"
	"slices"
	"time"

	"github.com/gatewright/gatewright/internal/sandbox/answer"
	"github.com/gatewright/gatewright/internal/sandbox/world"
)

type comment struct {
	ID        int64     `json:"id"`
	Parent    int64     `json:"parentCommentId"`
	Content   string    `json:"content"`
	Type      string    `json:"commentType"`
	Deleted   bool      `json:"isDeleted,omitempty"`
	Published time.Time `json:"publishedDate"`
	Updated   time.Time `json:"lastUpdatedDate"`
}

type thread struct {
	ID        int64      `json:"id"`
	Status    string     `json:"status"`
	Comments  []*comment `json:"comments"`
	Published time.Time  `json:"publishedDate"`

	repo   *world.Repository
	number int
}

type commentBody struct {
	Parent  int64  `json:"parentCommentId"`
	Content string `json:"content"`
	Type    any    `json:"commentType"` // a word or its number
}

type status struct {
	ID          int64             `json:"id"`
	State       string            `json:"state"`
	Description string            `json:"description"`
	Context     map[string]string `json:"context"`
	Target      string            `json:"targetUrl,omitempty"`
	Created     time.Time         `json:"creationDate"`

	repo *world.Repository
	sha  string
}

func (s *Server) threadRoutes() {
	const base = "/{org}/{project}/_apis/git/repositories/{repo}"
	s.handle("GET "+base+"/pullRequests/{number}/threads", s.onPull(func(w http.ResponseWriter, _ *http.Request, repo *world.Repository, n int) {
		values(w, s.threadsOf(repo, n))
	}))
	s.handle("POST "+base+"/pullRequests/{number}/threads", s.onPull(s.createThread))
	s.handle("PATCH "+base+"/pullRequests/{number}/threads/{thread}/comments/{comment}", s.onPull(s.editComment))
	s.handle("DELETE "+base+"/pullRequests/{number}/threads/{thread}/comments/{comment}", s.onPull(func(w http.ResponseWriter, r *http.Request, repo *world.Repository, n int) {
		if c := s.comment(w, r, repo, n); c != nil {
			c.Deleted, c.Content = true, ""
			w.WriteHeader(200)
		}
	}))
	s.handle("POST "+base+"/commits/{sha}/statuses", s.setStatus)
}

func (s *Server) onPull(next func(http.ResponseWriter, *http.Request, *world.Repository, int)) http.HandlerFunc {
	return func(w http.ResponseWriter, r *http.Request) {
		_, repo := s.repository(w, r)
		if repo == nil {
			return
		}
		n := int(number(r.PathValue("number")))
		if repo.PullRequest(n) == nil {
			refuse(w, 404, "GitPullRequestNotFoundException", "TF401180: The requested pull request was not found.")
			return
		}
		next(w, r, repo, n)
	}
}

func (s *Server) threadsOf(repo *world.Repository, n int) []*thread {
	var out []*thread
	for _, t := range s.threads {
		if t.repo == repo && t.number == n {
			out = append(out, t)
		}
	}
	return out
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
	now := s.world.Now()
	c := in.Comments[0]
	t := &thread{
		ID: s.world.NextID(), Status: "closed", Published: now, repo: repo, number: n,
		Comments: []*comment{{ID: 1, Content: c.Content, Type: "text", Published: now, Updated: now}},
	}
	s.threads = append(s.threads, t)
	answer.JSON(w, 200, t)
}

func fits(content string) bool { return content != "" && len([]rune(content)) <= 150_000 }

func (s *Server) comment(w http.ResponseWriter, r *http.Request, repo *world.Repository, n int) *comment {
	for _, t := range s.threadsOf(repo, n) {
		for _, c := range t.Comments {
			if t.ID == number(r.PathValue("thread")) && c.ID == number(r.PathValue("comment")) && !c.Deleted {
				return c
			}
		}
	}
	refuse(w, 404, "CommentNotFoundException", "The requested comment was not found.")
	return nil
}

func (s *Server) editComment(w http.ResponseWriter, r *http.Request, repo *world.Repository, n int) {
	var in commentBody
	if err := answer.Decode(r, &in); err != nil || !fits(in.Content) {
		refuse(w, 400, "InvalidArgumentValueException", "The comment needs 1 to 150000 characters.")
		return
	}
	if c := s.comment(w, r, repo, n); c != nil {
		c.Content, c.Updated = in.Content, s.world.Now()
		answer.JSON(w, 200, c)
	}
}

func (s *Server) setStatus(w http.ResponseWriter, r *http.Request) {
	_, repo := s.repository(w, r)
	if repo == nil {
		return
	}
	var in struct {
		State       string            `json:"state"`
		Description string            `json:"description"`
		Context     map[string]string `json:"context"`
		Target      string            `json:"targetUrl"`
	}
	sha := r.PathValue("sha")
	switch err := answer.Decode(r, &in); {
	case err != nil || !slices.Contains([]string{"notSet", "pending", "succeeded", "failed", "error", "notApplicable"}, in.State) || in.Context["name"] == "":
		refuse(w, 400, "InvalidArgumentValueException", "The status is not valid.")
		return
	case repo.Commit(sha) == nil:
		refuse(w, 404, "GitCommitDoesNotExistException", "TF401175: The version descriptor <Commit: "+sha+"> could not be resolved.")
		return
	}
	st := &status{s.world.NextID(), in.State, in.Description, in.Context, in.Target, s.world.Now(), repo, sha}
	s.statuses = append(s.statuses, st)
	answer.JSON(w, 200, st)
}

// Comments gives the first comments of a pull request's threads, oldest first.
func (s *Server) Comments(owner, repo string, n int) []string {
	s.world.Lock()
	defer s.world.Unlock()
	var out []string
	for _, t := range s.threadsOf(s.world.Repository(owner, repo), n) {
		if c := t.Comments[0]; !c.Deleted {
			out = append(out, c.Content)
		}
	}
	return out
}

// Status gives a commit's newest state and description under genre/name.
func (s *Server) Status(owner, repo, sha, context string) (state, description string) {
	s.world.Lock()
	defer s.world.Unlock()
	for _, st := range slices.Backward(s.statuses) {
		if st.repo == s.world.Repository(owner, repo) && st.sha == sha && st.Context["genre"]+"/"+st.Context["name"] == context {
			return st.State, st.Description
		}
	}
	return "", ""
}
