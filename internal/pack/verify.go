package pack

import (
	"cmp"
	"errors"
	"fmt"
	"strings"

	"github.com/gatewright/gatewright/internal/ci"
	"github.com/gatewright/gatewright/internal/fault"
	"github.com/gatewright/gatewright/internal/git"
)

// idLetters are those of the ids that CIs give their runs.
const idLetters = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789._:-"

func (r Run) check() error {
	switch {
	case !git.IsID(r.Commit):
		return fmt.Errorf("its commit is %.80q", r.Commit)
	case r.PullRequest < 0, len(r.ID) > 200 || strings.Trim(r.ID, idLetters) != "", len(r.System) > 40:
		return errors.New("it does not name its run")
	case len(r.Repository) > 1000:
		return errors.New("its repository has a name too long")
	}
	return nil
}

// RunOf returns what a pack says of a run.
func RunOf(run ci.Run) Run {
	return Run{System: run.System, Repository: run.FullName(), Commit: run.Commit, PullRequest: run.PullRequest, ID: run.RunID}
}

// Verify compares what the pack says with the run that uses it, whose facts are
// those of the event and of the forge: the pack must be of the run that this
// one follows (or of the same), of its commit, and of its pull request.
func (p Pack) Verify(run ci.Run) error {
	of := cmp.Or(run.OfRun, run.RunID)
	differ := func(what, its, ours string) error {
		return fault.WithHint(fault.Errorf(fault.Input, "the pack is of %s %.80s, and this run is about %.80s", what, its, ours),
			"download the artifact of the very run that started this one: run-id: ${{ github.event.workflow_run.id }}")
	}
	switch {
	case run.Commit == "":
		return fault.WithHint(fault.Errorf(fault.Input, "no commit to compare the pack with: %s", run.NoCommit.Reason), "%s", run.NoCommit.Hint)
	case p.Run.Commit != run.Commit:
		return differ("commit", p.Run.Commit, run.Commit)
	// Forges take the name of a repository in any case.
	case run.Known() && !strings.EqualFold(p.Run.Repository, run.FullName()):
		return differ("repository", p.Run.Repository, run.FullName())
	// The ids of two CIs are not comparable.
	case of != "" && p.Run.ID != of && !(run.OfRun == "" && p.Run.System != run.System):
		return differ("run", p.Run.ID, of)
	case run.PullRequest > 0 && p.Run.PullRequest > 0 && p.Run.PullRequest != run.PullRequest:
		return differ("pull request", fmt.Sprint(p.Run.PullRequest), fmt.Sprint(run.PullRequest))
	}
	return nil
}
