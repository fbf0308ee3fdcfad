package forgetest

import (
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/gatewright/gatewright/internal/fault"
	"github.com/gatewright/gatewright/internal/forge"
	"github.com/gatewright/gatewright/internal/secret"
)

// storeCase is one row of the table, for each store of the forge.
type storeCase struct {
	name string
	run  func(t *testing.T, s *Subject, p Place)
}

const (
	ours  = "CODACY_PROJECT_TOKEN"
	one   = "first-value-0123456789abcdef"
	other = "second-value-fedcba9876543210"
)

func storeCases() []storeCase {
	return []storeCase{
		{"put creates, then replaces", putTwice},
		{"neighbours survive", neighbours},
		{"delete, and again", deleteTwice},
		{"not deleted", notDeleted},
		{"stat and plan", statPlan},
		{"list over pages", listPages},
		{"can write, or not", canWrite},
		{"unknown token", strangers},
		{"bad names are never sent", badNames},
		{"no such repository", nowhere},
		{"cut before the effect", cutBefore},
		{"cut after the effect", cutAfter},
		{"server errors pass", serverErrors},
		{"every form of rate limit", rateLimits},
		{"answers cut short", truncated},
		{"a page instead of JSON", pageInstead},
		{"no answer", noAnswer},
		{"refused after a lost answer", refusedAfterLost},
		{"refused with reason", refused},
		{"many writers", manyWriters},
		{"cancelled", cancelled},
	}
}

func holds(t *testing.T, p Place, name, want string) {
	t.Helper()
	if got, ok := p.Value(name); !ok || got != want && !p.Blind {
		t.Errorf("%s holds %q (there: %v), want %q", name, got, ok, want)
	}
}

func putTwice(t *testing.T, s *Subject, p Place) {
	ref := named(p.Ref, ours)
	for i, want := range []forge.Written{forge.Created, forge.Replaced, forge.Replaced} {
		value := []string{one, other, other}[i]
		got, err := s.Forge.Put(ctxFor(t), ref, secret.New(value))
		if err != nil || got != want {
			t.Fatalf("put %d: %v, %v; want %v", i, got, err, want)
		}
		holds(t, p, ours, value)
	}
}

func neighbours(t *testing.T, s *Subject, p Place) {
	ctx := ctxFor(t)
	Put(t, s.Forge, named(p.Ref, "NEIGHBOUR_A"), "value-of-neighbour-a")
	Put(t, s.Forge, named(p.Ref, "NEIGHBOUR_B"), "value-of-neighbour-b")
	check := func(when string) {
		t.Helper()
		t.Log(when)
		holds(t, p, "NEIGHBOUR_A", "value-of-neighbour-a")
		holds(t, p, "NEIGHBOUR_B", "value-of-neighbour-b")
	}
	Put(t, s.Forge, named(p.Ref, ours), one)
	check("after creating")
	Put(t, s.Forge, named(p.Ref, ours), other)
	check("after replacing")
	if err := s.Forge.Delete(ctx, named(p.Ref, ours)); err != nil {
		t.Error(err)
	}
	check("after deleting")
	if _, ok := p.Value(ours); ok {
		t.Error("the deleted secret is still there")
	}
}

// Put stores a value, or ends the test.
func Put(t *testing.T, f forge.Forge, ref forge.Ref, value string) {
	t.Helper()
	if _, err := f.Put(ctxFor(t), ref, secret.New(value)); err != nil {
		t.Fatalf("put %s: %v", ref.Name, err)
	}
}

func deleteTwice(t *testing.T, s *Subject, p Place) {
	Put(t, s.Forge, named(p.Ref, ours), one)
	for range 2 {
		if err := s.Forge.Delete(ctxFor(t), named(p.Ref, ours)); err != nil {
			t.Error(err)
		}
	}
	wantMissing(t, s, named(p.Ref, ours))
}

