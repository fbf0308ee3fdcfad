package fleet

import (
	"context"
	"fmt"
	"iter"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/gatewright/gatewright/internal/fault"
	"github.com/gatewright/gatewright/internal/forge"
)

// gappy lists as the filter says, and leaves a repository out of its next lists.
type gappy struct {
	simForge
	without string
	lists   int
}

func (f *gappy) Repositories(ctx context.Context, owner string, filter forge.Filter) iter.Seq2[forge.Repository, error] {
	f.lists--
	return func(yield func(forge.Repository, error) bool) {
		for r, err := range f.simForge.Repositories(ctx, owner, filter) {
			if err == nil && (f.lists >= 0 && r.Name == f.without || !filter.Match(r)) {
				continue
			}
			if !yield(r, err) {
				return
			}
		}
	}
}

// TestListWithAGap: one list that lacks a repository does not show that it is gone: a row that is deleted between two pages
// moves the first of the next page to the one before.
func TestListWithAGap(t *testing.T) {
	for _, tt := range []struct {
		name   string
		filter forge.Filter
		lists  int // that lack it
		rename bool
		items  int
		action Action
	}{
		{"one list", forge.Filter{}, 1, false, 2, Keep},
		{"one list, chosen by name", forge.Filter{Names: []string{"web"}}, 1, false, 1, Keep},
		{"two lists", forge.Filter{}, 2, false, 2, Vanished},
		{"renamed out of the filter", forge.Filter{Names: []string{"web", "api"}}, 0, true, 2, Unknown},
	} {
		t.Run(tt.name, func(t *testing.T) {
			w := newWorld(t)
			w.repos = append(w.repos, forge.Repository{ID: "2", Owner: "acme", Name: "web", Writable: true})
			f, path := w.fleet(forge.Actions), filepath.Join(shm(t), "j")
			list := &gappy{simForge: simForge{w}, without: "web"}
			f.Forge.RepositoryLister = list
			w.runOnce(f, path)
			w.now = w.now.Add(time.Hour)
			if tt.rename {
				w.repos[1].Name = "site"
			}
			list.lists, f.Policy.Filter = tt.lists, tt.filter
			p, err := f.Plan(context.Background(), mustRead(w, path), nil)
			if err != nil || len(p.Items) != tt.items || p.Items[len(p.Items)-1].Action != tt.action {
				t.Errorf("%v, %+v", err, p.Items)
			}
			if tt.rename || tt.lists != 1 {
				return
			}
			list.lists, f.Policy.Force = 0, true
			p = mustPlan(t, f, mustRead(w, path))
			j := mustOpen(t, path)
			defer j.Close()
			list.lists = 1
			rep, err := f.Apply(context.Background(), w.session(j), p, Options{Run: NewRun(), Relist: true})
			if err != nil || rep.Summary[Rotated] != tt.items {
				t.Errorf("applied: %v, %+v", err, rep.Repositories)
			}
		})
	}
}

// TestRemoveWhatVanished: where a repository was deleted and made anew under its name, what is removed is of the one that is
// gone.
func TestRemoveWhatVanished(t *testing.T) {
	w := newWorld(t)
	f, path := w.fleet(forge.Actions), filepath.Join(shm(t), "j")
	w.runOnce(f, path)
	w.repos[0].ID, w.tokens[0].repo = "2", "2" // the service goes by the name
	w.now = w.now.Add(time.Hour)
	w.runOnce(f, path)
	w.now, w.leaking = w.now.Add(time.Hour), true
	f.Policy.Filter.Names = []string{"acme/api"}
	j := mustOpen(t, path)
	defer j.Close()
	p, err := f.PlanVanished(context.Background(), j.Session(), nil, Gone{All: true})
	if err != nil {
		t.Fatal(err)
	}
	rep, err := f.Remove(context.Background(), w.session(j), p, Options{Run: NewRun()})
	if err != nil || len(p.Items) != 1 || p.Summary[Vanished] != 1 || p.Summary[Keep] != 0 || rep.Summary[Removed] != 1 {
		t.Errorf("%v, %+v", err, rep.Repositories)
	}
	if w.tokens[0].live || !w.tokens[1].live || w.secrets["2/actions"] == nil {
		t.Errorf("the old token lives: %v, the new one: %v", w.tokens[0].live, w.tokens[1].live)
	}
}

