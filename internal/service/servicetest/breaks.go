package servicetest

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/gatewright/gatewright/internal/fault"
	"github.com/gatewright/gatewright/internal/rest"
	"github.com/gatewright/gatewright/internal/sandbox/world"
)

// breaker lets the i-th request of a capability go wrong.
type breaker func(t *testing.T, make_ func(*testing.T) *Subject, c capability, i int)

type breaking struct {
	name string
	run  breaker
}

func breaks() []breaking {
	once := func(f world.Fault, mustPass bool) breaker {
		return func(t *testing.T, make_ func(*testing.T) *Subject, c capability, i int) {
			f.Skip = i
			passing(t, make_, c, transient{f, mustPass})
		}
	}
	return []breaking{
		{"cut before the effect", once(world.Fault{Reset: world.BeforeEffect}, false)},
		{"cut after the effect", once(world.Fault{Reset: world.AfterEffect}, false)},
		{"answer cut short", once(world.Fault{Truncate: true}, false)},
		{"503 for a moment", once(world.Fault{Status: 503, Header: map[string]string{"Retry-After": "7"}}, true)},
		{"503 page", once(world.Fault{Status: 503, Body: "<html><title>503 Service Temporarily Unavailable</title></html>"}, false)},
		{"502 page", once(world.Fault{Status: 502, Body: "<html><title>502 Bad Gateway</title></html>"}, false)},
		{"rate limit", once(world.Fault{Status: 429, Header: map[string]string{"Retry-After": "20"}, Body: `{"message":"slow down"}`}, true)},
		{"rate limit without a word", once(world.Fault{Status: 429}, true)},
		{"unknown token", unknownToken},
		{"page instead of JSON", lasting(world.Fault{Status: 200, Header: map[string]string{"Content-Type": "text/html"}, Body: "<html><title>Sign in</title></html>"}, fault.Service)},
		{"body too large for a proxy", lasting(world.Fault{Status: 413, Body: "<html><title>413 Request Entity Too Large</title></html>"}, fault.Input, fault.Service)},
		{"server errors for good", lasting(world.Fault{Status: 500, Body: "{}"}, fault.Service)},
		{"no answer at all", lasting(world.Fault{Delay: 24 * time.Hour}, fault.Service, fault.Timeout)},
		{"cancelled", cancelled},
	}
}

// transient is a fault that hits one request once.
type transient struct {
	world.Fault
	mustPass bool // whoever meets it goes on by itself
}

// passing breaks one request once. The capability then works all the same, or
// says that the network failed; what it left behind is what a second run makes
// whole; nothing is done twice.
func passing(t *testing.T, make_ func(*testing.T) *Subject, c capability, f transient) {
	clean := make_(t)
	must(t, c.name, c.do(within(t, time.Hour), clean, clean.Client))
	want := clean.Describe()

	s := make_(t)
	f.System = s.System
	s.World.Faults.Add(f.Fault)
	err := c.do(within(t, time.Hour), s, s.Client)
	noToken(t, s, err)
	if err != nil && f.mustPass {
		t.Fatalf("%s: %v", c.name, err)
	}
	if c.name == "mint" {
		mintedOnce(t, s, err)
		return
	}
	if err != nil {
		if k := fault.Of(err); k != fault.Service {
			t.Errorf("kind %v of %v, want a service error", k, err)
		}
		s.World.Faults.Clear()
		must(t, c.name+" again", c.do(within(t, time.Hour), s, s.Client))
	}
	if got := s.Describe(); got != want {
		t.Errorf("the stand-in holds\n%s\nwant\n%s\n(error %v)", got, want, err)
	}
}

// mintedOnce: never two tokens, and none that the error does not admit.
func mintedOnce(t *testing.T, s *Subject, err error) {
	t.Helper()
	switch n := s.Live(Name); {
	case err == nil && n != 1:
		t.Errorf("%d tokens after one was minted", n)
	case err != nil && !rest.Ambiguous(err) && n != 0:
		t.Errorf("%d tokens after an error that says there is none: %v", n, err)
	case n > 1:
		t.Errorf("%d tokens after one attempt: %v", n, err)
	}
}

// lasting breaks every request from the i-th on. The error says what is wrong,
// and success is never claimed.
func lasting(f world.Fault, kinds ...fault.Kind) breaker {
	return func(t *testing.T, make_ func(*testing.T) *Subject, c capability, i int) {
		s := make_(t)
		if c.name == "preview" {
			return // sends nothing
		}
		f.System, f.Skip, f.Times = s.System, i, -1
		s.World.Faults.Add(f)
		err := c.do(within(t, 30*time.Minute), s, s.Client)
		noToken(t, s, err)
		if err == nil {
			if optional(c, i) {
				return
			}
			t.Fatal("success without an answer")
		}
		if !slices.Contains(kinds, fault.Of(err)) {
			t.Errorf("kind %v of %v, want one of %v", fault.Of(err), err, kinds)
		}
	}
}

// optional requests tell more than was asked for; their loss is no failure.
func optional(c capability, i int) bool { return c.name == "check" && i > 0 }

func unknownToken(t *testing.T, make_ func(*testing.T) *Subject, c capability, i int) {
	s := make_(t)
	if i > 0 || c.name == "preview" || s.Stranger == nil {
		return // once is enough
	}
	err := c.do(within(t, time.Hour), s, s.Stranger)
	if k := fault.Of(err); k != fault.Auth {
		t.Errorf("kind %v of %v, want %v", k, err, fault.Auth)
	}
	if err != nil && fault.Hint(err) == "" {
		t.Errorf("no hint for %v", err)
	}
}

func cancelled(t *testing.T, make_ func(*testing.T) *Subject, c capability, i int) {
	s := make_(t)
	if c.name == "preview" {
		return
	}
	s.World.Faults.Add(world.Fault{System: s.System, Skip: i, Times: -1, Delay: 24 * time.Hour})
	ctx, cancel := context.WithCancel(t.Context())
	go func() {
		time.Sleep(3 * time.Second) // virtual
		cancel()
	}()
	began := time.Now()
	err := c.do(ctx, s, s.Client)
	cancel()
	if err == nil && !optional(c, i) {
		t.Error("success though it was cancelled")
	}
	if took := time.Since(began); took > 2*time.Minute {
		t.Errorf("went on for %s after it was cancelled", took)
	}
	noToken(t, s, err)
}

func noToken(t *testing.T, s *Subject, err error) {
	t.Helper()
	for e := err; e != nil; e = errors.Unwrap(e) {
		if strings.Contains(fmt.Sprintf("%v %+v", e, e), s.Token) {
			t.Fatal("the token is in an error")
		}
	}
	if strings.Contains(fault.Hint(err), s.Token) {
		t.Fatal("the token is in a hint")
	}
}
