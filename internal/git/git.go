// Package git reads a checkout with the git command, which it never changes; a
// Depot writes to a reference at the forge, beside the checkout.
//
// A checkout is hostile: a pull request, or an artifact unpacked over it, may
// have written its configuration, and git has some eighty keys that name a
// program to run. So git never reads that configuration. Each call gets a git
// folder of its own, empty but for a configuration written here and links to
// the checkout's references, with the checkout's objects, index and files
// named by environment variables. There is then no filter, hook, fsmonitor,
// pager, external diff, textconv, credential helper, ssh or gpg program, alias,
// include or promisor remote to run, in any version of git; nothing is
// fetched; and since the folder belongs to this user, git does not refuse a
// checkout that belongs to another. The process gets an environment of a few
// allowed variables, without tokens.
package git

import (
	"context"
	"errors"
	"os"
	"path"
	"path/filepath"
	"slices"
	"strings"
	"time"

	"github.com/gatewright/gatewright/internal/fault"
)

// ErrNoRepository says that a folder is in no checkout that git can read; the
// error that wraps it has the cause.
var ErrNoRepository = errors.New("no git checkout here")

// Repo is a checkout, made by Open.
type Repo struct {
	Root string // absolute path of the work tree, without links

	own    string              // git folder of this work tree: HEAD and index
	common string              // git folder of all its work trees: objects and references
	config map[string][]string // the checkout's configuration, as text; keys in lower case

	known memory

	patience time.Duration // for one call of git; 0: patience
}

// Open finds the checkout that dir ("" is the working directory) lies in. An
// error is ErrNoRepository with its cause, or that of ctx.
func Open(ctx context.Context, dir string) (*Repo, error) {
	r, err := find(dir)
	if err == nil {
		err = r.readConfig(ctx)
	}
	// Its HEAD is in a table that git finds by the work tree's own folder alone; in the
	// shared table is the HEAD of another work tree.
	if err == nil && r.own != r.common && slices.Contains(r.config["extensions.refstorage"], "reftable") {
		err = fault.WithHint(fault.Errorf(fault.Input, "a linked work tree of a repository with reftable cannot be read"), "work in the main work tree, or in a clone")
	}
	switch {
	case ctx.Err() != nil:
		return nil, ctx.Err()
	case err == nil:
		return r, nil
	case errors.Is(err, ErrNoRepository):
		return nil, err
	default:
		return nil, fault.WithHint(fault.Errorf(fault.Input, "%w: %w", ErrNoRepository, err), "%s", fault.Hint(err))
	}
}

// IsID reports whether text is the whole id of a commit, of SHA-1 or SHA-256, as
// git writes it.
func IsID(text string) bool {
	return (len(text) == 40 || len(text) == 64) && strings.Trim(text, "0123456789abcdef") == ""
}

// Resolve returns the full id of a commit named in any way git understands.
func (r *Repo) Resolve(ctx context.Context, rev string) (string, error) {
	r.Ask(ctx, rev)
	if id, _ := r.known.look(&r.known.ids, rev); id != "" {
		return id, nil
	}
	if ctx.Err() != nil {
		return "", ctx.Err()
	}
	if lender := r.lost(); lender != "" {
		return "", fault.WithHint(fault.Errorf(fault.Input, "commit %q is not in this checkout, which borrows from %s, and that is not there", rev, lender),
			"mount that folder into the container, or have the CI clone without a mirror")
	}
	return "", fault.Errorf(fault.Input, "commit %q is not in this checkout", rev)
}

// Commit returns a commit as git keeps it: lines that begin with a word, an empty
// one, the message. What is beyond a megabyte is cut off.
func (r *Repo) Commit(ctx context.Context, rev string) (string, error) {
	id, err := r.Resolve(ctx, rev)
	if err != nil {
		return "", err
	}
	text, _ := r.known.look(&r.known.texts, id)
	return text, nil
}

// headers returns the values of a commit's lines that begin with a word.
func headers(commit, word string) []string {
	head, _, _ := strings.Cut(commit, "\n\n") // then the message begins
	var values []string
	for line := range strings.Lines(head) {
		if value, ok := strings.CutPrefix(strings.TrimRight(line, "\n"), word+" "); ok {
			values = append(values, value)
		}
	}
	return values
}

// Parents returns a commit's parents as the commit itself names them, also
// where a shallow checkout does not hold them.
func (r *Repo) Parents(ctx context.Context, commit string) ([]string, error) {
	text, err := r.Commit(ctx, commit)
	return headers(text, "parent"), err
}

// MergeBase returns the commit at which two lines of history parted, "" if
// they have none in common here, as far as a shallow checkout knows.
func (r *Repo) MergeBase(ctx context.Context, a, b string) (string, error) {
	of := a + " " + b
	if base, known := r.known.look(&r.known.bases, of); known {
		return base, nil
	}
	if _, known := r.known.look(&r.known.texts, a); known && a == b {
		return a, nil
	}
	out, err := r.Run(ctx, "merge-base", "--", a, b)
	var status *exitError
	if errors.As(err, &status) && status.code == 1 {
		out, err = "", nil
	}
	base := strings.TrimSpace(out)
	if err == nil {
		r.known.put(&r.known.bases, of, base)
	}
	return base, err
}

