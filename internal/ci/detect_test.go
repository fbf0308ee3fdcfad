package ci

import (
	"context"
	"io/fs"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"

	"github.com/gatewright/gatewright/internal/console"
	"github.com/gatewright/gatewright/internal/fault"
	"github.com/gatewright/gatewright/internal/git"
	"github.com/gatewright/gatewright/internal/git/gittest"
	"github.com/gatewright/gatewright/internal/repo"
)

const (
	head  = "1111111111111111111111111111111111111111"
	merge = "2222222222222222222222222222222222222222"
	base  = "3333333333333333333333333333333333333333"
)

func source(env, event string) Source {
	vars := map[string]string{}
	for line := range strings.SplitSeq(env, "\n") {
		if k, v, ok := strings.Cut(strings.TrimSpace(line), "="); ok {
			vars[k] = v
		}
	}
	return Source{
		Getenv: func(k string) string { return vars[k] },
		ReadFile: func(name string) ([]byte, error) {
			if event == "" {
				return nil, fs.ErrNotExist
			}
			return []byte(event), nil
		},
	}
}

// detected is the run of a source in a checkout, with which it is compared; repo may be nil.
func detected(t *testing.T, s Source, repo *git.Repo) Run {
	t.Helper()
	s.Repo = repo
	run, err := Detect(t.Context(), s)
	if err != nil {
		t.Fatal(err)
	}
	return run.Settle(t.Context(), repo, nil)
}

const githubEnv = "GITHUB_ACTIONS=true\nGITHUB_SERVER_URL=https://github.com\nGITHUB_REPOSITORY=acme/api\nGITHUB_RUN_ID=5\nGITHUB_EVENT_PATH=event.json\n"

