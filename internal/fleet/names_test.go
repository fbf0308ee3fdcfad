package fleet

import (
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/gatewright/gatewright/internal/fault"
	"github.com/gatewright/gatewright/internal/fleet/journal"
	"github.com/gatewright/gatewright/internal/forge"
	"github.com/gatewright/gatewright/internal/service"
)

// TestNamesThatAreNotOurs are near to one that is.
func TestNamesThatAreNotOurs(t *testing.T) {
	f := newWorld(t).fleet(forge.Actions)
	subject := f.subjectOf(forgeRepo())
	key := f.key(subject)
	for name, want := range map[string]bool{
		"gw-acme-api-" + key + "-k7q2m4xz-1":           true,
		"gw--" + key + "-k7q2m4xz-1":                   true, // of a repository without a letter
		"gw-acme-api-" + key[:keyWas] + "-k7q2m4xz-1":  true,
		"gw-acme-api-" + key[:5] + "-k7q2m4xz-1":       false,
		"ci-acme-api-" + key + "-k7q2m4xz-1":           false,
		"gw-acme-api-" + key + "-k7q2m4xz-x":           false,
		"gw-acme-api-" + key + "-k7q2m4x-1":            false,
		"gw-acme-api-" + key + "0-k7q2m4xz-1":          false,
		"gw-" + strings.Repeat("0", 16) + "-k7q2m4xz1": false,
		"gw-" + key + "-k7q2m4xz-1":                    false, // no word, not even an empty one
		"gw-x":                                         false,
	} {
		if got := f.ours(subject, name); got != want {
			t.Errorf("%q: %v", name, got)
		}
	}
	if got := slug("Zz/a0-9_ü"); got != "zz-a0-9" {
		t.Errorf("slug %q", got)
	}
	for _, r := range []forge.Repository{{ID: "7", Owner: "acme", Name: "api"}, {Owner: "acme", Name: "api"}} {
		s := newRepoState(f.subjectOf(r))
		s.repo = "acme/api"
		if got := f.repositoryOf(s); got.ID != r.ID || fullName(got) != "acme/api" {
			t.Errorf("%+v, want %+v", got, r)
		}
	}
}

