package fleet

import (
	"context"
	"errors"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/gatewright/gatewright/internal/fault"
	"github.com/gatewright/gatewright/internal/fleet/journal"
	"github.com/gatewright/gatewright/internal/forge"
	"github.com/gatewright/gatewright/internal/service"
)

// TestRevokeAll: nothing is revoked that the service shows to be somebody else's, and
// nothing called revoked that it still lists.
func TestRevokeAll(t *testing.T) {
	const old, own = "oldrun00", "newrun00"
	// known has the service list two tokens of an earlier run.
	known := func(s *sagaTest) *sagaTest { return s.live1("1", s.name(old, 1)).live1("2", s.name(old, 2)) }
	for _, c := range []struct {
		sagaCase
		tokens []*token
	}{
		{sagaCase: sagaCase{name: "none", from: func(s *sagaTest) { s.live = map[string]service.Token{}; refuseCall(s.w, "tokens") }}},
		{sagaCase: sagaCase{name: "two", from: func(s *sagaTest) { known(s) }, wrote: []string{"revoked 1", "revoked 2"}}, tokens: []*token{{id: "1", run: old}, {id: "2", run: old}}},
		{sagaCase: sagaCase{
			name: "by hand", from: func(s *sagaTest) { known(s).f.Service.Revoker = nil }, live: "1 2",
			wrote: []string{"retiring 1: " + byHand, "retiring 2: " + byHand},
			notes: []string{"revoke token 1 at codacy by hand: it lives", "revoke token 2 at codacy by hand: it lives"},
		}, tokens: []*token{{id: "1", run: old}, {id: "2", run: old}}},
		{sagaCase: sagaCase{
			name: "not to be listed", from: func(s *sagaTest) { refuseCall(known(s).w, "tokens") }, live: "1 2",
			err: "look at the tokens before revoking any (why): tokens:  : 403",
		}, tokens: []*token{{id: "1", run: old}}},
		{sagaCase: sagaCase{
			name: "the first is gone already", from: func(s *sagaTest) { known(s).w.tokens[0].live = false },
			wrote: []string{"revoked 1: " + wasGone, "revoked 2"},
		}, tokens: []*token{{id: "1", run: old}, {id: "2", run: old}}},
		{sagaCase: sagaCase{name: "of this run, and not listed yet", from: func(s *sagaTest) {
			known(s)
			s.live = map[string]service.Token{}
		}, live: "2", wrote: []string{"revoked 1"}}, tokens: []*token{{id: "1", run: own}}},
		{sagaCase: sagaCase{name: "of this run, and gone", from: func(*sagaTest) {}, wrote: []string{"revoked 1"}}, tokens: []*token{{id: "1", run: own}}},
		{sagaCase: sagaCase{name: "refused", from: func(s *sagaTest) { refuseCall(known(s).w, "revoke") }, live: "1 2", err: "revoke token 1 (why): revoke:  : 403"}, tokens: []*token{{id: "1", run: old}}},
		{
			sagaCase: sagaCase{
				name: "the first is another's by its name", from: func(s *sagaTest) { known(s).w.tokens[0].Name, s.w.tokens[0].foreign = "ci", true }, live: "1",
				wrote: []string{"revoked 2"}, notes: []string{`token 1 stays: it is named "ci" there, which this fleet did not make; --adopt-token revokes it all the same`},
			},
			tokens: []*token{{id: "1", run: old}, {id: "2", run: old}},
		},
		{sagaCase: sagaCase{
			name: "of an earlier run, without a name", from: func(s *sagaTest) { s.live1("1", "") }, live: "1",
			notes: []string{"token 1 stays: it has no name that shows whose it is; --adopt-token revokes it all the same"},
		}, tokens: []*token{{id: "1", run: old}}},
		{sagaCase: sagaCase{
			name: "nothing is listed, and anybody may have written the journal", from: func(s *sagaTest) { known(s).f.Service.Tokens = nil }, live: "1 2",
			notes: []string{"token 1 stays: it has no name that shows whose it is; --adopt-token revokes it all the same"},
		}, tokens: []*token{{id: "1", run: old}}},
		{sagaCase: sagaCase{
			name: "nothing is listed, and the journal is signed", from: func(s *sagaTest) { known(s).f.Service.Tokens, s.j.Genuine = nil, true }, live: "2",
			wrote: []string{"revoked 1"},
		}, tokens: []*token{{id: "1", run: old}}},
		{sagaCase: sagaCase{
			name: "nothing is listed, and it is this run's", from: func(s *sagaTest) { known(s).f.Service.Tokens = nil }, live: "2",
			wrote: []string{"revoked 1"},
		}, tokens: []*token{{id: "1", run: own}}},
		{sagaCase: sagaCase{
			name: "without effect", from: func(s *sagaTest) { nth("revoke", 2, without)(known(s).w) }, live: "2",
			err: "token 2 was revoked, and codacy still lists it as live", kind: fault.Service,
		}, tokens: []*token{{id: "1", run: old}, {id: "2", run: old}}},
		{sagaCase: sagaCase{name: "the list is late", from: func(s *sagaTest) { nth("tokens", 2, stale)(known(s).w) }, live: "2", wrote: []string{"revoked 1"}}, tokens: []*token{{id: "1", run: old}}},
		{sagaCase: sagaCase{
			name: "the list breaks off afterwards", from: func(s *sagaTest) { nth("tokens", 2, brokenBefore)(known(s).w) }, live: "2",
			err: "revoked, and not seen to be gone: tokens:  : 500",
		}, tokens: []*token{{id: "1", run: old}}},
	} {
		c.run(t, func(s *sagaTest) error {
			var tokens []*token
			for _, tok := range c.tokens {
				one := *tok
				tokens = append(tokens, &one)
			}
			err := s.revokeAll(t.Context(), tokens, "why")
			// What is another's is not revoked with what leaked either.
			for i, tok := range tokens {
				if stays := slices.ContainsFunc(s.notes, func(n string) bool { return strings.HasPrefix(n, "token "+tok.id+" stays") }); tok.foreign != stays {
					t.Errorf("token %d is another's: %v, and that it stays is said: %v", i, tok.foreign, stays)
				}
			}
			return err
		}, forge.Actions)
	}
	s := newSaga(t, forge.Actions)
	s.live1("1", s.name(s.run, 1))
	s.f.Clock = &sleeper{simClock: simClock{s.w}, err: context.Canceled}
	nth("revoke", 0, without)(s.w)
	if err := s.revoke(t.Context(), &token{id: "1", run: s.run}, "why"); !errors.Is(err, context.Canceled) || s.wrote != nil {
		t.Errorf("stopped while it waits for the list: %v, %v", err, s.wrote)
	}
}

