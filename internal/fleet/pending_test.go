package fleet

import (
	"context"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/gatewright/gatewright/internal/fleet/journal"
	"github.com/gatewright/gatewright/internal/forge"
)

// TestPendingToken goes on with what a killed run left.
func TestPendingToken(t *testing.T) {
	for _, tt := range []struct {
		name   string
		killed string // after this entry
		fault  func(*world)
		mints  int // in all
		live   string
		says   string
		fails  bool
	}{
		{name: "stored from its sealed form", killed: "minted", mints: 1, live: "1"},
		{name: "whose key was replaced", killed: "minted", fault: nth("put-sealed", 1, unprocessable), mints: 2, live: "2", says: "could not be stored"},
		{name: "that the forge refuses", killed: "minted", fault: nth("put-sealed", 0, refusedBy), mints: 2, says: "could not be stored", fails: true},
		{name: "whose storing is not answered", killed: "minted", fault: nth("put-sealed", 0, lostBefore), mints: 1, fails: true},
		{name: "whose tokens cannot be listed", killed: "planned", fault: nth("tokens", 0, refusedBy), fails: true},
	} {
		t.Run(tt.name, func(t *testing.T) {
			w := newWorld(t)
			f := w.fleet(forge.Actions)
			path := filepath.Join(shm(t), "j")
			w.onEvent = func(what string) {
				if what == "after journal "+tt.killed {
					panic(killed{})
				}
			}
			if _, _, dead := w.runOnce(f, path); !dead {
				t.Fatal("not killed")
			}
			w.onEvent, w.now = nil, w.now.Add(time.Minute)
			p := planAt(t, w, f, path)
			if tt.fault != nil {
				tt.fault(w)
			}
			rep, err := p.apply(false, anything)
			if (err != nil) != tt.fails || len(w.tokens) != tt.mints || !strings.Contains(strings.Join(rep.Repositories[0].Notes, "; "), tt.says) {
				t.Fatalf("%v, %d tokens, %+v", err, len(w.tokens), rep.Repositories)
			}
			if tt.fails {
				return
			}
			p.j.Close()
			w.settleAll(f, path)
			for _, tok := range w.tokens {
				if tok.live != (tok.ID == tt.live) {
					t.Errorf("token %s lives: %v", tok.ID, tok.live)
				}
			}
		})
	}
}

// TestProofWithoutTimes: where the forge shows no times, the clock of its answers says since when the secret holds the
// current token; our own clock does not.
func TestProofWithoutTimes(t *testing.T) {
	for _, tt := range []struct {
		name   string
		clock  bool
		places []forge.Store // by now
		want   string
	}{
		{"by the forge's clock", true, []forge.Store{forge.Actions}, "1"},
		{"by our own", false, []forge.Store{forge.Actions}, ""},
		{"a place that never held it", true, []forge.Store{forge.Actions, forge.Dependabot}, ""},
	} {
		t.Run(tt.name, func(t *testing.T) {
			w := newWorld(t)
			w.now = time.Date(2100, 1, 2, 3, 0, 0, 0, time.UTC)
			w.runsListed, w.stats = true, false
			f := w.fleet(forge.Actions)
			known := f.ServerTime
			if !tt.clock {
				f.ServerTime = func() time.Time { return time.Time{} }
			}
			path := filepath.Join(shm(t), "j")
			for range 2 {
				if _, err, _ := w.runOnce(f, path); err != nil {
					t.Fatal(err)
				}
				w.now, f.Policy.Force = w.now.Add(time.Hour), true
			}
			f.Policy.Force, f.ServerTime = false, known
			f.Policy.Places = w.fleet(tt.places...).Policy.Places
			p := planAt(t, w, f, path)
			rep, err := p.apply(true, anything)
			if got := strings.Join(rep.Repositories[0].Revoked, " "); err != nil || got != tt.want {
				t.Errorf("revoked %q, want %q; %v, %q", got, tt.want, err, rep.Repositories[0].Notes)
			}
		})
	}
}

