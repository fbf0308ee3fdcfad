package fleet

import (
	"cmp"
	"context"
	"errors"
	"slices"
	"strconv"
	"strings"
	"sync"
	"time"

	"github.com/gatewright/gatewright/internal/console"
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

	// insists says that the run goes on whatever it is refused: it revokes what must not
	// live, and the service may answer where the forge does not.
	insists bool

	mu             sync.Mutex
	report         Report
	done, failures int
	unauthorized   int // repositories in a row
}

// mostUnauthorized is after how many repositories in a row that ended in a 401 no more
// is begun: the credential was revoked or came to its end, and a forge shuts out who
// comes again and again with one that is not good.
const mostUnauthorized = 5

// drive takes the step for every item of the plan. The report has a result for each
// from the beginning, so that a run that ends early, whatever the cause, leaves none
// out; and the journal's last line says how it ended, where it can still be written.
func (r *run) drive(ctx context.Context) (Report, error) {
	f, p := r.f, r.plan
	r.report = Report{
		Run: r.o.Run, StartedAt: f.now(), Target: f.target(), Shard: p.Shard,
		Repositories: make([]Result, len(p.Items)), Summary: map[Outcome]int{},
	}
	begun := f.Clock.Now() // not now(): the forge's time may come to be known on the way
	if err := r.j.Append(journal.Entry{At: f.now(), Kind: journal.Begin, Run: r.o.Run, Plan: r.digest}); err != nil {
		return r.report, err
	}
	for i, item := range p.Items {
		r.report.Repositories[i] = Result{Repository: item.Repository, Action: item.Action, Outcome: NotStarted, Reason: "the run ended before its turn"}
	}
	// The states are folded once and shared by nobody: what the run appends reaches
	// them through record alone.
	h := fold(r.j.Entries)
	all, aged := newOnce(f, p), f.now().Sub(p.MadeAt) > tolerance
	work, release := finishing(ctx)
	defer release()
	var stopped error
	for _, w := range r.waves() {
		stopped = each(ctx, len(w.items), f.workers(), func(n int) error {
			i := w.items[n]
			s := &saga{f: f, j: r.j, run: r.o.Run, repo: p.Items[i].repo(), state: h.of(p.Items[i].Subject), plan: p.Items[i], once: all, aged: aged}
			if cur := s.state.current; cur != nil {
				s.applied = h.runs[cur.run] == r.digest
			}
			return r.one(work, s, i)
		})
		if stopped == nil { // each has returned, so nobody writes results any more
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

// one does the work for one repository. Its error ends the whole run: nothing more
// can be written down, or so much failed that the cause must be a common one.
func (r *run) one(ctx context.Context, s *saga, i int) error {
	res, err := r.result(ctx, s)
	r.mu.Lock()
	defer r.mu.Unlock()
	r.report.Repositories[i] = res
	r.done++
	r.o.Progress.tell(r.done, len(r.plan.Items))
	switch {
	case s.unauthorized:
		r.unauthorized++
	case s.plan.Changes(), len(res.Revoked) > 0: // the others may have asked nobody
		r.unauthorized = 0
	}
	// A secret that stays, or is not replaced, is no brake on revoking the rest.
	if res.Outcome == FailedOut && !(r.insists && s.plugged) {
		r.failures++
	}
	if err == nil && r.unauthorized >= mostUnauthorized && !r.insists {
		err = fault.WithHint(fault.Errorf(fault.Auth, "%s in a row ended in 401, and so would the rest", console.Count(r.unauthorized, "repository")),
			"renew the credential that their reasons name, then run it again: it goes on where it stopped")
	}
	if err == nil && r.o.MaxFailures > 0 && r.failures >= r.o.MaxFailures {
		err = fault.WithHint(fault.Errorf(fault.Service, "%s failed, as many as --max-failures allows", console.Count(r.failures, "repository")), "look at their reasons, then run it again")
	}
	return err
}

// result takes the step for one repository and says what became of it. What it says
// of tokens is read from the state after the step, which is what the journal holds,
// also where the step failed half way.
func (r *run) result(ctx context.Context, s *saga) (Result, error) {
	f, item, start := r.f, s.plan, r.f.Clock.Now()
	defer s.drop()
	s.before = s.state.goneIDs()
	outcome, err := r.step(s, ctx)
	res := Result{Repository: item.Repository, Action: item.Action, Outcome: outcome, Reason: item.Reason, Hint: cmp.Or(item.Hint, s.hint), Notes: s.notes}
	if outcome == Rotated && item.Action == OverLimit {
		res.Reason, res.Hint = "there was room once its tokens were revoked", ""
	}
	if outcome == Outcome(item.Action) && outcome != Skipped {
		res.ExitCode = item.ExitCode
	}
	res.Revoked = s.revoked()
	for _, d := range item.Retiring { // which the plan said of what has been revoked since
		if slices.Contains(res.Revoked, d.Token) {
			res.Reason = strings.Replace(res.Reason, d.clause(), "", 1)
		}
	}
	if n := len(res.Revoked); outcome == Removed && n > 0 {
		res.Reason = console.Count(n, "token") + " revoked"
	}
	res.Retiring = f.retiring(s.state)
	if cur := s.state.inUse(); cur != nil {
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
	s.unauthorized = rest.Status(err) == rest.StatusUnauthorized
	res.Outcome, res.Reason, res.Hint, res.ExitCode = FailedOut, oneLine(err), fault.Hint(err), fault.ExitCode(err)
	if errors.As(err, new(*journalError)) { // there is nothing to write the failure into
		return res, err
	}
	return res, s.fail(err)
}

// stopGrace bounds how long the repositories in hand may go on after a run was
// told to stop: a CI system kills what has not ended some seconds later.
const stopGrace = 7 * time.Second

// finishing returns a context that outlives ctx by a while, so that the step in
// hand is finished and not torn: a request that is cut off leaves a doubt, and a
// token in doubt lives until its successor's grace is over. Waits for a rate limit
// end with ctx.
func finishing(ctx context.Context) (context.Context, func()) {
	work, cancel := context.WithCancel(rest.WithStop(context.WithoutCancel(ctx), ctx.Done()))
	stop := context.AfterFunc(ctx, func() { // in a goroutine of its own, which ends with the work
		select {
		case <-time.After(stopGrace):
			cancel()
		case <-work.Done():
		}
	})
	return work, func() {
		stop()
		cancel()
	}
}

// fail writes down why this try ended, for status and for people who read the file.
func (s *saga) fail(cause error) error {
	return s.record(journal.Entry{Kind: journal.Failed, Reason: oneLine(cause)})
}

// ParseWaves reads percentages that grow, such as 1%,10%,100%: how much of what
// is to be changed is changed before the next part begins. The last is always
// everything.
func ParseWaves(texts []string) ([]int, error) {
	var out []int
	for _, text := range texts {
		n, err := strconv.Atoi(strings.TrimSuffix(strings.TrimSpace(text), "%"))
		if err != nil || n < 1 || n > 100 || len(out) > 0 && n <= out[len(out)-1] {
			return nil, fault.WithHint(fault.Errorf(fault.Input, "wave %q is no percentage above the one before it", text), "write them as --wave 1%%,10%%,100%%")
		}
		out = append(out, n)
	}
	return out, nil
}

// wave is a part of a run that must end well before the next begins.
type wave struct {
	percent int
	items   []int // of the plan
	last    bool
}

// waves parts the items: what the plan changes in waves, the rest with the last.
// Percentages are rounded up, so that the first wave is never empty. A wave without
// items is left out, but for the last, whose end is the run's.
func (r *run) waves() []wave {
	var changed, rest []int
	for i, item := range r.plan.Items {
		if item.Changes() {
			changed = append(changed, i)
		} else {
			rest = append(rest, i)
		}
	}
	percents := r.o.Waves
	if len(percents) == 0 || percents[len(percents)-1] != 100 {
		percents = append(slices.Clone(percents), 100)
	}
	var out []wave
	begun := 0
	for i, percent := range percents {
		end := (len(changed)*percent + 99) / 100
		w := wave{percent: percent, items: changed[begun:end], last: i == len(percents)-1}
		if w.last {
			w.items = slices.Sorted(slices.Values(append(slices.Clone(w.items), rest...)))
		}
		begun = end
		if len(w.items) > 0 || w.last {
			out = append(out, w)
		}
	}
	return out
}

// verdict ends the run after a wave in which something failed. What a first wave is
// for is to fail where little can be broken; a run that insists breaks nothing by going
// on, and by ending it would leave what leaked alive.
func (w wave) verdict(r *run) error {
	failed := number(w.items, func(i int) bool { return r.report.Repositories[i].Outcome == FailedOut })
	if failed == 0 || w.last || r.insists {
		return nil
	}
	return fault.WithHint(fault.Errorf(fault.Partial, "%s of the wave of %d %% failed, so no other was begun", console.Count(failed, "repository"), w.percent),
		"look at their reasons, then run it again: what is done is done")
}
