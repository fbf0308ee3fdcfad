package fleet

import (
	"context"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/gatewright/gatewright/internal/fault"
	"github.com/gatewright/gatewright/internal/fleet/journal"
	"github.com/gatewright/gatewright/internal/forge"
	"github.com/gatewright/gatewright/internal/secret"
)

// plannedAs lists what a plan would do: "acme/api keep".
func plannedAs(p Plan) string {
	var out []string
	for _, i := range p.Items {
		out = append(out, i.Repository+" "+string(i.Action))
	}
	return strings.Join(out, ", ")
}

// TestPlanLeak holds which repositories a leak is planned for: those that the journal
// knows, where the forge does not answer; and none where the settings cannot work or
// somebody stopped it.
func TestPlanLeak(t *testing.T) {
	down := func(w *world) { refuseCall(w, "repositories") }
	const known = "acme/api unknown, acme/docs unknown, acme/web unknown"
	for _, tt := range []struct {
		name   string
		change func(w *world, f *Fleet, stop func())
		fresh  bool // the journal is empty
		want   string
		err    string
		hint   string // of the error, or of the items that are unknown
	}{
		{name: "in order", change: func(*world, *Fleet, func()) {}, want: "acme/api keep, acme/web keep, acme/docs keep"},
		{name: "the forge is down", change: func(w *world, _ *Fleet, _ func()) { down(w) }, want: known},
		{
			name: "the forge is down, and the journal is empty", change: func(w *world, _ *Fleet, _ func()) { down(w) }, fresh: true, err: "403",
			hint: "`gatewright token list` and `token revoke` need the service alone",
		},
		{
			name: "the forge is down, and only it knows the topic", change: func(w *world, f *Fleet, _ func()) { down(w); f.Policy.Filter.Topics = []string{"pay"} },
			err: "403", hint: "name them, or '*' for all that the journal knows",
		},
		{
			name: "the forge is down, and only it knows the team", change: func(w *world, f *Fleet, _ func()) {
				down(w)
				f.Policy.Teams = []string{"core"}
				f.Forge.Teams = teams{}
			},
			err: "403", hint: "name them",
		},
		{
			name: "the forge is down, the topic is not known, and all are named", change: func(w *world, f *Fleet, _ func()) {
				down(w)
				f.Policy.Filter.Topics, f.Policy.Filter.Names = []string{"pay"}, []string{"*"}
			},
			want: known,
		},
		{name: "no store", change: func(_ *world, f *Fleet, _ func()) { f.Policy.Places = nil }, err: "no store for the secret"},
		{name: "stopped", change: func(w *world, _ *Fleet, stop func()) { down(w); stop() }, err: "403"},
		{name: "too many are missing", change: func(w *world, f *Fleet, _ func()) { w.repos, f.Policy.MaxMissing = w.repos[:1], 50 }, want: "acme/api keep, acme/docs unknown, acme/web unknown", hint: "check what the credential may see"},
		{name: "as many as may be", change: func(w *world, f *Fleet, _ func()) { w.repos, f.Policy.MaxMissing = w.repos[:1], 67 }, want: "acme/api keep, acme/docs vanished, acme/web vanished"},
	} {
		t.Run(tt.name, func(t *testing.T) {
			w, f, path := truthWorld(t)
			ctx, stop := context.WithCancel(t.Context())
			defer stop()
			tt.change(w, f, stop)
			j := mustRead(w, path)
			if tt.fresh {
				j = journal.Session{}
			}
			p, err := f.PlanLeak(ctx, j, nil)
			if (err == nil) != (tt.err == "") || err != nil && (!strings.Contains(err.Error(), tt.err) || !strings.Contains(fault.Hint(err), tt.hint)) {
				t.Fatalf("%v, hint %q; want %q, %q", err, fault.Hint(err), tt.err, tt.hint)
			}
			if got := plannedAs(p); got != tt.want {
				t.Errorf("%s, want %s", got, tt.want)
			}
			unknown := 0
			for _, i := range p.Items {
				if i.Action == Unknown {
					unknown++
					if i.ExitCode == 0 || i.Reason == "" || !strings.Contains(i.Hint, tt.hint) {
						t.Errorf("%+v", i)
					}
				}
			}
			if err == nil && (p.Summary[Unknown] != unknown || p.Policy != f.digest()) {
				t.Errorf("%d are unknown, counted as %d; for these settings: %v", unknown, p.Summary[Unknown], p.Policy == f.digest())
			}
		})
	}
}

// TestRedecide: a plan that is decided again is of the repositories that it names, as
// they are now; how old it is, and what it was made for, stays.
func TestRedecide(t *testing.T) {
	w, f, path := truthWorld(t)
	f.Policy.Force = true
	old, err := f.Plan(t.Context(), mustRead(w, path), nil)
	if err != nil {
		t.Fatal(err)
	}
	old.Items = old.Items[1:]
	old.Items[0].Action, old.Items[0].Reason = Keep, "said so"
	old.Policy, old.Journal = "other settings", "another line"
	w.now, w.repos[2].Archived = w.now.Add(time.Hour), true
	p, err := f.Redecide(t.Context(), mustRead(w, path), old, nil)
	if err != nil || plannedAs(p) != "acme/web rotate, acme/docs archived" || p.Summary[Rotate] != 1 || p.Summary[Archived] != 1 {
		t.Errorf("%v: %s, %v", err, plannedAs(p), p.Summary)
	}
	if p.Policy != "other settings" || p.Journal != "another line" || !p.MadeAt.Equal(old.MadeAt) {
		t.Errorf("made at %s for %q beside %q", p.MadeAt, p.Policy, p.Journal)
	}
	refuseCall(w, "repositories")
	if p, err := f.Redecide(t.Context(), mustRead(w, path), old, nil); fault.Of(err) != fault.Auth || len(p.Items) > 0 {
		t.Errorf("%v: %s", err, plannedAs(p))
	}
}

