package forge

import (
	"context"

	"github.com/gatewright/gatewright/internal/rest"
)

// Note is one comment of ours.
type Note struct {
	ID   string
	Text string
}

// Thread is what KeepOne needs of a pull request: the comments that carry our
// marker, and how to change them.
type Thread struct {
	Ours   func(ctx context.Context) ([]Note, error) // oldest first
	Create func(ctx context.Context, text string) error
	Edit   func(ctx context.Context, n Note, text string) error
	Delete func(ctx context.Context, n Note) error // one that is gone is no error
}

// KeepOne leaves exactly one comment of ours, with the text. Jobs may race:
// each looks again after it has made one, all agree on the oldest, and the
// others are deleted. A comment whose answer was lost is looked for, not made
// again.
func KeepOne(ctx context.Context, t Thread, text string) error {
	ours, err := t.Ours(ctx)
	if err != nil {
		return err
	}
	for try := 0; len(ours) == 0; try++ {
		made := t.Create(ctx, text)
		if made != nil && (try > 0 || !rest.Ambiguous(made)) {
			return made
		}
		if ours, err = t.Ours(ctx); err != nil {
			return err
		}
		if made == nil && len(ours) == 0 {
			return nil // the forge's listing lags behind; it said that it has it
		}
	}
	if ours[0].Text != text {
		if err := t.Edit(ctx, ours[0], text); err != nil {
			return err
		}
	}
	for _, extra := range ours[1:] {
		if err := t.Delete(ctx, extra); err != nil {
			return err
		}
	}
	return nil
}
