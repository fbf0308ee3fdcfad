package git

import (
	"bytes"
	"cmp"
	"context"
	"errors"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"time"

	"github.com/gatewright/gatewright/internal/fault"
	"github.com/gatewright/gatewright/internal/trace"
)

// patience is how long one call of git may take.
const patience = 10 * time.Minute

const endless = "one call of git may take ten minutes: a named pipe in the checkout would be waited for without end, and so would a server that stops answering"

// lag is how long a child of git may keep the pipes open after git itself was
// killed.
const lag = 5 * time.Second

// exitError is git's exit status and what it said.
type exitError struct {
	code int
	text string
}

func (e *exitError) Error() string { return e.text }

// Run returns the standard output of a git command.
func (r *Repo) Run(ctx context.Context, args ...string) (string, error) {
	var out strings.Builder
	err := r.Stream(ctx, &out, args...)
	return out.String(), err
}

// Stream writes the standard output of a git command to w.
func (r *Repo) Stream(ctx context.Context, w io.Writer, args ...string) error {
	cmd, done, err := r.command(ctx, args...)
	if err != nil {
		return err
	}
	defer done()
	cmd.Stdout = w
	return result(ctx, cmd, cmd.Run())
}

// command is a git process that has not been started, and what clears up after it.
func (r *Repo) command(ctx context.Context, args ...string) (*exec.Cmd, func(), error) {
	dir, err := r.mirror()
	if err != nil {
		return nil, nil, err
	}
	limited, cancel := context.WithTimeout(ctx, cmp.Or(r.patience, patience))
	cmd := exec.CommandContext(limited, "git", append([]string{"--no-pager"}, args...)...)
	cmd.Dir = r.Root
	cmd.Env = r.environment(cmd.Environ(), dir)
	cmd.Stderr = new(bytes.Buffer)
	cmd.WaitDelay = min(cmp.Or(r.patience, lag), lag)
	began := time.Now()
	return cmd, func() {
		cancel()
		trace.Debugf(ctx, "git %s: %s", strings.Join(args, " "), time.Since(began).Round(time.Millisecond))
		_ = os.RemoveAll(dir)
	}, nil
}

// result is the error of a finished git process.
func result(ctx context.Context, cmd *exec.Cmd, err error) error {
	var exit *exec.ExitError
	switch {
	case err == nil:
		return nil
	case ctx.Err() != nil:
		return ctx.Err()
	case errors.Is(err, exec.ErrNotFound):
		return fault.WithHint(fault.Errorf(fault.Input, "there is no git command"), "install git in the job's image")
	case !errors.As(err, &exit):
		return fault.Errorf(fault.Input, "git %s: %w", cmd.Args[2], err)
	}
	if exit.ExitCode() < 0 {
		return fault.WithHint(fault.Errorf(fault.Input, "git %s did not end by itself: %w", cmd.Args[2], exit), "%s", endless)
	}
	text := exit.String()
	if b, ok := cmd.Stderr.(*bytes.Buffer); ok && b.Len() > 0 {
		text = strings.TrimSpace(b.String())
	}
	return fault.Errorf(fault.Input, "git %s: %w", cmd.Args[2], &exitError{exit.ExitCode(), text})
}

// environment is what a git process may know: what a program needs to start,
// and where the checkout's parts are.
func (r *Repo) environment(all []string, dir string) []string {
	return append(only(all, startable()),
		"GIT_DIR="+dir, "GIT_WORK_TREE="+r.Root,
		"GIT_OBJECT_DIRECTORY="+filepath.Join(r.common, "objects"),
		"GIT_INDEX_FILE="+filepath.Join(r.own, "index"),
		"GIT_SHALLOW_FILE="+filepath.Join(r.common, "shallow"),
		// Nobody's configuration but the one in dir.
		"HOME="+dir, "XDG_CONFIG_HOME="+dir, "GIT_CONFIG_NOSYSTEM=1", "GIT_ATTR_NOSYSTEM=1",
		"GIT_CONFIG_GLOBAL="+filepath.Join(dir, "none"), "GIT_CONFIG_SYSTEM="+filepath.Join(dir, "none"),
		// Were there a remote to ask or a program to run: no.
		"GIT_NO_LAZY_FETCH=1", "GIT_ALLOW_PROTOCOL=none", "GIT_TERMINAL_PROMPT=0", "GIT_PAGER=", "GIT_EDITOR=false",
		"GIT_NO_REPLACE_OBJECTS=1", "GIT_OPTIONAL_LOCKS=0", "LC_ALL=C",
	)
}

// only returns those of a process's variables that are named. Windows spells them
// in any case.
func only(all, names []string) []string {
	return slices.DeleteFunc(slices.Clone(all), func(v string) bool {
		name, _, _ := strings.Cut(v, "=")
		return !slices.Contains(names, strings.ToUpper(name))
	})
}

// readConfig reads the checkout's configuration as text, without what it
// includes.
func (r *Repo) readConfig(ctx context.Context) error {
	file := filepath.Join(r.common, "config")
	info, err := os.Stat(file)
	if errors.Is(err, os.ErrNotExist) {
		file, err = os.DevNull, nil
	} else if err == nil && !info.Mode().IsRegular() {
		err = fault.Errorf(fault.Input, "%s is not a regular file", file)
	}
	if err != nil {
		return err
	}
	out, err := r.Run(ctx, "config", "--file", file, "--no-includes", "--null", "--list")
	if err != nil {
		return err
	}
	r.config = map[string][]string{}
	for item := range strings.SplitSeq(out, "\x00") {
		if key, value, ok := strings.Cut(item, "\n"); ok {
			key = strings.ToLower(key)
			r.config[key] = append(r.config[key], value)
		}
	}
	return nil
}
