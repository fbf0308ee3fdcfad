//go:build !windows

package journal

import (
	"errors"
	"os"

	"golang.org/x/sys/unix"
)

// lock takes the file for this process; the kernel lets go when it ends, however it
// ends. The error is errLocked where another process has it, and the system's own
// where the file system has no locks, as some of networks have not (flock(2), nfs(5)).
func lock(f *os.File) error {
	err := unix.Flock(int(f.Fd()), unix.LOCK_EX|unix.LOCK_NB)
	if errors.Is(err, unix.EWOULDBLOCK) {
		return errLocked
	}
	return err
}

// replace puts the file that f is, whose name is from, in the place of the old one,
// and returns it locked. The old one is held until then, so that nobody comes first.
func replace(old, f *os.File, from, path string) (*os.File, error) {
	if err := lock(f); err != nil {
		return f, err
	}
	if err := os.Rename(from, path); err != nil {
		return f, err
	}
	return f, old.Close()
}
