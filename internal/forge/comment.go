package forge

import (
	"context"
	"strings"

	"github.com/gatewright/gatewright/internal/fault"
	"github.com/gatewright/gatewright/internal/rest"
)

// Note is one comment of ours.
type Note struct {
	ID     string
	Node   string // its name in the forge's other API; "" where it has none
	Text   string
	Folded bool   // somebody marked it as dealt with, as far as the list of comments says
	Author string // as Thread.Me names users; "" if it need not be looked at
}

// Thread is what Upsert needs of a pull request: the comments that carry our
// marker, and how to change them.
type Thread struct {
	Existing bool // make none where there is none

	Call rest.Caller
	Op   string
	Path string                // of all comments, to which a new one is posted
	One  func(n Note) string   // path of one; nil: its ID below Path
	Edit string                // method of a change
	Body func(text string) any // of a request that makes or changes one
	New  func(text string) any // of one that makes one; nil: as Body

	Ours   func(ctx context.Context) ([]Note, error) // oldest first
	Unfold func(ctx context.Context, n Note) error   // nil where the forge folds none; one that is not folded is no error
	// Me returns whom the token's comments are by, "" if the forge does not say:
	// then all count as ours. It is asked where a note has an author; nil where the
	// forge lets nobody change another's comment.
	Me func(ctx context.Context) (string, error)
}

// send sends a request about one comment, or about all.
func (t Thread) send(ctx context.Context, method, path string, body any) error {
	r := rest.Request{Op: t.Op, Method: method, Path: path, JSON: body}
	if method != rest.MethodPost {
		r.Repeat = rest.Always // the same text again changes nothing
	}
	_, err := t.Call(ctx, r, nil)
	return err
}

func (t Thread) create(ctx context.Context, text string) error {
	body := t.Body
	if t.New != nil {
		body = t.New
	}
	return t.send(ctx, rest.MethodPost, t.Path, body(text))
}

func (t Thread) one(n Note) string {
	if t.One != nil {
		return t.One(n)
	}
	return t.Path + rest.Path(n.ID)
}

// Upsert leaves exactly one comment of ours, with the text. Jobs may race:
// each looks again after it has made one, all agree on the oldest, and the
// others are deleted. A comment whose answer was lost is looked for, not made
// again. Anybody can write a comment with our marker: one by another author, where
// the forge says who we are, or that we may not change, is not ours, and stays: its
// author could rewrite it. What somebody folded as dealt with is shown again with its
// new text: a later failure would be hidden.
func Upsert(ctx context.Context, t Thread, text string) error {
	kept, extras, err := t.change(ctx, text)
	if err != nil {
		return err
	}
	for try := 0; !kept && !t.Existing; try++ {
		made := t.create(ctx, text)
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
		if err := rest.Gone(t.send(ctx, rest.MethodDelete, t.one(extra), nil)); err != nil && !forbidden(err) {
			return err
		}
	}
	return nil
}

// change sets the text of the oldest comment that may be changed, and returns
// the ones after it.
func (t Thread) change(ctx context.Context, text string) (kept bool, after []Note, err error) {
	ours, err := t.ours(ctx)
	if err != nil {
		return false, nil, err
	}
	for i, n := range ours {
		if n.Text != text {
			if err := t.send(ctx, t.Edit, t.one(n), t.Body(text)); forbidden(err) {
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

// ours returns the comments with our marker that are not known to be others'.
func (t Thread) ours(ctx context.Context) ([]Note, error) {
	notes, err := t.Ours(ctx)
	if err != nil || t.Me == nil {
		return notes, err
	}
	me, asked := "", false
	kept := notes[:0]
	for _, n := range notes {
		if n.Author != "" && !asked {
			if me, err = t.Me(ctx); err != nil {
				return nil, err
			}
			asked = true
		}
		if n.Author == "" || me == "" || strings.EqualFold(n.Author, me) {
			kept = append(kept, n)
		}
	}
	return kept, nil
}

// Unasked is Thread.Me's answer from a forge that may refuse to say who a token's
// user is: a refusal leaves it open.
func Unasked(me string, err error) (string, error) {
	if status := rest.Status(err); status == 401 || status == 403 || status == 404 {
		return "", nil
	}
	return me, err
}

// forbidden is the refusal of a change to somebody else's comment.
func forbidden(err error) bool { return rest.Status(err) == 403 && fault.Of(err) == fault.Auth }

// HiddenMarker is the line that distinguishes our comment from others: an HTML comment,
// which Markdown does not show.
func HiddenMarker(marker string) string {
	return "<!-- " + strings.ReplaceAll(marker, "--", "") + " -->"
}

// Marked puts the marker in front of a comment.
func Marked(marker, body string) string { return HiddenMarker(marker) + "\n" + body }

// HasMarker reports whether a comment is the one with the marker.
func HasMarker(marker, body string) bool {
	return strings.HasPrefix(strings.TrimSpace(body), HiddenMarker(marker))
}

// Shorten cuts a text to at most n characters, marking the cut.
func Shorten(text string, n int) string {
	runes := []rune(text)
	if len(runes) <= n {
		return text
	}
	return string(runes[:n-1]) + "…"
}
