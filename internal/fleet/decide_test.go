package fleet

import (
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/gatewright/gatewright/internal/fault"
	"github.com/gatewright/gatewright/internal/fleet/journal"
	"github.com/gatewright/gatewright/internal/forge"
	"github.com/gatewright/gatewright/internal/rest"
	"github.com/gatewright/gatewright/internal/secret"
	"github.com/gatewright/gatewright/internal/service"
)

const aDay = 24 * time.Hour

// decided is when the views below are decided.
var decided = time.Date(2026, 11, 21, 12, 0, 0, 0, time.UTC)

func ago(d time.Duration) *time.Time { at := decided.Add(-d); return &at }

// bareView is a repository without a token or a secret.
func bareView(t *testing.T) (*Fleet, view) {
	w := newWorld(t)
	w.now = decided
	f := w.fleet(forge.Actions)
	v := view{repo: w.repos[0], added: true, listed: true, statted: true, now: decided}
	v.state = newRepoState(f.subjectOf(v.repo))
	v.places = []SeenPlace{{Place: "actions"}}
	return f, v
}

// heldView is a repository in order: its token, 30 days old, in the journal and at
// the service, and its secret.
func heldView(t *testing.T) (*Fleet, view) {
	f, v := bareView(t)
	for _, e := range []journal.Entry{
		{At: *ago(30 * aDay), Kind: journal.Planned, Run: "aaaaaaaa", Name: f.tokenName(v.repo, "aaaaaaaa", 1)},
		{At: *ago(30 * aDay), Kind: journal.Minted, Token: "7", Name: f.tokenName(v.repo, "aaaaaaaa", 1), ExpiresAt: ago(-60 * aDay)},
		{At: *ago(30 * aDay), Kind: journal.Storing, Token: "7"},
		{At: *ago(30 * aDay), Kind: journal.Stored, Token: "7", Place: "actions"},
		{At: *ago(30 * aDay), Kind: journal.Verified, Token: "7"},
		{At: *ago(30 * aDay), Kind: journal.Done},
	} {
		v.state.apply(e)
	}
	v.tokens = []service.Token{{ID: "7", Name: f.tokenName(v.repo, "aaaaaaaa", 1), CreatedAt: ago(30 * aDay), ExpiresAt: ago(-60 * aDay)}}
	v.places = []SeenPlace{{Place: "actions", Exists: true, UpdatedAt: ago(30 * aDay)}}
	return f, v
}

// offeredView is heldView with a journal that says which place was offered the token.
func offeredView(t *testing.T) (*Fleet, view) {
	f, v := heldView(t)
	for _, tok := range v.state.tokens {
		tok.anywhere = false
	}
	return f, v
}

// timedView is heldView with a journal that has the forge's time of the write.
func timedView(t *testing.T) (*Fleet, view) {
	f, v := heldView(t)
	v.state.apply(journal.Entry{At: decided, Kind: journal.Stored, Token: "7", Place: "actions", UpdatedAt: ago(30 * aDay)})
	v.state.apply(journal.Entry{At: decided, Kind: journal.Done})
	return f, v
}

// another has the fleet keep the secret in another store too, where one is.
func another(f *Fleet, v *view) {
	f.Policy.Places = append(f.Policy.Places, Place{Store: forge.Dependabot})
	v.places = append(v.places, SeenPlace{Place: "dependabot", Exists: true})
}

// removed has this tool remove what it has of the repository, and a secret there again.
func removed(_ *Fleet, v *view) {
	v.state.apply(journal.Entry{Kind: journal.Retiring, Token: "7", Reason: leaked})
	v.state.apply(journal.Entry{Kind: journal.Revoked, Token: "7"})
	v.state.apply(journal.Entry{Kind: journal.Removed, Place: "actions"})
	v.tokens = nil
}

// lost has an earlier run mint a token, and what is named become of it; a secret is there.
func lost(v *view, then ...journal.Kind) {
	v.state.apply(journal.Entry{Kind: journal.Planned, Name: "a", Run: "r"})
	v.state.apply(journal.Entry{Kind: journal.Minted, Token: "1", Name: "a"})
	for _, kind := range then {
		v.state.apply(journal.Entry{Kind: kind, Token: "1", Name: "a", Places: []string{"actions"}})
	}
	v.places[0].Exists = true
}

