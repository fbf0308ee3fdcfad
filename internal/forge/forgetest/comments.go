package forgetest

import (
	"errors"
	"fmt"
	"slices"
	"strings"
	"testing"

	"github.com/gatewright/gatewright/internal/fault"
	"github.com/gatewright/gatewright/internal/forge"
	"github.com/gatewright/gatewright/internal/sandbox/world"
)

const marker = "gatewright:coverage"

func withMarker(s *Subject) []string {
	var out []string
	for _, c := range s.Comments() {
		if strings.Contains(c, marker) {
			out = append(out, c)
		}
	}
	return out
}

func commentTwice(t *testing.T, s *Subject) {
	ctx := ctxFor(t)
	if err := s.Forge.Comment(ctx, s.PullRequest, "another:marker", "Not ours."); err != nil {
		t.Fatal(err)
	}
	for _, body := range []string{"Coverage is **81 %**.", "Coverage is **82 %**.", "Coverage is **82 %**."} {
		if err := s.Forge.Comment(ctx, s.PullRequest, marker, body); err != nil {
			t.Fatal(err)
		}
		if got := withMarker(s); len(got) != 1 || !strings.Contains(got[0], body) {
			t.Fatalf("comments %q, want one with %q", got, body)
		}
	}
	if all := s.Comments(); len(all) != 2 || !strings.Contains(all[0], "Not ours.") {
		t.Errorf("all comments: %q", all)
	}
}

// commentFolded: what somebody hid as dealt with is shown again with its new
// text, but not where this run is no occasion for a comment.
func commentFolded(t *testing.T, s *Subject) {
	if s.Fold == nil {
		return
	}
	keep := func(existing bool, body, want string) {
		t.Helper()
		pr := s.PullRequest
		pr.Existing = existing
		if err := s.Forge.Comment(ctxFor(t), pr, marker, body); err != nil {
			t.Fatal(err)
		}
		if got := s.Folded(); !slices.Equal(got, []string{want}) {
			t.Errorf("%s: hidden as %q, want %q", body, got, want)
		}
	}
	keep(false, "Failed.", "")
	s.Fold("resolved")
	keep(false, "Failed.", "resolved") // which was read
	keep(true, "Passed.", "resolved")
	keep(false, "Failed again.", "")
	keep(false, "Failed once more.", "")
}

// commentOfStranger: who may write may change everybody's comments, and a verdict
// in a stranger's would be the stranger's to rewrite.
func commentOfStranger(t *testing.T, s *Subject) {
	if s.Intrude == nil {
		return
	}
	s.Intrude(forge.Marked(marker, "All is well."))
	for _, body := range []string{"Failed.", "Failed again."} {
		if err := s.Forge.Comment(ctxFor(t), s.PullRequest, marker, body); err != nil {
			t.Fatal(err)
		}
		if got := withMarker(s); len(got) != 2 || !strings.Contains(got[0], "All is well.") || !strings.Contains(got[1], body) {
			t.Errorf("comments %q, want the stranger's as it was and one of ours with %q", got, body)
		}
	}
}

func commentRace(t *testing.T, s *Subject) {
	var jobs []func()
	for range 4 {
		jobs = append(jobs, func() {
			if err := s.Forge.Comment(ctxFor(t), s.PullRequest, marker, "Same words."); err != nil {
				t.Error(err)
			}
		})
	}
	concurrently(jobs...)
	if got := withMarker(s); len(got) != 1 {
		t.Errorf("%d comments after a race: %q", len(got), got)
	}
}

func commentLost(t *testing.T, s *Subject) {
	for _, when := range []world.When{world.BeforeEffect, world.AfterEffect} {
		for _, method := range []string{"POST", "PUT", "PATCH"} {
			s.World.Faults.Add(world.Fault{System: s.System, Method: method, Reset: when})
		}
		body := fmt.Sprintf("Words of %d.", when)
		if err := s.Forge.Comment(ctxFor(t), s.PullRequest, marker, body); err != nil && !errors.Is(err, fault.Service) {
			t.Fatal(err)
		}
		s.World.Faults.Clear()
		if err := s.Forge.Comment(ctxFor(t), s.PullRequest, marker, body); err != nil {
			t.Fatal(err)
		}
		if got := withMarker(s); len(got) != 1 || !strings.Contains(got[0], body) {
			t.Fatalf("comments %q, want one with %q", got, body)
		}
	}
}

func commentLong(t *testing.T, s *Subject) {
	if err := s.Forge.Comment(ctxFor(t), s.PullRequest, marker, strings.Repeat("Längst nicht alles. ", 60000)); err != nil {
		t.Fatal(err)
	}
	if got := withMarker(s); len(got) != 1 {
		t.Errorf("%d comments", len(got))
	}
	missing := s.PullRequest
	missing.Number = 4711
	wantKind(t, s.Forge.Comment(ctxFor(t), missing, marker, "Nobody reads this."), fault.Input)
}
