package forgetest

import (
	"cmp"
	"fmt"
	"slices"
	"strings"
	"testing"

	"github.com/gatewright/gatewright/internal/fault"
	"github.com/gatewright/gatewright/internal/forge"
	"github.com/gatewright/gatewright/internal/sandbox/world"
)

// forgeCase is one row of the table, for the forge as a whole.
type forgeCase struct {
	name string
	seed func() world.Seed
	run  func(t *testing.T, s *Subject)
}

func forgeCases() []forgeCase {
	return []forgeCase{
		{"repositories: all, in a stable order", crowd, listAll},
		{"repositories: every filter", world.DefaultSeed, filters},
		{"repositories: a page that fails", crowd, brokenListing},
		{"repositories: stopped early", crowd, stopEarly},
		{"repositories: one is made between two pages", crowd, listGrowing},
		{"repositories: any field null or absent", pair, oddFields},
		{"comment: made, then changed in place", world.DefaultSeed, commentTwice},
		{"comment: folded, then changed", world.DefaultSeed, commentFolded},
		{"comment: a stranger has our marker", world.DefaultSeed, commentOfStranger},
		{"comment: jobs race", world.DefaultSeed, commentRace},
		{"comment: a lost answer", world.DefaultSeed, commentLost},
		{"comment: very long", world.DefaultSeed, commentLong},
		{"status", world.DefaultSeed, statuses},
		{"pull request: of a branch and commit", world.DefaultSeed, findPull},
		{"artifacts", world.DefaultSeed, artifacts},
		{"runs: those that began before, and have not ended", world.DefaultSeed, openRuns},
		{"runs: many that end meanwhile", world.DefaultSeed, busyRuns},
	}
}

// crowd is an organization of 250 repositories.
func crowd() world.Seed {
	seed := world.DefaultSeed()
	org := &seed.Organizations[0]
	for i := range 250 - len(org.Repositories) {
		org.Repositories = append(org.Repositories, world.SeedRepository{Name: fmt.Sprintf("crowd-%03d", i), Language: "Go"})
	}
	return seed
}

func names(t *testing.T, s *Subject, f forge.Filter) []string {
	t.Helper()
	var out []string
	for r, err := range s.Forge.Repositories(ctxFor(t), s.Owner, f) {
		if err != nil {
			t.Fatal(err)
		}
		if r.Owner != s.Shown || r.ID == "" {
			t.Fatalf("repository %+v, want owner %s", r, s.Shown)
		}
		out = append(out, r.Name)
	}
	return out
}

func listAll(t *testing.T, s *Subject) {
	first := names(t, s, forge.Filter{})
	if len(first) != 250 {
		t.Errorf("%d repositories, want 250", len(first))
	}
	if second := names(t, s, forge.Filter{}); !slices.Equal(first, second) {
		t.Error("two listings differ in order")
	}
	if !slices.Contains(first, "api") {
		t.Error("acme/api, with a property of several values, is missing")
	}
}

func filters(t *testing.T, s *Subject) {
	yes, no := true, false
	for _, tc := range []struct {
		what   string
		filter forge.Filter
		want   func(r *world.Repository) bool
	}{
		{"names", forge.Filter{Names: []string{"a*", "sdk-*"}, Exclude: []string{"archive-*"}}, func(r *world.Repository) bool {
			return strings.HasPrefix(r.Name, "sdk-") || strings.HasPrefix(r.Name, "a") && !strings.HasPrefix(r.Name, "archive-")
		}},
		{"topics", forge.Filter{Topics: []string{"tier-1", "product"}}, func(r *world.Repository) bool { return slices.Contains(r.Topics, "tier-1") }},
		{"visibility", forge.Filter{Visibility: "private"}, func(r *world.Repository) bool { return r.Private }},
		{"language", forge.Filter{Language: "go"}, func(r *world.Repository) bool { return r.Language == "Go" }},
		{"archived", forge.Filter{Archived: &yes}, func(r *world.Repository) bool { return r.Archived }},
		{"forks", forge.Filter{Fork: &yes}, func(r *world.Repository) bool { return r.Fork }},
		{"no forks", forge.Filter{Fork: &no}, func(r *world.Repository) bool { return !r.Fork }},
		{"properties", forge.Filter{Properties: map[string]string{"compliance": "iso27001"}}, func(r *world.Repository) bool { return r.Name == "api" }},
	} {
		if slices.Contains(s.Unknown, tc.what) {
			for _, err := range s.Forge.Repositories(ctxFor(t), s.Owner, tc.filter) {
				wantKind(t, err, fault.Input)
			}
			continue
		}
		var want []string
		for _, r := range s.World.Organizations[0].Repositories {
			if tc.want(r) {
				want = append(want, r.Name)
			}
		}
		got := names(t, s, tc.filter)
		slices.Sort(want)
		slices.Sort(got)
		if !slices.Equal(got, want) || len(want) == 0 {
			t.Errorf("%s: got %v, want %v", tc.what, got, want)
		}
	}
	for _, f := range []forge.Filter{{Names: []string{"[a"}}, {Visibility: "secret"}} {
		for _, err := range s.Forge.Repositories(ctxFor(t), s.Owner, f) {
			wantKind(t, err, fault.Input)
		}
	}
}

