// Package azuredevops stands in for the REST API of Azure DevOps Services:
// projects, Git repositories, variable groups, pipeline definitions, threads of
// pull requests and commit statuses. Each organization of the world is one
// there too, with a single project that holds its repositories.
package azuredevops

import (
	"fmt"
	"net/http"
	"slices"
	"strconv"
	"strings"

	"github.com/gatewright/gatewright/internal/sandbox/answer"
	"github.com/gatewright/gatewright/internal/sandbox/world"
)

// Project is the name of each organization's project.
const Project = "platform"

// The rights a token can have: everything, or code and nothing about pipelines.
const (
	Full = "full"
	Code = "code"
)

// Server is the stand-in. What it keeps is guarded by the world's lock.
type Server struct {
	Router answer.Router
	Quirks Quirks

	world       *world.World
	tokens      answer.Tokens
	groups      answer.Store[*group] // by organization
	definitions []*definition
	threads     answer.Comments
	statuses    answer.Statuses
	Artifacts   answer.Artifacts
	further     []furtherProject
}

// New makes the stand-in. Every repository has a pipeline with its name.
func New(w *world.World) *Server {
	s := &Server{world: w, Quirks: quirksOf(w)}
	w.Lock()
	for _, o := range w.Organizations {
		for _, r := range o.Repositories {
			s.definitions = append(s.definitions, newDefinition(w.NextID(), o.Name, r))
		}
	}
	w.Unlock()
	s.Router.Unknown = func(w http.ResponseWriter, r *http.Request) {
		refuse(w, 501, "NotImplementedException", answer.Lacks(r))
	}
	s.locationRoutes()
	s.projectRoutes()
	s.groupRoutes()
	s.definitionRoutes()
	s.threadRoutes()
	s.artifactRoutes()
	s.pullRoutes()
	return s
}

func (s *Server) handle(pattern string, f http.HandlerFunc) {
	s.Router.Handle(pattern, func(w http.ResponseWriter, r *http.Request) {
		if !s.versionFits(w, r) {
			return
		}
		s.World.Lock()
		defer s.World.Unlock()
		f(w, r)
	})
}

// versionFits refuses what the server is too old for, and a version that is
// not released without its flag: variable groups were a preview before 7.1.
func (s *Server) versionFits(w http.ResponseWriter, r *http.Request) bool {
	asked, preview, _ := strings.Cut(version(r), "-")
	n, err := strconv.ParseFloat(asked, 64)
	newest, _ := strconv.ParseFloat(s.Quirks.Version, 64)
	switch {
	case asked == "" && r.Method == http.MethodGet:
		return true
	case err != nil:
		refuse(w, 400, "VssVersionNotSpecifiedException", "No api-version was supplied for the \""+r.Method+"\" request. The version must be supplied either as part of the Accept header (e.g. \"application/json; api-version=1.0\") or as a query parameter (e.g. \"?api-version=1.0\").")
	case n > newest && (n > newest+0.1 || preview == "" || newest < 7.1):
		refuse(w, 400, "VssVersionOutOfRangeException", "The requested REST API version of "+asked+" is out of range for this server. The latest REST API version this server supports is "+s.Quirks.Version+".")
	case n < 7.1 && preview == "" && strings.Contains(r.URL.Path, "/distributedtask/variablegroups"):
		refuse(w, 400, "VssInvalidPreviewVersionException", fmt.Sprintf("The requested version %q of the resource is under preview. The -preview flag must be supplied in the api-version for such requests. For example: %q", asked, asked+"-preview"))
	default:
		return true
	}
	return false
}

// version is the API version that the request wants, in its query or, as the
// client libraries write it, in Accept.
func version(r *http.Request) string {
	if v := r.URL.Query().Get("api-version"); v != "" {
		return v
	}
	_, v, _ := strings.Cut(strings.ReplaceAll(r.Header.Get("Accept"), " ", ""), "api-version=")
	return v
}

// ServeHTTP checks the credential before anything else. Without one Azure
// answers with its sign-in page.
func (s *Server) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	if s.Artifacts.Serve(s.World, w, r) {
		return
	}
	token := answer.Credential(r)
	_, known := s.Tokens.Right(token)
	if s.Quirks.SignIn && !known && r.URL.Path != "/_signin" {
		http.Redirect(w, r, answer.Origin(r)+"/_signin?realm=dev.azure.com", http.StatusFound)
		return
	}
	if token == "" || r.URL.Path == "/_signin" {
		w.Header().Set("Content-Type", "text/html; charset=utf-8")
		if r.URL.Path != "/_signin" {
			w.WriteHeader(203)
		}
		_, _ = w.Write([]byte("<!DOCTYPE html><html><head><title>Azure DevOps Services | Sign In</title></head></html>"))
		return
	}
	if !known { // an empty list, of all things (az recordings)
		w.Header().Set("Www-Authenticate", `Bearer authorization_uri=https://login.microsoftonline.com/0, Basic realm="https://dev.azure.com/"`)
		answer.JSON(w, 401, map[string]any{"count": 0, "value": []any{}})
		return
	}
	s.Router.ServeHTTP(w, r)
}

func (s *Server) pipelinesAllowed(w http.ResponseWriter, r *http.Request) bool {
	if right, _ := s.Tokens.Right(answer.Credential(r)); right == Full {
		return true
	}
	refuse(w, 403, "AccessDeniedException", "Access denied. Robin Doe needs the following permission on the resource: View library item.")
	return false
}

func refuse(w http.ResponseWriter, status int, key, message string) {
	answer.JSON(w, status, map[string]any{
		"$id": "1", "innerException": nil, "message": message, "typeName": "Microsoft." + key, "typeKey": key, "errorCode": 0, "eventId": 3000,
	})
}

// Variables points the azure-devops extension and Gatewright here.
func (s *Server) Variables(base string) []world.Variable {
	org := ""
	if len(s.World.Organizations) > 0 {
		org = s.World.Organizations[0].Name
	}
	return []world.Variable{
		{Name: "SYSTEM_COLLECTIONURI", Value: base + "/" + org + "/"},
		{Name: "AZURE_DEVOPS_EXT_PAT", Value: s.Token(Full), Secret: true},
	}
}

// Token issues a personal access token.
func (s *Server) Token(right string) string { return s.Tokens.Issue("", right) }

// uuid derives a stable one from a number.
func uuid(id int64) string { return fmt.Sprintf("00000000-0000-4000-8000-%012x", id) }

func values[T any](w http.ResponseWriter, rows []T) {
	answer.JSON(w, 200, map[string]any{"count": len(rows), "value": append([]T{}, rows...)})
}

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
		rows := []any{}
		for _, repo := range o.Repositories {
			if s.projectID(o, r.PathValue("project")) == uuid(o.ID) {
				rows = append(rows, showRepository(r, o, repo))
			}
		}
		values(w, rows)
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

func number(text string) int64 {
	n, err := strconv.ParseInt(text, 10, 64)
	if err != nil {
		return -1
	}
	return n
}