// TestWhoseTokenItIs: what the plan shows of each listed token, whether a run would
// revoke it, and whether it takes up room that may be had at once.
func TestWhoseTokenItIs(t *testing.T) {
	const never, anybodys, signed = 0, 1, 2 // whose journal it takes
	ours := func(s *sagaTest) string { return s.name("oldrun00", 1) }
	past, soon := ago(-time.Hour), ago(-48*time.Hour)
	for _, tt := range []struct {
		name   string
		token  func(s *sagaTest) string // its name
		before func(s *sagaTest)
		ends   *time.Time
		seen   SeenToken
		mine   int
		spare  bool
	}{
		{name: "of an unknown journal", token: ours, seen: SeenToken{Ours: true, Retire: true}, mine: anybodys},
		{name: "expired", token: ours, ends: ago(0), seen: SeenToken{Ours: true, Retire: true}, mine: anybodys, spare: true},
		{name: "not expired yet", token: ours, ends: ago(-1), seen: SeenToken{Ours: true, Retire: true}, mine: anybodys},
		{name: "to be adopted", token: func(*sagaTest) string { return "mine-1" }, seen: SeenToken{Retire: true}, mine: anybodys},
		{name: "somebody's", token: func(*sagaTest) string { return "ci" }, ends: ago(aDay)},
		{name: "without a name", token: func(*sagaTest) string { return "" }, ends: ago(aDay)},
		{name: "known", token: ours, before: func(s *sagaTest) { s.before(journal.Entry{Kind: journal.Adopted, Token: "1"}) }, seen: SeenToken{Ours: true}, mine: anybodys},
		{
			name: "known, without a name", token: func(*sagaTest) string { return "" }, before: func(s *sagaTest) { s.before(journal.Entry{Kind: journal.Adopted, Token: "1"}) },
			seen: SeenToken{Ours: true}, mine: signed,
		},
		{name: "of this run, without a name", token: func(*sagaTest) string { return "" }, before: func(s *sagaTest) {
			s.before(journal.Entry{Kind: journal.Planned, Name: "x", Run: s.run}, journal.Entry{Kind: journal.Minted, Token: "1", Name: "x", Run: s.run})
		}, seen: SeenToken{Ours: true}, mine: anybodys},
		{name: "of this run, and somebody's by its name", token: func(*sagaTest) string { return "ci" }, before: func(s *sagaTest) {
			s.before(journal.Entry{Kind: journal.Planned, Name: "x", Run: s.run}, journal.Entry{Kind: journal.Minted, Token: "1", Name: "x", Run: s.run})
		}},
		{name: "known, and somebody's by its name", token: func(*sagaTest) string { return "ci" }, before: func(s *sagaTest) { s.before(journal.Entry{Kind: journal.Adopted, Token: "1"}) }},
		{name: "adopted once, and retiring", token: func(*sagaTest) string { return "ci" }, before: func(s *sagaTest) {
			s.before(journal.Entry{Kind: journal.Retiring, Token: "1", NotBefore: ago(aDay)})
		}, mine: signed},
		{
			name: "revoked, and alive", token: ours, before: func(s *sagaTest) { s.before(journal.Entry{Kind: journal.Revoked, Token: "1"}) },
			seen: SeenToken{Ours: true, Stray: true}, mine: anybodys, spare: true,
		},
		{
			name: "missed, and there again", token: ours, before: func(s *sagaTest) { s.before(journal.Entry{Kind: journal.Revoked, Token: "1", Reason: wasGone}) },
			seen: SeenToken{Ours: true, Retire: true}, mine: anybodys,
		},
		{name: "written off, and made late", token: ours, before: func(s *sagaTest) {
			s.before(journal.Entry{Kind: journal.Planned, Name: ours(s)}, journal.Entry{Kind: journal.Absent, Name: ours(s)})
		}, seen: SeenToken{Ours: true, Stray: true}, mine: anybodys, spare: true},
		{name: "retiring, and its grace is over", token: ours, before: func(s *sagaTest) {
			s.before(journal.Entry{Kind: journal.Retiring, Token: "1", NotBefore: ago(aDay)}, journal.Entry{Kind: journal.Retiring, Token: "2", NotBefore: soon})
		}, seen: SeenToken{Ours: true}, mine: anybodys, spare: true},
		{name: "retiring, and another's grace is over", token: ours, before: func(s *sagaTest) {
			s.before(journal.Entry{Kind: journal.Retiring, Token: "1", NotBefore: past}, journal.Entry{Kind: journal.Retiring, Token: "2", NotBefore: ago(aDay)})
		}, seen: SeenToken{Ours: true}, mine: anybodys},
		{name: "retiring, for a person", token: ours, before: func(s *sagaTest) {
			s.before(journal.Entry{Kind: journal.Retiring, Token: "1", Reason: byHand})
		}, seen: SeenToken{Ours: true}, mine: anybodys},
		{name: "offered to a place just now", token: ours, before: func(s *sagaTest) { s.before(journal.Entry{Kind: journal.Storing, Token: "1"}) }, seen: SeenToken{Ours: true}, mine: anybodys},
		{name: "offered, and retiring, and its grace is over", token: ours, before: func(s *sagaTest) {
			s.before(journal.Entry{Kind: journal.Storing, Token: "1"}, journal.Entry{Kind: journal.Retiring, Token: "1", NotBefore: ago(aDay)})
		}, seen: SeenToken{Ours: true}, mine: anybodys, spare: true},
	} {
		s := newSaga(t, forge.Actions)
		s.w.now, s.f.Policy.AdoptTokens = decided, []string{"mine-*"}
		if tt.before != nil {
			tt.before(s)
		}
		tok := service.Token{ID: "1", Name: tt.token(s), ExpiresAt: tt.ends}
		v := view{state: s.state, tokens: []service.Token{{ID: "0", Name: "other"}, tok}}
		tt.seen.ID, tt.seen.Name, tt.seen.ExpiresAt = tok.ID, tok.Name, tok.ExpiresAt
		if diff := cmp.Diff([]SeenToken{{ID: "0", Name: "other"}, tt.seen}, s.f.seen(v)); diff != "" {
			t.Errorf("%s: %s", tt.name, diff)
		}
		// In the list of a whole tenant only what is of this repository is shown.
		s.f.Service.Issue.TenantWide = true
		var want []SeenToken
		if tt.seen.Ours || tt.seen.Retire {
			want = append(want, tt.seen)
		}
		if diff := cmp.Diff(want, s.f.seen(v)); diff != "" {
			t.Errorf("%s, of a tenant: %s", tt.name, diff)
		}
		for _, genuine := range []bool{false, true} {
			s.j.Genuine = genuine
			if got, want := s.mine(tok), tt.mine == anybodys || tt.mine == signed && genuine; got != want {
				t.Errorf("%s: ours to revoke: %v, want %v (signed: %v)", tt.name, got, want, genuine)
			}
		}
		if got := s.f.spare(s.state, tok, s.plan.Places); got != tt.spare {
			t.Errorf("%s: spare: %v", tt.name, got)
		}
	}
}

