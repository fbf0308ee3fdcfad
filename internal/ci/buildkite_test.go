package ci

import (
	"testing"

	"github.com/gatewright/gatewright/internal/git/gittest"
)

// TestBuildkiteJobs holds detection to what jobs of Buildkite's agent 3.78.0
// were given, run by its bootstrap: it checks the commit out, detached, and hands
// on what the build says. A build of a branch's tip says HEAD; only with the
// experiment resolve-commit-after-checkout does the agent say which commit that is.
func TestBuildkiteJobs(t *testing.T) {
	made := gittest.New(t)
	made.Write("a.go", "package a")
	base := made.Commit("a")
	made.Git("checkout", "-qb", "feat")
	made.Write("a.go", "package a // b")
	tip := made.Commit("b")
	const job = "BUILDKITE=true CI=true BUILDKITE_PIPELINE_PROVIDER=github BUILDKITE_PIPELINE_SLUG=api BUILDKITE_ORGANIZATION_SLUG=acme BUILDKITE_BUILD_NUMBER=5 " +
		"BUILDKITE_BUILD_URL=https://buildkite.com/acme/api/builds/5 BUILDKITE_JOB_ID=j BUILDKITE_REPO=git@github.com:acme/api.git "
	for name, tt := range map[string]struct {
		at, env string
		want    Run
	}{
		"a pull request": {
			tip, "BUILDKITE_BRANCH=feat BUILDKITE_COMMIT=" + tip + " BUILDKITE_PULL_REQUEST=7 BUILDKITE_PULL_REQUEST_BASE_BRANCH=main BUILDKITE_PULL_REQUEST_REPO=git://github.com/acme/api.git",
			Run{Commit: tip, Branch: "feat", BaseBranch: "main", PullRequest: 7},
		},
		"a fork's": {
			tip, "BUILDKITE_BRANCH=robin:feat BUILDKITE_COMMIT=" + tip + " BUILDKITE_PULL_REQUEST=8 BUILDKITE_PULL_REQUEST_BASE_BRANCH=main BUILDKITE_PULL_REQUEST_REPO=git://github.com/robin/api.git",
			Run{Commit: tip, Branch: "feat", BaseBranch: "main", PullRequest: 8, FromFork: true},
		},
		"a branch's tip":       {base, "BUILDKITE_BRANCH=main BUILDKITE_COMMIT=HEAD BUILDKITE_PULL_REQUEST=false", Run{Commit: base, Branch: "main"}},
		"a branch's tip, told": {base, "BUILDKITE_BRANCH=main BUILDKITE_COMMIT=" + base + " BUILDKITE_PULL_REQUEST=false", Run{Commit: base, Branch: "main"}},
		"a tag":                {base, "BUILDKITE_BRANCH=v1 BUILDKITE_TAG=v1 BUILDKITE_COMMIT=" + base + " BUILDKITE_PULL_REQUEST=false", Run{Commit: base}},
	} {
		made.Git("checkout", "-q", "--detach", tt.at)
		got := detected(t, environment(job+tt.env, ""), made.Open())
		if got.Owner+"/"+got.Name != "acme/api" || got.Forge != "github" || got.Commit != tt.want.Commit || got.Branch != tt.want.Branch ||
			got.BaseBranch != tt.want.BaseBranch || got.PullRequest != tt.want.PullRequest || got.FromFork != tt.want.FromFork || got.Checkout.Standing != Same {
			t.Errorf("%s: %+v", name, got)
		}
	}
	got := detected(t, environment(job+"BUILDKITE_BRANCH=main BUILDKITE_COMMIT=HEAD BUILDKITE_PULL_REQUEST=false", ""), nil)
	if got.Commit != "" || got.NoCommit.Reason == "" {
		t.Errorf("without a checkout the tip is %q; want none and the reason", got.Commit)
	}
}
