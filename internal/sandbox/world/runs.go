package world

import (
	"cmp"
	"slices"
	"sort"
	"strings"
	"time"
)

// The states of a Run.
const (
	Queued  = "queued"
	Running = "running"
	Ended   = "ended"
)

// Run is a CI run of a repository.
type Run struct {
	ID       int64
	Number   int
	State    string
	QueuedAt time.Time
	BeganAt  time.Time // zero while it is queued
	EndedAt  time.Time // zero while it has not ended
}

// SeedRun is a CI run known from the start.
type SeedRun struct {
	State string `yaml:"state"` // queued, running or ended
	Age   string `yaml:"age"`   // since it was queued: 2h
}

// StartRun queues a run of the repository, or begins it at once. It takes the lock.
func (w *World) StartRun(owner, name, state string) *Run {
	w.Lock()
	defer w.Unlock()
	return w.startRun(w.Repository(owner, name), state, w.Now())
}

func (w *World) startRun(r *Repository, state string, at time.Time) *Run {
	run := &Run{ID: w.NextID(), Number: len(r.Runs) + 1, State: state, QueuedAt: at.Truncate(time.Second)}
	if state != Queued {
		run.BeganAt = run.QueuedAt
	}
	if state == Ended {
		run.EndedAt = run.QueuedAt.Add(time.Minute)
	}
	r.Runs = append(r.Runs, run)
	sort.SliceStable(r.Runs, func(i, k int) bool {
		a, b := r.Runs[i], r.Runs[k]
		return cmp.Or(a.QueuedAt.Compare(b.QueuedAt), cmp.Compare(a.ID, b.ID)) < 0
	})
	return run
}

// EndRuns ends all runs of the repository. It takes the lock.
func (w *World) EndRuns(owner, name string) {
	w.Lock()
	defer w.Unlock()
	for _, run := range w.Repository(owner, name).Runs {
		if run.State != Ended {
			run.BeganAt, run.EndedAt, run.State = cmp.Or(run.BeganAt, w.Now()), w.Now(), Ended
		}
	}
}

// Team returns the repositories that an organization's team has access to, by the
// word that forges make of its name; ok is false if there is no such team. The
// caller holds the lock.
func (o *Organization) Team(name string) (list []*Repository, ok bool) {
	for _, r := range o.Repositories {
		if slices.ContainsFunc(r.Teams, func(t string) bool { return strings.EqualFold(t, name) }) {
			list = append(list, r)
		}
	}
	return list, len(list) > 0
}
