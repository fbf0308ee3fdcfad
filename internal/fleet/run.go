package fleet

import (
	"cmp"
	"context"
	"errors"
	"slices"
	"sync"
	"time"

	"github.com/gatewright/gatewright/internal/fault"
	"github.com/gatewright/gatewright/internal/fleet/journal"
	"github.com/gatewright/gatewright/internal/rest"
)

// run is one run over the items of a plan.
type run struct {
	f      *Fleet
	j      journal.Session
	plan   Plan
	digest string // of the plan, as the journal names it
	o      Options
	step   func(*saga, context.Context) (Outcome, error)

	mu             sync.Mutex
	report         Report
	done, failures int
}

// drive takes the step for every item of the plan.
func (r *run) drive(ctx context.Context) (Report, error) {
	f, p := r.f, r.plan
	r.report = Report{
		Run: r.o.Run, StartedAt: f.now(), Service: f.Service.Name, Forge: f.Forge.Name, Organization: f.Policy.Org, Secret: f.Policy.Secret, Shard: p.Shard,
		Repositories: make([]Result, len(p.Items)), Summary: map[Outcome]int{},
	}
	begun := f.Clock.Now()
	if err := r.j.Append(journal.Entry{At: f.now(), Kind: journal.Begin, Run: r.o.Run, Plan: r.digest}); err != nil {
		return r.report, err
	}
	for i, item := range p.Items {
		r.report.Repositories[i] = Result{Repository: item.Repository, Action: item.Action, Outcome: NotStarted, Reason: "the run ended before its turn"}
	}
	h := fold(r.j.Entries)
	all := newOnce(f, p)
	work, release := finishing(ctx)
	defer release()
	var stopped error
	for _, w := range r.waves() {
		stopped = each(ctx, len(w.items), f.workers(), func(n int) error {
			i := w.items[n]
			s := &saga{f: f, j: r.j, run: r.o.Run, stop: ctx.Done(), repo: p.Items[i].repo(), state: h.of(p.Items[i].Subject), plan: p.Items[i], once: all}
			if cur := s.state.current; cur != nil {
				s.applied = h.runs[cur.run] == r.digest
			}
			return r.one(work, s, i)
		})
		if stopped == nil {
			stopped = w.verdict(r)
		}
		if stopped != nil {
			break
		}
	}
	for _, res := range r.report.Repositories {
		r.report.Summary[res.Outcome]++
	}
	r.report.Seconds = f.Clock.Now().Sub(begun).Seconds()
	if stopped != nil {
		r.report.Stopped = stopped.Error()
	}
	endErr := r.j.Append(journal.Entry{At: f.now(), Kind: journal.End, Run: r.o.Run, Reason: r.report.Sentence()})
	return r.report, r.report.verdict(stopped, endErr)
}

// one does the work for one repository. Its error ends the whole run.
func (r *run) one(ctx context.Context, s *saga, i int) error {
	res, err := r.result(ctx, s)
	r.mu.Lock()
	defer r.mu.Unlock()
	r.report.Repositories[i] = res
	r.done++
	r.o.Progress.tell(r.done, len(r.plan.Items))
	if res.Outcome == FailedOut {
		r.failures++
	}
	if err == nil && r.o.MaxFailures > 0 && r.failures >= r.o.MaxFailures {
		err = fault.WithHint(fault.Errorf(fault.Service, "%s failed, as many as --max-failures allows", plural(r.failures, "repository")), "look at their reasons, then run it again")
	}
	return err
}

// result takes the step for one repository and says what became of it.
func (r *run) result(ctx context.Context, s *saga) (Result, error) {
	f, item, start := r.f, s.plan, r.f.Clock.Now()
	defer s.drop()
	gone := s.state.goneIDs()
	outcome, err := r.step(s, ctx)
	res := Result{Repository: item.Repository, Action: item.Action, Outcome: outcome, Reason: item.Reason, Hint: cmp.Or(item.Hint, s.hint), Notes: s.notes}
	if outcome == Rotated && item.Action == OverLimit {
		res.Reason, res.Hint = "there was room once its tokens were revoked", ""
	}
	if outcome == Outcome(item.Action) && outcome != Skipped {
		res.ExitCode = item.ExitCode
	}
	res.Revoked = slices.DeleteFunc(s.state.goneIDs(), func(id string) bool { return slices.Contains(gone, id) })
	res.Retiring = f.retiring(s.state)
	if cur := s.state.current; cur != nil && !cur.gone {
		res.TokenID, res.TokenName, res.ExpiresAt = cur.id, cur.name, cur.expiresAt
		for _, p := range f.Policy.Places {
			if _, ok := cur.stored[p.String()]; ok {
				res.Places = append(res.Places, p.String())
			}
		}
	}
	res.Seconds = f.Clock.Now().Sub(start).Seconds()
	if err == nil {
		return res, nil
	}
	res.Outcome, res.Reason, res.Hint, res.ExitCode = FailedOut, oneLine(err), fault.Hint(err), fault.ExitCode(err)
	if errors.As(err, new(*journalError)) {
		return res, err
	}
	return res, s.fail(err)
}

// stopGrace bounds how long the repositories in hand may go on after a run was
// told to stop: a CI system kills what has not ended some seconds later.
const stopGrace = 7 * time.Second

// finishing returns a context that outlives ctx by a while, so that the step in
// hand is finished and not torn. Waits for a rate limit end with ctx.
func finishing(ctx context.Context) (context.Context, func()) {
	work, cancel := context.WithCancel(rest.WithStop(context.WithoutCancel(ctx), ctx.Done()))
	var timer *time.Timer
	var mu sync.Mutex
	stop := context.AfterFunc(ctx, func() {
		mu.Lock()
		defer mu.Unlock()
		timer = time.AfterFunc(stopGrace, cancel)
	})
	return work, func() {
		stop()
		mu.Lock()
		defer mu.Unlock()
		if timer != nil {
			timer.Stop()
		}
		cancel()
	}
}

// fail writes down why this try ended.
func (s *saga) fail(cause error) error {
	return s.record(journal.Entry{Kind: journal.Failed, Reason: oneLine(cause)})
}

func (s *repoState) goneIDs() []string {
	var ids []string
	for _, t := range s.tokens {
		if t.gone && t.id != "" {
			ids = append(ids, t.id)
		}
	}
	return ids
}
