package fleet

import (
	"cmp"
	"maps"
	"slices"
	"time"

	"github.com/gatewright/gatewright/internal/fleet/journal"
)

// history is the fold of a whole journal. Nothing else is remembered from run to
// run, so a run that was killed and one that ended well are read the same way.
type history struct {
	subjects map[string]*repoState
	runs     map[string]string // run: digest of the plan it followed
	lastRun  string
	lastAt   time.Time
}

func fold(entries []journal.Entry) *history {
	h := &history{subjects: map[string]*repoState{}, runs: map[string]string{}}
	for _, e := range entries {
		h.lastAt = e.At
		if e.Kind == journal.Begin {
			h.runs[e.Run], h.lastRun = e.Plan, e.Run
		}
		if e.Subject == "" {
			continue
		}
		s := h.subjects[e.Subject]
		if s == nil {
			s = newRepoState(e.Subject)
			h.subjects[e.Subject] = s
		}
		s.apply(e)
	}
	return h
}

// sorted returns the repositories by name.
func (h *history) sorted() []*repoState {
	return slices.SortedFunc(maps.Values(h.subjects), func(a, b *repoState) int {
		return cmp.Or(cmp.Compare(a.repo, b.repo), cmp.Compare(a.id, b.id))
	})
}

// of returns the repository's state, an empty one if the journal never heard of
// it. The states of a history are shared: in a run each belongs to the one
// goroutine that works on its repository.
func (h *history) of(id string) *repoState {
	if s := h.subjects[id]; s != nil {
		return s
	}
	return newRepoState(id)
}

// lastWrite returns when a repository of the fleet was last stored in the place.
func (h *history) lastWrite(f *Fleet, p Place) (last write, ok bool) {
	for _, s := range h.subjects {
		if !f.owns(s) {
			continue
		}
		for _, t := range s.tokens {
			if w, stored := t.stored[p.String()]; stored && w.at.After(last.at) {
				last, ok = w, true
			}
		}
	}
	return last, ok
}

// Compact returns the entries of a journal that the next run needs: everything
// of tokens that live and of the last one that was in place, and of those that
// are gone only that they were stored, and that they are gone: a list that still
// has such a token shows that its revocation did nothing, and a secret that one was
// stored in was written by this tool. The entries are kept or dropped whole, in
// their order, so that the fold of what is left is the fold of all for what lives.
func Compact(entries []journal.Entry) []journal.Entry {
	h := fold(entries)
	last := map[string]int{} // the last entry that says something of a kind, by what it is about
	runs := map[string]bool{}
	about := func(e journal.Entry) string {
		switch e.Kind {
		case journal.Observed:
			return e.Subject + " observed " + e.Place
		case journal.Failed, journal.Done:
			return e.Subject + " " + string(e.Kind)
		default:
			return string(e.Kind)
		}
	}
	for i, e := range entries {
		last[about(e)] = i
	}
	for _, s := range h.subjects {
		for _, t := range s.tokens {
			if !t.gone || t == s.current {
				runs[t.run] = true
			}
		}
	}
	var out []journal.Entry
	for i, e := range entries {
		keep := false
		switch e.Kind {
		case journal.Begin: // by it a plan knows its own run again
			keep = runs[e.Run] || last[about(e)] == i
		case journal.End, journal.Observed, journal.Failed, journal.Done:
			keep = last[about(e)] == i
		case journal.Removed: // the places of all tokens before it
			keep = true
		default:
			s := h.of(e.Subject)
			t := s.byNumber(e.Token)
			if t == nil {
				t = s.named(e.Name)
			}
			ending := e.Kind == journal.Storing || e.Kind == journal.Retiring || e.Kind == journal.Revoked || e.Kind == journal.Absent
			keep = t == nil || !t.gone || t == s.current || ending || e.Kind == journal.Planned && (t.id == "" || t.phase < storing)
		}
		if keep {
			out = append(out, e)
		}
	}
	return out
}
