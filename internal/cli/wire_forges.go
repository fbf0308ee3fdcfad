package cli

import (
	"context"
	"net/url"
	"strings"

	"github.com/gatewright/gatewright/internal/fault"
	"github.com/gatewright/gatewright/internal/forge"
	"github.com/gatewright/gatewright/internal/forge/azuredevops"
	"github.com/gatewright/gatewright/internal/forge/bitbucket"
	"github.com/gatewright/gatewright/internal/forge/gitea"
	"github.com/gatewright/gatewright/internal/forge/github"
	"github.com/gatewright/gatewright/internal/forge/gitlab"
	"github.com/gatewright/gatewright/internal/rest"
	"github.com/gatewright/gatewright/internal/rest/pace"
	"github.com/gatewright/gatewright/internal/secret"
)

// forges is the table of forges.
func forges() []forgeInfo {
	return []forgeInfo{
		{
			name: "github", title: "GitHub",
			tokens: []string{"GH_TOKEN", "GITHUB_TOKEN"}, addresses: []string{"GITHUB_API_URL"},
			tokenHint: "set GH_TOKEN to a personal access token, or GITHUB_APP_ID and GITHUB_APP_PRIVATE_KEY to those of a GitHub App",
			profile:   pace.GitHub, api: githubAPI,
			public:  func(string) string { return "https://api.github.com" },
			connect: connectGitHub, blob: "/blob/%s/",
		},
		{
			name: "gitlab", title: "GitLab",
			tokens: []string{"GITLAB_TOKEN"}, addresses: []string{"CI_API_V4_URL", "GITLAB_URL"},
			tokenHint: "set GITLAB_TOKEN to an access token with the scope api and the role Maintainer; a job's own CI_JOB_TOKEN cannot change variables",
			profile:   pace.GitLab, api: below("/api/v4"),
			public:  func(string) string { return "https://gitlab.com/api/v4" },
			connect: connectGitLab, blob: "/-/blob/%s/",
		},
		{
			name: "azuredevops", title: "Azure DevOps",
			tokens: []string{"AZURE_DEVOPS_EXT_PAT", "SYSTEM_ACCESSTOKEN"}, addresses: []string{"SYSTEM_COLLECTIONURI"},
			tokenHint: "set AZURE_DEVOPS_EXT_PAT to a personal access token with the scopes Variable Groups and Build, or map SYSTEM_ACCESSTOKEN to $(System.AccessToken)",
			profile:   pace.Azure, api: func(address string) string { return address },
			public: func(owner string) string {
				org, _, _ := strings.Cut(owner, "/")
				return "https://dev.azure.com/" + url.PathEscape(org)
			},
			connect: connectAzure,
		},
		{
			name: "bitbucket", title: "Bitbucket",
			tokens: []string{"BITBUCKET_TOKEN"}, addresses: []string{"BITBUCKET_API_URL"},
			tokenHint: "set BITBUCKET_TOKEN to an access token with the scope pipeline:variable, or to USER:APP_PASSWORD",
			profile:   pace.Bitbucket, api: bitbucketAPI,
			public:  func(string) string { return "https://api.bitbucket.org/2.0" },
			connect: connectBitbucket, blob: "/src/%s/",
		},
		{
			name: "gitea", title: "Gitea",
			tokens: []string{"GITEA_TOKEN", "FORGEJO_TOKEN"}, addresses: []string{"GITEA_URL"},
			tokenHint: "set GITEA_TOKEN to an access token with the scopes write:repository and write:organization",
			profile:   pace.Gitea, api: below("/api/v1"),
			public:  func(string) string { return "" },
			connect: connectGitea, blob: "/src/commit/%s/",
		},
	}
}

// githubAPI accepts the address of the API or of the web pages: github.com,
// HOST of an Enterprise Server, SUB.ghe.com of Enterprise Cloud with data residency.
func githubAPI(address string) string {
	u, err := url.Parse(address)
	switch {
	case err != nil || u.Path != "" || strings.HasPrefix(u.Host, "api."):
		return address
	case u.Host == "github.com", u.Host == "www.github.com":
		return "https://api.github.com"
	case strings.HasSuffix(u.Host, ".ghe.com"):
		return u.Scheme + "://api." + u.Host
	default:
		return address + "/api/v3"
	}
}

// below accepts the address of the API or of the web pages above it.
func below(path string) func(string) string {
	return func(address string) string { return strings.TrimSuffix(address, path) + path }
}

