package fleet

import (
	"context"
	"errors"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/gatewright/gatewright/internal/fault"
	"github.com/gatewright/gatewright/internal/fleet/journal"
	"github.com/gatewright/gatewright/internal/forge"
	"github.com/gatewright/gatewright/internal/rest"
	"github.com/gatewright/gatewright/internal/secret"
	"github.com/gatewright/gatewright/internal/service"
)

// TestReady holds which plans are not begun, by Ready and by Apply alike.
func TestReady(t *testing.T) {
	org := func(f *Fleet) {
		f.Service.Minter, f.Service.Given = nil, secret.New("shared-0123456789abcdef")
		f.Policy.Places = []Place{{Store: forge.Actions, Org: "acme"}}
	}
	for _, tt := range []struct {
		name  string
		setup func(f *Fleet)
		after time.Duration
		o     Options
		says  string
	}{
		{name: "as it was made"},
		{name: "without a secret's name", after: 0, o: Options{}, says: "no name for the secret"},
		{name: "of a day", after: 23 * time.Hour},
		{name: "of more than a day", after: 25 * time.Hour, says: "the plan is stale: it is 25h"},
		{name: "older than is allowed", after: 2 * time.Hour, o: Options{MaxPlanAge: time.Hour}, says: "at most 1h0m0s are allowed"},
		{name: "of two days, which is allowed", after: 47 * time.Hour, o: Options{MaxPlanAge: 48 * time.Hour}},
		{name: "of two changes, which is allowed", o: Options{MaxChanges: 2}},
		{name: "of more changes", o: Options{MaxChanges: 1}, says: "the plan changes 2 repositories, more than --max-changes=1"},
		{name: "in waves", o: Options{Waves: []int{50}}},
		{name: "of the organization's secret", setup: org},
		{name: "of the organization's secret, in waves", setup: org, o: Options{Waves: []int{50}}, says: "there are no waves"},
	} {
		t.Run(tt.name, func(t *testing.T) {
			w := newWorld(t)
			w.repos = append(w.repos, forge.Repository{ID: "2", Owner: "acme", Name: "web", Writable: true})
			f := w.fleet(forge.Actions)
			if tt.setup != nil {
				tt.setup(f)
			}
			p := planAt(t, w, f, filepath.Join(shm(t), "j"))
			w.now = w.now.Add(tt.after)
			if strings.Contains(tt.says, "no name") {
				f.Policy.Secret = ""
			}
			err := f.Ready(p.j.Session(), p.plan, tt.o)
			if (err == nil) != (tt.says == "") || err != nil && (!strings.Contains(err.Error(), tt.says) || fault.Of(err) != fault.Input) {
				t.Errorf("%v, want %q", err, tt.says)
			}
			if tt.says == "" {
				return
			}
			tt.o.Run = NewRun()
			if _, again := f.Apply(context.Background(), p.j.Session(), p.plan, tt.o); again == nil || len(w.calls) > 0 {
				t.Errorf("carried out all the same: %v, %v", again, w.calls)
			}
		})
	}
}

// TestReadyByTheForgesClock: on a machine whose clock is behind, how old a plan is shows
// once the forge has answered.
func TestReadyByTheForgesClock(t *testing.T) {
	w := newWorld(t)
	f := w.fleet(forge.Actions)
	p := planAt(t, w, f, filepath.Join(shm(t), "j"))
	w.now, w.skew = w.now.Add(25*time.Hour), -25*time.Hour
	known := w.calls["repositories"]
	f.ServerTime = func() (at time.Time) {
		if w.calls["repositories"] > known {
			at = w.now
		}
		return at
	}
	if err := f.Ready(p.j.Session(), p.plan, Options{}); err != nil {
		t.Errorf("before the forge answered: %v", err)
	}
	_, err := f.Apply(t.Context(), p.j.Session(), p.plan, Options{Run: NewRun(), Relist: true})
	if err == nil || !strings.Contains(err.Error(), "the plan is stale: it is 25h") || w.calls["mint"] > 0 {
		t.Errorf("carried out: %v, %v", err, w.calls)
	}
}