func statPlan(t *testing.T, s *Subject, p Place) {
	ctx := ctxFor(t)
	ref := named(p.Ref, ours)
	wantMissing(t, s, ref)
	if c, err := s.Forge.Plan(ctx, ref); c != forge.Create || err != nil {
		t.Errorf("plan before: %v, %v", c, err)
	}
	Put(t, s.Forge, ref, one)
	first, err := s.Forge.Stat(ctx, ref)
	if err != nil || first.Name != ours {
		t.Fatalf("stat: %+v, %v", first, err)
	}
	if c, err := s.Forge.Plan(ctx, ref); c != forge.Replace || err != nil {
		t.Errorf("plan after: %v, %v", c, err)
	}
	time.Sleep(time.Minute)
	Put(t, s.Forge, ref, other)
	second, err := s.Forge.Stat(ctx, ref)
	if err != nil {
		t.Fatal(err)
	}
	if p.Times && !second.UpdatedAt.After(first.UpdatedAt) {
		t.Errorf("updated %s, then %s", first.UpdatedAt, second.UpdatedAt)
	}
	if !p.Times && !second.UpdatedAt.IsZero() {
		t.Error("a time from a forge that tells none")
	}
}

func listPages(t *testing.T, s *Subject, p Place) {
	many := p.Many
	if many == 0 {
		many = 230
	}
	put := func(ref forge.Ref) { Put(t, s.Forge, ref, "value-of-"+ref.Name) }
	if box := s.Forge.Sealer; box != nil { // once for all: it is most of the work
		sealed, err := box.Seal(ctxFor(t), named(p.Ref, "SECRET"), secret.New("value-of-SECRET"))
		if err != nil {
			t.Fatal(err)
		}
		put = func(ref forge.Ref) {
			if _, err := box.PutSealed(ctxFor(t), ref, sealed); err != nil {
				t.Fatalf("put %s: %v", ref.Name, err)
			}
		}
	}
	var want []string
	for i := range many {
		want = append(want, fmt.Sprintf("SECRET_%03d", i))
		put(named(p.Ref, want[i]))
	}
	list, err := s.Forge.List(ctxFor(t), p.Ref)
	if err != nil {
		t.Fatal(err)
	}
	var got []string
	for _, st := range list {
		got = append(got, st.Name)
		if strings.Contains(fmt.Sprintf("%+v", st), "value-of-") {
			t.Fatalf("a listing holds a value: %+v", st)
		}
	}
	slices.Sort(got)
	if !slices.Equal(got, want) {
		t.Errorf("listed %d of %d: %v", len(got), len(want), got)
	}
}

func canWrite(t *testing.T, s *Subject, p Place) {
	ref := named(p.Ref, ours)
	if err := s.Forge.CanWrite(ctxFor(t), ref); err != nil {
		t.Errorf("with all rights: %v", err)
	}
	err := s.ReadOnly.CanWrite(ctxFor(t), ref)
	wantKind(t, err, fault.Auth)
	_, err = s.ReadOnly.Put(ctxFor(t), ref, secret.New(one))
	wantKind(t, err, fault.Auth)
	if err != nil && fault.Hint(err) == "" {
		t.Errorf("no hint with %v", err)
	}
	if _, ok := p.Value(ours); ok {
		t.Error("it was written all the same")
	}
}

func strangers(t *testing.T, s *Subject, p Place) {
	ref := named(p.Ref, ours)
	_, err := s.Stranger.Put(ctxFor(t), ref, secret.New(one))
	wantKind(t, err, fault.Auth)
	_, err = s.Stranger.List(ctxFor(t), ref)
	wantKind(t, err, fault.Auth)
	wantKind(t, s.Stranger.CanWrite(ctxFor(t), ref), fault.Auth)
}

func badNames(t *testing.T, s *Subject, p Place) {
	before := len(s.Wire.Sent())
	for _, name := range append([]string{"", "WITH SPACE", "MINUS-SIGN", "ÄÖÜ", "A/../B"}, s.BadNames...) {
		_, err := s.Forge.Put(ctxFor(t), named(p.Ref, name), secret.New(one))
		wantKind(t, err, fault.Input)
		wantKind(t, s.Forge.Delete(ctxFor(t), named(p.Ref, name)), fault.Input)
	}
	if n := len(s.Wire.Sent()) - before; n != 0 {
		t.Errorf("%d requests were sent", n)
	}
}

func nowhere(t *testing.T, s *Subject, p Place) {
	ref := named(p.Ref, ours)
	if ref.Repo != "" {
		ref.Repo = "no-such-repository"
	} else {
		ref.Owner = "no-such-owner"
	}
	if ref.Holder != "" { // a place within a project: let the project be missing
		ref.Owner = "acme/no-such-project"
	}
	_, err := s.Forge.Put(ctxFor(t), ref, secret.New(one))
	wantKind(t, err, fault.Input, fault.Auth)
	if err := s.Forge.CanWrite(ctxFor(t), ref); err == nil {
		t.Error("it can be written")
	}
}
