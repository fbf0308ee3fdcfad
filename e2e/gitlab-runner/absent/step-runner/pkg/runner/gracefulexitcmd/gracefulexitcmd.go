// Package gracefulexitcmd is absent: how a step's command is ended.
package gracefulexitcmd

import (
	"context"
	"os/exec"
	"time"
)

// New is a command that is killed, without grace.
func New(ctx context.Context, _ time.Duration, name string, args ...string) *exec.Cmd {
	return exec.CommandContext(ctx, name, args...)
}
