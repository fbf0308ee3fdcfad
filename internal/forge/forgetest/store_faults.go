package forgetest

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/gatewright/gatewright/internal/fault"
	"github.com/gatewright/gatewright/internal/forge"
	"github.com/gatewright/gatewright/internal/rest"
	"github.com/gatewright/gatewright/internal/sandbox/world"
	"github.com/gatewright/gatewright/internal/secret"
)

// writes lists the methods of requests that change something.
func writes() []string { return []string{"PUT", "POST", "PATCH"} }

func cutBefore(t *testing.T, s *Subject, p Place) { cutWrites(t, s, p, world.BeforeEffect) }

func cutAfter(t *testing.T, s *Subject, p Place) { cutWrites(t, s, p, world.AfterEffect) }

// cutWrites: whatever became of the first attempt, in the end the secret holds
// the value, is there once, and its neighbour is as it was.
func cutWrites(t *testing.T, s *Subject, p Place, when world.When) {
	Put(t, s.Forge, named(p.Ref, "NEIGHBOUR"), "value-of-neighbour")
	for _, method := range writes() {
		for i, value := range []string{one, other} { // creating, replacing
			s.World.Faults.Add(world.Fault{System: s.System, Method: method, Reset: when})
			written, err := s.Forge.Put(ctxFor(t), named(p.Ref, ours), secret.New(value))
			if wrong := []forge.Written{forge.Replaced, forge.Created}[i]; err != nil || written == wrong {
				t.Errorf("%s: %v, which is %d", method, err, written)
			}
			s.World.Faults.Clear()
			holds(t, p, ours, value)
		}
		if err := s.Forge.Delete(ctxFor(t), named(p.Ref, ours)); err != nil {
			t.Error(err)
		}
		if _, ok := p.Value(ours); ok {
			t.Errorf("%s: the secret was there twice", method)
		}
	}
	holds(t, p, "NEIGHBOUR", "value-of-neighbour")
	Put(t, s.Forge, named(p.Ref, ours), one)
	for _, method := range []string{"DELETE", "PUT"} {
		s.World.Faults.Add(world.Fault{System: s.System, Method: method, Reset: when})
		if err := s.Forge.Delete(ctxFor(t), named(p.Ref, ours)); err != nil {
			t.Errorf("delete, %s: %v", method, err)
		}
		s.World.Faults.Clear()
	}
	if _, ok := p.Value(ours); ok {
		t.Error("the secret was not deleted")
	}
}

// notDeleted: a 404 of a secret that is there, as a credential gets that may see it and
// no more, is no deletion.
func notDeleted(t *testing.T, s *Subject, p Place) {
	Put(t, s.Forge, named(p.Ref, ours), one)
	s.World.Faults.Add(world.Fault{System: s.System, Method: "DELETE", Status: 404, Times: -1})
	err := s.Forge.Delete(ctxFor(t), named(p.Ref, ours))
	if _, ok := p.Value(ours); ok == (err == nil) {
		t.Errorf("still there: %v; error: %v", ok, err)
	}
}

func serverErrors(t *testing.T, s *Subject, p Place) {
	for _, status := range []int{500, 502, 503, 504, 408} {
		for _, method := range []string{"GET", "PUT"} {
			s.World.Faults.Add(world.Fault{System: s.System, Method: method, Status: status, Body: "<html><title>Oops</title></html>", Times: 2})
		}
		Put(t, s.Forge, named(p.Ref, ours), one)
		s.World.Faults.Clear()
		holds(t, p, ours, one)
	}
	s.World.Faults.Add(world.Fault{System: s.System, Status: 502, Body: "<html><title>Bad gateway</title></html>", Times: -1})
	_, err := s.Forge.Put(ctxFor(t), named(p.Ref, ours), secret.New(other))
	wantKind(t, err, fault.Service)
	if err != nil && !strings.Contains(err.Error(), "502") {
		t.Errorf("the error does not tell the status: %v", err)
	}
}

// rateLimits: each form is waited out, with no request in between, and the
// write then succeeds. They all ask for 30 seconds or more.
func rateLimits(t *testing.T, s *Subject, p Place) {
	Put(t, s.Forge, named(p.Ref, ours), one)
	for i, f := range s.Limits {
		for _, method := range []string{"GET", "PUT"} {
			f := f
			f.System, f.Method = s.System, method
			s.World.Faults.Add(f)
			before, start := len(s.Wire.Sent()), time.Now()
			value := fmt.Sprintf("value-after-limit-%d-%s", i, method)
			Put(t, s.Forge, named(p.Ref, ours), value)
			holds(t, p, ours, value)
			took := time.Since(start)
			if f.Status == 0 { // the answer was good, and the next request has to wait
				Put(t, s.Forge, named(p.Ref, ours), value)
				took = time.Since(start)
			}
			s.World.Faults.Clear()
			if took < 29*time.Second && slices.ContainsFunc(s.Wire.Sent()[before:], func(line string) bool { return strings.HasPrefix(line, method+" ") }) {
				t.Errorf("%d %s %q: took %s", f.Status, method, f.Body, took)
			}
			time.Sleep(time.Hour)
		}
	}
}