func connectGitHub(a *App, r forgeRequest) (forge.Forge, error) {
	cfg := r.rest
	cfg.Credential = rest.Bearer(r.token)
	if r.token.Empty() {
		source, err := a.githubApp(r)
		if err != nil {
			return nil, err
		}
		cfg.Credential = rest.BearerFrom(source)
	}
	c, err := rest.New(cfg)
	if err != nil {
		return nil, err
	}
	return github.New(c, github.Options{Visibility: r.write.Visibility, Selected: r.write.Selected})
}

func (a *App) githubApp(r forgeRequest) (source func(context.Context) (secret.Value, error), err error) {
	key := secret.New(a.env("GITHUB_APP_PRIVATE_KEY"))
	if r.flags.GitHubAppKey != "" {
		if key, err = secret.FromFile(a.path(r.flags.GitHubAppKey)); err != nil {
			return nil, fault.Errorf(fault.Input, "read the GitHub App's private key: %w", err)
		}
	}
	if key.Empty() {
		return nil, fault.WithHint(fault.Errorf(fault.Auth, "no private key for the GitHub App %s", a.appID(r.flags)),
			"set GITHUB_APP_PRIVATE_KEY or --github-app-key-file")
	}
	a.Redact.Add(key)
	cfg := r.rest
	cfg.Pace = nil // its two requests are not the installation's
	return github.App{ID: a.appID(r.flags), Key: key, Owner: r.owner}.Token(cfg)
}

func connectGitLab(_ *App, r forgeRequest) (forge.Forge, error) {
	r.rest.Credential = rest.Header("PRIVATE-TOKEN", r.token)
	c, err := rest.New(r.rest)
	if err != nil {
		return nil, err
	}
	return gitlab.New(c, gitlab.Options{Masked: r.write.Masked, Hidden: r.write.Hidden, Protected: r.write.Protected}), nil
}

// connectAzure sends a job's own token as a bearer and a personal one as a
// password, which are the forms that Azure DevOps takes them in.
func connectAzure(_ *App, r forgeRequest) (forge.Forge, error) {
	r.rest.Credential = rest.Basic("", r.token)
	if r.tokenFrom == "SYSTEM_ACCESSTOKEN" {
		r.rest.Credential = rest.Bearer(r.token)
	}
	c, err := rest.New(r.rest)
	if err != nil {
		return nil, err
	}
	return azuredevops.New(c), nil
}

// bitbucketAPI accepts the address of the API or of the web pages.
func bitbucketAPI(address string) string {
	if u, err := url.Parse(address); err == nil && (u.Host == "bitbucket.org" || u.Host == "www.bitbucket.org") {
		address = "https://api.bitbucket.org"
	}
	return below("/2.0")(address)
}

// pipelinesBitbucket is Bitbucket without a token, as a step of Pipelines
// reaches it: a proxy beside every step signs requests for reports. It takes
// plain http alone, and nothing secret goes there.
func (a *App) pipelinesBitbucket() (forge.Insighter, error) {
	cfg, err := a.restConfig("Bitbucket", "http://api.bitbucket.org/2.0", true)
	if err != nil {
		return nil, err
	}
	proxy, err := url.Parse(firstSet(a.env("GATEWRIGHT_BITBUCKET_PROXY"), "http://localhost:29418"))
	if err != nil {
		return nil, fault.Errorf(fault.Input, "GATEWRIGHT_BITBUCKET_PROXY: %w", err)
	}
	cfg.Proxy = func(*url.URL) (*url.URL, error) { return proxy, nil }
	c, err := rest.New(cfg)
	if err != nil {
		return nil, err
	}
	return bitbucket.New(c), nil
}

// connectBitbucket sends an access token as a bearer, and USER:PASSWORD as both.
func connectBitbucket(_ *App, r forgeRequest) (forge.Forge, error) {
	r.rest.Credential = rest.Bearer(r.token)
	if user, password, ok := r.token.Split(":"); ok {
		r.rest.Credential = rest.Basic(user, password)
	}
	c, err := rest.New(r.rest)
	if err != nil {
		return nil, err
	}
	return bitbucket.New(c), nil
}

func connectGitea(_ *App, r forgeRequest) (forge.Forge, error) {
	r.rest.Credential = rest.Scheme("token", r.token)
	c, err := rest.New(r.rest)
	if err != nil {
		return nil, err
	}
	return gitea.New(c), nil
}
