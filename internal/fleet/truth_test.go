package fleet

import (
	"context"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/gatewright/gatewright/internal/fault"
	"github.com/gatewright/gatewright/internal/forge"
	"github.com/gatewright/gatewright/internal/rest"
	"github.com/gatewright/gatewright/internal/service"
)

// truthWorld has three repositories, each with its token, that the journal knows.
func truthWorld(t *testing.T) (*world, *Fleet, string) {
	w := newWorld(t)
	w.repos = append(w.repos, forge.Repository{ID: "2", Owner: "acme", Name: "web", Writable: true}, forge.Repository{ID: "3", Owner: "acme", Name: "docs", Writable: true})
	f := w.fleet(forge.Actions)
	f.Service.Repositories = simService{w}
	path := filepath.Join(shm(t), "j")
	if _, err, _ := w.runOnce(f, path); err != nil {
		t.Fatal(err)
	}
	w.now = w.now.Add(time.Hour)
	return w, f, path
}

func status(code int) func(call, repo string) error {
	return func(call, _ string) error {
		if call == "tokens" {
			return &rest.StatusError{Op: call, Status: code, Message: "no"}
		}
		return nil
	}
}

func only(name string, do func(call, repo string) error) func(call, repo string) error {
	return func(call, repo string) error {
		if repo != name {
			return nil
		}
		return do(call, repo)
	}
}

// command runs one command of the fleet and returns how many repositories have
// each outcome (or action), and how it ended.
func (w *world) command(t *testing.T, f *Fleet, path, name string) (map[string]int, error) {
	j := mustOpen(t, path)
	defer j.Close()
	ctx, s, o := context.Background(), w.session(j), Options{Run: NewRun()}
	counts := map[string]int{}
	look := f.Plan
	if name == "revoke" || name == "remove" {
		look = f.PlanLeak
	}
	p, err := look(ctx, s, nil)
	if err != nil {
		return counts, err
	}
	var r Report
	switch name {
	case "plan", "audit":
		for a, n := range p.Summary {
			counts[string(a)] = n
		}
		if name == "audit" {
			au, err := f.Audit(ctx, s, nil)
			if err == nil {
				err = au.Err
			}
			return counts, err
		}
		return counts, p.Err()
	case "apply":
		r, err = f.Apply(ctx, s, p, o)
	case "sweep":
		r, err = f.Sweep(ctx, s, p, o)
	case "revoke":
		f.Policy.Force, o.Leak = true, true
		for _, tok := range w.tokens {
			tok.leaked = true
		}
		r, err = f.Apply(ctx, s, p, o)
	case "remove":
		for _, tok := range w.tokens {
			tok.leaked = true
		}
		r, err = f.Remove(ctx, s, p, o)
	}
	for outcome, n := range r.Summary {
		counts[string(outcome)] = n
	}
	for _, res := range r.Repositories {
		if res.ExitCode != 0 && res.Reason == "" {
			t.Errorf("%s: %s without a reason", res.Repository, res.Outcome)
		}
	}
	return counts, err
}

