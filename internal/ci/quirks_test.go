package ci

import (
	"context"
	"io/fs"
	"strings"
	"testing"

	"github.com/gatewright/gatewright/internal/git"
	"github.com/gatewright/gatewright/internal/git/gittest"
)

// TestPullRequestsOfSystems are runs of which a CI says more, or less, than a
// number.
func TestPullRequestsOfSystems(t *testing.T) {
	const (
		azure  = "TF_BUILD=True BUILD_SOURCEVERSION=H BUILD_REPOSITORY_PROVIDER=GitHub BUILD_REPOSITORY_NAME=acme/api BUILD_SOURCEBRANCH="
		aws    = "CODEBUILD_BUILD_ID=a:1 CODEBUILD_SOURCE_REPO_URL=https://github.com/acme/api CODEBUILD_RESOLVED_SOURCE_VERSION=H "
		circle = "CIRCLECI=true CIRCLE_PROJECT_USERNAME=acme CIRCLE_PROJECT_REPONAME=api CIRCLE_SHA1=H CIRCLE_PULL_REQUEST=https://github.com/acme/api/pull/7 "
	)
	for name, tt := range map[string]struct {
		env  string
		want func(Run) bool
	}{
		"azure, a branch": {azure + "refs/heads/fix/pr-7", func(r Run) bool { return r.PullRequest == 0 && r.Branch == "fix/pr-7" }},
		"azure, a tag":    {azure + "refs/tags/pr/7", func(r Run) bool { return r.PullRequest == 0 && r.Branch == "" }},
		"codebuild, a branch": {
			aws + "CODEBUILD_WEBHOOK_TRIGGER=branch/pull/7 CODEBUILD_WEBHOOK_HEAD_REF=refs/heads/pull/7",
			func(r Run) bool { return r.PullRequest == 0 },
		},
		"codebuild, a reference with its commit": {
			aws + "CODEBUILD_SOURCE_VERSION=refs/pull/7/head^{" + head + "}", func(r Run) bool { return r.PullRequest == 7 },
		},
		"codebuild, a fork's main": {
			aws + "CODEBUILD_WEBHOOK_TRIGGER=pr/7 CODEBUILD_WEBHOOK_HEAD_REF=refs/heads/main CODEBUILD_WEBHOOK_BASE_REF=refs/heads/main",
			func(r Run) bool { return r.PullRequest == 7 && r.FromFork && r.PublicBranch() == "" },
		},
		"circleci, several": {
			circle + "CIRCLE_BRANCH=feat CIRCLE_PULL_REQUESTS=https://github.com/acme/api/pull/7,https://github.com/acme/api/pull/9",
			func(r Run) bool { return r.PullRequest == 0 && r.Proposed() && r.NoPullRequest.Hint != "" },
		},
		"circleci, the merge": {
			circle + "CIRCLE_BRANCH=main CIRCLE_PULL_REQUESTS=https://github.com/acme/api/pull/7",
			func(r Run) bool { return r.PullRequest == 0 && !r.Proposed() && len(r.Doubts) == 1 },
		},
		"circleci, a fork's branch": {
			"CIRCLECI=true CIRCLE_PROJECT_USERNAME=acme CIRCLE_PROJECT_REPONAME=api CIRCLE_SHA1=H CIRCLE_BRANCH=pull/7",
			func(r Run) bool { return r.PullRequest == 7 && r.FromFork && r.SecretsWithheld && r.Branch == "" },
		},
		"jenkins, a detached head": {
			"JENKINS_URL=x GIT_COMMIT=H GIT_BRANCH=detached", func(r Run) bool { return r.Branch == "" && r.Commit == head },
		},
		"jenkins, a branch with all that git puts before it": {
			"JENKINS_URL=x GIT_COMMIT=H GIT_BRANCH=refs/remotes/origin/feat/x", func(r Run) bool { return r.Branch == "feat/x" },
		},
		"circleci at GitLab": {
			"CIRCLECI=true CIRCLE_PROJECT_USERNAME=org CIRCLE_PROJECT_REPONAME=api CIRCLE_SHA1=H CIRCLE_REPOSITORY_URL=git@gitlab.com:acme/api.git",
			func(r Run) bool { return r.FullName() == "acme/api" && r.Forge == "gitlab" },
		},
		"jenkins, the plugin for GitLab": {
			"JENKINS_URL=x GIT_URL=https://gitlab.com/robin/api GIT_COMMIT=M GIT_BRANCH=origin/feat gitlabMergeRequestIid=7 gitlabMergeRequestLastCommit=H gitlabSourceBranch=feat gitlabTargetBranch=main gitlabSourceRepoHttpUrl=https://gitlab.com/robin/api.git gitlabTargetRepoHttpUrl=https://gitlab.com/acme/api.git",
			func(r Run) bool {
				return r.PullRequest == 7 && r.FullName() == "acme/api" && r.Commit == head && r.Tested == merge && r.BaseBranch == "main" && r.PublicBranch() == "robin:feat"
			},
		},
		"prow, a batch": {
			"PROW_JOB_ID=1 JOB_TYPE=batch REPO_OWNER=acme REPO_NAME=api PULL_BASE_REF=main PULL_BASE_SHA=B",
			func(r Run) bool {
				return r.Commit == "" && r.MergeQueue && r.BaseCommit == base && r.BaseBranch == "main"
			},
		},
		"codefresh at Bitbucket": {
			"CF_BUILD_ID=1 CF_REPO_OWNER=acme CF_REPO_NAME=api CF_REVISION=H CF_PULL_REQUEST_ID=7", func(r Run) bool { return r.PullRequest == 7 },
		},
		"bitrise": {"BITRISE_IO=true BITRISE_GIT_COMMIT=H", func(r Run) bool { return r.System == "bitrise" && r.Commit == head }},
		"cloud build, nothing mapped": {
			"BUILDER_OUTPUT=/builder/outputs", func(r Run) bool { return r.Proposed() && r.NoPullRequest.Hint != "" },
		},
		"buildkite, an own server": {
			"BUILDKITE=true BUILDKITE_REPO=git@git.example:acme/api.git BUILDKITE_PIPELINE_PROVIDER=github_enterprise", func(r Run) bool { return r.Forge == "github" },
		},
		"buildkite, GitHub's merge queue": {
			"BUILDKITE=true BUILDKITE_REPO=git@github.com:acme/api.git BUILDKITE_COMMIT=M BUILDKITE_PULL_REQUEST=false BUILDKITE_BRANCH=gh-readonly-queue/release/1/pr-7-" + base,
			func(r Run) bool {
				return r.MergeQueue && r.BaseCommit == base && r.BaseBranch == "release/1" && r.PullRequest == 0
			},
		},
		"github, a merge queue without a payload": {
			"GITHUB_ACTIONS=true GITHUB_REPOSITORY=acme/api GITHUB_EVENT_NAME=merge_group GITHUB_SHA=M", func(r Run) bool { return r.Proposed() && r.Commit == merge },
		},
		"codebuild, a branch of digits by hand": {
			aws + "CODEBUILD_SOURCE_VERSION=2024", func(r Run) bool { return r.PullRequest == 0 && !r.Proposed() && r.Commit == head },
		},
		"codebuild, a pull request by hand": {
			aws + "CODEBUILD_SOURCE_VERSION=pr/7", func(r Run) bool { return r.PullRequest == 7 },
		},
		"teamcity, the default branch": {
			"TEAMCITY_VERSION=1 BUILD_VCS_NUMBER=H TEAMCITY_BUILD_BRANCH=<default>", func(r Run) bool { return r.Branch == "" && !r.Proposed() },
		},
		"teamcity, nothing mapped": {"TEAMCITY_VERSION=1 BUILD_VCS_NUMBER=H", func(r Run) bool { return r.Proposed() && r.NoPullRequest.Hint != "" }},
	} {
		run, err := Detect(context.Background(), environment(tt.env, ""))
		if err != nil || !tt.want(run) {
			t.Errorf("%s: %+v, %v", name, run, err)
		}
	}
}