// TestUnheld: a token that was offered to a place, and no more is known, is in none if
// the forge's times of the last writes rule it out. It was offered two days ago, and
// the grace is a day.
func TestUnheld(t *testing.T) {
	two := 48 * time.Hour
	for _, tt := range []struct {
		name  string
		place *SeenPlace
		later time.Duration // than two days
		want  bool
	}{
		{name: "written long before", place: &SeenPlace{Exists: true, UpdatedAt: ago(two + tolerance + 1)}, want: true},
		{name: "written about then", place: &SeenPlace{Exists: true, UpdatedAt: ago(two + tolerance)}},
		{name: "written then", place: &SeenPlace{Exists: true, UpdatedAt: ago(two)}},
		{name: "written as late as it may have been", place: &SeenPlace{Exists: true, UpdatedAt: ago(two - tolerance - answerWait)}},
		{name: "written later", place: &SeenPlace{Exists: true, UpdatedAt: ago(two - tolerance - answerWait - 1)}, want: true},
		{name: "written later, and not long ago", place: &SeenPlace{Exists: true, UpdatedAt: ago(aDay)}},
		{name: "written later, and a grace ago", place: &SeenPlace{Exists: true, UpdatedAt: ago(aDay + 1)}, want: true},
		{name: "no time shown", place: &SeenPlace{Exists: true}},
		{name: "gone", place: &SeenPlace{}, want: true},
		{name: "gone, and jobs may have read it", place: &SeenPlace{}, later: answerWait + aDay - two},
		{name: "gone, and none can have", place: &SeenPlace{}, later: answerWait + aDay - two + 1, want: true},
		{name: "not looked at"},
		{name: "offered less than an hour ago", place: &SeenPlace{Exists: true, UpdatedAt: ago(aDay * 9)}, later: time.Hour - two - 1},
		{name: "offered an hour ago", place: &SeenPlace{Exists: true, UpdatedAt: ago(aDay * 9)}, later: time.Hour - two, want: true},
	} {
		w := newWorld(t)
		f := w.fleet(forge.Dependabot, forge.Actions)
		w.now = decided.Add(tt.later)
		places := []SeenPlace{{Place: "dependabot", Exists: true, UpdatedAt: ago(aDay * 9)}}
		if tt.place != nil {
			places = append(places, *tt.place)
		}
		if got := f.unheld(&token{offered: *ago(two)}, places); got != tt.want {
			t.Errorf("%s: %v", tt.name, got)
		}
	}
}

