package fleet

import "github.com/gatewright/gatewright/internal/fleet/journal"

// Compact returns the entries of a journal that the next run needs: everything
// of tokens that live and of the last one that was in place, and of those that
// are gone only that they were stored, and that they are gone.
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
		case journal.Begin:
			keep = runs[e.Run] || last[about(e)] == i
		case journal.End, journal.Observed, journal.Failed, journal.Done:
			keep = last[about(e)] == i
		case journal.Removed:
			keep = true
		default:
			s := h.of(e.Subject)
			t := s.byNumber(e.Token)
			if t == nil {
				t = s.named(e.Name)
			}
			ending := e.Kind == journal.Storing || e.Kind == journal.Retiring || e.Kind == journal.Revoked || e.Kind == journal.Absent
			keep = t == nil || !t.gone || t == s.current || ending || e.Kind == journal.Planned && t.id == ""
		}
		if keep {
			out = append(out, e)
		}
	}
	return out
}
