package git

import (
	"bytes"
	"context"
	"strings"
)

// Listing is what a commit has, slash-separated and relative to the root, in
// git's order. Submodules are not among the files, symbolic links are.
type Listing struct {
	Files      []string
	Links      []string
	Submodules []string
}

// List lists a commit. It reads while git writes, and keeps the names in a few
// large blocks: a commit may have a million files.
func (r *Repo) List(ctx context.Context, commit string) (Listing, error) {
	var l Listing
	w := &listingWriter{l: &l}
	err := r.Stream(ctx, w, "ls-tree", "-r", "-z", "--full-tree", commit)
	return l, err
}

// listingWriter takes git ls-tree -z apart.
type listingWriter struct {
	l     *Listing
	rest  []byte // of an entry that is not whole yet
	names strings.Builder
}

func (w *listingWriter) Write(p []byte) (int, error) {
	n := len(p)
	for {
		i := bytes.IndexByte(p, 0)
		if i < 0 {
			w.rest = append(w.rest, p...)
			return n, nil
		}
		if len(w.rest) > 0 {
			w.rest = append(w.rest, p[:i]...)
			w.entry(w.rest)
			w.rest = w.rest[:0]
		} else {
			w.entry(p[:i])
		}
		p = p[i+1:]
	}
}

func (w *listingWriter) entry(e []byte) {
	meta, path, ok := bytes.Cut(e, []byte{'\t'})
	if !ok {
		return
	}
	name := w.keep(path)
	switch {
	case bytes.HasPrefix(meta, []byte(submodule)):
		w.l.Submodules = append(w.l.Submodules, name)
		return
	case bytes.HasPrefix(meta, []byte(link)):
		w.l.Links = append(w.l.Links, name)
	}
	w.l.Files = append(w.l.Files, name)
}

// keep copies a name to the end of the block.
func (w *listingWriter) keep(name []byte) string {
	const block = 256 << 10
	if w.names.Cap()-w.names.Len() < len(name) {
		w.names = strings.Builder{}
		w.names.Grow(max(block, len(name)))
	}
	from := w.names.Len()
	w.names.Write(name)
	return w.names.String()[from:]
}

// Ignored returns those of the paths, relative to the root, that the rules in
// the work tree's .gitignore files leave out.
func (r *Repo) Ignored(ctx context.Context, paths []string) (map[string]bool, error) {
	cmd, done, err := r.command(ctx, "check-ignore", "--stdin", "-z", "--no-index")
	if err != nil {
		return nil, err
	}
	defer done()
	var out strings.Builder
	cmd.Stdin, cmd.Stdout = strings.NewReader(strings.Join(paths, "\x00")), &out
	err = result(ctx, cmd, cmd.Run())
	if err != nil && cmd.ProcessState.ExitCode() != 1 { // 1 says that none is
		return nil, err
	}
	ignored := map[string]bool{}
	for p := range strings.SplitSeq(out.String(), "\x00") {
		if p != "" {
			ignored[p] = true
		}
	}
	return ignored, nil
}
