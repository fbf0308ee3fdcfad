package github_test

import (
	"encoding/base64"
	"net/http/httptest"
	"strings"
	"testing"

	official "github.com/google/go-github/v62/github"
	"golang.org/x/crypto/nacl/box"

	standin "github.com/gatewright/gatewright/internal/sandbox/github"
	"github.com/gatewright/gatewright/internal/sandbox/world"
)

// The stand-in answers go-github as it is used everywhere, at its root and
// below /api/v3, with the older addresses of environments too; and it shows the
// fault that keeps us from reading listings with go-github's own structs.
func TestStandInAnswersOfficialClient(t *testing.T) {
	w := world.New(world.DefaultSeed())
	stand := standin.New(w)
	srv := httptest.NewServer(stand)
	defer srv.Close()
	token := stand.Token("ghp_", standin.Full)
	enterprise, err := official.NewClient(nil).WithAuthToken(token).WithEnterpriseURLs(srv.URL, srv.URL)
	if err != nil {
		t.Fatal(err)
	}
	plain := official.NewClient(nil).WithAuthToken(token)
	plain.BaseURL, err = plain.BaseURL.Parse(srv.URL + "/")
	if err != nil {
		t.Fatal(err)
	}
	ctx := t.Context()
	id := int(w.Repository("acme", "api").ID)
	seal := func(k *official.PublicKey, text string) *official.EncryptedSecret {
		raw, err := base64.StdEncoding.DecodeString(k.GetKey())
		if err != nil {
			t.Fatal(err)
		}
		sealed, err := box.SealAnonymous(nil, []byte(text), (*[32]byte)(raw), nil)
		if err != nil {
			t.Fatal(err)
		}
		return &official.EncryptedSecret{Name: "TOKEN", KeyID: k.GetKeyID(), EncryptedValue: base64.StdEncoding.EncodeToString(sealed)}
	}
	for name, gh := range map[string]*official.Client{"root": plain, "enterprise": enterprise} {
		key, _, err := gh.Actions.GetRepoPublicKey(ctx, "acme", "api")
		if err != nil {
			t.Fatal(name, err)
		}
		if _, err := gh.Actions.CreateOrUpdateRepoSecret(ctx, "acme", "api", seal(key, "value-"+name)); err != nil {
			t.Error(name, err)
		}
		if v, _ := stand.Value("actions/acme/api", "TOKEN"); v != "value-"+name {
			t.Errorf("%s: holds %q", name, v)
		}
		key, _, err = gh.Actions.GetEnvPublicKey(ctx, id, "production")
		if err != nil {
			t.Fatal(name, err)
		}
		if _, err := gh.Actions.CreateOrUpdateEnvSecret(ctx, id, "production", seal(key, "of-production")); err != nil {
			t.Error(name, err)
		}
		if list, _, err := gh.Actions.ListEnvSecrets(ctx, id, "production", nil); err != nil || list.TotalCount != 1 {
			t.Errorf("%s: %v, %v", name, list, err)
		}
		if _, _, err := gh.Repositories.Get(ctx, "acme", "web"); err != nil {
			t.Error(name, err)
		}
		_, _, err = gh.Repositories.ListByOrg(ctx, "acme", &official.RepositoryListByOrgOptions{ListOptions: official.ListOptions{PerPage: 100}})
		if err == nil || !strings.Contains(err.Error(), "cannot unmarshal array") {
			t.Errorf("%s: go-github reads a property of several values by now: %v", name, err)
		}
	}
}