func truncated(t *testing.T, s *Subject, p Place) {
	Put(t, s.Forge, named(p.Ref, ours), one)
	for _, method := range append([]string{"GET"}, writes()...) {
		s.World.Faults.Add(world.Fault{System: s.System, Method: method, Truncate: true})
		Put(t, s.Forge, named(p.Ref, ours), other)
		s.World.Faults.Clear()
		holds(t, p, ours, other)
	}
	s.World.Faults.Add(world.Fault{System: s.System, Method: "GET", Truncate: true})
	list, err := s.Forge.List(ctxFor(t), p.Ref)
	if err != nil || len(list) != 1 {
		t.Errorf("list: %v, %v", list, err)
	}
}

func pageInstead(t *testing.T, s *Subject, p Place) {
	s.World.Faults.Add(world.Fault{
		System: s.System, Status: 200, Times: -1, Header: map[string]string{"Content-Type": "text/html"},
		Body: "<html><head><title>Sign in</title></head></html>",
	})
	_, err := s.Forge.List(ctxFor(t), p.Ref)
	wantKind(t, err, fault.Service, fault.Auth)
	_, err = s.Forge.Stat(ctxFor(t), named(p.Ref, ours))
	wantKind(t, err, fault.Service, fault.Auth)
	if _, err := s.Forge.Put(ctxFor(t), named(p.Ref, ours), secret.New(one)); err == nil {
		t.Error("a sign-in page was taken for a stored secret")
	}
}

func noAnswer(t *testing.T, s *Subject, p Place) {
	Put(t, s.Forge, named(p.Ref, ours), one)
	s.World.Faults.Add(world.Fault{System: s.System, Delay: time.Hour, Times: 1})
	Put(t, s.Forge, named(p.Ref, ours), other)
	holds(t, p, ours, other)
	s.World.Faults.Add(world.Fault{System: s.System, Delay: time.Hour, Times: -1})
	_, err := s.Forge.List(ctxFor(t), p.Ref)
	wantKind(t, err, fault.Service)
	ctx, cancel := context.WithTimeout(t.Context(), 5*time.Second)
	defer cancel()
	start := time.Now()
	_, err = s.Forge.List(ctx, p.Ref)
	wantKind(t, err, fault.Timeout)
	if time.Since(start) > 6*time.Second {
		t.Errorf("the deadline of 5 s was kept after %s", time.Since(start))
	}
}

// refused: what the server says is told, and its status decides the kind.
func refused(t *testing.T, s *Subject, p Place) {
	Put(t, s.Forge, named(p.Ref, ours), one)
	for _, tc := range []struct {
		status int
		kind   fault.Kind
	}{{400, fault.Input}, {403, fault.Auth}, {409, fault.Input}, {422, fault.Input}} {
		for _, method := range []string{"PUT", "POST"} {
			s.World.Faults.Add(world.Fault{System: s.System, Method: method, Status: tc.status, Body: `{"message":"words of the server"}`, Times: -1})
		}
		_, err := s.Forge.Put(ctxFor(t), named(p.Ref, ours), secret.New(other))
		s.World.Faults.Clear()
		wantKind(t, err, tc.kind)
		if err != nil && (!strings.Contains(err.Error(), "words of the server") || !strings.Contains(err.Error(), ours)) {
			t.Errorf("the error tells too little: %v", err)
		}
		if err != nil && (strings.Contains(err.Error(), other) || strings.Contains(err.Error(), s.Token)) {
			t.Errorf("the error holds a secret: %v", err)
		}
		holds(t, p, ours, one)
	}
}

// refusedAfterLost: a write that may have taken effect without an answer is no refusal,
// whatever the next request is answered; a creation, which is not sent again, is in doubt.
func refusedAfterLost(t *testing.T, s *Subject, p Place) {
	lost := 0
	for _, method := range writes() {
		s.World.Faults.Add(world.Fault{System: s.System, Method: method, Reset: world.AfterEffect, Met: func() {
			s.World.Faults.Add(world.Fault{System: s.System, Status: 401, Times: -1})
		}})
		_, err := s.Forge.Put(ctxFor(t), named(p.Ref, ours), secret.New(one))
		s.World.Faults.Clear()
		if err != nil { // else it needs no such request
			lost++
		}
		if rest.Refused(err) || err != nil && method == "POST" && !rest.Ambiguous(err) {
			t.Errorf("%s: refused %v, ambiguous %v: %v", method, rest.Refused(err), rest.Ambiguous(err), err)
		}
		if err := s.Forge.Delete(ctxFor(t), named(p.Ref, ours)); err != nil {
			t.Error(err)
		}
	}
	if lost == 0 {
		t.Error("no write was lost")
	}
}

// manyWriters write to one place at once, and none loses another's work.
func manyWriters(t *testing.T, s *Subject, p Place) {
	var jobs []func()
	for i := range 12 {
		name := fmt.Sprintf("SECRET_%02d", i)
		jobs = append(jobs, func() {
			if _, err := s.Forge.Put(ctxFor(t), named(p.Ref, name), secret.New("value-of-"+name)); err != nil {
				t.Error(err)
			}
		})
	}
	concurrently(jobs...)
	for i := range 12 {
		name := fmt.Sprintf("SECRET_%02d", i)
		holds(t, p, name, "value-of-"+name)
	}
}

func cancelled(t *testing.T, s *Subject, p Place) {
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	_, err := s.Forge.Put(ctx, named(p.Ref, ours), secret.New(one))
	if !errors.Is(err, context.Canceled) {
		t.Errorf("error is %v", err)
	}
}
