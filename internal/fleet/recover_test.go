package fleet

import (
	"cmp"
	"context"
	"errors"
	"slices"
	"strings"
	"testing"
	"time"

	diff "github.com/google/go-cmp/cmp"

	"github.com/gatewright/gatewright/internal/fault"
	"github.com/gatewright/gatewright/internal/fleet/journal"
	"github.com/gatewright/gatewright/internal/forge"
	"github.com/gatewright/gatewright/internal/service"
)

// sagaTest is the work of a run "newrun00" on one repository, from whatever state
// earlier runs left; what it writes down is kept.
type sagaTest struct {
	*saga
	w     *world
	wrote []string
	full  int // the disk is full from this entry on; 0: never
	tried int
}

var errFull = errors.New("the disk is full")

// newSaga has places that were looked at and hold nothing.
func newSaga(t *testing.T, places ...forge.Store) *sagaTest {
	w := newWorld(t)
	f := w.fleet(places...)
	s := &sagaTest{w: w}
	s.saga = &saga{f: f, run: "newrun00", repo: w.repos[0], state: newRepoState(f.subjectOf(w.repos[0])), plan: Item{Repository: "acme/api", Action: Rotate}}
	for _, p := range f.Policy.Places {
		s.plan.Places = append(s.plan.Places, SeenPlace{Place: p.String()})
	}
	s.once = newOnce(f, Plan{Items: []Item{s.plan}})
	s.j.Log = logFunc(func(e journal.Entry) error {
		if s.tried++; s.full > 0 && s.tried >= s.full {
			return errFull
		}
		line := string(e.Kind)
		for _, part := range []string{cmp.Or(e.Token, s.short(e.Name)), e.Place, strings.Join(e.Places, "+")} {
			if part != "" {
				line += " " + part
			}
		}
		if slices.Contains([]string{wasGone, byHand, leaked, placeRefused, "created", "replaced"}, e.Reason) {
			line += ": " + e.Reason
		}
		s.wrote = append(s.wrote, line)
		return nil
	})
	return s
}

func (s *sagaTest) name(run string, n int) string { return s.f.tokenName(s.repo, run, n) }

// short names a token by its run and its count.
func (s *sagaTest) short(name string) string {
	return name[max(0, len(name)-runLen-2):]
}

// before has an earlier run write entries, half an hour ago by the forge's clock.
func (s *sagaTest) before(entries ...journal.Entry) *sagaTest {
	at := s.w.now.Add(-time.Hour / 2)
	for _, e := range entries {
		e.At, e.Run = at, cmp.Or(e.Run, "oldrun00")
		if e.UpdatedAt == nil && (e.Kind == journal.Planned || e.Kind == journal.Stored) {
			e.UpdatedAt = &at
		}
		s.state.apply(e)
	}
	s.saga.before = s.state.goneIDs()
	return s
}

// pend has the earlier run stop after it planned, minted or offered token 1.
func (s *sagaTest) pend(until journal.Kind, sealedFor ...string) *sagaTest {
	name := s.name("oldrun00", 1)
	entries := []journal.Entry{{Kind: journal.Planned, Name: name, Known: []string{"8"}}, {Kind: journal.Minted, Token: "1", Name: name}, {Kind: journal.Storing, Token: "1", Name: name}}
	for _, p := range sealedFor {
		entries[1].Sealed = append(entries[1].Sealed, journal.Sealed{Place: p, Text: "c2VhbGVkOnRvay0x"})
	}
	for _, e := range entries {
		s.before(e)
		if e.Kind == until {
			break
		}
	}
	return s
}

// good has the earlier run end well with the token in all places, which say so.
func (s *sagaTest) good(id string) *sagaTest {
	name := s.name("oldrun00", 2)
	s.before(journal.Entry{Kind: journal.Planned, Name: name}, journal.Entry{Kind: journal.Minted, Token: id, Name: name})
	at := s.w.now.Add(-time.Hour / 2)
	for i := range s.plan.Places {
		s.before(journal.Entry{Kind: journal.Stored, Token: id, Name: name, Place: s.plan.Places[i].Place})
		s.put(s.plan.Places[i].Place, at)
	}
	s.live1(id, name)
	return s.before(journal.Entry{Kind: journal.Verified, Token: id, Name: name})
}

// put has the place written then, and the plan see it.
func (s *sagaTest) put(place string, at time.Time) *sagaTest {
	s.w.secrets["1/"+place] = &simSecret{value: "tok-in-" + place, updated: at, ours: true}
	*s.plan.stat(Place{Store: forge.Store(place)}) = SeenPlace{Place: place, Exists: true, UpdatedAt: &at}
	return s
}

