package ci

import (
	"context"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/gatewright/gatewright/internal/repo"
)

// unnamed is said of a branch that may be a pull request's.
var unnamed = unsaid("the CI builds branches and names no pull request", "name it with --pull-request and its base with --base")

// captured are environments of CI systems on a pull request and on a push,
// after each system's documentation: H, M and B stand for the head, its merge
// and its base, H12 for the head's first digits, ~ for the prefix. Expected
// everywhere is what expectPull and expectPush have, with the changes given.
var captured = []struct {
	system, prefix, pull, push string
	change                     func(pull, push *Run)
}{
	{
		"gitlab-ci", "CI_MERGE_REQUEST_", // a fork's, run in the fork
		"GITLAB_CI=true CI_PROJECT_PATH=robin/api CI_COMMIT_SHA=H ~IID=7 ~PROJECT_PATH=acme/api ~SOURCE_PROJECT_PATH=robin/api ~SOURCE_BRANCH_SHA= ~SOURCE_BRANCH_NAME=feat ~TARGET_BRANCH_NAME=main CI_COMMIT_BEFORE_SHA=0000000000000000000000000000000000000000",
		"GITLAB_CI=true CI_PROJECT_PATH=acme/api CI_COMMIT_SHA=H CI_COMMIT_BEFORE_SHA=B CI_COMMIT_BRANCH=main",
		func(pull, push *Run) {
			pull.FromFork, pull.HeadOwner, pull.SecretsWithheld, push.BaseCommit = true, "robin", true, base
			pull.Forge, push.Forge = "gitlab", "gitlab"
		},
	},
	{
		"bitbucket-pipelines", "BITBUCKET_",
		"~BUILD_NUMBER=3 ~REPO_FULL_NAME=acme/api ~COMMIT=H12 ~BRANCH=feat ~PR_ID=7 ~PR_DESTINATION_BRANCH=main ~PR_DESTINATION_COMMIT=B ~GIT_HTTP_ORIGIN=http://bitbucket.org/acme/api",
		"~BUILD_NUMBER=4 ~REPO_FULL_NAME=acme/api ~COMMIT=H ~BRANCH=main",
		func(pull, push *Run) {
			pull.Commit, pull.BaseCommit, pull.ForgeURL = head[:12], base, "https://bitbucket.org"
			pull.Forge, push.Forge = "bitbucket", "bitbucket"
			pull.RunURL, push.RunURL = "https://bitbucket.org/acme/api/pipelines/results/3", "https://bitbucket.org/acme/api/pipelines/results/4"
		},
	},
	{
		"buddy", "BUDDY_EXECUTION_",
		"BUDDY=true BUDDY_REPO_SLUG=acme/api ~REVISION=H ~BRANCH=feat ~PULL_REQUEST_ID=pull/7 ~PULL_REQUEST_NO=7 ~PULL_REQUEST_HEAD_BRANCH=feat ~PULL_REQUEST_BASE_BRANCH=main",
		"BUDDY_WORKSPACE_ID=1 BUDDY_REPO_SLUG=acme/api ~REVISION=H ~BRANCH=main",
		nil,
	},
	{
		"vela", "VELA_",
		"VELA=true ~REPO_FULL_NAME=acme/api ~REPO_CLONE=https://github.com/acme/api.git ~BUILD_COMMIT=H ~BUILD_BRANCH=main ~BUILD_EVENT=pull_request ~PULL_REQUEST=7 ~PULL_REQUEST_SOURCE=feat ~PULL_REQUEST_TARGET=main",
		"VELA=true ~REPO_FULL_NAME=acme/api ~REPO_CLONE=https://github.com/acme/api.git ~BUILD_COMMIT=H ~BUILD_BRANCH=main ~BUILD_EVENT=push",
		func(pull, push *Run) {
			pull.Forge, push.Forge, pull.ForgeURL, push.ForgeURL, push.Event = "github", "github", "https://github.com", "https://github.com", "push"
		},
	},
	{
		"xcode-cloud", "CI_PULL_REQUEST_",
		"CI_XCODE_CLOUD=TRUE CI_COMMIT=M ~NUMBER=7 ~SOURCE_COMMIT=H ~SOURCE_BRANCH=feat ~SOURCE_REPO=robin/api ~TARGET_REPO=acme/api ~TARGET_BRANCH=main ~TARGET_COMMIT=B",
		"CI_XCODE_PROJECT=a.xcodeproj CI_COMMIT=H CI_BRANCH=main",
		func(pull, push *Run) {
			pull.Tested, pull.BaseCommit, pull.FromFork, pull.HeadOwner = merge, base, true, "robin"
			push.Owner, push.Name = "", "" // what the checkout came from
		},
	},
	{
		"cloudflare-pages", "CF_PAGES_", "CF_PAGES=1 ~COMMIT_SHA=H ~BRANCH=feat", "CF_PAGES=1 ~COMMIT_SHA=H ~BRANCH=main",
		func(pull, push *Run) {
			*pull = Run{System: "cloudflare-pages", Commit: head, Branch: "feat", NoPullRequest: unnamed}
			push.Owner, push.Name = "", ""
		},
	},
	{
		"cloudflare-workers", "WORKERS_CI_", "WORKERS_CI=1 ~COMMIT_SHA=H ~BRANCH=feat", "WORKERS_CI=1 ~COMMIT_SHA=H ~BRANCH=main",
		func(pull, push *Run) {
			*pull = Run{System: "cloudflare-workers", Commit: head, Branch: "feat", NoPullRequest: unnamed}
			push.Owner, push.Name = "", ""
		},
	},
	{
		"circleci", "CIRCLE_",
		"CIRCLECI=true ~PROJECT_USERNAME=acme ~PROJECT_REPONAME=api ~SHA1=H ~BRANCH=feat ~PULL_REQUEST=https://github.com/acme/api/pull/7",
		"CIRCLECI=true ~PROJECT_USERNAME=acme ~PROJECT_REPONAME=api ~SHA1=H ~BRANCH=main",
		func(pull, _ *Run) {
			pull.BaseBranch, pull.Forge, pull.ForgeURL = "", "github", "https://github.com" // it does not say what the base is
		},
	},
	{
		"jenkins", "CHANGE_",
		"JENKINS_URL=https://j.acme/ GIT_URL=https://github.com/acme/api.git GIT_COMMIT=H GIT_BRANCH=PR-7 BRANCH_NAME=PR-7 ~ID=7 ~BRANCH=feat ~TARGET=main ~URL=https://github.com/acme/api/pull/7",
		"JENKINS_URL=https://j.acme/ GIT_URL=git@github.com:acme/api.git GIT_COMMIT=H GIT_BRANCH=origin/main BRANCH_NAME=main",
		func(pull, push *Run) {
			pull.Forge, push.Forge, pull.ForgeURL, push.ForgeURL = "github", "github", "https://github.com", "https://github.com"
		},
	},
	{
		"travis", "TRAVIS_",
		"TRAVIS=true ~REPO_SLUG=acme/api ~COMMIT=M ~PULL_REQUEST=7 ~PULL_REQUEST_SHA=H ~PULL_REQUEST_BRANCH=feat ~PULL_REQUEST_SLUG=acme/api ~BRANCH=main ~COMMIT_RANGE=B...H",
		"TRAVIS=true ~REPO_SLUG=acme/api ~COMMIT=H ~PULL_REQUEST=false ~PULL_REQUEST_SHA= ~PULL_REQUEST_BRANCH= ~BRANCH=main ~TAG=",
		func(pull, _ *Run) { pull.Tested, pull.BaseCommit = merge, base },
	},
	{
		"buildkite", "BUILDKITE_",
		"BUILDKITE=true ~REPO=git@github.com:acme/api.git ~COMMIT=H ~BRANCH=feat ~PULL_REQUEST=7 ~PULL_REQUEST_BASE_BRANCH=main ~PULL_REQUEST_REPO=git://github.com/acme/api.git",
		"BUILDKITE=true ~REPO=git@github.com:acme/api.git ~COMMIT=H ~BRANCH=main ~PULL_REQUEST=false ~PULL_REQUEST_BASE_BRANCH= ~TAG=",
		func(pull, push *Run) {
			pull.Forge, push.Forge, pull.ForgeURL, push.ForgeURL = "github", "github", "https://github.com", "https://github.com"
		},
	},
	{
		"appveyor", "APPVEYOR_",
		"APPVEYOR=True ~REPO_PROVIDER=gitHub ~REPO_NAME=acme/api ~REPO_COMMIT=M ~REPO_BRANCH=main ~PULL_REQUEST_NUMBER=7 ~PULL_REQUEST_HEAD_COMMIT=H ~PULL_REQUEST_HEAD_REPO_BRANCH=feat ~PULL_REQUEST_HEAD_REPO_NAME=acme/api",
		"APPVEYOR=true ~REPO_NAME=acme/api ~REPO_COMMIT=H ~REPO_BRANCH=main",
		func(pull, _ *Run) { pull.Tested, pull.Forge, pull.SecretsWithheld = merge, "github", true },
	},
	{
		"drone", "DRONE_",
		"DRONE=true CI_COMMIT_SHA=H ~REPO=acme/api ~COMMIT_SHA=H ~BRANCH=main ~SOURCE_BRANCH=feat ~TARGET_BRANCH=main ~PULL_REQUEST=7 ~BUILD_EVENT=pull_request",
		"DRONE=true ~REPO=acme/api ~COMMIT_SHA=H ~COMMIT_BEFORE=B ~BRANCH=main ~SOURCE_BRANCH=main ~BUILD_EVENT=push",
		func(_, push *Run) { push.BaseCommit, push.Event = base, "push" },
	},
	{
		"harness", "DRONE_",
		"HARNESS_BUILD_ID=9 DRONE=true ~REPO=api CI_REPO=acme/api ~COMMIT_SHA=H ~SOURCE_BRANCH=feat ~TARGET_BRANCH=main ~PULL_REQUEST=7",
		"HARNESS_BUILD_ID=9 DRONE=true CI_REPO=api ~REPO_LINK=https://github.com/acme/api ~COMMIT_SHA=H ~BRANCH=main ~PULL_REQUEST=<+trigger.prNumber>",
		func(_, push *Run) { push.Forge, push.ForgeURL = "github", "https://github.com" },
	},
	{
		"woodpecker", "CI_COMMIT_",
		"CI=woodpecker CI_REPO=acme/api CI_FORGE_TYPE=gitea ~SHA=H ~BRANCH=main ~SOURCE_BRANCH=feat ~TARGET_BRANCH=main ~PULL_REQUEST=7 CI_PIPELINE_EVENT=pull_request",
		"CI=woodpecker CI_REPO=acme/api ~SHA=H ~BRANCH=main CI_PIPELINE_EVENT=push",
		func(pull, push *Run) { pull.Forge, pull.SecretsWithheld, push.Event = "gitea", true, "push" },
	},
	{
		"codebuild", "CODEBUILD_",
		"~BUILD_ID=api:1 ~SOURCE_REPO_URL=https://github.com/acme/api.git ~RESOLVED_SOURCE_VERSION=H ~SOURCE_VERSION=H ~WEBHOOK_TRIGGER=pr/7 ~WEBHOOK_HEAD_REF=refs/heads/feat ~WEBHOOK_BASE_REF=refs/heads/main",
		"~BUILD_ID=api:2 ~SOURCE_REPO_URL=https://github.com/acme/api.git ~RESOLVED_SOURCE_VERSION=H ~WEBHOOK_TRIGGER=branch/main ~WEBHOOK_HEAD_REF=refs/heads/main",
		func(pull, push *Run) {
			pull.Forge, pull.ForgeURL, push.Forge, push.ForgeURL = "github", "https://github.com", "github", "https://github.com"
		},
	},
	{
		"google-cloud-build", "",
		"BUILDER_OUTPUT=/builder/outputs REPO_FULL_NAME=acme/api COMMIT_SHA=H _PR_NUMBER=7 _HEAD_BRANCH=feat _BASE_BRANCH=main BRANCH_NAME=feat _HEAD_REPO_URL=https://github.com/acme/api",
		"BUILDER_OUTPUT=/builder/outputs REPO_FULL_NAME=acme/api COMMIT_SHA=H BRANCH_NAME=main _PR_NUMBER=$_PR_NUMBER TAG_NAME=",
		func(pull, _ *Run) { pull.Forge, pull.ForgeURL = "github", "https://github.com" },
	},
	{
		"semaphore", "SEMAPHORE_GIT_",
		"SEMAPHORE=true ~REPO_SLUG=acme/api ~SHA=M ~PR_SHA=H ~PR_NUMBER=7 ~BRANCH=main ~WORKING_BRANCH=feat ~PR_SLUG=acme/api",
		"SEMAPHORE=true ~REPO_SLUG=acme/api ~SHA=H ~BRANCH=main ~WORKING_BRANCH=main",
		func(pull, _ *Run) { pull.Tested = merge },
	},
	{
		"codemagic", "CM_",
		"~BUILD_ID=1 ~REPO_SLUG=acme/api ~COMMIT=H ~PULL_REQUEST=true ~PULL_REQUEST_NUMBER=7 ~BRANCH=feat ~PULL_REQUEST_DEST=main",
		"~BUILD_ID=1 ~REPO_SLUG=acme/api ~COMMIT=H ~PULL_REQUEST=false ~BRANCH=main", nil,
	},
	{
		"cirrus", "CIRRUS_",
		"~CI=true CI=true ~REPO_FULL_NAME=acme/api ~CHANGE_IN_REPO=H ~PR=7 ~BRANCH=pull/7 ~BASE_BRANCH=main ~BASE_SHA=B",
		"~CI=true CI=true ~REPO_FULL_NAME=acme/api ~CHANGE_IN_REPO=H ~BRANCH=main",
		func(pull, _ *Run) { pull.Branch, pull.BaseCommit = "", base },
	},
	{
		"teamcity", "TEAMCITY_",
		"~VERSION=2025.03 BUILD_VCS_NUMBER=H ~REPOSITORY_URL=https://github.com/acme/api ~PULLREQUEST_NUMBER=7 ~PULLREQUEST_SOURCE_BRANCH=feat ~PULLREQUEST_TARGET_BRANCH=refs/heads/main",
		"~VERSION=2025.03 BUILD_VCS_NUMBER=H ~REPOSITORY_URL=https://github.com/acme/api ~BUILD_BRANCH=main ~PULLREQUEST_NUMBER=%teamcity.pullRequest.number%",
		func(pull, push *Run) {
			pull.Forge, pull.ForgeURL, push.Forge, push.ForgeURL = "github", "https://github.com", "github", "https://github.com"
		},
	},
	{
		"codefresh", "CF_",
		"~BUILD_ID=1 ~REPO_OWNER=acme ~REPO_NAME=api ~REVISION=H ~BRANCH=feat ~PULL_REQUEST_NUMBER=7 ~PULL_REQUEST_TARGET=main",
		"~BUILD_ID=1 ~REPO_OWNER=acme ~REPO_NAME=api ~REVISION=H ~BRANCH=main ~PULL_REQUEST_NUMBER=${{CF_PULL_REQUEST_NUMBER}}", nil,
	},
	{
		"bitrise", "BITRISE_",
		"~BUILD_SLUG=x BITRISEIO_GIT_REPOSITORY_OWNER=acme BITRISEIO_GIT_REPOSITORY_SLUG=api ~GIT_COMMIT=H ~GIT_BRANCH=feat BITRISEIO_GIT_BRANCH_DEST=main ~PULL_REQUEST=7",
		"~BUILD_SLUG=x BITRISEIO_GIT_REPOSITORY_OWNER=acme BITRISEIO_GIT_REPOSITORY_SLUG=api ~GIT_COMMIT=H ~GIT_BRANCH=main ~PULL_REQUEST=false",
		func(pull, _ *Run) { pull.SecretsWithheld = true },
	},
	{
		"screwdriver", "SD_",
		"SCREWDRIVER=true SCM_URL=git@github.com:acme/api.git#main ~BUILD_SHA=H ~PULL_REQUEST=7 PR_BRANCH_NAME=origin/feat PR_BASE_BRANCH_NAME=main",
		"SCREWDRIVER=true SCM_URL=https://github.com/acme/api.git ~BUILD_SHA=H ~PULL_REQUEST= GIT_BRANCH=origin/main",
		func(pull, push *Run) {
			pull.Forge, pull.ForgeURL, push.Forge, push.ForgeURL = "github", "https://github.com", "github", "https://github.com"
		},
	},
	{
		"prow", "PULL_",
		"PROW_JOB_ID=1 REPO_OWNER=acme REPO_NAME=api ~NUMBER=7 ~PULL_SHA=H ~HEAD_REF=feat ~BASE_REF=main ~BASE_SHA=B JOB_TYPE=presubmit",
		"PROW_JOB_ID=1 REPO_OWNER=acme REPO_NAME=api ~BASE_REF=main ~BASE_SHA=H JOB_TYPE=postsubmit",
		func(pull, push *Run) {
			pull.BaseCommit, pull.Event, push.Event = base, "presubmit", "postsubmit"
			pull.Forge, push.Forge = "github", "github"
		},
	},
	{
		"bamboo", "bamboo_",
		"~planKey=A ~planRepository_repositoryUrl=ssh://git@bitbucket.org/acme/api.git ~planRepository_revision=H ~repository_pr_key=7 ~planRepository_branchName=feat ~repository_pr_targetBranch=main",
		"~planKey=A ~planRepository_repositoryUrl=ssh://git@bitbucket.org/acme/api.git ~planRepository_revision=H ~planRepository_branchName=main",
		func(pull, push *Run) {
			pull.Forge, push.Forge, pull.ForgeURL, push.ForgeURL = "bitbucket", "bitbucket", "https://bitbucket.org", "https://bitbucket.org"
		},
	},
	{
		"netlify", "",
		"NETLIFY=true CI=true REPOSITORY_URL=https://x-access-token:ghs_secret@github.com/acme/api COMMIT_REF=H PULL_REQUEST=true REVIEW_ID=7 HEAD=feat BRANCH=pull/7/head",
		"NETLIFY=true CI=true REPOSITORY_URL=https://github.com/acme/api COMMIT_REF=H PULL_REQUEST=false HEAD=main BRANCH=main",
		func(pull, push *Run) {
			pull.BaseBranch = ""
			pull.Forge, pull.ForgeURL, push.Forge, push.ForgeURL = "github", "https://github.com", "github", "https://github.com"
		},
	},
	{
		"vercel", "VERCEL_GIT_",
		"VERCEL=1 CI=1 ~PROVIDER=github ~REPO_OWNER=acme ~REPO_SLUG=api ~COMMIT_SHA=H ~COMMIT_REF=feat ~PULL_REQUEST_ID=7",
		"VERCEL=1 CI=1 ~PROVIDER=github ~REPO_OWNER=acme ~REPO_SLUG=api ~COMMIT_SHA=H ~COMMIT_REF=main ~PULL_REQUEST_ID=",
		func(pull, push *Run) { pull.BaseBranch, pull.Forge, push.Forge = "", "github", "github" },
	},
	{
		"heroku-ci", "HEROKU_TEST_RUN_",
		"CI=true ~ID=1 ~COMMIT_VERSION=H ~BRANCH=feat HEROKU_PR_NUMBER=7", "CI=true ~ID=1 ~COMMIT_VERSION=H ~BRANCH=main",
		func(pull, push *Run) { pull.BaseBranch, pull.Repo, push.Repo = "", repo.Repo{}, repo.Repo{} },
	},
}