func TestTeamCityParameters(t *testing.T) {
	const pull = `teamcity.build.branch=pull/7
teamcity.pullRequest.number=7
teamcity.pullRequest.source.branch=feat
teamcity.pullRequest.target.branch=refs/heads/main
`
	for text, want := range map[string]Run{
		pull:                           {PullRequest: 7, Branch: "feat", BaseBranch: "main"},
		"teamcity.build.branch=pull/7": {PullRequest: 7},
		"#a comment\nteamcity.build.branch=pr-7x\n":              {Branch: "pr-7x"},
		"vcsroot.branch=refs/heads/main\n":                       {Branch: "main"},
		"vcsroot.branch=main\nteamcity.build.branch=<default>\n": {Branch: "main"},
		"teamcity.build.branch=refs/merge-requests/9/head":       {PullRequest: 9},
	} {
		s := environment("TEAMCITY_VERSION=1 BUILD_VCS_NUMBER=H TEAMCITY_BUILD_PROPERTIES_FILE=build", "")
		s.ReadFile = func(name string) ([]byte, error) {
			switch name {
			case "build":
				return []byte("teamcity.configuration.properties.file=C\\:\\\\agent\\\\p\n"), nil
			case `C:\agent\p`:
				return []byte(text), nil
			}
			return nil, fs.ErrNotExist
		}
		got, err := Detect(context.Background(), s)
		if err != nil || got.PullRequest != want.PullRequest || got.Branch != want.Branch || got.BaseBranch != want.BaseBranch || got.NoPullRequest.Reason != "" {
			t.Errorf("%s: %+v, %v", text, got, err)
		}
	}
}