func TestDetect(t *testing.T) {
	github := Run{System: GitHub, Repo: repo.Repo{Forge: "github", ForgeURL: "https://github.com", Owner: "acme", Name: "api"}, RunURL: "https://github.com/acme/api/actions/runs/5"}
	with := func(r Run, change func(*Run)) Run { change(&r); return r }
	tests := []struct {
		name, env, event string
		want             Run
	}{
		{
			"github push", githubEnv + "GITHUB_EVENT_NAME=push\nGITHUB_SHA=" + head + "\nGITHUB_REF_NAME=main\nGITHUB_REF_TYPE=branch",
			`{"before":"` + base + `"}`,
			with(github, func(r *Run) { r.Event, r.Commit, r.Branch, r.BaseCommit = "push", head, "main", base }),
		},
		{
			"github tag has no branch", githubEnv + "GITHUB_EVENT_NAME=push\nGITHUB_SHA=" + head + "\nGITHUB_REF_NAME=v1\nGITHUB_REF_TYPE=tag",
			`{"before":"0000000000000000000000000000000000000000"}`,
			with(github, func(r *Run) { r.Event, r.Commit = "push", head }),
		},
		{
			// Gitea wrote tags there (go-gitea/gitea#25816).
			"a tag whose kind is said in another word", githubEnv + "GITHUB_EVENT_NAME=push\nGITHUB_SHA=" + head + "\nGITHUB_REF=refs/tags/v1\nGITHUB_REF_NAME=v1\nGITHUB_REF_TYPE=tags",
			`{"before":"0000000000000000000000000000000000000000"}`,
			with(github, func(r *Run) { r.Event, r.Commit = "push", head }),
		},
		{
			"a branch called like a pull request", githubEnv + "GITHUB_EVENT_NAME=push\nGITHUB_SHA=" + head + "\nGITHUB_REF=refs/heads/PR-12\nGITHUB_REF_NAME=PR-12\nGITHUB_REF_TYPE=branch",
			`{"before":"` + base + `"}`,
			with(github, func(r *Run) { r.Event, r.Commit, r.Branch, r.BaseCommit = "push", head, "PR-12", base }),
		},
		{
			"github pull request: the head, not the merge commit",
			githubEnv + "GITHUB_EVENT_NAME=pull_request\nGITHUB_SHA=" + merge + "\nGITHUB_REF_NAME=7/merge\nGITHUB_HEAD_REF=feat",
			`{"number":7,"pull_request":{"number":7,"head":{"sha":"` + head + `","ref":"feat","repo":{"full_name":"acme/api"}},"base":{"sha":"` + base + `","ref":"main","repo":{"full_name":"acme/api"}}}}`,
			with(github, func(r *Run) {
				r.Event, r.Commit, r.Branch, r.BaseCommit, r.BaseBranch, r.PullRequest = "pull_request", head, "feat", base, "main", 7
			}),
		},
		{
			"github pull_request_target from a deleted fork",
			githubEnv + "GITHUB_EVENT_NAME=pull_request_target\nGITHUB_SHA=" + base + "\nGITHUB_REF_NAME=main",
			`{"pull_request":{"number":8,"head":{"sha":"` + head + `","ref":"feat","repo":null},"base":{"sha":"` + base + `","ref":"main","repo":{"full_name":"acme/api"}}}}`,
			with(github, func(r *Run) {
				r.Event, r.Commit, r.Branch, r.BaseCommit, r.BaseBranch, r.PullRequest, r.FromFork = "pull_request_target", head, "feat", base, "main", 8, true
			}),
		},
		{
			"github pull request of Dependabot",
			githubEnv + "GITHUB_EVENT_NAME=pull_request\nGITHUB_ACTOR=dependabot[bot]\nGITHUB_SHA=" + merge,
			`{"pull_request":{"number":8,"head":{"sha":"` + head + `","ref":"feat"},"base":{"sha":"` + base + `","ref":"main"}}}`,
			with(github, func(r *Run) {
				r.Event, r.Commit, r.Branch, r.BaseCommit, r.BaseBranch, r.PullRequest, r.SecretsWithheld = "pull_request", head, "feat", base, "main", 8, true
			}),
		},
		{
			"github workflow_run",
			githubEnv + "GITHUB_EVENT_NAME=workflow_run\nGITHUB_SHA=" + base + "\nGITHUB_REF_NAME=main",
			`{"workflow_run":{"head_sha":"` + head + `","head_branch":"feat","repository":{"full_name":"acme/api"},"head_repository":{"full_name":"robin/api"},"pull_requests":[{"number":9,"base":{"sha":"` + base + `","ref":"main"}}]}}`,
			with(github, func(r *Run) {
				r.Event, r.Commit, r.Branch, r.BaseCommit, r.BaseBranch, r.PullRequest, r.FromFork = "workflow_run", head, "feat", base, "main", 9, true
				r.HeadOwner = "robin"
			}),
		},
		{
			"github merge queue",
			githubEnv + "GITHUB_EVENT_NAME=merge_group\nGITHUB_SHA=" + merge,
			`{"merge_group":{"head_sha":"` + head + `","head_ref":"refs/heads/gh-readonly-queue/main/pr-7","base_sha":"` + base + `","base_ref":"refs/heads/main"}}`,
			with(github, func(r *Run) {
				r.Event, r.Commit, r.Branch, r.BaseCommit, r.BaseBranch = "merge_group", head, "gh-readonly-queue/main/pr-7", base, "main"
				r.MergeQueue = true
			}),
		},
		{
			"gitlab merged results",
			"GITLAB_CI=true CI_SERVER_URL=https://gitlab.example.com CI_PROJECT_PATH=acme/platform/api CI_COMMIT_SHA=M CI_MERGE_REQUEST_SOURCE_BRANCH_SHA=H CI_MERGE_REQUEST_SOURCE_BRANCH_NAME=feat CI_MERGE_REQUEST_TARGET_BRANCH_NAME=main CI_MERGE_REQUEST_DIFF_BASE_SHA=B CI_MERGE_REQUEST_IID=7 CI_MERGE_REQUEST_SOURCE_PROJECT_PATH=robin/api CI_MERGE_REQUEST_PROJECT_PATH=acme/platform/api CI_PIPELINE_SOURCE=merge_request_event", "",
			Run{System: GitLab, Repo: repo.Repo{Forge: "gitlab", ForgeURL: "https://gitlab.example.com", Owner: "acme/platform", Name: "api"}, Commit: head, BaseCommit: base, Branch: "feat", BaseBranch: "main", PullRequest: 7, Event: "merge_request_event", FromFork: true, HeadOwner: "robin"},
		},
		{
			"gitlab branch: an empty source SHA is unset",
			"GITLAB_CI=true CI_PROJECT_PATH=acme/api CI_COMMIT_SHA=H CI_MERGE_REQUEST_SOURCE_BRANCH_SHA= CI_COMMIT_BRANCH=feat CI_OPEN_MERGE_REQUESTS=acme/api!12", "",
			Run{System: GitLab, Repo: repo.Repo{Forge: "gitlab", Owner: "acme", Name: "api"}, Commit: head, Branch: "feat", PullRequest: 12},
		},
		{
			"azure repos pull request",
			"TF_BUILD=True SYSTEM_COLLECTIONURI=https://dev.azure.com/acme/ SYSTEM_TEAMPROJECT=Platform BUILD_REPOSITORY_NAME=api BUILD_REPOSITORY_PROVIDER=TfsGit BUILD_SOURCEVERSION=M SYSTEM_PULLREQUEST_SOURCECOMMITID=H SYSTEM_PULLREQUEST_SOURCEBRANCH=refs/heads/feat/x SYSTEM_PULLREQUEST_TARGETBRANCH=refs/heads/main SYSTEM_PULLREQUEST_PULLREQUESTID=7 BUILD_REASON=PullRequest BUILD_BUILDID=12", "",
			Run{System: Azure, Repo: repo.Repo{Forge: "azuredevops", ForgeURL: "https://dev.azure.com", Owner: "acme/Platform", Name: "api"}, Commit: head, Branch: "feat/x", BaseBranch: "main", PullRequest: 7, Event: "PullRequest", RunURL: "https://dev.azure.com/acme/Platform/_build/results?buildId=12"},
		},
		{
			"azure on a GitHub repository, unresolved macros",
			"TF_BUILD=True SYSTEM_COLLECTIONURI=https://acme.visualstudio.com/ BUILD_REPOSITORY_NAME=acme/api BUILD_REPOSITORY_PROVIDER=GitHub BUILD_REPOSITORY_URI=https://x@github.com/acme/api BUILD_SOURCEVERSION=H SYSTEM_PULLREQUEST_SOURCECOMMITID=$(System.PullRequest.SourceCommitId) BUILD_SOURCEBRANCH=refs/heads/main", "",
			Run{System: Azure, Repo: repo.Repo{Forge: "github", ForgeURL: "https://github.com", Owner: "acme", Name: "api"}, Commit: head, Branch: "main"},
		},
		{
			"bitbucket pull request",
			"CI=true BITBUCKET_BUILD_NUMBER=3 BITBUCKET_REPO_FULL_NAME=acme/api BITBUCKET_COMMIT=H BITBUCKET_BRANCH=feat BITBUCKET_PR_ID=7 BITBUCKET_PR_DESTINATION_BRANCH=main BITBUCKET_GIT_HTTP_ORIGIN=https://bitbucket.org/acme/api", "",
			Run{System: Bitbucket, Repo: repo.Repo{Forge: "bitbucket", ForgeURL: "https://bitbucket.org", Owner: "acme", Name: "api"}, Commit: head, Branch: "feat", BaseBranch: "main", PullRequest: 7, Event: "pull_request", RunURL: "https://bitbucket.org/acme/api/pipelines/results/3"},
		},
		{
			"gitea", "GITEA_ACTIONS=true\nGITHUB_ACTIONS=true\nGITHUB_REPOSITORY=acme/api\nGITHUB_EVENT_NAME=push\nGITHUB_SHA=" + head, "",
			Run{System: Gitea, Repo: repo.Repo{Forge: "gitea", Owner: "acme", Name: "api"}, Commit: head, Event: "push"},
		},
		{"nothing", "CI=false\nGITLAB_CI=\nGITHUB_ACTIONS= ", "", Run{System: Git}},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			s := environment(tt.env, "")
			s.ReadFile = source("", tt.event).ReadFile
			got, err := Detect(context.Background(), s)
			if err != nil {
				t.Fatal(err)
			}
			if diff := cmp.Diff(tt.want, got, cmpopts.IgnoreFields(Run{}, "Origin", "RunID", "BaseTip", "Tested", "Doubts")); diff != "" {
				t.Error(diff)
			}
		})
	}
}

