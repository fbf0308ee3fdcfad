package fleet

import (
	"testing"
	"time"

	"github.com/gatewright/gatewright/internal/fault"
	"github.com/gatewright/gatewright/internal/fleet/journal"
	"github.com/gatewright/gatewright/internal/forge"
	"github.com/gatewright/gatewright/internal/secret"
)

// TestFinish stores a token, and revokes it again only where no place can hold it.
func TestFinish(t *testing.T) {
	const stays = "1"
	// minted has this run mint token 1, which nothing was done with yet.
	minted := func(s *sagaTest, sealed bool) *sagaTest {
		name := s.name("newrun00", 1)
		e := journal.Entry{Kind: journal.Minted, Token: "1", Name: name}
		if sealed {
			e.Sealed = []journal.Sealed{{Place: "actions", Text: "c2VhbGVkOnRvay0x"}, {Place: "dependabot", Text: "c2VhbGVkOnRvay0x"}}
		}
		s.before(journal.Entry{Kind: journal.Planned, Name: name, Run: "newrun00"})
		e.Run = "newrun00"
		return s.before(e).live1("1", name)
	}
	refuse := func(s *sagaTest, n int, e effect) *sagaTest {
		nth("put", n, e)(s.w)
		nth("put-sealed", n, e)(s.w)
		return s
	}
	all := []string{"storing 1 actions+dependabot", "stored 1 actions: created", "stored 1 dependabot: created", "verified 1", "done"}
	for _, c := range []sagaCase{
		{name: "minted", from: func(s *sagaTest) { minted(s, false) }, wrote: all, live: stays},
		{name: "sealed", from: func(s *sagaTest) { minted(s, true) }, wrote: all, live: stays},
		{name: "from an earlier run", from: func(s *sagaTest) { s.pend(journal.Minted, "actions", "dependabot").live1("1", s.name("oldrun00", 1)) }, wrote: all, live: stays},
		{name: "that all places hold", from: func(s *sagaTest) {
			minted(s, false).before(journal.Entry{Kind: journal.Storing, Token: "1"}, journal.Entry{Kind: journal.Stored, Token: "1", Place: "actions"}, journal.Entry{Kind: journal.Stored, Token: "1", Place: "dependabot"})
		}, wrote: []string{"verified 1", "done"}, live: stays},
		{name: "that the first place holds", from: func(s *sagaTest) {
			minted(s, false).before(journal.Entry{Kind: journal.Storing, Token: "1"}, journal.Entry{Kind: journal.Stored, Token: "1", Place: "actions"})
		}, wrote: []string{"storing 1 dependabot", "stored 1 dependabot: created", "verified 1", "done"}, live: stays},
		{
			name: "where somebody made a secret meanwhile", from: func(s *sagaTest) {
				minted(s, false).w.secrets["1/actions"] = &simSecret{ours: true}
			}, wrote: []string{"storing 1 actions+dependabot", "stored 1 actions: replaced", "stored 1 dependabot: created", "verified 1", "done"}, live: stays,
			notes: []string{"actions was replaced, which the plan did not expect: somebody changed it since"},
		},
		{name: "where somebody deleted a secret meanwhile", from: func(s *sagaTest) {
			minted(s, false).put("dependabot", s.w.now.Add(-aDay))
			delete(s.w.secrets, "1/dependabot")
		}, wrote: all, live: stays, notes: []string{"dependabot was created, which the plan did not expect: somebody changed it since"}},
		{
			name: "replacing what was seen", from: func(s *sagaTest) { minted(s, false).put("actions", s.w.now.Add(-aDay)) },
			wrote: []string{"storing 1 actions+dependabot", "stored 1 actions: replaced", "stored 1 dependabot: created", "verified 1", "done"}, live: stays,
		},
		{name: "where nothing was seen", from: func(s *sagaTest) { minted(s, false).plan.Places = nil }, wrote: all, live: stays},
		{name: "where others share the place", from: func(s *sagaTest) {
			minted(s, false).w.secrets["1/actions"] = &simSecret{ours: true}
			s.f.Policy.Places[0].Holder, s.plan.Places[0].Place = "all", "actions:all"
		}, wrote: []string{"storing 1 actions:all+dependabot", "stored 1 actions:all: replaced", "stored 1 dependabot: created", "verified 1", "done"}, live: stays},
		{name: "where others share the place, which refuses it", from: func(s *sagaTest) {
			refuse(minted(s, false), 1, lostBefore).f.Policy.Places[0].Holder = "all"
		}, wrote: []string{"storing 1 actions:all+dependabot"}, live: stays, err: "put"},

		// Refused: was it offered to any place before?
		{
			name: "refused", from: func(s *sagaTest) { refuse(minted(s, true), 1, refusedBy) }, err: "403",
			wrote: []string{"storing 1 actions+dependabot", "revoked 1: " + placeRefused},
		},
		{
			name: "refused for now, and sealed", from: func(s *sagaTest) { refuse(minted(s, true), 1, limited) }, err: "429",
			wrote: []string{"storing 1 actions+dependabot"}, live: stays,
		},
		{
			name: "refused for now, and its value is lost", from: func(s *sagaTest) { refuse(minted(s, false), 1, limited) }, err: "429",
			wrote: []string{"storing 1 actions+dependabot", "revoked 1: " + placeRefused},
		},
		{
			name: "not answered", from: func(s *sagaTest) { refuse(minted(s, false), 1, lostBefore) }, err: "lost",
			wrote: []string{"storing 1 actions+dependabot"}, live: stays,
		},
		{
			name: "refused by the second place", from: func(s *sagaTest) { refuse(minted(s, true), 2, refusedBy) }, err: "403",
			wrote: []string{"storing 1 actions+dependabot", "stored 1 actions: created"}, live: stays,
		},
		{
			name: "refused, and offered by this run before", from: func(s *sagaTest) {
				refuse(minted(s, true), 1, refusedBy).before(journal.Entry{Kind: journal.Storing, Token: "1"})
			},
			err: "403", wrote: []string{"storing 1 actions+dependabot"}, live: stays,
		},
		{name: "refused, of an earlier run, and no place was written since", from: func(s *sagaTest) {
			refuse(s, 1, refusedBy).pend(journal.Minted, "actions", "dependabot").live1("1", s.name("oldrun00", 1))
		}, err: "403", wrote: []string{"storing 1 actions+dependabot", "revoked 1: " + placeRefused}},
		{name: "refused, of an earlier run, and a place was written since", from: func(s *sagaTest) {
			refuse(s, 1, refusedBy).pend(journal.Minted, "actions", "dependabot").live1("1", s.name("oldrun00", 1)).put("actions", s.w.now)
		}, err: "403", wrote: []string{"storing 1 actions+dependabot"}, live: stays},
		{
			name: "refused, and it is not ours to revoke", from: func(s *sagaTest) { refuse(minted(s, false), 1, refusedBy).f.Service.Minter = nil }, err: "403",
			wrote: []string{"storing 1 actions+dependabot"}, live: stays,
		},
		{name: "where the tokens cannot be listed", from: func(s *sagaTest) {
			refuseCall(minted(s, false).w, "tokens")
			s.plan.Tokens = []SeenToken{{ID: "5", Retire: true}}
		}, err: "403", wrote: all[:4], live: stays},
	} {
		c.run(t, func(s *sagaTest) error {
			return s.finish(t.Context(), s.state.byNumber("1"), secret.New("tok-1-0123456789abcdef"))
		}, forge.Actions, forge.Dependabot)
	}
}

