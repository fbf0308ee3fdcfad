package fleet

import (
	"context"
	"fmt"
	"maps"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/gatewright/gatewright/internal/fault"
	"github.com/gatewright/gatewright/internal/fleet/journal"
	"github.com/gatewright/gatewright/internal/forge"
)

func mustOpen(t testing.TB, path string) *journal.Journal {
	t.Helper()
	j, err := journal.Open(path, journal.Keys{})
	if err != nil {
		t.Fatal(err)
	}
	return j
}

func mustPlan(t testing.TB, f *Fleet, s journal.Session) Plan {
	t.Helper()
	p, err := f.Plan(context.Background(), s, nil)
	if err != nil {
		t.Fatal(err)
	}
	return p
}

// pending is a scenario whose plan is made and not carried out.
type pending struct {
	w    *world
	f    *Fleet
	j    *journal.Journal
	plan Plan
}

func planAt(t *testing.T, w *world, f *Fleet, path string) pending {
	t.Helper()
	j := mustOpen(t, path)
	t.Cleanup(func() { j.Close() })
	plan := mustPlan(t, f, j.Session())
	w.calls = map[string]int{}
	return pending{w, f, j, plan}
}

// apply carries the plan out, or sweeps, with a journal of which each entry is handed to write.
func (p pending) apply(sweep bool, write func(journal.Entry) error) (Report, error) {
	s := p.j.Session()
	s.Log = logFunc(func(e journal.Entry) error {
		if err := write(e); err != nil {
			return err
		}
		return p.j.Append(e)
	})
	if sweep {
		return p.f.Sweep(context.Background(), s, p.plan, Options{Run: NewRun()})
	}
	return p.f.Apply(context.Background(), s, p.plan, Options{Run: NewRun()})
}

type logFunc func(journal.Entry) error

func (f logFunc) Append(e journal.Entry) error { return f(e) }

func anything(journal.Entry) error { return nil }

// everyStep are the scenarios, and one whose journal is lost.
func everyStep() []scenario {
	return append(scenarios(), scenario{name: "adopt", world: func(w *world) { w.forgot = true }, places: []forge.Store{forge.Actions}, ready: 1})
}

// pending brings the world into the scenario's state, and plans.
func (s scenario) pending(t *testing.T) pending {
	t.Helper()
	path := filepath.Join(shm(t), "j")
	w, f := s.start(t, path)
	if s.name != "adopt" {
		return planAt(t, w, f, path)
	}
	w.now = w.now.Add(-80*24*time.Hour + time.Hour)
	return planAt(t, w, f, path+"-new")
}

// TestJournalThatCannotBeWritten lets the disk be full at each entry, and from each on: the run says so, and nothing is done that could not
// be written down.
func TestJournalThatCannotBeWritten(t *testing.T) {
	full := fault.Errorf(fault.Input, "the disk is full")
	effects := func(w *world) string {
		var out []string
		for _, call := range slices.Sorted(maps.Keys(w.calls)) {
			if slices.Contains([]string{"mint", "put", "put-sealed", "revoke", "delete"}, call) {
				out = append(out, fmt.Sprint(call, w.calls[call]))
			}
		}
		return strings.Join(out, " ")
	}
	cases := 0
	for _, s := range everyStep() {
		for _, mode := range []struct{ sweep, once bool }{{false, false}, {false, true}, {true, false}, {true, true}} {
			for nth := 0; ; nth++ {
				p := s.pending(t)
				n, done, last := 0, "", journal.Entry{}
				rep, err := p.apply(mode.sweep, func(e journal.Entry) error {
					if n++; n <= nth || n > nth+1 && mode.once {
						return nil
					}
					if n == nth+1 {
						done, last = effects(p.w), e
					}
					return full
				})
				if n <= nth {
					break
				}
				cases++
				if fault.Of(err) != fault.Input || !strings.Contains(err.Error(), full.Error()) {
					t.Errorf("%s, %+v, entry %d (%s): %v, %+v", s.name, mode, nth, last.Kind, err, rep.Summary)
				}
				if now := effects(p.w); now != done {
					t.Errorf("%s, %+v, entry %d (%s): did %s, and then %s", s.name, mode, nth, last.Kind, done, now)
				}
			}
		}
	}
	if cases < 100 {
		t.Errorf("%d cases; there were more when this was written", cases)
	}
}

// TestRefusalsAreSaid refuses each call of a run, one at a time: the run fails, or says in its notes what it could not do.
func TestRefusalsAreSaid(t *testing.T) {
	cases := 0
	for _, s := range everyStep() {
		for _, sweep := range []bool{false, true} {
			for nth := 0; ; nth++ {
				p := s.pending(t)
				n, hit := 0, ""
				p.w.fault = func(call string) effect {
					if n++; n == nth+1 {
						hit = call
					}
					if call == hit { // and from then on
						return refusedBy
					}
					return fine
				}
				rep, err := p.apply(sweep, anything)
				if hit == "" {
					break
				}
				cases++
				if notes := rep.Repositories[0].Notes; err == nil && len(notes) == 0 {
					t.Errorf("%s, sweep %v: %s (call %d) was refused, and the run says nothing: %+v", s.name, sweep, hit, nth, rep.Repositories[0])
				}
			}
		}
	}
	if cases < 50 {
		t.Errorf("%d cases; there were more when this was written", cases)
	}
}

