package gitlab

import (
	"net/http"
	"strconv"

	"github.com/gatewright/gatewright/internal/sandbox/answer"
	"github.com/gatewright/gatewright/internal/sandbox/world"
)

// artifactRoutes show runs as pipelines of one job each, which kept a file.
func (s *Server) artifactRoutes() {
	s.Handle("GET /api/v4/projects/{id}/pipelines", s.OnRepository(func(w http.ResponseWriter, r *http.Request, p *world.Repository) {
		q := r.URL.Query()
		rows := []map[string]any{}
		for _, x := range s.Artifacts.Of(p) {
			if ref := q.Get("ref"); ref == "" || ref == x.Branch {
				rows = append(rows, map[string]any{
					"id": x.Run, "iid": x.Run, "project_id": p.ID, "sha": x.Commit, "ref": x.Branch, "status": "success", "source": x.Event,
					"created_at": x.At, "updated_at": x.At, "web_url": "https://gitlab.com/" + p.Owner + "/" + p.Name + "/-/pipelines/" + strconv.FormatInt(x.Run, 10),
				})
			}
		}
		paged(w, r, rows)
	}))
	s.Handle("GET /api/v4/projects/{id}/pipelines/{pipeline}/jobs", s.OnRepository(func(w http.ResponseWriter, r *http.Request, p *world.Repository) {
		x := s.Artifacts.Find(p, func(x *answer.Artifact) bool { return strconv.FormatInt(x.Run, 10) == r.PathValue("pipeline") })
		if x == nil {
			message(w, 404, "404 Not found")
			return
		}
		job := func(id int64, name string) map[string]any {
			return map[string]any{
				"id": id, "name": name, "stage": "test", "status": "success", "ref": x.Branch, "tag": false, "commit": map[string]any{"id": x.Commit, "short_id": x.Commit[:8]},
				"pipeline": map[string]any{"id": x.Run, "project_id": p.ID, "ref": x.Branch, "sha": x.Commit, "status": "success"}, "artifacts": []any{},
			}
		}
		build, gate := job(x.ID+1_000_000, "build"), job(x.ID, "gatewright")
		for _, j := range []map[string]any{build, gate} { // each has an archive; one of them has the file
			j["artifacts_file"] = map[string]any{"filename": "artifacts.zip", "size": len(x.Text)}
		}
		paged(w, r, []map[string]any{job(x.ID+2_000_000, "lint"), build, gate})
	}))
	s.Handle("GET /api/v4/projects/{id}/jobs/{job}/artifacts/{file}", s.OnRepository(func(w http.ResponseWriter, r *http.Request, p *world.Repository) {
		x := s.Artifacts.Find(p, func(x *answer.Artifact) bool {
			return strconv.FormatInt(x.ID, 10) == r.PathValue("job") && x.File == r.PathValue("file") && !x.Gone
		})
		if x == nil {
			message(w, 404, "404 Not found")
			return
		}
		w.Header().Set("Content-Type", "application/octet-stream")
		_, _ = w.Write(x.Text)
	}))
}