func TestDecide(t *testing.T) {
	for _, tt := range []struct {
		name   string
		from   func(*testing.T) (*Fleet, view)
		change func(f *Fleet, v *view)
		want   Action
		why    string
	}{
		{"new", bareView, func(*Fleet, *view) {}, Create, "no secret yet"},
		{"archived", bareView, func(_ *Fleet, v *view) { v.repo.Archived = true }, Archived, "archived"},
		{"disabled", bareView, func(_ *Fleet, v *view) { v.repo.Disabled = true }, Archived, "disabled"},
		{"CI switched off", bareView, func(_ *Fleet, v *view) { v.noPlace = true }, Archived, "CI is switched off"},
		{"not added", bareView, func(_ *Fleet, v *view) { v.added = false }, NotAdded, "not added at codacy"},
		{"not writable", bareView, func(_ *Fleet, v *view) { v.repo.Writable = false }, Forbidden, "may not change"},
		{"tokens forbidden", bareView, func(_ *Fleet, v *view) { v.tokensErr = &rest.StatusError{Status: 403} }, Forbidden, "403"},
		{"tokens broken", bareView, func(_ *Fleet, v *view) { v.tokensErr = &rest.StatusError{Status: 502} }, Unknown, "502"},
		{"secret forbidden", bareView, func(_ *Fleet, v *view) { v.placeErr = &rest.StatusError{Status: 403} }, Forbidden, "403"},
		{"somebody else's", bareView, func(_ *Fleet, v *view) { v.places[0].Exists = true }, Foreign, "--adopt"},
		{"somebody else's, to be taken over", bareView, func(f *Fleet, v *view) { v.places[0].Exists = true; f.Policy.AdoptSecrets = true }, Adopt, "as asked"},
		{"a hundred tokens", bareView, func(_ *Fleet, v *view) { v.tokens = make([]service.Token, 100) }, OverLimit, "100 of 100"},
		{"in order", heldView, func(*Fleet, *view) {}, Keep, "good until 2027-01-20"},
		{"expires soon", heldView, func(f *Fleet, _ *view) { f.Policy.RotateWithin = 61 * aDay }, Rotate, "expires in 60 days"},
		{"expired", heldView, func(_ *Fleet, v *view) { v.now = decided.Add(61 * aDay) }, Rotate, "expired on"},
		{"old", heldView, func(f *Fleet, _ *view) { f.Policy.MaxAge = 30 * aDay }, Rotate, "30 days old"},
		{"asked for", heldView, func(f *Fleet, _ *view) { f.Policy.Force = true }, Rotate, "asked for"},
		{"deleted in the web page", heldView, func(_ *Fleet, v *view) { v.tokens = nil }, Rotate, "deleted at codacy"},
		{"service does not list", heldView, func(_ *Fleet, v *view) { v.tokens, v.listed = nil, false }, Keep, "good"},
		{"secret deleted", heldView, func(_ *Fleet, v *view) { v.places[0].Exists = false }, Rotate, "missing from actions"},
		{"secret changed", heldView, func(_ *Fleet, v *view) { v.places[0].UpdatedAt = ago(aDay) }, Rotate, "not by us"},
		{"secret changed, on purpose", heldView, func(f *Fleet, v *view) { v.places[0].UpdatedAt = ago(aDay); f.Policy.KeepDrift = true }, Keep, "good"},
		{"and said so", heldView, func(f *Fleet, v *view) { v.places[0].UpdatedAt = ago(aDay); f.Policy.KeepDrift = true }, Keep, "; changed in actions at 2026-11-20T12:00:00Z, not by us, and left alone"},
		{"mark gone", heldView, func(_ *Fleet, v *view) { v.places[0].UpdatedAt, v.places[0].Unmarked = nil, true }, Rotate, "changed in actions, not by us"},
		{"mark gone, and the time as we left it", heldView, func(_ *Fleet, v *view) { v.places[0].Unmarked = true }, Rotate, "not by us"},
		{"mark gone, on purpose", heldView, func(f *Fleet, v *view) {
			v.places[0].UpdatedAt, v.places[0].Unmarked, f.Policy.KeepDrift = nil, true, true
		}, Keep, "; changed in actions, not by us, and left alone"},
		{"the secret of before our write", timedView, func(_ *Fleet, v *view) { v.places[0].UpdatedAt = ago(31 * aDay) }, Rotate, "the secret in actions is older than what was stored"},
		{"the secret a little before our write", timedView, func(_ *Fleet, v *view) { v.places[0].UpdatedAt = ago(30*aDay + tolerance) }, Keep, "good"},
		{"the secret of before our write, which is minutes old", timedView, func(f *Fleet, v *view) {
			f.ServerTime = func() time.Time { return ago(30 * aDay).Add(listLag) }
			v.places[0].UpdatedAt = ago(31 * aDay)
		}, Keep, "good"},
		{"the secret of before our write, by this machine's clock alone", heldView, func(_ *Fleet, v *view) { v.places[0].UpdatedAt = ago(31 * aDay) }, Keep, "good"},
		{"another store, and somebody else's secret in it", offeredView, another, Foreign, "the secret in dependabot was not written by this tool; --adopt"},
		{"another store, and a secret in it that is to be replaced", offeredView, func(f *Fleet, v *view) { another(f, v); f.Policy.AdoptSecrets = true }, Rotate, "not stored in dependabot yet"},
		{"another store, and a marked secret in it", offeredView, func(f *Fleet, v *view) { another(f, v); v.places[1].Marked = true }, Rotate, "not stored in dependabot yet"},
		{"another store, that another machine may have written", offeredView, func(f *Fleet, v *view) {
			another(f, v)
			v.tokens = append(v.tokens, service.Token{ID: "8", Name: f.tokenName(v.repo, "bbbbbbbb", 1), CreatedAt: ago(aDay)})
		}, Rotate, "not stored in dependabot yet"},
		{"removed, and somebody else's since", offeredView, removed, Foreign, "the secret in actions was not written by this tool; --adopt"},
		{"another store, and the token was deleted", offeredView, func(f *Fleet, v *view) { another(f, v); v.tokens = nil }, Foreign, "the secret in dependabot was not written by this tool; --adopt"},
		{"removed, and one that is to be replaced", offeredView, func(f *Fleet, v *view) { removed(f, v); f.Policy.AdoptSecrets = true }, Rotate, "its token was revoked"},
		{"removed, and nothing since", offeredView, func(f *Fleet, v *view) { removed(f, v); v.places[0] = SeenPlace{Place: "actions"} }, Rotate, "its token was revoked"},
		{"minted, never offered, and revoked", bareView, func(_ *Fleet, v *view) { lost(v, journal.Retiring, journal.Revoked) }, Foreign, "not written by this tool"},
		{"offered, and revoked", bareView, func(_ *Fleet, v *view) { lost(v, journal.Storing, journal.Revoked) }, Rotate, "may have written the secret"},
		{"offered, and revoked, and the secret is not marked", bareView, func(_ *Fleet, v *view) {
			lost(v, journal.Storing, journal.Revoked)
			v.places[0].Unmarked = true
		}, Foreign, "not written by this tool"},
		{"stopped half way, and somebody else's since", bareView, func(_ *Fleet, v *view) { lost(v); v.places[0].Unmarked = true }, Foreign, "since an earlier run stopped; --adopt"},
		{"stopped half way, and one that is to be replaced", bareView, func(f *Fleet, v *view) { lost(v); v.places[0].Unmarked, f.Policy.AdoptSecrets = true, true }, Rotate, `stopped after "minted"`},
		{"stopped half way, and a secret of which nothing shows", bareView, func(_ *Fleet, v *view) { lost(v) }, Rotate, `stopped after "minted"`},
		{"another store", heldView, func(f *Fleet, v *view) {
			f.Policy.Places = append(f.Policy.Places, Place{Store: forge.Dependabot})
			v.places = append(v.places, SeenPlace{Place: "dependabot", Exists: true})
		}, Rotate, "not stored in dependabot yet"},
		{"journal lost", heldView, func(f *Fleet, v *view) {
			v.state = newRepoState(v.state.id)
			v.places[0].UpdatedAt = ago(30*aDay - time.Second)
		}, Adopt, "taken into the journal"},
		{"journal lost, secret changed", heldView, func(f *Fleet, v *view) { v.state = newRepoState(v.state.id); v.places[0].UpdatedAt = ago(aDay) }, Rotate, "unclear"},
		{"another machine", heldView, func(f *Fleet, v *view) {
			v.tokens = append(v.tokens, service.Token{ID: "8", Name: f.tokenName(v.repo, "bbbbbbbb", 1), CreatedAt: ago(aDay)})
		}, Rotate, "another run made token"},
		{"stopped half way", heldView, func(f *Fleet, v *view) {
			v.state.apply(journal.Entry{Kind: journal.Planned, Name: f.tokenName(v.repo, "cccccccc", 1)})
		}, Rotate, `stopped after "planned"`},
		{"leaked", heldView, func(_ *Fleet, v *view) {
			v.state.apply(journal.Entry{Kind: journal.Retiring, Token: "7", Reason: leaked})
		}, Rotate, "its token leaked"},
	} {
		t.Run(tt.name, func(t *testing.T) {
			f, v := tt.from(t)
			tt.change(f, &v)
			got := f.decide(v)
			if got.Action != tt.want || !strings.Contains(got.Reason, tt.why) {
				t.Errorf("%s (%s), want %s (…%s…)", got.Action, got.Reason, tt.want, tt.why)
			}
		})
	}
}

