package fleet

import (
	"context"
	"fmt"
	"testing"
	"time"

	"github.com/gatewright/gatewright/internal/fleet/journal"
	"github.com/gatewright/gatewright/internal/forge"
	"github.com/gatewright/gatewright/internal/service"
)

// TestForgedState hands the tool state files that somebody else wrote: an
// unsigned journal with lines that call a foreign token ours, and plans that
// would retire or adopt it. Whatever it is made to do, the foreign token and the
// foreign secret stay: the world of these tests ends the test else.
func TestForgedState(t *testing.T) {
	past := time.Date(2026, 11, 1, 0, 0, 0, 0, time.UTC)
	alien := func(w *world, repo string) string {
		w.serial++
		id := fmt.Sprint(900 + w.serial)
		at := past
		w.tokens = append(w.tokens, &simToken{Token: service.Token{ID: id, Name: "by-hand", CreatedAt: &at}, repo: repo, value: "alien-" + id, live: true, foreign: true})
		return id
	}
	lines := map[string]func(f *Fleet, id string) []journal.Entry{
		"retiring": func(*Fleet, string) []journal.Entry {
			return []journal.Entry{{Kind: journal.Retiring, NotBefore: &past}}
		},
		"leaked": func(*Fleet, string) []journal.Entry {
			return []journal.Entry{{Kind: journal.Retiring, NotBefore: &past, Reason: leaked}}
		},
		"revoked": func(*Fleet, string) []journal.Entry { return []journal.Entry{{Kind: journal.Revoked}} },
		"minted, never stored": func(f *Fleet, _ string) []journal.Entry {
			return []journal.Entry{{Kind: journal.Planned, Name: "x"}, {Kind: journal.Minted, Name: "x"}}
		},
		"in place": func(*Fleet, string) []journal.Entry {
			return []journal.Entry{{Kind: journal.Minted, Name: "x"}, {Kind: journal.Storing}, {Kind: journal.Stored, Place: "actions"}, {Kind: journal.Verified}}
		},
		"under a name of ours": func(f *Fleet, _ string) []journal.Entry {
			return []journal.Entry{{Kind: journal.Retiring, NotBefore: &past, Name: f.tokenName(forgeRepo(), "aaaaaaaa", 1)}}
		},
	}
	ran := 0
	for name, forgery := range lines {
		for _, command := range []string{"apply", "sweep", "revoke", "remove"} {
			w, f, path := truthWorld(t)
			id := alien(w, "1")
			j := mustOpen(t, path)
			for _, e := range forgery(f, id) {
				e.At, e.Run, e.Subject, e.Repo, e.Token = w.now, "bbbbbbbb", f.subjectOf(w.repos[0]), "acme/api", id
				if err := j.Append(e); err != nil {
					t.Fatal(err)
				}
			}
			j.Close()
			for range 2 {
				_, err := w.command(t, f, path, command)
				w.say("%s: %v", command, err)
				w.now = w.now.Add(w.grace + time.Hour)
			}
			ran++
			for _, tok := range w.tokens {
				if tok.ID == id && !tok.live {
					t.Errorf("%s, %s: the foreign token is dead", name, command)
				}
			}
		}
	}

	// Plans: what becomes of a token, and who made it, is advice.
	for name, change := range map[string]func(p *Plan, id string){
		"retire": func(p *Plan, id string) {
			p.Items[0].Action = Rotate
			p.Items[0].Tokens = append(p.Items[0].Tokens, SeenToken{ID: id, Ours: true, Retire: true, Name: "gw-acme-api-x"})
		},
		"stray": func(p *Plan, id string) {
			p.Items[0].Tokens = append(p.Items[0].Tokens, SeenToken{ID: id, Ours: true, Stray: true})
		},
		"adopt": func(p *Plan, id string) {
			p.Items[0].Action = Adopt
			p.Items[0].Tokens = []SeenToken{{ID: id, Ours: true}}
		},
	} {
		w, f, path := truthWorld(t)
		id := alien(w, "1")
		for i := range 3 {
			j := mustOpen(t, path)
			p := mustPlan(t, f, w.session(j))
			if i == 0 {
				change(&p, id)
			}
			_, err := f.Apply(context.Background(), w.session(j), p, Options{Run: NewRun()})
			w.say("%s: %v", name, err)
			j.Close()
			w.now = w.now.Add(w.grace + time.Hour)
		}
		ran++
		for _, tok := range w.tokens {
			if tok.ID == id && !tok.live {
				t.Errorf("plan, %s: the foreign token is dead", name)
			}
		}
	}
	if ran != 27 {
		t.Errorf("%d forgeries", ran)
	}
}

func forgeRepo() forge.Repository { return forge.Repository{ID: "1", Owner: "acme", Name: "api"} }