// TestMakeRoom ends, where the service takes no more, what nobody holds, and that only
// while the places are as they were left.
func TestMakeRoom(t *testing.T) {
	expired := func(s *sagaTest, ids ...string) {
		past := s.w.now.Add(-time.Minute)
		for i, id := range ids {
			s.live1(id, s.name("oldrun00", 5+i))
			s.w.tokens[len(s.w.tokens)-1].ExpiresAt = &past
		}
	}
	planned := func(s *sagaTest, n int) { s.plan.Tokens = make([]SeenToken, n) }
	listed := func(s *sagaTest) {
		if ok, err := s.list(t.Context()); !ok || err != nil {
			t.Fatal(ok, err)
		}
	}
	for _, c := range []struct {
		sagaCase
		idle bool // neither the service nor the forge is asked
		calm bool // nothing is looked at but the list
	}{
		{sagaCase: sagaCase{name: "no limit", from: func(s *sagaTest) { expired(s, "1", "2", "3"); planned(s, 3); s.f.Service.Issue.Max = 0 }, live: "1 2 3"}, idle: true},
		{sagaCase: sagaCase{name: "room", from: func(s *sagaTest) { expired(s, "1", "2"); planned(s, 2) }, live: "1 2"}, idle: true},
		{sagaCase: sagaCase{name: "full by the plan", from: func(s *sagaTest) { expired(s, "1", "2", "3"); planned(s, 3) }, wrote: []string{"revoked 1", "revoked 2", "revoked 3"}}},
		{sagaCase: sagaCase{name: "full by now", from: func(s *sagaTest) { expired(s, "1", "2", "3"); listed(s) }, wrote: []string{"revoked 1", "revoked 2", "revoked 3"}}},
		{sagaCase: sagaCase{name: "full by the plan, and no longer", from: func(s *sagaTest) { s.good("9"); expired(s, "1"); planned(s, 3) }, live: "1 9"}, calm: true},
		{sagaCase: sagaCase{name: "full, and the service lists nothing", from: func(s *sagaTest) { s.good("9"); planned(s, 3); s.f.Service.Tokens = nil }, live: "9"}, idle: true},
		{sagaCase: sagaCase{name: "the list is refused", from: func(s *sagaTest) { planned(s, 3); refuseCall(s.w, "tokens") }, err: "403"}, calm: true},
		{sagaCase: sagaCase{name: "in the order of their numbers", from: func(s *sagaTest) {
			expired(s, "6", "1", "5", "2", "7", "4", "3", "8")
			planned(s, 8)
		}, wrote: []string{"revoked 1", "revoked 2", "revoked 3", "revoked 4", "revoked 5", "revoked 6", "revoked 7", "revoked 8"}}},
		{sagaCase: sagaCase{name: "one in use, one of others, one that expired", from: func(s *sagaTest) {
			s.good("9").live1("8", "ci")
			expired(s, "1")
			planned(s, 3)
		}, wrote: []string{"revoked 1"}, live: "8 9"}},
		{sagaCase: sagaCase{name: "the one in use expired too", from: func(s *sagaTest) {
			s.good("9")
			past := s.w.now
			s.w.tokens[0].ExpiresAt = &past
			expired(s, "1", "2")
			planned(s, 3)
		}, wrote: []string{"revoked 1", "revoked 2"}, live: "9"}},
		{sagaCase: sagaCase{name: "somebody wrote the secret", from: func(s *sagaTest) {
			s.good("9")
			expired(s, "1", "2")
			planned(s, 3)
			s.w.secrets["1/actions"].updated = s.w.now
		}, live: "1 2 9", err: "3 of 3 tokens, and the old ones stay: the secret in actions was changed at", kind: fault.Input}},
		{sagaCase: sagaCase{name: "the forge does not show the secret", from: func(s *sagaTest) {
			s.good("9")
			expired(s, "1", "2")
			planned(s, 3)
			refuseCall(s.w, "stat")
		}, live: "1 2 9", err: "look at actions: stat:  : 403"}},
		{sagaCase: sagaCase{
			name: "one is not to be revoked", from: func(s *sagaTest) { expired(s, "1", "2", "3"); planned(s, 3); refuseCall(s.w, "revoke") },
			live: "1 2 3", err: "revoke token 1 (room for another)",
		}},
	} {
		c.run(t, func(s *sagaTest) error {
			s.f.Service.Issue.Max = min(s.f.Service.Issue.Max, 3)
			asked := len(s.w.calls)
			err := s.makeRoom(t.Context())
			if c.idle && len(s.w.calls) > asked || c.calm && s.w.calls["stat"] > 0 {
				t.Errorf("%s: asked in vain: %v", c.name, s.w.calls)
			}
			return err
		}, forge.Actions)
	}
}

