package github_test

import (
	"errors"
	"io/fs"
	"slices"
	"strconv"
	"testing"

	"github.com/gatewright/gatewright/internal/forge"
	"github.com/gatewright/gatewright/internal/sandbox/world"
	"github.com/gatewright/gatewright/internal/secret"
)

// TestPutFor: a selection is extended and never narrowed, and another
// visibility is somebody's choice.
func TestPutFor(t *testing.T) {
	s := subject(t, world.DefaultSeed())
	f, ctx := s.Forge, t.Context()
	repo := func(name string) forge.Repository {
		r := s.World.Repository("acme", name)
		return forge.Repository{ID: strconv.FormatInt(r.ID, 10), Owner: "acme", Name: name, Visibility: map[bool]string{true: "private", false: "public"}[r.Private]}
	}
	api, web, auth := repo("api"), repo("web"), repo("auth")
	ref := forge.Ref{Owner: "acme", Name: "SHARED"}
	if _, err := f.Sharer.Audience(ctx, ref); !errors.Is(err, fs.ErrNotExist) {
		t.Errorf("nothing there: %v", err)
	}
	for i, step := range []struct {
		to   []forge.Repository
		want forge.Written
		sees []string
	}{
		{[]forge.Repository{api}, forge.Created, []string{"api"}},
		{[]forge.Repository{web, api}, forge.Replaced, []string{"api", "web"}},
		{nil, forge.Replaced, []string{"api", "web"}},
		{[]forge.Repository{auth}, forge.Replaced, []string{"api", "auth", "web"}},
	} {
		if w, err := f.Sharer.PutFor(ctx, ref, secret.New("value-of-all-0123456789"), step.to); err != nil || w != step.want {
			t.Fatalf("%d: %v, %v", i, w, err)
		}
		a, err := f.Sharer.Audience(ctx, ref)
		if err != nil || a.Visibility != "selected" {
			t.Fatalf("%d: %+v, %v", i, a, err)
		}
		var sees []string
		for _, r := range []forge.Repository{api, auth, web} {
			if a.Has(r) {
				sees = append(sees, r.Name)
			}
		}
		if !slices.Equal(sees, step.sees) {
			t.Errorf("%d: %v see it, want %v", i, sees, step.sees)
		}
	}
	// A new one without a selection is for private repositories, and stays so.
	ref.Name = "PRIVATE"
	put := func() {
		t.Helper()
		if _, err := f.Put(ctx, ref, secret.New("value-of-all-0123456789")); err != nil {
			t.Fatal(err)
		}
	}
	put()
	if _, err := f.Sharer.PutFor(ctx, ref, secret.New("value-of-all-0123456789"), []forge.Repository{api}); err != nil {
		t.Fatal(err)
	}
	if a, err := f.Sharer.Audience(ctx, ref); err != nil || a.Visibility != "private" || !a.Has(web) || a.Has(api) {
		t.Errorf("%+v, %v", a, err)
	}
}