// live1 has the service list a token; one that has no name of the fleet is foreign.
func (s *sagaTest) live1(id, name string) *sagaTest {
	at := s.w.now.Add(-time.Hour / 2)
	tok := &simToken{Token: service.Token{ID: id, Name: name, CreatedAt: &at}, repo: "1", value: "tok-" + id, live: true, foreign: !s.f.ours(s.state.id, name)}
	s.w.tokens = append(s.w.tokens, tok)
	return s
}

func (s *sagaTest) living() string {
	var ids []string
	for _, t := range s.w.tokens {
		if t.live {
			ids = append(ids, t.ID)
		}
	}
	slices.Sort(ids)
	return strings.Join(ids, " ")
}

// sagaCase is one state and what a part of the saga makes of it.
type sagaCase struct {
	name  string
	from  func(s *sagaTest)
	wrote []string
	live  string
	notes []string
	err   string
	kind  fault.Kind // of the error, where it matters
}

// run does the work in the state, and again with a disk that is full at each entry:
// the work ends with that error then, and has written no more.
func (c sagaCase) run(t *testing.T, work func(s *sagaTest) error, places ...forge.Store) {
	t.Run(c.name, func(t *testing.T) {
		at := func(full int) (*sagaTest, error) {
			s := newSaga(t, places...)
			c.from(s)
			s.full = full
			err := work(s)
			return s, err
		}
		s, err := at(0)
		if c.err == "" && err != nil || c.err != "" && (err == nil || !strings.Contains(err.Error(), c.err) || c.kind != 0 && fault.Of(err) != c.kind) {
			t.Errorf("%v, want %q", err, c.err)
		}
		if d := diff.Diff(c.wrote, s.wrote); d != "" {
			t.Errorf("written down: %s", d)
		}
		if d := diff.Diff(c.notes, s.notes); d != "" {
			t.Errorf("notes: %s", d)
		}
		if got := s.living(); got != c.live {
			t.Errorf("%q live, want %q", got, c.live)
		}
		for full := 1; full <= len(c.wrote); full++ {
			s, err := at(full)
			if !errors.Is(err, errFull) || s.tried > full {
				t.Errorf("the disk is full at %q: %v, and %d tries after it", c.wrote[full-1], err, s.tried-full)
			}
		}
	})
}

