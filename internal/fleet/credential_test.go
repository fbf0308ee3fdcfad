package fleet

import (
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/gatewright/gatewright/internal/fleet/journal"
	"github.com/gatewright/gatewright/internal/forge"
	"github.com/gatewright/gatewright/internal/secret"
)

// TestCredentialThatEnds lets the forge's token be revoked in the middle of a run. Every
// other repository would be given a token at the service and lose it again, and GitHub
// shuts out a user, with the good credentials too, whose bad ones come again and again. So
// the run ends after some, which is not so for a repository that alone is refused, and
// not where leaked tokens are to be revoked, which needs the service alone.
func TestCredentialThatEnds(t *testing.T) {
	for _, tt := range []struct {
		name       string
		refused    func(put int) bool
		leak       bool
		puts, left int
	}{
		{name: "for good", refused: func(n int) bool { return n > 2 }, puts: 7, left: 13},
		{name: "now and then", refused: func(n int) bool { return n%2 == 0 }, puts: 20},
		{name: "and tokens leaked", refused: func(n int) bool { return n > 2 }, leak: true, puts: 20},
	} {
		t.Run(tt.name, func(t *testing.T) {
			w := newWorld(t)
			w.repos = nil
			for i := range 20 {
				w.repos = append(w.repos, forge.Repository{ID: fmt.Sprint(i + 1), Owner: "acme", Name: fmt.Sprintf("r%02d", i), Writable: true})
			}
			f := w.fleet("actions")
			f.Workers = 1
			puts := 0
			w.fault = func(call string) effect {
				if strings.HasPrefix(call, "put") {
					if puts++; tt.refused(puts) {
						return unauthorized
					}
				}
				return fine
			}
			report, err, _ := w.runOnce(f, shm(t)+"/j", func(o *Options) { o.Leak = tt.leak })
			if err == nil || puts != tt.puts || report.Summary[NotStarted] != tt.left {
				t.Errorf("%d secrets were sent and %d repositories not begun, want %d and %d; %v", puts, report.Summary[NotStarted], tt.puts, tt.left, err)
			}
			if tt.left == 0 {
				return
			}
			if !strings.Contains(err.Error(), "5 repositories in a row") || !strings.Contains(report.Stopped, "401") {
				t.Errorf("it says %v, stopped: %s", err, report.Stopped)
			}
			w.fault = nil
			if report, err, _ = w.runOnce(f, shm(t)+"/j"); err != nil {
				t.Errorf("the next run: %v", err)
			}
		})
	}
}

// TestLeakBehindABrake lets every secret of a fleet be refused while its leaked tokens are
// revoked: the brake of every night, which fleet.yml has, must not keep the rest of them
// alive. A service that refuses to revoke is a failure as any other.
func TestLeakBehindABrake(t *testing.T) {
	waves := map[string][]int{"mint": {10, 100}}
	for call, want := range map[string]int{"put": 0, "mint": 0, "mint, nothing listed": 0, "revoke": 17} {
		call, _, blind := strings.Cut(call, ", ")
		w := newWorld(t)
		w.repos = nil
		for i := range 20 {
			w.repos = append(w.repos, forge.Repository{ID: fmt.Sprint(i + 1), Owner: "acme", Name: fmt.Sprintf("r%02d", i), Writable: true})
		}
		f, path := w.fleet("actions"), shm(t)+"/j"
		f.Workers = 1
		w.keys.Sign = journal.KeyFrom(secret.New("the operator's own")) // else nothing is revoked that no list shows
		if _, err, _ := w.runOnce(f, path); err != nil {
			t.Fatal(err)
		}
		if blind {
			f.Service.Tokens = nil
		}
		old := slices.Clone(w.tokens)
		w.leaking = true
		w.fault = func(c string) effect {
			if strings.HasPrefix(c, call) {
				return refusedBy
			}
			return fine
		}
		report, err, _ := w.runOnce(f, path, func(o *Options) { o.Leak, o.MaxFailures, o.Waves = true, 3, waves[call] })
		if want == 0 { // nor does what an earlier run left to be replaced count as a failure of a later one
			w.now = w.now.Add(time.Hour)
			report, err, _ = w.runOnce(f, path, func(o *Options) { o.Leak, o.MaxFailures, o.Waves = true, 3, waves[call] })
		}
		if got := report.Summary[NotStarted]; err == nil || got != want {
			t.Errorf("%s refused: %d repositories were not begun, want %d; %v", call, got, want, err)
		}
		for _, tok := range old {
			if want == 0 && tok.live {
				t.Errorf("%s refused: token %s lives", call, tok.ID)
			}
		}
	}
}
