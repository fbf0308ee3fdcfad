package fleet

import (
	"context"
	"encoding/base64"
	"fmt"
	"io/fs"
	"iter"
	"os"
	"runtime/debug"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/gatewright/gatewright/internal/fault"
	"github.com/gatewright/gatewright/internal/fleet/journal"
	"github.com/gatewright/gatewright/internal/forge"
	"github.com/gatewright/gatewright/internal/repo"
	"github.com/gatewright/gatewright/internal/rest"
	"github.com/gatewright/gatewright/internal/secret"
	"github.com/gatewright/gatewright/internal/service"
)

// A model of a service and a forge in memory, that checks after every effect
// what must never be broken:
//
//  1. a place never holds a token that the tool revoked;
//  2. a token that a place held is not revoked before its grace is over,
//     counted from the moment the place was overwritten;
//  3. no foreign token is revoked, no foreign secret overwritten;
//  4. the journal can be read at any moment;
//  5. within its grace a token is revoked only if no CI run that has not ended
//     read it from a place.
//
// And in the end, after reruns without faults: every place holds the one live
// token of the tool, and no other token of the tool is alive.

// The model is small: to collect its garbage a quarter as often takes a fifth off
// the processor's time.
func init() { debug.SetGCPercent(400) }

type simToken struct {
	service.Token
	repo    string // the forge's id
	value   string
	foreign bool
	live    bool
	byTool  bool // revoked by the tool, not by a person
	leaked  bool
	died    time.Time // when it was revoked or deleted
	heldTo  time.Time // when a place was last overwritten that held it
}

type simSecret struct {
	value   string
	updated time.Time
	ours    bool // the tool wrote it at some time
}

// simRun is a CI run. It has read its repository's secrets when it was queued.
type simRun struct {
	repo   string // the forge's id
	values []string
	queued time.Time
	ended  bool
}

// startRun queues a run of the repository.
func (w *world) startRun(repo string) {
	r := &simRun{repo: repo, queued: w.now}
	for key, s := range w.secrets {
		if strings.HasPrefix(key, repo+"/") {
			r.values = append(r.values, s.value)
		}
	}
	w.say("a run of %s begins", repo)
	w.runs = append(w.runs, r)
}

// holder returns a run that has not ended and has read the token.
func (w *world) holder(t *simToken) *simRun {
	for _, r := range w.runs {
		if !r.ended && slices.Contains(r.values, t.value) {
			return r
		}
	}
	return nil
}

// OpenRun lists runs a minute late.
func (f simForge) OpenRun(_ context.Context, ref forge.Ref, before time.Time) (out *forge.Run, err error) {
	w := f.w
	err = w.call("runs", func() error {
		repo := w.repo(ref.Owner, ref.Repo)
		if repo == nil {
			return notFound("runs")
		}
		if err := w.denied("runs", repo); err != nil {
			return err
		}
		for _, r := range w.runs {
			if r.repo == repo.ID && !r.ended && !r.queued.After(before) && w.now.Sub(r.queued) > time.Minute {
				out = &forge.Run{ID: "1", State: "queued", QueuedAt: r.queued}
			}
		}
		return nil
	})
	return out, err
}

type effect int

const (
	fine effect = iota
	refusedBy
	lostBefore
	lostAfter
	limited
	brokenBefore
	brokenAfter
	garbage
	delayed
	effects // those above are tried in every state; those below in histories
	unauthorized
	notThere
	conflict
	unprocessable
	notImplemented
	unavailable
	twice
	slow
	without // says that it was done, and did nothing: revocations
	stale   // the list of before
	empty   // an empty list
	allEffects
)

func (e effect) String() string {
	return strings.Fields("fine refused lost-before lost-after 429 5xx-before 5xx-after garbage delayed - 401 404 409 422 501 503 twice slow without-effect stale-list empty-list")[e]
}

// fits reports whether a server can answer the call so: a 404 for a secret that
// is there would be a lie that nothing can find out.
func (e effect) fits(call string) bool {
	switch e {
	case effects:
		return false
	case notThere:
		return call == "tokens" || call == "revoke" || call == "prove"
	case without:
		return call == "revoke"
	case stale, empty:
		return call == "tokens"
	case twice:
		return strings.HasPrefix(call, "put") || call == "revoke"
	default:
		return true
	}
}

