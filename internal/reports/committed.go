package reports

import (
	"context"
	"fmt"
	"slices"

	"github.com/gatewright/gatewright/internal/console"
	"github.com/gatewright/gatewright/internal/coverage/match"
	"github.com/gatewright/gatewright/internal/summary"
)

// findCommitted returns those of the reports that HEAD has and that, as far as git
// has seen, were not written since it was checked out: they seem to be of the run
// that they were committed from. If there are no others it is none.
func (t Commit) findCommitted(ctx context.Context, index *match.Index, names []string) []string {
	named := map[string]string{}
	var paths []string
	for _, name := range names {
		if p := index.Location(t.Console.Path(name)); p != "" {
			named[p] = name
			paths = append(paths, p)
		}
	}
	if len(paths) == 0 {
		return nil
	}
	untouched, err := t.Repo.Untouched(ctx, paths)
	if err != nil {
		t.Console.Warn("%s: read, be it of this run or not: %v", several(named[paths[0]], len(paths)), err)
		return nil
	}
	var committed []string
	for _, p := range untouched {
		committed = append(committed, named[p])
	}
	if len(committed) == len(names) {
		warnCommitted(t.Console, committed)
		return nil
	}
	return committed
}

func warnCommitted(c *console.Console, read []string) {
	if len(read) > 0 {
		c.Warn("%s: as it was checked out; no test of this run seems to have written it", several(read[0], len(read)))
	}
}

// several is the first of some reports, and how many there are beside it.
func several(first string, n int) string {
	if n == 1 {
		return summary.Plain(first, 0)
	}
	return fmt.Sprintf("%s and %s", summary.Plain(first, 0), console.Count(n-1, "more report"))
}

// addCommitted adds those committed reports that have a file which no other report
// has, once these are all there. The rest is of another run: a test that wrote the
// same text once more has written nothing that the others lack.
func (m *merger) addCommitted(c *console.Console) {
	var read, left []string
	for i, r := range m.committed {
		switch {
		case r == nil:
		case r.of != "" && m.has(r):
			c.Say("%s: not read; it says that it is of another commit, %.10s. Name it if it is meant", summary.Plain(r.file.Path, 0), r.of)
			m.committed[i] = nil
		case r.of != "":
		case r.file.Report == nil || m.has(r):
			left = append(left, r.file.Path)
			m.committed[i] = nil
		default:
			read = append(read, r.file.Path)
		}
	}
	for i, r := range m.committed {
		if r != nil {
			m.add(i, *r)
		}
	}
	warnCommitted(c, read)
	switch len(left) {
	case 0:
	case 1:
		c.Say("%s: not read; it is as it was checked out, and so of another run. Name it if it is meant", several(left[0], 1))
	default:
		c.Say("%s: not read; they are as they were checked out, and so of another run. Name them if they are meant", several(left[0], len(left)))
	}
}

// has reports whether the reports so far have all files that another one has, or
// may have.
func (m *merger) has(r *booked) bool {
	for _, f := range r.file.Report.Files() {
		if !m.names(f.Path) {
			return false
		}
	}
	for _, f := range r.matches {
		if f.Unclear() && slices.ContainsFunc(f.Others(), func(other string) bool { return !m.names(other) }) {
			return false
		}
	}
	return true
}

// names reports whether one of the reports so far has a file.
func (m *merger) names(path string) bool {
	for _, w := range m.wholes {
		if w.Lookup(path) != nil {
			return true
		}
	}
	for _, h := range m.held {
		if h != nil && h.Lookup(path) != nil {
			return true
		}
	}
	return false
}
