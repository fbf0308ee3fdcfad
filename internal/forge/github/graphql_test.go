package github_test

import (
	"strings"
	"testing"
	"testing/synctest"

	"github.com/gatewright/gatewright/internal/sandbox/world"
	"github.com/gatewright/gatewright/internal/trace"
)

// heard are the lines of --debug.
type heard []string

func (h *heard) Debugs() bool               { return true }
func (h *heard) Debug(text string)          { *h = append(*h, text) }
func (h *heard) Doing(string, int64, int64) {}

// TestUnfoldRefused: a token that may write comments and may not ask whether
// they are hidden keeps its comment all the same, and --debug says so; what else
// GraphQL answers is said aloud, as is that one that may ask may not show it again.
func TestUnfoldRefused(t *testing.T) {
	forbidden := `{"data":{"node":null},"errors":[{"type":"FORBIDDEN","path":["node"],"message":"Resource not accessible by integration"}]}`
	for _, tt := range []struct {
		name  string
		fault world.Fault
		fails bool
		debug string
	}{
		{"the question, in GraphQL's way", world.Fault{Status: 200, Body: forbidden}, false, "may not ask: comment on acme/api#7: it is written, and may stay hidden: Resource not accessible"},
		{"the question, by the scope", world.Fault{Status: 200, Body: strings.Replace(forbidden, "FORBIDDEN", "INSUFFICIENT_SCOPES", 1)}, false, "may not ask"},
		{"the question, in REST's way", world.Fault{Status: 403, Body: `{"message":"Resource not accessible by integration"}`}, false, "may not ask"},
		{"a question that is not understood", world.Fault{Status: 200, Body: `{"errors":[{"extensions":{"code":"undefinedField"},"message":"Field 'isMinimized' doesn't exist on type 'IssueComment'"}]}`}, true, ""},
		{"no answer of use", world.Fault{Status: 200, Body: `{"data":{}}`}, true, ""},
		{"showing it again", world.Fault{Status: 200, Body: forbidden, Skip: 1}, true, ""},
	} {
		t.Run(tt.name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				s := subject(t, world.DefaultSeed())
				var said heard
				keep := func(text string) error {
					return s.Forge.Comment(trace.With(t.Context(), &said), s.PullRequest, "m", text)
				}
				if err := keep("one"); err != nil {
					t.Fatal(err)
				}
				s.Fold("resolved")
				tt.fault.System, tt.fault.Method, tt.fault.Path = "github", "POST", "/api/graphql"
				s.World.Faults.Add(tt.fault)
				if err := keep("two"); (err != nil) != tt.fails {
					t.Error(err)
				}
				if said := strings.Join(said, "\n"); !strings.Contains(said, tt.debug) || strings.Contains(said, "may not ask") != (tt.debug != "") {
					t.Errorf("--debug says:\n%s", said)
				}
				if all := s.Comments(); len(all) != 1 || s.Folded()[0] != "resolved" {
					t.Errorf("%q %q", all, s.Folded())
				}
			})
		})
	}
}
