//go:build unix

package plugin

import (
	"os/exec"
	"syscall"
)

// group puts the process into a group of its own: an interrupt at the terminal
// is Gatewright's to handle, and what the program started ends with it.
func group(cmd *exec.Cmd) {
	cmd.SysProcAttr = &syscall.SysProcAttr{Setpgid: true}
	cmd.Cancel = func() error { return syscall.Kill(-cmd.Process.Pid, syscall.SIGKILL) }
}
