package fleet

import (
	"context"
	"fmt"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/gatewright/gatewright/internal/fault"
	"github.com/gatewright/gatewright/internal/forge"
)

// TestStalePlans: a plan is carried out while nothing happened since that it does not
// say itself.
func TestStalePlans(t *testing.T) {
	w, f, path := rotated(t)
	f.Policy.Force, f.Policy.Proof = true, false
	p := planAt(t, w, f, path)
	now := w.now
	check := func(name string, p Plan, at time.Time, says string) {
		t.Helper()
		f.ServerTime = func() time.Time { return at }
		err := f.freshPlan(p, mustRead(w, path).Entries, time.Hour)
		if (err == nil) != (says == "") || err != nil && (fault.Of(err) != fault.Input || !strings.Contains(err.Error(), says)) {
			t.Errorf("%s: %v, want %q", name, err, says)
		}
	}
	made := p.plan.MadeAt
	check("as it was made", p.plan, now, "")
	check("as old as may be", p.plan, made.Add(time.Hour), "")
	check("older", p.plan, made.Add(time.Hour+1), "the plan is stale: it is 1h0m0s old")
	check("as far ahead as clocks differ", p.plan, made.Add(-tolerance), "")
	check("further", p.plan, made.Add(-tolerance-1), "it was made in the future")
	other := p.plan
	other.Policy = "other"
	check("for other settings", other, now, "it was made for other settings")
	other = p.plan
	other.Journal = "other"
	check("beside another journal", other, now, "the journal does not hold the line it was made at")
	other.Journal = ""
	check("before the journal's first run", other, now, "changed things since")
	f.ServerTime = func() time.Time { return w.now }
	if _, err := p.apply(false, anything); err != nil {
		t.Fatal(err)
	}
	check("carried out already", p.plan, now, "")
	f.ServerTime = func() time.Time { return w.now }
	next := pending{w, f, p.j, p.again(t)}
	next.plan.Items[0].Reason = "another plan"
	if _, err := next.apply(true, anything); err != nil {
		t.Fatal(err)
	}
	check("before another run", p.plan, now, "changed things since")
}

// TestWavesOfARun parts what is changed, and leaves the rest to the last; after a
// wave in which something failed there is no other.
func TestWavesOfARun(t *testing.T) {
	for _, tt := range []struct {
		waves []int
		want  string
	}{
		{nil, "100 %: 0 1 2 3 4 5 6 7 8 9 10 11, the last"},
		{[]int{100}, "100 %: 0 1 2 3 4 5 6 7 8 9 10 11, the last"},
		{[]int{1, 50}, "1 %: 1; 50 %: 2 3 4 5; 100 %: 0 6 7 8 9 10 11, the last"},
		{[]int{1, 2, 11, 100}, "1 %: 1; 11 %: 2; 100 %: 0 3 4 5 6 7 8 9 10 11, the last"},
	} {
		r := run{o: Options{Waves: tt.waves}}
		for i := range 12 {
			a := Rotate
			if i == 0 || i == 11 {
				a = Keep
			}
			r.plan.Items = append(r.plan.Items, Item{Action: a})
		}
		var got []string
		for _, w := range r.waves() {
			text := fmt.Sprintf("%d %%: %s", w.percent, strings.Trim(fmt.Sprint(w.items), "[]"))
			if w.last {
				text += ", the last"
			}
			got = append(got, text)
		}
		if text := strings.Join(got, "; "); text != tt.want {
			t.Errorf("%v: %s, want %s", tt.waves, text, tt.want)
		}
	}
	for _, tt := range []struct {
		fails int // which mint
		want  map[Outcome]int
		kind  fault.Kind
	}{
		{1, map[Outcome]int{FailedOut: 1, Created: 1, NotStarted: 2}, fault.Partial},
		{4, map[Outcome]int{FailedOut: 1, Created: 3}, fault.Partial},
		{9, map[Outcome]int{Created: 4}, 0},
	} {
		w := newWorld(t)
		for i := range 3 {
			w.repos = append(w.repos, forge.Repository{ID: fmt.Sprint(i + 2), Owner: "acme", Name: fmt.Sprint("r", i), Writable: true})
		}
		nth("mint", tt.fails, refusedBy)(w)
		var told []int
		rep, err, _ := w.runOnce(w.fleet(forge.Actions), filepath.Join(shm(t), "j"), func(o *Options) {
			o.Waves, o.Progress = []int{50}, func(done, total int) { told = append(told, done, total) }
		})
		if diff := cmp.Diff(tt.want, rep.Summary); diff != "" || fault.Of(err) != tt.kind || (tt.fails == 1) != (rep.Stopped != "") || rep.Seconds <= 0 {
			t.Errorf("mint %d fails: %v, %s; stopped by %q after %v s", tt.fails, err, diff, rep.Stopped, rep.Seconds)
		}
		if want := []int{1, 4, 2, 4, 3, 4, 4, 4}[:2*(4-tt.want[NotStarted])]; !slices.Equal(told, want) {
			t.Errorf("mint %d fails: progress %v", tt.fails, told)
		}
	}
}

