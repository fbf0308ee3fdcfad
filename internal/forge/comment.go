package forge

import (
	"context"

	"github.com/gatewright/gatewright/internal/fault"
	"github.com/gatewright/gatewright/internal/rest"
)

// Note is one comment of ours.
type Note struct {
	ID     string
	Node   string // its name in the forge's other API; "" where it has none
	Text   string
	Folded bool // somebody marked it as dealt with, as far as the list of comments says
}

// Thread is what Upsert needs of a pull request: the comments that carry our
// marker, and how to change them.
type Thread struct {
	Existing bool // make none where there is none

	Ours   func(ctx context.Context) ([]Note, error) // oldest first
	Create func(ctx context.Context, text string) error
	Edit   func(ctx context.Context, n Note, text string) error
	Delete func(ctx context.Context, n Note) error // one that is gone is no error
	Unfold func(ctx context.Context, n Note) error // nil where the forge folds none; one that is not folded is no error
}

// Upsert leaves exactly one comment of ours, with the text. Jobs may race:
// each looks again after it has made one, all agree on the oldest, and the
// others are deleted. A comment whose answer was lost is looked for, not made
// again. Anybody can write a comment with our marker: one that we may not
// change is not ours, and stays. What somebody folded as dealt with is shown
// again with its new text: a later failure would be hidden.
func Upsert(ctx context.Context, t Thread, text string) error {
	kept, extras, err := t.change(ctx, text)
	if err != nil {
		return err
	}
	for try := 0; !kept && !t.Existing; try++ {
		made := t.Create(ctx, text)
		if made != nil && (try > 0 || !rest.Ambiguous(made)) {
			return made
		}
		if kept, extras, err = t.change(ctx, text); err != nil {
			return err
		}
		if made == nil {
			break // the forge has it, though its listing may lag behind
		}
	}
	for _, extra := range extras {
		if err := t.Delete(ctx, extra); err != nil && !forbidden(err) {
			return err
		}
	}
	return nil
}

// change sets the text of the oldest comment that may be changed, and returns
// the ones after it.
func (t Thread) change(ctx context.Context, text string) (kept bool, after []Note, err error) {
	ours, err := t.Ours(ctx)
	if err != nil {
		return false, nil, err
	}
	for i, n := range ours {
		if n.Text != text {
			if err := t.Edit(ctx, n, text); forbidden(err) {
				continue
			} else if err != nil {
				return false, nil, err
			}
			if t.Unfold != nil && !t.Existing {
				if err := t.Unfold(ctx, n); err != nil {
					return false, nil, err
				}
			}
		}
		return true, ours[i+1:], nil
	}
	return false, nil, nil
}

// forbidden is the refusal of a change to somebody else's comment.
func forbidden(err error) bool { return rest.Status(err) == 403 && fault.Of(err) == fault.Auth }
