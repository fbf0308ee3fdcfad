package journal

import (
	"errors"
	"os"

	"golang.org/x/sys/windows"
)

// lock takes the file for this process; the system lets go when it ends, however it ends.
// The byte it locks lies far behind the text, so that readers are not kept out. The
// error is errLocked where another process has it.
func lock(f *os.File) error {
	err := windows.LockFileEx(windows.Handle(f.Fd()), windows.LOCKFILE_EXCLUSIVE_LOCK|windows.LOCKFILE_FAIL_IMMEDIATELY,
		0, 1, 0, &windows.Overlapped{OffsetHigh: 1 << 30})
	if errors.Is(err, windows.ERROR_LOCK_VIOLATION) || errors.Is(err, windows.ERROR_IO_PENDING) {
		return errLocked
	}
	return err
}

// replace puts the file that f is, whose name is from, in the place of the old one,
// and returns it locked. Neither may be open meanwhile; a run that comes first makes
// this one fail.
func replace(old, f *os.File, from, path string) (*os.File, error) {
	if err := errors.Join(f.Close(), old.Close()); err != nil {
		return f, err
	}
	if err := os.Rename(from, path); err != nil {
		return f, err
	}
	f, err := os.OpenFile(path, os.O_RDWR|os.O_APPEND, 0o600)
	if err != nil {
		return nil, err
	}
	return f, lock(f)
}