// TestSignedPlans: a plan is believed as it was signed, and the signature is no part of
// what the plan is.
func TestSignedPlans(t *testing.T) {
	k, other := journal.KeyFrom(secret.New("key-0123456789abcdef")), journal.KeyFrom(secret.New("other-0123456789abcdef"))
	p := Plan{Version: planVersion, Items: []Item{{Repository: "acme/api", Action: Keep}}}
	signed := p.Sign(k)
	if signed.Signature == "" || p.Signature != "" || signed.Digest() != p.Digest() || signed.Sign(k).Signature != signed.Signature {
		t.Errorf("signed as %q, and again as %q; the digest is %s, and was %s", signed.Signature, signed.Sign(k).Signature, signed.Digest(), p.Digest())
	}
	changed := signed
	changed.Items = []Item{{Repository: "acme/web", Action: Keep}}
	for _, tt := range []struct {
		name string
		p    Plan
		keys journal.Keys
		says string
	}{
		{"as it was signed", signed, journal.Keys{Sign: k}, ""},
		{"by the key before", signed, journal.Keys{Sign: other, Previous: []journal.Key{k}}, ""},
		{"by another", signed, journal.Keys{Sign: other}, "plan f is not genuine"},
		{"changed", changed, journal.Keys{Sign: k}, "plan f is not genuine"},
		{"not signed", p, journal.Keys{Sign: k}, "plan f is not signed"},
		{"not signed, and no key", p, journal.Keys{}, ""},
	} {
		err := tt.p.Verify("f", tt.keys)
		if (err == nil) != (tt.says == "") || err != nil && !strings.Contains(err.Error(), tt.says) {
			t.Errorf("%s: %v, want %q", tt.name, err, tt.says)
		}
	}
	// A token that is handed out is one of the things a plan is made for.
	_, f, _ := truthWorld(t)
	seen := map[string]string{}
	for _, token := range []string{"", "shared-0123456789abcdef", "shared-123456789abcdef0"} {
		f.Service.Given = secret.New(token)
		digest := f.digest()
		if before, met := seen[digest]; met {
			t.Errorf("a plan of %q is one of %q", token, before)
		}
		seen[digest] = token
		if (f.givenDigest() == "") != (token == "") {
			t.Errorf("%q has the fingerprint %q", token, f.givenDigest())
		}
	}
}

// TestEntriesAfter: after a line of the journal is what follows it, and nothing of it.
func TestEntriesAfter(t *testing.T) {
	entries := []journal.Entry{{Kind: journal.Begin, Seq: 1}, {Kind: journal.End, Seq: 2}, {Kind: journal.Begin, Seq: 3}}
	for n := range len(entries) + 1 {
		if diff := cmp.Diff(entries[n:], entriesAfter(entries, journal.PositionOf(entries[:n]))); diff != "" {
			t.Errorf("after %d: %s", n, diff)
		}
	}
	if got := entriesAfter(entries, "not there"); got != nil {
		t.Errorf("%v", got)
	}
}

// TestShardsOfAJournal: a shard has its own entries and those that are of no repository,
// and refuses a journal with live tokens of its fleet that are another shard's.
func TestShardsOfAJournal(t *testing.T) {
	for text, want := range map[string]Shard{"": {}, "1/1": {1, 1}, "2/5": {2, 5}, "5/5": {5, 5}} {
		if got, err := ParseShard(text); err != nil || got != want || got.String() != text {
			t.Errorf("%q: %+v, %v", text, got, err)
		}
	}
	f := newWorld(t).fleet(forge.Actions)
	mine, other := Shard{1, 2}, forge.Repository{ID: "1", Owner: "acme", Name: "api"}
	if mine.has(f.subjectOf(other)) {
		mine = Shard{2, 2}
	}
	id := f.subjectOf(other)
	minted := journal.Entry{Kind: journal.Minted, Subject: id, Repo: "acme/api", Token: "1"}
	entries := []journal.Entry{{Kind: journal.Begin}, minted, {Kind: journal.End}}
	var kinds []string
	for _, e := range mine.Own(entries) {
		kinds = append(kinds, string(e.Kind))
	}
	if got := strings.Join(kinds, " "); got != "begin end" || len(entries) != 3 || entries[1].Kind != journal.Minted {
		t.Errorf("the shard's own: %s", got)
	}
	if own := (Shard{3 - mine.Index, 2}).Own(entries); len(own) != 3 {
		t.Errorf("the other shard's own: %v", own)
	}
	for _, tt := range []struct {
		name    string
		shard   Shard
		entries []journal.Entry
		refused bool
	}{
		{"empty", mine, nil, false},
		{"a live token", mine, entries, true},
		{"the whole", Shard{}, entries, false},
		{"the one shard there is", Shard{1, 1}, entries, false},
		{"its own shard", Shard{3 - mine.Index, 2}, entries, false},
		{"a token that is revoked", mine, append(entries[:2:2], journal.Entry{Kind: journal.Revoked, Subject: id, Repo: "acme/api", Token: "1"}), false},
		{"another organization's", mine, []journal.Entry{{Kind: journal.Minted, Subject: id, Repo: "other/api", Token: "1"}}, false},
	} {
		f.Policy.Shard = tt.shard
		err := f.strangers(fold(tt.entries))
		if (err != nil) != tt.refused || err != nil && (fault.Of(err) != fault.Input || !strings.Contains(err.Error(), "tokens of 1 repository outside shard "+tt.shard.String())) {
			t.Errorf("%s: %v", tt.name, err)
		}
	}
}