// TestProofOfEndedRuns holds when a token may go before its grace is over, and what is said where it may not.
func TestProofOfEndedRuns(t *testing.T) {
	const gone, stays = true, false
	refuse := func(nth int) func(w *world, f *Fleet) {
		return func(w *world, _ *Fleet) {
			n := 0
			w.fault = func(call string) effect {
				if call == "runs" {
					if n++; n == nth {
						return refusedBy
					}
				}
				return fine
			}
		}
	}
	for _, tt := range []struct {
		name   string
		after  time.Duration // since the token was replaced
		change func(w *world, f *Fleet)
		run    bool // a CI run began before
		want   bool
		says   string
		fails  bool
	}{
		{name: "no run holds it", after: time.Hour, want: gone},
		{name: "a run may be listed late", after: 5 * time.Minute, want: stays},
		{name: "as soon as none may be", after: 11 * time.Minute, want: gone},
		{name: "a run holds it", after: time.Hour, run: true, want: stays, says: "old token 1 stays: run 1 is queued since 2100-01-02 04:00, and may hold it"},
		{name: "runs cannot be listed", after: time.Hour, change: refuse(1), want: stays, says: "old token 1 stays: whether a run holds it is not to be seen: "},
		{name: "those of the second place cannot", after: time.Hour, change: refuse(2), want: stays, says: "old token 1 stays: whether a run holds it is not to be seen: "},
		{name: "not asked for", after: time.Hour, change: func(_ *world, f *Fleet) { f.Policy.Proof = false }, want: stays},
		{name: "no list of runs", after: time.Hour, change: func(_ *world, f *Fleet) { f.Forge.Runs = nil }, want: stays},
		{name: "no clock of the forge", after: time.Hour, change: func(_ *world, f *Fleet) { f.ServerTime = func() time.Time { return time.Time{} } }, want: stays},
		{name: "the service does not revoke", after: time.Hour, change: func(_ *world, f *Fleet) { f.Service.Revoker = nil }, want: stays},
		{name: "its grace is over", after: 25 * time.Hour, run: true, want: gone},
		{name: "a shorter grace was chosen since", after: 3 * time.Hour, run: true, change: func(w *world, f *Fleet) {
			f.Policy.Grace, f.Policy.GraceGiven, w.grace = 2*time.Hour, true, 2*time.Hour
		}, want: gone},
		{name: "a shorter grace is the default", after: 3 * time.Hour, run: true, change: func(_ *world, f *Fleet) { f.Policy.Grace = 2 * time.Hour }, want: stays, says: "and may hold it"},
		{name: "a longer grace was chosen since", after: 25 * time.Hour, run: true, change: func(_ *world, f *Fleet) { f.Policy.Grace, f.Policy.GraceGiven = 48*time.Hour, true }, want: gone},
		{name: "the service does not list its tokens now", after: time.Hour, change: func(w *world, _ *Fleet) { refuseCall(w, "tokens") }, want: stays, says: "old tokens stay: "},
		{name: "nor after the grace", after: 25 * time.Hour, change: func(w *world, _ *Fleet) { refuseCall(w, "tokens") }, want: stays, fails: true},
		{name: "the service refuses to revoke", after: time.Hour, change: func(w *world, _ *Fleet) { refuseCall(w, "revoke") }, want: stays, fails: true},
		{name: "nor after the grace", after: 25 * time.Hour, change: func(w *world, _ *Fleet) { refuseCall(w, "revoke") }, want: stays, fails: true},
		{name: "the forge does not show the secret", after: 25 * time.Hour, change: func(w *world, _ *Fleet) { refuseCall(w, "stat") }, want: stays, fails: true},
	} {
		t.Run(tt.name, func(t *testing.T) {
			w := newWorld(t)
			w.now = time.Date(2100, 1, 2, 3, 0, 0, 0, time.UTC) // no entry is earlier than the journal's first, which has the time of this machine
			w.runsListed = true
			f := w.fleet(forge.Actions, forge.Dependabot)
			path := filepath.Join(shm(t), "j")
			if _, err, _ := w.runOnce(f, path); err != nil {
				t.Fatal(err)
			}
			w.now = w.now.Add(time.Hour)
			if tt.run {
				w.startRun("1")
			}
			f.Policy.Force = true
			if _, err, _ := w.runOnce(f, path); err != nil {
				t.Fatal(err)
			}
			f.Policy.Force = false
			w.now = w.now.Add(tt.after)
			p := planAt(t, w, f, path)
			if tt.change != nil {
				tt.change(w, f)
			}
			rep, err := p.apply(true, anything)
			if (err != nil) != tt.fails {
				t.Fatalf("%v, want a failure: %v", err, tt.fails)
			}
			r := rep.Repositories[0]
			if got := slices.Equal(r.Revoked, []string{"1"}); got != tt.want || len(r.Revoked) > 1 || w.tokens[0].live == tt.want {
				t.Errorf("revoked %v, want %v; %q", r.Revoked, tt.want, r.Notes)
			}
			if notes := strings.Join(r.Notes, "; "); !strings.Contains(notes, tt.says) || tt.says == "" && notes != "" && !tt.fails {
				t.Errorf("notes %q, want …%s…", notes, tt.says)
			}
			if tt.want == gone {
				entries := mustRead(w, path).Entries
				if last := entries[len(entries)-2]; last.Kind != journal.Done {
					t.Errorf("the journal ends with %s, not with what says that nothing is left to do", last.Kind)
				}
			}
		})
	}
}