// lateEffect is one whose request was still under way when its answer was
// given up: it comes within answerWait.
type lateEffect struct {
	at time.Time
	do func()
}

// land lets the delayed effects arrive that are due.
func (w *world) land() {
	var later []lateEffect
	due := w.late
	w.late = nil
	for _, l := range due {
		if l.at.After(w.now) {
			later = append(later, l)
			continue
		}
		l.do()
		w.check()
	}
	w.late = append(later, w.late...)
}

// killed is thrown where a process would be killed.
type killed struct{}

type world struct {
	t       interface{ Fatalf(string, ...any) }
	now     time.Time // the true time, by which the servers go
	skew    time.Duration
	keys    journal.Keys // of the journal that runOnce opens
	repos   []forge.Repository
	tokens  []*simToken
	secrets map[string]*simSecret
	late    []lateEffect
	delay   time.Duration // of delayed effects
	grace   time.Duration
	serial  int
	trace   []string

	lens      effect         // how the list of tokens is shown: stale, empty
	leaking   bool           // the run revokes what leaked, whatever holds it
	histogram map[effect]int // faults by kind
	names     bool           // the service knows names
	seals     bool
	stats     bool
	lists     bool
	events    int
	fault     func(call string) effect      // asked before every remote call; nil: fine
	deny      func(call, repo string) error // what a server always answers; nil: nothing
	missing   map[string]bool               // repositories that the service was never told of
	onEvent   func(what string)             // may panic(killed{})
	calls     map[string]int
	sweeps    bool // runs are sweeps
	runs      []*simRun
	proofs    int // tokens that were revoked within their grace
	// runsListed: the forge lists its runs.
	runsListed bool
	forgot     bool // this machine's journal does not tell all: cut, or another machine has its own
}

func newWorld(t interface{ Fatalf(string, ...any) }) *world {
	return &world{
		t: t, now: time.Date(2026, 11, 21, 12, 0, 0, 0, time.UTC), secrets: map[string]*simSecret{}, grace: 24 * time.Hour, delay: 5 * time.Second,
		histogram: map[effect]int{}, names: true, seals: true, stats: true, lists: true, calls: map[string]int{},
		repos: []forge.Repository{{ID: "1", Owner: "acme", Name: "api", Writable: true}},
	}
}

// clone copies the state, for tests that go on from one point in many ways.
func (w *world) clone() *world {
	c := *w
	c.repos = slices.Clone(w.repos)
	c.tokens, c.secrets, c.calls = nil, map[string]*simSecret{}, map[string]int{}
	for _, t := range w.tokens {
		n := *t
		c.tokens = append(c.tokens, &n)
	}
	for k, s := range w.secrets {
		n := *s
		c.secrets[k] = &n
	}
	c.trace = slices.Clone(w.trace)
	return &c
}

func (w *world) say(format string, args ...any) {
	w.trace = append(w.trace, fmt.Sprintf("%s ", w.now.Format("02T15:04:05"))+fmt.Sprintf(format, args...))
}

func (w *world) violated(format string, args ...any) {
	w.t.Fatalf("%s\n%s", fmt.Sprintf(format, args...), strings.Join(w.trace, "\n"))
}

func (w *world) event(what string) {
	w.events++
	w.now = w.now.Add(time.Second)
	w.land()
	if w.onEvent != nil {
		w.onEvent(what)
	}
}