// TestDueCounts counts what a sweep would revoke, or may.
func TestDueCounts(t *testing.T) {
	w, f, path := rotated(t)
	for after, want := range map[time.Duration]int{time.Hour: 0, 24*time.Hour + time.Second: 1} {
		f.Policy.Proof = false
		c := w.clone()
		c.now = w.now.Add(after)
		p := planAt(t, c, c.fleet(forge.Actions), path)
		p.f.Policy.Proof = false
		if got := p.f.Due(p.j.Session(), p.plan); got != want {
			t.Errorf("after %s: %d, want %d", after, got, want)
		}
		p.plan.Items[0].Tokens = append(p.plan.Items[0].Tokens, SeenToken{Stray: true})
		if got := p.f.Due(p.j.Session(), p.plan); got != want+1 {
			t.Errorf("after %s, with a stray: %d, want %d", after, got, want+1)
		}
		p.j.Close()
	}
	// One whose grace is over, and one that may go before.
	f.Policy.Proof, f.Policy.Force = true, true
	w.now = w.now.Add(23 * time.Hour)
	if _, err, _ := w.runOnce(f, path); err != nil {
		t.Fatal(err)
	}
	f.Policy.Force = false
	w.now = w.now.Add(2 * time.Hour)
	p := planAt(t, w, f, path)
	if got := f.Due(p.j.Session(), p.plan); got != 2 {
		t.Errorf("%d, want 2", got)
	}
	rep, err := p.apply(true, anything)
	if err != nil || !slices.Equal(rep.Repositories[0].Revoked, []string{"1", "2"}) {
		t.Errorf("revoked %v, %v", rep.Repositories, err)
	}
}

// rotated is a world in which token 2 replaced token 1, an hour after it was made.
func rotated(t *testing.T) (*world, *Fleet, string) {
	t.Helper()
	w := newWorld(t)
	w.now = time.Date(2100, 1, 2, 3, 0, 0, 0, time.UTC)
	w.runsListed = true
	f := w.fleet(forge.Actions)
	path := filepath.Join(shm(t), "j")
	for range 2 {
		if _, err, _ := w.runOnce(f, path); err != nil {
			t.Fatal(err)
		}
		w.now = w.now.Add(time.Hour)
		f.Policy.Force = true
	}
	f.Policy.Force = false
	return w, f, path
}

// statFunc stands in for the forge's word of a secret.
type statFunc func(forge.Ref) (forge.Stat, error)

func (f statFunc) Stat(_ context.Context, r forge.Ref) (forge.Stat, error) { return f(r) }

// unlisted is a service that lists no tokens.
type unlisted struct{}

func (unlisted) Tokens(context.Context, service.Scope) ([]service.Token, error) {
	return nil, errors.ErrUnsupported
}

// runsFunc stands in for the forge's list of CI runs.
type runsFunc func() (*forge.Run, error)

func (f runsFunc) OpenRun(context.Context, forge.Ref, time.Time) (*forge.Run, error) { return f() }

// TestSweepLooksOnceMore changes what is seen after the plan: nothing is revoked that it speaks against, and nothing is asked
// in vain.
func TestSweepLooksOnceMore(t *testing.T) {
	for _, tt := range []struct {
		name   string
		after  time.Duration
		places []forge.Store
		change func(w *world, f *Fleet)
		want   string // the tokens that are revoked
		says   string
		hint   string
		idle   bool // nothing is asked
	}{
		{name: "nothing is due", after: time.Hour, change: func(_ *world, f *Fleet) { f.Policy.Proof = false }, idle: true},
		{name: "the service does not revoke", after: 48 * time.Hour, change: func(_ *world, f *Fleet) { f.Service.Revoker = nil }, idle: true},
		{name: "the forge shows no times", after: 48 * time.Hour, change: func(w *world, f *Fleet) {
			f.Forge.Stater = statFunc(func(forge.Ref) (forge.Stat, error) { return forge.Stat{}, nil })
		}, want: "1"},
		{name: "the first place shows nothing, the second was changed", after: 48 * time.Hour, places: []forge.Store{forge.Actions, forge.Dependabot}, change: func(w *world, f *Fleet) {
			f.Forge.Stater = statFunc(func(r forge.Ref) (forge.Stat, error) {
				if r.Store == forge.Actions {
					return forge.Stat{}, errors.ErrUnsupported
				}
				return forge.Stat{UpdatedAt: w.now}, nil
			})
		}, says: "was changed at"},
		{name: "the current token is another's by its name", after: 48 * time.Hour, change: func(w *world, _ *Fleet) { w.tokens[1].Name = "somebody's" }, says: `the journal calls token 2 ours, and it is named "somebody's"`},
		{name: "the service lists no tokens", after: 48 * time.Hour, change: func(_ *world, f *Fleet) { f.Service.Tokens = nil }, says: "token 1 stays: it has no name that shows whose it is"},
		{name: "nor does it any more", after: 48 * time.Hour, change: func(_ *world, f *Fleet) { f.Service.Tokens = unlisted{} }, says: "token 1 stays: it has no name that shows whose it is"},
		{name: "runs are not shown, and what to do about it", after: time.Hour, change: func(_ *world, f *Fleet) {
			f.Forge.Runs = runsFunc(func() (*forge.Run, error) { return nil, fault.WithHint(errors.New("no right"), "ask for it") })
		}, says: "whether a run holds it is not to be seen: no right", hint: "ask for it"},
	} {
		t.Run(tt.name, func(t *testing.T) {
			w, f, path := rotated(t)
			if tt.places != nil {
				w = newWorld(t)
				w.now = time.Date(2100, 1, 2, 3, 0, 0, 0, time.UTC)
				f = w.fleet(tt.places...)
				path += "2"
				for range 2 {
					if _, err, _ := w.runOnce(f, path); err != nil {
						t.Fatal(err)
					}
					f.Policy.Force = true
				}
				f.Policy.Force = false
			}
			w.now = w.now.Add(tt.after)
			p := planAt(t, w, f, path)
			tt.change(w, f)
			rep, err := p.apply(true, anything)
			if err != nil {
				t.Fatal(err)
			}
			r := rep.Repositories[0]
			if got := strings.Join(r.Revoked, " "); got != tt.want || !strings.Contains(strings.Join(r.Notes, "; "), tt.says) || r.Hint != tt.hint {
				t.Errorf("revoked %q, want %q; %q, hint %q", got, tt.want, r.Notes, r.Hint)
			}
			if tt.idle && len(w.calls) > 0 {
				t.Errorf("asked in vain: %v", w.calls)
			}
		})
	}
}