// TestJournalIsLost: which token of this fleet's a place holds, by names and times
// alone, and what is decided of it. The token was made an hour ago.
func TestJournalIsLost(t *testing.T) {
	made := time.Hour
	at := func(d time.Duration) SeenPlace {
		return SeenPlace{Place: "actions", Exists: true, UpdatedAt: ago(made - d)}
	}
	adopt, unclear := "ours by its token's name; taken into the journal", "whether the secret holds it is unclear"
	another := func(f *Fleet, v *view, at *time.Time) {
		v.tokens = append([]service.Token{{ID: "8", Name: f.tokenName(v.repo, "bbbbbbbb", 1), CreatedAt: at}}, v.tokens...)
	}
	none := func(v *view) { v.tokens = nil }
	for _, tt := range []struct {
		name   string
		place  SeenPlace
		change func(f *Fleet, v *view)
		want   Action
		says   string
		exit   fault.Kind
		retire string // tokens that retire
	}{
		{name: "written with it", place: at(0), want: Adopt, says: adopt},
		{name: "as much before as clocks differ", place: at(-2 * time.Second), want: Adopt, says: adopt},
		{name: "more before", place: at(-2*time.Second - 1), want: Rotate, says: unclear},
		{name: "as late as a store may be", place: at(adoptWindow), want: Adopt, says: adopt},
		{name: "later", place: at(adoptWindow + 1), want: Rotate, says: unclear},
		{name: "no time of the write", place: SeenPlace{Place: "actions", Exists: true}, want: Rotate, says: unclear},
		{name: "no time of the token", place: at(0), change: func(_ *Fleet, v *view) { v.tokens[0].CreatedAt = nil }, want: Rotate, says: unclear},
		{name: "not every place was looked at", place: at(0), change: func(_ *Fleet, v *view) { v.statted = false }, want: Rotate, says: unclear},
		{name: "missing from the second place", place: at(0), change: func(_ *Fleet, v *view) { v.places = append(v.places, SeenPlace{UpdatedAt: ago(made)}) }, want: Rotate, says: unclear},
		{name: "asked for", place: at(0), change: func(f *Fleet, _ *view) { f.Policy.Force = true }, want: Rotate, says: unclear},
		{name: "beside an older one", place: at(0), change: func(f *Fleet, v *view) { another(f, v, ago(made+time.Hour)) }, want: Adopt, says: adopt, retire: "8"},
		{name: "beside one of the same hour", place: at(0), change: func(f *Fleet, v *view) { another(f, v, ago(made+time.Hour-1)) }, want: Rotate, says: unclear, retire: "7 8"},
		{name: "beside one of unknown age", place: at(0), change: func(f *Fleet, v *view) { another(f, v, nil) }, want: Rotate, says: unclear, retire: "7 8"},
		{name: "beside a stray and one of others", place: at(0), change: func(f *Fleet, v *view) {
			v.state.apply(journal.Entry{Kind: journal.Revoked, Token: "8"})
			another(f, v, ago(made+time.Hour))
			v.tokens = append(v.tokens, service.Token{ID: "9", Name: "ci"})
		}, want: Adopt, says: adopt},
		{name: "without an end", place: at(0), change: func(_ *Fleet, v *view) { v.tokens[0].ExpiresAt = nil }, want: Adopt, says: adopt},
		{name: "as near to its end as it may be", place: at(0), change: func(f *Fleet, _ *view) { f.Policy.RotateWithin = 60 * aDay }, want: Rotate, says: "expires in 60 days"},

		{name: "its token is gone, the secret marked", place: SeenPlace{Place: "actions", Exists: true, Marked: true}, change: func(_ *Fleet, v *view) { none(v) }, want: Rotate, says: "its token is gone"},
		{
			name: "marked, and not seen by it", place: SeenPlace{Place: "actions", Exists: true, Marked: true, Hidden: true}, change: func(_ *Fleet, v *view) { none(v) },
			want: Create, says: "not among the repositories that see the organization's secret yet",
		},
		{name: "marked, not seen by it, and a token", place: SeenPlace{Place: "actions", Exists: true, Marked: true, Hidden: true}, want: Rotate, says: unclear},
		{name: "not marked, and not seen by it", place: SeenPlace{Place: "actions", Exists: true, Hidden: true}, change: func(_ *Fleet, v *view) { none(v) }, want: Foreign},
		{name: "one place marked, one not", place: SeenPlace{Place: "actions", Exists: true, Marked: true}, change: func(_ *Fleet, v *view) {
			none(v)
			v.places = append(v.places, SeenPlace{Exists: true})
		}, want: Foreign},
		{name: "one place marked, nothing in the other", place: SeenPlace{Place: "actions", Exists: true, Marked: true}, change: func(_ *Fleet, v *view) {
			none(v)
			v.places = append(v.places, SeenPlace{})
		}, want: Rotate, says: "its token is gone"},
		{
			name: "nothing to be seen", place: SeenPlace{Place: "actions"}, change: func(_ *Fleet, v *view) { none(v); v.statted, v.places = false, nil },
			want: Unknown, says: "the forge does not show whether the secret exists", exit: fault.Service,
		},
		{name: "nothing to be seen, and others' may be replaced", place: SeenPlace{Place: "actions"}, change: func(f *Fleet, v *view) {
			none(v)
			v.statted, v.places, f.Policy.AdoptSecrets = false, nil, true
		}, want: Create, says: "no secret yet"},
		{name: "nothing to be seen but a token", place: SeenPlace{Place: "actions"}, change: func(_ *Fleet, v *view) { v.statted, v.places = false, nil }, want: Create, says: "no secret; 1 token of an earlier run will retire"},
		{name: "nothing to be seen by a forge that shows nothing", place: SeenPlace{Place: "actions"}, change: func(f *Fleet, v *view) {
			none(v)
			v.statted, v.places, f.Forge.Stater = false, nil, nil
		}, want: Create, says: "no secret yet"},
	} {
		f, v := bareView(t)
		f.Forge.Stater = simForge{}
		v.tokens = []service.Token{{ID: "7", Name: f.tokenName(v.repo, "aaaaaaaa", 1), CreatedAt: ago(made), ExpiresAt: ago(-60 * aDay)}}
		v.places = []SeenPlace{tt.place}
		if tt.change != nil {
			tt.change(f, &v)
		}
		got := f.decide(v)
		if got.Action != tt.want || !strings.Contains(got.Reason, tt.says) || got.ExitCode != int(tt.exit) {
			t.Errorf("%s: %s (%s, exit %d), want %s (…%s…)", tt.name, got.Action, got.Reason, got.ExitCode, tt.want, tt.says)
		}
		if got.Action != Adopt {
			continue
		}
		var retire []string
		for _, tok := range got.Tokens {
			if tok.Retire {
				retire = append(retire, tok.ID)
			}
		}
		if ids := strings.Join(retire, " "); ids != tt.retire || (got.ExpiresAt == nil) != (tt.name == "without an end") {
			t.Errorf("%s: %q retire, want %q; ends %v", tt.name, ids, tt.retire, got.ExpiresAt)
		}
	}
}

