package azuredevops

import (
	"net/http"
	"slices"
	"strconv"
	"strings"

	"github.com/gatewright/gatewright/internal/sandbox/answer"
	"github.com/gatewright/gatewright/internal/sandbox/world"
)

// artifactRoutes show runs as builds, each with one artifact in a container.
func (s *Server) artifactRoutes() {
	s.handle("GET /{org}/{project}/_apis/build/builds", func(w http.ResponseWriter, r *http.Request) {
		q := r.URL.Query()
		if q.Get("statusFilter") != "completed" {
			s.onProject(s.openBuilds)(w, r)
			return
		}
		rows := []map[string]any{}
		for _, repo := range s.repositories(r) {
			if id := q.Get("repositoryId"); id != "" && id != uuid(repo.ID) {
				continue
			}
			for _, x := range s.Artifacts.Of(repo) {
				reasons := strings.Split(q.Get("reasonFilter"), ",")
				if b := q.Get("branchName"); b != "" && b != "refs/heads/"+x.Branch || q.Get("reasonFilter") != "" && !slices.Contains(reasons, x.Event) {
					continue
				}
				rows = append(rows, map[string]any{
					"id": x.Run, "buildNumber": "1", "status": "completed", "result": "succeeded", "reason": x.Event, "sourceBranch": "refs/heads/" + x.Branch, "sourceVersion": x.Commit,
					"finishTime": x.At, "repository": map[string]any{"id": uuid(repo.ID), "type": "TfsGit"},
				})
			}
		}
		answer.JSON(w, 200, map[string]any{"count": len(rows), "value": rows})
	})
	s.handle("GET /{org}/{project}/_apis/build/builds/{build}/artifacts", func(w http.ResponseWriter, r *http.Request) {
		for _, repo := range s.repositories(r) {
			x := s.Artifacts.Find(repo, func(x *answer.Artifact) bool { return strconv.FormatInt(x.Run, 10) == r.PathValue("build") })
			if x == nil {
				continue
			}
			if x.Name != r.URL.Query().Get("artifactName") || x.Gone {
				refuse(w, 404, "ArtifactNotFoundException", "The artifact "+r.URL.Query().Get("artifactName")+" was not found for build "+r.PathValue("build")+".")
				return
			}
			if r.URL.Query().Get("$format") != "zip" {
				at := answer.Origin(r) + r.URL.Path + "?artifactName=" + x.Name + "&%24format=zip"
				answer.JSON(w, 200, map[string]any{"id": x.ID, "name": x.Name, "resource": map[string]any{"type": "Container", "data": "#/1/" + x.Name, "downloadUrl": at}})
				return
			}
			w.Header().Set("Content-Type", "application/zip")
			_, _ = w.Write(x.Zip(x.Name + "/"))
			return
		}
		refuse(w, 404, "BuildNotFoundException", "The requested build "+r.PathValue("build")+" could not be found.")
	})
}

// repositories are those of the request's organization.
func (s *Server) repositories(r *http.Request) []*world.Repository {
	if o := s.World.Organization(r.PathValue("org")); o != nil {
		return o.Repositories
	}
	return nil
}
