package fleet

import (
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"pgregory.net/rapid"

	"github.com/gatewright/gatewright/internal/fleet/journal"
	"github.com/gatewright/gatewright/internal/forge"
	"github.com/gatewright/gatewright/internal/rest"
	"github.com/gatewright/gatewright/internal/service"
)

// TestHistories lets chance break calls, kill the tool, cut its journal, make
// its clock jump, run a second machine in the middle, and have people delete
// tokens, change secrets, rename and archive repositories. rapid prints the
// seed of a history that breaks a rule and shrinks it to a minimal one; run
// more with -rapid.checks=10000, one again with -rapid.seed.
func TestHistories(t *testing.T) {
	dir := shm(t)
	n, runs, proofs := 0, 0, 0
	faults := map[effect]int{}
	rapid.Check(t, func(rt *rapid.T) {
		n++
		h := newRandomHistory(rt, filepath.Join(dir, fmt.Sprint(n)))
		defer os.RemoveAll(h.dir)
		for range rapid.IntRange(1, 6).Draw(rt, "runs") {
			h.between()
			h.run()
		}
		h.rest()
		runs, proofs = runs+h.count, proofs+h.proofs
		for e, count := range h.histogram {
			faults[e] += count
		}
	})
	var kinds []string
	for e := range allEffects {
		if faults[e] > 0 {
			kinds = append(kinds, fmt.Sprintf("%d %s", faults[e], e))
		}
	}
	t.Logf("%d histories, %d runs, %d tokens revoked before their grace was over because no CI run held them, %d kinds of faults: %s", n, runs, proofs, len(kinds), strings.Join(kinds, ", "))
	if n < 50 || len(kinds) < 12 {
		t.Errorf("%d histories with %d kinds of faults are too few to say anything", n, len(kinds))
	}
}

type randomHistory struct {
	*world
	rt     *rapid.T
	f      *Fleet
	dir    string
	path   string
	nested bool
	odds   int // of 1000, that a call is broken
	count  int // runs of the tool
	most   int // tokens that a repository may have; 0: a hundred
}

func newRandomHistory(rt *rapid.T, dir string) *randomHistory {
	w := newWorld(rt)
	if err := os.Mkdir(dir, 0o700); err != nil {
		rt.Fatal(err)
	}
	h := &randomHistory{world: w, rt: rt, dir: dir, path: filepath.Join(dir, "j")}
	w.seals = rapid.Bool().Draw(rt, "sealed")
	w.runsListed = rapid.Bool().Draw(rt, "runs are listed")
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
	if rapid.Bool().Draw(rt, "few tokens") {
		h.most = 8
	}
	h.odds = rapid.SampledFrom([]int{0, 20, 100, 300}).Draw(rt, "odds")
	h.f = w.fleet(places...)
	if h.most > 0 {
		h.f.Service.Issue.Max = h.most
	}
	return h
}

func (h *randomHistory) chance(name string, of1000 int) bool {
	return rapid.IntRange(0, 999).Draw(h.rt, name) >= 1000-of1000
}

// between is what may happen while the tool does not run.
func (h *randomHistory) between() {
	h.now = h.now.Add(rapid.SampledFrom([]time.Duration{time.Minute, 20 * time.Minute, 2 * time.Hour, 25 * time.Hour, 80 * 24 * time.Hour}).Draw(h.rt, "pause"))
	h.land()
	for _, r := range h.runs {
		r.ended = r.ended || h.chance("the run has ended", 400)
	}
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
	if h.chance("journal is compacted", 150) {
		h.compact()
	}
	h.people()
}

// compact writes the journal anew with what still matters: nothing must change.
func (h *randomHistory) compact() {
	j, err := journal.Open(h.path, journal.Keys{})
	if err != nil {
		h.violated("open the journal: %v", err)
	}
	defer j.Close()
	h.say("journal compacted")
	if err := j.Rewrite(Compact(j.Session().Entries)); err != nil {
		h.violated("compact the journal: %v", err)
	}
}

// people change things by hand.
func (h *randomHistory) people() {
	repo := &h.repos[rapid.IntRange(0, len(h.repos)-1).Draw(h.rt, "which")]
	switch rapid.IntRange(0, 16).Draw(h.rt, "by hand") {
	case 6, 7, 8, 9:
		h.startRun(repo.ID)
	case 1:
		for _, t := range h.tokens {
			if t.live && t.repo == repo.ID && !t.foreign {
				h.say("a person deletes token %s", t.ID)
				t.live, t.died = false, h.now
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
			return effect(rapid.IntRange(int(refusedBy), int(allEffects)-1).Draw(h.rt, "how"))
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
		if h.runsListed && h.chance("a run begins meanwhile", 5) {
			h.startRun(h.repos[0].ID)
		}
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
	h.f.Policy.Force = !h.sweeps && h.chance("rotates", 200)
	var leak func(*Options)
	if !h.sweeps && h.chance("is a revocation", 80) {
		leak = func(o *Options) { o.Leak = true }
		h.f.Policy.Force, h.leaking = true, true

	}
	down := ""
	if h.chance("a system is down", 60) {
		down = rapid.SampledFrom([]string{"tokens", "stat", "put", "revoke", "mint", "runs"}).Draw(h.rt, "which call")
		h.say("%s is refused all through the run", down)
	}
	if down != "" {
		h.deny = func(call, _ string) error {
			if strings.HasPrefix(call, down) {
				return &rest.StatusError{Op: call, Status: 403, Message: "down"}
			}
			return nil
		}
	}
	h.count++
	if leak != nil {
		h.exposed()
		h.runOnce(h.f, h.path, leak)
		h.exposed()
	} else {
		h.runOnce(h.f, h.path)
	}
	h.sweeps, h.onEvent, h.deny, h.f.Policy.Force, h.leaking = false, nil, nil, false, false
}

// exposed marks what a leak may have shown: what cannot be revoked in this run is
// in the next.
func (h *randomHistory) exposed() {
	for _, t := range h.tokens {
		t.leaked = t.leaked || !t.foreign
	}
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
			cuts := 0
			for cut := 0; cut < len(text); cut += stride(19) {
				cuts++
				path := filepath.Join(dir, "cut")
				if err := os.WriteFile(path, text[:cut], 0o600); err != nil {
					t.Fatal(err)
				}
				if _, err := journal.Read(path, journal.Keys{}); err != nil {
					t.Fatalf("cut at %d: %v", cut, err)
				}
				w := w0.clone()
				w.settleAll(w.fleet(s.places...), path)
			}
			t.Logf("%d cuts", cuts)
			if cuts < 150 {
				t.Errorf("%d cuts are too few", cuts)
			}
		})
	}
}
