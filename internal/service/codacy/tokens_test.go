package codacy_test

import (
	"encoding/json"
	"testing"

	"github.com/gatewright/gatewright/internal/rest"
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

// TestMintedIsNoToken: what would be stored as nothing, as more than a token, or as the
// account's own token, is none; that one was made is not ruled out.
func TestMintedIsNoToken(t *testing.T) {
	for _, value := range []string{"", "null", "$(TOKEN)", "abc\nSECOND=1", "abc def", "abc\x00", "\x1b]0;x\x07abc", "account-token", "<account-token>"} {
		answer, _ := json.Marshal(map[string]any{"data": map[string]any{"id": 7, "token": value}})
		way, _ := wire.Played(t, map[string][]string{"/api/v3/organizations/gh/acme/repositories/api/tokens": {"200 " + string(answer)}})
		m, err := open(t, way, "account-token", service.AccountToken).Mint(t.Context(), service.MintRequest{Scope: service.Scope{Forge: "github", Owner: "acme", Name: "api"}, Name: "ci"})
		if !rest.Ambiguous(err) || !m.Value.Empty() {
			t.Errorf("%q: %v", value, err)
		}
	}
}
