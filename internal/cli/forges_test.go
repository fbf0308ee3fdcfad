package cli

import (
	"bytes"
	"crypto/rand"
	"crypto/rsa"
	"crypto/x509"
	"encoding/pem"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/gatewright/gatewright/internal/ci"
	"github.com/gatewright/gatewright/internal/connect"
	"github.com/gatewright/gatewright/internal/console"
	"github.com/gatewright/gatewright/internal/fault"
	"github.com/gatewright/gatewright/internal/repo"
	"github.com/gatewright/gatewright/internal/rest/pace"
	"github.com/gatewright/gatewright/internal/sandbox/github"
)

// Where each forge's API is, from whatever address a person gives.
func TestForgeAddresses(t *testing.T) {
	env := func(vars map[string]string) *connect.To {
		return &connect.To{
			Forges: forges(), Services: services(),
			Console: console.New(console.Streams{Getenv: func(name string) string { return vars[name] }, Stderr: &bytes.Buffer{}}, console.Plain),
			Pace:    &pace.Budgets{},
		}
	}
	for _, tc := range []struct {
		forge, url string
		vars       map[string]string
		run        ci.Run
		want       string
	}{
		{forge: "github", want: "https://api.github.com"},
		{forge: "github", url: "https://github.com/", want: "https://api.github.com"},
		{forge: "github", url: "https://ghe.example", want: "https://ghe.example/api/v3"},
		{forge: "github", url: "https://ghe.example/api/v3", want: "https://ghe.example/api/v3"},
		{forge: "github", url: "https://acme.ghe.com", want: "https://api.acme.ghe.com"},
		{forge: "github", vars: map[string]string{"GITHUB_API_URL": "https://ghe.example/api/v3"}, want: "https://ghe.example/api/v3"},
		{forge: "github", url: "https://other.example", vars: map[string]string{"GITHUB_API_URL": "https://ghe.example/api/v3"}, want: "https://other.example/api/v3"},
		{forge: "gitlab", want: "https://gitlab.com/api/v4"},
		{forge: "gitlab", vars: map[string]string{"GITLAB_URL": "https://git.example/"}, want: "https://git.example/api/v4"},
		{forge: "gitlab", vars: map[string]string{"CI_API_V4_URL": "https://git.example/gitlab/api/v4"}, want: "https://git.example/gitlab/api/v4"},
		{forge: "azuredevops", want: "https://dev.azure.com/acme"},
		{forge: "azuredevops", vars: map[string]string{"SYSTEM_COLLECTIONURI": "https://dev.azure.com/acme/"}, want: "https://dev.azure.com/acme"},
		{forge: "bitbucket", want: "https://api.bitbucket.org/2.0"},
		{forge: "bitbucket", url: "https://bitbucket.org", want: "https://api.bitbucket.org/2.0"},
		{forge: "gitea", url: "https://git.example", want: "https://git.example/api/v1"},
		// What the CI says of its own forge is believed, what a checkout's remote says is not.
		{
			forge: "gitea", want: "https://git.example/api/v1",
			run: ci.Run{System: ci.Gitea, Repo: repo.Repo{Forge: "gitea", ForgeURL: "https://git.example"}, Origin: map[string]string{"forgeUrl": "GITHUB_SERVER_URL"}},
		},
		{
			forge: "gitlab", want: "https://gitlab.com/api/v4",
			run: ci.Run{System: ci.Git, Repo: repo.Repo{Forge: "gitlab", ForgeURL: "https://evil.example"}, Origin: map[string]string{"forgeUrl": "git"}},
		},
	} {
		tc := tc
		if tc.vars == nil {
			tc.vars = map[string]string{}
		}
		for _, name := range []string{"GH_TOKEN", "GITLAB_TOKEN", "AZURE_DEVOPS_EXT_PAT", "BITBUCKET_TOKEN", "GITEA_TOKEN"} {
			tc.vars[name] = "some-token-0123456789"
		}
		o, err := env(tc.vars).OpenForge(connect.ForgeFlags{Forge: tc.forge, ForgeURL: tc.url}, connect.WriteFlags{}, tc.run, "acme/platform")
		if err != nil || o.BaseURL != tc.want {
			t.Errorf("%s, flag %q, %v: %+v, %v; want %s", tc.forge, tc.url, tc.vars, o, err, tc.want)
		}
	}
	_, err := env(map[string]string{"GITEA_TOKEN": "x"}).OpenForge(connect.ForgeFlags{Forge: "gitea"}, connect.WriteFlags{}, ci.Run{}, "acme")
	if fault.Of(err) != fault.Input || !strings.Contains(fault.Hint(err), "GITEA_URL") {
		t.Errorf("no address: %v", err)
	}
	_, err = env(map[string]string{"GH_TOKEN": "x"}).OpenForge(connect.ForgeFlags{Forge: "github", ForgeURL: "http://ghe.example"}, connect.WriteFlags{}, ci.Run{}, "acme")
	if fault.Of(err) != fault.Input || !strings.Contains(err.Error(), "in clear") {
		t.Errorf("plain http: %v", err)
	}
}

