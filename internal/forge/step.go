package forge

import (
	"context"
	"errors"
	"fmt"
	"io/fs"

	"github.com/gatewright/gatewright/internal/secret"
)

// Step is what is done with one secret in one place, and what came of it.
type Step struct {
	ref    Ref
	Name   string `json:"name"`
	Place  string `json:"place"`
	Store  Store  `json:"store"`
	Change Change `json:"change"`
	Ours   bool   `json:"ours"`             // what is there carries this tool's mark
	Result string `json:"result,omitempty"` // "" until it is done
	Note   string `json:"note,omitempty"`   // who does not see it
	Error  string `json:"error,omitempty"`
}

// Changes of a deletion; writing has those of Planner.
const (
	Remove Change = "delete"
	None   Change = "none" // it is not there
)

// PlanPut looks at every place before anything is written to one of them.
func (f Forge) PlanPut(ctx context.Context, refs []Ref, name string) ([]Step, error) {
	return steps(refs, name, func(s *Step) (err error) {
		if err = f.CanWrite(ctx, s.ref); err != nil {
			return err
		}
		if s.Change, err = f.Plan(ctx, s.ref); err != nil || s.Change == Create {
			return err
		}
		stat, err := f.Stat(ctx, s.ref)
		s.Ours, s.Note = stat.Ours, stat.Note
		if errors.Is(err, fs.ErrNotExist) { // deleted in between
			return nil
		}
		return err
	})
}

// PlanDelete looks at every place before anything is deleted from one of them.
func (f Forge) PlanDelete(ctx context.Context, refs []Ref, name string) ([]Step, error) {
	return steps(refs, name, func(s *Step) error {
		stat, err := f.Stat(ctx, s.ref)
		s.Change, s.Ours = Remove, stat.Ours
		if errors.Is(err, fs.ErrNotExist) {
			s.Change, s.Result = None, "absent"
			return nil
		}
		return err
	})
}

// steps makes a step for each place, with what look finds there.
func steps(refs []Ref, name string, look func(*Step) error) ([]Step, error) {
	var all []Step
	for _, ref := range refs {
		ref.Name = name
		s := Step{ref: ref, Name: name, Place: ref.String(), Store: ref.Store}
		if err := look(&s); err != nil {
			return nil, err
		}
		all = append(all, s)
	}
	return all, nil
}

// Put writes the value where the step says.
func (s *Step) Put(ctx context.Context, by Secrets, value secret.Value) error {
	written, err := by.Put(ctx, s.ref, value)
	if err != nil {
		return err
	}
	s.Result = "replaced"
	if written == Created || written == 0 && s.Change == Create {
		s.Result = "created"
	}
	return nil
}

// Delete deletes the secret, if it is there.
func (s *Step) Delete(ctx context.Context, by Secrets) error {
	if s.Change == None {
		return nil
	}
	if err := by.Delete(ctx, s.ref); err != nil {
		return err
	}
	s.Result = "deleted"
	return nil
}

// Loss says what a step may destroy that this tool is not known to have written,
// or leaves undone for a moment; "" if nothing.
func (s Step) Loss() string {
	switch {
	case s.Change == Recreate:
		return fmt.Sprintf("delete %s in %s and make it anew, so that jobs that start in between find none", s.Name, s.Place)
	case s.Change == Replace && !s.Ours:
		return fmt.Sprintf("replace %s in %s, which may be somebody else's", s.Name, s.Place)
	}
	return ""
}

// String says what was done, or what would be.
func (s Step) String() string {
	text := s.Result
	if text == "" {
		text = "would " + string(s.Change)
		switch {
		case s.Change == Recreate:
			text += " (delete, then create: a gap)"
		case (s.Change == Replace || s.Change == Remove) && !s.Ours:
			text += " (not known to be this tool's)"
		}
	}
	return fmt.Sprintf("%s %s in %s", text, s.Name, s.Place)
}
