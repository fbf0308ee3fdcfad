package fleet

import (
	"fmt"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/gatewright/gatewright/internal/fault"
	"github.com/gatewright/gatewright/internal/fleet/journal"
	"github.com/gatewright/gatewright/internal/forge"
	"github.com/gatewright/gatewright/internal/rest"
	"github.com/gatewright/gatewright/internal/service"
)

// lines lists findings: "warning expired 7: why".
func lines(findings []AuditFinding) []string {
	var out []string
	for _, x := range findings {
		out = append(out, strings.TrimSpace(fmt.Sprintf("%s %s %s", x.Severity, x.Kind, x.Token))+": "+x.Text)
	}
	return out
}

// TestFindings holds what an audit finds of one repository, and what not.
func TestFindings(t *testing.T) {
	good := SeenToken{ID: "7", Ours: true, ExpiresAt: ago(-60 * aDay)}
	with := func(change func(*SeenToken)) []SeenToken {
		tok := good
		change(&tok)
		return []SeenToken{tok}
	}
	many := func(n int) []SeenToken { return slices.Repeat([]SeenToken{good}, n) }
	there, none := []SeenPlace{{Place: "actions", Exists: true}}, []SeenPlace{{Place: "actions"}}
	held := func(t *testing.T) *repoState { _, v := heldView(t); return v.state }
	pending := func(entries ...journal.Entry) func(*testing.T) *repoState {
		return func(*testing.T) *repoState {
			s := newRepoState("x")
			for _, e := range entries {
				s.apply(e)
			}
			return s
		}
	}
	for _, tt := range []struct {
		name   string
		item   Item
		state  func(*testing.T) *repoState // nil: the journal has nothing
		change func(f *Fleet)
		want   []string
	}{
		{name: "nothing", item: Item{Action: Create}},
		{name: "in order", item: Item{Action: Keep, Tokens: many(1), Places: there}, state: held},
		{
			name: "somebody else's beside it", item: Item{Action: Keep, Tokens: append(many(1), SeenToken{ID: "8", ExpiresAt: ago(-60 * aDay)}), Places: there},
			want: []string{"note foreign-token 8: not made by this tool"},
		},
		{
			name: "without an end", item: Item{Action: Keep, Tokens: with(func(t *SeenToken) { t.ExpiresAt = nil }), Places: there},
			want: []string{"warning never-expires 7: never expires, or the service does not say when"},
		},
		{
			name: "that ends now", item: Item{Action: Rotate, Tokens: with(func(t *SeenToken) { t.ExpiresAt = ago(0) }), Places: there},
			want: []string{"warning expired 7: expired on 2026-11-21"},
		},
		{
			name: "that ends within just what is rotated", item: Item{Action: Rotate, Tokens: with(func(t *SeenToken) { t.ExpiresAt = ago(-14 * aDay) }), Places: there},
			want: []string{"warning expires-soon 7: expires in 14 days"},
		},
		{name: "that ends later", item: Item{Action: Keep, Tokens: with(func(t *SeenToken) { t.ExpiresAt = ago(-14*aDay - 1) }), Places: there}},
		{
			name: "a stray", item: Item{Action: Keep, Tokens: with(func(t *SeenToken) { t.Stray = true }), Places: there},
			want: []string{"warning orphan 7: nobody holds its value; the next apply or sweep revokes it"},
		},
		{
			name: "old ones", item: Item{Action: Keep, Tokens: many(1), Places: there, Retiring: []Due{{Token: "4", NotBefore: decided}, {Token: "5"}}},
			want: []string{"note retiring 4: old token 4 retires 2026-11-21 12:00", "note retiring 5: old token 5 is to be revoked by hand"},
		},
		{name: "as many as are no crowd", item: Item{Action: Keep, Tokens: many(80), Places: there}},
		{name: "a crowd", item: Item{Action: Keep, Tokens: many(81), Places: there}, want: []string{"warning crowded: 81 of 100 tokens"}},
		{name: "a crowd of a few", item: Item{Action: Keep, Tokens: many(9), Places: there}, change: func(f *Fleet) { f.Service.Issue.Max = 10 }, want: []string{"warning crowded: 9 of 10 tokens"}},
		{name: "as many as anybody likes", item: Item{Action: Keep, Tokens: many(500), Places: there}, change: func(f *Fleet) { f.Service.Issue.Max = 0 }},

		// What is in use, which the service may not list.
		{
			name: "ends soon, and cannot be replaced", item: Item{Action: Archived, Reason: "archived"}, state: held, change: func(f *Fleet) { f.Policy.RotateWithin = 60 * aDay },
			want: []string{"warning cannot-rotate 7: expires in 60 days, on 2027-01-20, and cannot be replaced: archived"},
		},
		{name: "ends later, and cannot be replaced", item: Item{Action: Archived}, state: held, change: func(f *Fleet) { f.Policy.RotateWithin = 60*aDay - 1 }},
		{name: "ends soon, and is replaced", item: Item{Action: Rotate}, state: held, change: func(f *Fleet) { f.Policy.RotateWithin = 60 * aDay }},
		{name: "never ends, and cannot be replaced", item: Item{Action: Archived}, state: pending(journal.Entry{Kind: journal.Adopted, Token: "7"})},

		// What a plan says of it.
		{name: "forbidden", item: Item{Action: Forbidden, Reason: "why", ExitCode: int(fault.Auth)}, want: []string{"warning forbidden: why"}},
		{name: "archived, and something is to be done", item: Item{Action: Archived, Reason: "why", Hint: "do"}, want: []string{"note archived: why"}},
		{name: "not added", item: Item{Action: NotAdded, Reason: "why", Hint: "do"}},
		{name: "not added, and known", item: Item{Action: NotAdded, Reason: "why", Hint: "do", ExitCode: int(fault.Input)}, want: []string{"warning not-added: why"}},

		// Secrets.
		{name: "somebody else's secret", item: Item{Action: Foreign, Places: there}, want: []string{"note foreign-secret: the secret was not written by this tool"}},
		{name: "a secret, and no token", item: Item{Action: Rotate, Places: there}, want: []string{"warning secret-without-token: a secret is stored, and the service has no live token for it"}},
		{name: "a secret, and tokens are not listed", item: Item{Action: Keep, Places: there}, change: func(f *Fleet) { f.Service.Tokens = nil }},
		{name: "no secret, and no token", item: Item{Action: Create, Places: none}},
		{name: "a token, and no secret", item: Item{Action: Rotate, Tokens: many(1), Places: none}, want: []string{"warning token-without-secret: a token of ours lives, and no place holds it"}},
		{name: "a token, and secrets are not shown", item: Item{Action: Keep, Tokens: many(1)}},
		{
			name: "a token of ours before somebody else's, and no secret", item: Item{Action: Rotate, Tokens: append(many(1), SeenToken{ID: "8", ExpiresAt: ago(-60 * aDay)}), Places: none},
			want: []string{"note foreign-token 8: not made by this tool", "warning token-without-secret: a token of ours lives, and no place holds it"},
		},
		{
			name: "somebody else's token, and no secret", item: Item{Action: Create, Tokens: with(func(t *SeenToken) { t.Ours = false }), Places: none},
			want: []string{"note foreign-token 7: not made by this tool"},
		},
		{
			name: "a run that was cut off", item: Item{Action: Create},
			state: pending(journal.Entry{Kind: journal.Planned, Name: "a"}, journal.Entry{Kind: journal.Minted, Token: "1", Name: "a"}, journal.Entry{Kind: journal.Planned, Name: "b"}, journal.Entry{Kind: journal.Minted, Token: "2", Name: "b"}),
			want:  []string{`warning unfinished 2: an earlier run stopped after "minted"; apply goes on`},
		},
	} {
		f, _ := bareView(t)
		f.ServerTime = func() time.Time { return decided }
		state := newRepoState("x")
		if tt.state != nil {
			state = tt.state(t)
		}
		if tt.change != nil {
			tt.change(f)
		}
		if diff := cmp.Diff(tt.want, lines(f.findings(tt.item, state))); diff != "" {
			t.Errorf("%s: %s", tt.name, diff)
		}
	}
}