// A GitHub App, from its id and key in the environment to the stored secret;
// neither key nor token appears anywhere.
func TestSecretPutAsApp(t *testing.T) {
	t.Parallel()
	s := standIns(t)
	key, err := rsa.GenerateKey(rand.Reader, 2048)
	if err != nil {
		t.Fatal(err)
	}
	stand := s.Stand("github").(*github.Server)
	stand.AddApp("12345", &key.PublicKey, github.Full)
	text := string(pem.EncodeToMemory(&pem.Block{Type: "RSA PRIVATE KEY", Bytes: x509.MarshalPKCS1PrivateKey(key)}))
	vars := map[string]string{
		"GITHUB_API_URL": s.URL("github"), "GITHUB_APP_ID": "12345", "GITHUB_APP_PRIVATE_KEY": text, "GH_TOKEN": " ",
	}
	at := place{t.TempDir(), vars}
	code, out, talk := at.call("value-of-the-app\n", "secret", "put", "TOKEN", "--forge", "github", "--repo", "acme/api")
	if code != 0 || out != "created TOKEN in acme/api\n" {
		t.Fatalf("exit %d, %s%s", code, out, talk)
	}
	if v, _ := stand.Value("actions/acme/api", "TOKEN"); v != "value-of-the-app" {
		t.Errorf("the secret holds %q", v)
	}
	delete(vars, "GITHUB_APP_PRIVATE_KEY")
	code, _, talk = at.call("", "secret", "list", "--forge", "github", "--repo", "acme/api")
	if code != 3 || !strings.Contains(talk, "no private key for the GitHub App 12345") {
		t.Errorf("without a key: exit %d, %s", code, talk)
	}
}

// What a forge cannot do, and what to do instead, stands in the guide as its
// descriptor has it; so do its limits of secrets.
func TestForgesAreDocumented(t *testing.T) {
	text, err := os.ReadFile(filepath.Join("..", "..", "docs", "secrets.md"))
	if err != nil {
		t.Fatal(err)
	}
	for _, d := range forges() {
		for _, g := range d.Gaps {
			if line := "| " + d.Title + " | " + g.What + " | " + g.Instead + " |"; !strings.Contains(string(text), line) {
				t.Errorf("docs/secrets.md lacks %q", line)
			}
		}
		if d.Secret.Counts != "" && !strings.Contains(string(text), d.Secret.Counts) {
			t.Errorf("docs/secrets.md does not say %q of %s", d.Secret.Counts, d.Title)
		}
		for _, v := range d.Tokens {
			if !strings.Contains(string(text), "`"+v+"`") {
				t.Errorf("docs/secrets.md does not name %s", v)
			}
		}
	}
}