// TestClosed: what cannot be written, and of what of that is asked.
func TestClosed(t *testing.T) {
	for _, tt := range []struct {
		change      func(v *view)
		closed      bool
		worth, live bool // asked for where the journal knows none, and a live token
	}{
		{func(*view) {}, false, true, true},
		{func(v *view) { v.vanished = true }, true, false, false},
		{func(v *view) { v.absent = true }, true, false, true},
		{func(v *view) { v.repo.Archived = true }, true, false, true},
		{func(v *view) { v.repo.Disabled = true }, true, false, true},
		{func(v *view) { v.noPlace = true }, true, false, true},
		{func(v *view) { v.repo.Writable = false }, true, false, true},
		{func(v *view) { v.added = false }, true, false, false},
		{func(v *view) { v.added, v.repo.Archived = false, true }, true, false, false},
	} {
		_, v := bareView(t)
		tt.change(&v)
		closed, worth := v.closed(), v.worth()
		v.state.apply(journal.Entry{Kind: journal.Adopted, Token: "1"})
		if live := v.worth(); closed != tt.closed || worth != tt.worth || live != tt.live {
			t.Errorf("%+v: closed %v, asked %v, and %v with a token", v, closed, worth, live)
		}
	}
	for _, a := range Actions() {
		done := a == Create || a == Rotate || a == Keep || a == Adopt
		if i := (Item{Action: a}); i.leavesAlone() == done || i.Notable() != (a != Keep) {
			t.Errorf("%s: left alone %v, notable %v", a, i.leavesAlone(), i.Notable())
		}
	}
	if !(Item{Action: Keep, ExitCode: 1}).Notable() || !(Item{Action: Keep, Tokens: []SeenToken{{Stray: true}}}).Notable() {
		t.Error("what is not in order is not notable")
	}
}

