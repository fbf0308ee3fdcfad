package fleet

import (
	"context"
	"errors"
	"iter"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/gatewright/gatewright/internal/fault"
	"github.com/gatewright/gatewright/internal/fleet/journal"
	"github.com/gatewright/gatewright/internal/forge"
	"github.com/gatewright/gatewright/internal/repo"
	"github.com/gatewright/gatewright/internal/rest"
	"github.com/gatewright/gatewright/internal/secret"
	"github.com/gatewright/gatewright/internal/service"
)

// teams are the repositories of each team, by their numbers in the world.
type teams struct {
	w  *world
	of map[string][]int
}

func (f teams) TeamRepositories(_ context.Context, _, team string) iter.Seq2[forge.Repository, error] {
	if team == "secret" {
		return rest.Failed[forge.Repository](&rest.StatusError{Op: "team", Status: 403})
	}
	return func(yield func(forge.Repository, error) bool) {
		for _, i := range f.of[team] {
			if !yield(f.w.repos[i], nil) {
				return
			}
		}
	}
}

// known is a service that lists what it was told of.
type known struct {
	names []string
	err   error
}

func (k known) Repositories(context.Context, string, string) (out []service.Repository, err error) {
	for _, name := range k.names {
		owner, short := splitRepo(strings.TrimPrefix(name, "-"))
		out = append(out, service.Repository{Repo: repo.Repo{Owner: owner, Name: short}, Added: name[0] != '-'})
	}
	return out, k.err
}

