// Package service says what a token service is: a system that checks code and
// issues tokens. A service implements only the small interfaces it can honour;
// what it cannot do it does not implement, and the caller finds that out by
// assertion in one place.
package service

import (
	"context"
	"time"

	"github.com/gatewright/gatewright/internal/fault"
	"github.com/gatewright/gatewright/internal/repo"
)

// Target is the piece of work a CI run is about: a commit of a repository, and
// the pull request it belongs to, if any.
type Target struct {
	repo.Repo
	Commit      string // 40 hexadecimal digits, the head commit, never a merge commit
	FromFork    bool   // the commit comes from another repository than Repo
	Branch      string // "" if detached
	PullRequest int    // 0 outside a pull request
}

// MayBeCommit reports whether two names may be of one commit: either may be shortened,
// to seven digits, or not be known.
func MayBeCommit(a, b string) bool {
	n := min(len(a), len(b))
	return n == 0 || a == b || n >= 7 && a[:n] == b[:n]
}

// NeedRepository returns an error where no repository is known.
func NeedRepository(r repo.Repo) error {
	if r.Known() {
		return nil
	}
	return fault.WithHint(fault.Errorf(fault.Input, "the repository is not known"), "name it with --organization and --repository")
}

// NoForge is the error of a service, by its title, that does not know a forge:
// names is what --provider may be, forges what they are called.
func NoForge(title, forge, names, forges string) error {
	if forge == "" {
		return fault.WithHint(fault.Errorf(fault.Input, "%s needs to be told where the repository is hosted", title), "name it with --provider: %s", names)
	}
	return fault.WithHint(fault.Errorf(fault.Input, "%s does not work with repositories on %s", title, forge),
		"it supports %s; if the repository is mirrored there, name it with --provider, --organization and --repository", forges)
}

// Wait says how to wait for something that takes time at the service. The
// deadline is the context's: when it passes, the error is a fault.Timeout.
type Wait struct {
	Interval time.Duration // between polls; 0 is the service's own default
	Progress func(string)  // told in plain words what is being waited for; may be nil
}

// Tell reports progress if anybody listens.
func (w Wait) Tell(text string) {
	if w.Progress != nil {
		w.Progress(text)
	}
}

// KindError is a refusal that lies in the kind of token: the token may be good,
// and still its kind may not ask for this.
type KindError struct{ Err error }

func (e *KindError) Error() string { return e.Err.Error() }

// Unwrap returns the refusal itself.
func (e *KindError) Unwrap() error { return e.Err }

// Repository is a repository as the service knows it.
type Repository struct {
	repo.Repo
	Added bool // false: the service sees it but was never told to analyse it
}

// RepositoryAdder has a service analyse a repository from now on. One that it does
// already is no error.
type RepositoryAdder interface {
	AddRepository(ctx context.Context, s Scope) error
}

// RepositoryLister lists an organization's repositories at the service.
type RepositoryLister interface {
	Repositories(ctx context.Context, forge, owner string) ([]Repository, error)
}