// environment writes out a captured environment.
func environment(text, prefix string) Source {
	text = strings.ReplaceAll(text, "~", prefix)
	words := strings.Fields(text)
	for i, w := range words {
		name, value, _ := strings.Cut(w, "=")
		switch value {
		case "H", "M", "B", "H12", "B...H":
			value = strings.NewReplacer("H12", head[:12], "H", head, "M", merge, "B", base).Replace(value)
		}
		words[i] = name + "=" + value
	}
	return source(strings.Join(words, "\n"), "")
}

func TestCapturedEnvironments(t *testing.T) {
	for _, c := range captured {
		pull := Run{System: System(c.system), Repo: repo.Repo{Owner: "acme", Name: "api"}, Commit: head, Branch: "feat", BaseBranch: "main", PullRequest: 7, Event: "pull_request"}
		push := Run{System: System(c.system), Repo: repo.Repo{Owner: "acme", Name: "api"}, Commit: head, Branch: "main"}
		if c.change != nil {
			c.change(&pull, &push)
		}
		for text, want := range map[string]Run{c.pull: pull, c.push: push} {
			got, err := Detect(context.Background(), environment(text, c.prefix))
			if err != nil {
				t.Fatal(err)
			}
			for field, origin := range got.Origin {
				if strings.ContainsAny(origin, "~% ") {
					t.Errorf("%s: %s was read from %q", c.system, field, origin)
				}
			}
			got.Origin = nil
			if diff := cmp.Diff(want, got); diff != "" {
				t.Errorf("%s, pull request %d:\n%s", c.system, want.PullRequest, diff)
			}
		}
	}
}