// TestMergeThatNoVariableNames: a scripted pipeline of Jenkins exports none of
// git's variables, and HEAD is the merge.
func TestMergeThatNoVariableNames(t *testing.T) {
	ctx := context.Background()
	r := gittest.New(t)
	r.Write("a", "1")
	r.Commit("base")
	r.Git("checkout", "-q", "-b", "feat")
	r.Write("b", "1")
	want := r.Commit("head")
	r.Git("checkout", "-q", "main")
	r.Write("c", "1")
	r.Commit("on main")
	r.Git("update-ref", "refs/remotes/origin/main", "main")
	r.Merge("feat", "main")
	repo, err := git.Open(ctx, r.Root)
	if err != nil {
		t.Fatal(err)
	}
	s := environment("JENKINS_URL=x BRANCH_NAME=PR-7 CHANGE_ID=7 CHANGE_BRANCH=feat CHANGE_TARGET=main", "")
	s.Repo = repo
	run, err := Detect(ctx, s)
	if err != nil || run.Commit != want || !strings.Contains(run.Origin["commit"], "parent") {
		t.Errorf("commit %s from %s, want %s (%v)", run.Commit, run.Origin["commit"], want, err)
	}

	// A manual run of Azure Pipelines names the merge that the forge made, and
	// no branch.
	r.Merge("main", "feat")
	s = environment("TF_BUILD=True BUILD_REPOSITORY_PROVIDER=GitHub BUILD_REPOSITORY_NAME=acme/api BUILD_SOURCEBRANCH=refs/pull/7/merge", "")
	s.Repo = r.Open()
	if run, err = Detect(ctx, s); err != nil || run.Commit != want {
		t.Errorf("commit %s from %s, want %s (%v)", run.Commit, run.Origin["commit"], want, err)
	}
}

// TestForkWithItsOwnMain: GitLab runs a fork's pipeline in the fork, whose main
// may hold a part of the change. What it lacks of the target counts all the same.
func TestForkWithItsOwnMain(t *testing.T) {
	r := gittest.New(t)
	r.Write("a", "1")
	base := r.Commit("base")
	r.Write("b", "1")
	r.Commit("on the fork's main")
	r.Git("update-ref", "refs/remotes/origin/main", "main")
	r.Git("remote", "add", "origin", "https://gitlab.com/robin/api.git")
	r.Git("checkout", "-qb", "feat")
	r.Write("c", "1")
	head := r.Commit("head")
	repo := r.Open()
	for env, want := range map[string]string{
		"CI_PROJECT_PATH=robin/api CI_MERGE_REQUEST_SOURCE_PROJECT_PATH=robin/api": base,
		"CI_PROJECT_PATH=acme/api CI_MERGE_REQUEST_SOURCE_PROJECT_PATH=acme/api":   r.Git("rev-parse", "main"),
	} {
		s := environment("GITLAB_CI=true CI_COMMIT_SHA="+head+" CI_MERGE_REQUEST_IID=7 CI_MERGE_REQUEST_PROJECT_PATH=acme/api CI_MERGE_REQUEST_SOURCE_BRANCH_NAME=feat CI_MERGE_REQUEST_TARGET_BRANCH_NAME=main CI_MERGE_REQUEST_DIFF_BASE_SHA="+base+" "+env, "")
		if got, err := detected(t, s, repo).Start(t.Context(), repo, ""); err != nil || got != want {
			t.Errorf("%s: the change begins at %.10s, want %.10s (%v)", env, got, want, err)
		}
	}
}

// TestOpenMergeRequestHasNoBase: the push before is not what the merge request
// leaves.
func TestOpenMergeRequestHasNoBase(t *testing.T) {
	run, err := Detect(context.Background(), environment("GITLAB_CI=true CI_PROJECT_PATH=acme/api CI_COMMIT_SHA=H CI_COMMIT_BRANCH=feat CI_COMMIT_BEFORE_SHA=B CI_OPEN_MERGE_REQUESTS=acme/api!7", ""))
	if err != nil || run.PullRequest != 7 || run.BaseCommit != "" || run.Origin["baseCommit"] != "" {
		t.Errorf("%+v, %v", run, err)
	}
}

// TestShownName: CircleCI's variable may hold the name that an organization shows.
func TestShownName(t *testing.T) {
	repo := gittest.New(t)
	repo.Write("a.go", "1\n")
	repo.Commit("a")
	for remote, want := range map[string]string{"git@github.com:acme-inc/api.git": "acme-inc/api", "/srv/api.git": "Acme/api"} {
		repo.Git("config", "remote.origin.url", remote)
		s := source("CIRCLECI=true\nCIRCLE_PROJECT_USERNAME=Acme\nCIRCLE_PROJECT_REPONAME=api\nCIRCLE_SHA1="+head, "")
		s.Repo = repo.Open()
		if run, err := Detect(context.Background(), s); err != nil || run.FullName() != want {
			t.Errorf("%s: %s, %v; want %s", remote, run.FullName(), err, want)
		}
	}
}
