package codacy_test

import (
	"testing"

	"github.com/gatewright/gatewright/internal/sandbox/wire"
	"github.com/gatewright/gatewright/internal/service"
)

// TestTokensInPages: a repository's tokens, which are documented to come at once, are read on where an answer says that there
// are more: one that is left out would seem to be revoked.
func TestTokensInPages(t *testing.T) {
	way, asked := wire.Played(t, map[string][]string{
		"/api/v3/organizations/gh/acme/repositories/api/tokens": {
			`200 {"data":[{"id":1,"token":"a"}],"pagination":{"cursor":"next","limit":1,"total":2}}`, `200 {"data":[{"id":2,"token":"b"}],"pagination":{"limit":1,"total":2}}`,
		},
	})
	list, err := open(t, way, "account-token", service.AccountToken).Tokens(t.Context(), service.Scope{Forge: "github", Owner: "acme", Name: "api"})
	if err != nil || len(list) != 2 || asked("/api/v3/organizations/gh/acme/repositories/api/tokens") != 2 {
		t.Errorf("%+v, %v", list, err)
	}
}
