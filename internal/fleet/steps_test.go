package fleet

import (
	"context"
	"testing"
	"time"

	"github.com/gatewright/gatewright/internal/fault"
	"github.com/gatewright/gatewright/internal/fleet/journal"
	"github.com/gatewright/gatewright/internal/forge"
	"github.com/gatewright/gatewright/internal/secret"
)

// TestSteps holds what a run does for one repository, by what was planned for it, and
// what it calls that.
func TestSteps(t *testing.T) {
	type step = func(*saga, context.Context) (Outcome, error)
	apply, sweep, revoke := (*saga).carryOut, (*saga).sweep, (*saga).replaceLeaked
	seen := func(s *sagaTest, a Action) *sagaTest { s.plan.Action = a; return s }
	stray := func(s *sagaTest) *sagaTest { // revoked by the journal, and alive
		s.before(journal.Entry{Kind: journal.Revoked, Token: "1"}).live1("1", s.name("oldrun00", 1))
		s.plan.Tokens = []SeenToken{{ID: "1", Ours: true, Stray: true}}
		return s
	}
	// replaced has token 9 in place, and token 4 whose grace is over.
	replaced := func(s *sagaTest) *sagaTest {
		past := s.w.now.Add(-time.Minute)
		s.good("9").before(journal.Entry{Kind: journal.Retiring, Token: "4", Name: s.name("oldrun00", 4), NotBefore: &past})
		return s.live1("4", s.name("oldrun00", 4))
	}
	left := func(s *sagaTest, a Action, kind fault.Kind) *sagaTest {
		s.good("9").plan.refuse(a, kind, "why")
		return s
	}
	for _, c := range []struct {
		sagaCase
		step step
		want Outcome
	}{
		// A token that is minted, and refused on each part of its way.
		{sagaCase: sagaCase{
			name: "create", from: func(s *sagaTest) { seen(s, Create) },
			wrote: []string{"planned newrun00-1", "minted 1", "storing 1 actions", "stored 1 actions: created", "verified 1", "done"}, live: "1",
		}, step: apply, want: Created},
		{sagaCase: sagaCase{
			name: "create, and it is refused", from: func(s *sagaTest) { refuseCall(seen(s, Create).w, "mint") },
			wrote: []string{"planned newrun00-1", "absent newrun00-1"}, err: "403",
		}, step: apply, want: Created},
		{sagaCase: sagaCase{
			name: "create, and it cannot be sealed", from: func(s *sagaTest) { refuseCall(seen(s, Create).w, "key") },
			wrote: []string{"planned newrun00-1", "minted 1", "revoked 1"}, err: "seal the token for actions",
		}, step: apply, want: Created},
		{sagaCase: sagaCase{
			name: "create, and it is not accepted", from: func(s *sagaTest) { refuseCall(seen(s, Create).w, "prove") },
			wrote: []string{"planned newrun00-1", "minted 1", "revoked 1"}, err: "ask codacy with the new token",
		}, step: apply, want: Created},
		{sagaCase: sagaCase{
			name: "rotate", from: func(s *sagaTest) { s.good("9").w.serial = 20 },
			wrote: []string{"planned newrun00-1", "minted 21", "storing 21 actions", "stored 21 actions: replaced", "verified 21", "retiring 9"}, live: "21 9",
		}, step: apply, want: Rotated},
		{sagaCase: sagaCase{
			name: "rotate, and it is refused", from: func(s *sagaTest) { refuseCall(s.good("9").w, "mint") },
			wrote: []string{"planned newrun00-1", "absent newrun00-1"}, live: "9", err: "403",
		}, step: apply, want: Rotated},
		{sagaCase: sagaCase{name: "rotate what leaked, and it cannot be revoked", from: func(s *sagaTest) {
			refuseCall(s.good("9").before(journal.Entry{Kind: journal.Retiring, Token: "9", Reason: leaked}).w, "revoke")
		}, live: "9", err: "revoke token 9 (it leaked)"}, step: apply, want: Rotated},
		{sagaCase: sagaCase{name: "a shared token, and the second place cannot be written", from: func(s *sagaTest) {
			s.f.Service.Minter, s.f.Service.Given = nil, secret.New("shared-0123456789abcdef")
			s.f.Policy.Places = append([]Place{{Store: forge.Actions, Org: "acme"}}, s.f.Policy.Places...)
			refuseCall(s.w, "can-write")
		}, err: "can-write"}, step: apply, want: Rotated},

		// In order, or adopted.
		{sagaCase: sagaCase{name: "keep", from: func(s *sagaTest) { seen(s.good("9"), Keep) }, wrote: []string{"observed actions", "done"}, live: "9"}, step: apply, want: Kept},
		{sagaCase: sagaCase{
			name: "keep, and the forge does not know of our write yet", from: func(s *sagaTest) { seen(s.good("9"), Keep).put("actions", s.w.now.Add(-time.Hour)) },
			wrote: []string{"done"}, live: "9",
		}, step: apply, want: Kept},
		{sagaCase: sagaCase{
			name: "keep, and an old token is due", from: func(s *sagaTest) { seen(replaced(s), Keep) },
			wrote: []string{"observed actions", "revoked 4", "done"}, live: "9",
		}, step: apply, want: Retired},
		{sagaCase: sagaCase{
			name: "keep, and it cannot be revoked", from: func(s *sagaTest) { refuseCall(seen(replaced(s), Keep).w, "revoke") },
			wrote: []string{"observed actions"}, live: "4 9", err: "revoke token 4 (its grace is over)",
		}, step: apply, want: Kept},
		{sagaCase: sagaCase{name: "keep, and what the plan chose cannot be listed", from: func(s *sagaTest) {
			refuseCall(seen(s.good("9"), Keep).w, "tokens")
			s.plan.Tokens = []SeenToken{{ID: "5", Retire: true}}
		}, wrote: []string{"observed actions"}, live: "9", err: "403"}, step: apply, want: Kept},
		{sagaCase: sagaCase{name: "adopt the one that neither retires nor is a stray", from: func(s *sagaTest) {
			at := s.w.now.Add(-time.Hour)
			seen(s.put("actions", at), Adopt)
			s.f.Policy.AdoptTokens = []string{"mine-*"}
			for i, id := range []string{"1", "2", "3"} {
				s.live1(id, s.name("another0", i+1))
			}
			s.live1("0", "mine-0")
			s.plan.Tokens = []SeenToken{{ID: "0"}, {ID: "1", Ours: true, Retire: true}, {ID: "2", Ours: true, Stray: true}, {ID: "3", Ours: true}}
		}, wrote: []string{"observed actions", "adopted 3", "retiring 1"}, live: "0 1 2 3"}, step: apply, want: Adopted},
		{sagaCase: sagaCase{name: "adopt, where nothing is listed", from: func(s *sagaTest) {
			seen(s, Adopt).live1("3", s.name("another0", 3)).f.Service.Tokens = nil
			s.plan.Tokens = []SeenToken{{ID: "3", Ours: true}}
		}, live: "3", err: "the token that the plan adopts is gone"}, step: apply, want: Adopted},
		{sagaCase: sagaCase{name: "adopt, where the list is refused", from: func(s *sagaTest) { refuseCall(seen(s, Adopt).put("actions", s.w.now).w, "tokens") }, err: "403"}, step: apply, want: Adopted},
		{sagaCase: sagaCase{name: "sweep where no token is known: a secret of others is not taken note of", from: func(s *sagaTest) { seen(s.put("actions", s.w.now), Create) }}, step: sweep, want: Kept},
		{sagaCase: sagaCase{name: "sweep where one is", from: func(s *sagaTest) { seen(replaced(s), Rotate) }, wrote: []string{"observed actions", "revoked 4", "done"}, live: "9"}, step: sweep, want: Retired},

		// Left alone, but for strays.
		{sagaCase: sagaCase{name: "archived", from: func(s *sagaTest) { left(s, Archived, fault.OK) }, live: "9"}, step: apply, want: Skipped},
		{sagaCase: sagaCase{name: "archived, and an old token is due", from: func(s *sagaTest) { seen(replaced(s), Archived) }, wrote: []string{"revoked 4", "done"}, live: "9"}, step: apply, want: Retired},
		{sagaCase: sagaCase{name: "archived, and an old token is due, and its secret is not shown", from: func(s *sagaTest) {
			refuseCall(seen(replaced(s), Archived).w, "stat")
		}, live: "4 9", notes: []string{"old tokens stay: look at actions: stat:  : 403 Forbidden: no"}}, step: sweep, want: Skipped},
		{sagaCase: sagaCase{name: "vanished, and an old token is due", from: func(s *sagaTest) { seen(replaced(s), Vanished).plan.refuse(Vanished, fault.Input, "why") }, live: "4 9"}, step: apply, want: NotThere},
		{sagaCase: sagaCase{name: "somebody else's, and what an earlier run minted", from: func(s *sagaTest) {
			left(s, Foreign, fault.OK).pend(journal.Minted).live1("1", s.name("oldrun00", 1))
			s.state.current, s.plan.Places[0] = nil, SeenPlace{Place: "actions", Exists: true, Unmarked: true}
		}, wrote: []string{"revoked 1"}, live: "9"}, step: apply, want: Retired},
		{sagaCase: sagaCase{name: "archived, and a stray", from: func(s *sagaTest) { stray(left(s, Archived, fault.OK)) }, wrote: []string{"revoked 1"}, live: "9"}, step: apply, want: Retired},
		{sagaCase: sagaCase{name: "archived, and a stray that is called otherwise since", from: func(s *sagaTest) {
			stray(left(s, Archived, fault.OK)).w.tokens[1].Name, s.w.tokens[1].foreign = "ci", true
		}, live: "1 9"}, step: apply, want: Skipped},
		{sagaCase: sagaCase{name: "archived, and the list is refused", from: func(s *sagaTest) { refuseCall(stray(left(s, Archived, fault.OK)).w, "tokens") }, live: "1 9", err: "403"}, step: apply, want: Skipped},
		{sagaCase: sagaCase{name: "not added, and a stray", from: func(s *sagaTest) { stray(left(s, NotAdded, fault.Input)) }, wrote: []string{"revoked 1"}, live: "9"}, step: apply, want: NotAnalysed},

		// All of its tokens leaked.
		{sagaCase: sagaCase{name: "revoke", from: func(s *sagaTest) { s.good("9").w.serial = 20 }, live: "21", wrote: []string{
			"retiring 9: leaked", "revoked 9", "planned newrun00-1", "minted 21", "storing 21 actions", "stored 21 actions: replaced", "verified 21", "done",
		}}, step: revoke, want: Rotated},
		{sagaCase: sagaCase{
			name: "revoke, and no other is minted", from: func(s *sagaTest) { refuseCall(s.good("9").w, "mint") },
			wrote: []string{"retiring 9: leaked", "revoked 9", "planned newrun00-1", "absent newrun00-1"}, err: "its tokens are revoked, and no new one is in place: mint",
		}, step: revoke, want: FailedOut},
		{sagaCase: sagaCase{
			name: "revoke where only a person can, and no other is minted", from: func(s *sagaTest) { s.good("9").f.Service.Revoker = nil; refuseCall(s.w, "mint") }, live: "9",
			wrote: []string{"retiring 9: leaked", "retiring 9: " + byHand, "planned newrun00-1", "absent newrun00-1"}, err: "no new token is in place: mint",
			notes: []string{"revoke token 9 at codacy by hand: it lives"},
		}, step: revoke, want: FailedOut},
		{sagaCase: sagaCase{
			name: "revoke, and it cannot be", from: func(s *sagaTest) { refuseCall(s.good("9").w, "revoke") }, live: "9",
			wrote: []string{"retiring 9: leaked"}, err: "revoke token 9",
		}, step: revoke, want: FailedOut},
		{sagaCase: sagaCase{
			name: "revoke where nothing is to be replaced", from: func(s *sagaTest) { left(s, Archived, fault.OK) },
			wrote: []string{"retiring 9: leaked", "revoked 9"}, notes: []string{"not replaced"},
		}, step: revoke, want: RevokedAll},
		{sagaCase: sagaCase{name: "revoke where nothing is", from: func(s *sagaTest) { s.plan.refuse(Archived, fault.OK, "why") }}, step: revoke, want: Skipped},
		{sagaCase: sagaCase{
			name: "revoke where nothing can be replaced", from: func(s *sagaTest) { left(s, Forbidden, fault.Auth) },
			wrote: []string{"retiring 9: leaked", "revoked 9"}, err: "its tokens are revoked, and no new one is in place: why", kind: fault.Auth,
		}, step: revoke, want: FailedOut},
		{sagaCase: sagaCase{
			name: "revoke where the repository is gone", from: func(s *sagaTest) { left(s, Vanished, fault.Input) },
			wrote: []string{"retiring 9: leaked", "revoked 9"}, notes: []string{"not replaced"},
		}, step: revoke, want: RevokedAll},
	} {
		c.run(t, func(s *sagaTest) error {
			s.w.leaking = true // what becomes of a token is held by the lists of those that live
			got, err := c.step(s.saga, t.Context())
			if s.full == 0 && got != c.want {
				t.Errorf("%s: %s, want %s", c.name, got, c.want)
			}
			return err
		}, forge.Actions)
	}
}

// TestInPlaceSince: the forge's own time of a write is exact, the time of its answer
// is not; the last place decides.
func TestInPlaceSince(t *testing.T) {
	s := newSaga(t, forge.Actions, forge.Dependabot).good("9")
	wrote := s.state.current.stored["actions"].at
	if since, known := s.inPlaceSince(); !known || !since.Equal(wrote.Add(serverTolerance+grain)) {
		t.Errorf("by its answers since %s, %v; written at %s", since, known, wrote)
	}
	for i, p := range s.f.Policy.Places {
		s.state.observed[p.String()] = wrote.Add(time.Duration(2-i) * time.Second)
	}
	if since, known := s.inPlaceSince(); !known || !since.Equal(wrote.Add(2*time.Second+grain)) {
		t.Errorf("by its own times since %s, %v; the later was %s", since, known, wrote.Add(2*time.Second))
	}
	delete(s.state.observed, "dependabot")
	delete(s.state.current.stored, "dependabot")
	if _, known := s.inPlaceSince(); known {
		t.Error("a place that nothing is known of holds it")
	}
}
