package forge

import (
	"context"
	"errors"
	"fmt"
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

// FirstOpen returns the first run that pick takes of the first page of those that
// have not ended, nil if it takes none. That more follow is an error: while another
// page is asked for runs end, and those behind them move to pages that were read.
func FirstOpen[T any](rows []T, more bool, op string, pick func(T) (r Run, ok bool)) (*Run, error) {
	for _, row := range rows {
		if r, ok := pick(row); ok {
			return &r, nil
		}
	}
	if more {
		return nil, fault.Errorf(fault.Service, "%s: more than %d have not ended", op, len(rows))
	}
	return nil, nil
}

// RunsNotListed returns the error for a place whose readers are not all listed.
func RunsNotListed(ref Ref) error {
	return fmt.Errorf("what reads %s is not all listed as runs: %w", ref, errors.ErrUnsupported)
}
