package azuredevops_test

import (
	"bytes"
	"encoding/json"
	"net/http"
	"slices"
	"strings"
	"testing"

	"github.com/getkin/kin-openapi/openapi2"
	"github.com/getkin/kin-openapi/openapi2conv"
	"github.com/getkin/kin-openapi/openapi3"

	"github.com/gatewright/gatewright/internal/forge/forgetest"
	"github.com/gatewright/gatewright/internal/reference"
	"github.com/gatewright/gatewright/internal/sandbox/world"
)

// TestOpenAPI runs the suite once more, with every request to variable groups,
// repositories, threads and statuses and its answer held to Microsoft's own
// description. That of pipelines is not at hand.
func TestOpenAPI(t *testing.T) {
	groups, git := forgetest.NewContract(t, groupsDocument(t)), forgetest.NewContract(t, gitDocument(t))
	groups.Unwrap, git.Unwrap = unwrap, unwrap
	forgetest.Run(t, func(t *testing.T, seed world.Seed) *forgetest.Subject {
		return subjectBehind(t, seed, func(h http.Handler) http.Handler { return git.Wrap(t, groups.Wrap(t, h)) })
	})
	groups.Report(t)
	git.Report(t)
}

// document reads what a Swagger document says of some paths.
func document(t *testing.T, name string, keep ...string) *openapi3.T {
	t.Helper()
	var v2 openapi2.T
	text := bytes.TrimPrefix(reference.Read(t, name), []byte("\xef\xbb\xbf"))
	if err := json.Unmarshal(text, &v2); err != nil {
		t.Fatal(err)
	}
	for path := range v2.Paths {
		if !slices.ContainsFunc(keep, func(end string) bool { return strings.HasSuffix(path, end) }) {
			delete(v2.Paths, path)
		}
	}
	doc, err := openapi2conv.ToV3(&v2)
	if err != nil {
		t.Fatal(err)
	}
	return doc
}

// gitDocument mends the document where recorded threads differ: those on no
// line have null for a context.
func gitDocument(t *testing.T) *openapi3.T {
	doc := document(t, "contracts/azure-git-7.1.json", "/git/repositories", "/git/repositories/{repositoryId}",
		"/threads", "/comments/{commentId}", "/commits/{commitId}/statuses", "/pullRequests/{pullRequestId}/statuses", "/pullrequests")
	for _, name := range []string{"CommentThreadContext", "GitPullRequestCommentThreadContext"} {
		doc.Components.Schemas[name].Value.Nullable = true
	}
	return doc
}

// groupsDocument mends the document where the real service is known to differ:
// a secret's value is null in both directions, groups are also found by name,
// with a call that the document merges with the one by ids, and that list shows
// no references (recorded by az, Jan 2025).
func groupsDocument(t *testing.T) *openapi3.T {
	doc := document(t, "contracts/azure-taskagent-7.1.json", "/variablegroups", "/variablegroups/{groupId}")
	doc.Components.Schemas["VariableValue"].Value.Properties["value"].Value.Nullable = true
	doc.Components.Schemas["VariableGroup"].Value.Properties["variableGroupProjectReferences"].Value.Nullable = true
	list := doc.Paths.Find("/{organization}/{project}/_apis/distributedtask/variablegroups").Get
	for _, p := range list.Parameters {
		if p.Value != nil && p.Value.Name == "groupIds" {
			p.Value.Required = false
		}
	}
	return doc
}

// unwrap takes a list out of its envelope {count, value}, which the document
// leaves out everywhere.
func unwrap(r *http.Request, answer []byte) []byte {
	var list struct {
		Value json.RawMessage `json:"value"`
	}
	if r.Method == "GET" && json.Unmarshal(answer, &list) == nil && list.Value != nil {
		return list.Value
	}
	return answer
}
