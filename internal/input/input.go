// Package input opens the files that a user or a checkout names. What is no
// regular file is refused before it is opened: a named pipe would be waited for
// without end, a device be read without end.
package input

import (
	"crypto/rand"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
)

// MaxText bounds what Read reads: no plan, payload or configuration is larger.
const MaxText = 256 << 20

// Open opens a file to read. It is a regular one, the null device, or one of
// the process's own (/dev/stdin, or what a shell puts in the place of <(…)).
func Open(path string) (*os.File, error) {
	if err := check("open", path); err != nil {
		return nil, err
	}
	return os.Open(path)
}

// Read returns a file's text, which is at most MaxText bytes.
func Read(path string) ([]byte, error) {
	f, err := Open(path)
	if err != nil {
		return nil, err
	}
	defer func() { _ = f.Close() }()
	text, err := io.ReadAll(io.LimitReader(f, MaxText+1))
	if err == nil && len(text) > MaxText {
		err = &fs.PathError{Op: "read", Path: path, Err: fmt.Errorf("it is longer than %d MB", MaxText>>20)}
	}
	return text, err
}

// CanWrite returns why a file cannot be written to without waiting: it is a
// named pipe or a socket. A file that is not there can be.
func CanWrite(path string) error {
	info, err := os.Stat(path)
	if err != nil || own(path) || info.Mode()&(fs.ModeNamedPipe|fs.ModeSocket) == 0 {
		return nil // if it cannot be opened, that says why
	}
	return &fs.PathError{Op: "write", Path: path, Err: notRegular(info.Mode())}
}

func check(op, path string) error {
	info, err := os.Stat(path)
	if err != nil || info.Mode().IsRegular() || info.IsDir() || own(path) || path == os.DevNull {
		return nil // opening or reading it says what is wrong
	}
	if null, err := os.Stat(os.DevNull); err == nil && os.SameFile(info, null) {
		return nil
	}
	return &fs.PathError{Op: op, Path: path, Err: notRegular(info.Mode())}
}

// own reports whether the path is that of a file which the process has open.
func own(path string) bool {
	path = filepath.ToSlash(path)
	return path == "/dev/stdin" || path == "/dev/stdout" || path == "/dev/stderr" ||
		strings.HasPrefix(path, "/dev/fd/") || strings.HasPrefix(path, "/proc/self/fd/")
}

func notRegular(m fs.FileMode) error {
	what := "a device"
	switch {
	case m&fs.ModeNamedPipe != 0:
		what = "a named pipe"
	case m&fs.ModeSocket != 0:
		what = "a socket"
	}
	return fmt.Errorf("it is %s, not a regular file", what)
}

// Replace puts a file, whole or not at all, in the place of what has its name,
// be it a link: a reader never sees half of it, nor does a link of a checkout
// decide where it is written.
func Replace(path string, text []byte) error {
	// Not by os.CreateTemp, whose mode would have to be widened, past the user's umask.
	tmp, err := os.OpenFile(filepath.Join(filepath.Dir(path), ".gatewright-"+rand.Text()), os.O_WRONLY|os.O_CREATE|os.O_EXCL, 0o644)
	if err != nil {
		return err
	}
	defer func() { _ = os.Remove(tmp.Name()) }()
	_, err = tmp.Write(text)
	if err = errors.Join(err, tmp.Close()); err != nil {
		return err
	}
	return os.Rename(tmp.Name(), path)
}
