// Package forgetest is the suite that every forge passes against its stand-in:
// each store's secrets, the listing of repositories, comments and statuses,
// and every way in which the way there may fail. It runs in virtual time.
package forgetest

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"runtime/debug"
	"slices"
	"strings"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"github.com/gatewright/gatewright/internal/fault"
	"github.com/gatewright/gatewright/internal/forge"
	"github.com/gatewright/gatewright/internal/sandbox/answer"
	"github.com/gatewright/gatewright/internal/sandbox/world"
)

// Tests' worlds are small: to collect them a quarter as often takes a fifth off the
// processor's time.
func init() { debug.SetGCPercent(400) }

// Subject is a forge and its stand-in.
type Subject struct {
	// Artifacts are what runs left at the stand-in, and Events the words for a run
	// that a push started, and for one of a pull request.
	Artifacts *answer.Artifacts
	Events    [2]string
	Forge     forge.Forge
	Wire      *Wire
	World     *world.World
	System    string // in faults: "github"

	ReadOnly forge.Forge // with a token that may not write secrets
	Stranger forge.Forge // with a token that was never issued
	Token    string      // of Forge; no error may hold it

	Places []Place
	Missed func() []string // requests that found no handler at the stand-in
	// Owner of the listing, and what its repositories show as their owner.
	Owner, Shown string
	Unknown      []string // what the forge does not tell of repositories

	PullRequest forge.PullRequest
	Commit      string
	Comments    func() []string                                  // of the pull request, oldest first
	Fold        func(reason string)                              // hides the comments of PullRequest; nil if the forge folds none
	Folded      func() []string                                  // why each is hidden
	Intrude     func(body string)                                // a stranger's comment, which the token may change; nil if none may be
	Status      func(context string) (state string, what string) // of the commit
	States      map[string]string                                // the forge's own words for states
	Limits      []world.Fault                                    // the forms in which the forge says "not so fast", asking for 30 s
	BadNames    []string                                         // secret names that it refuses
}

// On returns a subject of a forge's stand-in, with what those of all forges have in
// common: the pull request 7 of acme/api. Clients and places are the caller's.
func On(stand *answer.Forge, system string, way *Wire) *Subject {
	head := stand.World.Repository("acme", "api").PullRequest(7).Head
	return &Subject{
		Wire: way, World: stand.World, System: system, Artifacts: &stand.Artifacts, Missed: stand.Router.Missed.Lines,
		Owner: "acme", Shown: "acme", PullRequest: forge.PullRequest{Owner: "acme", Repo: "api", Number: 7}, Commit: head,
		Comments: func() []string { return stand.Comments("acme", "api", 7) },
		Status:   func(context string) (string, string) { return stand.Status("acme", "api", head, context) },
	}
}

// Place is one store of secrets.
type Place struct {
	Name  string // in the table
	Ref   forge.Ref
	Value func(name string) (string, bool) // asks the stand-in what the secret holds
	Blind bool                             // Value knows whether a secret is there, and not what it holds
	Times bool                             // the forge shows when a secret was written
	Many  int                              // secrets to list; 0: as many as need three pages of 100
}

// Run runs the suite. make_ is called afresh in every case, within its bubble
// of virtual time, with the seed to start from.
func Run(t *testing.T, make_ func(t *testing.T, seed world.Seed) *Subject) {
	t.Helper()
	RunSome(t, make_, func(string) bool { return true })
}

// RunStores runs the cases of secrets alone, for stores that are no forge's.
func RunStores(t *testing.T, make_ func(t *testing.T, seed world.Seed) *Subject) {
	t.Helper()
	RunSome(t, make_, func(name string) bool {
		return slices.ContainsFunc(storeCases(), func(c storeCase) bool { return c.name == name })
	})
}

// RunSome runs the cases whose names are wanted: a real server in place of a
// stand-in has no seed to be listed.
func RunSome(t *testing.T, make_ func(t *testing.T, seed world.Seed) *Subject, wanted func(name string) bool) {
	t.Helper()
	var names []string
	synctest.Test(t, func(t *testing.T) {
		for _, p := range make_(t, world.DefaultSeed()).Places {
			names = append(names, p.Name)
		}
	})
	tab := &table{columns: names}
	for _, c := range storeCases() {
		if !wanted(c.name) {
			continue
		}
		for i, place := range names {
			ok := t.Run(c.name+"/"+place, func(t *testing.T) {
				synctest.Test(t, func(t *testing.T) {
					s := make_(t, world.DefaultSeed())
					c.run(t, s, s.Places[i])
					s.noMissed(t)
				})
			})
			tab.mark(c.name, place, ok)
		}
	}
	for _, c := range forgeCases() {
		if !wanted(c.name) {
			continue
		}
		ok := t.Run(c.name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				s := make_(t, c.seed())
				c.run(t, s)
				s.noMissed(t)
			})
		})
		tab.mark(c.name, "", ok)
	}
	t.Log("\n" + tab.String())
}

// noMissed fails where a request found no handler at the stand-in.
func (s *Subject) noMissed(t *testing.T) {
	t.Helper()
	if missed := s.Missed(); len(missed) > 0 {
		t.Errorf("the stand-in has no answer to %q", missed)
	}
}

// table is store × case.
type table struct {
	columns []string
	rows    []string
	cells   map[[2]string]bool
}

func (t *table) mark(row, column string, ok bool) {
	if t.cells == nil {
		t.cells = map[[2]string]bool{}
	}
	if !slices.Contains(t.rows, row) {
		t.rows = append(t.rows, row)
	}
	t.cells[[2]string{row, column}] = ok
}

func (t *table) String() string {
	var b strings.Builder
	wide := 0
	for _, r := range t.rows {
		wide = max(wide, len(r))
	}
	fmt.Fprintf(&b, "%-*s", wide, "case")
	for _, c := range t.columns {
		fmt.Fprintf(&b, "  %s", c)
	}
	for _, r := range t.rows {
		fmt.Fprintf(&b, "\n%-*s", wide, r)
		for _, c := range t.columns {
			ok, there := t.cells[[2]string{r, c}]
			if !there {
				ok = t.cells[[2]string{r, ""}]
			}
			fmt.Fprintf(&b, "  %-*s", len(c), map[bool]string{true: "ok", false: "FAILED"}[ok])
			if !there {
				break
			}
		}
	}
	return b.String()
}

func ctxFor(t *testing.T) context.Context {
	ctx, cancel := context.WithTimeout(t.Context(), 2*time.Hour)
	t.Cleanup(cancel)
	return ctx
}

func named(ref forge.Ref, name string) forge.Ref {
	ref.Name = name
	return ref
}

func wantKind(t *testing.T, err error, kinds ...fault.Kind) {
	t.Helper()
	if err == nil || !slices.Contains(kinds, fault.Of(err)) {
		t.Errorf("error %v has kind %v, want %v", err, fault.Of(err), kinds)
	}
}

func wantMissing(t *testing.T, s *Subject, ref forge.Ref) {
	t.Helper()
	if _, err := s.Forge.Stat(ctxFor(t), ref); !errors.Is(err, fs.ErrNotExist) {
		t.Errorf("stat of a missing secret: %v", err)
	}
}

// concurrently runs the functions at once.
func concurrently(fs ...func()) {
	var wg sync.WaitGroup
	for _, f := range fs {
		wg.Go(f)
	}
	wg.Wait()
}
