package fleet

import (
	"context"
	"fmt"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/gatewright/gatewright/internal/fleet/journal"
	"github.com/gatewright/gatewright/internal/forge"
)

// TestRemoveOne takes from a repository what this fleet has of it: its tokens, and of
// the secrets those that it wrote.
func TestRemoveOne(t *testing.T) {
	const yes, no = true, false
	foreign := func(s *sagaTest, place string) {
		s.put(place, s.w.now.Add(-aDay))
		s.w.secrets["1/"+place].ours = false
	}
	for _, c := range []struct {
		sagaCase
		keep   bool // the tokens
		want   Outcome
		places string // that hold a secret in the end
	}{
		{sagaCase: sagaCase{
			name: "a token in two places", from: func(s *sagaTest) { s.good("9") },
			wrote: []string{"retiring 9: leaked", "revoked 9", "removed actions", "removed dependabot"},
		}, want: Removed},
		{sagaCase: sagaCase{
			name: "its secrets alone", from: func(s *sagaTest) { s.good("9") }, live: "9",
			wrote: []string{"removed actions", "removed dependabot"},
		}, keep: yes, want: Removed},
		{sagaCase: sagaCase{name: "nothing", from: func(*sagaTest) {}, notes: []string{"nothing of this fleet is there"}}, want: Skipped},
		{sagaCase: sagaCase{
			name: "a token that only a person can revoke", live: "9",
			from: func(s *sagaTest) {
				s.good("9").f.Service.Revoker = nil
				s.plan.Action, s.plan.Reason = Vanished, "gone"
			},
			wrote: []string{"retiring 9: leaked", "retiring 9: " + byHand}, notes: []string{"revoke token 9 at codacy by hand: it lives", "its secret stays: gone"},
		}, want: Skipped, places: "actions dependabot"},
		{sagaCase: sagaCase{name: "no secret", from: func(*sagaTest) {}}, keep: yes, want: Skipped},
		{sagaCase: sagaCase{name: "no secret of one that cannot be worked on", from: func(s *sagaTest) { s.plan.Action, s.plan.ExitCode = NotAdded, 2 }}, keep: yes, want: NotAnalysed},
		{sagaCase: sagaCase{name: "a token without a secret", from: func(s *sagaTest) {
			s.good("9")
			clear(s.w.secrets)
			for i := range s.plan.Places {
				s.plan.Places[i].Exists = no
			}
		}, wrote: []string{"retiring 9: leaked", "revoked 9"}}, want: Removed},
		{sagaCase: sagaCase{name: "a secret without a token", from: func(s *sagaTest) {
			s.good("9").before(journal.Entry{Kind: journal.Revoked, Token: "9"})
			s.w.tokens[0].live = false
			s.plan.Places = s.plan.Places[1:] // the first was not looked at
			delete(s.w.secrets, "1/actions")
		}, wrote: []string{"removed dependabot"}}, want: Removed},
		{sagaCase: sagaCase{
			name: "one that was planned, and never made", from: func(s *sagaTest) { s.pend(journal.Planned) },
			wrote: []string{"absent oldrun00-1"}, notes: []string{"nothing of this fleet is there"},
		}, want: Skipped},
		{sagaCase: sagaCase{
			name: "one that was minted and is gone", from: func(s *sagaTest) { s.pend(journal.Minted) },
			wrote: []string{"retiring 1: leaked", "revoked 1: " + wasGone},
		}, want: Removed},
		{sagaCase: sagaCase{
			name: "one that was planned, where nothing is listed", from: func(s *sagaTest) { s.pend(journal.Planned).f.Service.Tokens = nil },
			wrote: []string{"absent oldrun00-1"},
			notes: []string{"codacy cannot list tokens: look for one named gw-acme-api-KEY-oldrun00-1 and revoke it by hand", "nothing of this fleet is there"},
		}, want: Skipped},
		{sagaCase: sagaCase{
			name: "a token that is not to be revoked", from: func(s *sagaTest) { s.good("9"); refuseCall(s.w, "revoke") }, live: "9",
			wrote: []string{"retiring 9: leaked"}, err: "revoke token 9",
		}, want: FailedOut, places: "actions dependabot"},
		{sagaCase: sagaCase{
			name: "a secret that is not to be deleted", from: func(s *sagaTest) { s.good("9"); nth("delete", 2, refusedBy)(s.w) },
			wrote: []string{"retiring 9: leaked", "revoked 9", "removed actions"}, err: "its tokens are revoked, and a secret is still there\ndelete:  : 403",
		}, want: Removed, places: "dependabot"},
		{sagaCase: sagaCase{name: "a secret alone that is not to be deleted", from: func(s *sagaTest) {
			s.good("9").before(journal.Entry{Kind: journal.Revoked, Token: "9"})
			s.w.tokens[0].live = false
			refuseCall(s.w, "delete")
		}, err: "delete:  : 403"}, want: Removed, places: "actions dependabot"},
		{
			sagaCase: sagaCase{name: "secrets that are not to be deleted", from: func(s *sagaTest) { s.good("9"); refuseCall(s.w, "delete") }, live: "9", err: "403"},
			keep:     yes, want: Skipped, places: "actions dependabot",
		},
		{
			sagaCase: sagaCase{name: "the second of them", from: func(s *sagaTest) { s.good("9"); nth("delete", 2, refusedBy)(s.w) }, live: "9", wrote: []string{"removed actions"}, err: "403"},
			keep:     yes, want: Removed, places: "dependabot",
		},

		// Whose a secret is.
		{sagaCase: sagaCase{name: "a secret that somebody else wrote since", from: func(s *sagaTest) {
			s.good("9").put("actions", s.w.now)
		}, wrote: []string{"retiring 9: leaked", "revoked 9", "removed dependabot"}, notes: []string{"the secret in actions stays: somebody else wrote it"}}, want: Removed, places: "actions"},
		{sagaCase: sagaCase{name: "a secret that lost the mark since", from: func(s *sagaTest) {
			s.good("9")
			s.plan.Places[0].UpdatedAt, s.plan.Places[0].Unmarked = nil, true
		}, wrote: []string{"retiring 9: leaked", "revoked 9", "removed dependabot"}, notes: []string{"the secret in actions stays: somebody else wrote it"}}, want: Removed, places: "actions"},
		{sagaCase: sagaCase{name: "a secret of somebody else, where a token was never offered", from: func(s *sagaTest) {
			foreign(s, "actions")
			s.pend(journal.Minted).live1("1", s.name("oldrun00", 1))
		}, wrote: []string{"retiring 1: leaked", "revoked 1"}, notes: []string{"the secret in actions stays: somebody else wrote it"}}, want: Removed, places: "actions"},
		{sagaCase: sagaCase{
			name: "a secret of somebody else", from: func(s *sagaTest) { foreign(s, "actions") },
			notes: []string{"the secret in actions stays: somebody else wrote it", "nothing of this fleet is there"},
		}, want: Skipped, places: "actions"},
		{sagaCase: sagaCase{
			name: "one that was to be replaced", from: func(s *sagaTest) { foreign(s, "actions"); s.plan.Action, s.plan.Replace = Adopt, yes },
			notes: []string{"the secret in actions stays: somebody else wrote it", "nothing of this fleet is there"},
		}, want: Skipped, places: "actions"},
		{sagaCase: sagaCase{name: "one that was to be kept", from: func(s *sagaTest) { s.put("actions", s.w.now); s.plan.Action = Adopt }, wrote: []string{"removed actions"}}, want: Removed},
		{sagaCase: sagaCase{name: "a marked one", from: func(s *sagaTest) { s.put("actions", s.w.now); s.plan.Places[0].Marked = yes }, wrote: []string{"removed actions"}}, want: Removed},
		{sagaCase: sagaCase{
			name: "one of an archived repository", from: func(s *sagaTest) { s.good("9"); s.plan.Action, s.plan.Reason = Archived, "why" }, live: "9",
			notes: []string{"its secret stays: why"},
		}, keep: yes, want: Skipped, places: "actions dependabot"},
		{sagaCase: sagaCase{name: "somebody else's in one", from: func(s *sagaTest) { foreign(s, "actions"); s.plan.Action, s.plan.Reason = Archived, "why" }}, keep: yes, want: Skipped, places: "actions"},

		// A place of several repositories goes when all go.
		{
			sagaCase: sagaCase{name: "a shared place, and some of the repositories", from: func(s *sagaTest) {
				s.f.Policy.Places[0].Holder = "all"
				s.plan.Places[0].Place = "actions:all"
				s.before(journal.Entry{Kind: journal.Adopted, Token: "9"}, journal.Entry{Kind: journal.Storing, Token: "9"})
				s.w.secrets["1/actions"], s.w.secrets["1/dependabot"] = &simSecret{ours: true}, &simSecret{ours: true}
				s.plan.Places[0].Exists, s.plan.Places[1].Exists, s.once.whole = yes, yes, no
			}, wrote: []string{"removed dependabot"}, notes: []string{"the secret in actions:all stays, for the other repositories; `gatewright fleet remove --all` deletes it"}},
			keep: yes, want: Removed, places: "actions",
		},
		{sagaCase: sagaCase{name: "a shared place, and all of them", from: func(s *sagaTest) {
			s.f.Policy.Places[0].Holder = "all"
			s.plan.Places[0].Place = "actions:all"
			s.before(journal.Entry{Kind: journal.Storing, Token: "9"})
			s.w.secrets["1/actions"] = &simSecret{ours: true}
			s.plan.Places[0].Exists = yes
		}, wrote: []string{"removed actions:all"}}, keep: yes, want: Removed},
	} {
		c.run(t, func(s *sagaTest) error {
			step := (*saga).remove
			if c.keep {
				step = (*saga).empty
			} else {
				s.w.leaking = true
			}
			got, err := step(s.saga, t.Context())
			for i, n := range s.notes {
				s.notes[i] = strings.ReplaceAll(n, s.f.key(s.state.id), "KEY")
			}
			if s.full > 0 {
				return err
			}
			var left []string
			for key := range s.w.secrets {
				left = append(left, strings.TrimPrefix(key, "1/"))
			}
			slices.Sort(left)
			if places := strings.Join(left, " "); got != c.want || places != c.places {
				t.Errorf("%s: %s, want %s; secrets in %q, want %q", c.name, got, c.want, places, c.places)
			}
			return err
		}, forge.Actions, forge.Dependabot)
	}
}