// TestEverySystemIsCaptured: a system in the table has an environment above,
// or is one that others test or that says next to nothing.
func TestEverySystemIsCaptured(t *testing.T) {
	tested := map[System]bool{GitHub: true, Gitea: true, Forgejo: true, Azure: true, "gocd": true, "sourcehut": true, "render": true}
	for _, c := range captured {
		tested[System(c.system)] = true
	}
	for _, e := range systems() {
		if !tested[e.name] {
			t.Errorf("%s has no captured environment", e.name)
		}
	}
}

func TestRecognition(t *testing.T) {
	for env, want := range map[string]System{
		"":                                    Git,
		"CI=false":                            Git,
		"CI=0":                                Git,
		"CI=true":                             Unknown,
		"CI=true GITLAB_CI=false":             Unknown, // gitlab-ci-local
		"GITHUB_ACTIONS=true BUILDKITE=true":  GitHub,  // a runner hosted by another CI
		"GITLAB_CI=true CODEBUILD_BUILD_ID=1": GitLab,
		"GITHUB_ACTIONS=true GITEA_ACTIONS=true FORGEJO_ACTIONS=true": Forgejo,
		"GITHUB_ACTIONS=true GITEA_ACTIONS=true":                      Gitea,
		"DRONE=true HARNESS_BUILD_ID=1":                               "harness",
		"CI=woodpecker CI_COMMIT_SHA=x":                               "woodpecker",
		"TF_BUILD=True":                                               Azure,
		"APPVEYOR=True":                                               "appveyor",
		"VERCEL=1":                                                    "vercel",
		"TRAVIS=$TRAVIS":                                              Git,
		"JENKINS_HOME=/var/jenkins":                                   "jenkins",
		"GO_PIPELINE_NAME=p GO_REVISION=x":                            "gocd",
		"CI_NAME=sourcehut":                                           "sourcehut",
		"RENDER=true":                                                 "render",
	} {
		if got := SystemOf(environment(env, "").Getenv); got != want {
			t.Errorf("%q is %s, want %s", env, got, want)
		}
	}
}