func refuseCall(w *world, name string) {
	w.fault = func(call string) effect {
		if call == name {
			return refusedBy
		}
		return fine
	}
}

// TestAdopt takes a token into a new journal, and looks once more before it does.
func TestAdopt(t *testing.T) {
	foreign := func(w *world) {
		at := w.now
		w.tokens = append([]*simToken{{repo: "1", value: "other-0123456789", live: true, foreign: true}}, w.tokens...)
		w.tokens[0].ID, w.tokens[0].Name, w.tokens[0].CreatedAt = "x", "by hand", &at
	}
	for _, tt := range []struct {
		name          string
		before, after func(w *world)
		fails         bool
	}{
		{name: "alone"},
		{name: "beside older ones of somebody else's", before: foreign},
		{name: "beside newer ones of somebody else's", before: func(w *world) {
			foreign(w)
			w.tokens[0], w.tokens[1] = w.tokens[1], w.tokens[0]
		}},
		{name: "gone since", after: func(w *world) { w.tokens[0].live = false }, fails: true},
		{name: "called otherwise since", after: func(w *world) { w.tokens[0].Name = "mine" }, fails: true},
		{name: "not listed now", after: func(w *world) { refuseCall(w, "tokens") }, fails: true},
	} {
		t.Run(tt.name, func(t *testing.T) {
			w := newWorld(t)
			f := w.fleet(forge.Actions)
			path := filepath.Join(shm(t), "j")
			if _, err, _ := w.runOnce(f, path); err != nil {
				t.Fatal(err)
			}
			if tt.before != nil {
				tt.before(w)
			}
			w.now = w.now.Add(time.Hour)
			p := planAt(t, w, f, path+"-new")
			if a := p.plan.Items[0].Action; a != Adopt {
				t.Fatalf("planned %s", a)
			}
			if tt.after != nil {
				tt.after(w)
			}
			rep, err := p.apply(false, anything)
			if (err != nil) != tt.fails {
				t.Fatalf("%v, %+v", err, rep.Repositories)
			}
			adopted := slices.ContainsFunc(mustRead(w, path+"-new").Entries, func(e journal.Entry) bool { return e.Kind == journal.Adopted })
			if r := rep.Repositories[0]; adopted == tt.fails || !tt.fails && (r.Outcome != Adopted || r.TokenID != "1") {
				t.Errorf("adopted %v, %+v", adopted, r)
			}
			if w.calls["revoke"]+w.calls["mint"]+w.calls["put-sealed"] > 0 {
				t.Errorf("%v", w.calls)
			}
			if tt.fails {
				return
			}
			w.now = w.now.Add(time.Hour)
			if a := p.again(t).Items[0].Action; a != Keep {
				t.Errorf("planned %s afterwards", a)
			}
		})
	}
}

// again plans once more, as the journal is now.
func (p pending) again(t *testing.T) Plan {
	t.Helper()
	plan, err := p.f.Plan(context.Background(), mustRead(p.w, p.j.Path()), nil)
	if err != nil {
		t.Fatal(err)
	}
	return plan
}

// TestSamePlanTwice: what a plan did, it does not do again.
func TestSamePlanTwice(t *testing.T) {
	p := scenario{world: func(*world) {}, places: []forge.Store{forge.Actions}}.pending(t)
	if _, err := p.apply(false, anything); err != nil {
		t.Fatal(err)
	}
	again := func() Result {
		t.Helper()
		p.w.calls = map[string]int{}
		j := mustRead(p.w, p.j.Path())
		j.Log = p.j
		rep, err := p.f.Apply(context.Background(), j, p.plan, Options{Run: NewRun()})
		if err != nil {
			t.Fatal(err)
		}
		return rep.Repositories[0]
	}
	if r := again(); r.Outcome != Kept || !strings.HasPrefix(strings.Join(r.Notes, ""), "done before, by run ") || p.w.calls["mint"] > 0 {
		t.Errorf("%+v, %v", r, p.w.calls)
	}
	// Its token is revoked since: then there is something to do again.
	p.w.tokens[0].live = false
	if err := p.j.Append(journal.Entry{Kind: journal.Revoked, Subject: p.plan.Items[0].Subject, Token: "1"}); err != nil {
		t.Fatal(err)
	}
	if r := again(); r.Outcome != Created || p.w.calls["mint"] != 1 {
		t.Errorf("%+v, %v", r, p.w.calls)
	}
}
