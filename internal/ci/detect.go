package ci

import (
	"context"
	"regexp"
	"strconv"
	"strings"

	"github.com/gatewright/gatewright/internal/git"
)

// Source is where a run is read from.
type Source struct {
	Getenv   func(string) string
	ReadFile func(string) ([]byte, error) // for the event payload; os.ReadFile outside tests
	Repo     *git.Repo                    // nil outside a checkout
}

// Detect reads the run: what the CI says first, and what the checkout says
// where the CI is silent. Outside any CI everything comes from the checkout.
// Fields that nobody knows stay empty; it fails only on an event payload that
// should be there and cannot be read.
func Detect(ctx context.Context, s Source) (Run, error) {
	d := &detector{Source: s, run: Run{Origin: map[string]string{}}}
	d.run.System = SystemOf(s.Getenv)
	switch d.run.System {
	case GitHub, Gitea:
		if err := d.github(ctx); err != nil {
			return d.run, err
		}
	case GitLab:
		d.gitlab()
	case Azure:
		d.azure()
	case Bitbucket:
		d.bitbucket()
	}
	// pull_request_target and workflow_run run in the base repository, with its
	// secrets; everything Dependabot starts runs without (docs.github.com,
	// "Dependabot on GitHub Actions").
	r := &d.run
	base := r.Event == "pull_request_target" || r.Event == "workflow_run"
	r.SecretsWithheld = r.FromFork && !base || d.env("GITHUB_ACTOR") == "dependabot[bot]"
	d.checkout(ctx)
	return d.run, nil
}

// SystemOf tells which CI system runs this process.
func SystemOf(getenv func(string) string) System {
	d := &detector{Source: Source{Getenv: getenv}}
	switch {
	case d.flag("GITEA_ACTIONS"), d.flag("FORGEJO_ACTIONS"):
		return Gitea
	case d.flag("GITHUB_ACTIONS"):
		return GitHub
	case d.env("GITLAB_CI") != "" && !strings.EqualFold(d.env("GITLAB_CI"), "false"):
		return GitLab
	case d.flag("TF_BUILD"):
		return Azure
	case d.env("BITBUCKET_BUILD_NUMBER") != "":
		return Bitbucket
	default:
		return Git
	}
}

type detector struct {
	Source
	run Run
}

// env reads a variable; blank ones and Azure's unresolved macros, $(Name), are unset.
func (d *detector) env(name string) string {
	v := strings.TrimSpace(d.Getenv(name))
	if strings.HasPrefix(v, "$(") && strings.HasSuffix(v, ")") {
		return ""
	}
	return v
}

func (d *detector) flag(name string) bool { return strings.EqualFold(d.env(name), "true") }

// set gives the field the first variable that is set, and notes which it was.
func (d *detector) set(field string, to *string, names ...string) {
	for _, name := range names {
		if v := d.env(name); v != "" {
			d.put(field, to, v, name)
			return
		}
	}
}

func (d *detector) put(field string, to *string, value, origin string) {
	if value != "" {
		*to = value
		d.run.Origin[field] = origin
	}
}

func (d *detector) number(names ...string) {
	for _, name := range names {
		if n, err := strconv.Atoi(d.env(name)); err == nil && n > 0 {
			d.run.PullRequest, d.run.Origin["pullRequest"] = n, name
			return
		}
	}
}

func (d *detector) repository(full, origin string) {
	if i := strings.LastIndex(full, "/"); i > 0 {
		d.run.Owner, d.run.Name = full[:i], full[i+1:]
		d.run.Origin["repository"] = origin
	}
}