// TestRecover ends, or goes on with, what an earlier run left.
func TestRecover(t *testing.T) {
	blind := func(s *sagaTest) *sagaTest { s.f.Service.Tokens = nil; return s }
	now := func(s *sagaTest) time.Time { return s.w.now }
	for _, c := range []struct {
		sagaCase
		resume string
		waits  []time.Duration
	}{
		{sagaCase: sagaCase{
			name: "planned, and the service lists nothing", from: func(s *sagaTest) { blind(s).pend(journal.Planned) },
			wrote: []string{"absent oldrun00-1"},
			notes: []string{"codacy cannot list tokens: look for one named gw-acme-api-KEY-oldrun00-1 and revoke it by hand"},
		}},
		{sagaCase: sagaCase{
			name: "planned, made, and in no place", from: func(s *sagaTest) { s.pend(journal.Planned).live1("1", s.name("oldrun00", 1)) },
			wrote: []string{"revoked 1"},
		}},
		{sagaCase: sagaCase{name: "planned, made, and not to be revoked", from: func(s *sagaTest) {
			s.pend(journal.Planned).live1("1", s.name("oldrun00", 1))
			refuseCall(s.w, "revoke")
		}, live: "1", err: "revoke token 1 (its mint was never answered)"}},
		{sagaCase: sagaCase{name: "planned, and the secret was written since", from: func(s *sagaTest) {
			s.pend(journal.Planned).live1("1", s.name("oldrun00", 1)).put("actions", now(s))
		}, wrote: []string{"minted 1", "storing 1"}, live: "1", notes: []string{"token 1 of run oldrun00 may be in use: it retires later"}}},
		{sagaCase: sagaCase{name: "planned by this run, which wrote the secret itself", from: func(s *sagaTest) {
			s.before(journal.Entry{Kind: journal.Planned, Name: s.name("newrun00", 1), Run: "newrun00"})
			s.live1("1", s.name("newrun00", 1)).put("actions", now(s))
		}, wrote: []string{"revoked 1"}}},
		{sagaCase: sagaCase{name: "planned, and not made, beside others", from: func(s *sagaTest) {
			s.pend(journal.Planned).live1("5", "ci").live1("6", "").live1("7", "ci-2")
		}, wrote: []string{"absent oldrun00-1"}, live: "5 6 7"}},
		{sagaCase: sagaCase{
			name: "planned, at a service without names", from: func(s *sagaTest) {
				s.pend(journal.Planned).before(journal.Entry{Kind: journal.Adopted, Token: "9"})
				s.live1("7", "").live1("8", "").live1("9", "")
			}, wrote: []string{"absent oldrun00-1"}, live: "7 8 9",
			notes: []string{"token 7 appeared while one was being minted; the service does not name its tokens, so look at it"},
		}},
		{sagaCase: sagaCase{
			name: "minted, and its value is lost", from: func(s *sagaTest) { s.pend(journal.Minted).live1("1", s.name("oldrun00", 1)) },
			wrote: []string{"revoked 1"},
		}},
		{sagaCase: sagaCase{name: "minted, and not to be revoked", from: func(s *sagaTest) {
			s.pend(journal.Minted).live1("1", s.name("oldrun00", 1))
			refuseCall(s.w, "revoke")
		}, live: "1", err: "revoke token 1 (its value is lost, and no place was offered it)"}},
		{sagaCase: sagaCase{name: "minted, and the secret was written since", from: func(s *sagaTest) {
			s.pend(journal.Minted).live1("1", s.name("oldrun00", 1)).put("actions", now(s))
		}, wrote: []string{"storing 1"}, live: "1", notes: []string{"token 1 of run oldrun00 may be in use: it retires later"}}},
		{sagaCase: sagaCase{name: "minted, and gone", from: func(s *sagaTest) { s.pend(journal.Minted) }, wrote: []string{"revoked 1: " + wasGone}}},
		{sagaCase: sagaCase{name: "minted and sealed", from: func(s *sagaTest) { s.pend(journal.Minted, "actions").live1("1", s.name("oldrun00", 1)) }, live: "1"}, resume: "1"},
		{sagaCase: sagaCase{name: "minted and sealed, and the service lists nothing", from: func(s *sagaTest) { blind(s).pend(journal.Minted, "actions") }}, resume: "1"},
		{sagaCase: sagaCase{name: "minted and sealed, and gone", from: func(s *sagaTest) { s.pend(journal.Minted, "actions") }, wrote: []string{"revoked 1: " + wasGone}}},
		{sagaCase: sagaCase{name: "sealed, and as near to its end as it may be", from: func(s *sagaTest) {
			s.pend(journal.Minted, "actions").live1("1", s.name("oldrun00", 1))
			at := now(s).Add(s.f.Policy.RotateWithin + time.Second) // by the time it is asked: the list takes two
			s.state.named(s.name("oldrun00", 1)).expiresAt = &at
			s.f.ServerTime = func() time.Time { return at.Add(-s.f.Policy.RotateWithin) }
		}, wrote: []string{"revoked 1"}}},
		{sagaCase: sagaCase{name: "two of them: the older is not worth storing", from: func(s *sagaTest) {
			s.pend(journal.Minted, "actions").live1("1", s.name("oldrun00", 1))
			s.before(journal.Entry{Kind: journal.Planned, Name: s.name("oldrun00", 3)},
				journal.Entry{Kind: journal.Minted, Token: "3", Name: s.name("oldrun00", 3), Sealed: []journal.Sealed{{Place: "actions"}}})
			s.live1("3", s.name("oldrun00", 3))
		}, wrote: []string{"revoked 1"}, live: "3"}, resume: "3"},
		{sagaCase: sagaCase{name: "offered, half an hour ago", from: func(s *sagaTest) { s.pend(journal.Storing).live1("1", s.name("oldrun00", 1)) }, live: "1"}},
		{sagaCase: sagaCase{name: "offered, and the service lists nothing", from: func(s *sagaTest) { blind(s).pend(journal.Storing) }}},
		{sagaCase: sagaCase{name: "offered just now", from: func(s *sagaTest) {
			blind(s).pend(journal.Storing)
			s.state.byNumber("1").offered = now(s).Add(-answerWait + 3*time.Second)
		}}, waits: []time.Duration{3 * time.Second}},
		{sagaCase: sagaCase{name: "offered as long ago as an answer may take", from: func(s *sagaTest) {
			blind(s).pend(journal.Storing)
			s.state.byNumber("1").offered = now(s).Add(-answerWait)
		}}},
		{sagaCase: sagaCase{name: "offered by a clock that was ahead", from: func(s *sagaTest) {
			blind(s).pend(journal.Storing)
			s.state.byNumber("1").offered = now(s).Add(time.Hour)
		}}, waits: []time.Duration{answerWait}},
		{sagaCase: sagaCase{name: "the list is refused", from: func(s *sagaTest) { s.pend(journal.Planned); refuseCall(s.w, "tokens") }, err: "403"}},
		{sagaCase: sagaCase{name: "revoked, and alive", from: func(s *sagaTest) {
			s.before(journal.Entry{Kind: journal.Revoked, Token: "1"}).live1("1", s.name("oldrun00", 1)).live1("2", s.name("oldrun00", 2))
			s.plan.Tokens = []SeenToken{{ID: "1", Ours: true, Stray: true}}
		}, wrote: []string{"revoked 1"}, live: "2"}},
		{sagaCase: sagaCase{name: "revoked, alive, and not to be revoked", from: func(s *sagaTest) {
			s.before(journal.Entry{Kind: journal.Revoked, Token: "1"}).live1("1", s.name("oldrun00", 1))
			s.plan.Tokens = []SeenToken{{ID: "1", Ours: true, Stray: true}}
			refuseCall(s.w, "revoke")
		}, live: "1", err: "revoke token 1 (the journal holds it to be gone, and it lives)"}},
		{sagaCase: sagaCase{name: "revoked, alive, and called otherwise since", from: func(s *sagaTest) {
			s.before(journal.Entry{Kind: journal.Revoked, Token: "1"}).live1("1", "ci")
			s.plan.Tokens = []SeenToken{{ID: "1", Ours: true, Stray: true}}
		}, live: "1"}},
		{sagaCase: sagaCase{name: "nothing", from: func(s *sagaTest) { refuseCall(s.w, "tokens") }}},
	} {
		c.run(t, func(s *sagaTest) error {
			clock := &waiting{simClock: simClock{s.w}}
			s.f.Clock = clock
			resume, err := s.recoverPending(t.Context())
			for i, n := range s.notes {
				s.notes[i] = strings.ReplaceAll(n, s.f.key(s.state.id), "KEY")
			}
			id := ""
			if resume != nil {
				id = resume.id
			}
			if err == nil && (id != c.resume || !slices.Equal(clock.waits, c.waits)) {
				t.Errorf("%s: goes on with token %q, want %q; waits %v, want %v", c.name, id, c.resume, clock.waits, c.waits)
			}
			return err
		}, forge.Actions)
	}
	// A run that is told to stop does not go on as if it had waited.
	s := newSaga(t, forge.Actions).pend(journal.Storing)
	blind(s).state.byNumber("1").offered = s.w.now
	s.f.Clock = &sleeper{simClock: simClock{s.w}, err: context.Canceled}
	if err := s.recoverAll(t.Context()); !errors.Is(err, context.Canceled) {
		t.Errorf("stopped while it waits: %v", err)
	}
}

