package git

import (
	"bufio"
	"context"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os/exec"
	"slices"
	"strings"
	"sync"
)

// Files reads the text of a commit's files. It is safe for use by many at a
// time, and must be closed.
type Files struct {
	commit *Listing

	mu   sync.Mutex
	cmd  *exec.Cmd
	done func()
	ask  io.WriteCloser
	out  *bufio.Reader
}

// Files opens the files of a commit.
func (r *Repo) Files(ctx context.Context, commit string) (*Files, error) {
	list, err := r.List(ctx, commit)
	if err != nil {
		return nil, err
	}
	f := &Files{commit: list}
	// One process for all files: to begin one for each takes longer than to read it.
	if f.cmd, f.done, err = r.command(ctx, "cat-file", "--batch"); err != nil {
		return nil, err
	}
	f.ask, err = f.cmd.StdinPipe()
	if err == nil {
		var out io.ReadCloser
		if out, err = f.cmd.StdoutPipe(); err == nil {
			f.out = bufio.NewReader(out)
			err = f.cmd.Start()
		}
	}
	if err != nil {
		f.done()
		return nil, fmt.Errorf("git cat-file: %w", err)
	}
	return f, nil
}

// has reports whether an ascending list holds the text.
func has(list []string, text string) bool {
	_, ok := slices.BinarySearch(list, text)
	return ok
}

// Read returns the file's text as it was committed, at most limit bytes of it.
// A link is not followed: it is refused, as is what is no file of the commit.
func (f *Files) Read(path string, limit int64) ([]byte, error) {
	id := f.commit.ID(path)
	switch {
	case has(f.commit.Links, path):
		return nil, fmt.Errorf("%s is a symbolic link", path)
	case has(f.commit.Submodules, path):
		return nil, fmt.Errorf("%s is a submodule", path)
	case id == "":
		return nil, fmt.Errorf("%s: %w in the commit", path, fs.ErrNotExist)
	}
	f.mu.Lock()
	defer f.mu.Unlock()
	if _, err := io.WriteString(f.ask, id+"\n"); err != nil {
		return nil, fmt.Errorf("git cat-file: %w", err)
	}
	header, err := f.out.ReadString('\n')
	if err != nil {
		return nil, fmt.Errorf("git cat-file: %w", err)
	}
	var size int64
	if _, err := fmt.Sscanf(header, id+" blob %d\n", &size); err != nil {
		return nil, fmt.Errorf("%s: the checkout does not hold its text (%s)", path, strings.TrimSpace(strings.TrimPrefix(header, id)))
	}
	// The rest is passed over, so that the next answer is found.
	text := make([]byte, min(size, limit))
	if _, err = io.ReadFull(f.out, text); err == nil {
		_, err = io.CopyN(io.Discard, f.out, size-int64(len(text))+1) // and the line end
	}
	return text, err
}

// Close ends the reading.
func (f *Files) Close() error {
	defer f.done()
	return errors.Join(f.ask.Close(), f.cmd.Wait())
}