// TestViews holds which repositories a plan is about, and where there is none: what a
// list lacks is gone, left out, misspelt or not to be seen, and never just less to do.
// The journal knows the tokens of acme/api, acme/web and acme/sub/docs.
func TestViews(t *testing.T) {
	gone := func(w *world, names ...string) {
		w.repos = slices.DeleteFunc(w.repos, func(r forge.Repository) bool { return slices.Contains(names, r.Name) })
	}
	alone := func(f *Fleet) {
		f.Service.Minter, f.Service.Given, f.Policy.Places = nil, secret.New("shared-0123456789abcdef"), []Place{{Store: forge.Group, Holder: "all"}}
	}
	shardOf := func(w *world, f *Fleet, name string) Shard { // of two
		for _, r := range w.repos {
			if s := (Shard{1, 2}); r.Name == name && !s.has(f.subjectOf(r)) {
				return Shard{2, 2}
			}
		}
		return Shard{1, 2}
	}
	const all = "acme/api keep, acme/web keep, acme/sub/docs keep"
	for _, tt := range []struct {
		name   string
		change func(w *world, f *Fleet)
		fresh  bool // the journal is empty
		want   string
		err    string
		kind   fault.Kind
	}{
		{name: "all", change: func(*world, *Fleet) {}, want: all},
		{name: "one is gone", change: func(w *world, _ *Fleet) { gone(w, "web", "docs") }, want: "acme/api keep, acme/sub/docs vanished, acme/web vanished"},
		{name: "one is listed, one is gone, one is left out", change: func(w *world, f *Fleet) {
			gone(w, "web")
			f.Policy.Filter.Exclude = []string{"acme/sub/*"}
		}, want: "acme/api keep, acme/web vanished"},
		{name: "one that is gone, whose token is revoked", change: func(w *world, f *Fleet) {
			gone(w, "web")
			f.Policy.Filter.Names = []string{"api"}
		}, want: "acme/api keep"},
		{name: "another organization's in the same journal", change: func(w *world, f *Fleet) {
			gone(w, "docs")
			f.Policy.Org = "acme/sub"
			w.repos = []forge.Repository{{ID: "9", Owner: "acme/sub", Name: "new", Writable: true}}
		}, want: "acme/sub/new create, acme/sub/docs vanished"},
		{name: "a journal of another shard", change: func(w *world, f *Fleet) { f.Policy.Shard = shardOf(w, f, "api") }, err: "outside shard", kind: fault.Input},
		{name: "a shard without any", change: func(w *world, f *Fleet) {
			gone(w, "web", "docs")
			if f.Policy.Shard = (Shard{1, 2}); shardOf(w, f, "api") == f.Policy.Shard {
				f.Policy.Shard = Shard{2, 2}
			}
		}, fresh: true},
		{name: "none", change: func(w *world, _ *Fleet) { w.repos = nil }, fresh: true, err: "no repository of acme at github fits the filter", kind: fault.Input},
		{name: "none in the one shard", change: func(w *world, f *Fleet) { w.repos, f.Policy.Shard = nil, Shard{1, 1} }, fresh: true, err: "no repository of acme at github fits the filter", kind: fault.Input},
		{name: "the list is refused", change: func(w *world, _ *Fleet) { refuseCall(w, "repositories") }, err: "403", kind: fault.Auth},
		{name: "the second list is refused", change: func(w *world, _ *Fleet) { gone(w, "web"); nth("repositories", 2, refusedBy)(w) }, err: "403", kind: fault.Auth},

		// Names that nobody has.
		{name: "named", change: func(_ *world, f *Fleet) {
			f.Policy.Filter.Names = []string{"nope*", "API", "nothing", "acme/web", "other/none"}
		}, want: "acme/api keep, acme/web keep, acme/nothing unknown, other/none unknown"},
		{name: "named, and gone", change: func(w *world, f *Fleet) { gone(w, "web"); f.Policy.Filter.Names = []string{"api", "web"} }, want: "acme/api keep, acme/web vanished"},
		{name: "named, and another shard's", change: func(w *world, f *Fleet) {
			f.Policy.Shard, f.Policy.Filter.Names = Shard{2, 2}, []string{"nothing"}
		}, fresh: true},
		{name: "named, and the first shard's", change: func(w *world, f *Fleet) {
			f.Policy.Shard, f.Policy.Filter.Names = Shard{1, 2}, []string{"nothing"}
		}, fresh: true, want: "acme/nothing unknown"},
		{name: "named, and filtered", change: func(w *world, f *Fleet) {
			f.Policy.Filter.Names, f.Policy.Filter.Topics = []string{"api", "nothing"}, []string{"go"}
			w.repos[0].Topics = []string{"go"}
		}, want: "acme/api keep"},

		// Teams.
		{name: "two teams", change: func(w *world, f *Fleet) { f.Policy.Teams = []string{"a", "b"} }, want: "acme/api keep, acme/sub/docs keep"},
		{name: "a team without any", change: func(w *world, f *Fleet) { f.Policy.Teams = []string{"a", "c"} }, err: "the team c of acme has no repository", kind: fault.Input},
		{name: "a team that is not to be seen", change: func(w *world, f *Fleet) { f.Policy.Teams = []string{"secret"} }, err: "403", kind: fault.Auth},
		{name: "a team, and one of another is gone", change: func(w *world, f *Fleet) { f.Policy.Teams = []string{"a"}; gone(w, "docs") }, want: "acme/api keep, acme/sub/docs vanished"},

		// A place that several would write into.
		{name: "one in a shared place", change: func(w *world, f *Fleet) {
			f.Policy.Places = []Place{{Store: forge.Group, Holder: "all"}}
			gone(w, "web", "docs")
		}, fresh: true, want: "acme/api create"},
		{name: "two in a shared place", change: func(w *world, f *Fleet) {
			f.Policy.Places = []Place{{Store: forge.Group, Holder: "all"}}
			gone(w, "web")
		}, fresh: true, err: "would hold the tokens of 2 repositories", kind: fault.Input},
		{name: "two in a shared place, one of which the first list lacks", change: func(w *world, f *Fleet) {
			f.Policy.Places = []Place{{Store: forge.Group, Holder: "all"}}
			gone(w, "docs")
			f.Forge.RepositoryLister = &gappy{simForge: simForge{w}, without: "web", lists: 1}
		}, err: "would hold the tokens of 2 repositories", kind: fault.Input},
		{name: "a shared token in a shared place", change: func(_ *world, f *Fleet) { alone(f) }, fresh: true, want: "acme/api create, acme/web create, acme/sub/docs create"},

		// How much may be missing.
		{name: "as many as may be", change: func(w *world, f *Fleet) { gone(w, "web", "docs"); f.Policy.MaxMissing = 67 }, want: "acme/api keep, acme/sub/docs vanished, acme/web vanished"},
		{name: "just as many as may be", change: func(w *world, f *Fleet) {
			w.repos, f.Policy.MaxMissing = w.repos[:1], 50
			f.Policy.Filter.Names = []string{"api", "web"}
		}, want: "acme/api keep, acme/web vanished"},
		{
			name: "more", change: func(w *world, f *Fleet) { gone(w, "web", "docs"); f.Policy.MaxMissing = 66 },
			err: "2 of 3 repositories that the journal knows are no longer listed by the forge, more than 66 %", kind: fault.Input,
		},

		// What the service was told of.
		{name: "added, by names in any case", change: func(_ *world, f *Fleet) {
			f.Service.Repositories = known{names: []string{"Acme/API", "acme/docs", "-acme/web"}}
		}, want: "acme/api keep, acme/web not-added, acme/sub/docs keep"},
		{name: "not added", change: func(_ *world, f *Fleet) { f.Service.Repositories = known{names: []string{"acme/sub/docs"}} }, want: "acme/api not-added, acme/web not-added, acme/sub/docs keep"},
		{name: "a subgroup's not added", change: func(_ *world, f *Fleet) { f.Service.Repositories = known{names: []string{"acme/api", "acme/web"}} }, want: "acme/api keep, acme/web keep, acme/sub/docs not-added"},
		{name: "not to be listed", change: func(_ *world, f *Fleet) { f.Service.Repositories = known{err: errors.ErrUnsupported} }, want: all},
		{name: "refused to be listed", change: func(_ *world, f *Fleet) { f.Service.Repositories = known{err: &rest.StatusError{Status: 403}} }, err: "403", kind: fault.Auth},
	} {
		t.Run(tt.name, func(t *testing.T) {
			w := newWorld(t)
			w.repos = append(w.repos, forge.Repository{ID: "2", Owner: "acme", Name: "web", Writable: true}, forge.Repository{ID: "3", Owner: "acme/sub", Name: "docs", Writable: true})
			f, path := w.fleet(forge.Actions), filepath.Join(shm(t), "j")
			f.Forge.RepositoryLister, f.Forge.Teams = &gappy{simForge: simForge{w}}, teams{w, map[string][]int{"a": {0}, "b": {2, 0}}}
			if !tt.fresh {
				if _, err, _ := w.runOnce(f, path); err != nil {
					t.Fatal(err)
				}
				w.now = w.now.Add(time.Hour)
			}
			tt.change(w, f)
			p, err := f.Plan(context.Background(), mustRead(w, path), nil)
			if (err == nil) != (tt.err == "") || err != nil && (!strings.Contains(err.Error(), tt.err) || fault.Of(err) != tt.kind) {
				t.Fatalf("%v, want %q", err, tt.err)
			}
			var got []string
			for _, i := range p.Items {
				got = append(got, i.Repository+" "+string(i.Action))
			}
			if text := strings.Join(got, ", "); text != tt.want {
				t.Errorf("%s, want %s", text, tt.want)
			}
		})
	}
}

