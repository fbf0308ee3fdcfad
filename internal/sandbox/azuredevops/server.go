// Package azuredevops stands in for the REST API of Azure DevOps Services:
// projects, Git repositories, variable groups, pipeline definitions, threads of
// pull requests and commit statuses. Each organization of the world is one
// there too, with a single project that holds its repositories.
package azuredevops

import (
	"fmt"
	"net/http"
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
	answer.Forge

	groups      answer.Store[*group] // by organization
	definitions []*definition
	further     []furtherProject
}

// New makes the stand-in. Every repository has a pipeline with its name.
func New(w *world.World) *Server {
	s := &Server{Forge: answer.Forge{World: w}}
	s.Find = func(w http.ResponseWriter, r *http.Request) *world.Repository {
		_, repo := s.repository(w, r)
		return repo
	}
	s.NoPull = func(w http.ResponseWriter, _ *http.Request) {
		refuse(w, 404, "GitPullRequestNotFoundException", "TF401180: The requested pull request was not found.")
	}
	w.Lock()
	for _, r := range w.Repositories() {
		s.definitions = append(s.definitions, newDefinition(w.NextID(), r.Owner, r))
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
	newest := 7.1
	if s.World.Quirk(Server2022) {
		newest = 7.0
	}
	switch {
	case asked == "" && r.Method == http.MethodGet:
		return true
	case err != nil:
		refuse(w, 400, "VssVersionNotSpecifiedException", "No api-version was supplied for the \""+r.Method+"\" request. The version must be supplied either as part of the Accept header (e.g. \"application/json; api-version=1.0\") or as a query parameter (e.g. \"?api-version=1.0\").")
	case n > newest && (n > newest+0.1 || preview == "" || newest < 7.1):
		refuse(w, 400, "VssVersionOutOfRangeException", "The requested REST API version of "+asked+" is out of range for this server. The latest REST API version this server supports is "+strconv.FormatFloat(newest, 'f', 1, 64)+".")
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
	if s.World.Quirk(SignIn) && !known { // at another host
		http.Redirect(w, r, "https://spsprodeus24.vssps.visualstudio.com/_signin?realm=dev.azure.com", http.StatusFound)
		return
	}
	if token == "" {
		w.Header().Set("Content-Type", "text/html; charset=utf-8")
		w.WriteHeader(203)
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
	if s.World.Quirk(InProjects) && r.PathValue("project") == "" {
		w.WriteHeader(401)
		return false
	}
	if s.Right(r) == Full {
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

func number(text string) int64 {
	n, err := strconv.ParseInt(text, 10, 64)
	if err != nil {
		return -1
	}
	return n
}
