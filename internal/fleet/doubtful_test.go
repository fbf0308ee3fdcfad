package fleet

import (
	"context"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/gatewright/gatewright/internal/forge"
)

// timeless is a forge that does not say when a secret was written.
type timeless struct{ simForge }

func (f timeless) Stat(ctx context.Context, ref forge.Ref) (forge.Stat, error) {
	st, err := f.simForge.Stat(ctx, ref)
	st.UpdatedAt = time.Time{}
	return st, err
}

func (w *world) alive() (n int) {
	for _, t := range w.tokens {
		if t.live {
			n++
		}
	}
	return n
}

// TestDoubtfulTokensFillNoLimit loses the answer of every write, night after
// night, at a forge that shows no times: the tokens that may have been written
// fill up what the service takes, and that is no dead end.
func TestDoubtfulTokensFillNoLimit(t *testing.T) {
	lose := func(call string) effect {
		if call == "put" {
			return lostBefore
		}
		return fine
	}
	open := func(t *testing.T) (*world, *Fleet, string) {
		w := newWorld(t)
		w.seals = false
		f := w.fleet(forge.Actions)
		f.Forge.Sealer, f.Forge.Stater, f.Service.Issue.Max = nil, timeless{simForge{w}}, 5
		return w, f, filepath.Join(shm(t), "j")
	}
	t.Run("nothing was ever stored", func(t *testing.T) {
		w, f, path := open(t)
		w.fault = lose
		for range 15 {
			_, _, _ = w.runOnce(f, path)
			if n := w.alive(); n > 5 {
				t.Fatalf("%d tokens", n)
			}
			w.now = w.now.Add(25 * time.Hour)
		}
		w.settleAll(f, path)
	})
	t.Run("one is in place", func(t *testing.T) {
		w, f, path := open(t)
		if _, err, _ := w.runOnce(f, path); err != nil {
			t.Fatal(err)
		}
		w.fault, f.Policy.Force = lose, true
		for range 8 {
			_, _, _ = w.runOnce(f, path)
			w.now = w.now.Add(25 * time.Hour)
		}
		w.fault, f.Policy.Force = nil, false
		p, err := f.Plan(context.Background(), mustRead(w, path), nil)
		if err != nil || p.Items[0].Action != OverLimit || !strings.Contains(p.Items[0].Hint, "fleet revoke acme/api") {
			t.Fatalf("%+v, %v; want over-limit, and the command that helps", p.Items[0], err)
		}
		if counts, err := w.command(t, f, path, "revoke"); err != nil || counts["rotated"] != 1 {
			t.Fatalf("%v, %v", counts, err)
		}
		f.Policy.Force = false
		w.settleAll(f, path)
	})
}