// TestPlanThatHasOneTwice: a plan of a version that took a row of two pages for two repositories is not carried out.
func TestPlanThatHasOneTwice(t *testing.T) {
	w := newWorld(t)
	f := w.fleet(forge.Actions)
	p := planAt(t, w, f, filepath.Join(shm(t), "j"))
	p.plan.Items = append(p.plan.Items, p.plan.Items[0])
	_, err := f.Apply(context.Background(), p.j.Session(), p.plan, Options{Run: NewRun()})
	if fault.Of(err) != fault.Input || !strings.Contains(err.Error(), "acme/api twice") || len(w.tokens) > 0 {
		t.Errorf("%v, %d tokens", err, len(w.tokens))
	}
}

// TestDeletedOnBothSides: what neither forge nor service has is an error, until somebody says that it is gone; the next plan
// knows it no more.
func TestDeletedOnBothSides(t *testing.T) {
	w := newWorld(t)
	w.repos = append(w.repos, forge.Repository{ID: "2", Owner: "acme", Name: "web", Writable: true})
	f, path := w.fleet(forge.Actions), filepath.Join(shm(t), "j")
	w.runOnce(f, path)
	w.repos, w.now = w.repos[:1], w.now.Add(time.Hour)
	for _, said := range []bool{false, true} {
		j := mustOpen(t, path)
		p, err := f.PlanVanished(context.Background(), j.Session(), nil, Gone{All: true})
		if err != nil || p.Summary[Vanished] != 1 {
			t.Fatalf("%v, %+v", err, p.Items)
		}
		rep, err := f.Remove(context.Background(), w.session(j), p, Options{Run: NewRun(), MissingOK: said})
		if (err == nil) != said || rep.Summary[Removed] != map[bool]int{true: 1}[said] {
			t.Errorf("said %v: %v, %+v", said, err, rep.Repositories)
		}
		if hint := rep.Repositories[0].Hint; !said && !strings.Contains(hint, "acme/web --vanished --missing-ok") {
			t.Errorf("hint %q", hint)
		}
		j.Close()
	}
	if p, err := f.Plan(context.Background(), mustRead(w, path), nil); err != nil || len(p.Items) != 1 || p.Err() != nil {
		t.Errorf("%v, %+v", err, p.Items)
	}
}

// TestPlanVanished: that more are gone than the policy allows is no obstacle where somebody says so; that the forge cannot
// be listed is one, and not that nothing vanished.
func TestPlanVanished(t *testing.T) {
	w := newWorld(t)
	for i, name := range []string{"web", "old"} {
		w.repos = append(w.repos, forge.Repository{ID: fmt.Sprint(i + 2), Owner: "acme", Name: name, Writable: true})
	}
	f, path := w.fleet(forge.Actions), filepath.Join(shm(t), "j")
	w.runOnce(f, path)
	w.repos, w.now, f.Policy.MaxMissing = w.repos[:1], w.now.Add(time.Hour), 50
	if p, err := f.PlanVanished(context.Background(), mustRead(w, path), nil, Gone{All: true}); err != nil || len(p.Items) != 2 || p.Summary[Vanished] != 2 {
		t.Errorf("%v, %+v", err, p.Items)
	}
	for _, most := range []int{0, 50} {
		f.Policy.MaxMissing = most
		if _, err := f.PlanVanished(context.Background(), mustRead(w, path), nil, Gone{}); fault.Of(err) != fault.Input || !strings.Contains(fault.Hint(err), "--vanished --all") {
			t.Errorf("a credential that lost its sight, at most %d %%: %v (hint %q)", most, err, fault.Hint(err))
		}
	}
	for name, want := range map[string]string{"acme/api": "still lists acme/api", "nobody": "knows nobody", "we?": "", "web": ""} {
		named := *f
		named.Policy.Filter.Names = []string{name}
		p, err := named.PlanVanished(context.Background(), mustRead(w, path), nil, Gone{Names: []string{name}})
		if (err != nil) != (want != "") || err != nil && !strings.Contains(err.Error(), want) || err == nil && p.Summary[Vanished] != 1 {
			t.Errorf("%s: %v, %+v", name, err, p.Items)
		}
	}
	// Nor is it a reason to revoke what leaked and to replace nothing.
	if p, err := f.PlanLeak(context.Background(), mustRead(w, path), nil); err != nil || len(p.Items) != 3 || p.Summary[Keep] != 1 || p.Summary[Unknown] != 2 {
		t.Errorf("%v, %+v", err, p.Items)
	} else if err := f.Ready(mustRead(w, path), p, Options{}); err != nil {
		t.Error(err)
	}
	w.fault = func(call string) effect {
		if call == "repositories" {
			return unavailable
		}
		return fine
	}
	if p, err := f.PlanVanished(context.Background(), mustRead(w, path), nil, Gone{All: true}); err == nil {
		t.Errorf("the forge was not listed, and the plan has %d repositories", len(p.Items))
	}
}
