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
	var steps []Step
	for _, ref := range refs {
		ref.Name = name
		if err := f.CanWrite(ctx, ref); err != nil {
			return nil, err
		}
		change, err := f.Plan(ctx, ref)
		if err != nil {
			return nil, err
		}
		s := Step{ref: ref, Name: name, Place: ref.String(), Store: ref.Store, Change: change}
		if change != Create {
			stat, err := f.Stat(ctx, ref)
			if err != nil && !errors.Is(err, fs.ErrNotExist) {
				return nil, err
			}
			s.Ours, s.Note = stat.Ours, stat.Note
		}
		steps = append(steps, s)
	}
	return steps, nil
}

// PlanDelete looks at every place before anything is deleted from one of them.
func (f Forge) PlanDelete(ctx context.Context, refs []Ref, name string) ([]Step, error) {
	var steps []Step
	for _, ref := range refs {
		ref.Name = name
		stat, err := f.Stat(ctx, ref)
		s := Step{ref: ref, Name: name, Place: ref.String(), Store: ref.Store, Change: Remove, Ours: stat.Ours}
		switch {
		case errors.Is(err, fs.ErrNotExist):
			s.Change, s.Result = None, "absent"
		case err != nil:
			return nil, err
		}
		steps = append(steps, s)
	}
	return steps, nil
}

// Put writes the value where the step says.
func (s *Step) Put(ctx context.Context, by Secrets, value secret.Value) error {
	written, err := by.Put(ctx, s.ref, value)
	if err != nil {
		return err
	}
	s.Result = "replaced"
	if written == Created {
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
