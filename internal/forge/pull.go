package forge

import "context"

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