// TestAudit: an audit has every repository of the plan, what the filter leaves out, the
// worst first, and is not in order where the plan is not.
func TestAudit(t *testing.T) {
	w, f, path := truthWorld(t)
	w.repos = append(w.repos, forge.Repository{ID: "4", Owner: "acme", Name: "lib", Writable: true})
	w.repos[0].Topics, f.Policy.Filter.Topics, f.Forge.RepositoryLister = []string{"go"}, []string{"go"}, &gappy{simForge: simForge{w}}
	for _, id := range []string{"91", "92"} {
		w.tokens = append(w.tokens, &simToken{Token: service.Token{ID: id, Name: "ci"}, repo: "1", value: "alien-" + id, live: true, foreign: true})
	}
	j := mustRead(w, path)
	// acme/docs has no token any more, and acme/lib one that never was in place.
	j.Entries = append(j.Entries,
		journal.Entry{Kind: journal.Revoked, Subject: f.subjectOf(w.repos[2]), Repo: "acme/docs", Token: w.tokens[2].ID},
		journal.Entry{Kind: journal.Minted, Subject: f.subjectOf(w.repos[3]), Repo: "acme/lib", Token: "77"})
	a, err := f.Audit(t.Context(), j, nil)
	if err != nil || a.Err != nil {
		t.Fatal(err, a.Err)
	}
	var got []string
	for _, x := range a.Findings {
		got = append(got, fmt.Sprintf("%s %s %s %s", x.Severity, x.Repository, x.Kind, x.Token))
	}
	want := []string{
		"warning acme/api never-expires 92", "warning acme/api never-expires 91",
		"note acme/api foreign-token 92", "note acme/api foreign-token 91", "note acme/web unlisted 2",
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Error(diff)
	}
	if diff := cmp.Diff(map[string]int{"never-expires": 2, "foreign-token": 2, "unlisted": 1}, a.Counts); diff != "" {
		t.Error(diff)
	}
	if len(a.Repositories) != 1 || a.Repositories[0].Repository != "acme/api" || a.Repositories[0].Action != Keep || len(a.Repositories[0].Tokens) != 3 || len(a.Repositories[0].Places) != 1 {
		t.Errorf("%+v", a.Repositories)
	}
	w.deny = func(call, _ string) error {
		if call == "tokens" {
			return &rest.StatusError{Op: call, Status: 403}
		}
		return nil
	}
	if a, err := f.Audit(t.Context(), j, nil); err != nil || fault.Of(a.Err) != fault.Auth || a.Counts["forbidden"] != 1 {
		t.Errorf("not allowed to look: %v, %v, %v", err, a.Err, a.Counts)
	}
	refuseCall(w, "repositories")
	if a, err := f.Audit(t.Context(), j, nil); fault.Of(err) != fault.Auth || len(a.Repositories) > 0 {
		t.Errorf("nothing is listed: %v, %+v", err, a)
	}
}

