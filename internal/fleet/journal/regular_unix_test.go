//go:build !windows

package journal

import (
	"path/filepath"
	"syscall"
	"testing"

	"github.com/gatewright/gatewright/internal/fault"
)

// A pipe would be waited for.
func TestNoOrdinaryFile(t *testing.T) {
	path := filepath.Join(t.TempDir(), "pipe")
	if err := syscall.Mkfifo(path, 0o600); err != nil {
		t.Fatal(err)
	}
	if _, err := Open(path, signed()); fault.Of(err) != fault.Input {
		t.Errorf("open: %v", err)
	}
	if _, err := Read(path, signed()); fault.Of(err) != fault.Input {
		t.Errorf("read: %v", err)
	}
}
