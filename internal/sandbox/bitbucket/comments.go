package bitbucket

import (
	"net/http"
	"slices"
	"strconv"
	"time"

	"github.com/gatewright/gatewright/internal/sandbox/answer"
	"github.com/gatewright/gatewright/internal/sandbox/world"
)

type content struct {
	Raw    string `json:"raw"`
	Markup string `json:"markup,omitempty"`
}

type comment struct {
	ID      int64     `json:"id"`
	Type    string    `json:"type"`
	Content content   `json:"content"`
	Deleted bool      `json:"deleted"`
	Created time.Time `json:"created_on"`
	Updated time.Time `json:"updated_on"`

	repo   *world.Repository
	number int
}

type status struct {
	Type        string `json:"type"`
	Key         string `json:"key"`
	State       string `json:"state"`
	Name        string `json:"name"`
	Description string `json:"description"`
	URL         string `json:"url"`

	repo *world.Repository
	sha  string
}

func (s *Server) commentRoutes() {
	const base = "/2.0/repositories/{ws}/{repo}/pullrequests/{number}/comments"
	s.handle("GET "+base, s.onPull(func(w http.ResponseWriter, r *http.Request, repo *world.Repository, n int) {
		paged(w, r, s.commentsOf(repo, n))
	}))
	s.handle("POST "+base, s.onPull(func(w http.ResponseWriter, r *http.Request, repo *world.Repository, n int) {
		if text, ok := readComment(w, r); ok {
			now := s.world.Now()
			c := &comment{ID: s.world.NextID(), Type: "pullrequest_comment", Content: content{text, "markdown"}, Created: now, Updated: now, repo: repo, number: n}
			s.comments = append(s.comments, c)
			answer.JSON(w, 201, c)
		}
	}))
	s.handle("PUT "+base+"/{comment}", s.onComment(func(w http.ResponseWriter, r *http.Request, c *comment) {
		if text, ok := readComment(w, r); ok {
			c.Content.Raw, c.Updated = text, s.world.Now()
			answer.JSON(w, 200, c)
		}
	}))
	s.handle("DELETE "+base+"/{comment}", s.onComment(func(w http.ResponseWriter, _ *http.Request, c *comment) {
		c.Deleted, c.Content.Raw = true, ""
		w.WriteHeader(204)
	}))
	s.handle("POST /2.0/repositories/{ws}/{repo}/commit/{sha}/statuses/build", s.setStatus)
}

func (s *Server) onPull(next func(http.ResponseWriter, *http.Request, *world.Repository, int)) http.HandlerFunc {
	return func(w http.ResponseWriter, r *http.Request) {
		repo := s.repository(w, r)
		if repo == nil {
			return
		}
		n, err := strconv.Atoi(r.PathValue("number"))
		if err != nil || repo.PullRequest(n) == nil {
			refuse(w, 404, "Pull request not found")
			return
		}
		next(w, r, repo, n)
	}
}

func (s *Server) commentsOf(repo *world.Repository, n int) []*comment {
	var out []*comment
	for _, c := range s.comments {
		if c.repo == repo && c.number == n {
			out = append(out, c)
		}
	}
	return out
}

func (s *Server) onComment(next func(http.ResponseWriter, *http.Request, *comment)) http.HandlerFunc {
	return s.onPull(func(w http.ResponseWriter, r *http.Request, repo *world.Repository, n int) {
		for _, c := range s.commentsOf(repo, n) {
			if strconv.FormatInt(c.ID, 10) == r.PathValue("comment") && !c.Deleted {
				next(w, r, c)
				return
			}
		}
		refuse(w, 404, "Comment not found")
	})
}

func readComment(w http.ResponseWriter, r *http.Request) (string, bool) {
	var in struct {
		Content content `json:"content"`
	}
	if err := answer.Decode(r, &in); err != nil || in.Content.Raw == "" || len([]rune(in.Content.Raw)) > 32768 {
		refuse(w, 400, "content: the comment needs 1 to 32768 characters")
		return "", false
	}
	return in.Content.Raw, true
}

func (s *Server) setStatus(w http.ResponseWriter, r *http.Request) {
	repo := s.repository(w, r)
	if repo == nil {
		return
	}
	in := &status{repo: repo, sha: r.PathValue("sha")}
	switch err := answer.Decode(r, in); {
	case err != nil, in.Key == "", len(in.Key) > 40, in.URL == "",
		!slices.Contains([]string{"SUCCESSFUL", "FAILED", "INPROGRESS", "STOPPED"}, in.State):
		refuse(w, 400, "Bad request: key, state and url are required, the key with at most 40 characters")
		return
	case repo.Commit(in.sha) == nil:
		refuse(w, 404, "Commit not found")
		return
	}
	in.Type = "build"
	s.statuses = slices.DeleteFunc(s.statuses, func(x *status) bool { return x.repo == repo && x.sha == in.sha && x.Key == in.Key })
	s.statuses = append(s.statuses, in)
	answer.JSON(w, 201, in)
}

// Comments gives the texts of a pull request's comments, oldest first.
func (s *Server) Comments(owner, repo string, n int) []string {
	s.world.Lock()
	defer s.world.Unlock()
	var out []string
	for _, c := range s.commentsOf(s.world.Repository(owner, repo), n) {
		if !c.Deleted {
			out = append(out, c.Content.Raw)
		}
	}
	return out
}

// Status gives a commit's state and description under a name.
func (s *Server) Status(owner, repo, sha, name string) (state, description string) {
	s.world.Lock()
	defer s.world.Unlock()
	for _, st := range s.statuses {
		if st.repo == s.world.Repository(owner, repo) && st.sha == sha && st.Name == name {
			return st.State, st.Description
		}
	}
	return "", ""
}