// TestPlanSays holds what a plan has beside its items.
func TestPlanSays(t *testing.T) {
	w := newWorld(t)
	w.repos = append(w.repos, forge.Repository{ID: "2", Owner: "acme", Name: "web", Writable: true})
	f := w.fleet(forge.Actions)
	var told []int
	p, err := f.Plan(t.Context(), journal.Session{}, func(done, total int) { told = append(told, done, total) })
	if err != nil || !slices.Equal(told, []int{1, 2, 2, 2}) {
		t.Errorf("%v; progress %v", err, told)
	}
	want := map[Action]int{}
	for _, a := range Actions() {
		want[a] = 0
	}
	want[Create] = 2
	if diff := cmp.Diff(want, p.Summary); diff != "" || len(p.Forecast.Hosts) != 2 {
		t.Errorf("%s%+v", diff, p.Forecast)
	}
	// Old tokens go before their grace is over where that was asked for and is possible.
	for _, tt := range [][3]bool{{true, true, true}, {true, false, false}, {false, true, false}, {false, false, false}} {
		f.Policy.Proof, f.Forge.Runs = tt[0], nil
		if tt[1] {
			f.Forge.Runs = simForge{w}
		}
		if p, err := f.Plan(t.Context(), journal.Session{}, nil); err != nil || p.Proof != tt[2] {
			t.Errorf("asked for %v, runs are listed %v: %v, %v", tt[0], tt[1], p.Proof, err)
		}
	}
	at := func(n int) time.Time { return w.now.Add(time.Duration(n) * time.Hour) }
	p.Items[0].Retiring = []Due{{Token: "1"}, {Token: "2", NotBefore: at(3)}, {Token: "3", NotBefore: at(1)}}
	p.Items[1].Retiring = []Due{{Token: "4", NotBefore: at(2)}}
	if n, first := p.Retiring(); n != 3 || !first.Equal(at(1)) {
		t.Errorf("%d retire, the first at %s", n, first)
	}
}