func TestFindingsByName(t *testing.T) {
	a := Audit{Findings: []AuditFinding{
		{Kind: "expired", Severity: Bad}, {Kind: "foreign-token", Severity: Note}, {Kind: "foreign-secret", Severity: Note}, {Kind: "retiring", Severity: Note}, {Kind: "orphan", Severity: Bad},
	}}
	for names, want := range map[string]string{
		"": "", "nothing": "", "expired": "expired", "retiring,expired": "expired retiring",
		"foreign": "foreign-token foreign-secret", "foreign-token": "foreign-token", "warning": "expired orphan", "note": "",
	} {
		var got []string
		for _, x := range a.Named(strings.Split(names, ",")) {
			got = append(got, x.Kind)
		}
		if text := strings.Join(got, " "); text != want {
			t.Errorf("%s: %s, want %s", names, text, want)
		}
	}
}

// TestStatus: of what is true of a repository the worst is its state.
func TestStatus(t *testing.T) {
	if s := StatusFrom(journal.Session{}); s.LastAt != nil || s.LastRun != "" || len(s.Repositories)+len(s.Counts) > 0 {
		t.Errorf("an empty journal: %+v", s)
	}
	end := ago(-60 * aDay)
	var entries []journal.Entry
	add := func(repo string, list ...journal.Entry) {
		for _, e := range list {
			e.At, e.Run, e.Repo, e.Subject = decided.Add(time.Duration(len(entries))*time.Second), "r1", "acme/"+repo, "x/"+repo
			entries = append(entries, e)
		}
	}
	good := []journal.Entry{{Kind: journal.Minted, Token: "7", Name: "n7", ExpiresAt: end}, {Kind: journal.Storing, Token: "7"}, {Kind: journal.Stored, Token: "7", Place: "actions"}, {Kind: journal.Verified, Token: "7"}}
	old := append(slices.Clone(good), journal.Entry{Kind: journal.Retiring, Token: "4", Name: "n4", NotBefore: end})
	entries = append(entries, journal.Entry{At: decided, Kind: journal.Begin, Run: "r1"})
	add("none", journal.Entry{Kind: journal.Done})
	add("good", good...)
	add("old", old...)
	add("failed", append(slices.Clone(old), journal.Entry{Kind: journal.Failed, Reason: "why"})...)
	add("cut", append(slices.Clone(old), journal.Entry{Kind: journal.Planned, Name: "n8"}, journal.Entry{Kind: journal.Failed, Reason: "why"})...)
	add("gone", append(slices.Clone(good), journal.Entry{Kind: journal.Revoked, Token: "7"})...)
	s := StatusFrom(journal.Session{Entries: entries})
	due := []Due{{Token: "4", Name: "n4", NotBefore: *end}}
	want := Status{
		LastRun: "r1", LastAt: &entries[len(entries)-1].At,
		Counts: map[string]int{"none": 2, "good": 1, "retiring": 1, "failed": 1, "unfinished": 1},
		Repositories: []StatusOf{
			{Repository: "acme/cut", State: "unfinished", TokenID: "7", TokenName: "n7", ExpiresAt: end, Retiring: due, Failure: "why"},
			{Repository: "acme/failed", State: "failed", TokenID: "7", TokenName: "n7", ExpiresAt: end, Retiring: due, Failure: "why"},
			{Repository: "acme/gone", State: "none"},
			{Repository: "acme/good", State: "good", TokenID: "7", TokenName: "n7", ExpiresAt: end},
			{Repository: "acme/none", State: "none"},
			{Repository: "acme/old", State: "retiring", TokenID: "7", TokenName: "n7", ExpiresAt: end, Retiring: due},
		},
	}
	for i := range s.Repositories {
		if s.Repositories[i].Last.Before(decided) {
			t.Errorf("%s was last met at %s", s.Repositories[i].Repository, s.Repositories[i].Last)
		}
		s.Repositories[i].Last = time.Time{}
	}
	if diff := cmp.Diff(want, s); diff != "" {
		t.Error(diff)
	}
}