func (d *detector) gitlab() {
	r := &d.run
	r.Forge = "gitlab"
	d.set("forgeUrl", &r.ForgeURL, "CI_SERVER_URL")
	d.repository(d.env("CI_PROJECT_PATH"), "CI_PROJECT_PATH")
	// In merged-results pipelines CI_COMMIT_SHA is the merge commit.
	d.set("commit", &r.Commit, "CI_MERGE_REQUEST_SOURCE_BRANCH_SHA", "CI_COMMIT_SHA", "CI_BUILD_REF")
	d.set("branch", &r.Branch, "CI_MERGE_REQUEST_SOURCE_BRANCH_NAME", "CI_COMMIT_BRANCH")
	if r.Branch == "" && d.env("CI_COMMIT_TAG") == "" {
		d.set("branch", &r.Branch, "CI_COMMIT_REF_NAME")
	}
	d.set("baseCommit", &r.BaseCommit, "CI_MERGE_REQUEST_DIFF_BASE_SHA")
	d.set("baseBranch", &r.BaseBranch, "CI_MERGE_REQUEST_TARGET_BRANCH_NAME")
	d.set("event", &r.Event, "CI_PIPELINE_SOURCE")
	d.set("workspace", &r.Workspace, "CI_PROJECT_DIR")
	d.set("runUrl", &r.RunURL, "CI_JOB_URL", "CI_PIPELINE_URL")
	d.number("CI_MERGE_REQUEST_IID")
	if r.PullRequest == 0 {
		d.openMergeRequest()
	}
	source, target := d.env("CI_MERGE_REQUEST_SOURCE_PROJECT_PATH"), d.env("CI_MERGE_REQUEST_PROJECT_PATH")
	r.FromFork = source != "" && target != "" && source != target
}

// openMergeRequest reads CI_OPEN_MERGE_REQUESTS, which branch pipelines have:
// "group/project!12", comma-separated. More than one leaves it open.
func (d *detector) openMergeRequest() {
	const name = "CI_OPEN_MERGE_REQUESTS"
	_, number, ok := strings.Cut(d.env(name), "!")
	if n, err := strconv.Atoi(number); ok && err == nil {
		d.run.PullRequest, d.run.Origin["pullRequest"] = n, name
	}
}

func (d *detector) azure() {
	r := &d.run
	d.set("commit", &r.Commit, "SYSTEM_PULLREQUEST_SOURCECOMMITID", "BUILD_SOURCEVERSION")
	d.set("branch", &r.Branch, "SYSTEM_PULLREQUEST_SOURCEBRANCH", "BUILD_SOURCEBRANCH")
	d.set("baseBranch", &r.BaseBranch, "SYSTEM_PULLREQUEST_TARGETBRANCH")
	r.Branch, r.BaseBranch = branchName(r.Branch), branchName(r.BaseBranch)
	d.set("event", &r.Event, "BUILD_REASON")
	d.set("workspace", &r.Workspace, "BUILD_SOURCESDIRECTORY", "SYSTEM_DEFAULTWORKINGDIRECTORY")
	r.FromFork = d.flag("SYSTEM_PULLREQUEST_ISFORK")
	if u, p, id := d.env("SYSTEM_COLLECTIONURI"), d.env("SYSTEM_TEAMPROJECT"), d.env("BUILD_BUILDID"); u != "" && p != "" && id != "" {
		r.RunURL = strings.TrimSuffix(u, "/") + "/" + p + "/_build/results?buildId=" + id
	}
	name := d.env("BUILD_REPOSITORY_NAME")
	switch provider := d.env("BUILD_REPOSITORY_PROVIDER"); strings.ToLower(provider) {
	case "github", "githubenterprise":
		r.Forge = "github"
		d.repository(name, "BUILD_REPOSITORY_NAME")
		d.number("SYSTEM_PULLREQUEST_PULLREQUESTNUMBER")
		r.ForgeURL = originOf(d.env("BUILD_REPOSITORY_URI"))
	case "bitbucket":
		r.Forge = "bitbucket"
		d.repository(name, "BUILD_REPOSITORY_NAME")
		d.number("SYSTEM_PULLREQUEST_PULLREQUESTID")
		r.ForgeURL = originOf(d.env("BUILD_REPOSITORY_URI"))
	default: // TfsGit
		r.Forge = "azuredevops"
		collection := d.env("SYSTEM_COLLECTIONURI")
		r.ForgeURL = originOf(collection)
		if org := AzureOrganization(collection); org != "" && name != "" {
			d.repository(org+"/"+d.env("SYSTEM_TEAMPROJECT")+"/"+name, "SYSTEM_COLLECTIONURI, SYSTEM_TEAMPROJECT, BUILD_REPOSITORY_NAME")
		}
		d.number("SYSTEM_PULLREQUEST_PULLREQUESTID")
	}
}

// branchName drops refs/heads/; a tag, or a pull request's merge ref, is no branch.
func branchName(ref string) string {
	if name, ok := strings.CutPrefix(ref, "refs/heads/"); ok {
		return name
	}
	if strings.HasPrefix(ref, "refs/") {
		return ""
	}
	return ref
}

