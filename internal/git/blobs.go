package git

import (
	"bufio"
	"context"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os/exec"
	"strings"
	"sync"
)

// Blobs is an open git process that reads files of a commit by their paths. It
// is safe for use by many at a time.
type Blobs struct {
	commit string
	mu     sync.Mutex
	cmd    *exec.Cmd
	done   func()
	ask    io.WriteCloser
	out    *bufio.Reader
}

// Blobs starts reading files of a commit one at a time. It costs less than Files
// where few of them are of interest, and must be closed.
func (r *Repo) Blobs(ctx context.Context, commit string) (*Blobs, error) {
	b := &Blobs{commit: commit}
	var err error
	if b.cmd, b.done, err = r.command(ctx, "cat-file", "--batch"); err != nil {
		return nil, err
	}
	b.ask, err = b.cmd.StdinPipe()
	if err == nil {
		var out io.ReadCloser
		if out, err = b.cmd.StdoutPipe(); err == nil {
			b.out = bufio.NewReaderSize(out, 64<<10)
			err = b.cmd.Start()
		}
	}
	if err != nil {
		b.done()
		return nil, fmt.Errorf("git cat-file: %w", err)
	}
	return b, nil
}

// Read calls see with the text of a file, as it was committed; that of a symbolic
// link is its target. What is no file of the commit, or not in this checkout, is
// fs.ErrNotExist.
func (b *Blobs) Read(path string, see func(io.Reader) error) error {
	if strings.ContainsAny(path, "\n\x00") {
		return fmt.Errorf("%q: %w for git cat-file, whose requests are lines", path, fs.ErrNotExist)
	}
	b.mu.Lock()
	defer b.mu.Unlock()
	if _, err := io.WriteString(b.ask, b.commit+":"+path+"\n"); err != nil {
		return fmt.Errorf("git cat-file: %w", err)
	}
	header, err := b.out.ReadString('\n')
	if err != nil {
		return fmt.Errorf("git cat-file: %w", err)
	}
	var id, kind string
	var size int64
	if n, _ := fmt.Sscanf(header, "%s %s %d\n", &id, &kind, &size); n != 3 || strings.HasSuffix(header, " missing\n") {
		return fmt.Errorf("%s: %w in the commit", path, fs.ErrNotExist)
	}
	text := io.LimitReader(b.out, size)
	if kind == "blob" {
		err = see(text)
	} else {
		err = fmt.Errorf("%s: %w in the commit: it is a %s", path, fs.ErrNotExist, kind)
	}
	if _, derr := io.Copy(io.Discard, text); derr == nil {
		_, derr = b.out.Discard(1) // the line end after the text
		err = errors.Join(err, derr)
	}
	return err
}

// Close ends the process.
func (b *Blobs) Close() error {
	defer b.done()
	return errors.Join(b.ask.Close(), b.cmd.Wait())
}
