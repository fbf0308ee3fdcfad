package forgetest

import (
	"bytes"
	"errors"
	"maps"
	"net/http"
	"net/http/httptest"
	"testing"
	"time"

	"github.com/gatewright/gatewright/internal/fault"
	"github.com/gatewright/gatewright/internal/forge"
	"github.com/gatewright/gatewright/internal/sandbox/world"
)

// openRuns looks for runs of a repository with many that have ended.
func openRuns(t *testing.T, s *Subject) {
	if s.Forge.Runs == nil {
		t.Skip("this forge does not list runs")
	}
	ctx, pr := ctxFor(t), s.PullRequest
	owner, name := s.Owner, pr.Repo
	if o := s.World.Organization(owner); o == nil {
		owner = s.World.Organizations[0].Name
	}
	ref := s.Places[0].Ref
	ref.Repo, ref.Name = name, "TOKEN"
	look := func(before time.Time) string {
		t.Helper()
		run, err := s.Forge.Runs.OpenRun(ctx, ref, before)
		if err != nil {
			t.Fatal(err)
		}
		if run == nil {
			return ""
		}
		if run.ID == "" || run.State == "" {
			t.Errorf("the run is %+v", run)
		}
		return run.State
	}
	if got := look(time.Now()); got != "" {
		t.Errorf("without any run one is %s", got)
	}
	for range 130 {
		s.World.StartRun(owner, name, world.Ended)
	}
	if got := look(time.Now()); got != "" {
		t.Errorf("a run that ended is %s", got)
	}
	for _, state := range []string{world.Running, world.Queued} {
		s.World.StartRun(owner, name, state)
		time.Sleep(time.Minute)
		stored := time.Now()
		for range 130 { // newer ones, so that the first page does not show it
			s.World.StartRun(owner, name, world.Ended)
		}
		time.Sleep(time.Minute)
		if got := look(time.Now()); got == "" {
			t.Errorf("a run that is %s is not found among many", state)
		}
		if got := look(stored); got == "" {
			t.Errorf("a run that is %s and began before is not found", state)
		}
		s.World.EndRuns(owner, name)
		if got := look(time.Now()); got != "" {
			t.Errorf("after all have ended one is %s", got)
		}
	}
	stored := time.Now()
	time.Sleep(time.Minute)
	s.World.StartRun(owner, name, world.Running)
	if got := look(stored); got != "" {
		t.Errorf("a run that began after is found: %s", got)
	}
	noRuns(t, s, ref)
}

// busyRuns looks for a run behind two pages of newer ones, most of which end while the
// list is read: the rest then stand on pages that were read before. It is found, or
// that it cannot be told is an error; never is there none.
func busyRuns(t *testing.T, s *Subject) {
	if s.Forge.Runs == nil {
		t.Skip("this forge does not list runs")
	}
	owner, name := s.World.Organizations[0].Name, s.PullRequest.Repo
	ref := s.Places[0].Ref
	ref.Repo, ref.Name = name, "TOKEN"
	s.World.StartRun(owner, name, world.Running)
	time.Sleep(time.Minute)
	stored := time.Now()
	time.Sleep(time.Minute)
	for range 130 {
		s.World.StartRun(owner, name, world.Running)
	}
	s.Wire.Watch = func(*http.Request, []byte, *http.Response, []byte) {
		s.World.Lock()
		defer s.World.Unlock()
		runs := s.World.Repository(owner, name).Runs
		for _, r := range runs[len(runs)-100:] {
			r.State = world.Ended
		}
	}
	run, err := s.Forge.Runs.OpenRun(ctxFor(t), ref, stored)
	if err == nil && run == nil {
		t.Error("a run that began before is not there, and that is no error")
	}
}

// noRuns: an error about an unknown repository is one of input, and a refusal is
// never an answer that there are no runs.
func noRuns(t *testing.T, s *Subject, ref forge.Ref) {
	ctx, now := ctxFor(t), time.Now()
	_, err := s.Forge.Runs.OpenRun(ctx, forge.Ref{Store: ref.Store, Owner: ref.Owner, Repo: "no-such-repository", Holder: "no-such-pipeline", Name: "TOKEN"}, now)
	if err != nil && fault.Of(err) != fault.Input && !errors.Is(err, errors.ErrUnsupported) {
		t.Errorf("of an unknown repository: %v", err)
	}
	s.World.Faults.Add(world.Fault{System: s.System, Method: "GET", Times: -1, Status: 403, Body: `{"message":"no"}`})
	if run, err := s.Forge.Runs.OpenRun(ctx, ref, now); err == nil {
		t.Errorf("refused, and found %v", run)
	}
}

// Countless is a stand-in whose lists do not say how long they are.
func Countless(stand http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		rec := httptest.NewRecorder()
		stand.ServeHTTP(rec, r)
		maps.Copy(w.Header(), rec.Header())
		w.Header().Del("X-Total-Count")
		w.WriteHeader(rec.Code)
		_, _ = w.Write(bytes.Replace(rec.Body.Bytes(), []byte(`"total_count"`), []byte(`"zzz_count"`), 1))
	})
}