// TestOffboard: what neither forge nor service has is gone if somebody says so.
func TestOffboard(t *testing.T) {
	gone := func(s *sagaTest) *sagaTest {
		s.good("9").plan.refuse(Vanished, fault.Input, "gone")
		return s
	}
	for _, c := range []struct {
		sagaCase
		said bool
	}{
		{sagaCase: sagaCase{
			name: "said", from: func(s *sagaTest) { nth("tokens", 0, notThere)(gone(s).w) }, live: "9", wrote: []string{"revoked 9: " + wasGone},
			notes: []string{"codacy does not know it either: its tokens count as gone"},
		}, said: true},
		{sagaCase: sagaCase{name: "not said", from: func(s *sagaTest) { nth("tokens", 0, notThere)(gone(s).w) }, live: "9", err: "404"}},
		{sagaCase: sagaCase{name: "refused", from: func(s *sagaTest) { refuseCall(gone(s).w, "tokens") }, live: "9", err: "403"}, said: true},
		{sagaCase: sagaCase{name: "still at the forge", from: func(s *sagaTest) { nth("tokens", 0, notThere)(gone(s).w); s.plan.Action = Keep }, live: "9", err: "404"}, said: true},
		{sagaCase: sagaCase{name: "still at the service", from: func(s *sagaTest) { gone(s) }, wrote: []string{"retiring 9: leaked", "revoked 9"}, notes: []string{"its secret stays: gone"}}, said: true},
	} {
		c.run(t, func(s *sagaTest) error {
			s.w.leaking = true
			_, err := s.offboard(t.Context(), c.said)
			if ids := s.revoked(); err == nil && c.live != "" && len(ids) > 0 {
				t.Errorf("%s: %v count as revoked, and live", c.name, ids)
			}
			return err
		}, forge.Actions)
	}
}

// TestSecretInAnyCase: at a forge whose names of secrets do not differ by case, one that
// is spelt otherwise in fleet.yml is the same, with its token, journal and shard, and is
// called as it always was; elsewhere, or another fleet's, it is another.
func TestSecretInAnyCase(t *testing.T) {
	for _, tt := range []struct {
		anyCase bool
		org     string
		journal []string // secrets that it has, oldest first
		want    string
	}{
		{true, "acme", nil, "Token"},
		{true, "acme", []string{"Token"}, "Token"},
		{true, "acme", []string{"TOKEN", "token", "OTHER"}, "token"},
		{true, "else", []string{"TOKEN"}, "Token"},
		{false, "acme", []string{"TOKEN"}, "Token"},
	} {
		f := newWorld(t).fleet(forge.Actions)
		f.Forge.AnyCase = tt.anyCase
		var entries []journal.Entry
		for _, name := range tt.journal {
			f.Policy.Secret = name
			entries = append(entries, journal.Entry{Kind: journal.Minted, Subject: f.subjectOf(forgeRepo()), Repo: tt.org + "/api"})
		}
		f.Policy.Secret = "Token"
		f.Respell(entries)
		if f.Policy.Secret != tt.want || f.subjectOf(forgeRepo()) != "codacy/github/1/"+tt.want {
			t.Errorf("%+v: %s, %s", tt, f.Policy.Secret, f.subjectOf(forgeRepo()))
		}
	}
}