// TestAuditOfATenant: where tokens are the tenant's, one of a repository that is gone,
// and whose journal is lost, is named; no other fleet's, and none where a filter leaves
// repositories out.
func TestAuditOfATenant(t *testing.T) {
	w := newWorld(t)
	f := w.fleet(forge.Actions)
	f.Service.Issue.TenantWide = true
	gone := f.tokenName(forge.Repository{ID: "9", Owner: "acme", Name: "gone"}, "aaaaaaaa", 1)
	other := f.tokenName(forge.Repository{ID: "9", Owner: "else", Name: "gone"}, "aaaaaaaa", 1)
	known := f.tokenName(forge.Repository{ID: "8", Owner: "acme", Name: "known"}, "aaaaaaaa", 1)
	var all []service.Token
	for i, name := range []string{gone, other, known, f.tokenName(w.repos[0], "aaaaaaaa", 1), "gw-acme-by-hand-1", "", "ci"} {
		all = append(all, service.Token{ID: fmt.Sprint(i), Name: name, ExpiresAt: ago(-60 * aDay)})
	}
	f.Service.Tokens = &listing{tokens: all}
	j := mustRead(w, filepath.Join(shm(t), "j"))
	j.Entries = append(j.Entries, journal.Entry{Kind: journal.Revoked, Subject: f.subjectOf(forge.Repository{ID: "8"}), Repo: "acme/known", Token: "2"})
	named := func() (out []string) {
		a, err := f.Audit(t.Context(), j, nil)
		if err != nil {
			t.Fatal(err)
		}
		for _, x := range a.Named([]string{"unlisted"}) {
			out = append(out, x.Token+" "+x.Name)
		}
		return out
	}
	if diff := cmp.Diff([]string{"0 " + gone}, named()); diff != "" {
		t.Error(diff)
	}
	f.Policy.Filter.Exclude = []string{"x"}
	if got := named(); got != nil {
		t.Errorf("with a filter: %v", got)
	}
}
