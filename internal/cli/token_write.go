package cli

import (
	"errors"
	"fmt"
	"io"
	"os"
	"os/signal"
	"path/filepath"
	"syscall"

	"golang.org/x/term"

	"github.com/gatewright/gatewright/internal/connect"
	"github.com/gatewright/gatewright/internal/fault"
	"github.com/gatewright/gatewright/internal/secret"
)

// destination is where a new token's value goes. It is made ready before the
// token is, so that no token is created that cannot be kept.
type destination struct {
	name   string   // of the file, as the user named it
	file   *os.File // beside its final place, moved there when it is complete
	path   string
	stdout bool
	out    io.Writer
}

func (f NewTokenFlags) destination(a *connect.To) (*destination, error) {
	signal.Ignore(syscall.SIGPIPE) // a reader that is gone must not end the process between the token and its revocation
	switch {
	case f.ToFile != "" && f.ToStdout:
		return nil, fault.Errorf(fault.Input, "both --to-file and --to-stdout are given; choose one")
	case f.ToStdout:
		if file, ok := a.RawStdout().(*os.File); ok && term.IsTerminal(int(file.Fd())) && !f.Show {
			return nil, fault.WithHint(fault.Errorf(fault.Input, "stdout is a terminal, where the token would stay to be read"), "pipe it on, use --to-file, or say --show")
		}
		if a.JSON {
			return nil, fault.Errorf(fault.Input, "--to-stdout writes the value alone; it does not go with --output json")
		}
		return &destination{stdout: true, out: a.RawStdout()}, nil
	}
	if err := a.Within(f.ToFile); err != nil {
		return nil, fault.WithHint(fault.Errorf(fault.Input, "--to-file %s: %w", f.ToFile, err), "%s", fault.Hint(err))
	}
	path := a.Path(f.ToFile)
	if info, err := os.Stat(path); err == nil && !info.Mode().IsRegular() {
		return nil, fault.Errorf(fault.Input, "--to-file %s is not a regular file", f.ToFile)
	}
	file, err := os.CreateTemp(filepath.Dir(path), ".gatewright-token-*") // mode 0600
	if err != nil {
		return nil, fault.Errorf(fault.Input, "--to-file %s: %w", f.ToFile, err)
	}
	return &destination{name: f.ToFile, file: file, path: path}, nil
}

func (d *destination) write(v secret.Value) error {
	if d.stdout {
		_, err := fmt.Fprintln(d.out, v.Expose())
		return err
	}
	_, err := fmt.Fprintln(d.file, v.Expose())
	// Only a file that is whole, and on the disk, takes the place of the old one.
	if err = errors.Join(err, d.file.Sync(), d.file.Close()); err != nil {
		return err
	}
	return os.Rename(d.file.Name(), d.path)
}

// close removes what was prepared and not used.
func (d *destination) close() {
	if d.file != nil {
		_ = d.file.Close()
		_ = os.Remove(d.file.Name())
	}
}
