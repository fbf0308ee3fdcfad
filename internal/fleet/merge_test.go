package fleet

import (
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/gatewright/gatewright/internal/fault"
)

// TestMerge joins what the shards of a run say: a shard that says nothing is not fine,
// and what cannot be of one run is refused in whatever order it comes.
func TestMerge(t *testing.T) {
	target := Target{"codacy", "github", "acme", "TOKEN"}
	report := func(shard string, results ...Result) Report {
		r := Report{Run: "r" + shard, StartedAt: decided, Seconds: 1, Target: target, Shard: shard, Summary: map[Outcome]int{}, Repositories: results}
		for _, res := range results {
			r.Summary[res.Outcome]++
		}
		return r
	}
	kept := func(name string) Result { return Result{Repository: name, Outcome: Kept} }
	failed := Result{Repository: "acme/m", Outcome: FailedOut, ExitCode: int(fault.Auth), Hint: "ask for the right"}
	early, slow := report("1/2", kept("acme/b"), kept("acme/d")), report("2/2", kept("acme/a"), kept("acme/b"), kept("acme/c"))
	early.StartedAt, slow.Seconds, slow.Repositories[1].Reason = decided.Add(-time.Minute), 9, "again"
	stopped, other := report("1/2", kept("acme/b")), report("2/2")
	stopped.Stopped, other.Target.Secret = "the disk is full", "OTHER"
	whole := report("", kept("acme/a"))
	whole.Stopped = "out of time"
	for _, tt := range []struct {
		name    string
		reports []Report
		want    string // the repositories
		kind    fault.Kind
		err     string
		hint    string
		stopped string
	}{
		{name: "none", kind: fault.Input, err: "no report to merge"},
		{name: "the whole", reports: []Report{report("", kept("acme/b"), kept("acme/a"))}, want: "acme/a acme/b"},
		{name: "one that was stopped", reports: []Report{whole}, want: "acme/a", stopped: "out of time"},
		{name: "two shards", reports: []Report{early, slow}, want: "acme/a acme/b acme/b acme/c acme/d"},
		{name: "two shards that stopped", reports: []Report{stopped, slow}, want: "acme/a acme/b acme/b acme/c", stopped: "1/2 the disk is full"},
		{name: "one that failed", reports: []Report{report("1/2", failed), slow}, want: "acme/a acme/b acme/c acme/m", kind: fault.Partial, err: "3 kept, 1 failed", hint: "ask for the right; then run it again"},
		{name: "both failed", reports: []Report{report("1/2", failed), report("2/2", failed)}, want: "acme/m acme/m", kind: fault.Auth, err: "2 failed", hint: "ask for the right; then run it again"},
		{name: "the last is missing", reports: []Report{early}, want: "acme/b acme/d", kind: fault.Partial, err: "no report of shard 2/2", hint: "its job did not get so far; run it again"},
		{name: "two are missing", reports: []Report{report("2/3", failed)}, want: "acme/m", kind: fault.Partial, err: "no report of shard 1/3, 3/3; 1 failed", hint: "its job did not get so far; run it again"},
		{name: "of two fleets", reports: []Report{early, other}, kind: fault.Input, err: "the reports are of two fleets: TOKEN in github of acme, and OTHER in github of acme"},
		{name: "one twice", reports: []Report{early, slow, early}, kind: fault.Input, err: `two reports are of shard "1/2"`},
		{name: "the whole twice", reports: []Report{whole, whole}, kind: fault.Input, err: `two reports are of shard "all"`},
		{name: "no shard", reports: []Report{report("x")}, kind: fault.Input, err: `shard "x" is not like 2/5`, hint: "write which part, from 1, and of how many"},
		{name: "of two and of three", reports: []Report{early, report("2/3")}, kind: fault.Input, err: "one report is of 2 shards, another of 3 shards"},
		{name: "of two and of the whole", reports: []Report{early, slow, whole}, kind: fault.Input, err: "one report is of 2 shards, another of the whole fleet"},
		{name: "of the whole and of two", reports: []Report{whole, early, slow}, kind: fault.Input, err: "one report is of the whole fleet, another of 2 shards"},
	} {
		t.Run(tt.name, func(t *testing.T) {
			r, err := Merge(tt.reports)
			if says(t, "merged", err, tt.kind, tt.err, tt.hint); tt.kind == fault.Input {
				return
			}
			var names []string
			for _, res := range r.Repositories {
				names = append(names, res.Repository)
			}
			if got := strings.Join(names, " "); got != tt.want || r.Stopped != tt.stopped || r.Target != target {
				t.Errorf("%s, want %s; stopped: %q; %+v", got, tt.want, r.Stopped, r.Target)
			}
		})
	}
	for _, both := range [][]Report{{early, slow}, {slow, early}} {
		r, _ := Merge(both)
		want := Report{Run: "r1/2+r2/2", StartedAt: early.StartedAt, Seconds: 9, Target: target, Summary: map[Outcome]int{Kept: 5}}
		if both[0].Shard == "2/2" {
			want.Run = "r2/2+r1/2"
		}
		if again := r.Repositories[1].Reason == "again"; again != (both[0].Shard == "2/2") {
			t.Error("two of one name are not in the reports' order")
		}
		r.Repositories = nil
		if diff := cmp.Diff(want, r); diff != "" {
			t.Error(diff)
		}
	}
	for want, d := range map[string]Due{
		"old token 4 is to be revoked by hand": {Token: "4"},
		"old token 4 retires 2026-11-21 12:00": {Token: "4", NotBefore: decided.In(time.FixedZone("", 3600))},
	} {
		if got := d.String(); got != want {
			t.Errorf("%s, want %s", got, want)
		}
	}
}

// TestDays: two days and more are counted in days.
func TestDays(t *testing.T) {
	for d, want := range map[time.Duration]string{0: "0s", 90 * time.Minute: "1h30m0s", 48*time.Hour - time.Minute: "47h59m0s", 48 * time.Hour: "2 days", 90*24*time.Hour + 23*time.Hour: "90 days"} {
		if got := days(d); got != want {
			t.Errorf("%s, want %s", got, want)
		}
	}
}