// call is one remote call: it may fail in any way, with or without its effect.
func (w *world) call(name string, do func() error) error {
	w.event("before " + name)
	w.calls[name]++
	e := fine
	if w.fault != nil {
		e = w.fault(name)
	}
	if !e.fits(name) {
		e = fine
	}
	if e != fine {
		w.say("%s: %s", name, e)
		w.histogram[e]++
	}
	var err error
	switch e {
	case fine, stale, empty:
		w.lens = e
		err = do()
		w.lens = fine
	case twice:
		if err = do(); err == nil {
			err = do()
		}
	case slow:
		w.now = w.now.Add(3 * time.Minute)
		w.land()
		err = do()
	case without:
	case unauthorized, notThere, conflict, unprocessable, notImplemented, unavailable:
		code := map[effect]int{unauthorized: 401, notThere: 404, conflict: 409, unprocessable: 422, notImplemented: 501, unavailable: 503}[e]
		return &rest.StatusError{Op: name, Status: code, Message: "no"}
	case refusedBy:
		return &rest.StatusError{Op: name, Status: 403, Message: "no"}
	case lostBefore:
		return &rest.ConnectionError{Op: name, Sent: true, Reason: "lost"}
	case limited:
		return &rest.StatusError{Op: name, Status: 429}
	case brokenBefore:
		return &rest.StatusError{Op: name, Status: 500}
	case lostAfter:
		if err = do(); err == nil {
			err = &rest.ConnectionError{Op: name, Sent: true, Reason: "lost"}
		}
	case brokenAfter:
		if err = do(); err == nil {
			err = &rest.StatusError{Op: name, Status: 502}
		}
	case garbage:
		if err = do(); err == nil {
			err = fault.Errorf(fault.Service, "%s: HTML where JSON is expected", name)
		}
	case delayed:
		w.late = append(w.late, lateEffect{w.now.Add(w.delay), func() { _ = do() }})
		return &rest.ConnectionError{Op: name, Sent: true, Reason: "lost"}
	}
	w.check()
	w.event("after " + name)
	return err
}

// check holds the first of the rules; the others are held where they could break.
func (w *world) check() {
	for key, s := range w.secrets {
		for _, t := range w.tokens {
			if t.value == s.value && t.byTool && !t.leaked {
				w.violated("%s holds token %s, which the tool revoked", key, t.ID)
			}
		}
	}
}

func (w *world) repo(owner, name string) *forge.Repository {
	for i := range w.repos {
		if w.repos[i].Owner == owner && w.repos[i].Name == name {
			return &w.repos[i]
		}
	}
	return nil
}

func notFound(op string) error { return &rest.StatusError{Op: op, Status: 404, Message: "not found"} }

func (w *world) denied(call string, repo *forge.Repository) error {
	if w.deny == nil {
		return nil
	}
	return w.deny(call, repo.Name)
}

// Repositories lists what the service was told of.
func (s simService) Repositories(context.Context, string, string) (out []service.Repository, err error) {
	err = s.w.call("service-repositories", func() error {
		for _, r := range s.w.repos {
			out = append(out, service.Repository{Repo: repo.Repo{Owner: r.Owner, Name: r.Name}, Added: !s.w.missing[r.Name]})
		}
		return nil
	})
	return out, err
}

// The service.

type simService struct{ w *world }

func (s simService) Mint(_ context.Context, r service.MintRequest) (out service.Minted, err error) {
	w := s.w
	err = w.call("mint", func() error {
		repo := w.repo(r.Scope.Owner, r.Scope.Name)
		if repo == nil {
			return notFound("mint")
		}
		w.serial++
		at, exp := w.now, r.ExpiresAt
		t := &simToken{repo: repo.ID, value: fmt.Sprintf("tok-%d-0123456789abcdef", w.serial), live: true}
		t.Token = service.Token{ID: fmt.Sprint(w.serial), CreatedAt: &at, ExpiresAt: &exp}
		if w.names {
			t.Name = r.Name
			for _, o := range w.tokens {
				if o.live && o.repo == t.repo && o.Name == t.Name {
					return &rest.StatusError{Op: "mint", Status: 409}
				}
			}
		}
		w.say("minted %s %s", t.ID, r.Name)
		w.tokens = append(w.tokens, t)
		out = service.Minted{Token: t.Token, Value: secret.New(t.value)}
		return nil
	})
	return out, err
}

