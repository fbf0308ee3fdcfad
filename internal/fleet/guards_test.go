package fleet

import (
	"context"
	"strings"
	"testing"
	"time"
)

// TestRetireGuards holds each of the reasons for which an old token stays alive
// although its grace is over: what it says, and that nothing is revoked.
func TestRetireGuards(t *testing.T) {
	for _, tt := range []struct {
		name, says string
		change     func(w *world, f *Fleet, path string)
	}{
		{"nothing speaks against it", "", func(*world, *Fleet, string) {}},
		{"a newer token is on its way", "a newer token is still on its way", func(w *world, f *Fleet, path string) {
			w.seals = false
			f.Forge.Sealer, f.Policy.Force = nil, true
			w.fault = func(call string) effect {
				if call == "put" {
					return lostAfter
				}
				return fine
			}
			w.runOnce(f, path)
			w.fault, f.Policy.Force = nil, false
		}},
		{"the current token is gone", "the current token is gone at the service", func(w *world, _ *Fleet, _ string) {
			for _, tok := range w.tokens {
				if tok.ID == "2" {
					tok.live = false
				}
			}
		}},
		{"the secret is gone", "no longer has the secret", func(w *world, _ *Fleet, _ string) { delete(w.secrets, "1/actions") }},
		{"somebody changed the secret", "was changed at", func(w *world, _ *Fleet, _ string) {
			w.secrets["1/actions"].value, w.secrets["1/actions"].updated = "by-hand", w.now
		}},
		{"another machine was at work", "another run made token", func(w *world, f *Fleet, path string) {
			f.Policy.Force = true
			w.runOnce(f, path+"-other")
			f.Policy.Force = false
		}},
	} {
		t.Run(tt.name, func(t *testing.T) {
			w := newWorld(t)
			f := w.fleet("actions")
			path := shm(t) + "/j"
			for range 2 {
				if _, err, _ := w.runOnce(f, path); err != nil {
					t.Fatal(err)
				}
				f.Policy.Force = true // the second run rotates
				w.now = w.now.Add(time.Hour)
			}
			f.Policy.Force = false
			w.now = w.now.Add(w.grace + time.Hour)
			tt.change(w, f, path)
			w.now = w.now.Add(time.Hour)
			j := mustOpen(t, path)
			defer j.Close()
			p := mustPlan(t, f, w.session(j))
			r, err := f.Sweep(context.Background(), w.session(j), p, Options{Run: NewRun()})
			if err != nil {
				t.Fatal(err)
			}
			notes := strings.Join(r.Repositories[0].Notes, "; ")
			revoked := len(r.Repositories[0].Revoked) > 0
			if !strings.Contains(notes, tt.says) || revoked != (tt.says == "") {
				t.Errorf("revoked %v, notes %q; want …%s…", r.Repositories[0].Revoked, notes, tt.says)
			}
		})
	}
}

// A clock that was two hours ahead makes no later run wait that long, and the
// wait is told.
func TestClockThatWasAhead(t *testing.T) {
	w := newWorld(t)
	w.seals = false
	f := w.fleet("actions")
	f.ServerTime = nil
	path := shm(t) + "/j"
	w.skew = 2 * time.Hour
	w.fault = func(call string) effect {
		if call == "put" {
			return lostAfter
		}
		return fine
	}
	w.runOnce(f, path)
	w.fault, w.skew = nil, 0
	var said []string
	f.Notify = func(text string) { said = append(said, text) }
	before := w.now
	if _, err, _ := w.runOnce(f, path); err != nil {
		t.Fatal(err)
	}
	if took := w.now.Sub(before); took > 2*time.Minute {
		t.Errorf("the run took %s", took)
	}
	if len(said) == 0 || !strings.Contains(said[0], "going on in 10s") {
		t.Errorf("said %q", said)
	}
}