// TestReplace lets retire what was replaced, and that only: all that a place held or
// may have held, and what the plan chose, if it is this fleet's by the service's list.
func TestReplace(t *testing.T) {
	old := func(s *sagaTest, entries ...journal.Entry) *sagaTest {
		s.good("9").before(entries...)
		s.state.current = s.state.byNumber("9")
		return s
	}
	observed := []string{"observed actions", "observed dependabot"}
	for _, c := range []struct {
		sagaCase
		grace map[string]time.Duration // from now on
	}{
		{sagaCase: sagaCase{name: "nothing else", from: func(s *sagaTest) { old(s) }, wrote: []string{"done"}, live: "9"}},
		{sagaCase: sagaCase{name: "nothing else, which was written down", from: func(s *sagaTest) { old(s).before(journal.Entry{Kind: journal.Done}) }, live: "9"}},
		{sagaCase: sagaCase{
			name: "one that was good", from: func(s *sagaTest) { old(s, journal.Entry{Kind: journal.Adopted, Token: "4"}) },
			wrote: []string{"retiring 4"}, live: "9",
		}, grace: map[string]time.Duration{"4": aDay}},
		{sagaCase: sagaCase{
			name: "one that may be in a place", from: func(s *sagaTest) { old(s, journal.Entry{Kind: journal.Storing, Token: "4"}) },
			wrote: append([]string{"retiring 4"}, observed...), live: "9",
		}, grace: map[string]time.Duration{"4": aDay}},
		{sagaCase: sagaCase{name: "one that may be, and then one that was good", from: func(s *sagaTest) {
			old(s, journal.Entry{Kind: journal.Storing, Token: "4"}, journal.Entry{Kind: journal.Adopted, Token: "5"})
		}, wrote: append([]string{"retiring 4", "retiring 5"}, observed...), live: "9"}, grace: map[string]time.Duration{"4": aDay, "5": aDay}},
		{sagaCase: sagaCase{name: "none that is gone, planned, only minted, or for a person", from: func(s *sagaTest) {
			old(s, journal.Entry{Kind: journal.Adopted, Token: "4"}, journal.Entry{Kind: journal.Revoked, Token: "4"},
				journal.Entry{Kind: journal.Planned, Name: s.name("oldrun00", 5)},
				journal.Entry{Kind: journal.Planned, Name: s.name("oldrun00", 6)}, journal.Entry{Kind: journal.Minted, Token: "6", Name: s.name("oldrun00", 6)},
				journal.Entry{Kind: journal.Adopted, Token: "7"}, journal.Entry{Kind: journal.Retiring, Token: "7", Reason: byHand})
		}, live: "9"}},
		{sagaCase: sagaCase{name: "one in its grace", from: func(s *sagaTest) {
			at := s.w.now.Add(time.Hour)
			old(s, journal.Entry{Kind: journal.Adopted, Token: "4"}, journal.Entry{Kind: journal.Retiring, Token: "4", NotBefore: &at})
		}, live: "9"}, grace: map[string]time.Duration{"4": time.Hour}},
		{sagaCase: sagaCase{name: "one in its grace, after somebody wrote the secret", from: func(s *sagaTest) {
			at := s.w.now.Add(time.Hour)
			old(s, journal.Entry{Kind: journal.Adopted, Token: "4"}, journal.Entry{Kind: journal.Retiring, Token: "4", NotBefore: &at})
			s.drift = true
		}, wrote: []string{"retiring 4"}, live: "9"}, grace: map[string]time.Duration{"4": aDay}},
		{sagaCase: sagaCase{name: "those that the plan chose", from: func(s *sagaTest) {
			old(s).live1("3", "ci").live1("4", s.name("another0", 1)).live1("5", s.name("another0", 2)).live1("6", s.name("another0", 3))
			s.f.Policy.AdoptTokens = []string{"mine-*"}
			s.live1("7", "mine-1")
			s.plan.Tokens = []SeenToken{
				{ID: "2", Name: s.name("another0", 9), Ours: true, Retire: true}, // not listed any more
				{ID: "3", Name: s.name("another0", 8), Ours: true, Retire: true}, // called otherwise
				{ID: "4", Name: s.name("another0", 1), Ours: true, Retire: true},
				{ID: "5", Name: s.name("another0", 2), Ours: true, Stray: true},  // not chosen
				{ID: "9", Name: s.name("oldrun00", 2), Ours: true, Retire: true}, // the one in place
				{ID: "7", Name: "mine-1", Retire: true},
			}
		}, wrote: append([]string{"retiring 4", "retiring 7"}, observed...), live: "3 4 5 6 7 9"}, grace: map[string]time.Duration{"4": aDay, "7": aDay}},
		{sagaCase: sagaCase{name: "those that the plan chose, where nothing is listed", from: func(s *sagaTest) {
			old(s).live1("4", s.name("another0", 1)).f.Service.Tokens = nil
			s.plan.Tokens = []SeenToken{{ID: "4", Name: s.name("another0", 1), Ours: true, Retire: true}}
		}, wrote: []string{"done"}, live: "4 9"}},
		{sagaCase: sagaCase{name: "those that the plan chose, where the list is refused", from: func(s *sagaTest) {
			refuseCall(old(s).live1("4", s.name("another0", 1)).w, "tokens")
			s.plan.Tokens = []SeenToken{{ID: "4", Name: s.name("another0", 1), Ours: true, Retire: true}}
		}, live: "4 9", err: "403"}},
		{sagaCase: sagaCase{
			name: "where only a person can revoke", from: func(s *sagaTest) { old(s, journal.Entry{Kind: journal.Adopted, Token: "4"}).f.Service.Revoker = nil },
			wrote: []string{"retiring 4: " + byHand}, live: "9", notes: []string{"revoke token 4 at codacy by hand once queued jobs are through"},
		}, grace: map[string]time.Duration{"4": 0}},

		// What the places say then is what they must say when the old ones are revoked.
		{sagaCase: sagaCase{name: "where somebody wrote one place since", from: func(s *sagaTest) {
			old(s, journal.Entry{Kind: journal.Storing, Token: "4"}).w.secrets["1/actions"].updated = s.w.now
		}, wrote: []string{"retiring 4", "observed dependabot"}, live: "9"}, grace: map[string]time.Duration{"4": aDay}},
		{sagaCase: sagaCase{name: "where one place was observed", from: func(s *sagaTest) {
			at := s.w.now.Add(-time.Hour / 2)
			old(s, journal.Entry{Kind: journal.Storing, Token: "4"}, journal.Entry{Kind: journal.Observed, Place: "actions", UpdatedAt: &at})
		}, wrote: []string{"retiring 4", "observed dependabot"}, live: "9"}, grace: map[string]time.Duration{"4": aDay}},
		{sagaCase: sagaCase{name: "where the forge shows no times", from: func(s *sagaTest) {
			old(s, journal.Entry{Kind: journal.Storing, Token: "4"}).f.Forge.Stater = timeless{simForge{s.w}}
		}, wrote: []string{"retiring 4"}, live: "9"}, grace: map[string]time.Duration{"4": aDay}},
		{sagaCase: sagaCase{
			name: "where the forge shows nothing", from: func(s *sagaTest) { old(s, journal.Entry{Kind: journal.Storing, Token: "4"}).f.Forge.Stater = nil },
			wrote: []string{"retiring 4"}, live: "9",
		}, grace: map[string]time.Duration{"4": aDay}},
		{sagaCase: sagaCase{
			name: "where the forge refuses to show it", from: func(s *sagaTest) { refuseCall(old(s, journal.Entry{Kind: journal.Storing, Token: "4"}).w, "stat") },
			wrote: []string{"retiring 4"}, live: "9", notes: []string{"look at actions: stat:  : 403 Forbidden: no"},
		}, grace: map[string]time.Duration{"4": aDay}},
	} {
		c.run(t, func(s *sagaTest) error {
			now := s.w.now
			err := s.replace(t.Context(), s.state.byNumber("9"))
			for _, tok := range s.state.retiring() {
				if want, ok := c.grace[tok.id]; s.full == 0 && (ok && want > 0 && !tok.notBefore.Equal(now.Add(want)) || ok && want == 0 && !tok.notBefore.IsZero()) {
					t.Errorf("%s: token %s retires at %s, want in %s", c.name, tok.id, tok.notBefore, want)
				}
			}
			if s.full == 0 && len(c.grace) > len(s.state.retiring()) {
				t.Errorf("%s: %d tokens retire, want %d", c.name, len(s.state.retiring()), len(c.grace))
			}
			return err
		}, forge.Actions, forge.Dependabot)
	}
}

