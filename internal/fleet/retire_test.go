package fleet

import (
	"context"
	"path/filepath"
	"strings"
	"testing"

	"github.com/gatewright/gatewright/internal/forge"
)

// TestOldTokensStay changes the world between the plan and its execution, in
// every way that speaks against revoking: nothing may be revoked, and the
// report says why.
func TestOldTokensStay(t *testing.T) {
	for _, tt := range []struct {
		name   string
		change func(w *world)
		want   string
	}{
		{"the current token is gone", func(w *world) { w.tokens[len(w.tokens)-1].live = false }, "the current token is gone at the service"},
		{"the secret is gone", func(w *world) { clear(w.secrets) }, "no longer has the secret"},
		{"the secret is that of before", func(w *world) {
			for _, s := range w.secrets {
				s.updated = s.updated.Add(-30 * aDay)
			}
		}, "older than what was stored"},
	} {
		t.Run(tt.name, func(t *testing.T) {
			path := filepath.Join(t.TempDir(), "journal")
			w, f := scenario{"retire", func(*world) {}, []forge.Store{forge.Actions}, -1}.start(t, path)
			j := mustOpen(t, path)
			defer j.Close()
			plan := mustPlan(t, f, j.Session())
			tt.change(w)
			rep, err := f.Apply(context.Background(), w.session(j), plan, Options{Run: NewRun()})
			if err != nil || len(rep.Repositories) != 1 {
				t.Fatalf("%+v, %v", rep, err)
			}
			if notes := strings.Join(rep.Repositories[0].Notes, "; "); !strings.Contains(notes, "old tokens stay: ") || !strings.Contains(notes, tt.want) {
				t.Errorf("%s: %q", rep.Repositories[0].Reason, notes)
			}
			if w.calls["revoke"] > 0 {
				t.Errorf("%d tokens were revoked", w.calls["revoke"])
			}
		})
	}
}

// TestUnsafe asks while a newer token is under way, which no plan leads to.
func TestUnsafe(t *testing.T) {
	w := newWorld(t)
	cur := &token{id: "1"}
	s := &saga{f: w.fleet(forge.Actions), repo: w.repos[0], state: &repoState{current: cur, tokens: []*token{cur, {id: "2"}}}}
	if len(s.state.unfinished()) == 0 {
		t.Fatal("nothing is under way")
	}
	if why, err := s.unsafe(context.Background()); err != nil || !strings.Contains(why, "a newer token is still on its way") {
		t.Errorf("%q, %v", why, err)
	}
	cur.gone = true
	if why, _ := s.unsafe(context.Background()); !strings.Contains(why, "no token of ours is in place") {
		t.Errorf("%q", why)
	}
}