// TestTruth is the table of what is not fine: situation, command, outcomes, exit
// code. What was not looked at, or cannot be worked on, is never "nothing to do".
func TestTruth(t *testing.T) {
	full := func(w *world) {
		for i := range 100 {
			w.tokens = append(w.tokens, &simToken{Token: service.Token{ID: fmt.Sprint(1000 + i), Name: fmt.Sprintf("ci-%d", i)}, repo: "1", value: fmt.Sprint("alien-", i), live: true, foreign: true})
		}
		for _, tok := range w.tokens {
			if tok.repo == "1" && !tok.foreign {
				tok.live = false // and its own was deleted by a person
			}
		}
	}
	type want struct {
		command, outcomes string
		exit              fault.Kind
	}
	for _, tt := range []struct {
		name   string
		change func(w *world, f *Fleet)
		want   []want
	}{
		{"in order", func(*world, *Fleet) {}, []want{
			{"plan", "3 keep", 0},
			{"apply", "3 kept", 0},
			{"sweep", "3 kept", 0},
			{"audit", "3 keep", 0},
			{"revoke", "3 rotated", 0},
		}},
		{"every list of tokens 403", func(w *world, _ *Fleet) { w.deny = status(403) }, []want{
			{"plan", "3 forbidden", fault.Auth},
			{"apply", "3 forbidden", fault.Auth},
			{"sweep", "3 forbidden", fault.Auth},
			{"audit", "3 forbidden", fault.Auth},
			{"revoke", "3 failed", fault.Auth},
		}},
		{"every list of tokens 501", func(w *world, _ *Fleet) { w.deny = status(501) }, []want{
			{"plan", "3 unknown", fault.Service},
			{"apply", "3 unknown", fault.Service},
			{"sweep", "3 unknown", fault.Service},
			{"audit", "3 unknown", fault.Service},
			{"revoke", "3 failed", fault.Service},
		}},
		{"one list of tokens 403", func(w *world, _ *Fleet) { w.deny = only("web", status(403)) }, []want{
			{"plan", "1 forbidden, 2 keep", fault.Partial},
			{"apply", "1 forbidden, 2 kept", fault.Partial},
			{"sweep", "1 forbidden, 2 kept", fault.Partial},
			{"audit", "1 forbidden, 2 keep", fault.Partial},
			{"revoke", "1 failed, 2 rotated", fault.Partial},
		}},
		{"nothing writable", func(w *world, _ *Fleet) {
			for i := range w.repos {
				w.repos[i].Writable = false
			}
		}, []want{
			{"plan", "3 forbidden", fault.Auth},
			{"apply", "3 forbidden", fault.Auth},
			{"sweep", "3 forbidden", fault.Auth},
			{"audit", "3 forbidden", fault.Auth},
			{"revoke", "3 failed", fault.Auth}, // revoked all the same, see TestRevokeNeedsTheServiceAlone
		}},
		{"an owner that the service does not know", func(w *world, _ *Fleet) {
			w.missing = map[string]bool{"api": true, "web": true, "docs": true}
		}, []want{
			{"plan", "3 not-added", fault.Input},
			{"apply", "3 not-added", fault.Input},
			{"sweep", "3 not-added", fault.Input},
			{"audit", "3 not-added", fault.Input},
		}},
		{"not added any more, and known", func(w *world, _ *Fleet) { w.missing = map[string]bool{"docs": true} }, []want{
			{"plan", "1 not-added, 2 keep", fault.Partial},
			{"apply", "1 not-added, 2 kept", fault.Partial},
		}},
		{"vanished", func(w *world, _ *Fleet) { w.repos = w.repos[:2] }, []want{
			{"plan", "1 vanished, 2 keep", fault.Partial},
			{"apply", "1 vanished, 2 kept", fault.Partial},
			{"sweep", "1 vanished, 2 kept", fault.Partial},
			{"audit", "1 vanished, 2 keep", fault.Partial},
		}},
		{"vanished, and filtered out by name", func(w *world, f *Fleet) { w.repos, f.Policy.Filter.Names = w.repos[:2], []string{"API", "web"} }, []want{
			{"plan", "2 keep", 0},
		}},
		{"all vanished", func(w *world, _ *Fleet) { w.repos = nil }, []want{
			{"plan", "3 vanished", fault.Input},
			{"apply", "3 vanished", fault.Input},
		}},
		{"archived, and known", func(w *world, _ *Fleet) { w.repos[2].Archived = true }, []want{
			{"plan", "1 archived, 2 keep", 0}, // fine, and told: see the hint
			{"apply", "1 skipped, 2 kept", 0},
			{"revoke", "1 revoked, 2 rotated", 0},
			{"remove", "3 removed", 0},
		}},
		{"CI switched off, and known", func(w *world, _ *Fleet) { w.repos[2].NoCI = true }, []want{
			{"plan", "1 archived, 2 keep", 0},
			{"apply", "1 skipped, 2 kept", 0},
			{"revoke", "1 revoked, 2 rotated", 0},
			{"remove", "3 removed", 0},
		}},
		{"CI switched off, and another's", func(w *world, f *Fleet) { w.repos[2].NoCI, f.Policy.Places[0].Store = true, "exec:vault" }, []want{
			{"plan", "3 rotate", 0},
		}},
		{"100 tokens of others", func(w *world, _ *Fleet) { full(w) }, []want{
			{"plan", "1 over-limit, 2 keep", fault.Partial},
			{"apply", "1 over-limit, 2 kept", fault.Partial},
		}},
		{"floor", func(w *world, f *Fleet) { w.repos, f.Policy.MaxMissing = w.repos[:1], 50 }, []want{
			{"plan", "", fault.Input},
			{"apply", "", fault.Input},
		}},
		{"remove", func(*world, *Fleet) {}, []want{{"remove", "3 removed", 0}}},
	} {
		t.Run(tt.name, func(t *testing.T) {
			for _, c := range tt.want {
				w, f, path := truthWorld(t)
				tt.change(w, f)
				counts, err := w.command(t, f, path, c.command)
				var parts []string
				for what, n := range counts {
					if n > 0 {
						parts = append(parts, fmt.Sprintf("%d %s", n, what))
					}
				}
				slices.Sort(parts)
				got := strings.Join(parts, ", ")
				t.Logf("%-40s %-7s %-22s exit %d", tt.name, c.command, got, fault.ExitCode(err))
				if got != c.outcomes || fault.Of(err) != c.exit {
					t.Errorf("%s: %q, %v (exit %d); want %q, exit %d", c.command, got, err, fault.ExitCode(err), c.outcomes, c.exit)
				}
			}
		})
	}
}

