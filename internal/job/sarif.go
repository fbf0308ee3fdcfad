package job

import (
	"context"
	"errors"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strings"

	"github.com/bmatcuk/doublestar/v4"

	"github.com/gatewright/gatewright/internal/console"
	"github.com/gatewright/gatewright/internal/coverage/formats"
	"github.com/gatewright/gatewright/internal/coverage/match"
	"github.com/gatewright/gatewright/internal/fault"
	"github.com/gatewright/gatewright/internal/finding"
	"github.com/gatewright/gatewright/internal/git"
	"github.com/gatewright/gatewright/internal/input"
)

// sarifReader reads results of scanners, their paths matched to the commit's
// files as those of coverage are.
type sarifReader struct {
	c      *console.Console
	repo   *git.Repo // nil without a checkout
	commit string
	also   []string // files that may be meant beside the commit's
}

// read reads what patterns name, each file once.
func (r sarifReader) read(ctx context.Context, patterns []string) (finding.Set, error) {
	var all finding.Set
	err := r.each(ctx, patterns, func(f *os.File, name string, o finding.Options) error {
		set, err := finding.ParseSARIF(f, name, o)
		all.AddOther(set)
		return err
	})
	return all, err
}

// baseline reads results of an earlier run. A file that is not there is missing
// data, as on the first run.
func (r sarifReader) baseline(ctx context.Context, patterns []string) (*finding.Baseline, error) {
	all := new(finding.Baseline)
	patterns = slices.DeleteFunc(slices.Clone(patterns), func(p string) bool {
		_, err := os.Stat(r.c.Path(p))
		lacks := !strings.ContainsAny(p, globbing) && errors.Is(err, fs.ErrNotExist)
		if lacks {
			all.Missing = append(all.Missing, "the findings' baseline "+p+" does not exist")
		}
		return lacks
	})
	return all, r.each(ctx, patterns, func(f *os.File, name string, o finding.Options) error { return all.Read(f, name, o) })
}

func (r sarifReader) each(ctx context.Context, patterns []string, read func(*os.File, string, finding.Options) error) error {
	names, err := globFiles(r.c, patterns)
	if err != nil || len(names) == 0 {
		return err
	}
	index, err := commitTree{r.c, r.repo, r.commit, r.also}.index(ctx)
	if err != nil {
		return err
	}
	for _, name := range names {
		file := r.c.Path(name)
		f, err := input.Open(file)
		if err != nil {
			return fault.Errorf(fault.Input, "findings: %w", err)
		}
		if info, err := f.Stat(); err == nil && info.Mode().IsRegular() && info.Size() == 0 {
			_ = f.Close()
			return fault.Errorf(fault.Input, "findings: %s is empty: the scanner wrote nothing", name)
		}
		o := finding.Options{Match: match.Options{Checkout: filepath.ToSlash(r.c.Path("."))}}
		if index != nil {
			o = finding.Options{Tree: index.Tree, Match: index.Options(match.Options{Location: index.Location(file)})}
		}
		err = read(f, name, o)
		_ = f.Close()
		if err != nil {
			return err
		}
	}
	return nil
}

const globbing = "*?[{"

// globFiles returns the files that patterns name, each once, without those that
// patterns after a "!" name. A pattern that names none is an error.
func globFiles(c *console.Console, patterns []string) ([]string, error) {
	var out []string
	seen := map[string]bool{}
	add := func(names ...string) {
		for _, name := range names {
			if full := filepath.Clean(c.Path(name)); !seen[full] {
				seen[full] = true
				out = append(out, name)
			}
		}
	}
	wanted, unwanted, err := formats.Except(c.Path("."), patterns)
	if err != nil {
		return nil, err
	}
	for _, p := range wanted {
		if !strings.ContainsAny(p, globbing) {
			add(p)
			continue
		}
		found, err := doublestar.FilepathGlob(c.Path(p), doublestar.WithFilesOnly())
		if err != nil {
			return nil, fault.Errorf(fault.Input, "%s: %w", p, err)
		}
		if len(found) == 0 {
			return nil, fault.Errorf(fault.Input, "no file matches %s", p)
		}
		add(found...)
	}
	out = slices.DeleteFunc(out, func(name string) bool { return unwanted(c.Path(name)) })
	if len(out) == 0 && len(patterns) > 0 {
		return nil, fault.Errorf(fault.Input, "no file is left of %s", strings.Join(patterns, " "))
	}
	return out, nil
}
