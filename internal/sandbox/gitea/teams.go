package gitea

import (
	"hash/fnv"
	"net/http"
	"slices"
	"strconv"
	"strings"

	"github.com/gatewright/gatewright/internal/sandbox/answer"
	"github.com/gatewright/gatewright/internal/sandbox/world"
)

// teamID is a number that hangs on names alone.
func teamID(o *world.Organization, name string) int64 {
	h := fnv.New32a()
	_, _ = h.Write([]byte(strings.ToLower(o.Name + "/" + name)))
	return int64(h.Sum32())
}

// teams are the names of an organization's teams.
func teams(o *world.Organization) []string {
	var out []string
	for _, r := range o.Repositories {
		for _, t := range r.Teams {
			if !slices.Contains(out, t) {
				out = append(out, t)
			}
		}
	}
	return out
}

func (s *Server) teamRoutes() {
	s.Handle("GET /api/v1/orgs/{owner}/teams/search", func(w http.ResponseWriter, r *http.Request) {
		o := s.World.Organization(r.PathValue("owner"))
		if o == nil {
			missing(w, "GetOrgByName")
			return
		}
		rows := []map[string]any{}
		for _, name := range teams(o) {
			if strings.Contains(strings.ToLower(name), strings.ToLower(r.URL.Query().Get("q"))) {
				rows = append(rows, map[string]any{
					"id": teamID(o, name), "name": name, "description": "", "organization": nil, "includes_all_repositories": false, "permission": "write",
					"units": []string{"repo.code"}, "units_map": map[string]string{"repo.code": "write"}, "can_create_org_repo": false,
				})
			}
		}
		answer.JSON(w, 200, map[string]any{"ok": true, "data": unlinked(w, r, rows)})
	})
	s.Handle("GET /api/v1/teams/{id}/repos", func(w http.ResponseWriter, r *http.Request) {
		for _, o := range s.World.Organizations {
			for _, name := range teams(o) {
				if strconv.FormatInt(teamID(o, name), 10) != r.PathValue("id") {
					continue
				}
				list, _ := o.Team(name)
				paged(w, r, answer.Rows(list, func(repo *world.Repository) map[string]any { return s.show(r, repo) }))
				return
			}
		}
		missing(w, "not found")
	})
}