func (s simService) Tokens(_ context.Context, sc service.Scope) (out []service.Token, err error) {
	w := s.w
	err = w.call("tokens", func() error {
		repo := w.repo(sc.Owner, sc.Name)
		if repo == nil {
			return notFound("tokens")
		}
		if err := w.denied("tokens", repo); err != nil {
			return err
		}
		out = nil
		if w.lens == empty {
			return nil
		}
		for _, t := range slices.Backward(w.tokens) {
			if (t.live || w.lens == stale && w.now.Sub(t.died) < time.Hour) && (w.lens != stale || t.CreatedAt == nil || w.now.Sub(*t.CreatedAt) > time.Minute) && t.repo == repo.ID {
				out = append(out, t.Token)
			}
		}
		return nil
	})
	if err != nil {
		return nil, err
	}
	return out, nil
}

func (s simService) Revoke(_ context.Context, sc service.Scope, id string) error {
	w := s.w
	for _, t := range w.tokens { // asked for is enough: it may be done only in a later run
		t.leaked = t.leaked || t.ID == id && w.leaking && !t.foreign
	}
	return w.call("revoke", func() error {
		for _, t := range w.tokens {
			if t.ID != id {
				continue
			}
			if !t.live {
				return nil
			}
			if t.foreign && !t.leaked {
				w.violated("foreign token %s is revoked", id)
			}
			for key, s := range w.secrets {
				if s.value == t.value && !t.leaked {
					w.violated("token %s is revoked while %s holds it", id, key)
				}
			}
			if run := w.holder(t); !t.heldTo.IsZero() && w.now.Before(t.heldTo.Add(w.grace)) && !t.leaked && run != nil {
				w.violated("token %s is revoked while the run of %s holds it, which began at %s", id, run.repo, run.queued)
			} else if !w.runsListed && !t.heldTo.IsZero() && w.now.Before(t.heldTo.Add(w.grace)) && !t.leaked {
				w.violated("token %s is revoked %s after a place held it, grace is %s", id, w.now.Sub(t.heldTo), w.grace)
			}
			if !t.heldTo.IsZero() && w.now.Before(t.heldTo.Add(w.grace)) && !t.leaked {
				w.proofs++
			}
			t.live, t.byTool, t.died = false, true, w.now
			w.say("revoked %s", id)
			return nil
		}
		return notFound("revoke")
	})
}

func (s simService) Prove(_ context.Context, _ service.Scope, v secret.Value) error {
	w := s.w
	return w.call("prove", func() error {
		for _, t := range w.tokens {
			if t.value == v.Expose() && t.live {
				return nil
			}
		}
		return &rest.StatusError{Op: "prove", Status: 401}
	})
}

// The forge.

type simForge struct{ w *world }

func (f simForge) Repositories(context.Context, string, forge.Filter) iter.Seq2[forge.Repository, error] {
	return func(yield func(forge.Repository, error) bool) {
		if err := f.w.call("repositories", func() error { return nil }); err != nil {
			yield(forge.Repository{}, err)
			return
		}
		for _, r := range f.w.repos {
			if !yield(r, nil) {
				return
			}
		}
	}
}

func (f simForge) write(op string, ref forge.Ref, value string) (out forge.Written, err error) {
	w := f.w
	err = w.call(op, func() error {
		repo := w.repo(ref.Owner, ref.Repo)
		if repo == nil {
			return notFound(op)
		}
		if repo.Archived {
			return &rest.StatusError{Op: op, Status: 403, Message: "archived"}
		}
		if err := w.denied(op, repo); err != nil {
			return err
		}
		key := repo.ID + "/" + string(ref.Store)
		s := w.secrets[key]
		out = forge.Replaced
		if s == nil {
			s, out = &simSecret{}, forge.Created
			w.secrets[key] = s
		} else if !s.ours {
			w.violated("the foreign secret in %s is overwritten", key)
		}
		for _, t := range w.tokens {
			if t.value == s.value && s.value != value {
				t.heldTo = w.now
			}
		}
		s.value, s.updated, s.ours = value, w.now, true
		w.say("%s now holds %s", key, value)
		return nil
	})
	return out, err
}

func (f simForge) Put(_ context.Context, ref forge.Ref, v secret.Value) (forge.Written, error) {
	return f.write("put", ref, v.Expose())
}

