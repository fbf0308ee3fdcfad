package fleet

import (
	"context"
	"path/filepath"
	"testing"
	"time"

	"github.com/gatewright/gatewright/internal/forge"
)

// TestForgeMoves moves a self-hosted forge to another address. Its repositories are
// others by then, whatever their numbers: nothing is touched until the user says
// that secrets and tokens of before are to be taken over, and then the old tokens
// live through their grace.
func TestForgeMoves(t *testing.T) {
	w := newWorld(t)
	f := w.fleet(forge.Actions)
	f.Forge.Host = "git.old.example"
	dir := shm(t)
	if _, err, _ := w.runOnce(f, filepath.Join(dir, "j")); err != nil {
		t.Fatal(err)
	}
	w.now = w.now.Add(time.Hour)
	moved := w.fleet(forge.Actions)
	moved.Forge.Host = "git.new.example"
	for _, journal := range []string{"j", "fresh"} {
		p, err := moved.Plan(context.Background(), mustRead(w, filepath.Join(dir, journal)), nil)
		if err != nil {
			t.Fatal(err)
		}
		if got := p.Items[0]; got.Action != Foreign || got.Hint == "" && got.Reason == "" {
			t.Errorf("journal %s: %s (%s), want foreign", journal, got.Action, got.Reason)
		}
	}
	moved.Policy.AdoptSecrets, moved.Policy.AdoptTokens = true, []string{"gw-*"}
	r, err, _ := w.runOnce(moved, filepath.Join(dir, "fresh"))
	if err != nil || len(r.Repositories[0].Retiring) != 1 {
		t.Fatalf("%+v, %v; want the old token retiring", r.Repositories, err)
	}
	if n := w.alive(); n != 2 {
		t.Errorf("%d tokens live, want the new one and the one in its grace", n)
	}
	w.now = w.now.Add(w.grace + time.Hour)
	w.settleAll(moved, filepath.Join(dir, "fresh"))
}

// BenchmarkMerge joins the reports of 50 shards of a fleet of 10,000.
func BenchmarkMerge(b *testing.B) {
	var reports []Report
	for shard := range 50 {
		r := Report{Run: NewRun(), Target: Target{"codacy", "github", "acme", "TOKEN"}, Shard: Shard{shard + 1, 50}.String(), Summary: map[Outcome]int{Kept: 200}}
		for range 200 {
			r.Repositories = append(r.Repositories, Result{Repository: "acme/r", Action: Keep, Outcome: Kept, Reason: "good until 2027-01-01", Places: []string{"actions"}})
		}
		reports = append(reports, r)
	}
	for b.Loop() {
		if out, err := Merge(reports); err != nil || len(out.Repositories) != 10000 {
			b.Fatalf("%d, %v", len(out.Repositories), err)
		}
	}
}
