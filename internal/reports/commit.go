package reports

import (
	"cmp"
	"context"
	"errors"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strings"

	"github.com/gatewright/gatewright/internal/console"
	"github.com/gatewright/gatewright/internal/coverage/formats"
	"github.com/gatewright/gatewright/internal/coverage/match"
	"github.com/gatewright/gatewright/internal/fault"
	"github.com/gatewright/gatewright/internal/git"
	"github.com/gatewright/gatewright/internal/input"
	"github.com/gatewright/gatewright/internal/testrun"
)

// Commit is the commit that paths are matched to.
type Commit struct {
	Console *console.Console
	Repo    *git.Repo // nil without a checkout
	ID      string    // "" is HEAD
	Also    []string  // names of files beside those of the commit
	Not     []string  // files of an earlier run, which patterns may match and do not mean: paths or globs
}

// index opens it; nil, and a note, if there is none.
func (t Commit) index(ctx context.Context) (*match.Index, error) {
	if t.Repo == nil {
		return nil, nil
	}
	id, err := t.Repo.Resolve(ctx, cmp.Or(t.ID, "HEAD"))
	// A merge that the CI made, or a squashed branch: HEAD has nearly the same files,
	// and its paths are the best there are.
	if err != nil && t.ID != "" && t.ID != "HEAD" {
		head, herr := t.Repo.Resolve(ctx, "HEAD")
		if herr != nil {
			return nil, err
		}
		t.Console.Warn("%v; matching paths with HEAD instead", err)
		id, err = head, nil
	}
	// A repository in which nothing is committed, as in a first try.
	if err != nil {
		t.Console.Say("no commit yet: paths stay as the reports have them")
		return nil, nil
	}
	return match.Open(ctx, t.Repo, id, t.Also)
}

// result is an open file of results that a tool wrote, and how the paths in it
// are matched.
type result struct {
	file  *os.File
	name  string      // as the user would write it
	tree  *match.Tree // nil without a commit
	match match.Options
}

// each opens what patterns name, one file after the other, each once. what
// stands for them in errors.
func (t Commit) each(ctx context.Context, what string, patterns []string, read func(result) error) error {
	// Before the commit is read, which takes longer and may say something.
	names, err := Named(t.Console, patterns)
	if err != nil || len(names) == 0 {
		return err
	}
	if names = t.own(names, patterns); len(names) == 0 {
		return fault.Errorf(fault.Input, "%s: %s names the baseline alone", what, strings.Join(patterns, " "))
	}
	index, err := t.index(ctx)
	if err != nil {
		return err
	}
	for _, name := range names {
		path := t.Console.Path(name)
		f, err := input.Open(path)
		if err != nil {
			return fault.Errorf(fault.Input, "%s: %w", what, err)
		}
		// Without a commit paths below the working directory are made relative to it.
		r := result{file: f, name: name, match: match.Options{Checkout: filepath.ToSlash(t.Console.Path("."))}}
		if index != nil {
			r.tree, r.match = index.Tree, index.Options(match.Options{Location: index.Location(path)})
		}
		err = read(r)
		_ = f.Close()
		if err != nil {
			return err
		}
	}
	return nil
}

// own takes out of what patterns name the files that are of an earlier run, and
// that no pattern names itself.
func (t Commit) own(names, patterns []string) []string {
	for _, p := range t.Not {
		if slices.Contains(patterns, p) {
			continue
		}
		old, _ := Named(t.Console, []string{p}) // one that is not there is said where it is read
		var known []fs.FileInfo
		for _, name := range old {
			if info, err := os.Stat(t.Console.Path(name)); err == nil {
				known = append(known, info)
			}
		}
		names = slices.DeleteFunc(names, func(name string) bool {
			info, err := os.Stat(t.Console.Path(name))
			return err == nil && slices.ContainsFunc(known, func(o fs.FileInfo) bool { return os.SameFile(info, o) })
		})
	}
	return names
}

const globbing = "*?[{"

// Lacks reports whether a path, which is no glob, names a file that is not there.
// One behind a "!" names none that is wanted.
func Lacks(c *console.Console, path string) bool {
	if strings.HasPrefix(path, "!") {
		return false
	}
	_, err := os.Stat(c.Path(path))
	return errors.Is(err, fs.ErrNotExist) && !strings.ContainsAny(path, globbing)
}

// Named returns the files that patterns name, each once, without those that
// patterns after a "!" name. A pattern that names none is an error: what it was
// meant to find was not looked at.
func Named(c *console.Console, patterns []string) ([]string, error) {
	wanted, unwanted, err := formats.Except(c.Path("."), patterns)
	if err != nil {
		return nil, err
	}
	var out []string
	for _, p := range wanted {
		found := []string{p}
		if _, none := os.Stat(c.Path(p)); none != nil && strings.ContainsAny(p, globbing) {
			g, err := input.Glob(c.Path("."), p, nil)
			if err != nil {
				return nil, fault.As(fault.Input, err)
			}
			for _, l := range g.Left {
				c.Warn("%s %s", l.Path, l.Why)
			}
			if found = g.Files; len(found) == 0 {
				return nil, fault.Errorf(fault.Input, "no file matches %s", p)
			}
		}
		out = append(out, found...)
	}
	// A file that two patterns name would count twice.
	out = slices.DeleteFunc(input.Once(c.Path("."), out), func(name string) bool { return unwanted(c.Path(name)) })
	if len(out) == 0 && len(patterns) > 0 {
		return nil, fault.Errorf(fault.Input, "no file is left of %s", strings.Join(patterns, " "))
	}
	return out, nil
}

// Tests reads results of tests that patterns name, each file once. Files of tests
// are matched to those of the commit; where none is meant, a test keeps none.
func Tests(ctx context.Context, t Commit, patterns []string) (*testrun.Set, error) {
	all := new(testrun.Set)
	err := t.each(ctx, "tests", patterns, func(r result) error {
		set := testrun.Set{Clean: t.Console.Redact.Clean}
		if err := set.ReadJUnit(r.file, r.name); err != nil {
			return err
		}
		if len(set.Cases) == 0 {
			all.Empty = append(all.Empty, r.name)
		}
		paths := make([]string, len(set.Cases))
		for i, c := range set.Cases {
			paths[i] = c.File
		}
		for i, m := range r.tree.Paths(paths, r.match) {
			set.Cases[i].File = m.Path
		}
		all.Cases = append(all.Cases, set.Cases...)
		return nil
	})
	return all, err
}
