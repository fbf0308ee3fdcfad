package forge

import (
	"context"
	"errors"
	"fmt"
	"iter"
	"time"

	"github.com/gatewright/gatewright/internal/fault"
)

// Run is a CI run, or a job of one, that has not ended.
type Run struct {
	ID       string    // as people find it
	State    string    // the forge's word
	QueuedAt time.Time // zero where the forge does not say
}

// String names the run for people.
func (r Run) String() string {
	s := fmt.Sprintf("run %s is %s", r.ID, r.State)
	if !r.QueuedAt.IsZero() {
		s += " since " + r.QueuedAt.UTC().Format("2006-01-02 15:04")
	}
	return s
}

// RunFinder finds a CI run that began before a time, has not ended, and may read
// the secret that ref names: it may still hold what the secret was then. It
// returns nil if there is none. Where the forge does not list all that reads such
// a place the error is errors.ErrUnsupported.
type RunFinder interface {
	OpenRun(ctx context.Context, ref Ref, before time.Time) (*Run, error)
}

// FirstOpen returns the first run that pick takes of a list of those that have
// not ended, nil if it takes none. It is an error that there are more than most:
// of a run that was not looked at nobody knows when it began.
func FirstOpen[T any](list iter.Seq2[T, error], op string, most int, pick func(T) (r Run, ok bool)) (*Run, error) {
	seen := 0
	for row, err := range list {
		if err != nil {
			return nil, err
		}
		if r, ok := pick(row); ok {
			return &r, nil
		}
		if seen++; seen > most {
			return nil, fault.Errorf(fault.Service, "%s: more than %d have not ended", op, most)
		}
	}
	return nil, nil
}

// RunsNotListed returns the error for a place whose readers are not all listed.
func RunsNotListed(ref Ref) error {
	return fmt.Errorf("what reads %s is not all listed as runs: %w", ref, errors.ErrUnsupported)
}
