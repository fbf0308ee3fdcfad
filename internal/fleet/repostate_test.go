package fleet

import (
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/gatewright/gatewright/internal/fleet/journal"
	"github.com/gatewright/gatewright/internal/service"
)

// TestFoldOfEntries holds what the entries of one repository say together: which tokens
// live, which is in use, which retire, what of a place is known.
func TestFoldOfEntries(t *testing.T) {
	at := func(n int) *time.Time { t := decided.Add(time.Duration(n) * time.Second); return &t }
	e := func(k journal.Kind, token string) journal.Entry { return journal.Entry{Kind: k, Token: token} }
	in := func(place string, e journal.Entry) journal.Entry { e.Place, e.UpdatedAt = place, at(0); return e }
	because := func(reason string, e journal.Entry) journal.Entry { e.Reason = reason; return e }
	named := func(name string, e journal.Entry) journal.Entry { e.Name = name; return e }
	type state struct {
		Lives, InUse, Retiring, Unfinished, Stored, Observed string
		Wrote, Done                                          bool
		Failure                                              string
	}
	words := func(tokens []*token) string {
		var out []string
		for _, tok := range tokens {
			if tok.id != "" {
				out = append(out, tok.id)
			} else {
				out = append(out, tok.name)
			}
		}
		return strings.Join(out, " ")
	}
	for _, tt := range []struct {
		name    string
		entries []journal.Entry
		want    state
	}{
		{"a token's whole way", []journal.Entry{
			named("a", e(journal.Planned, "")), named("a", e(journal.Minted, "1")), e(journal.Storing, "1"), in("actions", e(journal.Stored, "1")), e(journal.Verified, "1"), e(journal.Done, ""),
		}, state{Lives: "1", InUse: "1", Stored: "actions", Wrote: true, Done: true}},
		{"done, and looked at", []journal.Entry{e(journal.Done, ""), in("actions", e(journal.Observed, ""))}, state{Observed: "actions", Done: true}},
		{"done, and tried again", []journal.Entry{e(journal.Done, ""), because("why", e(journal.Failed, ""))}, state{Failure: "why"}},
		{"looked at, and not done", []journal.Entry{in("actions", e(journal.Observed, ""))}, state{Observed: "actions"}},
		{"looked at without a time", []journal.Entry{{Kind: journal.Observed, Place: "actions"}}, state{}},
		{"failed, and then good", []journal.Entry{because("why", e(journal.Failed, "")), e(journal.Verified, "1")}, state{Lives: "1", InUse: "1", Wrote: true}},
		{
			"a store after a look",
			[]journal.Entry{in("actions", e(journal.Observed, "")), in("other", e(journal.Observed, "")), in("actions", e(journal.Stored, "1"))},
			state{Lives: "1", Unfinished: "1", Stored: "actions", Observed: "other", Wrote: true},
		},
		{"removed from one place", []journal.Entry{
			in("actions", e(journal.Stored, "1")), in("other", e(journal.Stored, "1")), e(journal.Verified, "1"), in("actions", e(journal.Observed, "")), in("other", e(journal.Observed, "")),
			in("actions", e(journal.Removed, "")),
		}, state{Lives: "1", InUse: "1", Stored: "other", Observed: "other"}},
		{"removed, and stored again", []journal.Entry{
			in("actions", e(journal.Stored, "1")), in("actions", e(journal.Removed, "")), in("actions", e(journal.Stored, "2")),
		}, state{Lives: "1 2", Unfinished: "1 2", Stored: "actions", Wrote: true}},
		{"minted, never offered, and leaked", []journal.Entry{
			{Kind: journal.Planned, Name: "a", Run: "r"}, named("a", e(journal.Minted, "1")), e(journal.Retiring, "1"), e(journal.Revoked, "1"),
		}, state{}},
		{"offered to another place", []journal.Entry{{Kind: journal.Storing, Token: "1", Places: []string{"other"}}}, state{Lives: "1", Unfinished: "1"}},
		{"retiring", []journal.Entry{e(journal.Adopted, "1"), e(journal.Retiring, "1"), e(journal.Adopted, "2")}, state{Lives: "1 2", InUse: "2", Retiring: "1", Wrote: true}},
		{"missed, and there again", []journal.Entry{because(wasGone, e(journal.Revoked, "1")), e(journal.Retiring, "1")}, state{Lives: "1", Retiring: "1", Wrote: true}},
		{"revoked, and said to retire", []journal.Entry{e(journal.Revoked, "1"), e(journal.Retiring, "1")}, state{Wrote: true}},
		{"the one in use is revoked", []journal.Entry{e(journal.Adopted, "1"), e(journal.Revoked, "1")}, state{Wrote: true}},
		{"refused by the place", []journal.Entry{e(journal.Storing, "1"), because(placeRefused, e(journal.Revoked, "1"))}, state{}},
		{"only minted", []journal.Entry{named("a", e(journal.Planned, "")), named("a", e(journal.Minted, "1"))}, state{Lives: "1", Unfinished: "1"}},
		{"planned, and not made", []journal.Entry{named("a", e(journal.Planned, "")), named("a", e(journal.Absent, ""))}, state{}},
		{"planned twice under one name, and one not made", []journal.Entry{
			named("a", e(journal.Planned, "")), named("a", e(journal.Minted, "1")), named("a", e(journal.Planned, "")), named("a", e(journal.Absent, "")),
		}, state{Lives: "1", Unfinished: "1"}},
		{"one that has a number, and not made", []journal.Entry{named("a", e(journal.Adopted, "1")), named("a", e(journal.Absent, ""))}, state{Lives: "1", InUse: "1", Wrote: true}},
		{"two without a name", []journal.Entry{e(journal.Adopted, "1"), e(journal.Adopted, "2")}, state{Lives: "1 2", InUse: "2", Wrote: true}},
	} {
		s := newRepoState("x")
		for i, e := range tt.entries {
			e.At = *at(i)
			s.apply(e)
		}
		got := state{Lives: words(s.those((*token).lives)), Retiring: words(s.retiring()), Unfinished: words(s.unfinished()), Wrote: s.wrote("actions"), Done: s.done, Failure: s.failure}
		if cur := s.inUse(); cur != nil {
			got.InUse = cur.id
		}
		for _, place := range []string{"actions", "other"} {
			for _, tok := range s.tokens {
				if _, ok := tok.stored[place]; ok {
					got.Stored = strings.TrimSpace(got.Stored + " " + place)
				}
			}
			if _, ok := s.observed[place]; ok {
				got.Observed = strings.TrimSpace(got.Observed + " " + place)
			}
		}
		if diff := cmp.Diff(tt.want, got); diff != "" || !s.last.Equal(*at(len(tt.entries) - 1)) {
			t.Errorf("%s, last at %s: %s", tt.name, s.last, diff)
		}
	}
	s := newRepoState("x")
	s.apply(journal.Entry{At: decided, Kind: journal.Adopted, Token: "1", CreatedAt: ago(aDay)})
	s.apply(journal.Entry{At: decided, Kind: journal.Adopted, Token: "2"})
	if one, two := s.byNumber("1").mintedAt, s.byNumber("2").mintedAt; !one.Equal(*ago(aDay)) || !two.Equal(decided) {
		t.Errorf("adopted tokens were made at %s and %s", one, two)
	}
	// A name that was written off is a stray's if it turns up without a number that is known.
	s.apply(journal.Entry{Kind: journal.Absent, Name: "late"})
	if !s.ended(service.Token{ID: "3", Name: "late"}) || s.ended(service.Token{ID: "1", Name: "late"}) || s.ended(service.Token{ID: "3", Name: "another"}) || s.ended(service.Token{ID: "3"}) {
		t.Error("a mint that arrives late")
	}
}

