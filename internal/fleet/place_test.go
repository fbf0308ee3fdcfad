package fleet

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
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

func TestPlaceNames(t *testing.T) {
	for want, p := range map[string]Place{
		"organization":            {Store: forge.Actions, Org: "acme"},
		"actions":                 {Store: forge.Actions},
		"actions@production":      {Store: forge.Actions, Environment: "production"},
		"group:ci-{repository}":   {Store: forge.Group, Holder: "ci-{repository}"},
		"group:shared@production": {Store: forge.Group, Holder: "shared", Environment: "production"},
	} {
		if got := p.String(); got != want {
			t.Errorf("%+v is %q, want %q", p, got, want)
		}
	}
}

// shown is a forge that shows of each store what a test says, and who sees the secret of
// the organization. A store that is not here has no secret.
type shown struct {
	stats    map[forge.Store]forge.Stat
	fails    map[forge.Store]error
	audience forge.Audience
	hides    error // who sees it is not shown
	asked    []string
}

func (s *shown) Stat(_ context.Context, ref forge.Ref) (forge.Stat, error) {
	s.asked = append(s.asked, "stat "+string(ref.Store))
	if err := s.fails[ref.Store]; err != nil {
		return forge.Stat{}, err
	}
	st, ok := s.stats[ref.Store]
	if !ok {
		return forge.Stat{}, fmt.Errorf("stat: %w", fs.ErrNotExist)
	}
	return st, nil
}

func (s *shown) Audience(context.Context, forge.Ref) (forge.Audience, error) {
	s.asked = append(s.asked, "audience")
	return s.audience, s.hides
}

func (s *shown) PutFor(context.Context, forge.Ref, secret.Value, []forge.Repository) (forge.Written, error) {
	return 0, errors.New("nothing is written by who looks")
}

// listing is a service that lists tokens, and counts how often it is asked.
type listing struct {
	tokens []service.Token
	err    error
	asked  int
}

func (l *listing) Tokens(context.Context, service.Scope) ([]service.Token, error) {
	l.asked++
	return l.tokens, l.err
}

