// Package ci says what a run is about: the CI system, the repository, the
// commit, the branch, the pull request and its base, and how the checkout
// stands to them. Each is known, with where it was read, or missing, with the
// reason.
package ci

import (
	"cmp"

	"github.com/gatewright/gatewright/internal/repo"
)

// Missing is a fact that is not known: why, and what would make it known. The
// zero value means that nothing is missing.
type Missing struct {
	Reason string `json:"reason,omitempty"`
	Hint   string `json:"hint,omitempty"`
}

// Run is what is known about the run. Empty fields are unknown.
type Run struct {
	System System `json:"system"`
	repo.Repo
	Commit      string `json:"commit"` // head commit, in full; on a pull request never the merge commit
	BaseCommit  string `json:"baseCommit,omitempty"`
	Branch      string `json:"branch,omitempty"` // of the head repository, which may be a fork
	BaseBranch  string `json:"baseBranch,omitempty"`
	PullRequest int    `json:"pullRequest,omitempty"` // of the repository that Repo names
	MergeQueue  bool   `json:"mergeQueue,omitempty"`  // the commit is a group of a merge queue
	Event       string `json:"event,omitempty"`       // the CI's own word
	FromFork    bool   `json:"fromFork,omitempty"`
	// HeadOwner is the owner of the fork that the commit comes from; "" where
	// it is no fork's or the CI does not say.
	HeadOwner string `json:"headOwner,omitempty"`
	// SecretsWithheld says that the CI withholds secrets from such a run. Where
	// that is not certain it is false: a token that is missing is then a fault.
	SecretsWithheld bool   `json:"secretsWithheld,omitempty"`
	Workspace       string `json:"workspace,omitempty"`
	RunURL          string `json:"runUrl,omitempty"`

	// Tested is the commit that the CI checks out for a pull request in the
	// place of the head: the head merged with its base. "" if it is the head.
	Tested string `json:"tested,omitempty"`
	// BaseTip is the commit that started the run where that is the base's, as on
	// pull_request_target.
	BaseTip string `json:"-"`
	// RunID is the CI's id of this run, and OfRun that of the run it follows.
	RunID string `json:"runId,omitempty"`
	OfRun string `json:"ofRun,omitempty"`
	// Sought is the pull request that the run belongs to and only the forge can
	// name; nil where none is sought.
	Sought *Sought `json:"-"`
	// NoCommit, NoPullRequest say why the field is empty where it should not be.
	NoCommit      Missing `json:"noCommit,omitzero"`
	NoPullRequest Missing `json:"noPullRequest,omitzero"`

	Checkout Checkout `json:"checkout,omitzero"`

	// Doubts are what the user should know of the facts above.
	Doubts []string `json:"-"`

	// Origin says for each field above where it was read: "GITHUB_SHA", "git".
	Origin map[string]string `json:"origin,omitempty"`
}

// Sought is what is known of a pull request whose number or head is not.
type Sought struct {
	Number int    // 0 if it is sought by its head
	Owner  string // of the head repository
	Branch string // of the head
}

// Proposed reports whether the run is about a change that is proposed for a
// branch, or may be: then the lines it changes are a fact to be known.
func (r Run) Proposed() bool {
	return r.PullRequest > 0 || r.MergeQueue || r.NoPullRequest.Reason != ""
}

// Tree returns the commit whose files those of reports and findings are.
func (r Run) Tree() string { return cmp.Or(r.Checkout.Tree, r.Commit) }

// PublicBranch returns the branch as others may be told of it: that of a fork
// with its owner before it, as main of a fork is not main; "" where the owner
// of a fork is not known.
func (r Run) PublicBranch() string {
	switch {
	case !r.FromFork || r.Branch == "" || r.Origin["branch"] == "flag":
		return r.Branch
	case r.HeadOwner == "":
		return ""
	default:
		return r.HeadOwner + ":" + r.Branch
	}
}

// Pull is a pull request as the forge knows it.
type Pull struct {
	Number     int
	Head       string // commit
	HeadOwner  string // of the head repository; "" if that is gone
	HeadBranch string
	Base       string // commit
	BaseBranch string
}

// Found returns the run with the pull request that was sought. That a run's
// commit is no longer the head of a pull request makes it none of it.
// The source is the forge's name: what it says is shown like a variable.
func (r Run) Found(p Pull, source string) Run {
	if r.Commit != "" && r.Commit != p.Head {
		return r
	}
	r.Sought, r.NoPullRequest, r.NoCommit = nil, Missing{}, Missing{}
	r.PullRequest, r.Commit, r.Branch, r.HeadOwner = p.Number, p.Head, p.HeadBranch, p.HeadOwner
	r.BaseCommit, r.BaseBranch = p.Base, p.BaseBranch
	r.FromFork = r.FromFork || p.HeadOwner != r.Owner
	for _, field := range []string{"pullRequest", "commit", "branch", "baseCommit", "baseBranch"} {
		r.Origin[field] = source
	}
	return r
}
