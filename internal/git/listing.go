package git

import (
	"bufio"
	"bytes"
	"context"
	"encoding/hex"
	"fmt"
	"io"
	"slices"
	"strings"
)

// Listing is what a commit has, slash-separated and relative to the root, in
// ascending order. Submodules are not among the files, symbolic links are.
type Listing struct {
	Files      []string
	Links      []string
	Submodules []string

	ids   [][]byte // of the files, idBlock to a block
	width int      // bytes of an id
}

const idBlock = 4096

// Modes of a tree's entries.
const (
	submodule = "160000"
	link      = "120000"
)

// List lists a commit. It reads while git writes, and keeps names and ids in
// large blocks: a commit may have a million files. The caller may not change it.
func (r *Repo) List(ctx context.Context, commit string) (*Listing, error) {
	if l := r.known.listing(commit); l != nil {
		return l, nil
	}
	w := &listingWriter{l: new(Listing)}
	err := r.Stream(ctx, w, "ls-tree", "-r", "-z", "--full-tree", commit)
	if err == nil {
		r.known.putListing(commit, w.l)
	}
	return w.l, err
}

// ID returns the id of a file's text, "" if the commit has no such file.
func (l *Listing) ID(path string) string {
	i, ok := slices.BinarySearch(l.Files, path)
	if !ok {
		return ""
	}
	at := i % idBlock * l.width
	return hex.EncodeToString(l.ids[i/idBlock][at : at+l.width])
}

// All returns the names of the files.
func (l *Listing) All() []string { return l.Files }

// Has reports whether the commit has a file, or files in a folder of that path.
func (l *Listing) Has(path string) bool {
	if path == "" || l.ID(path) != "" {
		return true
	}
	i, _ := slices.BinarySearch(l.Files, path+"/")
	return i < len(l.Files) && strings.HasPrefix(l.Files[i], path+"/")
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
		entry := p[:i]
		if len(w.rest) > 0 {
			w.rest = append(w.rest, entry...)
			entry = w.rest
		}
		if err := w.entry(entry); err != nil {
			return 0, err
		}
		w.rest = w.rest[:0]
		p = p[i+1:]
	}
}

// entry takes "<mode> <type> <id>\t<path>" apart.
func (w *listingWriter) entry(e []byte) error {
	meta, path, ok := bytes.Cut(e, []byte{'\t'})
	at := bytes.LastIndexByte(meta, ' ')
	if !ok || at < 0 {
		return fmt.Errorf("git ls-tree: %q where an entry was expected", e)
	}
	name := w.keep(path)
	switch {
	case bytes.HasPrefix(meta, []byte(submodule)):
		w.l.Submodules = append(w.l.Submodules, name)
		return nil
	case bytes.HasPrefix(meta, []byte(link)):
		w.l.Links = append(w.l.Links, name)
	}
	id := meta[at+1:]
	if len(w.l.Files)%idBlock == 0 {
		w.l.width = hex.DecodedLen(len(id))
		w.l.ids = append(w.l.ids, make([]byte, 0, idBlock*w.l.width))
	}
	w.l.Files = append(w.l.Files, name)
	last := &w.l.ids[len(w.l.ids)-1]
	var err error
	*last, err = hex.AppendDecode(*last, id)
	return err
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

// Texts calls see with the text of each object, by its place among the ids. That
// of a symbolic link is its target. What is no file, or not in this checkout, is
// passed over.
func (r *Repo) Texts(ctx context.Context, ids []string, see func(i int, text io.Reader) error) error {
	return r.objects(ctx, ids, func(i int, o object) error {
		if o.kind != "blob" {
			return nil
		}
		return see(i, o.text)
	})
}

// object is what git answers to a name; without an id there is none.
type object struct {
	id, kind string
	size     int64
	text     io.Reader // ends early, and without an error, where git does
}

// objects calls see with the object that each name stands for, by its place.
func (r *Repo) objects(ctx context.Context, names []string, see func(i int, o object) error) error {
	cmd, done, err := r.command(ctx, "cat-file", "--batch", "--buffer")
	if err != nil {
		return err
	}
	defer done()
	cmd.Stdin = strings.NewReader(strings.Join(names, "\n") + "\n")
	out, err := cmd.StdoutPipe()
	if err == nil {
		err = cmd.Start()
	}
	if err != nil {
		return fmt.Errorf("git cat-file: %w", err)
	}
	// git writes while this reads: a pipe that nobody empties would stop it.
	err = readObjects(bufio.NewReaderSize(out, 64<<10), len(names), see)
	_ = out.Close() // ends git if not all was read
	if werr := result(ctx, cmd, cmd.Wait()); err == nil {
		err = werr
	}
	return err
}

// readObjects reads what git cat-file --batch answers to n requests.
func readObjects(r *bufio.Reader, n int, see func(i int, o object) error) error {
	for i := range n {
		header, err := r.ReadString('\n')
		if err != nil {
			return fmt.Errorf("git cat-file: %w", err)
		}
		if strings.HasSuffix(header, " missing\n") || strings.HasSuffix(header, " ambiguous\n") {
			if err := see(i, object{}); err != nil {
				return err
			}
			continue
		}
		var o object
		if n, _ := fmt.Sscanf(header, "%s %s %d\n", &o.id, &o.kind, &o.size); n != 3 {
			return fmt.Errorf("git cat-file: %q where an object was expected", header)
		}
		o.text = io.LimitReader(r, o.size)
		if err := see(i, o); err != nil {
			return err
		}
		if _, err = io.Copy(io.Discard, o.text); err == nil {
			_, err = r.Discard(1) // the line end after the text
		}
		if err != nil {
			return fmt.Errorf("git cat-file: %w", err)
		}
	}
	return nil
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
	if err != nil && (cmd.ProcessState == nil || cmd.ProcessState.ExitCode() != 1) { // 1 says that none is
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