func brokenListing(t *testing.T, s *Subject) {
	s.World.Faults.Add(world.Fault{System: s.System, Method: "GET", Skip: 1, Status: 500, Times: -1})
	var last error
	n := 0
	for _, err := range s.Forge.Repositories(ctxFor(t), s.Owner, forge.Filter{}) {
		n++
		last = err
	}
	if len(s.Wire.Sent()) == 1 && last == nil {
		return // everything came in one page
	}
	wantKind(t, last, fault.Service)
}

func stopEarly(t *testing.T, s *Subject) {
	for _, err := range s.Forge.Repositories(ctxFor(t), s.Owner, forge.Filter{}) {
		if err != nil {
			t.Fatal(err)
		}
		break
	}
	for _, err := range s.Forge.Repositories(ctxFor(t), "no-such-owner", forge.Filter{}) {
		wantKind(t, err, fault.Input, fault.Auth)
	}
}

// listGrowing: a repository that comes first in the order moves the last of each page
// read before to the next one, where it is no second repository.
func listGrowing(t *testing.T, s *Subject) {
	s.World.Lock()
	org := s.World.Organizations[0]
	made := &world.Repository{ID: s.World.NextID(), Owner: org.Name, Name: "0", DefaultBranch: "main"}
	s.World.Unlock()
	var got []string
	for r, err := range s.Forge.Repositories(ctxFor(t), s.Owner, forge.Filter{}) {
		if err != nil {
			t.Fatal(err)
		}
		if got = append(got, r.ID); len(got) == 1 {
			s.World.Lock()
			org.Repositories = append(org.Repositories, made)
			s.World.Unlock()
		}
	}
	slices.Sort(got)
	if some := slices.Compact(slices.Clone(got)); len(some) != len(got) || len(got) < 250 {
		t.Errorf("%d rows of %d repositories", len(got), len(some))
	}
}

// findPull: a forge that lists the pull requests of forks with the repository's own knows
// them by the commit, of which some show the beginning.
func findPull(t *testing.T, s *Subject) {
	pr := s.PullRequest
	for commit, want := range map[string]int{s.Commit: pr.Number, world.SHA("x"): 0} {
		if n, err := s.Forge.FindPullRequest(ctxFor(t), pr.Owner, pr.Repo, forge.Head{Branch: "retry-payments", Commit: commit}); n != want || err != nil {
			t.Errorf("%s: %d, %v; want %d", commit, n, err, want)
		}
	}
}

func statuses(t *testing.T, s *Subject) {
	ctx := ctxFor(t)
	pr := s.PullRequest
	for _, state := range []string{"pending", "success", "failure", "error"} {
		err := s.Forge.SetStatus(ctx, forge.Commit{Owner: pr.Owner, Repo: pr.Repo, SHA: s.Commit}, forge.Status{
			Context: "gatewright/coverage", State: state, Description: "Coverage of the changed lines: " + strings.Repeat("very ", 100) + "good", URL: "https://ci.example/run/1",
		})
		if err != nil {
			t.Fatalf("%s: %v", state, err)
		}
		if got, what := s.Status("gatewright/coverage"); got != cmp.Or(s.States[state], state) || !strings.HasPrefix(what, "Coverage of the changed lines") {
			t.Errorf("status %q (%q), want %q", got, what, state)
		}
	}
	err := s.Forge.SetStatus(ctx, forge.Commit{Owner: pr.Owner, Repo: pr.Repo, SHA: strings.Repeat("0", 40)}, forge.Status{Context: "x", State: "success"})
	wantKind(t, err, fault.Input)
}