// TestForks: a branch called main of a fork is not main.
func TestForks(t *testing.T) {
	for name, tt := range map[string]struct{ env, owner, public string }{
		"circleci":  {"CIRCLECI=true CIRCLE_PROJECT_USERNAME=acme CIRCLE_PROJECT_REPONAME=api CIRCLE_SHA1=H CIRCLE_BRANCH=pull/7 CIRCLE_PR_NUMBER=7 CIRCLE_PR_USERNAME=robin CIRCLE_PR_REPONAME=api", "robin", ""},
		"jenkins":   {"JENKINS_URL=x CHANGE_URL=https://github.com/acme/api/pull/7 GIT_COMMIT=H CHANGE_ID=7 CHANGE_BRANCH=main CHANGE_FORK=robin", "robin", "robin:main"},
		"travis":    {"TRAVIS=true TRAVIS_REPO_SLUG=acme/api TRAVIS_PULL_REQUEST=7 TRAVIS_PULL_REQUEST_SHA=H TRAVIS_PULL_REQUEST_BRANCH=main TRAVIS_PULL_REQUEST_SLUG=robin/api TRAVIS_SECURE_ENV_VARS=false", "robin", "robin:main"},
		"buildkite": {"BUILDKITE=true BUILDKITE_REPO=https://github.com/acme/api BUILDKITE_COMMIT=H BUILDKITE_PULL_REQUEST=7 BUILDKITE_BRANCH=robin:main", "robin", "robin:main"},
		"appveyor":  {"APPVEYOR=true APPVEYOR_REPO_NAME=acme/api APPVEYOR_PULL_REQUEST_NUMBER=7 APPVEYOR_PULL_REQUEST_HEAD_COMMIT=H APPVEYOR_PULL_REQUEST_HEAD_REPO_BRANCH=main APPVEYOR_PULL_REQUEST_HEAD_REPO_NAME=robin/api", "robin", "robin:main"},
		"renamed":   {"TRAVIS=true TRAVIS_REPO_SLUG=acme/api TRAVIS_PULL_REQUEST=7 TRAVIS_PULL_REQUEST_SHA=H TRAVIS_PULL_REQUEST_BRANCH=main TRAVIS_PULL_REQUEST_SLUG=acme/api-fork", "acme", "acme:main"},
	} {
		run, err := Detect(context.Background(), environment(tt.env, ""))
		if err != nil || !run.FromFork || run.HeadOwner != tt.owner || run.PublicBranch() != tt.public {
			t.Errorf("%s: fork %v of %q, branch %q, told as %q, %v", name, run.FromFork, run.HeadOwner, run.Branch, run.PublicBranch(), err)
		}
		if name == "travis" != run.SecretsWithheld && name != "circleci" && name != "appveyor" {
			t.Errorf("%s: secrets withheld %v", name, run.SecretsWithheld)
		}
	}
}