// A plan is a day old at most, and what was shut since is left alone.
func TestShutSinceThePlan(t *testing.T) {
	for _, shut := range []func(r *forge.Repository){
		func(r *forge.Repository) { r.Archived = true }, func(r *forge.Repository) { r.NoCI = true },
	} {
		w := newWorld(t)
		f := w.fleet(forge.Actions)
		p := planAt(t, w, f, filepath.Join(shm(t), "j"))
		shut(&w.repos[0])
		rep, err := f.Apply(t.Context(), p.j.Session(), p.plan, Options{Run: NewRun(), Relist: true})
		if r := rep.Repositories[0]; err != nil || r.Outcome != Skipped || !strings.Contains(r.Reason, "since the plan was made") {
			t.Errorf("%v, %+v", err, r)
		}
	}
}

// An archived or vanished repository whose token lives is named, with what to do.
func TestKnownRepositoriesAreNeverSilent(t *testing.T) {
	w, f, path := truthWorld(t)
	w.repos[2].Archived = true
	w.repos = append(w.repos[:1:1], w.repos[2])
	p := mustPlan(t, f, mustRead(w, path))
	for _, i := range p.Items[1:] {
		if !strings.Contains(i.Reason, "1 live token") || !strings.Contains(i.Hint, "fleet remove "+i.Repository) {
			t.Errorf("%s: %s, hint %q", i.Repository, i.Reason, i.Hint)
		}
	}
	if len(p.Items) != 3 {
		t.Errorf("%d items", len(p.Items))
	}
}

// Revoking needs the service alone: neither a forge that is down nor one that
// refuses, nor a repository that is archived, keeps a leaked token alive.
func TestRevokeNeedsTheServiceAlone(t *testing.T) {
	refuse := func(w *world, _ *Fleet) {
		w.deny = func(call, _ string) error {
			if strings.HasPrefix(call, "put") {
				return &rest.StatusError{Op: call, Status: 403}
			}
			return nil
		}
	}
	for name, change := range map[string]func(w *world, f *Fleet){
		"archived": func(w *world, _ *Fleet) {
			w.repos[0].Archived, w.repos[1].Archived, w.repos[2].Archived = true, true, true
		},
		"not writable": func(w *world, _ *Fleet) {
			w.repos[0].Writable, w.repos[1].Writable, w.repos[2].Writable = false, false, false
		},
		"forge down": func(w *world, _ *Fleet) {
			w.fault = func(call string) effect {
				if slices.Contains([]string{"repositories", "stat", "put", "put-sealed", "key", "can-write"}, call) {
					return brokenBefore
				}
				return fine
			}
		},
		"puts refused":  refuse,
		"a new journal": refuse,
	} {
		t.Run(name, func(t *testing.T) {
			w, f, path := truthWorld(t)
			if name == "a new journal" {
				os.Remove(path)
			}
			old := slices.Clone(w.tokens)
			change(w, f)
			_, err := w.command(t, f, path, "revoke")
			for _, tok := range old {
				if tok.live {
					t.Errorf("token %s lives on (%v)", tok.ID, err)
				}
			}
			if name != "archived" && err == nil {
				t.Error("nothing was replaced, and that is not said")
			}
			// The secret holds a token that we revoked: it is ours to replace, with
			// this journal and with a new one.
			w.fault, w.deny, f.Policy.Force = nil, nil, false
			for i := range w.repos {
				w.repos[i].Archived, w.repos[i].Writable = false, true
			}
			w.settleAll(f, path)
		})
	}
}

// TestPlanAfterRefusals: with a credential that is refused for one repository after the
// other nothing more is asked, and all are accounted for; a refusal here and there is
// of its repository alone.
func TestPlanAfterRefusals(t *testing.T) {
	for _, tt := range []struct {
		call          string
		every         int // so many repositories are refused, and one is not
		asked, denied int
	}{
		{"tokens", 100, mostUnauthorized, 20},
		{"stat", 100, mostUnauthorized, 20},
		{"stat", mostUnauthorized - 1, 20, 16},
	} {
		w := newWorld(t)
		w.repos = nil
		for i := range 20 {
			w.repos = append(w.repos, forge.Repository{ID: fmt.Sprint(i + 1), Owner: "acme", Name: fmt.Sprint("r", i+1), Writable: true})
		}
		w.deny = func(call, repo string) error {
			n := 0
			if fmt.Sscanf(repo, "r%d", &n); call == tt.call && n%(tt.every+1) != 0 {
				return &rest.StatusError{Op: call, Status: 401, Message: "no"}
			}
			return nil
		}
		p, err := w.fleet(forge.Actions).Plan(t.Context(), mustRead(w, filepath.Join(shm(t), "j")), nil)
		if err != nil || w.calls[tt.call] != tt.asked || p.Summary[Forbidden] != tt.denied || len(p.Items) != 20 {
			t.Errorf("%s, %d: %v, asked %d, %v", tt.call, tt.every, err, w.calls[tt.call], p.Summary)
		}
		if last := p.Items[19]; tt.asked == mostUnauthorized && (!strings.Contains(last.Reason, "not asked, after 5 in a row: ") || last.ExitCode != int(fault.Auth)) {
			t.Errorf("%s: %+v", tt.call, last)
		}
	}
}
