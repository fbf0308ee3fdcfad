package bitbucket_test

import (
	"net/http"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/getkin/kin-openapi/openapi3"

	"github.com/gatewright/gatewright/internal/forge/forgetest"
	"github.com/gatewright/gatewright/internal/sandbox/world"
)

// TestOpenAPI runs the suite once more, with every request and its answer held
// to Atlassian's own description.
func TestOpenAPI(t *testing.T) {
	folder := os.Getenv("GATEWRIGHT_DESCRIPTIONS")
	if folder == "" {
		t.Skip("GATEWRIGHT_DESCRIPTIONS names no folder: e2e/suites/descriptions fetches them")
	}
	doc, err := openapi3.NewLoader().LoadFromFile(filepath.Join(folder, "bitbucket.org.json"))
	if err != nil {
		t.Fatal(err)
	}
	mend(doc)
	contract := forgetest.NewContract(t, doc)
	contract.Strip = "/2.0"
	contract.Like = func(path string) string { return strings.TrimSuffix(path, "/") }
	forgetest.Run(t, func(t *testing.T, seed world.Seed) *forgetest.Subject {
		return subjectBehind(t, seed, func(h http.Handler) http.Handler { return contract.Wrap(t, h) })
	})
	contract.Report(t)
}

// mend changes the document where it is known to be wrong. Every object has to
// have a type, it says, while its own examples of requests leave it out; and no
// links and parts of content, of a pull request's commits and of its summary but
// some, while recorded answers have more. What is not there is null: the ref name
// of a status, and who closed or merged a pull request that is open.
func mend(doc *openapi3.T) {
	doc.Components.Schemas["object"].Value.Required = nil
	for _, schema := range doc.Components.Schemas {
		for _, part := range append(schema.Value.AllOf, schema) {
			for _, name := range []string{"links", "content", "commit", "summary"} {
				if property := part.Value.Properties[name]; property != nil && property.Ref == "" {
					property.Value.AdditionalProperties = openapi3.AdditionalProperties{}
				}
			}
			for _, name := range []string{"refname", "merge_commit", "closed_by"} {
				if property := part.Value.Properties[name]; property != nil {
					own := *property.Value // others refer to it too
					own.Nullable = true
					part.Value.Properties[name] = openapi3.NewSchemaRef("", &own)
				}
			}
		}
	}
}