func TestDetectRefusesABrokenEvent(t *testing.T) {
	for _, event := range []string{"", "{"} {
		_, err := Detect(context.Background(), source(githubEnv+"GITHUB_EVENT_NAME=pull_request\nGITHUB_SHA="+merge, event))
		if fault.Of(err) != fault.Input {
			t.Errorf("event %q: err = %v", event, err)
		}
	}
}

// TestDetectMergeCommit has no payload: the head is the merge's second parent.
func TestDetectMergeCommit(t *testing.T) {
	ctx := context.Background()
	made := gittest.New(t)
	made.Write("a", "a")
	made.Commit("a")
	made.Git("checkout", "-qb", "feat")
	made.Write("b", "b")
	want := made.Commit("b")
	made.Git("checkout", "-q", "main")
	made.Write("c", "c")
	made.Commit("c")
	made.Git("merge", "-q", "--no-ff", "-m", "merge", "feat")
	run, repo := made.Git, made.Open()

	s := source("GITHUB_ACTIONS=true\nGITHUB_EVENT_NAME=pull_request\nGITHUB_REF=refs/pull/7/merge\nGITHUB_SHA="+run("rev-parse", "HEAD"), "")
	s.Repo = repo
	got, err := Detect(ctx, s)
	if err != nil {
		t.Fatal(err)
	}
	if got.Commit != want || got.PullRequest != 7 {
		t.Errorf("commit %s, pull request %d; want %s, 7", got.Commit, got.PullRequest, want)
	}

	outside, err := Detect(ctx, Source{Getenv: func(string) string { return "" }, Repo: repo})
	if err != nil || outside.Branch != "main" || outside.System != Git || outside.Commit == "" {
		t.Errorf("plain checkout = %+v, %v", outside, err)
	}
}

