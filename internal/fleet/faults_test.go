package fleet

import (
	"flag"
	"fmt"
	"os"
	"path/filepath"
	"sync"
	"testing"
	"time"

	"github.com/gatewright/gatewright/internal/forge"
)

// scenario is one state of the world in which every call is broken in every way.
type scenario struct {
	name   string
	world  func(w *world)
	places []forge.Store
	ready  int // runs without faults first; after each, most of the token's life passes
}

func scenarios() []scenario {
	plain := func(w *world) {}
	unsealed := func(w *world) { w.seals = false }
	blind := func(w *world) { w.seals, w.stats = false, false }
	return []scenario{
		{"create", plain, []forge.Store{forge.Actions}, 0},
		{"create in two stores", plain, []forge.Store{forge.Actions, forge.Dependabot}, 0},
		{"create unsealed", unsealed, []forge.Store{forge.Actions}, 0},
		{"rotate", plain, []forge.Store{forge.Actions}, 1},
		{"rotate in two stores", plain, []forge.Store{forge.Actions, forge.Dependabot}, 1},
		{"rotate unsealed", unsealed, []forge.Store{forge.Actions, forge.Dependabot}, 1},
		{"rotate without times", blind, []forge.Store{forge.Actions}, 1},
		{"retire", plain, []forge.Store{forge.Actions}, -1},
		{"retire unsealed in two stores", unsealed, []forge.Store{forge.Actions, forge.Dependabot}, -1},
	}
}

// start brings the world into the scenario's state.
func (s scenario) start(t interface{ Fatalf(string, ...any) }, path string) (*world, *Fleet) {
	w := newWorld(t)
	s.world(w)
	f := w.fleet(s.places...)
	for i := range max(s.ready, 0) + 2*max(-s.ready, 0) {
		if _, err, _ := w.runOnce(f, path); err != nil {
			t.Fatalf("run %d: %v", i, err)
		}
		if i == 0 {
			w.now = w.now.Add(80 * 24 * time.Hour) // due for rotation
		} else {
			w.now = w.now.Add(w.grace + time.Hour) // due for revocation
		}
	}
	w.events, w.calls = 0, map[string]int{}
	return w, f
}

// tally counts cases by call and fault, over scenarios that run side by side.
type tally struct {
	cases, scenarios int
	table            map[string]map[effect]int
}

// inEveryScenario runs a test in every scenario, with a folder of its own, and adds up what
// each counted. It reports whether all were run, none left out by -run.
func inEveryScenario(t *testing.T, test func(t *testing.T, s scenario, dir string) tally) (sum tally, all bool) {
	sum.table = map[string]map[effect]int{}
	var adding sync.Mutex
	dir := shm(t)
	t.Run("in", func(t *testing.T) {
		for i, s := range scenarios() {
			t.Run(s.name, func(t *testing.T) {
				t.Parallel()
				own := filepath.Join(dir, fmt.Sprint(i))
				if err := os.Mkdir(own, 0o700); err != nil {
					t.Fatal(err)
				}
				n := test(t, s, own)
				adding.Lock()
				defer adding.Unlock()
				sum.cases += n.cases
				sum.scenarios++
				for call, row := range n.table {
					if sum.table[call] == nil {
						sum.table[call] = map[effect]int{}
					}
					for e, n := range row {
						sum.table[call][e] += n
					}
				}
			})
		}
	})
	t.Logf("%d cases", sum.cases)
	return sum, sum.scenarios == len(scenarios())
}

// TestEveryFaultInEveryState brings the saga into every state by killing it
// before and after every remote call and every write of the journal, then
// breaks every remote call of the next run in every way, one at a time, and
// lets the tool run again. Kill 0 is a world without an earlier crash.
func TestEveryFaultInEveryState(t *testing.T) {
	sum, all := inEveryScenario(t, faultsInEveryState)
	for call, row := range sum.table {
		t.Logf("%-14s %v", call, row)
	}
	if !all {
		return
	}
	if sum.cases < 1400 {
		t.Errorf("%d cases; there were 1700, and with -fleet.full 20,000, when this was written: are faults injected?", sum.cases)
	}
	for _, call := range []string{"key", "prove", "revoke", "put", "put-sealed", "repositories", "tokens", "stat", "can-write", "mint"} {
		for e := refusedBy; e < effects; e++ {
			if sum.table[call][e] == 0 {
				t.Errorf("%s never failed by %v", call, e)
			}
		}
	}
}

func faultsInEveryState(t *testing.T, s scenario, dir string) tally {
	count := tally{table: map[string]map[effect]int{}}
	for kill := 0; ; kill += stride(13) {
		base := filepath.Join(dir, "base")
		os.Remove(base)
		w0, f := s.start(t, base)
		w0.onEvent = killAt(w0, kill)
		if _, _, dead := w0.runOnce(f, base); kill > 0 && !dead {
			return count // the run is over before this event
		}
		if kill == 0 { // nothing happened yet
			os.Remove(base)
			w0, _ = s.start(t, base)
		}
		w0.onEvent = nil
		text, err := os.ReadFile(base)
		if err != nil && kill > 0 {
			t.Fatal(err)
		}
		for e := refusedBy; e < effects; e++ {
			for nth := 0; ; nth++ {
				path := filepath.Join(dir, "case")
				os.WriteFile(path, text, 0o600)
				w := w0.clone()
				f := w.fleet(s.places...)
				hit := ""
				n := 0
				w.fault = func(call string) effect {
					if n++; n-1 == nth {
						hit = call
						return e
					}
					return fine
				}
				w.runOnce(f, path)
				if hit == "" {
					break
				}
				w.settleAll(f, path)
				count.cases++
				if count.table[hit] == nil {
					count.table[hit] = map[effect]int{}
				}
				count.table[hit][e]++
			}
		}
	}
}

// TestKilledAnywhere kills the tool before and after every remote call and
// every write of the journal, once, and twice.
func TestKilledAnywhere(t *testing.T) {
	if sum, all := inEveryScenario(t, killedAnywhere); all && sum.cases < 450 {
		t.Errorf("killed in %d cases; there were 550, and with -fleet.full 30,000, when this was written: is the tool killed?", sum.cases)
	}
}

// killedAnywhere counts the cases in which the tool was killed.
func killedAnywhere(t *testing.T, s scenario, dir string) tally {
	var count tally
	for first := 1; ; first++ {
		reached := false
		for second := 0; ; second += stride(23) {
			path := filepath.Join(dir, fmt.Sprintf("k%d-%d", first, second))
			w, f := s.start(t, path)
			w.onEvent = killAt(w, first)
			_, _, dead := w.runOnce(f, path)
			if dead {
				reached = true
				count.cases++
			}
			again := false
			if second > 0 && dead {
				w.events = 0
				w.onEvent = killAt(w, second)
				_, _, again = w.runOnce(f, path)
			}
			w.settleAll(f, path)
			os.Remove(path)
			if !dead || second > 0 && !again {
				break
			}
		}
		if !reached {
			return count
		}
	}
}

var full = flag.Bool("fleet.full", false, "every pair of faults, not a sample of them (a minute)")

// stride samples what -fleet.full goes through one by one.
func stride(n int) int {
	if *full {
		return 1
	}
	return n
}

func killAt(w *world, n int) func(string) {
	return func(string) {
		if w.events == n {
			panic(killed{})
		}
	}
}
