package fleet

import (
	"context"
	"errors"
	"fmt"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/gatewright/gatewright/internal/fleet/journal"
	"github.com/gatewright/gatewright/internal/forge"
	"github.com/gatewright/gatewright/internal/rest"
	"github.com/gatewright/gatewright/internal/secret"
	"github.com/gatewright/gatewright/internal/service"
)

// nth fails a call of the name when it comes for the nth time (0: always).
func nth(name string, n int, e effect) func(*world) {
	return func(w *world) {
		count, before := 0, w.fault
		w.fault = func(call string) effect {
			if call == name {
				if count++; count == n || n == 0 {
					return e
				}
			}
			if before != nil {
				return before(call)
			}
			return fine
		}
	}
}

// TestMint holds what a run makes of each answer on the way to a token that works: how many are minted, which live in the end,
// and what is said.
func TestMint(t *testing.T) {
	prove := func(err error) func(w *world, f *Fleet) {
		return func(w *world, f *Fleet) {
			f.Service.Prove = func(context.Context, service.Scope, secret.Value) error { w.calls["prove"]++; return err }
		}
	}
	unproved := "unverified: codacy has no way to tell whether it accepts the token"
	for _, tt := range []struct {
		name   string
		faults []func(*world)
		change func(w *world, f *Fleet)
		mints  int
		proofs int
		live   string
		says   string // the error, or the notes
		fails  bool
		waits  []string
	}{
		{name: "all well", mints: 1, proofs: 1, live: "1"},
		{name: "refused", faults: []func(*world){nth("mint", 0, refusedBy)}, mints: 1, fails: true, says: "403"},
		{name: "lost once, and not done", faults: []func(*world){nth("mint", 1, lostBefore)}, mints: 2, proofs: 1, live: "1"},
		{name: "lost once, and done", faults: []func(*world){nth("mint", 1, lostAfter)}, mints: 2, proofs: 1, live: "2"},
		{name: "lost twice", faults: []func(*world){nth("mint", 0, lostBefore)}, mints: 2, fails: true, says: "lost"},
		{name: "lost, and the tokens cannot be listed", faults: []func(*world){nth("mint", 1, lostAfter), nth("tokens", 0, refusedBy)}, change: func(w *world, f *Fleet) {}, mints: 1, live: "1", fails: true, says: "and then"},
		{name: "not accepted", change: prove(&rest.StatusError{Op: "prove", Status: 401}), mints: 1, proofs: 4, fails: true, says: "ask codacy with the new token", waits: []string{"2s", "4s", "8s"}},
		{name: "unverified", change: prove(service.ErrUnverified), mints: 1, proofs: 1, live: "1", says: unproved},
		{name: "no such thing", change: prove(errors.ErrUnsupported), mints: 1, proofs: 1, live: "1", says: unproved},
		{name: "nowhere to ask", change: prove(&rest.StatusError{Op: "prove", Status: 404}), mints: 1, proofs: 1, live: "1", says: unproved},
		{name: "no proof at all", change: func(_ *world, f *Fleet) { f.Service.Prove = nil }, mints: 1, live: "1"},
		{name: "the wait is ended", change: func(w *world, f *Fleet) {
			prove(&rest.StatusError{Op: "prove", Status: 401})(w, f)
			f.Clock = &sleeper{simClock: simClock{w}, err: context.Canceled}
		}, mints: 1, proofs: 1, fails: true, says: "context canceled", waits: []string{"2s"}},
	} {
		t.Run(tt.name, func(t *testing.T) {
			w := newWorld(t)
			f := w.fleet(forge.Actions)
			p := planAt(t, w, f, filepath.Join(shm(t), "j"))
			for _, fault := range tt.faults {
				fault(w)
			}
			if tt.change != nil {
				tt.change(w, f)
			}
			var waits []string
			f.Notify = func(text string) { waits = append(waits, text[strings.LastIndexByte(text, ' ')+1:]) }
			rep, err := p.apply(false, anything)
			if (err != nil) != tt.fails || w.calls["mint"] != tt.mints || w.calls["prove"] != tt.proofs {
				t.Fatalf("%v, %v", err, w.calls)
			}
			r := rep.Repositories[0]
			if text := r.Reason + strings.Join(r.Notes, "; "); !strings.Contains(text, tt.says) {
				t.Errorf("%q, want …%s…", text, tt.says)
			}
			var live []string
			for _, tok := range w.tokens {
				if tok.live {
					live = append(live, tok.ID)
				}
			}
			if strings.Join(live, " ") != tt.live || !slices.Equal(waits, tt.waits) {
				t.Errorf("%v live, want %q; waits %v", live, tt.live, waits)
			}
			if tt.fails && len(w.secrets) > 0 {
				t.Errorf("a place holds it: %v", w.secrets)
			}
			if tt.name == "refused" && !slices.ContainsFunc(mustRead(w, p.j.Path()).Entries, func(e journal.Entry) bool { return e.Kind == journal.Absent }) {
				t.Error("the journal holds it to be on its way")
			}
		})
	}
}