// TestWhatIsSeenOfPlaces holds what a plan sees of a repository's secrets. The secret of
// an organization is one for all: its time of writing is our own if whichever repository
// stored it then, and its visibility decides whether this repository sees it.
func TestWhatIsSeenOfPlaces(t *testing.T) {
	org, actions, bots := Place{Store: forge.Dependabot, Org: "acme"}, Place{Store: forge.Actions}, Place{Store: forge.Codespaces}
	at := func(d time.Duration) forge.Stat { return forge.Stat{UpdatedAt: decided.Add(d)} }
	when := func(d time.Duration) *time.Time { at := decided.Add(d).UTC(); return &at }
	one := func(s forge.Stat) map[forge.Store]forge.Stat {
		return map[forge.Store]forge.Stat{forge.Dependabot: s}
	}
	forbidden := &rest.StatusError{Op: "look", Status: 403}
	wrote := []journal.Entry{
		{At: decided.Add(-time.Hour), Kind: journal.Stored, Subject: "codacy/github/1/TOKEN", Repo: "acme/r1", Token: "1", Place: "organization"},
		{At: decided, Kind: journal.Stored, Subject: "codacy/github/2/TOKEN", Repo: "acme/r2", Token: "1", Place: "organization"},
	}
	timed := []journal.Entry{{At: decided, Kind: journal.Stored, Subject: "codacy/github/2/TOKEN", Repo: "acme/r2", Token: "1", Place: "organization", UpdatedAt: when(-time.Hour)}}
	seen := func(p SeenPlace) []SeenPlace { p.Place = "organization"; return []SeenPlace{p} }
	all := &forge.Audience{Visibility: "all"}
	for _, tt := range []struct {
		name     string
		places   []Place // that of the organization, if none are named
		entries  []journal.Entry
		shown    shown
		audience *forge.Audience // nil: the forge does not say who sees it
		blind    bool            // the forge shows no secrets
		public   bool            // the repository is
		want     []SeenPlace
		unknown  bool   // what exists is not known
		err      string // of this repository
		ends     string // and of the whole plan
	}{
		{name: "none", want: seen(SeenPlace{})},
		{name: "none, and who would see it is not asked", audience: all, shown: shown{hides: forbidden}, want: seen(SeenPlace{})},
		{name: "somebody's", shown: shown{stats: one(at(0))}, want: seen(SeenPlace{Exists: true, UpdatedAt: when(0)})},
		{name: "somebody's, of no time", shown: shown{stats: one(forge.Stat{})}, want: seen(SeenPlace{Exists: true})},
		{name: "that bears our mark", shown: shown{stats: one(forge.Stat{Ours: true})}, want: seen(SeenPlace{Exists: true, Marked: true})},
		{name: "written by the last repository", entries: wrote, shown: shown{stats: one(at(tolerance))}, want: seen(SeenPlace{Exists: true, Marked: true})},
		{name: "written by us, of no time", entries: wrote, shown: shown{stats: one(forge.Stat{})}, want: seen(SeenPlace{Exists: true, Marked: true})},
		{name: "written since", entries: wrote, shown: shown{stats: one(at(tolerance + 1))}, want: seen(SeenPlace{Exists: true, UpdatedAt: when(tolerance + 1)})},
		{name: "older than what was written", entries: timed, shown: shown{stats: one(at(-aDay))}, want: seen(SeenPlace{Exists: true, Marked: true, UpdatedAt: when(-aDay)})},
		{name: "a little older", entries: timed, shown: shown{stats: one(at(-time.Hour - tolerance))}, want: seen(SeenPlace{Exists: true, Marked: true})},
		{name: "written by us, and deleted", entries: wrote, want: seen(SeenPlace{})},
		{name: "forbidden", shown: shown{fails: map[forge.Store]error{forge.Dependabot: forbidden}}, ends: "look at organization: look:"},
		{name: "for all", audience: all, shown: shown{stats: one(at(0))}, want: seen(SeenPlace{Exists: true, UpdatedAt: when(0)})},
		{name: "for who is not shown", audience: all, shown: shown{stats: one(at(0)), hides: forbidden}, ends: "look at who sees organization: look:"},
		{
			name: "for a selection", audience: &forge.Audience{Visibility: "selected", IDs: map[string]bool{"1": true}}, shown: shown{stats: one(at(0))},
			want: seen(SeenPlace{Exists: true, UpdatedAt: when(0)}),
		},
		{
			name: "for a selection without it", audience: &forge.Audience{Visibility: "selected"}, shown: shown{stats: one(at(0))},
			want: seen(SeenPlace{Exists: true, Hidden: true, UpdatedAt: when(0)}),
		},
		{
			name: "for private repositories", audience: &forge.Audience{Visibility: "private"}, shown: shown{stats: one(at(0))}, public: true,
			err: "the secret of the organization is for private repositories, and this one is public",
		},
		{name: "not shown at all", blind: true, shown: shown{stats: one(at(0))}, unknown: true},

		// Beside the repository's own.
		{
			name: "all there are", places: []Place{actions, org, bots}, audience: &forge.Audience{Visibility: "selected"},
			shown: shown{stats: map[forge.Store]forge.Stat{forge.Actions: at(1), forge.Dependabot: at(2), forge.Codespaces: {Ours: true}}},
			want:  []SeenPlace{{Place: "actions", Exists: true, UpdatedAt: when(1)}, {Place: "organization", Exists: true, Hidden: true, UpdatedAt: when(2)}, {Place: "codespaces", Exists: true, Marked: true}},
		},
		{
			name: "one that is not shown", places: []Place{actions, bots}, unknown: true,
			shown: shown{stats: map[forge.Store]forge.Stat{forge.Codespaces: at(1)}, fails: map[forge.Store]error{forge.Actions: errors.ErrUnsupported}},
			want:  []SeenPlace{{Place: "codespaces", Exists: true, UpdatedAt: when(1)}},
		},
		{
			name: "one that is forbidden", places: []Place{actions, bots}, shown: shown{fails: map[forge.Store]error{forge.Actions: forbidden}},
			err: "look at actions: look:",
		},
		{
			name: "nothing behind one that cannot be seen", places: []Place{org, actions}, audience: &forge.Audience{Visibility: "private"}, public: true,
			shown: shown{stats: one(at(0)), fails: map[forge.Store]error{forge.Actions: errors.New("asked in vain")}}, err: "the secret of the organization is for private repositories",
		},
	} {
		t.Run(tt.name, func(t *testing.T) {
			f, v := bareView(t)
			v.places, v.statted, v.repo.Visibility = nil, false, "private"
			if tt.public {
				v.repo.Visibility = "public"
			}
			if f.Policy.Places = tt.places; tt.places == nil {
				f.Policy.Places = []Place{org}
			}
			f.Service.Tokens, f.Forge.Stater = nil, &tt.shown
			if tt.blind {
				f.Forge.Stater = nil
			}
			if tt.audience != nil {
				tt.shown.audience, f.Forge.Sharer = *tt.audience, &tt.shown
			}
			look, err := f.inspector(t.Context(), fold(tt.entries))
			if (err == nil) != (tt.ends == "") || err != nil && !strings.HasPrefix(err.Error(), tt.ends) {
				t.Fatalf("%v, want %q", err, tt.ends)
			}
			if err != nil {
				return
			}
			look(t.Context(), &v)
			if (v.placeErr == nil) != (tt.err == "") || v.placeErr != nil && !strings.HasPrefix(v.placeErr.Error(), tt.err) {
				t.Errorf("%v, want %q", v.placeErr, tt.err)
			}
			if diff := cmp.Diff(tt.want, v.places); diff != "" || v.statted == tt.unknown {
				t.Errorf("known: %v; %s", v.statted, diff)
			}
			if tt.public && (fault.Of(v.placeErr) != fault.Input || !strings.Contains(fault.Hint(v.placeErr), "visibility wider by hand")) {
				t.Errorf("%v, hint %q", v.placeErr, fault.Hint(v.placeErr))
			}
		})
	}
}

