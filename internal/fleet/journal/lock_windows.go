package journal

import (
	"os"

	"golang.org/x/sys/windows"
)

// lock takes the file for this process; the system lets go when it ends, however it ends.
// The byte it locks lies far behind the text, so that readers are not kept out.
func lock(f *os.File) error {
	return windows.LockFileEx(windows.Handle(f.Fd()), windows.LOCKFILE_EXCLUSIVE_LOCK|windows.LOCKFILE_FAIL_IMMEDIATELY,
		0, 1, 0, &windows.Overlapped{OffsetHigh: 1 << 30})
}