func TestOverride(t *testing.T) {
	ctx := context.Background()
	r := Run{Repo: repo.Repo{Forge: "github", Owner: "acme", Name: "api"}, Commit: head, Branch: "main"}
	got, err := r.Override(ctx, Overrides{Forge: "GLE", Name: "other/sub/web", Commit: strings.ToUpper(base), Branch: "feat", PullRequest: 4}, nil)
	if err != nil {
		t.Fatal(err)
	}
	want := Run{Repo: repo.Repo{Forge: "gitlab", SelfHosted: true, Owner: "other/sub", Name: "web"}, Commit: base, Branch: "feat", PullRequest: 4}
	if diff := cmp.Diff(want, got, cmpopts.IgnoreFields(Run{}, "Origin")); diff != "" {
		t.Error(diff)
	}
	for _, bad := range []Overrides{{Forge: "svn"}, {Commit: "abc"}, {Owner: "a", Name: "b/c"}, {Name: "a/"}} {
		if _, err := r.Override(ctx, bad, nil); fault.Of(err) != fault.Input {
			t.Errorf("%+v: err = %v", bad, err)
		}
	}
}

// TestOverrideFromFork: a workflow that names its repository runs in forks too, where
// main is the fork's.
func TestOverrideFromFork(t *testing.T) {
	for _, tt := range []struct {
		of, forge string
		o         Overrides
		want      string
	}{
		{"robin/api", "github", Overrides{Name: "acme/api"}, "robin:main"},
		{"robin/api", "github", Overrides{Owner: "acme"}, "robin:main"},
		{"robin/api", "github", Overrides{Forge: "gh", Name: "acme/api"}, "robin:main"},
		{"robin/api", "github", Overrides{Name: "acme/api", Branch: "feat"}, "feat"},
		{"acme/api", "github", Overrides{Name: "Acme/API"}, "main"},
		{"acme/api", "github", Overrides{Name: "acme/web"}, "main"},
		{"mirrors/api", "gitlab", Overrides{Forge: "gh", Name: "acme/api"}, "main"},
		{"acme/sub/api", "gitlab", Overrides{Owner: "acme"}, "main"},
	} {
		owner, name, _ := cutLast(tt.of)
		got, err := Run{Repo: repo.Repo{Forge: tt.forge, Owner: owner, Name: name}, Branch: "main"}.Override(context.Background(), tt.o, nil)
		if err != nil || got.PublicBranch() != tt.want {
			t.Errorf("%s, %+v: %q, %v; want %q", tt.of, tt.o, got.PublicBranch(), err, tt.want)
		}
	}
}

