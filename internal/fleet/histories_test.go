package fleet

import (
	"fmt"
	"os"
	"path/filepath"
	"testing"
	"time"

	"pgregory.net/rapid"

	"github.com/gatewright/gatewright/internal/fleet/journal"
	"github.com/gatewright/gatewright/internal/forge"
	"github.com/gatewright/gatewright/internal/service"
)

// TestHistories lets chance break calls, kill the tool, cut its journal, make
// its clock jump, run a second machine in the middle, and have people delete
// tokens, change secrets, rename and archive repositories. rapid prints the
// seed of a history that breaks a rule and shrinks it to a minimal one; run
// more with -rapid.checks=10000, one again with -rapid.seed.
func TestHistories(t *testing.T) {
	dir := shm(t)
	n := 0
	rapid.Check(t, func(rt *rapid.T) {
		n++
		h := newRandomHistory(rt, filepath.Join(dir, fmt.Sprint(n)))
		defer os.RemoveAll(h.dir)
		for range rapid.IntRange(1, 6).Draw(rt, "runs") {
			h.between()
			h.run()
		}
		h.rest()
	})
	t.Logf("%d histories", n)
}

type randomHistory struct {
	*world
	rt     *rapid.T
	f      *Fleet
	dir    string
	path   string
	nested bool
	odds   int // of 1000, that a call is broken
}

func newRandomHistory(rt *rapid.T, dir string) *randomHistory {
	w := newWorld(rt)
	if err := os.Mkdir(dir, 0o700); err != nil {
		rt.Fatal(err)
	}
	h := &randomHistory{world: w, rt: rt, dir: dir, path: filepath.Join(dir, "j")}
	w.seals = rapid.Bool().Draw(rt, "sealed")
	places := []forge.Store{forge.Actions}
	if rapid.Bool().Draw(rt, "two stores") {
		places = append(places, forge.Dependabot)
	}
	for i := range rapid.IntRange(0, 2).Draw(rt, "more repositories") {
		w.repos = append(w.repos, forge.Repository{ID: fmt.Sprint(2 + i), Owner: "acme", Name: fmt.Sprintf("r%d", i), Writable: true})
	}
	if rapid.IntRange(0, 3).Draw(rt, "foreign secret") == 0 {
		last := w.repos[len(w.repos)-1].ID
		w.serial++
		alien := &simToken{repo: last, value: "foreign-value", live: true, foreign: true}
		alien.Token = service.Token{ID: fmt.Sprint(w.serial), Name: "by-hand"}
		w.tokens = append(w.tokens, alien)
		w.secrets[last+"/actions"] = &simSecret{value: alien.value, updated: w.now.Add(-time.Hour)}
	}
	h.odds = rapid.SampledFrom([]int{0, 20, 100, 300}).Draw(rt, "odds")
	h.f = w.fleet(places...)
	return h
}

func (h *randomHistory) chance(name string, of1000 int) bool {
	return rapid.IntRange(0, 999).Draw(h.rt, name) >= 1000-of1000
}

// between is what may happen while the tool does not run.
func (h *randomHistory) between() {
	h.now = h.now.Add(rapid.SampledFrom([]time.Duration{time.Minute, 2 * time.Hour, 25 * time.Hour, 80 * 24 * time.Hour}).Draw(h.rt, "pause"))
	h.land()
	h.now = h.now.Add(time.Minute) // without a journal, what happens in the same half minute belongs together
	h.skew = rapid.SampledFrom([]time.Duration{0, 0, 0, -72 * time.Hour, 72 * time.Hour}).Draw(h.rt, "clock is off")
	if h.chance("journal is cut", 100) {
		if text, err := os.ReadFile(h.path); err == nil {
			cut := rapid.IntRange(0, len(text)).Draw(h.rt, "cut")
			h.say("journal cut at %d of %d", cut, len(text))
			h.forgot = true
			_ = os.WriteFile(h.path, text[:cut], 0o600)
		}
	}
	h.people()
}

