package forge

import (
	"context"
	"fmt"
	"iter"
	"strings"

	"github.com/gatewright/gatewright/internal/fault"
	"github.com/gatewright/gatewright/internal/rest"
)

// PullRequest names one pull request.
type PullRequest struct {
	Owner  string
	Repo   string
	Number int
	// Existing lets a Commenter change a comment that is there, and make none.
	Existing bool
}

// Commenter keeps one comment of ours on a pull request: found again by its
// hidden marker, changed in place, made if absent. Safe when jobs race.
type Commenter interface {
	Comment(ctx context.Context, pr PullRequest, marker, body string) error
}

// Head is the newest commit of a branch, perhaps in a fork.
type Head struct {
	Owner  string // of the repository that has the branch; "" is the base's own
	Branch string
	Commit string // "" is any
}

// PullRequestFinder finds the open pull request of a repository whose head is
// the branch and the commit. Without one the number is 0; several are an error.
type PullRequestFinder interface {
	FindPullRequest(ctx context.Context, owner, repo string, head Head) (number int, err error)
}

// Op is what a PullRequestFinder does, in words.
func (h Head) Op(owner, repo string) string {
	return fmt.Sprintf("look for the pull request of %s in %s/%s", h.Branch, owner, repo)
}

// Has reports whether the head may be this commit.
func (h Head) Has(commit string) bool { return h.Commit == "" || h.Commit == commit }

// Only returns the one number that pick takes of the pull requests, 0 of none. A
// branch may be proposed to several others: which of them a run is about, its head
// does not say.
func Only[T any](all iter.Seq2[T, error], head Head, pick func(T) (number int, ok bool)) (int, error) {
	found, err := rest.Collect(all, pick)
	switch {
	case err != nil || len(found) == 0:
		return 0, err
	case len(found) == 1:
		return found[0], nil
	}
	return 0, fault.WithHint(fault.Errorf(fault.Input, "several open pull requests have the head %s: %s", head.Branch, strings.Trim(fmt.Sprint(found), "[]")),
		"name the one that is meant with --pull-request")
}

// Pull is a pull request as the forge knows it.
type Pull struct {
	Number     int
	Open       bool
	Head       string // commit
	HeadOwner  string // owner of the repository that the head is in; "" if that was deleted
	HeadBranch string
	Base       string // commit
	BaseBranch string
}

// PullReader reads one pull request.
type PullReader interface {
	Pull(ctx context.Context, pr PullRequest) (Pull, error)
}
