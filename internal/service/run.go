package service

import (
	"context"
	"time"
)

// Run is one analysis that a service has made or is making.
type Run struct {
	ID          string     `json:"id"`
	PullRequest int        `json:"pullRequest,omitempty"`
	Commit      string     `json:"commit,omitempty"`
	CreatedAt   *time.Time `json:"createdAt,omitempty"`
	Status      string     `json:"status"`  // the service's own word
	Outcome     Outcome    `json:"outcome"` // Unknown while it may still change
	URL         string     `json:"url,omitempty"`
}

// RunLister lists the newest analyses of the target's repository, at most n.
type RunLister interface {
	Runs(ctx context.Context, t Target, n int) ([]Run, error)
}