// people change things by hand.
func (h *randomHistory) people() {
	repo := &h.repos[rapid.IntRange(0, len(h.repos)-1).Draw(h.rt, "which")]
	switch rapid.IntRange(0, 12).Draw(h.rt, "by hand") {
	case 1:
		for _, t := range h.tokens {
			if t.live && t.repo == repo.ID && !t.foreign {
				h.say("a person deletes token %s", t.ID)
				t.live = false
				break
			}
		}
	case 2:
		if s := h.secrets[repo.ID+"/actions"]; s != nil && s.ours {
			h.say("a person changes the secret of %s", repo.Name)
			for _, t := range h.tokens {
				if t.value == s.value {
					t.heldTo = h.now
				}
			}
			s.value, s.updated = "by-hand", h.now
		}
	case 3:
		if s := h.secrets[repo.ID+"/actions"]; s != nil && s.ours {
			h.say("a person deletes the secret of %s", repo.Name)
			delete(h.secrets, repo.ID+"/actions")
		}
	case 4:
		repo.Name += "x"
		h.say("%s is renamed to %s", repo.ID, repo.Name)
	case 5:
		repo.Archived = !repo.Archived
		h.say("%s archived: %v", repo.Name, repo.Archived)
	}
}

// run is one run of the tool, broken and killed by chance.
func (h *randomHistory) run() {
	h.fault = func(string) effect {
		if h.odds > 0 && h.chance("broken", h.odds) {
			return effect(rapid.IntRange(int(refusedBy), int(effects)-1).Draw(h.rt, "how"))
		}
		return fine
	}
	h.events = 0
	kill := -1
	if h.chance("is killed", 400) {
		kill = rapid.IntRange(1, 60).Draw(h.rt, "killed at")
	}
	other := -1
	if h.chance("another machine", 150) {
		other = rapid.IntRange(1, 60).Draw(h.rt, "runs at")
	}
	h.onEvent = func(string) {
		switch {
		case h.nested:
		case h.events == kill:
			panic(killed{})
		case h.events == other:
			h.another()
		}
	}
	h.delay = time.Duration(rapid.IntRange(1, 9).Draw(h.rt, "delay")) * time.Second
	h.sweeps = h.chance("is a sweep", 250)
	h.runOnce(h.f, h.path)
	h.sweeps, h.onEvent = false, nil
}

// another is a whole run of a second machine, with a journal of its own.
func (h *randomHistory) another() {
	h.nested = true
	defer func() { h.nested = false }()
	h.forgot = true
	h.say("ANOTHER MACHINE BEGINS")
	h.runOnce(h.f, filepath.Join(h.dir, "other"))
	h.say("ANOTHER MACHINE ENDS")
}

// rest ends the history: nothing breaks any more, and everything must come right.
func (h *randomHistory) rest() {
	for i := range h.repos {
		h.repos[i].Archived = false
	}
	h.settleAll(h.f, h.path)
}

// TestJournalCutAtEveryByte loses the end of the journal, as when an older
// copy is brought back, and lets the tool find its way by the names of tokens.
func TestJournalCutAtEveryByte(t *testing.T) {
	dir := shm(t)
	for _, s := range scenarios() {
		if s.ready != 1 {
			continue
		}
		t.Run(s.name, func(t *testing.T) {
			base := filepath.Join(dir, "base")
			os.Remove(base)
			w0, f := s.start(t, base)
			if _, err, _ := w0.runOnce(f, base); err != nil {
				t.Fatal(err)
			}
			text, err := os.ReadFile(base)
			if err != nil {
				t.Fatal(err)
			}
			for cut := range len(text) {
				path := filepath.Join(dir, "cut")
				if err := os.WriteFile(path, text[:cut], 0o600); err != nil {
					t.Fatal(err)
				}
				if _, err := journal.Read(path); err != nil {
					t.Fatalf("cut at %d: %v", cut, err)
				}
				w := w0.clone()
				w.settleAll(w.fleet(s.places...), path)
			}
			t.Logf("%d cuts", len(text))
		})
	}
}
