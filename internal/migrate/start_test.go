package migrate

import (
	"strings"
	"testing"

	"go.yaml.in/yaml/v3"

	"github.com/gatewright/gatewright/internal/gate"
)

func TestStart(t *testing.T) {
	find := func(files []File, path string) (f File) {
		for _, f = range files {
			if f.Path == path {
				return f
			}
		}
		return File{}
	}
	for _, tt := range []struct {
		name string
		in   Checkout
		want map[string][]string // file → what it holds; an empty list: it is not suggested
	}{
		{
			"Go, nothing else",
			Checkout{Files: []string{"go.mod", "a.go"}, Branch: "trunk", Total: 81.239},
			map[string][]string{
				".gatewright.yml":                  {"total: 81 ", "it is 81.23 today"},
				".github/workflows/gatewright.yml": {`branches: ["trunk"]`, "actions: read", "go test -coverprofile=cover.out ./...", "uses: gatewright/gatewright@v1"},
			},
		},
		{
			"GitLab",
			Checkout{Files: []string{".gitlab-ci.yml", "package.json", "pyproject.toml"}, Total: -1},
			map[string][]string{
				".gatewright.yml":                  {"# total: 80"},
				".gitlab-ci.yml":                   {"component: gitlab.com/gatewright/gatewright/gatewright@1", "needs: [unit-tests]"},
				".github/workflows/gatewright.yml": nil,
			},
		},
		{
			"both, and two languages",
			Checkout{Files: []string{"azure-pipelines.yml", "bitbucket-pipelines.yml", ".github/dependabot.yml", "App.sln", "App.csproj", "Gemfile"}},
			map[string][]string{
				"azure-pipelines.yml":              {"fetchDepth: 0", "Gatewright@1"},
				"bitbucket-pipelines.yml":          {"pipe:"},
				".github/workflows/gatewright.yml": {"dotnet test", "rspec", `branches: ["main"]`},
			},
		},
	} {
		t.Run(tt.name, func(t *testing.T) {
			files := Start(tt.in)
			for path, want := range tt.want {
				f := find(files, path)
				if (f.Path == "") != (want == nil) {
					t.Errorf("%s: %+v", path, f)
				}
				for _, w := range want {
					if !strings.Contains(f.Text, w) {
						t.Errorf("%s lacks %q:\n%s", path, w, f.Text)
					}
				}
			}
			for _, f := range files {
				var doc any
				if err := yaml.Unmarshal([]byte(f.Text), &doc); err != nil {
					t.Errorf("%s: %v\n%s", f.Path, err, f.Text)
				}
			}
			if c, err := gate.ParseConfig("x", []byte(files[0].Text)); err != nil || c.Rules.Empty() {
				t.Errorf("%v in\n%s", err, files[0].Text)
			}
		})
	}
}