// Branch returns the branch that is checked out, "" if the head is detached.
func (r *Repo) Branch(ctx context.Context) string {
	// A name that git has followed to a commit is well formed; reftable has another in
	// the file, which is none. One that stands for another branch only git follows.
	text, err := readSmall(filepath.Join(r.own, "HEAD"))
	name, on := strings.CutPrefix(text, "ref: refs/heads/")
	if IsID(text) {
		return ""
	}
	tip, _ := readSmall(filepath.Join(r.common, "refs", "heads", filepath.FromSlash(name)))
	if _, lost := r.Resolve(ctx, "HEAD"); err == nil && lost == nil && on && name != ".invalid" && !strings.HasPrefix(tip, "ref:") {
		return name
	}
	out, err := r.Run(ctx, "symbolic-ref", "--quiet", "--short", "HEAD")
	if err != nil {
		return ""
	}
	return strings.TrimSpace(out)
}

// DefaultBranch returns the branch that the remote calls so, as the clone saw
// it, "" where the checkout does not say.
func (r *Repo) DefaultBranch(ctx context.Context) string {
	out, err := r.Run(ctx, "symbolic-ref", "--quiet", "--short", "refs/remotes/origin/HEAD")
	if err != nil {
		return ""
	}
	return strings.TrimPrefix(strings.TrimSpace(out), "origin/")
}

// MainBranches are usual names of the branch that changes go to.
func MainBranches() []string { return []string{"main", "master", "develop", "trunk"} }

// MainBranch returns the branch that changes go to: DefaultBranch, or else the
// first of MainBranches that there is, or else the one checked out.
func (r *Repo) MainBranch(ctx context.Context) string {
	if name := r.DefaultBranch(ctx); name != "" {
		return name
	}
	var revs []string
	for _, name := range MainBranches() {
		revs = append(revs, "refs/remotes/origin/"+name, "refs/heads/"+name)
	}
	r.Ask(ctx, revs...)
	for _, rev := range revs {
		if _, err := r.Resolve(ctx, rev); err == nil {
			return path.Base(rev)
		}
	}
	return r.Branch(ctx)
}

// Remote returns the address of the remote that the checkout came from:
// "origin" if there is one, else the only one. ok is false if there is neither
// or its address cannot be parsed, which is why it is never returned as it is.
func (r *Repo) Remote() (remote Remote, ok bool) {
	const origin = "remote.origin.url"
	address := r.config[origin]
	if len(address) == 0 {
		for key, values := range r.config {
			if strings.HasPrefix(key, "remote.") && strings.HasSuffix(key, ".url") {
				if address != nil {
					return Remote{}, false
				}
				address = values
			}
		}
	}
	if len(address) == 0 {
		return Remote{}, false
	}
	return ParseRemote(address[0])
}

// Partial reports whether the checkout is a partial clone, which lacks objects
// that git would fetch and Gatewright does not.
func (r *Repo) Partial() bool {
	for key, values := range r.config {
		if key == "extensions.partialclone" || strings.HasSuffix(key, ".promisor") && slices.Contains(values, "true") {
			return true
		}
	}
	return false
}

// Shallow reports whether history was cut when the checkout was made.
func (r *Repo) Shallow() bool {
	_, err := os.Stat(filepath.Join(r.common, "shallow")) // as git itself does
	return err == nil
}

// Tree lists the files of a commit, slash-separated and relative to the root,
// sorted by git. Submodules are not files. The caller may not change them.
func (r *Repo) Tree(ctx context.Context, commit string) ([]string, error) {
	list, err := r.List(ctx, commit)
	return list.Files, err
}

// Untracked lists the files of the work tree that are neither committed nor
// staged nor ignored.
func (r *Repo) Untracked(ctx context.Context) ([]string, error) {
	out, err := r.Run(ctx, "ls-files", "--others", "--exclude-standard", "--full-name", "-z")
	if err != nil {
		return nil, err
	}
	// The temporary folder may lie in the checkout.
	return slices.DeleteFunc(strings.Split(out, "\x00"), func(s string) bool { return s == "" || strings.Contains(s, mirrorName) }), nil
}

// Untouched returns those of some paths, relative to the root, that HEAD has, and
// that are as HEAD has them in the index and, as far as git has seen, in the work
// tree. Git sees what was written since it checked them out, or since something
// refreshed its index, as "git status" does: one that was written anew with the
// same text before that is among them.
func (r *Repo) Untouched(ctx context.Context, paths []string) ([]string, error) {
	head := r.known.listing("HEAD")
	committed := func(p string) bool { return head.ID(p) != "" }
	if head == nil {
		have, err := r.listed(ctx, paths, "ls-tree", "-r", "--full-tree", "--name-only", "-z", "HEAD", "--")
		if err != nil {
			return nil, err
		}
		committed = func(p string) bool { return have[p] }
	}
	paths = slices.DeleteFunc(slices.Clone(paths), func(p string) bool { return !committed(p) })
	// In a submodule git would run what the configuration there names.
	written, err := r.listed(ctx, paths, "diff-index", "--ignore-submodules", "--name-only", "-z", "HEAD", "--")
	if err != nil {
		return nil, err
	}
	return slices.DeleteFunc(paths, func(p string) bool { return written[p] }), nil
}

// listed returns what a git command lists of some paths, which are put after its
// arguments; nothing of none.
func (r *Repo) listed(ctx context.Context, paths []string, command ...string) (map[string]bool, error) {
	listed := map[string]bool{}
	for len(paths) > 0 {
		args := slices.Clip(command)
		// A command line has an end: 32,767 characters on Windows.
		for size := 0; len(paths) > 0 && size < 16_000; paths = paths[1:] {
			args = append(args, ":(literal)"+paths[0])
			size += len(args[len(args)-1])
		}
		out, err := r.Run(ctx, args...)
		if err != nil {
			return nil, err
		}
		for p := range strings.SplitSeq(out, "\x00") {
			listed[p] = true
		}
	}
	return listed, nil
}