// TestGraceBeginsAnewAfterADrift: whoever changed the secret may have put an old token back.
func TestGraceBeginsAnewAfterADrift(t *testing.T) {
	w, f, path := rotated(t)
	f.Policy.Proof = false
	w.now = w.now.Add(12 * time.Hour)
	w.secrets["1/actions"].value, w.secrets["1/actions"].updated = "by hand", w.now
	w.now = w.now.Add(time.Hour)
	p := planAt(t, w, f, path)
	rep, err := p.apply(false, anything)
	if err != nil {
		t.Fatal(err)
	}
	for _, d := range rep.Repositories[0].Retiring {
		if d.Token == "1" && d.NotBefore.Sub(w.now) > 23*time.Hour {
			return
		}
	}
	t.Errorf("token 1 retires at %v, and it is %s", rep.Repositories[0].Retiring, w.now)
}

// TestOlderTokensRetireBehindAnAdoptedOne adopts the newest of two, where the journal is lost.
func TestOlderTokensRetireBehindAnAdoptedOne(t *testing.T) {
	w, f, path := rotated(t)
	f.Policy.Proof = false
	p := planAt(t, w, f, path+"-new")
	rep, err := p.apply(false, anything)
	r := rep.Repositories[0]
	if err != nil || r.Outcome != Adopted || r.TokenID != "2" || len(r.Retiring) != 1 || r.Retiring[0].Token != "1" {
		t.Errorf("%v, %+v", err, r)
	}
	entries := mustRead(w, p.j.Path()).Entries
	observed := slices.IndexFunc(entries, func(e journal.Entry) bool { return e.Kind == journal.Observed })
	adopted := slices.IndexFunc(entries, func(e journal.Entry) bool { return e.Kind == journal.Adopted })
	if observed < 0 || adopted < observed {
		t.Errorf("the forge's time is written down at %d, the token at %d", observed, adopted)
	}
}

// TestRelistOfNone: a name of no repository is looked for no further.
func TestRelistOfNone(t *testing.T) {
	w := newWorld(t)
	f := w.fleet(forge.Actions)
	f.Policy.Filter.Names = []string{"api", "ghost"}
	p := planAt(t, w, f, filepath.Join(shm(t), "j"))
	w.calls = map[string]int{}
	rep, err := f.Apply(context.Background(), p.j.Session(), p.plan, Options{Run: NewRun(), Relist: true})
	if last := rep.Repositories[len(rep.Repositories)-1]; err == nil || last.Action != Unknown || !strings.Contains(last.Reason, "not listed by the forge") || w.calls["repositories"] != 1 {
		t.Errorf("%v, %+v, %d lists", err, last, w.calls["repositories"])
	}
}

// TestRelist looks once more which repositories there are, and leaves the plan as it was.
func TestRelist(t *testing.T) {
	w := newWorld(t)
	f := w.fleet(forge.Actions)
	p := planAt(t, w, f, filepath.Join(shm(t), "j"))
	w.repos[0].Name = "renamed"
	o := Options{Run: NewRun(), Relist: true}
	refuseCall(w, "repositories")
	if rep, err := f.Apply(context.Background(), p.j.Session(), p.plan, o); err == nil || !strings.Contains(err.Error(), "403") || rep.Run != "" || w.calls["mint"] > 0 {
		t.Errorf("the list was refused: %v, %v", err, w.calls)
	}
	w.fault, w.calls = nil, map[string]int{}
	rep, err := f.Apply(context.Background(), p.j.Session(), p.plan, o)
	if n := w.calls["repositories"]; n != 1 { // a second list is for what the first one lacks
		t.Errorf("listed %d times", n)
	}
	if err != nil || rep.Repositories[0].Repository != "acme/renamed" || p.plan.Items[0].Repository != "acme/api" {
		t.Errorf("%v, %+v, planned %s", err, rep.Repositories, p.plan.Items[0].Repository)
	}
}
