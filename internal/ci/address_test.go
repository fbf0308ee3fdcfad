package ci

import (
	"context"
	"fmt"
	"regexp"
	"strings"
	"testing"
)

// sourceName is the name of a variable in an entry's sources.
var sourceName = regexp.MustCompile(`~?[A-Za-z_][A-Za-z0-9_]*`)

// TestNoPasswordIsKept puts an address with a password into every variable of
// every system that may hold an address.
func TestNoPasswordIsKept(t *testing.T) {
	passwords := []string{"Zqx", "Zqx/a", "12/Zqx/Zqx", "Zqx/a/pull/9", "1/Zqx/Zqx#x", "1/Zqx/Zqx/pull/9x", "Zqx#Zqx", "%zzZqx", "Zqx@Zqx", "Zqx:Zqx", "Zqx://Zqx"}
	forms := []string{
		"https://user:%s@host.example/acme/api", "https://%s@host.example/acme/api.git", "user:%s@host.example:acme/api.git", "ssh://user:%s@host.example:22/acme/api",
		"https://user:%s@host.example/acme/api/pull/7", "https://user:%s@host.example/", "user:%s@host.example:acme/api#main",
	}
	tried := 0
	for _, e := range systems() {
		sources := strings.Join([]string{e.repository, e.clone, e.number, e.head, e.url}, " ")
		if e.more != nil {
			sources += " GITHUB_SERVER_URL CI_SERVER_URL SYSTEM_COLLECTIONURI BUILD_REPOSITORY_URI"
		}
		mark, value, _ := strings.Cut(strings.Fields(e.is)[0], "=")
		for _, source := range sourceName.FindAllString(sources, -1) {
			name := strings.Replace(source, "~", e.prefix, 1)
			if name == mark || strings.Contains(mark, "{") || name == "BUILD_SOURCEBRANCH" {
				continue
			}
			for _, form := range forms {
				for _, password := range passwords {
					env := map[string]string{
						mark: value + map[bool]string{true: "1"}[value == ""], "GITHUB_RUN_ID": "5", "SYSTEM_TEAMPROJECT": "p", "BUILD_BUILDID": "5", "BUILD_REPOSITORY_NAME": "api",
						name: fmt.Sprintf(form, password),
					}
					run, err := Detect(context.Background(), Source{Getenv: func(n string) string { return env[n] }})
					tried++
					if text := fmt.Sprintf("%+v %v", run, err); strings.Contains(text, "Zqx") {
						t.Errorf("%s: %s=%s is kept: %s", e.name, name, env[name], text)
					}
				}
			}
		}
	}
	if tried < 10_000 {
		t.Errorf("%d tried", tried)
	}
}

// TestOwnerOfAddress are the addresses that forges hand out for one repository.
func TestOwnerOfAddress(t *testing.T) {
	for address, want := range map[string]string{
		"https://github.com/acme/api.git":                                "acme/api",
		"https://dev.azure.com/org/proj/_git/api":                        "org/proj/api",
		"https://org@dev.azure.com/org/My%20Project/_git/api":            "org/My Project/api",
		"https://dev.azure.com/org/_git/api":                             "org/api/api",
		"git@ssh.dev.azure.com:v3/org/proj/api":                          "org/proj/api",
		"https://org.visualstudio.com/proj/_git/api":                     "org/proj/api",
		"https://org.visualstudio.com/DefaultCollection/proj/_git/api":   "org/proj/api",
		"https://org.visualstudio.com/_git/api":                          "org/api/api",
		"https://org.visualstudio.com/DefaultCollection/_git/api":        "org/api/api",
		"org@vs-ssh.visualstudio.com:v3/org/proj/api":                    "org/proj/api",
		"https://tfs.corp/tfs/DefaultCollection/Proj/_git/api":           "DefaultCollection/Proj/api",
		"ssh://git@tfs.corp/tfs/DefaultCollection/_git/api":              "DefaultCollection/api/api",
		"https://bitbucket.corp/scm/proj/api.git":                        "proj/api",
		"https://bitbucket.company.com/bitbucket/scm/proj/api.git":       "proj/api",
		"https://bitbucket.corp/scm/~jane/api.git":                       "~jane/api",
		"ssh://git@bitbucket.corp:7999/proj/api.git":                     "proj/api",
		"https://bitbucket.corp/projects/PROJ/repos/api/pull-requests/7": "PROJ/api",
		"https://git.corp/users/jane/repos/api/pull-requests/7":          "~jane/api",
		"https://gitlab.corp/scm/group/api.git":                          "scm/group/api",
		"https://gitlab.corp/v3/group/api":                               "v3/group/api",
		"https://dev.azure.com/org/proj/_git/api/pullrequest/7":          "org/proj/api",
		"https://gitlab.corp/group/sub/api/-/merge_requests/7":           "group/sub/api",
	} {
		d := &detector{Source: source("X="+address, ""), entry: entry{repository: "X"}, run: Run{Origin: map[string]string{}}}
		if d.repository(); d.run.FullName() != want {
			t.Errorf("%s: %s, want %s", address, d.run.FullName(), want)
		}
	}
}