// TestTheNineMistakes are what ci-systems.md names of the first five systems.
func TestTheNineMistakes(t *testing.T) {
	azure := "TF_BUILD=True SYSTEM_COLLECTIONURI=https://dev.azure.com/acme/ BUILD_SOURCEVERSION=H BUILD_BUILDID=12 "
	for name, tt := range map[string]struct {
		env  string
		want func(Run) bool
	}{
		"azure: a Git server elsewhere": {
			azure + "SYSTEM_TEAMPROJECT=p BUILD_REPOSITORY_PROVIDER=Git BUILD_REPOSITORY_NAME=api BUILD_REPOSITORY_URI=https://git.example/team/api.git",
			func(r Run) bool { return r.Forge == "" && r.FullName() == "team/api" },
		},
		"azure: a repository of another project": {
			azure + "SYSTEM_TEAMPROJECT=pipelines BUILD_REPOSITORY_PROVIDER=TfsGit BUILD_REPOSITORY_NAME=api BUILD_REPOSITORY_URI=https://acme@dev.azure.com/acme/Code/_git/api",
			func(r Run) bool { return r.FullName() == "acme/Code/api" },
		},
		"azure: the old address": {
			azure + "SYSTEM_TEAMPROJECT=pipelines BUILD_REPOSITORY_PROVIDER=TfsGit BUILD_REPOSITORY_NAME=api BUILD_REPOSITORY_URI=https://acme.visualstudio.com/DefaultCollection/Code/_git/api",
			func(r Run) bool { return r.FullName() == "acme/Code/api" },
		},
		"azure: a manual run of a pull request": {
			azure + "BUILD_REPOSITORY_PROVIDER=GitHub BUILD_REPOSITORY_NAME=acme/api BUILD_SOURCEBRANCH=refs/pull/7/merge",
			func(r Run) bool { return r.PullRequest == 7 && r.Branch == "" },
		},
		"azure: GitHub's number, not its id": {
			azure + "BUILD_REPOSITORY_PROVIDER=GitHub BUILD_REPOSITORY_NAME=acme/api SYSTEM_PULLREQUEST_PULLREQUESTID=998877 SYSTEM_PULLREQUEST_PULLREQUESTNUMBER=7",
			func(r Run) bool { return r.PullRequest == 7 },
		},
		"forgejo: the run's number in its address": {
			"FORGEJO_ACTIONS=true GITEA_ACTIONS=true GITHUB_ACTIONS=true GITHUB_SERVER_URL=https://forge.example/git/ GITHUB_REPOSITORY=acme/api GITHUB_SHA=H GITHUB_RUN_ID=900 GITHUB_RUN_NUMBER=5",
			func(r Run) bool { return r.RunURL == "https://forge.example/git/acme/api/actions/runs/5" },
		},
		"github: the attempt": {
			"GITHUB_ACTIONS=true GITHUB_SERVER_URL=https://github.com GITHUB_REPOSITORY=acme/api GITHUB_SHA=H GITHUB_RUN_ID=9 GITHUB_RUN_ATTEMPT=2",
			func(r Run) bool { return r.RunURL == "https://github.com/acme/api/actions/runs/9/attempts/2" },
		},
		"gitlab: a pull request of GitHub": {
			"GITLAB_CI=true CI_PROJECT_PATH=mirrors/api CI_SERVER_URL=https://gitlab.com CI_PIPELINE_SOURCE=external_pull_request_event CI_COMMIT_SHA=H CI_EXTERNAL_PULL_REQUEST_IID=7 CI_EXTERNAL_PULL_REQUEST_SOURCE_REPOSITORY=robin/api CI_EXTERNAL_PULL_REQUEST_TARGET_REPOSITORY=acme/api CI_EXTERNAL_PULL_REQUEST_SOURCE_BRANCH_NAME=feat CI_EXTERNAL_PULL_REQUEST_TARGET_BRANCH_NAME=main",
			func(r Run) bool {
				return r.Forge == "github" && r.ForgeURL == "" && r.FullName() == "acme/api" && r.PullRequest == 7 && r.FromFork && r.Branch == "feat" && r.BaseBranch == "main"
			},
		},
		"gitlab: a merge request of another project": {
			"GITLAB_CI=true CI_PROJECT_PATH=robin/api CI_COMMIT_SHA=H CI_COMMIT_BRANCH=feat CI_OPEN_MERGE_REQUESTS=acme/api!12",
			func(r Run) bool { return r.FullName() == "acme/api" && r.PullRequest == 12 && r.FromFork },
		},
		"gitlab: several merge requests": {
			"GITLAB_CI=true CI_PROJECT_PATH=acme/api CI_COMMIT_SHA=H CI_COMMIT_BRANCH=feat CI_OPEN_MERGE_REQUESTS=acme/api!12,acme/api!13",
			func(r Run) bool { return r.PullRequest == 0 && r.NoPullRequest.Reason != "" && r.Proposed() },
		},
		"gitlab: its own of several": {
			"GITLAB_CI=true CI_PROJECT_PATH=acme/api CI_COMMIT_SHA=H CI_COMMIT_BRANCH=feat CI_OPEN_MERGE_REQUESTS=other/api!12,acme/api!13",
			func(r Run) bool { return r.PullRequest == 13 && r.FullName() == "acme/api" },
		},
		"gitlab: a fork's, run in the project itself": {
			"GITLAB_CI=true CI_PROJECT_PATH=acme/api CI_COMMIT_SHA=H CI_MERGE_REQUEST_IID=7 CI_MERGE_REQUEST_PROJECT_PATH=acme/api CI_MERGE_REQUEST_SOURCE_PROJECT_PATH=robin/api CI_MERGE_REQUEST_SOURCE_BRANCH_NAME=main",
			func(r Run) bool { return r.FromFork && !r.SecretsWithheld && r.PublicBranch() == "robin:main" },
		},
		"bitbucket: a tag": {
			"BITBUCKET_BUILD_NUMBER=1 BITBUCKET_REPO_FULL_NAME=acme/api BITBUCKET_COMMIT=H BITBUCKET_TAG=v1",
			func(r Run) bool { return r.Branch == "" && r.PullRequest == 0 },
		},
	} {
		run, err := Detect(context.Background(), environment(tt.env, ""))
		if err != nil || !tt.want(run) {
			t.Errorf("%s: %+v, %v", name, run, err)
		}
	}
}

