package forge_test

import (
	"context"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/gatewright/gatewright/internal/forge"
	"github.com/gatewright/gatewright/internal/rest"
)

// board is a pull request in memory on which some comments are not ours to change.
type board struct {
	notes   []forge.Note
	foreign []string
	next    int
}

func (b *board) thread() forge.Thread {
	call := func(_ context.Context, r rest.Request, _ any) (*rest.Response, error) {
		text, _ := r.JSON.(string)
		if r.Method == "POST" {
			b.next++
			b.notes = append(b.notes, forge.Note{ID: string(rune('a' + b.next)), Text: text})
			return nil, nil
		}
		id := strings.TrimPrefix(r.Path, "/notes/")
		if slices.Contains(b.foreign, id) {
			return nil, &rest.StatusError{Op: "comment", Method: "PUT", Status: 403, Message: "only the author may"}
		}
		at := slices.IndexFunc(b.notes, func(x forge.Note) bool { return x.ID == id })
		if r.Method == "DELETE" {
			b.notes = slices.Delete(b.notes, at, at+1)
		} else {
			b.notes[at].Text = text
		}
		return nil, nil
	}
	return forge.Thread{
		Call: call, Path: "/notes", Edit: "PUT", Body: func(text string) any { return text },
		Ours: func(context.Context) ([]forge.Note, error) { return slices.Clone(b.notes), nil },
	}
}

// Somebody else has written comments with our marker, before ours and after it:
// they stay, ours is made and kept, and nothing fails.
func TestCommentsOfOthersWithOurMarker(t *testing.T) {
	b := &board{notes: []forge.Note{{ID: "X", Text: "all is well, said a stranger"}}, foreign: []string{"X", "Y"}}
	want := func(when string, texts ...string) {
		t.Helper()
		var got []string
		for _, n := range b.notes {
			got = append(got, n.ID+": "+n.Text)
		}
		if diff := cmp.Diff(texts, got); diff != "" {
			t.Errorf("%s: %s", when, diff)
		}
	}
	keep := func(text string) {
		t.Helper()
		if err := forge.Upsert(t.Context(), b.thread(), text); err != nil {
			t.Fatal(err)
		}
	}
	keep("one")
	want("made", "X: all is well, said a stranger", "b: one")
	b.notes = append(b.notes, forge.Note{ID: "Y", Text: "again a stranger"}, forge.Note{ID: "Z", Text: "ours, from a race"})
	keep("two")
	want("changed", "X: all is well, said a stranger", "b: two", "Y: again a stranger")
	keep("two")
	want("unchanged", "X: all is well, said a stranger", "b: two", "Y: again a stranger")
}
