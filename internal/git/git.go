// Package git asks the git command about a checkout. It reads only: nothing in
// Gatewright changes a repository. Every call is one process with a context, no
// pager, no prompts and no configuration that runs programs of the checkout's
// choosing.
package git

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"net/url"
	"os/exec"
	"strings"

	"github.com/gatewright/gatewright/internal/fault"
)

// ErrNoRepository says that a folder is in no git checkout.
var ErrNoRepository = errors.New("not in a git repository")

// Repo is a checkout.
type Repo struct {
	Root string // absolute path of the work tree
}

// Open finds the checkout that dir ("" is the working directory) lies in. It
// fails with ErrNoRepository where there is none or no git command.
func Open(ctx context.Context, dir string) (*Repo, error) {
	out, err := (&Repo{Root: dir}).Run(ctx, "rev-parse", "--show-toplevel")
	if err != nil {
		return nil, fmt.Errorf("%w: %w", ErrNoRepository, err)
	}
	return &Repo{Root: strings.TrimSpace(out)}, nil
}

// Run gives the standard output of a git command.
func (r *Repo) Run(ctx context.Context, args ...string) (string, error) {
	var out strings.Builder
	err := r.Stream(ctx, &out, args...)
	return out.String(), err
}

// Stream writes the standard output of a git command to w.
func (r *Repo) Stream(ctx context.Context, w io.Writer, args ...string) error {
	var stderr bytes.Buffer
	safe := []string{"--no-pager", "-c", "core.fsmonitor=false", "-c", "core.quotePath=false", "-c", "diff.external=", "-c", "safe.directory=*"}
	cmd := exec.CommandContext(ctx, "git", append(safe, args...)...)
	cmd.Dir = r.Root
	cmd.Env = append(cmd.Environ(), "GIT_TERMINAL_PROMPT=0", "GIT_OPTIONAL_LOCKS=0", "LC_ALL=C")
	cmd.Stdout, cmd.Stderr = w, &stderr
	if err := cmd.Run(); err != nil {
		if ctx.Err() != nil {
			return ctx.Err()
		}
		text := strings.TrimSpace(stderr.String())
		if text == "" {
			text = err.Error()
		}
		return fault.Errorf(fault.Input, "git %s: %s", args[0], text)
	}
	return nil
}

// Resolve gives the full id of a commit named in any way git understands.
func (r *Repo) Resolve(ctx context.Context, rev string) (string, error) {
	out, err := r.Run(ctx, "rev-parse", "--verify", "--quiet", "--end-of-options", rev+"^{commit}")
	if err != nil {
		return "", fault.Errorf(fault.Input, "commit %q is not in this checkout", rev)
	}
	return strings.TrimSpace(out), nil
}

// Parents gives a commit's parents.
func (r *Repo) Parents(ctx context.Context, commit string) ([]string, error) {
	out, err := r.Run(ctx, "rev-list", "--parents", "-n", "1", commit, "--")
	if err != nil {
		return nil, err
	}
	ids := strings.Fields(out)
	if len(ids) == 0 {
		return nil, nil
	}
	return ids[1:], nil
}

// Branch is the branch that is checked out, or "" if the head is detached.
func (r *Repo) Branch(ctx context.Context) string {
	out, err := r.Run(ctx, "symbolic-ref", "--quiet", "--short", "HEAD")
	if err != nil {
		return ""
	}
	return strings.TrimSpace(out)
}

// Remote is the address of the remote that the checkout came from: "origin" if
// there is one, else the only one; "" if neither.
func (r *Repo) Remote(ctx context.Context) string {
	if out, err := r.Run(ctx, "remote", "get-url", "origin"); err == nil {
		return strings.TrimSpace(out)
	}
	names, err := r.Run(ctx, "remote")
	if err != nil || len(strings.Fields(names)) != 1 {
		return ""
	}
	out, err := r.Run(ctx, "remote", "get-url", strings.TrimSpace(names))
	if err != nil {
		return ""
	}
	return strings.TrimSpace(out)
}

// Tree lists the files of a commit, slash-separated and relative to the root,
// sorted by git. Submodules are not files.
func (r *Repo) Tree(ctx context.Context, commit string) ([]string, error) {
	out, err := r.Run(ctx, "ls-tree", "-r", "-z", "--full-tree", commit)
	if err != nil {
		return nil, err
	}
	var files []string
	for entry := range strings.SplitSeq(out, "\x00") {
		meta, path, ok := strings.Cut(entry, "\t")
		if ok && !strings.HasPrefix(meta, "160000 ") {
			files = append(files, path)
		}
	}
	return files, nil
}

// Shallow reports whether history was cut when the checkout was made.
func (r *Repo) Shallow(ctx context.Context) bool {
	out, err := r.Run(ctx, "rev-parse", "--is-shallow-repository")
	return err == nil && strings.TrimSpace(out) == "true"
}

// Remote is an address of a repository taken apart.
type Remote struct {
	Host  string
	Owner string // everything before the last segment
	Name  string
}

// ParseRemote reads the two forms of a remote's address, the URL and the scp
// form (git@host:owner/name.git). ok is false for a local path.
func ParseRemote(address string) (r Remote, ok bool) {
	host, path := "", ""
	if u, err := url.Parse(address); err == nil && u.Host != "" {
		host, path = u.Hostname(), u.Path
	} else if h, p, found := strings.Cut(address, ":"); found && !strings.Contains(h, "/") && len(h) > 1 {
		host, path = h[strings.LastIndex(h, "@")+1:], p
	}
	path = strings.TrimSuffix(strings.Trim(path, "/"), ".git")
	i := strings.LastIndex(path, "/")
	if host == "" || i < 1 {
		return Remote{}, false
	}
	return Remote{Host: host, Owner: path[:i], Name: path[i+1:]}, true
}