// TestPlanThatIsStopped: there is no plan of a part, whatever it was stopped by and
// however late.
func TestPlanThatIsStopped(t *testing.T) {
	for _, tt := range []struct {
		name  string
		after int // calls of stat
		cause error
		says  string
	}{
		{"at the first", 1, nil, "stopped; 0 of 2 repositories looked at, nothing changed"},
		{"at the last", 2, nil, "stopped; 1 of 2 repositories looked at, nothing changed"},
		{"out of time", 2, context.DeadlineExceeded, "context deadline exceeded"},
	} {
		w := newWorld(t)
		w.repos = append(w.repos, forge.Repository{ID: "2", Owner: "acme", Name: "web", Writable: true})
		f := w.fleet(forge.Actions)
		ctx := &ending{Context: t.Context()}
		n := 0
		w.fault = func(call string) effect {
			if call == "stat" {
				if n++; n == tt.after {
					ctx.err = context.Canceled
					if tt.cause != nil {
						ctx.err = tt.cause
					}
				}
			}
			return fine
		}
		p, err := f.Plan(ctx, journal.Session{}, nil)
		if err == nil || err.Error() != tt.says || len(p.Items) > 0 || tt.cause == nil && fault.Of(err) != fault.Stopped {
			t.Errorf("%s: %v, %d items", tt.name, err, len(p.Items))
		}
	}
	// What is asked once for all, and refused.
	w := newWorld(t)
	f := w.fleet(forge.Actions)
	f.Service.Issue.TenantWide = true
	refuseCall(w, "tokens")
	if p, err := f.Plan(t.Context(), journal.Session{}, nil); fault.Of(err) != fault.Auth || len(p.Items) > 0 {
		t.Errorf("%v, %d items", err, len(p.Items))
	}
}

// ending is a context that ends with err.
type ending struct {
	context.Context
	err error
}

func (c *ending) Err() error { return c.err }

// TestPolicyAtItsBounds: what can just work, and what just cannot.
func TestPolicyAtItsBounds(t *testing.T) {
	org := []Place{{Store: forge.Actions, Org: "acme"}}
	for _, tt := range []struct {
		name   string
		change func(f *Fleet)
		says   string
	}{
		{"as it is", func(*Fleet) {}, ""},
		{"a secret of the organization", func(f *Fleet) { f.Policy.Places = org }, "the organization has one secret for all repositories, and codacy makes a token for each"},
		{"a shared one", func(f *Fleet) {
			f.Policy.Places, f.Service.Minter, f.Service.Given = org, nil, secret.New("shared-0123456789abcdef")
		}, ""},
		{"repositories to be added", func(f *Fleet) { f.Policy.AddMissing, f.Service.Adder = true, adding{} }, ""},
		{"and no way to", func(f *Fleet) { f.Policy.AddMissing = true }, "codacy adds no repositories through its API"},
		{"teams", func(f *Fleet) { f.Policy.Teams, f.Forge.Teams = []string{"a"}, teams{} }, ""},
		{"and no way to list them", func(f *Fleet) { f.Policy.Teams = []string{"a"} }, "github does not list repositories by teams"},
		{"tokens without an end", func(f *Fleet) { f.Policy.Life, f.Service.Issue.Longest = 0, 0 }, ""},
		{"rotated just after the start", func(f *Fleet) { f.Policy.RotateWithin = f.Policy.Life - 1 }, ""},
		{"rotated at the start", func(f *Fleet) { f.Policy.RotateWithin = f.Policy.Life }, "each would be replaced at once"},
		{"an owner of 12 letters", func(f *Fleet) { f.Policy.Owner = "abcdefghijk9" }, ""},
		{"of 13", func(f *Fleet) { f.Policy.Owner = "abcdefghijk90" }, "the owner of a fleet is 1 to 12 small letters and digits"},
		{"with a dash", func(f *Fleet) { f.Policy.Owner = "a-b" }, "the owner of a fleet is 1 to 12 small letters and digits"},
	} {
		f := newWorld(t).fleet(forge.Actions)
		tt.change(f)
		if err := f.check(); (err == nil) != (tt.says == "") || err != nil && (!strings.Contains(err.Error(), tt.says) || fault.Of(err) != fault.Input) {
			t.Errorf("%s: %v, want %q", tt.name, err, tt.says)
		}
	}
	if ownerForm("") {
		t.Error("nobody owns")
	}
}
