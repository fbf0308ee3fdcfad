package gitea

import (
	"net/http"

	"github.com/gatewright/gatewright/internal/sandbox/answer"
	"github.com/gatewright/gatewright/internal/sandbox/world"
)

func (s *Server) pullRoutes() {
	const base = "/api/v1/repos/{owner}/{repo}"
	s.Handle("GET "+base+"/pulls", s.OnRepository(func(w http.ResponseWriter, r *http.Request, repo *world.Repository) {
		rows := []map[string]any{}
		for _, p := range repo.PullRequests {
			state := r.URL.Query().Get("state")
			if state == "all" || (state == "" || state == "open") == (p.State == "open") {
				rows = append(rows, s.showPull(r, repo, p))
			}
		}
		paged(w, r, rows)
	}))
	s.Handle("GET "+base+"/pulls/{number}", s.OnPull(func(w http.ResponseWriter, r *http.Request, repo *world.Repository, p *world.PullRequest) {
		out := s.showPull(r, repo, p)
		out["additions"], out["deletions"], out["changed_files"] = 1, 0, 1
		answer.JSON(w, 200, out)
	}))
	s.Handle("GET "+base+"/commits/{sha}/pull", s.OnRepository(func(w http.ResponseWriter, r *http.Request, repo *world.Repository) {
		for _, p := range repo.PullRequests {
			if p.Head == r.PathValue("sha") {
				answer.JSON(w, 200, s.showPull(r, repo, p))
				return
			}
		}
		missing(w, "not found")
	}))
	s.Handle("GET "+base+"/git/commits/{sha}", s.onCommit(func(w http.ResponseWriter, r *http.Request, repo *world.Repository, c *world.Commit) {
		who := map[string]any{"name": c.Author, "email": "robin@acme.example", "date": c.At}
		at := answer.Origin(r) + r.URL.Path
		answer.JSON(w, 200, map[string]any{
			"sha": c.SHA, "url": at, "html_url": at, "created": c.At, "author": showUser(r, 1, "robin"), "committer": showUser(r, 1, "robin"), "parents": []any{}, "files": []any{},
			"stats":  map[string]int{"total": 1, "additions": 1, "deletions": 0},
			"commit": map[string]any{"url": at, "message": c.Message, "author": who, "committer": who, "verification": map[string]any{"verified": false, "reason": "gpg.error.not_signed_commit", "signature": "", "signer": nil, "payload": ""}, "tree": map[string]any{"url": at, "sha": c.SHA, "created": c.At}},
		})
	}))
	for _, path := range []string{"/commits/{sha}/statuses", "/statuses/{sha}"} {
		s.Handle("GET "+base+path, s.onCommit(func(w http.ResponseWriter, r *http.Request, repo *world.Repository, c *world.Commit) {
			paged(w, r, answer.Rows(s.Marks.Of(repo, c.SHA), func(st *answer.Status) map[string]any { return showStatus(r, st) }))
		}))
	}
	s.Handle("GET "+base+"/commits/{sha}/status", s.onCommit(func(w http.ResponseWriter, r *http.Request, repo *world.Repository, c *world.Commit) {
		rows, state := []map[string]any{}, ""
		for _, st := range s.Marks.Of(repo, c.SHA) {
			rows, state = append(rows, showStatus(r, st)), st.State
		}
		at := answer.Origin(r) + "/api/v1/repos/" + repo.Owner + "/" + repo.Name + "/commits/" + c.SHA
		answer.JSON(w, 200, map[string]any{
			"state": state, "sha": c.SHA, "total_count": len(rows), "statuses": rows, "repository": s.show(r, repo), "commit_url": at, "url": at + "/status",
		})
	}))
}

func (s *Server) onCommit(next func(http.ResponseWriter, *http.Request, *world.Repository, *world.Commit)) http.HandlerFunc {
	return s.OnRepository(func(w http.ResponseWriter, r *http.Request, repo *world.Repository) {
		if c := repo.Commit(r.PathValue("sha")); c != nil {
			next(w, r, repo, c)
			return
		}
		missing(w, "commit doesn't exist: "+r.PathValue("sha"))
	})
}

type variable struct {
	Owner       int64  `json:"owner_id"`
	Repo        int64  `json:"repo_id"`
	Name        string `json:"name"`
	Data        string `json:"data"`
	Description string `json:"description"`
}

// variableRoutes are those of the plain variables beside the secrets.
func (s *Server) variableRoutes() {
	const base = "/api/v1/repos/{owner}/{repo}/actions/variables"
	s.Handle("GET "+base, s.at(func(w http.ResponseWriter, r *http.Request, place string) { paged(w, r, s.variables.All(place)) }))
	s.Handle("GET "+base+"/{name}", s.at(func(w http.ResponseWriter, r *http.Request, place string) {
		if v := s.variables.Find(place, r.PathValue("name")); v != nil {
			answer.JSON(w, 200, *v)
			return
		}
		refuse(w, 404, "variable not found")
	}))
	write := func(made bool) func(http.ResponseWriter, *http.Request, string) {
		return func(w http.ResponseWriter, r *http.Request, place string) {
			var in struct {
				Name        string `json:"name"`
				Value       string `json:"value"`
				Description string `json:"description"`
			}
			old := s.variables.Find(place, r.PathValue("name"))
			switch err := answer.Decode(r, &in); {
			case err != nil || in.Value == "":
				refuse(w, 422, "[Value]: Required")
			case made && old != nil:
				refuse(w, 409, "variable name already exists")
			case !made && old == nil:
				missing(w, "variable not found")
			default:
				repo := s.World.Repository(r.PathValue("owner"), r.PathValue("repo"))
				s.variables.Put(place, r.PathValue("name"), variable{Repo: repo.ID, Name: answer.Upper(r.PathValue("name")), Data: in.Value, Description: in.Description})
				w.WriteHeader(map[bool]int{true: 201, false: 204}[made])
			}
		}
	}
	s.Handle("POST "+base+"/{name}", s.at(write(true)))
	s.Handle("PUT "+base+"/{name}", s.at(write(false)))
	s.Handle("DELETE "+base+"/{name}", s.at(func(w http.ResponseWriter, r *http.Request, place string) {
		if !s.variables.Delete(place, r.PathValue("name")) {
			missing(w, "variable not found")
			return
		}
		w.WriteHeader(204)
	}))
}