// TestLastWrite: of a place that all repositories share the last write is whichever
// repository's of this fleet came last.
func TestLastWrite(t *testing.T) {
	f := newSaga(t).f
	place := Place{Store: "actions"}
	var entries []journal.Entry
	if _, ok := fold(nil).lastWrite(f, place); ok {
		t.Error("a write where there was none")
	}
	for i, repo := range []string{"acme/api", "acme/web", "acme/docs", "other/api", "acme/lib"} {
		e := journal.Entry{At: decided.Add([]time.Duration{1, 3, 2, 9, 8}[i] * time.Minute), Kind: journal.Stored, Token: "1", Place: "actions", Subject: "codacy/github/" + repo + "/TOKEN", Repo: repo}
		if repo == "acme/lib" {
			e.Place = "dependabot"
		}
		entries = append(entries, e)
	}
	h := fold(entries)
	for range 50 { // in whatever order the repositories come
		if w, ok := h.lastWrite(f, place); !ok || !w.at.Equal(decided.Add(3*time.Minute)) {
			t.Fatalf("%v, %s", ok, w.at)
		}
	}
	if !h.lastAt.Equal(decided.Add(8 * time.Minute)) {
		t.Errorf("the journal ends at %s", h.lastAt)
	}
}

// TestCompactKeeps holds which entries a journal needs: all of tokens that live or
// were last in place, and of those that are gone that they were stored, and are gone.
func TestCompactKeeps(t *testing.T) {
	run := func(name string, k journal.Kind, token string) journal.Entry {
		return journal.Entry{Kind: k, Run: name, Subject: "x", Token: token, Name: "n" + token}
	}
	planned := func(name, token string) journal.Entry {
		e := run(name, journal.Planned, token)
		e.Token = ""
		return e
	}
	observed := func(name, place string) journal.Entry {
		e := run(name, journal.Observed, "")
		e.Place = place
		return e
	}
	var text []string
	for _, e := range Compact([]journal.Entry{
		{Kind: journal.Begin, Run: "r1"},
		planned("r1", "1"), run("r1", journal.Minted, "1"), run("r1", journal.Storing, "1"), run("r1", journal.Stored, "1"), run("r1", journal.Verified, "1"),
		observed("r1", "actions"), observed("r1", "other"), run("r1", journal.Failed, ""), run("r1", journal.Done, ""),
		{Kind: journal.End, Run: "r1"},
		{Kind: journal.Begin, Run: "r2"},
		planned("r2", "2"), run("r2", journal.Minted, "2"), run("r2", journal.Storing, "2"), run("r2", journal.Stored, "2"), run("r2", journal.Verified, "2"),
		run("r2", journal.Retiring, "1"), run("r2", journal.Revoked, "1"), run("r2", journal.Removed, ""),
		planned("r2", "9"),
		{Kind: journal.Absent, Run: "r2", Subject: "x", Name: "n9"},
		planned("r2", "3"), run("r2", journal.Minted, "3"),
		{Kind: journal.End, Run: "r2"},
		{Kind: journal.Begin, Run: "r3"},
		run("r3", journal.Revoked, "2"),
		observed("r3", "actions"), run("r3", journal.Failed, ""), run("r3", journal.Done, ""),
		{Kind: journal.End, Run: "r3"},
	}) {
		line := e.Run + " " + string(e.Kind)
		if e.Name != "" && e.Name != "n" {
			line += " " + e.Name
		}
		if e.Place != "" {
			line += " " + e.Place
		}
		text = append(text, line)
	}
	// Token 1 is gone, 2 was the last in place, 3 lives, 9 was never made.
	want := []string{
		"r1 storing n1", "r1 observed other",
		"r2 begin", "r2 planned n2", "r2 minted n2", "r2 storing n2", "r2 stored n2", "r2 verified n2", "r2 retiring n1", "r2 revoked n1", "r2 removed",
		"r2 planned n9", "r2 absent n9", "r2 planned n3", "r2 minted n3",
		"r3 begin", "r3 revoked n2", "r3 observed actions", "r3 failed", "r3 done", "r3 end",
	}
	if diff := cmp.Diff(want, text); diff != "" {
		t.Error(diff)
	}
}