// TestLostMintBehindAnother: what was listed before a mint says nothing of a mint whose answer was lost.
func TestLostMintBehindAnother(t *testing.T) {
	w := newWorld(t)
	f := w.fleet(forge.Actions)
	path := filepath.Join(shm(t), "j")
	w.onEvent = func(what string) {
		if what == "after journal planned" {
			panic(killed{})
		}
	}
	if _, _, dead := w.runOnce(f, path); !dead {
		t.Fatal("not killed")
	}
	w.onEvent = nil
	nth("mint", 1, lostAfter)(w)
	if _, err, _ := w.runOnce(f, path); err != nil {
		t.Fatal(err)
	}
	if w.calls["mint"] != 2 || w.tokens[0].live || !w.tokens[1].live {
		t.Errorf("%d mints, the first lives: %v", w.calls["mint"], w.tokens[0].live)
	}
}

func TestLife(t *testing.T) {
	const day = 24 * time.Hour
	for _, tt := range [][3]time.Duration{{0, 0, 0}, {90 * day, 0, 90 * day}, {0, 365 * day, 365 * day}, {400 * day, 365 * day, 365 * day}, {90 * day, 365 * day, 90 * day}} {
		w := newWorld(t)
		f := w.fleet(forge.Actions)
		f.Policy.Life, f.Service.Issue.Longest = tt[0], tt[1]
		s := &saga{f: f, repo: w.repos[0]}
		got := s.request("name").ExpiresAt
		if tt[2] == 0 && !got.IsZero() || tt[2] > 0 && !got.Equal(w.now.Add(tt[2])) {
			t.Errorf("%s, at most %s: %s", tt[0], tt[1], got)
		}
	}
}

// sealFunc seals for some places alone.
type sealFunc struct {
	simForge
	seals func(forge.Ref) bool
}

func (f sealFunc) Seal(ctx context.Context, r forge.Ref, v secret.Value) (forge.Sealed, error) {
	if !f.seals(r) {
		return forge.Sealed{}, fmt.Errorf("seal: %w", errors.ErrUnsupported)
	}
	return f.simForge.Seal(ctx, r, v)
}

// TestWhatIsWrittenDownOfAMint: the ids that were there before, and the sealed form for each place that has one. While the
// value is in hand, and no longer, it is scrubbed.
func TestWhatIsWrittenDownOfAMint(t *testing.T) {
	w, f, path := rotated(t)
	f.Policy.Places = append(f.Policy.Places, Place{Store: forge.Dependabot})
	f.Policy.Force, f.Redact = true, &secret.Redactor{}
	f.Forge.Sealer = sealFunc{simForge{w}, func(r forge.Ref) bool { return r.Store == forge.Dependabot }}
	p := planAt(t, w, f, path)
	const value = "tok-3-0123456789abcdef"
	shown := 0
	w.fault = func(call string) effect {
		if strings.HasPrefix(call, "put") && strings.Contains(f.Redact.Clean(value), value) {
			shown++
		}
		return fine
	}
	var known, sealed []string
	if _, err := p.apply(false, func(e journal.Entry) error {
		switch e.Kind {
		case journal.Planned:
			known = e.Known
		case journal.Minted:
			for _, s := range e.Sealed {
				sealed = append(sealed, s.Place)
			}
		}
		return nil
	}); err != nil {
		t.Fatal(err)
	}
	slices.Sort(known)
	if diff := cmp.Diff([]string{"1", "2"}, known); diff != "" {
		t.Errorf("known: %s", diff)
	}
	if diff := cmp.Diff([]string{"dependabot"}, sealed); diff != "" {
		t.Errorf("sealed: %s", diff)
	}
	if w.calls["put"] != 1 || w.calls["put-sealed"] != 1 || shown > 0 {
		t.Errorf("%v, shown %d times", w.calls, shown)
	}
	if got := f.Redact.Clean(value); got != value {
		t.Errorf("still scrubbed: %s", got)
	}
}

