package fleet

import (
	"context"
	"errors"
	"slices"
	"sync"
	"time"

	"github.com/gatewright/gatewright/internal/fault"
	"github.com/gatewright/gatewright/internal/fleet/journal"
	"github.com/gatewright/gatewright/internal/forge"
)

// Options say how a plan is carried out.
type Options struct {
	Run         string        // from NewRun
	MaxPlanAge  time.Duration // older plans are refused; 0: one day
	MaxChanges  int           // refuse a plan that changes more; 0: no limit
	MaxFailures int           // start no more after so many failures; 0: no limit
	Progress    Progress
	Relist      bool // look first which repositories of the plan still are as they were
	Leak        bool // revoke all tokens of the changed repositories before replacing them
}

// Default sets the limits that were not given.
func (o Options) Default(maxChanges, maxFailures int) Options {
	if o.MaxChanges == 0 {
		o.MaxChanges = maxChanges
	}
	if o.MaxFailures == 0 {
		o.MaxFailures = maxFailures
	}
	return o
}

// Due counts the tokens that a sweep would revoke.
func (f *Fleet) Due(entries []journal.Entry, p Plan) int {
	h := fold(entries)
	n := 0
	for _, item := range p.Items {
		n += len(h.of(item.Subject).due(f.now()))
		for _, t := range item.Tokens {
			if t.Stray {
				n++
			}
		}
	}
	return n
}

// Ready says why the plan cannot be applied: it is stale, or changes too much.
// Apply asks the same; commands ask before they ask the user.
func (f *Fleet) Ready(entries []journal.Entry, p Plan, o Options) error {
	if err := f.check(); err != nil {
		return err
	}
	if o.MaxPlanAge == 0 {
		o.MaxPlanAge = 24 * time.Hour
	}
	if err := f.freshPlan(p, entries, o.MaxPlanAge); err != nil {
		return err
	}
	if n := p.Changes(); o.MaxChanges > 0 && n > o.MaxChanges {
		return fault.WithHint(fault.Errorf(fault.Input, "the plan changes %s, more than --max-changes=%d", plural(n, "repository"), o.MaxChanges),
			"look at the plan, then allow more, or choose fewer repositories with a filter or --shard")
	}
	return nil
}

// Apply carries the plan out. The log is the journal that entries were read
// from, open for writing. The report has a result for every repository of the
// plan, whatever happens; the error says in one sentence how the run ended.
func (f *Fleet) Apply(ctx context.Context, log Log, entries []journal.Entry, p Plan, o Options) (Report, error) {
	if err := f.Ready(entries, p, o); err != nil {
		return Report{}, err
	}
	digest := p.Digest()
	if o.Relist {
		if err := f.relist(ctx, &p); err != nil {
			return Report{}, err
		}
	}
	step := (*saga).carryOut
	if o.Leak {
		step = (*saga).replaceLeaked
	}
	return f.drive(ctx, log, entries, p, digest, o, step)
}

// relist brings the plan's repositories to their present names, and leaves out
// those that were archived or are gone since.
func (f *Fleet) relist(ctx context.Context, p *Plan) error {
	repos, err := f.repositories(ctx)
	if err != nil {
		return err
	}
	now := map[string]forge.Repository{}
	for _, r := range repos {
		now[f.subjectOf(r)] = r
	}
	p.Items = slices.Clone(p.Items)
	for i := range p.Items {
		item := &p.Items[i]
		r, there := now[item.Subject]
		switch {
		case !there:
			item.Action, item.Reason = Unknown, "gone since the plan was made, or no longer visible"
		case r.Archived || r.Disabled:
			item.Action, item.Reason = Archived, "archived since the plan was made"
		default:
			item.Repository = r.Owner + "/" + r.Name
		}
	}
	return nil
}

