//go:build !windows

package input

import (
	"errors"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"strconv"
	"syscall"
	"testing"

	"github.com/gatewright/gatewright/internal/reference"
)

// TestOnlyRegularFiles: what would be waited for, or read without end, is
// refused before it is opened.
func TestOnlyRegularFiles(t *testing.T) {
	dir := t.TempDir()
	at := func(name string) string { return filepath.Join(dir, name) }
	if err := syscall.Mkfifo(at("pipe"), 0o600); err != nil {
		reference.Missing(t, "%v", err)
	}
	for name, to := range map[string]string{"zero": "/dev/zero", "random": "/dev/urandom", "null": "/dev/null", "whole": at("text"), "piped": at("pipe")} {
		if err := os.Symlink(to, at(name)); err != nil {
			t.Fatal(err)
		}
	}
	if err := os.WriteFile(at("text"), []byte("text"), 0o600); err != nil {
		t.Fatal(err)
	}
	for _, name := range []string{"pipe", "piped", "zero", "random"} {
		if _, err := Read(at(name)); !errors.As(err, new(*fs.PathError)) {
			t.Errorf("%s: %v", name, err)
		}
	}
	for name, want := range map[string]string{"text": "text", "whole": "text", "null": ""} {
		if got, err := Read(at(name)); err != nil || string(got) != want {
			t.Errorf("%s: %q, %v", name, got, err)
		}
	}
	if _, err := Read(at("none")); !errors.Is(err, fs.ErrNotExist) {
		t.Errorf("a file that is not there: %v", err)
	}
	if CanWrite(at("piped")) == nil || CanWrite(at("none")) != nil || CanWrite(at("text")) != nil || CanWrite(at("null")) != nil {
		t.Error("what can be written to")
	}
}

// TestShellsPipe: what a shell puts in the place of <(…) is read.
func TestShellsPipe(t *testing.T) {
	r, w, err := os.Pipe()
	if err != nil {
		t.Fatal(err)
	}
	if _, err := io.WriteString(w, "text"); err != nil {
		t.Fatal(err)
	}
	_ = w.Close()
	name := filepath.Join("/dev/fd", strconv.Itoa(int(r.Fd())))
	if _, err := os.Stat(name); err != nil {
		reference.Missing(t, "%v", err)
	}
	if got, err := Read(name); err != nil || string(got) != "text" {
		t.Errorf("%q, %v", got, err)
	}
}

// TestUmask: who wants their files for themselves has them so.
func TestUmask(t *testing.T) {
	defer syscall.Umask(syscall.Umask(0o077))
	name := filepath.Join(t.TempDir(), "page.html")
	if err := Replace(name, []byte("x")); err != nil {
		t.Fatal(err)
	}
	if info, err := os.Stat(name); err != nil || info.Mode() != 0o600 {
		t.Errorf("%v, %v", info.Mode(), err)
	}
	if list, err := os.ReadDir(filepath.Dir(name)); err != nil || len(list) != 1 {
		t.Errorf("%v, %v", list, err)
	}
}