// waiting keeps how long it is asked to wait.
type waiting struct {
	simClock
	waits []time.Duration
}

func (c *waiting) Sleep(ctx context.Context, d time.Duration) error {
	c.waits = append(c.waits, d)
	return c.simClock.Sleep(ctx, d)
}

// TestUntouched: only times of the forge that rule it out show that no place can
// hold a token; what was there and is gone may have held it.
func TestUntouched(t *testing.T) {
	planned := ago(time.Hour)
	for _, tt := range []struct {
		name    string
		place   SeenPlace
		after   time.Duration // since it was planned
		current bool
		byOurs  bool // it was planned by our own clock
		want    bool
	}{
		{name: "nothing there", after: time.Minute, want: true},
		{name: "nothing there after an hour", after: time.Hour, want: true},
		{name: "nothing there after more", after: time.Hour + 1},
		{name: "nothing there, where a token was in place", after: time.Minute, current: true},
		{name: "not looked at", place: SeenPlace{Place: "dependabot"}, after: time.Minute},
		{name: "no time shown", place: SeenPlace{Exists: true}, after: time.Minute},
		{name: "written long before", place: SeenPlace{Exists: true, UpdatedAt: ago(2 * time.Hour)}, after: time.Minute, want: true},
		{name: "written long before, a token in place", place: SeenPlace{Exists: true, UpdatedAt: ago(2 * time.Hour)}, after: 2 * time.Hour, current: true, want: true},
		{name: "written before, by the forge's clock", place: SeenPlace{Exists: true, UpdatedAt: ago(time.Hour + serverTolerance + 1)}, want: true},
		{name: "written about then, by the forge's clock", place: SeenPlace{Exists: true, UpdatedAt: ago(time.Hour + serverTolerance)}},
		{name: "written before, by ours", place: SeenPlace{Exists: true, UpdatedAt: ago(time.Hour + tolerance + 1)}, byOurs: true, want: true},
		{name: "written about then, by ours", place: SeenPlace{Exists: true, UpdatedAt: ago(time.Hour + tolerance)}, byOurs: true},
		{name: "written since", place: SeenPlace{Exists: true, UpdatedAt: ago(0)}},
	} {
		s := newSaga(t, forge.Dependabot, forge.Actions)
		s.f.ServerTime = func() time.Time { return planned.Add(tt.after) }
		tok := &token{id: "1", planned: write{*planned, serverTolerance}}
		if tt.byOurs {
			tok.planned.tolerance = tolerance
		}
		if tt.current {
			s.state.current = tok
		}
		tt.place.Place = cmp.Or(tt.place.Place, "actions")
		// The place before it is one that was written long ago.
		s.plan.Places = []SeenPlace{{Place: "dependabot", Exists: true, UpdatedAt: ago(aDay)}, tt.place}
		if got := s.untouched(tok); got != tt.want {
			t.Errorf("%s: %v", tt.name, got)
		}
	}
}

