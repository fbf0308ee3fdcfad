package bitbucket

import (
	"net/http"
	"regexp"
	"slices"

	"github.com/gatewright/gatewright/internal/sandbox/answer"
	"github.com/gatewright/gatewright/internal/sandbox/world"
)

func (s *Server) pullRoutes() {
	const base = "/2.0/repositories/{ws}/{repo}"
	list := func(keep func(r *http.Request, p *world.PullRequest) bool) http.HandlerFunc {
		return s.OnRepository(func(w http.ResponseWriter, r *http.Request, repo *world.Repository) {
			all := slices.DeleteFunc(slices.Clone(repo.PullRequests), func(p *world.PullRequest) bool { return !keep(r, p) })
			paged(w, r, answer.Rows(all, func(p *world.PullRequest) map[string]any { return showPull(r, repo, p) }))
		})
	}
	byBranch := regexp.MustCompile(`^source\.branch\.name *= *"(.*)"$`)
	s.handle("GET "+base+"/pullrequests", list(func(r *http.Request, p *world.PullRequest) bool {
		state := r.URL.Query().Get("state")
		m := byBranch.FindStringSubmatch(r.URL.Query().Get("q"))
		return (state == "" || state == "OPEN") == (p.State == "open") && (m == nil || m[1] == p.Branch)
	}))
	s.handle("GET "+base+"/commit/{sha}/pullrequests", list(func(r *http.Request, p *world.PullRequest) bool { return p.Head == r.PathValue("sha") }))
	s.handle("GET "+base+"/pullrequests/{number}", s.OnPull(func(w http.ResponseWriter, r *http.Request, repo *world.Repository, p *world.PullRequest) {
		answer.JSON(w, 200, showPull(r, repo, p))
	}))
}
