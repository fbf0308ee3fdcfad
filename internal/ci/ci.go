// Package ci tells what the CI system says about a run: which repository,
// which commit, which branch, which pull request; and it speaks to the CI in
// the CI's own way: masking, grouping, annotating, outputs, summaries.
package ci

import "github.com/gatewright/gatewright/internal/repo"

// System is a CI system.
type System string

// The systems that are recognised. Git is a plain checkout outside any CI.
const (
	GitHub    System = "github-actions"
	GitLab    System = "gitlab-ci"
	Azure     System = "azure-pipelines"
	Bitbucket System = "bitbucket-pipelines"
	Gitea     System = "gitea-actions"
	Git       System = "git"
)

// Run is what is known about the run. Empty fields are unknown.
type Run struct {
	System System `json:"system"`
	repo.Repo
	Commit      string `json:"commit"` // head commit; on a pull request never the merge commit
	BaseCommit  string `json:"baseCommit,omitempty"`
	Branch      string `json:"branch,omitempty"`
	BaseBranch  string `json:"baseBranch,omitempty"`
	PullRequest int    `json:"pullRequest,omitempty"`
	Event       string `json:"event,omitempty"` // the CI's own word
	FromFork    bool   `json:"fromFork,omitempty"`
	// SecretsWithheld says that the CI gives such a run no secrets: a pull
	// request from a fork, or one of GitHub's Dependabot.
	SecretsWithheld bool   `json:"secretsWithheld,omitempty"`
	Workspace       string `json:"workspace,omitempty"`
	RunURL          string `json:"runUrl,omitempty"`

	// Origin says for each field above where it was read: "GITHUB_SHA", "git".
	Origin map[string]string `json:"origin,omitempty"`
}
