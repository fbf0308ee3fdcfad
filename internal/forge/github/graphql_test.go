package github_test

import (
	"testing"
	"testing/synctest"

	"github.com/gatewright/gatewright/internal/sandbox/world"
)

// TestUnfoldRefused: a token that may write comments and may not ask whether
// they are hidden keeps its comment all the same; one that may ask and not show
// it again is told.
func TestUnfoldRefused(t *testing.T) {
	forbidden := `{"data":{"node":null},"errors":[{"type":"FORBIDDEN","path":["node"],"message":"Resource not accessible by integration"}]}`
	for _, tt := range []struct {
		name  string
		fault world.Fault
		fails bool
	}{
		{"the question, in GraphQL's way", world.Fault{Status: 200, Body: forbidden}, false},
		{"the question, in REST's way", world.Fault{Status: 403, Body: `{"message":"Resource not accessible by integration"}`}, false},
		{"no answer of use", world.Fault{Status: 200, Body: `{"data":{}}`}, true},
		{"showing it again", world.Fault{Status: 200, Body: forbidden, Skip: 1}, true},
	} {
		t.Run(tt.name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				s := subject(t, world.DefaultSeed())
				keep := func(text string) error { return s.Forge.Comment(t.Context(), s.PullRequest, "m", text) }
				if err := keep("one"); err != nil {
					t.Fatal(err)
				}
				s.Fold("resolved")
				tt.fault.System, tt.fault.Method, tt.fault.Path = "github", "POST", "/api/graphql"
				s.World.Faults.Add(tt.fault)
				if err := keep("two"); (err != nil) != tt.fails {
					t.Error(err)
				}
				if all := s.Comments(); len(all) != 1 || s.Folded()[0] != "resolved" {
					t.Errorf("%q %q", all, s.Folded())
				}
			})
		})
	}
}
