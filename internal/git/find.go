package git

import (
	"context"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strings"

	"github.com/gatewright/gatewright/internal/fault"
	"github.com/gatewright/gatewright/internal/input"
)

// find looks for the checkout that dir lies in, as git does: for a folder
// .git, or for the file of that name which a submodule and a linked work tree
// have, in dir and the folders above it.
func find(dir string) (*Repo, error) {
	root, err := filepath.Abs(dir)
	if err == nil {
		root, err = filepath.EvalSymlinks(root)
	}
	if err != nil {
		return nil, err
	}
	for {
		r, err := openAt(root)
		if r != nil || err != nil {
			return r, err
		}
		parent := filepath.Dir(root)
		if parent == root {
			return nil, ErrNoRepository
		}
		root = parent
	}
}

// Below returns the checkouts in the folders of a folder that is in none, and in
// their folders, as a CI makes them that is told to check out elsewhere than in its
// own folder. What cannot be read is left out.
func Below(ctx context.Context, dir string) []*Repo {
	var found []*Repo
	for _, pattern := range []string{"*/.git", "*/*/.git"} {
		names, _ := fs.Glob(os.DirFS(dir), pattern) // it fails only on a bad pattern
		for _, name := range names {
			r, err := Open(ctx, filepath.Join(dir, filepath.Dir(name)))
			// Of a checkout within another the outer one counts.
			if err == nil && !slices.ContainsFunc(found, func(o *Repo) bool { return strings.HasPrefix(r.Root, o.Root+string(filepath.Separator)) }) {
				found = append(found, r)
			}
		}
	}
	return found
}

// openAt returns the checkout whose root is the folder, nil if it is none's.
func openAt(root string) (*Repo, error) {
	own := filepath.Join(root, ".git")
	info, err := os.Stat(own)
	if err != nil {
		return nil, nil //nolint:nilerr // the folder above may have one
	}
	if !info.IsDir() {
		text, err := readSmall(own)
		if err != nil {
			return nil, err
		}
		to, ok := strings.CutPrefix(text, "gitdir: ")
		if !ok {
			return nil, fmt.Errorf("%s names no git folder", own)
		}
		own = within(root, to)
	}
	if _, err := os.Stat(filepath.Join(own, "HEAD")); err != nil {
		if info.IsDir() {
			return nil, nil
		}
		return nil, fmt.Errorf("the git folder that %s names is not there: %w", filepath.Join(root, ".git"), err)
	}
	// A linked work tree has a git folder of its own and shares the objects.
	r := &Repo{Root: root, own: own, common: own}
	if text, err := readSmall(filepath.Join(own, "commondir")); err == nil {
		r.common = within(own, text)
	}
	return r, nil
}

// lost returns the first folder of objects that the checkout borrows from and that
// is not there, as where a CI's mirror is not mounted into a container; "" if none.
func (r *Repo) lost() string {
	objects := filepath.Join(r.common, "objects")
	text, err := readSmall(filepath.Join(objects, "info", "alternates"))
	if err != nil {
		return ""
	}
	for line := range strings.Lines(text) {
		lender := within(objects, strings.TrimRight(line, "\r\n"))
		if _, err := os.Stat(lender); err != nil {
			return lender
		}
	}
	return ""
}

// within makes a path absolute that may be relative to a folder.
func within(dir, path string) string {
	path = filepath.FromSlash(path)
	if filepath.IsAbs(path) {
		return path
	}
	return filepath.Join(dir, path)
}

// readSmall reads one of git's own small files. Anything but a regular file,
// such as a pipe that never ends, is refused.
func readSmall(name string) (string, error) {
	f, err := input.Open(name)
	if err != nil {
		return "", err
	}
	defer f.Close()
	text, err := io.ReadAll(io.LimitReader(f, 64<<10))
	return strings.TrimRight(string(text), "\r\n"), err
}

// mirrorName begins the name of a git folder that a call works in.
const mirrorName = "gatewright-git-"

// mirror makes the git folder that a call works in and returns its path, which
// the caller removes.
func (r *Repo) mirror() (string, error) {
	dir, err := workFolder()
	if err == nil {
		if err = r.fill(dir); err == nil {
			return dir, nil
		}
		_ = os.RemoveAll(dir)
		err = fault.Errorf(fault.Input, "make a folder to call git in: %w", err)
	}
	return "", err
}

// workFolder makes a folder to call git in: a temporary one, or one in the memory
// that Linux has for such, as a container may have no other folder to write to.
func workFolder() (string, error) {
	dir, err := os.MkdirTemp("", mirrorName)
	if err == nil {
		return dir, nil
	}
	if dir, lost := os.MkdirTemp("/dev/shm", mirrorName); lost == nil {
		return dir, nil
	}
	return "", fault.WithHint(fault.Errorf(fault.Input, "make a folder to call git in: %w", err), "set TMPDIR to a folder that can be written")
}

// fill makes a git folder of an empty one.
func (r *Repo) fill(dir string) error {
	head, err := readSmall(filepath.Join(r.own, "HEAD"))
	if err != nil {
		return err
	}
	config := "[core]\n\trepositoryformatversion = 1\n\tbare = false\n\tquotePath = false\n[extensions]\n"
	for _, key := range []string{"objectFormat", "refStorage"} { // what git must know to read objects and references
		if v := r.config["extensions."+strings.ToLower(key)]; len(v) > 0 && plain(v[0]) {
			config += "\t" + key + " = " + v[0] + "\n"
		}
	}
	for name, text := range map[string]string{"HEAD": head + "\n", "config": config} {
		if err := os.WriteFile(filepath.Join(dir, name), []byte(text), 0o600); err != nil {
			return err
		}
	}
	if err := os.Mkdir(filepath.Join(dir, "info"), 0o700); err != nil {
		return err
	}
	for _, name := range []string{"refs", "packed-refs", "reftable", "logs", filepath.Join("info", "exclude")} {
		if err := attach(filepath.Join(r.common, name), filepath.Join(dir, name)); err != nil {
			return err
		}
	}
	for _, pattern := range []string{"*_HEAD", "sharedindex.*"} {
		found, _ := filepath.Glob(filepath.Join(r.own, pattern)) // it fails only on a bad pattern
		for _, name := range found {
			if err := attach(name, filepath.Join(dir, filepath.Base(name))); err != nil {
				return err
			}
		}
	}
	return nil
}

// plain reports whether a value is one word.
func plain(value string) bool {
	return strings.IndexFunc(value, func(r rune) bool { return (r < 'a' || r > 'z') && (r < '0' || r > '9') }) < 0
}

// attach makes a file or folder of the checkout visible under another name: by
// a link, or by a copy where the system has no links for everyone. What is not
// there is left out.
func attach(from, to string) error {
	info, err := os.Stat(from)
	if err != nil {
		return nil //nolint:nilerr // git does without it
	}
	// Windows lets only some users make links.
	if os.Symlink(from, to) == nil {
		return nil
	}
	if info.IsDir() {
		return os.CopyFS(to, os.DirFS(from))
	}
	text, err := fs.ReadFile(os.DirFS(filepath.Dir(from)), filepath.Base(from))
	if err != nil {
		return err
	}
	return os.WriteFile(to, text, 0o600)
}
