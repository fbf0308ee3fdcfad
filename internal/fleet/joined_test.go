package fleet

import (
	"context"
	"fmt"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/gatewright/gatewright/internal/fleet/journal"
	"github.com/gatewright/gatewright/internal/forge"
	"github.com/gatewright/gatewright/internal/service"
)

// TestJoinedWithItsCopy: a journal that takes in a copy of itself, made at any moment, says what it said before.
func TestJoinedWithItsCopy(t *testing.T) {
	for _, names := range []bool{true, false} {
		for _, kind := range []journal.Kind{journal.Begin, journal.Planned, journal.Minted, journal.Storing, journal.Stored, journal.Verified, journal.End} {
			t.Run(fmt.Sprintf("%s, names %v", kind, names), func(t *testing.T) {
				w := newWorld(t)
				w.names = names
				f, path := w.fleet(forge.Actions), filepath.Join(shm(t), "j")
				var copied []journal.Entry
				w.onEvent = func(what string) {
					if what == "after journal "+string(kind) && copied == nil {
						copied = mustRead(w, path).Entries
					}
				}
				w.runOnce(f, path)
				w.onEvent, w.now = nil, w.now.Add(time.Hour)
				j, err := journal.Open(path, journal.Keys{})
				if err != nil || copied == nil {
					t.Fatal(len(copied), err)
				}
				before := j.Session().Entries
				if err := j.Rewrite(journal.Join(before, copied)); err != nil {
					t.Fatal(err)
				}
				if after := j.Session().Entries; len(after) != len(before) {
					t.Errorf("%d lines, %d before", len(after), len(before))
				}
				j.Close()
				p, err := f.Plan(context.Background(), mustRead(w, path), nil)
				if err != nil || p.Items[0].Action != Keep || p.Items[0].stray() || p.Items[0].Resume {
					t.Errorf("%v, %+v", err, p.Items)
				}
				w.settleAll(f, path)
				if len(w.tokens) != 1 {
					t.Errorf("%d tokens were made", len(w.tokens))
				}
			})
		}
	}
}

// TestNameIsNoNumber: an entry without a token's number is not about the one that has
// the name and a number: of which of two it was written, nothing shows.
func TestNameIsNoNumber(t *testing.T) {
	const name = "gw-acme-api-0000000000000000-aaaaaaaa-1"
	at := func(n int) time.Time { return time.Date(2026, 11, 1, 12, 0, n, 0, time.UTC) }
	story := []journal.Entry{
		{At: at(0), Kind: journal.Planned, Name: name},
		{At: at(1), Kind: journal.Minted, Name: name, Token: "7"},
		{At: at(2), Kind: journal.Storing, Name: name, Token: "7"},
		{At: at(3), Kind: journal.Stored, Name: name, Token: "7", Place: "actions"},
		{At: at(4), Kind: journal.Verified, Name: name, Token: "7"},
	}
	soon := at(5)
	for _, e := range []journal.Entry{
		{Kind: journal.Planned},
		{Kind: journal.Minted, Token: "8"},
		{Kind: journal.Storing},
		{Kind: journal.Stored, Place: "actions"},
		{Kind: journal.Verified},
		{Kind: journal.Adopted},
		{Kind: journal.Retiring, Reason: leaked, NotBefore: &soon},
		{Kind: journal.Revoked},
		{Kind: journal.Absent},
	} {
		t.Run(string(e.Kind), func(t *testing.T) {
			for _, older := range []bool{true, false} { // the entry's line stands before the others, or behind
				s := newRepoState("s")
				e.Name = name
				lines := append(append([]journal.Entry{}, story...), e)
				if older {
					lines = append([]journal.Entry{e}, story...)
				}
				for _, line := range lines {
					s.apply(line)
				}
				own := s.byNumber("7")
				if own == nil || own.gone || own.retiring || own.leaked || own.phase != good {
					t.Fatalf("older %v: %+v", older, own)
				}
				if s.ended(service.Token{ID: "7", Name: name}) {
					t.Errorf("older %v: token 7, which is in use, is held to have ended", older)
				}
				if cur := s.inUse(); e.Kind != journal.Verified && e.Kind != journal.Adopted && (cur == nil || cur.id != "7") {
					t.Errorf("older %v: in use is %+v", older, cur)
				}
			}
		})
	}
}

// TestAbsentBeforeItIsMinted: that another machine's run of the name found nothing, which is written between the lines of this
// one, does not end the token that came.
func TestAbsentBeforeItIsMinted(t *testing.T) {
	const name = "gw-acme-api-0000000000000000-aaaaaaaa-1"
	s := newRepoState("s")
	for n, e := range []journal.Entry{
		{Kind: journal.Planned},
		{Kind: journal.Absent},
		{Kind: journal.Minted, Token: "7"},
		{Kind: journal.Storing, Token: "7"},
		{Kind: journal.Stored, Token: "7", Place: "actions"},
		{Kind: journal.Verified, Token: "7"},
	} {
		e.Name, e.At = name, time.Date(2026, 11, 1, 12, 0, n, 0, time.UTC)
		s.apply(e)
	}
	if cur := s.inUse(); cur == nil || cur.id != "7" || s.ended(service.Token{ID: "7", Name: name}) {
		t.Errorf("in use is %+v", cur)
	}
	s.apply(journal.Entry{Kind: journal.Revoked, Token: "7", Name: name})
	s.apply(journal.Entry{Kind: journal.Minted, Token: "7", Name: name}) // the other copy's line of it
	if !s.ended(service.Token{ID: "7", Name: name}) {
		t.Error("a token that was revoked lives again")
	}
}

// TestStrayIsReported: what a run revoked is in its report, also where the journal had held it to be gone.
func TestStrayIsReported(t *testing.T) {
	for _, tt := range []struct {
		name   string
		sweeps bool
		want   Outcome
	}{{"apply", false, Retired}, {"sweep", true, Retired}} {
		t.Run(tt.name, func(t *testing.T) {
			w := newWorld(t)
			f, path := w.fleet(forge.Actions), filepath.Join(shm(t), "j")
			w.runOnce(f, path)
			w.now = w.now.Add(time.Hour)
			f.Policy.Force = true
			w.runOnce(f, path) // token 1 retires
			f.Policy.Force = false
			w.now = w.now.Add(w.grace + time.Hour)
			w.runOnce(f, path)
			old := w.tokens[0]
			if old.live {
				t.Fatal("token 1 was not revoked")
			}
			old.live, old.byTool = true, false // the service says so and it was not true
			w.sweeps = tt.sweeps
			rep, err, _ := w.runOnce(f, path)
			if err != nil || old.live {
				t.Fatalf("%v, token 1 lives: %v", err, old.live)
			}
			if r := rep.Repositories[0]; strings.Join(r.Revoked, " ") != old.ID || r.Outcome != tt.want {
				t.Errorf("revoked %v, %s", r.Revoked, r.Outcome)
			}
		})
	}
}