// TestHeld: which place still holds a token by what the plan saw of it, and so
// whether it can be gone on with.
func TestHeld(t *testing.T) {
	stored := write{*ago(time.Hour), serverTolerance}
	for _, tt := range []struct {
		name   string
		place  SeenPlace
		tokens []SeenToken
		change func(s *sagaTest, tok *token)
		want   bool
	}{
		{name: "as it was stored", place: SeenPlace{Exists: true, UpdatedAt: ago(time.Hour)}, want: true},
		{name: "written again", place: SeenPlace{Exists: true, UpdatedAt: ago(time.Minute)}},
		{name: "no time shown", place: SeenPlace{Exists: true}, want: true},
		{name: "gone", place: SeenPlace{}},
		{name: "gone, and when it was written", place: SeenPlace{UpdatedAt: ago(time.Hour)}},
		{name: "not seen by the repository", place: SeenPlace{Exists: true, Hidden: true}},
		{name: "not looked at", place: SeenPlace{Place: "dependabot"}, want: true},
		{name: "gone, and stored by this run", change: func(s *sagaTest, tok *token) { tok.run = s.run }, want: true},
		{name: "never stored", place: SeenPlace{Exists: true}, change: func(_ *sagaTest, tok *token) { clear(tok.stored) }},
		{name: "never stored by this run", change: func(s *sagaTest, tok *token) { tok.run = s.run; clear(tok.stored) }},
		{name: "another machine's token", place: SeenPlace{Exists: true}, tokens: []SeenToken{{ID: "5", Ours: true, Retire: true}}},
		{name: "a token that the journal knows", place: SeenPlace{Exists: true}, tokens: []SeenToken{{ID: "6", Ours: true, Retire: true}}, want: true},
		{name: "a token of ours", place: SeenPlace{Exists: true}, tokens: []SeenToken{{ID: "5", Ours: true}}, want: true},
		{name: "a token to be adopted", place: SeenPlace{Exists: true}, tokens: []SeenToken{{ID: "5", Retire: true}}, want: true},
	} {
		s := newSaga(t, forge.Actions).before(journal.Entry{Kind: journal.Adopted, Token: "6"})
		tok := &token{id: "1", run: "oldrun00", stored: map[string]write{"actions": stored}}
		if tt.change != nil {
			tt.change(s, tok)
		}
		tt.place.Place = cmp.Or(tt.place.Place, "actions")
		s.plan.Places, s.plan.Tokens = []SeenPlace{tt.place}, tt.tokens
		if got := s.held(tok, s.f.Policy.Places[0]); got != tt.want {
			t.Errorf("%s: %v", tt.name, got)
		}
		// What no place holds and nothing sealed can restore is not gone on with.
		if got := s.resumable(tok, false); got != tt.want {
			t.Errorf("%s: can be gone on with: %v", tt.name, got)
		}
		tok.sealed = []journal.Sealed{{Place: "actions"}}
		if !s.resumable(tok, false) || s.resumable(tok, true) {
			t.Errorf("%s: sealed, and %v where nothing is listed, %v where it is not listed", tt.name, s.resumable(tok, false), s.resumable(tok, true))
		}
	}
}