// TestOverrideBranch: workflows hand on github.ref and github.ref_name as they
// are, which are references, and no branch on a pull request.
func TestOverrideBranch(t *testing.T) {
	ctx := context.Background()
	for said, want := range map[string]string{
		"feat": "feat", "refs/heads/feat": "feat", "refs/heads/pr/7": "pr/7",
		"refs/pull/7/merge": "robin:main", "7/merge": "robin:main", "refs/tags/v1": "robin:main",
		"main": "robin:main", // which is what the run is of: the fork's
	} {
		of := Run{Branch: "main", FromFork: true, HeadOwner: "robin"}
		if got, err := of.Override(ctx, Overrides{Branch: said}, nil); err != nil || got.PublicBranch() != want {
			t.Errorf("%q: %q, %v; want %q", said, got.PublicBranch(), err, want)
		}
	}
}

// TestDialect: systems that set GitHub's variables read its commands as well, or
// a token is in their logs and no step has an output.
func TestDialect(t *testing.T) {
	for _, e := range systems() {
		want := console.Plain
		switch {
		case e.prefix == "GITHUB_":
			want = console.Workflow
		case e.name == Azure:
			want = console.Logging
		case e.name == TeamCity:
			want = console.Messages
		}
		if got := e.name.Dialect(); got != want {
			t.Errorf("%s: %q, want %q", e.name, got, want)
		}
	}
}

// TestWorkflowRunOfDeletedFork: the head repository of a fork that is gone is
// null, and its main is not main.
func TestWorkflowRunOfDeletedFork(t *testing.T) {
	s := source("GITHUB_ACTIONS=true\nGITHUB_REPOSITORY=acme/api\nGITHUB_SHA="+base+"\nGITHUB_REF_NAME=main\nGITHUB_EVENT_NAME=workflow_run\nGITHUB_EVENT_PATH=event.json",
		`{"workflow_run":{"id":5,"event":"pull_request","head_sha":"`+head+`","head_branch":"main","repository":{"full_name":"acme/api"},"head_repository":null,"pull_requests":[]}}`)
	run, err := Detect(context.Background(), s)
	if err != nil || !run.FromFork || run.PublicBranch() != "" {
		t.Errorf("from a fork: %v, branch %q (%v)", run.FromFork, run.PublicBranch(), err)
	}
}

// TestDeletedForkOfGitea: its label is the branch alone, where GitHub's has the owner.
func TestDeletedForkOfGitea(t *testing.T) {
	for label, want := range map[string]string{"robin:main": "robin:main", "main": ""} {
		s := source("GITHUB_ACTIONS=true\nGITEA_ACTIONS=true\nGITHUB_REPOSITORY=acme/api\nGITHUB_SHA="+head+"\nGITHUB_EVENT_NAME=pull_request\nGITHUB_EVENT_PATH=event.json",
			`{"pull_request":{"number":7,"head":{"sha":"`+head+`","ref":"main","label":"`+label+`","repo":null},"base":{"sha":"`+base+`","ref":"main","repo":{"full_name":"acme/api"}}}}`)
		run, err := Detect(context.Background(), s)
		if err != nil || !run.FromFork || run.PublicBranch() != want {
			t.Errorf("%s: from a fork: %v, branch %q (%v), want %q", label, run.FromFork, run.PublicBranch(), err, want)
		}
	}
}
