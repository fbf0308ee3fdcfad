package journal

import (
	"cmp"
	"os"
	"path/filepath"
	"slices"

	"github.com/gatewright/gatewright/internal/fault"
)

// rewrite puts the entries into a new file, signed with the key, in the place of
// the old one: whole, or not at all. The journal then holds the new file.
func (j *Journal) rewrite(path string, k Key, entries []Entry) error {
	fail := func(err error) error { return fault.Errorf(fault.Input, "write the journal anew: %w", err) }
	tmp := path + ".new"
	_ = os.Remove(tmp) // a left-over of a crash
	f, err := os.OpenFile(tmp, os.O_RDWR|os.O_CREATE|os.O_EXCL, 0o600)
	if err != nil {
		return fail(err)
	}
	n := &Journal{file: f, key: k}
	var text []byte
	for i, e := range append([]Entry{head(k)}, entries...) {
		e.Seq = int64(i + 1)
		if e.At.Before(n.last) {
			e.At = n.last
		}
		if i == 0 && len(entries) > 0 {
			e.At = entries[0].At
		}
		line, sum, err := encode(k, e, n.sum)
		if err != nil {
			return err
		}
		e.Sum = sum
		n.seq, n.sum, n.last = e.Seq, sum, e.At
		n.entries = append(n.entries, e)
		text = append(text, line...)
	}
	err = n.write(text)
	if closeErr := f.Close(); err == nil {
		err = closeErr
	}
	if err == nil {
		_ = j.file.Close() // a file that is open cannot be replaced everywhere
		err = os.Rename(tmp, path)
	}
	if err == nil {
		n.file, err = os.OpenFile(path, os.O_RDWR|os.O_APPEND, 0o600)
	}
	if err != nil {
		_ = os.Remove(tmp)
		return fail(err)
	}
	j.file, j.key, j.seq, j.sum, j.last, j.entries, j.torn, j.genuine = n.file, k, n.seq, n.sum, n.last, n.entries, 0, !k.Empty()
	if err := lock(j.file); err != nil {
		return fail(err)
	}
	return syncDir(filepath.Dir(path))
}

// Join returns the entries of two journals in the order of their times.
func Join(a, b []Entry) []Entry {
	out := slices.Clone(a)
	for _, e := range b {
		if e.Kind != Head {
			out = append(out, e)
		}
	}
	slices.SortStableFunc(out, func(x, y Entry) int {
		if (x.Kind == Head) != (y.Kind == Head) { // the first line stays the first
			return cmp.Compare(boolInt(y.Kind == Head), boolInt(x.Kind == Head))
		}
		return x.At.Compare(y.At)
	})
	return out
}

func boolInt(b bool) int {
	if b {
		return 1
	}
	return 0
}

// Rewrite keeps the given entries of a journal alone, in their order, and signs
// them with the run's key.
func (j *Journal) Rewrite(keep []Entry) error {
	j.mu.Lock()
	defer j.mu.Unlock()
	if len(keep) > 0 && keep[0].Kind == Head {
		keep = keep[1:]
	}
	return j.rewrite(j.path, j.sign, keep)
}