var (
	azureCloud  = regexp.MustCompile(`^https?://dev\.azure\.com/([^/]+)`)
	azureLegacy = regexp.MustCompile(`^https?://([^./]+)\.visualstudio\.com(?:/|$)`)
	azureServer = regexp.MustCompile(`^https?://[^/]+/(?:.*/)?([^/]+)/?$`)
	origin      = regexp.MustCompile(`^(https?://)(?:[^/@]*@)?([^/]+)`)
)

// AzureOrganization takes the organization's (on a server: the collection's)
// name from a collection address in any of its three forms.
func AzureOrganization(collection string) string {
	for _, re := range []*regexp.Regexp{azureCloud, azureLegacy, azureServer} {
		if m := re.FindStringSubmatch(collection); m != nil {
			return m[1]
		}
	}
	return ""
}

func originOf(address string) string {
	m := origin.FindStringSubmatch(address)
	if m == nil {
		return ""
	}
	return m[1] + m[2]
}

func (d *detector) bitbucket() {
	r := &d.run
	r.Forge = "bitbucket"
	d.repository(d.env("BITBUCKET_REPO_FULL_NAME"), "BITBUCKET_REPO_FULL_NAME")
	if r.Owner == "" && d.env("BITBUCKET_WORKSPACE") != "" && d.env("BITBUCKET_REPO_SLUG") != "" {
		d.repository(d.env("BITBUCKET_WORKSPACE")+"/"+d.env("BITBUCKET_REPO_SLUG"), "BITBUCKET_WORKSPACE, BITBUCKET_REPO_SLUG")
	}
	d.set("commit", &r.Commit, "BITBUCKET_COMMIT")
	d.set("branch", &r.Branch, "BITBUCKET_BRANCH")
	d.set("baseBranch", &r.BaseBranch, "BITBUCKET_PR_DESTINATION_BRANCH")
	d.set("baseCommit", &r.BaseCommit, "BITBUCKET_PR_DESTINATION_COMMIT")
	d.set("workspace", &r.Workspace, "BITBUCKET_CLONE_DIR")
	r.ForgeURL = originOf(d.env("BITBUCKET_GIT_HTTP_ORIGIN"))
	d.number("BITBUCKET_PR_ID")
	if r.PullRequest > 0 {
		r.Event = "pull_request"
	}
	if r.Owner != "" && d.env("BITBUCKET_BUILD_NUMBER") != "" {
		r.RunURL = "https://bitbucket.org/" + r.Owner + "/" + r.Name + "/pipelines/results/" + d.env("BITBUCKET_BUILD_NUMBER")
	}
}

// checkout fills what the CI did not say.
func (d *detector) checkout(ctx context.Context) {
	if d.Repo == nil {
		return
	}
	r := &d.run
	if r.Workspace == "" {
		r.Workspace = d.Repo.Root
	}
	if r.Commit == "" {
		if head, err := d.Repo.Resolve(ctx, "HEAD"); err == nil {
			d.put("commit", &r.Commit, head, "git")
			d.put("branch", &r.Branch, d.Repo.Branch(ctx), "git")
		}
	}
	if r.Owner != "" {
		return
	}
	remote, ok := d.Repo.Remote()
	if !ok {
		return
	}
	r.Owner, r.Name, r.Origin["repository"] = remote.Owner, remote.Name, "git remote"
	if r.Forge == "" {
		r.Forge = forgeOfHost(remote.Host)
	}
	if r.Forge == "azuredevops" {
		r.Owner = strings.TrimSuffix(strings.TrimPrefix(r.Owner, "v3/"), "/_git")
	}
}

// forgeOfHost guesses the forge from a host name, "" if it tells nothing.
func forgeOfHost(host string) string {
	for _, h := range []struct{ part, forge string }{
		{"github", "github"},
		{"gitlab", "gitlab"},
		{"bitbucket", "bitbucket"},
		{"dev.azure.com", "azuredevops"},
		{"visualstudio.com", "azuredevops"},
		{"gitea", "gitea"},
		{"forgejo", "gitea"},
		{"codeberg", "gitea"},
	} {
		if strings.Contains(host, h.part) {
			return h.forge
		}
	}
	return ""
}
