package bitbucket

import (
	"net/http"
	"regexp"

	"github.com/gatewright/gatewright/internal/sandbox/answer"
	"github.com/gatewright/gatewright/internal/sandbox/world"
)

func (s *Server) pullRoutes() {
	const base = "/2.0/repositories/{ws}/{repo}"
	list := func(keep func(r *http.Request, p *world.PullRequest) bool) http.HandlerFunc {
		return func(w http.ResponseWriter, r *http.Request) {
			repo := s.repository(w, r)
			if repo == nil {
				return
			}
			rows := []any{}
			for _, p := range repo.PullRequests {
				if keep(r, p) {
					rows = append(rows, showPull(r, repo, p))
				}
			}
			paged(w, r, rows)
		}
	}
	byBranch := regexp.MustCompile(`^source\.branch\.name *= *"(.*)"$`)
	s.handle("GET "+base+"/pullrequests", list(func(r *http.Request, p *world.PullRequest) bool {
		state := r.URL.Query().Get("state")
		m := byBranch.FindStringSubmatch(r.URL.Query().Get("q"))
		return (state == "" || state == "OPEN") == (p.State == "open") && (m == nil || m[1] == p.Branch)
	}))
	s.handle("GET "+base+"/commit/{sha}/pullrequests", list(func(r *http.Request, p *world.PullRequest) bool { return p.Head == r.PathValue("sha") }))
	s.handle("GET "+base+"/pullrequests/{number}", s.onPull(func(w http.ResponseWriter, r *http.Request, repo *world.Repository, n int) {
		answer.JSON(w, 200, showPull(r, repo, repo.PullRequest(n)))
	}))
}