// TestItemsSayWhatTheyAre holds the whole of an item for states in which a word, a
// hint or a flag decides what becomes of a token: what an apply, an audit and a
// person go by is more than the action.
func TestItemsSayWhatTheyAre(t *testing.T) {
	own := func(f *Fleet, v *view, run string) string { return f.tokenName(v.repo, run, 1) }
	alone := func(f *Fleet, id string) { f.Service.Minter, f.Service.Given = nil, secret.New(id+"-0123456789abcdef") }
	hand := func(f *Fleet, v *view) { // the one token that all share is in place
		alone(f, "shared")
		v.state, v.tokens, v.listed = newRepoState(v.state.id), nil, false
		for _, e := range []journal.Entry{
			{Kind: journal.Storing, Token: f.givenID()},
			{Kind: journal.Stored, Token: f.givenID(), Place: "actions", UpdatedAt: v.places[0].UpdatedAt},
			{Kind: journal.Verified, Token: f.givenID()},
		} {
			v.state.apply(e)
		}
	}
	many := func(v *view) { v.tokens = append(v.tokens, make([]service.Token, 100)...) }
	for _, tt := range []struct {
		name   string
		from   func(*testing.T) (*Fleet, view)
		change func(f *Fleet, v *view)
		want   Item // its repository, tokens and places are not compared
	}{
		{"in order", heldView, func(*Fleet, *view) {}, Item{Action: Keep, Reason: "good until 2027-01-20", ExpiresAt: ago(-60 * aDay)}},
		{"without an end", heldView, func(_ *Fleet, v *view) { v.state.current.expiresAt = nil }, Item{Action: Keep, Reason: "in order"}},
		{"as near to its end as it may be", heldView, func(f *Fleet, _ *view) { f.Policy.RotateWithin = 60 * aDay }, Item{Action: Rotate, Reason: "expires in 60 days, on 2027-01-20", ExpiresAt: ago(-60 * aDay)}},
		{"one nanosecond before", heldView, func(f *Fleet, _ *view) { f.Policy.RotateWithin = 60*aDay - 1 }, Item{Action: Keep, Reason: "good until 2027-01-20", ExpiresAt: ago(-60 * aDay)}},
		{"with an old token in its grace", heldView, func(_ *Fleet, v *view) {
			v.state.apply(journal.Entry{Kind: journal.Retiring, Token: "6", Name: "old", NotBefore: ago(-aDay)})
		}, Item{Action: Keep, Reason: "good until 2027-01-20; " + Due{Token: "6", Name: "old", NotBefore: *ago(-aDay)}.String(), ExpiresAt: ago(-60 * aDay)}},

		// A service that forgot a repository forgot its token too.
		{"to be added", bareView, func(_ *Fleet, v *view) { v.add = true }, Item{Action: Create, Add: true, Reason: "no secret yet; added at codacy first"}},
		{
			"to be added again", heldView, func(_ *Fleet, v *view) { v.add, v.listed, v.tokens = true, false, nil },
			Item{Action: Rotate, Add: true, Reason: "no longer added at codacy; added at codacy first", ExpiresAt: ago(-60 * aDay)},
		},
		{
			"to be added, with a foreign secret", bareView, func(_ *Fleet, v *view) { v.add, v.places[0].Exists = true, true },
			Item{Action: Foreign, Reason: "the secret was not written by this tool; --adopt replaces it"},
		},

		// Of a token of ours beside somebody else's secret nobody takes care, of none there is nothing to.
		{"another store, and somebody else's secret in it", offeredView, another, Item{
			Action: Foreign, Reason: "the secret in dependabot was not written by this tool; --adopt replaces it, and until then nobody rotates its token",
			Hint:     "say --adopt, or take the place out of the fleet",
			ExitCode: int(fault.Input), ExpiresAt: ago(-60 * aDay),
		}},
		{"another store, and ours was revoked", offeredView, func(f *Fleet, v *view) {
			another(f, v)
			v.state.apply(journal.Entry{Kind: journal.Revoked, Token: "7"})
		}, Item{
			Action: Foreign, Reason: "the secret in dependabot was not written by this tool; --adopt replaces it, and until then nobody rotates its token",
			Hint:     "say --adopt, or take the place out of the fleet",
			ExitCode: int(fault.Input),
		}},
		{"removed, and somebody else's since", offeredView, removed, Item{Action: Foreign, Reason: "the secret in actions was not written by this tool; --adopt replaces it"}},

		// A run that was cut off: what is there already says whether a secret is replaced.
		{
			"cut off, nothing there", bareView, func(f *Fleet, v *view) {
				v.state.apply(journal.Entry{Kind: journal.Planned, Name: own(f, v, "cccccccc")})
			},
			Item{Action: Create, Resume: true, Reason: `an earlier run stopped after "planned"`},
		},
		{"cut off, a secret there", bareView, func(f *Fleet, v *view) {
			v.state.apply(journal.Entry{Kind: journal.Planned, Name: own(f, v, "cccccccc")})
			v.places[0].Exists = true
		}, Item{Action: Rotate, Resume: true, Reason: `an earlier run stopped after "planned"`}},
		{"cut off, a token in use whose secret is gone", heldView, func(f *Fleet, v *view) {
			v.state.apply(journal.Entry{Kind: journal.Planned, Name: own(f, v, "cccccccc")})
			v.places[0].Exists = false
		}, Item{Action: Rotate, Resume: true, Reason: `an earlier run stopped after "planned"`, ExpiresAt: ago(-60 * aDay)}},

		// What cannot be worked on, and whether a token of it lives.
		{"archived, without a token", bareView, func(_ *Fleet, v *view) { v.repo.Archived = true }, Item{Action: Archived, Reason: "archived: its secrets cannot be written"}},
		{"archived, with one", heldView, func(_ *Fleet, v *view) { v.repo.Archived = true }, Item{
			Action: Archived, Reason: "archived: its secrets cannot be written; the journal knows 1 live token of it",
			Hint: "`gatewright fleet remove acme/api` revokes its tokens", ExpiresAt: ago(-60 * aDay),
		}},
		{"gone, with one", heldView, func(_ *Fleet, v *view) { v.vanished = true }, Item{
			Action: Vanished, ExitCode: int(fault.Input), Reason: "no longer listed by the forge: deleted, moved away, or hidden from the credential; the journal knows 1 live token of it",
			Hint: "`gatewright fleet remove acme/api --vanished` revokes its tokens; if it is still there, let the credential see it", ExpiresAt: ago(-60 * aDay),
		}},
		{"gone, with one that a person was told to revoke", heldView, func(_ *Fleet, v *view) {
			v.vanished = true
			v.state.apply(journal.Entry{Kind: journal.Retiring, Token: "7", Reason: byHand})
		}, Item{
			Action: Vanished, Reason: "no longer listed by the forge: deleted, moved away, or hidden from the credential; the journal knows 1 live token of it",
			Hint: "revoke it at codacy by hand, unless other repositories share it", ExpiresAt: ago(-60 * aDay),
		}},
		{"named, and not there", bareView, func(_ *Fleet, v *view) { v.absent = true }, Item{
			Action: Unknown, ExitCode: int(fault.Input), Reason: "named, and not listed by the forge", Hint: "check its name, and what the credential may see",
		}},
		{"not added, and cannot be", bareView, func(_ *Fleet, v *view) { v.added = false }, Item{Action: NotAdded, Reason: "not added at codacy: add it there first"}},
		{"not added, and can be", bareView, func(f *Fleet, v *view) { v.added, f.Service.Adder = false, adding{} }, Item{
			Action: NotAdded, Reason: "not added at codacy: add it there first", Hint: "--add-missing adds repositories at codacy",
		}},
		{"not added, with a token", heldView, func(_ *Fleet, v *view) { v.added = false }, Item{
			Action: NotAdded, ExitCode: int(fault.Input), Reason: "not added at codacy: add it there first; the journal knows 1 live token of it", ExpiresAt: ago(-60 * aDay),
		}},
		{"not writable", bareView, func(_ *Fleet, v *view) { v.repo.Writable = false }, Item{
			Action: Forbidden, ExitCode: int(fault.Auth), Reason: "the credential may not change its secrets",
			Hint: "give the credential write access to its secrets, or leave it out with --exclude",
		}},
		{"not to be looked at", bareView, func(_ *Fleet, v *view) {
			v.placeErr = fault.WithHint(fault.Errorf(fault.Auth, "no right"), "ask for it")
		}, Item{
			Action: Forbidden, ExitCode: int(fault.Auth), Reason: "no right", Hint: "ask for it",
		}},

		// A limit is one of what is minted.
		{"a service without a limit", bareView, func(f *Fleet, v *view) { many(v); f.Service.Issue.Max = 0 }, Item{Action: Create, Reason: "no secret yet"}},
		{"a shared token, and many others", bareView, func(f *Fleet, v *view) { many(v); alone(f, "shared") }, Item{Action: Create, Reason: "no secret yet"}},
		{"one below the limit", bareView, func(_ *Fleet, v *view) { many(v); v.tokens = v.tokens[1:] }, Item{Action: Create, Reason: "no secret yet"}},
		{"a shared token in place", heldView, hand, Item{Action: Keep, Reason: "in order"}},
		{"another to be shared", heldView, func(f *Fleet, v *view) { hand(f, v); alone(f, "another") }, Item{Action: Rotate, Reason: "another token is to be handed out"}},

		// A journal that is wrong, or not the only one.
		{"named by somebody else", heldView, func(_ *Fleet, v *view) { v.tokens[0].Name = "ci" }, Item{
			Action: Rotate, Reason: `the journal calls token 7 ours, and it is named "ci"`, ExpiresAt: ago(-60 * aDay),
		}},
		{"at a service without names", heldView, func(_ *Fleet, v *view) { v.tokens[0].Name = "" }, Item{Action: Keep, Reason: "good until 2027-01-20", ExpiresAt: ago(-60 * aDay)}},
		{"beside one of unknown age", heldView, func(f *Fleet, v *view) {
			v.tokens = append(v.tokens, service.Token{ID: "8", Name: own(f, v, "bbbbbbbb")})
		}, Item{
			Action: Rotate, Reason: "another run made token gw-acme-api-KEY-bbbbbbbb-1 since: which one the secret holds is unclear", ExpiresAt: ago(-60 * aDay),
		}},
		{"of unknown age beside a younger one", heldView, func(f *Fleet, v *view) {
			v.tokens[0].CreatedAt = nil
			v.tokens = append(v.tokens, service.Token{ID: "8", Name: own(f, v, "bbbbbbbb"), CreatedAt: ago(30*aDay + tolerance - time.Second)})
		}, Item{Action: Rotate, Reason: "another run made token gw-acme-api-KEY-bbbbbbbb-1 since: which one the secret holds is unclear", ExpiresAt: ago(-60 * aDay)}},
		{"of unknown age beside an older one", heldView, func(f *Fleet, v *view) {
			v.tokens[0].CreatedAt = nil
			v.tokens = append(v.tokens, service.Token{ID: "8", Name: own(f, v, "bbbbbbbb"), CreatedAt: ago(30*aDay + tolerance)})
		}, Item{Action: Keep, Reason: "good until 2027-01-20", ExpiresAt: ago(-60 * aDay)}},
	} {
		t.Run(tt.name, func(t *testing.T) {
			f, v := tt.from(t)
			tt.change(f, &v)
			got := f.decide(v)
			got.Repository, got.Subject, got.ID, got.Tokens, got.Places, got.Retiring = "", "", "", nil, nil, nil
			got.Reason = strings.ReplaceAll(got.Reason, f.key(v.state.id), "KEY")
			if diff := cmp.Diff(tt.want, got); diff != "" {
				t.Error(diff)
			}
		})
	}
}