// TestRemoveKeepsTokens: where the tokens are kept the secrets go alone, and where one
// cannot go the run says so.
func TestRemoveKeepsTokens(t *testing.T) {
	for _, tt := range []struct {
		keep, refused bool
		live          string
	}{{keep: true, live: "1"}, {keep: true, refused: true, live: "1"}, {}, {refused: true}} {
		w := newWorld(t)
		f := w.fleet(forge.Actions)
		path := filepath.Join(shm(t), "j")
		if _, err, _ := w.runOnce(f, path); err != nil {
			t.Fatal(err)
		}
		p := planAt(t, w, f, path)
		if tt.refused {
			refuseCall(w, "delete")
		}
		w.leaking = true
		rep, err := f.Remove(context.Background(), p.j.Session(), p.plan, Options{Run: NewRun(), KeepTokens: tt.keep})
		if (err != nil) != tt.refused || (len(w.secrets) > 0) != tt.refused || w.tokens[0].live != (tt.live != "") {
			t.Errorf("%+v: %v, %d secrets, the token lives: %v; %+v", tt, err, len(w.secrets), w.tokens[0].live, rep.Repositories)
		}
	}
}

// TestRemoveGoesOn: what is removed must not live, so a forge whose credential ended
// keeps no token of the rest alive.
func TestRemoveGoesOn(t *testing.T) {
	w := newWorld(t)
	w.repos = nil
	for i := range mostUnauthorized + 2 {
		w.repos = append(w.repos, forge.Repository{ID: fmt.Sprint(i + 1), Owner: "acme", Name: fmt.Sprint("r", i), Writable: true})
	}
	f, path := w.fleet(forge.Actions), filepath.Join(shm(t), "j")
	if _, err, _ := w.runOnce(f, path); err != nil {
		t.Fatal(err)
	}
	p := planAt(t, w, f, path)
	w.leaking = true
	nth("delete", 0, unauthorized)(w)
	rep, err := f.Remove(context.Background(), p.j.Session(), p.plan, Options{Run: NewRun()})
	if n := w.alive(); err == nil || n > 0 || rep.Summary[NotStarted] > 0 {
		t.Errorf("%v: %d tokens live, %+v", err, n, rep.Summary)
	}
}
