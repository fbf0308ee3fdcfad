package azuredevops

import (
	"net/http"
	"slices"
	"strings"

	"github.com/gatewright/gatewright/internal/sandbox/answer"
	"github.com/gatewright/gatewright/internal/sandbox/world"
)

// AddProject makes another project of an organization, which has no repositories.
func (s *Server) AddProject(org, name string) {
	s.World.Lock()
	defer s.World.Unlock()
	s.further = append(s.further, furtherProject{org, name, uuid(s.World.NextID())})
}

type furtherProject struct{ org, name, id string }

// projectID returns a project's id, "" for one that the organization has not.
func (s *Server) projectID(o *world.Organization, name string) string {
	if strings.EqualFold(name, Project) || name == uuid(o.ID) {
		return uuid(o.ID)
	}
	for _, p := range s.further {
		if p.org == o.Name && (strings.EqualFold(p.name, name) || p.id == name) {
			return p.id
		}
	}
	return ""
}

func (s *Server) projectName(o *world.Organization, id string) string {
	if id == uuid(o.ID) {
		return Project
	}
	for _, p := range s.further {
		if p.org == o.Name && p.id == id {
			return p.name
		}
	}
	return ""
}

// project finds the request's organization and checks its project's name.
func (s *Server) project(w http.ResponseWriter, r *http.Request) *world.Organization {
	o := s.World.Organization(r.PathValue("org"))
	name := r.PathValue("project")
	if o == nil || s.projectID(o, name) == "" {
		refuse(w, 404, "ProjectDoesNotExistWithNameException", "TF200016: The following project does not exist: "+name+". Verify that the name of the project is correct and that the project exists on the specified Azure DevOps Server.")
		return nil
	}
	return o
}

// onProject leads to what is about pipelines of a project.
func (s *Server) onProject(next func(http.ResponseWriter, *http.Request, *world.Organization)) http.HandlerFunc {
	return func(w http.ResponseWriter, r *http.Request) {
		if o := s.project(w, r); o != nil && s.pipelinesAllowed(w, r) {
			next(w, r, o)
		}
	}
}

func (s *Server) projectRoutes() {
	s.handle("GET /{org}/_apis/projects", func(w http.ResponseWriter, r *http.Request) {
		if o := s.World.Organization(r.PathValue("org")); o != nil {
			rows := []any{showProject(r, o, Project, uuid(o.ID))}
			for _, p := range s.further {
				if p.org == o.Name {
					rows = append(rows, showProject(r, o, p.name, p.id))
				}
			}
			values(w, rows)
			return
		}
		refuse(w, 404, "OrganizationNotFound", "The organization does not exist.")
	})
	s.handle("GET /{org}/_apis/projects/{project}", func(w http.ResponseWriter, r *http.Request) {
		if o := s.project(w, r); o != nil {
			id := s.projectID(o, r.PathValue("project"))
			out := showProject(r, o, s.projectName(o, id), id)
			at := answer.Origin(r) + "/" + o.Name + "/_apis/"
			out["_links"] = map[string]any{
				"self": map[string]string{"href": out["url"].(string)}, "collection": map[string]string{"href": at + "projectCollections/" + uuid(1)},
				"web": map[string]string{"href": answer.Origin(r) + "/" + o.Name + "/" + s.projectName(o, id)},
			}
			out["defaultTeam"] = map[string]string{"id": uuid(2), "name": Project + " Team", "url": out["url"].(string) + "/teams/" + uuid(2)}
			answer.JSON(w, 200, out)
		}
	})
	s.handle("GET /{org}/{project}/_apis/git/repositories", func(w http.ResponseWriter, r *http.Request) {
		o := s.project(w, r)
		if o == nil {
			return
		}
		all := o.Repositories
		if s.projectID(o, r.PathValue("project")) != uuid(o.ID) {
			all = nil
		}
		values(w, answer.Rows(all, func(repo *world.Repository) map[string]any { return showRepository(r, o, repo) }))
	})
	s.handle("GET /{org}/{project}/_apis/git/repositories/{repo}", func(w http.ResponseWriter, r *http.Request) {
		if o, repo := s.repository(w, r); repo != nil {
			answer.JSON(w, 200, showRepository(r, o, repo))
		}
	})
}

func showProject(r *http.Request, o *world.Organization, name, id string) map[string]any {
	return map[string]any{
		"id": id, "name": name, "state": "wellFormed", "visibility": "private", "revision": 1,
		"url": answer.Origin(r) + "/" + o.Name + "/_apis/projects/" + id, "lastUpdateTime": "2026-01-01T00:00:00Z",
	}
}

func showRepository(r *http.Request, o *world.Organization, repo *world.Repository) map[string]any {
	api := answer.Origin(r) + "/" + o.Name + "/" + uuid(o.ID) + "/_apis/git/repositories/" + uuid(repo.ID)
	web := answer.Origin(r) + "/" + o.Name + "/" + Project + "/_git/" + repo.Name
	return map[string]any{
		"id": uuid(repo.ID), "name": repo.Name, "url": api, "project": showProject(r, o, Project, uuid(o.ID)), "sshUrl": "git@ssh.dev.azure.com:v3/" + o.Name + "/" + Project + "/" + repo.Name, "defaultBranch": "refs/heads/" + repo.DefaultBranch,
		"size": 1024, "remoteUrl": web, "webUrl": web, "isDisabled": repo.Archived, "isFork": repo.Fork, "isInMaintenance": false,
	}
}

func (s *Server) repository(w http.ResponseWriter, r *http.Request) (*world.Organization, *world.Repository) {
	o := s.project(w, r)
	if o == nil {
		return nil, nil
	}
	name := r.PathValue("repo")
	i := slices.IndexFunc(o.Repositories, func(repo *world.Repository) bool { return strings.EqualFold(repo.Name, name) || uuid(repo.ID) == name })
	if i < 0 {
		refuse(w, 404, "GitRepositoryNotFoundException", "TF401019: The Git repository with name or identifier "+name+" does not exist or you do not have permissions for the operation you are attempting.")
		return nil, nil
	}
	return o, o.Repositories[i]
}