// TestStrays ends a token that nobody holds of a repository that was archived meanwhile.
func TestStrays(t *testing.T) {
	for _, tt := range []struct {
		name  string
		stray bool
		fault func(*world)
		want  Outcome
		fails bool
	}{
		{name: "none", want: Skipped},
		{name: "one", stray: true, want: Retired},
		{name: "one that cannot be revoked", stray: true, fault: nth("revoke", 0, refusedBy), want: FailedOut, fails: true},
	} {
		for _, sweep := range []bool{false, true} {
			t.Run(fmt.Sprintf("%s, sweep %v", tt.name, sweep), func(t *testing.T) {
				w := newWorld(t)
				f := w.fleet(forge.Actions)
				path := filepath.Join(shm(t), "j")
				if tt.stray { // a mint that arrives when it was looked for, not found, and made good by another
					w.delay = 5 * time.Minute
					nth("mint", 1, delayed)(w)
				}
				if _, err, _ := w.runOnce(f, path); err != nil {
					t.Fatal(err)
				}
				w.fault, w.now = nil, w.now.Add(time.Hour)
				w.repos[0].Archived = true
				p := planAt(t, w, f, path)
				if tt.fault != nil {
					tt.fault(w)
				}
				rep, err := p.apply(sweep, anything)
				if r := rep.Repositories[0]; r.Outcome != tt.want || (err != nil) != tt.fails || tt.want == Retired && !slices.Equal(r.Revoked, []string{"2"}) {
					t.Errorf("%v, %+v; planned %+v", err, r, p.plan.Items[0])
				}
				if !tt.stray && len(w.calls) > 0 {
					t.Errorf("asked in vain: %v", w.calls)
				}
			})
		}
	}
}

// TestSharedTokenIsHandedOut stores the one token that was given, where it may be stored, and says where not.
func TestSharedTokenIsHandedOut(t *testing.T) {
	for _, refused := range []string{"", "put", "can-write"} {
		w := newWorld(t)
		f := w.fleet(forge.Actions)
		f.Service.Minter, f.Service.Given = nil, secret.New("shared-0123456789abcdef")
		f.Forge.Sealer = nil
		p := planAt(t, w, f, filepath.Join(shm(t), "j"))
		if refused != "" {
			refuseCall(w, refused)
		}
		rep, err := p.apply(false, anything)
		if (err == nil) != (refused == "") || (len(w.secrets) == 1) != (refused == "") {
			t.Errorf("%s refused: %v, %+v", refused, err, rep.Repositories)
		}
	}
}

// TestLifeThatIsCut: a token that ends sooner than was asked for is minted, and said to.
func TestLifeThatIsCut(t *testing.T) {
	for life, want := range map[time.Duration]string{
		0: "", 90 * aDay: "", 365 * aDay: "", 366*aDay + time.Hour: "it ends on 2027-11-21: codacy gives no longer life",
	} {
		s := newSaga(t, forge.Actions)
		s.f.Policy.Life = life
		if _, _, err := s.mint(t.Context()); err != nil || strings.Join(s.notes, "; ") != want {
			t.Errorf("%s: %v, %q, want %q", life, err, s.notes, want)
		}
	}
}
