package github_test

import (
	"net/http"
	"strings"
	"testing"

	"github.com/getkin/kin-openapi/openapi3"

	"github.com/gatewright/gatewright/internal/forge/forgetest"
	"github.com/gatewright/gatewright/internal/reference"
	"github.com/gatewright/gatewright/internal/sandbox/world"
)

// TestOpenAPI runs the suite once more, with every request and every answer
// held to GitHub's own description of its API.
func TestOpenAPI(t *testing.T) {
	doc, err := openapi3.NewLoader().LoadFromData(reference.Read(t, "contracts/github-openapi-slice.json"))
	if err != nil {
		t.Fatal(err)
	}
	c := forgetest.NewContract(t, doc)
	c.Strip = "/api/v3"
	// The part at hand leaves out two stores of repositories, which GitHub's
	// reference describes word for word like that of Actions.
	c.Like = strings.NewReplacer("/api/dependabot/secrets", "/api/actions/secrets", "/api/codespaces/secrets", "/api/actions/secrets").Replace
	forgetest.Run(t, func(t *testing.T, seed world.Seed) *forgetest.Subject {
		return subjectBehind(t, seed, func(h http.Handler) http.Handler { return c.Wrap(t, h) })
	})
	c.Report(t)
}
