package azuredevops

import (
	"net/http"

	"github.com/gatewright/gatewright/internal/sandbox/answer"
)

// location names to the official client libraries where a resource is: they ask
// for it by its id before their first request.
type location struct {
	ID       string `json:"id"`
	Area     string `json:"area"`
	Resource string `json:"resourceName"`
	Route    string `json:"routeTemplate"`
	Version  int    `json:"resourceVersion"`
	Min      string `json:"minVersion"`
	Max      string `json:"maxVersion"`
	Released string `json:"releasedVersion"`
}

// locations are the resources of this stand-in, with the ids that the libraries
// know (source: npm azure-devops-node-api, the *Api.js files).
func locations() []location {
	const inProject, inRepository = "{project}/_apis/{area}/{resource}", "{project}/_apis/{area}/repositories/{repositoryId}"
	all := []location{
		{ID: "e81700f7-3be2-46de-8624-2eb35882fcaa", Area: "Location", Resource: "ResourceAreas", Route: "_apis/{resource}/{areaId}"},
		{ID: "603fe2ac-9723-48b9-88ad-09305aa6c6e1", Area: "core", Resource: "projects", Route: "_apis/{resource}/{*projectId}"},
		{ID: "225f7195-f9c7-4d14-ab28-a83f7ff77e1f", Area: "git", Resource: "repositories", Route: inProject + "/{repositoryId}"},
		{ID: "ab6e2e5d-a0b7-4153-b64a-a4efe0d49449", Area: "git", Resource: "pullRequestThreads", Route: inRepository + "/pullRequests/{pullRequestId}/threads/{threadId}"},
		{ID: "965a3ec7-5ed8-455a-bdcb-835a5ea7fe7b", Area: "git", Resource: "pullRequestThreadComments", Route: inRepository + "/pullRequests/{pullRequestId}/threads/{threadId}/comments/{commentId}"},
		{ID: "428dd4fb-fda5-4722-af02-9313b80305da", Area: "git", Resource: "statuses", Route: inRepository + "/commits/{commitId}/statuses"},
		{ID: "9946fd70-0d40-406e-b686-b4744cbbcc37", Area: "git", Resource: "pullRequests", Route: inRepository + "/{resource}/{pullRequestId}"},
		{ID: "01a46dea-7d46-4d40-bc84-319e7c260d99", Area: "git", Resource: "pullRequests", Route: inProject + "/{pullRequestId}"},
		{ID: "b5f6bb4f-8d1e-4d79-8d11-4c9172c99c35", Area: "git", Resource: "pullRequestStatuses", Route: inRepository + "/pullRequests/{pullRequestId}/statuses/{statusId}"},
		{ID: "dbeaf647-6167-421a-bda9-c9327b25e2e6", Area: "build", Resource: "definitions", Route: inProject + "/{definitionId}"},
		{ID: "f5b09dd5-9d54-45a1-8b5a-1c8287d634cc", Area: "distributedtask", Resource: "variablegroups", Route: inProject + "/{groupId}"},
		{ID: "ef5b7057-ffc3-4c77-bbad-c10b4a4abcc7", Area: "distributedtask", Resource: "variablegroups", Route: "_apis/{area}/{resource}/{groupId}"},
	}
	for i := range all {
		all[i].Version, all[i].Min, all[i].Max, all[i].Released = 1, "1.0", "7.1", "7.1"
	}
	return all
}

func (s *Server) locationRoutes() {
	list := func(w http.ResponseWriter, _ *http.Request) { values(w, locations()) }
	s.Router.Handle("OPTIONS /{org}/_apis", list)
	s.Router.Handle("OPTIONS /{org}/_apis/{area}", list)
	// No areas: everything is at this one address, as on an own server.
	s.Router.Handle("GET /{org}/_apis/ResourceAreas", func(w http.ResponseWriter, _ *http.Request) { values(w, []any{}) })
	s.Router.Handle("GET /{org}/_apis/connectionData", func(w http.ResponseWriter, _ *http.Request) {
		robin := map[string]any{
			"id": uuid(1), "providerDisplayName": "Robin Doe", "customDisplayName": "Robin Doe", "isActive": true, "descriptor": "Microsoft.IdentityModel.Claims.ClaimsIdentity;robin",
			"subjectDescriptor": "msa.robin", "metaTypeId": 1, "resourceVersion": 2, "properties": map[string]any{"Account": map[string]string{"$type": "System.String", "$value": "robin@acme.example"}},
		}
		answer.JSON(w, 200, map[string]any{
			"authenticatedUser": robin, "authorizedUser": robin, "instanceId": uuid(9), "deploymentId": uuid(9), "deploymentType": "hosted",
			"locationServiceData": map[string]any{"serviceOwner": uuid(8), "defaultAccessMappingMoniker": "PublicAccessMapping", "lastChangeId": 1, "lastChangeId64": 1},
		})
	})
}