// TestHandedOutToken: the token that all share is stored once more only if it was not
// replaced before, for then a person is about to revoke it.
func TestHandedOutToken(t *testing.T) {
	shared := func(s *sagaTest) *sagaTest {
		s.f.Service.Minter, s.f.Service.Given = nil, secret.New("shared-0123456789abcdef")
		return s
	}
	id := "fingerprint:" + secret.New("shared-0123456789abcdef").Fingerprint()
	for _, c := range []sagaCase{
		{name: "new", from: func(s *sagaTest) { shared(s) }, wrote: []string{"storing " + id + " actions", "stored " + id + " actions: created", "verified " + id, "done"}},
		{
			// Asked for, which a plan in a file says by its action alone, or changed by somebody seconds after our write.
			name: "in place, and to be rotated", from: func(s *sagaTest) {
				shared(s).good(id)
				s.plan.Action = Rotate
			}, live: id, wrote: []string{"storing " + id + " actions", "stored " + id + " actions: replaced", "verified " + id, "done"},
		},
		{
			name: "replaced before", from: func(s *sagaTest) { shared(s).before(journal.Entry{Kind: journal.Retiring, Token: id, Reason: byHand}) },
			err: "this token was replaced or removed here before; it is not stored again", kind: fault.Input,
		},
	} {
		c.run(t, func(s *sagaTest) error { return s.hand(t.Context()) }, forge.Actions)
	}
}
