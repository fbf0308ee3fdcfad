package forgetest

import (
	"errors"
	"fmt"
	"io/fs"
	"strings"
	"testing"

	"github.com/gatewright/gatewright/internal/forge"
	"github.com/gatewright/gatewright/internal/sandbox/wire"
	"github.com/gatewright/gatewright/internal/sandbox/world"
	"github.com/gatewright/gatewright/internal/secret"
)

// Changed plays every answer that a forge's client gets in every way in which
// it may come: other types, nulls, words, orders and statuses, fields that are
// new or gone. Whatever comes, a success is one.
func Changed(t *testing.T, make_ func(t *testing.T, seed world.Seed) *Subject) {
	t.Helper()
	for name, op := range operations() {
		t.Run(name, func(t *testing.T) {
			n := wire.Changed(t, func(t *testing.T) wire.Scene {
				s := make_(t, pair())
				do, wrong := op(t, s)
				return wire.Scene{Way: s.Wire, Do: do, Wrong: wrong}
			})
			t.Logf("%d changes", n)
		})
	}
}

// operation prepares a forge and returns what is done, and what is wrong when
// that went well.
type operation func(t *testing.T, s *Subject) (do func() error, wrong func(wire.Change) string)

func operations() map[string]operation {
	return map[string]operation{
		"a secret is made":        made,
		"a secret is replaced":    replaced,
		"a secret is deleted":     deleted,
		"a secret is looked at":   lookedAt,
		"repositories are listed": listed,
		"a comment is made":       commented(0),
		"a comment is changed":    commented(1),
		"a status is set":         statusSet,
	}
}

// holding says what is wrong if the place does not hold the value of our secret,
// or, where none is wanted, has it still.
func holding(p Place, want string) func(wire.Change) string {
	return func(wire.Change) string {
		if got, there := p.Value(ours); want == "" && there {
			return "the secret is still there"
		} else if want != "" && (!there || got != want && !p.Blind) {
			return fmt.Sprintf("the secret holds %q (there: %v)", got, there)
		}
		return ""
	}
}

func made(t *testing.T, s *Subject) (func() error, func(wire.Change) string) {
	p := s.Places[0]
	return func() error {
		_, err := s.Forge.Put(ctxFor(t), named(p.Ref, ours), secret.New(one))
		return err
	}, holding(p, one)
}

func replaced(t *testing.T, s *Subject) (func() error, func(wire.Change) string) {
	p := s.Places[0]
	Put(t, s.Forge, named(p.Ref, ours), one)
	return func() error {
		_, err := s.Forge.Put(ctxFor(t), named(p.Ref, ours), secret.New(other))
		return err
	}, holding(p, other)
}

func deleted(t *testing.T, s *Subject) (func() error, func(wire.Change) string) {
	p := s.Places[0]
	Put(t, s.Forge, named(p.Ref, "NEIGHBOUR"), one)
	Put(t, s.Forge, named(p.Ref, ours), one)
	wrong := holding(p, "")
	return func() error { return s.Forge.Delete(ctxFor(t), named(p.Ref, ours)) }, func(c wire.Change) string {
		if told := c.Kind == wire.Word || c.Kind == wire.Empty || gone(c); told {
			return ""
		}
		if _, there := p.Value("NEIGHBOUR"); !there {
			return "its neighbour is gone as well"
		}
		return wrong(c)
	}
}

func lookedAt(t *testing.T, s *Subject) (func() error, func(wire.Change) string) {
	p := s.Places[0]
	Put(t, s.Forge, named(p.Ref, "NEIGHBOUR"), one)
	Put(t, s.Forge, named(p.Ref, ours), one)
	var stats []forge.Stat
	return func() error {
			_, err := s.Forge.Stat(ctxFor(t), named(p.Ref, ours))
			if err == nil || errors.Is(err, fs.ErrNotExist) {
				stats, err = s.Forge.List(ctxFor(t), p.Ref)
			}
			return err
		}, func(c wire.Change) string {
			names := map[string]bool{}
			for _, st := range stats {
				names[st.Name] = true
			}
			// What another word or a list without a row says is said.
			if told := c.Kind == wire.Word || c.Kind == wire.Empty || gone(c); !told && !(names[ours] && names["NEIGHBOUR"]) {
				return fmt.Sprintf("the list is %v", stats)
			}
			return ""
		}
}

func statusSet(t *testing.T, s *Subject) (func() error, func(wire.Change) string) {
	pr := s.PullRequest
	return func() error {
			return s.Forge.SetStatus(ctxFor(t), forge.Commit{Owner: pr.Owner, Repo: pr.Repo, SHA: s.Commit}, forge.Status{Context: "gatewright/gate", State: "failure", Description: "failed"})
		}, func(wire.Change) string {
			if state, _ := s.Status("gatewright/gate"); state != "failure" && state != s.States["failure"] {
				return fmt.Sprintf("the status is %q", state)
			}
			return ""
		}
}

// gone reports whether the change took a whole row out of a map by names.
func gone(c wire.Change) bool {
	return strings.HasSuffix(c.Name, ours+" is not there") || strings.HasSuffix(c.Name, "NEIGHBOUR is not there")
}

func listed(t *testing.T, s *Subject) (func() error, func(wire.Change) string) {
	n := 0
	return func() error {
			for _, err := range s.Forge.Repositories(ctxFor(t), s.Owner, forge.Filter{}) {
				if err != nil {
					return err
				}
				n++
			}
			return nil
		}, func(c wire.Change) string {
			if c.Kind != wire.Empty && n < len(s.World.Organizations[0].Repositories) {
				return fmt.Sprintf("%d repositories were listed", n)
			}
			return ""
		}
}

func commented(before int) operation {
	return func(t *testing.T, s *Subject) (func() error, func(wire.Change) string) {
		for range before {
			if err := s.Forge.Comment(ctxFor(t), s.PullRequest, marker, "Old words."); err != nil {
				t.Fatal(err)
			}
		}
		return func() error { return s.Forge.Comment(ctxFor(t), s.PullRequest, marker, "New words.") }, func(c wire.Change) string {
			now := 0
			for _, body := range withMarker(s) {
				if strings.Contains(body, "New words.") {
					now++
				}
			}
			if now == 0 {
				return fmt.Sprintf("the comments are %q", s.Comments())
			}
			return ""
		}
	}
}
