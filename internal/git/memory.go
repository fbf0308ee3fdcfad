package git

import (
	"context"
	"io"
	"slices"
	"strings"
	"sync"

	"github.com/gatewright/gatewright/internal/trace"
)

// memory is what a checkout has answered. Nothing of ours changes a checkout or
// fetches into it, so an answer holds for the run, which then judges one state of it.
type memory struct {
	mu     sync.Mutex
	ids    map[string]string // what a name stands for; "" for no commit
	texts  map[string]string // commits by id
	bases  map[string]string // merge bases, by two ids and a space
	listed string            // the commit that list is of
	list   *Listing
}

// maxCommit is how much of a commit is kept, in bytes: its message has no end.
const maxCommit = 1 << 20

// Ask finds out what several names stand for, with one process for all, so that
// Resolve, Commit and Parents need none. What could not be asked they ask again.
func (r *Repo) Ask(ctx context.Context, revs ...string) {
	m := &r.known
	var names []string
	// Every run asks for HEAD sooner or later. It comes last, since git ends at an
	// object that it cannot read, and not alone.
	for i, rev := range append(slices.Clip(revs), "HEAD") {
		_, known := m.look(&m.ids, rev)
		// No name has a line end, and a line is one question.
		if !known && rev != "" && !strings.ContainsAny(rev, "\n\x00") && (i < len(revs) || names != nil) && !slices.Contains(names, rev) {
			names = append(names, rev)
		}
	}
	if names == nil {
		return
	}
	questions := make([]string, len(names))
	for i, rev := range names {
		questions[i] = rev + "^{commit}"
	}
	trace.Debugf(ctx, "git cat-file is asked for %s", strings.Join(names, " "))
	// What git did not answer is asked again, and then said.
	_ = r.objects(ctx, questions, func(i int, o object) error {
		if o.id != "" {
			text := make([]byte, min(o.size, maxCommit))
			if _, err := io.ReadFull(o.text, text); err != nil {
				return err // half a commit may lack parents
			}
			m.put(&m.ids, o.id, o.id)
			m.put(&m.texts, o.id, string(text))
		}
		m.put(&m.ids, names[i], o.id)
		return nil
	})
}

// put remembers an answer, look returns it.
func (m *memory) put(in *map[string]string, name, answer string) {
	m.mu.Lock()
	defer m.mu.Unlock()
	if *in == nil {
		*in = map[string]string{}
	}
	(*in)[name] = answer
}

func (m *memory) look(in *map[string]string, name string) (answer string, known bool) {
	m.mu.Lock()
	defer m.mu.Unlock()
	answer, known = (*in)[name]
	return answer, known
}

// listing is the files of the commit that was listed last, nil for any other.
func (m *memory) listing(commit string) *Listing {
	m.mu.Lock()
	defer m.mu.Unlock()
	if id := m.ids[commit]; id != "" && id == m.listed {
		return m.list
	}
	return nil
}

func (m *memory) putListing(commit string, l *Listing) {
	m.mu.Lock()
	defer m.mu.Unlock()
	if id := m.ids[commit]; id != "" {
		m.listed, m.list = id, l
	}
}
