package plugin

import (
	"bytes"
	"cmp"
	"context"
	"errors"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"time"
)

// Runner runs a program once, without arguments, with that standard input.
type Runner interface {
	Run(ctx context.Context, program string, stdin []byte) Ended
}

// Ended is what became of a process.
type Ended struct {
	NotStarted error         // why there was none
	Code       int           // its exit code; -1: a signal ended it
	Signal     string        // which
	Deadline   time.Duration // it did not end within this, and was killed
	Flooded    bool          // it wrote too much, and was killed
	Stdout     []byte
	Stderr     []byte // its beginning
}

// Process starts programs on this machine.
type Process struct {
	Dir      string                                 // where they run, and where relative names begin
	Deadline time.Duration                          // for each; 0: one minute
	Passes   func(name, value string) (passed bool) // which variables they get; nil: none but what a program needs to start
}

// needed are the variables that a program needs to start.
func needed() []string {
	return []string{"PATH", "HOME", "USER", "LOGNAME", "TMPDIR", "TEMP", "TMP", "LANG", "LC_ALL", "TZ", "SYSTEMROOT", "WINDIR", "APPDATA", "LOCALAPPDATA", "USERPROFILE", "PATHEXT"}
}

// Run runs the program in a process group of its own, which is killed as a
// whole when it has to be.
func (p Process) Run(ctx context.Context, program string, stdin []byte) Ended {
	file := program
	if strings.ContainsAny(program, `/\`) && !filepath.IsAbs(program) {
		var err error
		if file, err = filepath.Abs(filepath.Join(p.Dir, program)); err != nil {
			return Ended{NotStarted: err}
		}
	}
	deadline := cmp.Or(p.Deadline, time.Minute)
	limited, cancel := context.WithTimeout(ctx, deadline)
	defer cancel()
	cmd := exec.CommandContext(limited, file)
	cmd.Dir, cmd.Env = p.Dir, p.environment(cmd.Environ())
	cmd.Stdin = bytes.NewReader(stdin)
	cmd.WaitDelay = time.Second // for children of its own that hold its output
	group(cmd)
	out, talk := &bounded{most: longest, full: cancel}, &bounded{most: 4 << 10}
	cmd.Stdout, cmd.Stderr = out, talk
	err := cmd.Run()
	end := Ended{Stdout: out.kept, Stderr: talk.kept, Flooded: out.flooded}
	switch {
	case end.Flooded:
	case errors.Is(limited.Err(), context.DeadlineExceeded) && ctx.Err() == nil && err != nil:
		end.Deadline = deadline
	case cmd.ProcessState == nil:
		end.NotStarted = err
	case err != nil && cmd.ProcessState.ExitCode() != 0: // else its children alone held its output
		end.Code, end.Signal = cmd.ProcessState.ExitCode(), cmd.ProcessState.String()
	}
	return end
}

// environment is what a program may know: what it needs to start and what its
// store needs, and none of Gatewright's tokens.
func (p Process) environment(all []string) []string {
	return slices.DeleteFunc(all, func(v string) bool {
		name, value, _ := strings.Cut(v, "=")
		if slices.Contains(needed(), strings.ToUpper(name)) {
			return false
		}
		return p.Passes == nil || !p.Passes(name, value)
	})
}

// bounded keeps the beginning of what is written to it.
type bounded struct {
	kept    []byte
	most    int
	full    func() // called once when there is more; nil: the rest is dropped
	flooded bool
}

// Write never fails: a program that is not read any more would hang.
func (b *bounded) Write(p []byte) (int, error) {
	room := min(len(p), b.most-len(b.kept))
	b.kept = append(b.kept, p[:room]...)
	if room < len(p) && b.full != nil && !b.flooded {
		b.flooded = true
		b.full()
	}
	return len(p), nil
}