// TestResultsOfARun: what is said of a repository's tokens is what this run did, and
// what is there now.
func TestResultsOfARun(t *testing.T) {
	w, f, path := rotated(t)
	w.now = w.now.Add(48 * time.Hour)
	for i, want := range []Result{
		{Outcome: Retired, Revoked: []string{"1"}},
		{Outcome: Kept},
	} {
		rep, err, _ := w.runOnce(f, path)
		r := rep.Repositories[0]
		if err != nil || r.Outcome != want.Outcome || !slices.Equal(r.Revoked, want.Revoked) || r.TokenID != "2" || !slices.Equal(r.Places, []string{"actions"}) || r.Seconds <= 0 && i == 0 {
			t.Errorf("run %d: %v, %+v", i, err, r)
		}
	}
	// Every repository's own secret goes, and one that all share once.
	w, f, path = truthWorld(t)
	p := planAt(t, w, f, path)
	w.leaking = true
	if rep, err := f.Remove(context.Background(), p.j.Session(), p.plan, Options{Run: NewRun()}); err != nil || len(w.secrets) > 0 || rep.Summary[Removed] != 3 {
		t.Errorf("%v, %d secrets are left: %+v", err, len(w.secrets), rep.Summary)
	}
	for _, tt := range []struct {
		change func(f *Fleet)
		whole  bool
	}{
		{func(*Fleet) {}, true},
		{func(f *Fleet) { f.Policy.Shard = Shard{1, 1} }, true},
		{func(f *Fleet) { f.Policy.Shard = Shard{1, 2} }, false},
		{func(f *Fleet) { f.Policy.Filter.Names = []string{"api"} }, false},
	} {
		w := newWorld(t)
		f := w.fleet(forge.Actions)
		tt.change(f)
		o := newOnce(f, Plan{Items: []Item{{Repository: "acme/a", Action: Keep}, {Repository: "acme/b", Action: Create}}})
		if o.whole != tt.whole || len(o.to) != 1 || o.to[0].Name != "b" {
			t.Errorf("%+v: all of the fleet: %v; to see it: %v", f.Policy.Shard, o.whole, o.to)
		}
		shared := Place{Store: forge.Actions, Holder: "all"}
		refuseCall(w, "delete")
		for range 2 {
			if err := o.delete(t.Context(), w.repos[0], shared); fault.Of(err) != fault.Auth {
				t.Errorf("a shared secret that stays: %v", err)
			}
		}
		if w.calls["delete"] != 1 {
			t.Errorf("asked %d times", w.calls["delete"])
		}
	}
}

func TestParseWaves(t *testing.T) {
	for text, want := range map[string]string{
		"1%,10%,100%": "[1 10 100]", "5, 50 %": "", " 5% ,50": "[5 50]", "1": "[1]", "100": "[100]",
		"0": "", "101": "", "-1": "", "x": "", "10,10": "", "20,10": "", "": "",
	} {
		got, err := ParseWaves(strings.Split(text, ","))
		if (err == nil) != (want != "") || err == nil && fmt.Sprint(got) != want || err != nil && fault.Of(err) != fault.Input {
			t.Errorf("%q: %v, %v, want %s", text, got, err, want)
		}
	}
}

// TestPlanFilesThatAreRefused: what this program did not write, and what would send
// credentials where the file says.
func TestPlanFilesThatAreRefused(t *testing.T) {
	for text, says := range map[string]string{
		`{"version":V}`:             "",
		`{"version":V,"more":1}`:    "plan f: ",
		`{"version":V`:              "plan f: ",
		`{"version":0}`:             "plan f has version 0; this program reads version V",
		`{"version":V,"settings":S`: "plan f: ",
		`{"version":V,"settings":{"baseUrl":"https://a.example"}}`:  "names an address or a program",
		`{"version":V,"settings":{"forgeUrl":"https://a.example"}}`: "names an address or a program",
		`{"version":V,"settings":{"stores":["actions","exec:/x"]}}`: "names an address or a program",
		`{"version":V,"settings":{"stores":["actions"]}}`:           "",
	} {
		v := fmt.Sprint(planVersion)
		_, err := ReadPlan("f", []byte(strings.ReplaceAll(text, "V", v)))
		if (err == nil) != (says == "") || err != nil && (!strings.Contains(err.Error(), strings.ReplaceAll(says, "V", v)) || fault.Of(err) != fault.Input) {
			t.Errorf("%s: %v, want %q", text, err, says)
		}
	}
}