// TestLeak ends all that may have leaked, and writes down all of it before the first
// is revoked.
func TestLeak(t *testing.T) {
	several := func(s *sagaTest) {
		s.good("9").before(
			journal.Entry{Kind: journal.Adopted, Token: "4", Name: s.name("oldrun00", 4)}, // known, and not listed
			journal.Entry{Kind: journal.Retiring, Token: "5", Name: "ci-old", Reason: byHand},
			journal.Entry{Kind: journal.Planned, Name: s.name("oldrun00", 7)},
			journal.Entry{Kind: journal.Revoked, Token: "6", Name: s.name("oldrun00", 6)},
		)
		s.state.current = s.state.byNumber("9")
		for i, id := range []string{"3", "1", "2"} {
			s.live1(id, s.name("another0", i+1))
		}
		s.live1("7", "ci")
	}
	for _, c := range []sagaCase{
		{name: "several", from: several, live: "7", wrote: []string{
			"retiring 1: leaked", "retiring 2: leaked", "retiring 3: leaked", "retiring 4: leaked", "retiring 9: leaked",
			"revoked 4: " + wasGone, "revoked 9", "revoked 1", "revoked 2", "revoked 3",
		}},
		{name: "one that was found to be another's", from: func(s *sagaTest) {
			s.good("9").before(journal.Entry{Kind: journal.Adopted, Token: "4", Name: "ci"})
			s.state.byNumber("4").foreign = true
			s.live1("4", "ci")
		}, live: "4", wrote: []string{"retiring 9: leaked", "revoked 9"}},
		{name: "nothing", from: func(*sagaTest) {}},
		{name: "the list is refused", from: func(s *sagaTest) { s.good("9"); refuseCall(s.w, "tokens") }, live: "9", err: "403"},
		{
			name: "one is not to be revoked", from: func(s *sagaTest) { s.good("9"); refuseCall(s.w, "revoke") }, live: "9",
			wrote: []string{"retiring 9: leaked"}, err: "revoke token 9 (it leaked)",
		},
	} {
		c.run(t, func(s *sagaTest) error { return s.leak(t.Context()) }, forge.Actions)
	}
}
