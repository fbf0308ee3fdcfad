package journal

import (
	"encoding/json"
	"os"
	"path/filepath"
	"slices"
	"sort"

	"github.com/gatewright/gatewright/internal/fault"
)

// rewrite puts the entries into a new file, signed with the run's key, in the place
// of the old one: whole, or not at all, for a rename is atomic. The journal then
// holds the new file. A lock is on a file and not on its name, so the new one is
// locked too. Where the name is a link, as to a place that several machines share, the
// file that it leads to is replaced.
func (j *Journal) rewrite(entries []Entry) error {
	fail := func(err error) error { return fault.Errorf(fault.Input, "write the journal anew: %w", err) }
	path := j.path
	if real, err := filepath.EvalSymlinks(path); err == nil {
		path = real
	}
	tmp := path + ".new"
	_ = os.Remove(tmp) // a left-over of a crash
	f, err := os.OpenFile(tmp, os.O_RDWR|os.O_CREATE|os.O_EXCL, 0o600)
	if err != nil {
		return fail(err)
	}
	n := &Journal{file: f, content: content{key: j.sign, verified: true}}
	first := head(j.sign)
	if len(entries) > 0 {
		first.At = entries[0].At // no line is older than the one before it
	}
	var text []byte
	for _, e := range append([]Entry{first}, entries...) {
		line, err := n.next(&e)
		if err != nil {
			return err
		}
		n.last, n.entries, text = e, append(n.entries, e), append(text, line...)
	}
	err = n.write(text)
	if err == nil {
		f, err = replace(j.file, f, tmp, path)
	}
	if err != nil {
		if f != nil {
			_ = f.Close()
		}
		_ = os.Remove(tmp)
		return fail(err)
	}
	j.file, j.content, j.last = f, n.content, n.last
	syncDir(filepath.Dir(path))
	return nil
}

// Join returns the entries of two journals in the order of their times. Those of
// one journal stay in their own order, also where two have the same time. What both
// have was written once: the one is a copy of the other, which went on, or took it in
// before.
func Join(a, b []Entry) []Entry {
	own := withoutHead(a)
	known := map[string]int{}
	for _, e := range own {
		known[e.text()]++
	}
	lines := slices.Concat(own, slices.DeleteFunc(slices.Clone(withoutHead(b)), func(e Entry) bool {
		known[e.text()]--
		return known[e.text()] >= 0
	}))
	sort.SliceStable(lines, func(i, j int) bool { return lines[i].At.Before(lines[j].At) })
	return slices.Concat(a[:len(a)-len(own)], lines)
}

// text is what the entry says, wherever it stands.
func (e Entry) text() string {
	e.Seq, e.Sum = 0, ""
	text, _ := json.Marshal(e) // texts, numbers and times always marshal
	return string(text)
}

// withoutHead returns the entries without a file's first line, which is not about
// anything that was done.
func withoutHead(entries []Entry) []Entry {
	if len(entries) > 0 && entries[0].Kind == Head {
		return entries[1:]
	}
	return entries
}

// Rewrite keeps the given entries of a journal alone, in their order, and signs
// them with the run's key.
func (j *Journal) Rewrite(keep []Entry) error {
	j.mu.Lock()
	defer j.mu.Unlock()
	return j.rewrite(withoutHead(keep))
}