// TestSecretsWithheld: from whom GitHub withholds secrets depends on the event,
// the actor and where the head is.
func TestSecretsWithheld(t *testing.T) {
	pull := func(repo, base string) string {
		return `{"pull_request":{"number":7,"head":{"sha":"` + head + `","ref":"x","repo":{"full_name":"` + repo + `"}},"base":{"sha":"` + merge + `","ref":"` + base + `","repo":{"full_name":"acme/api"}}}}`
	}
	run := `{"workflow_run":{"event":"pull_request","head_sha":"` + head + `","head_branch":"x","repository":{"full_name":"acme/api"},"head_repository":{"full_name":"robin/api"},"pull_requests":[]}}`
	const bot = "dependabot[bot]"
	for _, tt := range []struct {
		event, actor, payload string
		want                  bool
	}{
		{"pull_request", "robin", pull("robin/api", "main"), true},
		{"pull_request", "robin", pull("acme/api", "main"), false},
		{"pull_request", bot, pull("acme/api", "main"), true},
		{"pull_request_review", "robin", pull("robin/api", "main"), true},
		{"pull_request_target", "robin", pull("robin/api", "main"), false},
		{"pull_request_target", bot, pull("acme/api", "main"), false},
		{"pull_request_target", bot, pull("acme/api", "dependabot/npm/x"), true},
		{"workflow_run", "robin", run, false},
		{"workflow_run", bot, run, false},
		{"schedule", bot, `{"schedule":"0 3 * * *"}`, false},
		{"workflow_dispatch", bot, `{}`, false},
		{"push", bot, `{"before":"` + base + `"}`, true},
		{"push", "robin", `{"before":"` + base + `"}`, false},
		{"deployment_status", bot, `{}`, true},
	} {
		got, err := Detect(context.Background(), source("GITHUB_ACTIONS=true\nGITHUB_REPOSITORY=acme/api\nGITHUB_SHA="+head+"\nGITHUB_EVENT_PATH=e\nGITHUB_EVENT_NAME="+tt.event+"\nGITHUB_ACTOR="+tt.actor, tt.payload))
		if err != nil || got.SecretsWithheld != tt.want {
			t.Errorf("%s by %s: withheld %v, want %v (%v)", tt.event, tt.actor, got.SecretsWithheld, tt.want, err)
		}
	}
}