// TestCurrentTokenIsNeverDue: a token that retired and came back is the secret's.
func TestCurrentTokenIsNeverDue(t *testing.T) {
	w := newWorld(t)
	f := w.fleet(forge.Actions)
	past := w.now.Add(-time.Hour)
	s := &saga{f: f, state: newRepoState("1")}
	for _, e := range []journal.Entry{
		{Kind: journal.Adopted, Token: "1", Name: "a"},
		{Kind: journal.Retiring, Token: "1", Name: "a", NotBefore: &past},
		{Kind: journal.Retiring, Token: "0", Name: "z", NotBefore: &past},
		{Kind: journal.Retiring, Token: "9", Name: "y", NotBefore: &past, Reason: byHand},
	} {
		s.state.apply(e)
	}
	due, waiting := s.due()
	if len(due) != 1 || due[0].id != "0" || len(waiting) != 0 {
		t.Errorf("due %v, waiting %v", due, waiting)
	}
	s.state.current = nil
	if due, _ := s.due(); len(due) != 2 {
		t.Errorf("without a current token %d are due", len(due))
	}
}

// sleeper keeps what it is asked to wait.
type sleeper struct {
	simClock
	err error
	ctx context.Context
}

func (c *sleeper) Sleep(ctx context.Context, _ time.Duration) error {
	c.ctx = ctx
	if rest.Stopped(ctx) != nil {
		<-ctx.Done()
		return ctx.Err()
	}
	return c.err
}

func TestPause(t *testing.T) {
	w := newWorld(t)
	f := w.fleet(forge.Actions)
	var said []string
	f.Notify = func(text string) { said = append(said, text) }
	clock := &sleeper{simClock: simClock{w}}
	f.Clock = clock
	s := &saga{f: f, repo: w.repos[0]}
	if err := s.pause(t.Context(), time.Second, "why"); err != nil || clock.ctx.Err() == nil {
		t.Errorf("%v; the wait's context lives on: %v", err, clock.ctx.Err() == nil)
	}
	if err := s.pause(t.Context(), time.Second-1, "why"); err != nil || !slices.Equal(said, []string{"acme/api: why; going on in 1s"}) {
		t.Errorf("%v, %q", err, said)
	}
	clock.err = errors.New("over")
	if err := s.pause(t.Context(), 1, "why"); !errors.Is(err, clock.err) {
		t.Errorf("%v", err)
	}
	stop := make(chan struct{})
	close(stop)
	if err := s.pause(rest.WithStop(t.Context(), stop), time.Hour, "why"); !errors.Is(err, context.Canceled) {
		t.Errorf("told to stop: %v", err)
	}
}

// adding adds repositories at the service, or refuses.
type adding struct {
	w   *world
	err error
}

func (a adding) AddRepository(_ context.Context, s service.Scope) error {
	if a.err == nil {
		delete(a.w.missing, s.Name)
	}
	return a.err
}