func (f simForge) Delete(_ context.Context, ref forge.Ref) error {
	w := f.w
	return w.call("delete", func() error {
		repo := w.repo(ref.Owner, ref.Repo)
		if repo == nil {
			return notFound("delete")
		}
		key := repo.ID + "/" + string(ref.Store)
		if s := w.secrets[key]; s != nil && !s.ours {
			w.violated("the foreign secret in %s is deleted", key)
		}
		delete(w.secrets, key)
		return nil
	})
}

func (f simForge) Seal(_ context.Context, ref forge.Ref, v secret.Value) (out forge.Sealed, err error) {
	err = f.w.call("key", func() error {
		out = forge.Sealed{KeyID: "k", Text: base64.StdEncoding.EncodeToString([]byte("sealed:" + v.Expose()))}
		return nil
	})
	return out, err
}

func (f simForge) PutSealed(_ context.Context, ref forge.Ref, s forge.Sealed) (forge.Written, error) {
	text, _ := base64.StdEncoding.DecodeString(s.Text)
	return f.write("put-sealed", ref, strings.TrimPrefix(string(text), "sealed:"))
}

func (f simForge) Stat(_ context.Context, ref forge.Ref) (out forge.Stat, err error) {
	w := f.w
	err = w.call("stat", func() error {
		repo := w.repo(ref.Owner, ref.Repo)
		if repo == nil {
			return fmt.Errorf("stat: %w", fs.ErrNotExist)
		}
		if err := w.denied("stat", repo); err != nil {
			return err
		}
		s := w.secrets[repo.ID+"/"+string(ref.Store)]
		if s == nil {
			return fmt.Errorf("stat: %w", fs.ErrNotExist)
		}
		out = forge.Stat{Name: ref.Name, UpdatedAt: s.updated}
		return nil
	})
	return out, err
}

func (f simForge) CanWrite(_ context.Context, ref forge.Ref) error {
	return f.w.call("can-write", func() error {
		if r := f.w.repo(ref.Owner, ref.Repo); r == nil || r.Archived {
			return &rest.StatusError{Op: "can-write", Status: 403}
		}
		return nil
	})
}

// The machine that runs the fleet.

type simClock struct{ w *world }

func (c simClock) Now() time.Time { return c.w.now.Add(c.w.skew) }

func (c simClock) Sleep(_ context.Context, d time.Duration) error {
	c.w.now = c.w.now.Add(d)
	c.w.land()
	return nil
}

func (w *world) fleet(places ...forge.Store) *Fleet {
	f := &Fleet{
		Service: Service{Name: "codacy", Minter: simService{w}, Revoker: simService{w}, Prove: simService{w}.Prove, Issue: service.Issue{Max: 100, Longest: 365 * 24 * time.Hour}},
		Forge:   Forge{Name: "github", Forge: forge.Forge{RepositoryLister: simForge{w}, Secrets: simForge{w}, WriteChecker: simForge{w}}},
		Policy:  Policy{Org: "acme", Secret: "TOKEN", RotateWithin: 14 * 24 * time.Hour, Life: 90 * 24 * time.Hour, Grace: w.grace},
		Clock:   simClock{w}, Workers: 1, ServerTime: func() time.Time { return w.now },
	}
	if w.lists {
		f.Service.Tokens = simService{w}
	}
	if w.seals {
		f.Forge.Sealer = simForge{w}
	}
	if w.stats {
		f.Forge.Stater = simForge{w}
	}
	if w.runsListed {
		f.Forge.Runs, f.Policy.Proof = simForge{w}, true
	}
	for _, p := range places {
		f.Policy.Places = append(f.Policy.Places, Place{Store: p})
	}
	return f
}

// watched tells the world of every write of the journal.
type watched struct {
	w *world
	j *journal.Journal
}

func (l watched) Append(e journal.Entry) error {
	l.w.event("before journal " + string(e.Kind))
	if err := l.j.Append(e); err != nil {
		return err
	}
	l.w.say("journal %s %s%s", e.Kind, e.Name, e.Place)
	l.w.event("after journal " + string(e.Kind))
	return nil
}

