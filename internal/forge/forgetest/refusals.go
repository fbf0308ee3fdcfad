package forgetest

import (
	"strings"
	"testing"
	"testing/synctest"

	"github.com/gatewright/gatewright/internal/fault"
	"github.com/gatewright/gatewright/internal/forge"
	"github.com/gatewright/gatewright/internal/sandbox/world"
	"github.com/gatewright/gatewright/internal/secret"
)

// Refusal is an answer as it was captured, what had been asked for, and what
// people are told to do about it.
type Refusal struct {
	To     string // store, list, comment, status or repositories
	Answer world.Fault
	Hint   string // part of it
	Never  string // advice that would do harm; "" if none
}

// Refusals plays each of them: it is one of the credential, keeps the forge's
// words, and says what helps.
func Refusals(t *testing.T, make_ func(t *testing.T, seed world.Seed) *Subject, list []Refusal) {
	t.Helper()
	for _, r := range list {
		synctest.Test(t, func(t *testing.T) {
			s := make_(t, world.DefaultSeed())
			f := r.Answer
			f.System, f.Times = s.System, -1
			s.World.Faults.Add(f)
			err := s.ask(t, r.To)
			hint := fault.Hint(err)
			if fault.Of(err) != fault.Auth || !strings.Contains(hint, r.Hint) || r.Never != "" && strings.Contains(hint, r.Never) {
				t.Errorf("%s: %d %s: %v (hint %q), want %q", r.To, f.Status, f.Body, err, hint, r.Hint)
			}
		})
	}
}

// ask asks the forge for one thing of each kind.
func (s *Subject) ask(t *testing.T, what string) error {
	ctx, pr := ctxFor(t), s.PullRequest
	switch what {
	case "store":
		_, err := s.Forge.Put(ctx, named(s.Places[0].Ref, ours), secret.New(one))
		return err
	case "list":
		_, err := s.Forge.List(ctx, s.Places[0].Ref)
		return err
	case "comment":
		return s.Forge.Comment(ctx, pr, marker, "Words.")
	case "status":
		return s.Forge.SetStatus(ctx, forge.Commit{Owner: pr.Owner, Repo: pr.Repo, SHA: s.Commit}, forge.Status{Context: "gatewright/gate", State: "success"})
	case "repositories":
		for _, err := range s.Forge.Repositories(ctx, s.Owner, forge.Filter{}) {
			return err
		}
	}
	t.Fatalf("%q is nothing to ask for", what)
	return nil
}