func TestRepositoryIsAddedFirst(t *testing.T) {
	for _, refused := range []error{nil, &rest.StatusError{Op: "add", Status: 403}} {
		w := newWorld(t)
		w.missing = map[string]bool{"api": true}
		f := w.fleet(forge.Actions)
		f.Service.Repositories, f.Service.Adder, f.Policy.AddMissing = simService{w}, adding{w, refused}, true
		p := planAt(t, w, f, filepath.Join(shm(t), "j"))
		rep, err := p.apply(false, anything)
		if (err == nil) != (refused == nil) || (w.calls["mint"] == 1) != (refused == nil) || w.missing["api"] != (refused != nil) {
			t.Errorf("%v: %v, %v, %+v", refused, err, w.calls, rep.Repositories)
		}
	}
}

// TestAgedPlan: where a plan is older than a few minutes, what it saw is looked at again.
func TestAgedPlan(t *testing.T) {
	for age, want := range map[time.Duration]Outcome{0: Created, time.Hour: FailedOut} {
		w := newWorld(t)
		p := planAt(t, w, w.fleet(forge.Actions), filepath.Join(shm(t), "j"))
		w.now = w.now.Add(age)
		if age > 0 { // else the model would find that it is overwritten
			w.secrets["1/actions"] = &simSecret{value: "by hand", updated: w.now}
		}
		rep, _ := p.f.Apply(t.Context(), w.session(p.j), p.plan, Options{Run: NewRun()})
		if len(rep.Repositories) != 1 || rep.Repositories[0].Outcome != want {
			t.Errorf("%s: %+v", age, rep.Repositories)
		}
	}
}

// TestUnclaimed: where the plan saw no secret, and somebody's is there by now, nothing
// is written and no token made.
func TestUnclaimed(t *testing.T) {
	wrote := func(s *sagaTest) *sagaTest {
		return s.before(journal.Entry{Kind: journal.Storing, Token: "9", Places: []string{"actions"}}, journal.Entry{Kind: journal.Revoked, Token: "9"})
	}
	there := func(st forge.Stat) statFunc { return func(forge.Ref) (forge.Stat, error) { return st, nil } }
	for _, tt := range []struct {
		name   string
		change func(s *sagaTest)
		want   string
	}{
		{"nothing there", func(*sagaTest) {}, ""},
		{"somebody's", func(s *sagaTest) { s.f.Forge.Stater = there(forge.Stat{}) }, "the secret in actions was written since the plan was made, not by this tool"},
		{"somebody's, of a token that all share", func(s *sagaTest) {
			s.f.Forge.Stater, s.f.Service.Minter, s.f.Service.Given = there(forge.Stat{}), nil, secret.New("shared-0123456789abcdef")
		}, "the secret in actions was written since the plan was made, not by this tool"},
		{"one that is to be replaced", func(s *sagaTest) { s.f.Forge.Stater, s.f.Policy.AdoptSecrets = there(forge.Stat{}), true }, ""},
		{"somebody's, and the plan is of now", func(s *sagaTest) { s.f.Forge.Stater, s.aged = there(forge.Stat{}), false }, ""},
		{"a marked one", func(s *sagaTest) { s.f.Forge.Stater = there(forge.Stat{Ours: true}) }, ""},
		{"one that an earlier run may have written", func(s *sagaTest) { wrote(s).f.Forge.Stater = there(forge.Stat{}) }, ""},
		{"one that the plan saw", func(s *sagaTest) { s.plan.Places[0].Exists, s.f.Forge.Stater = true, there(forge.Stat{}) }, ""},
		{"of which the forge shows nothing", func(s *sagaTest) {
			s.f.Forge.Stater = statFunc(func(forge.Ref) (forge.Stat, error) { return forge.Stat{}, errors.ErrUnsupported })
		}, ""},
		{"that cannot be looked at", func(s *sagaTest) {
			s.f.Forge.Stater = statFunc(func(forge.Ref) (forge.Stat, error) { return forge.Stat{}, &rest.StatusError{Status: 502} })
		}, "look at actions: "},
	} {
		s := newSaga(t, forge.Actions)
		s.aged = true
		tt.change(s)
		err := s.renew(t.Context())
		if (err == nil) != (tt.want == "") || err != nil && !strings.Contains(err.Error(), tt.want) || err != nil && s.w.calls["mint"]+s.w.calls["put"] > 0 {
			t.Errorf("%s: %v, want %q; %v", tt.name, err, tt.want, s.w.calls)
		}
	}
}
