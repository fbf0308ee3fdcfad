package bitbucket

import (
	"io"
	"net/http"

	"github.com/gatewright/gatewright/internal/sandbox/answer"
	"github.com/gatewright/gatewright/internal/sandbox/world"
)

// downloadRoutes are a repository's downloads: a name is there once, and its
// text is at another origin.
func (s *Server) downloadRoutes() {
	const at = "/2.0/repositories/{ws}/{repo}/downloads"
	named := func(repo *world.Repository, name string) *answer.Artifact {
		return s.Artifacts.Find(repo, func(x *answer.Artifact) bool { return x.File == name })
	}
	s.handle("GET "+at, s.OnRepository(func(w http.ResponseWriter, r *http.Request, repo *world.Repository) {
		paged(w, r, answer.Rows(s.Artifacts.Of(repo), func(x *answer.Artifact) map[string]any {
			return map[string]any{"type": "download", "name": x.File, "size": len(x.Text), "created_on": x.At, "downloads": 0, "links": map[string]any{}}
		}))
	}))
	s.handle("POST "+at, s.OnRepository(func(w http.ResponseWriter, r *http.Request, repo *world.Repository) {
		file, head, err := r.FormFile("files")
		if err != nil {
			refuse(w, 400, "files: this field is required")
			return
		}
		defer file.Close()
		text, err := io.ReadAll(file)
		if err != nil {
			refuse(w, 400, err.Error())
			return
		}
		if old := named(repo, head.Filename); old != nil {
			s.Artifacts.Drop(old)
		}
		s.Artifacts.Add(s.World, answer.Artifact{Repo: repo, Name: head.Filename, File: head.Filename, Text: text})
		w.WriteHeader(http.StatusCreated)
	}))
	s.handle("GET "+at+"/{name}", s.OnRepository(func(w http.ResponseWriter, r *http.Request, repo *world.Repository) {
		if x := named(repo, r.PathValue("name")); x != nil {
			http.Redirect(w, r, x.Storage(r), http.StatusFound)
			return
		}
		refuse(w, 404, "No such file")
	}))
	s.handle("DELETE "+at+"/{name}", s.OnRepository(func(w http.ResponseWriter, r *http.Request, repo *world.Repository) {
		x := named(repo, r.PathValue("name"))
		if x == nil {
			refuse(w, 404, "No such file")
			return
		}
		s.Artifacts.Drop(x)
		w.WriteHeader(http.StatusNoContent)
	}))
}