// runOnce is a whole `fleet plan` and `fleet apply`, until its end or until it
// is killed. Errors are what the faults made; only violations matter here.
func (w *world) runOnce(f *Fleet, path string, change ...func(*Options)) (rep Report, err error, dead bool) {
	j, err := journal.Open(path, w.keys)
	if err != nil {
		w.violated("the journal cannot be opened: %v", err)
	}
	defer j.Close()
	defer func() {
		if p := recover(); p != nil {
			if _, ok := p.(killed); !ok {
				panic(p)
			}
			w.say("KILLED")
			dead = true
		}
	}()
	plan, err := f.Plan(context.Background(), j.Session(), nil)
	if err != nil {
		return Report{}, err, false
	}
	for _, i := range plan.Items {
		w.say("plan %s: %s (%s)", i.Repository, i.Action, i.Reason)
	}
	o := Options{Run: NewRun()}
	for _, c := range change {
		c(&o)
	}
	if w.sweeps {
		rep, err = f.Sweep(context.Background(), w.session(j), plan, o)
	} else {
		rep, err = f.Apply(context.Background(), w.session(j), plan, o)
	}
	for _, r := range rep.Repositories {
		w.say("result %s: %s (%s) %v", r.Repository, r.Outcome, r.Reason, r.Notes)
	}
	return rep, err, false
}

// settleAll lets the tool run without faults until it must have come to rest,
// and checks that it did.
func (w *world) settleAll(f *Fleet, path string) {
	w.fault, w.onEvent, w.sweeps = nil, nil, false
	for range 5 {
		if _, _, dead := w.runOnce(f, path); dead {
			w.violated("killed without reason")
		}
		w.now = w.now.Add(w.grace + time.Hour)
	}
	plan, err := f.Plan(context.Background(), mustRead(w, path), nil)
	if err != nil {
		w.violated("plan: %v", err)
	}
	for i, item := range plan.Items {
		w.rested(f, w.repos[i], item)
	}
}

func mustRead(w *world, path string) journal.Session {
	j, err := journal.Read(path, journal.Keys{})
	if err != nil {
		w.violated("read the journal: %v", err)
	}
	return j
}

// session is the journal in use, watched by the world.
func (w *world) session(j *journal.Journal) journal.Session {
	s := j.Session()
	s.Log = watched{w, j}
	return s
}

func (w *world) rested(f *Fleet, repo forge.Repository, item Item) {
	if repo.Archived {
		return
	}
	if s := w.secrets[repo.ID+"/actions"]; s != nil && !s.ours {
		if item.Action != Foreign {
			w.violated("in the end %s is planned as %s, want foreign", item.Repository, item.Action)
		}
		return
	}
	if item.Action == Foreign && w.forgot && w.nobodys(repo.ID) {
		return // its journal is lost and a person deleted its token: nothing tells whose it is
	}
	if item.Action != Keep {
		w.violated("in the end %s is planned as %s (%s), want keep", item.Repository, item.Action, item.Reason)
	}
	var own []*simToken
	for _, t := range w.tokens {
		if t.live && !t.foreign && t.repo == repo.ID {
			own = append(own, t)
		}
	}
	if len(own) != 1 {
		ids := []string{}
		for _, t := range own {
			ids = append(ids, t.ID)
		}
		w.violated("in the end %s has tokens %v, want one", item.Repository, ids)
	}
	for _, p := range f.Policy.Places {
		s := w.secrets[repo.ID+"/"+string(p.Store)]
		if s == nil || s.value != own[0].value {
			w.violated("in the end %s of %s does not hold the live token %s", p, item.Repository, own[0].ID)
		}
	}
}

func (w *world) nobodys(repo string) bool {
	return !slices.ContainsFunc(w.tokens, func(t *simToken) bool { return t.live && !t.foreign && t.repo == repo })
}

// shm returns a directory in memory where there is one: thousands of histories
// sync thousands of journals.
func shm(t testing.TB) string {
	dir, err := os.MkdirTemp("/dev/shm", "fleet")
	if err != nil {
		return t.TempDir()
	}
	t.Cleanup(func() { os.RemoveAll(dir) })
	return dir
}