// drive runs one step for every item of the plan.
func (f *Fleet) drive(ctx context.Context, log Log, entries []journal.Entry, p Plan, digest string, o Options, step func(*saga, context.Context) (Outcome, error)) (Report, error) {
	r := Report{
		Run: o.Run, StartedAt: f.now(), Service: f.Service.Name, Forge: f.Forge.Name, Organization: f.Policy.Org, Secret: f.Policy.Secret,
		Repositories: make([]Result, len(p.Items)), Summary: map[Outcome]int{},
	}
	begun := f.Clock.Now()
	if err := log.Append(journal.Entry{At: f.now(), Kind: journal.Begin, Run: o.Run, Plan: digest}); err != nil {
		return r, err
	}
	for i, item := range p.Items {
		r.Repositories[i] = Result{Repository: item.Repository, Action: item.Action, Outcome: NotStarted, Reason: "the run ended before its turn"}
	}
	h := fold(entries)
	work, release := finishing(ctx)
	defer release()
	var mu sync.Mutex
	done, failures := 0, 0
	stopped := each(ctx, len(p.Items), f.workers(), func(i int) error {
		s := &saga{f: f, log: log, run: o.Run, repo: p.Items[i].repo(), sub: h.of(p.Items[i].Subject), plan: p.Items[i]}
		if cur := s.sub.current; cur != nil {
			s.applied = h.runs[cur.run] == digest
		}
		res, err := f.one(work, s, step)
		mu.Lock()
		defer mu.Unlock()
		r.Repositories[i] = res
		done++
		o.Progress.tell(done, len(p.Items))
		if res.Outcome == FailedOut {
			failures++
		}
		if err == nil && o.MaxFailures > 0 && failures >= o.MaxFailures {
			err = fault.WithHint(fault.Errorf(fault.Service, "%s failed, as many as --max-failures allows", plural(failures, "repository")), "look at their reasons, then run it again")
		}
		return err
	})
	for _, res := range r.Repositories {
		r.Summary[res.Outcome]++
	}
	r.Seconds = f.Clock.Now().Sub(begun).Seconds()
	if stopped != nil {
		r.Stopped = stopped.Error()
	}
	endErr := log.Append(journal.Entry{At: f.now(), Kind: journal.End, Run: o.Run, Reason: r.Sentence()})
	return r, verdict(r, stopped, endErr)
}

// grace bounds how long the repositories in hand may go on after a run was told to stop.
const stopGrace = time.Minute

// finishing gives a context that outlives ctx by a while, so that the step in
// hand is finished and not torn.
func finishing(ctx context.Context) (context.Context, func()) {
	work, cancel := context.WithCancel(context.WithoutCancel(ctx))
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

// one does the work for one repository. Its error ends the whole run.
func (f *Fleet) one(ctx context.Context, s *saga, step func(*saga, context.Context) (Outcome, error)) (Result, error) {
	start, item := f.Clock.Now(), s.plan
	defer s.drop()
	gone := s.sub.goneIDs()
	outcome, err := step(s, ctx)
	res := Result{Repository: item.Repository, Action: item.Action, Outcome: outcome, Reason: item.Reason, Notes: s.notes}
	res.Revoked = slices.DeleteFunc(s.sub.goneIDs(), func(id string) bool { return slices.Contains(gone, id) })
	for _, t := range s.sub.retiring() {
		res.Retiring = append(res.Retiring, Due{Token: t.id, Name: t.name, NotBefore: t.notBefore})
	}
	if cur := s.sub.current; cur != nil && !cur.gone {
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
	res.Outcome, res.Reason, res.kind = FailedOut, oneLine(err), fault.Of(err)
	if errors.As(err, new(*journalError)) {
		return res, err
	}
	return res, s.fail(err)
}

// fail writes down why this try ended.
func (s *saga) fail(cause error) error {
	return s.record(journal.Entry{Kind: journal.Failed, Reason: oneLine(cause)})
}

func (s *subject) goneIDs() []string {
	var ids []string
	for _, t := range s.tokens {
		if t.gone && t.id != "" {
			ids = append(ids, t.id)
		}
	}
	return ids
}

// Sweep revokes what is due, ends strays, and mints nothing. It takes a plan
// as Apply does, made right before, for the repositories' present names.
func (f *Fleet) Sweep(ctx context.Context, log Log, entries []journal.Entry, p Plan, o Options) (Report, error) {
	return f.drive(ctx, log, entries, p, p.Digest(), o, (*saga).sweep)
}