// TestTokensThatAreListed holds what a plan asks of service and forge for a repository:
// a list that is the whole tenant's once, no list where there can be none, and nothing
// of the forge where nothing could be written.
func TestTokensThatAreListed(t *testing.T) {
	some := []service.Token{{ID: "7"}}
	forbidden := &rest.StatusError{Op: "tokens", Status: 403}
	for _, tt := range []struct {
		name   string
		list   *listing
		whole  bool
		change func(v *view)
		tokens []service.Token
		listed bool
		fails  bool // for this repository
		ends   bool // for all
		asked  int  // the service, for two repositories
		looked bool // at the forge
	}{
		{name: "a service that cannot list", looked: true},
		{name: "one that says that it cannot", list: &listing{err: errors.ErrUnsupported}, asked: 2, looked: true},
		{name: "each its own", list: &listing{tokens: some}, tokens: some, listed: true, asked: 2, looked: true},
		{name: "each refused", list: &listing{err: forbidden}, fails: true, asked: 2},
		{name: "those of a tenant", list: &listing{tokens: some}, whole: true, tokens: some, listed: true, asked: 1, looked: true},
		{name: "none of a tenant", list: &listing{}, whole: true, listed: true, asked: 1, looked: true},
		{name: "a tenant's, of a service that cannot", list: &listing{err: errors.ErrUnsupported}, whole: true, asked: 1, looked: true},
		{name: "a tenant's, refused", list: &listing{err: forbidden}, whole: true, ends: true, asked: 1},
		{name: "of one to be added", list: &listing{tokens: some}, change: func(v *view) { v.add = true }, looked: true},
		{name: "of one that is archived", list: &listing{tokens: some}, change: func(v *view) { v.repo.Archived = true }, tokens: some, listed: true, asked: 2},
	} {
		t.Run(tt.name, func(t *testing.T) {
			f, v := bareView(t)
			v.places, v.statted, v.listed = nil, false, false
			s := &shown{}
			f.Forge.Stater, f.Service.Issue.TenantWide, f.Service.Tokens = s, tt.whole, nil
			if tt.list != nil {
				f.Service.Tokens = tt.list
			} else {
				tt.list = &listing{}
			}
			if tt.change != nil {
				tt.change(&v)
			}
			look, err := f.inspector(t.Context(), fold(nil))
			if (err != nil) != tt.ends || err != nil && fault.Of(err) != fault.Auth {
				t.Fatal(err)
			}
			if err == nil {
				other := v
				look(t.Context(), &other)
				look(t.Context(), &v)
			}
			if len(v.tokens) != len(tt.tokens) || v.listed != tt.listed || (v.tokensErr != nil) != tt.fails || tt.list.asked != tt.asked || (len(s.asked) > 0) != tt.looked {
				t.Errorf("%v, listed: %v, %v; asked %d times, looked at %v", v.tokens, v.listed, v.tokensErr, tt.list.asked, s.asked)
			}
		})
	}
}
