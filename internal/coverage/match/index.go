package match

import (
	"context"
	"io"
	"os"
	"path"
	"path/filepath"
	"slices"
	"strings"
	"sync"

	"github.com/gatewright/gatewright/internal/coverage"
	"github.com/gatewright/gatewright/internal/git"
)

// Index matches paths to a commit that is checked out, or at least at hand.
// It is safe for use by many at a time, and must be closed.
type Index struct {
	Tree *Tree

	ctx     context.Context
	repo    *git.Repo
	commit  string
	modules []GoModule
	blobs   func() (*git.Blobs, error) // started when they are first needed
	started bool
}

// Open indexes the files of a commit. Also are paths that count as the commit's
// beside its files. The context is for everything that is asked later, too.
func Open(ctx context.Context, repo *git.Repo, commit string, also []string) (*Index, error) {
	c := &Index{ctx: ctx, repo: repo, commit: commit}
	c.blobs = sync.OnceValues(func() (*git.Blobs, error) {
		b, err := repo.Blobs(ctx, commit)
		c.started = err == nil
		return b, err
	})
	list, err := repo.List(ctx, commit)
	if err != nil {
		return nil, err
	}
	of := Commit{Files: list.Files, Submodules: list.Submodules, Links: c.targets(list.Links)}
	c.modules = c.goModules(list.Files)
	for _, p := range also {
		if _, have := slices.BinarySearch(list.Files, p); !have {
			of.Files = append(of.Files, p)
		}
	}
	c.Tree = New(of)
	return c, nil
}

// Close ends the reading of the commit's files.
func (c *Index) Close() error {
	if c == nil || !c.started {
		return nil
	}
	b, err := c.blobs()
	if err != nil {
		return err
	}
	return b.Close()
}

// Has reports whether the commit has a file of that very path. A nil index has
// none.
func (c *Index) Has(path string) bool { return c != nil && c.Tree.Has(path) }

// Report is Tree.Report with what the checkout knows. A nil index is one without
// a tree.
func (c *Index) Report(r *coverage.Report, o Options) (*coverage.Report, []Match) {
	if c == nil {
		return (*Tree)(nil).Report(r, o)
	}
	out, found := c.Tree.Report(r, c.Options(o))
	c.explainMissing(found)
	return out, found
}

// Paths is Tree.Paths with what the checkout knows. A nil index is one without a
// tree.
func (c *Index) Paths(paths []string, o Options) []Match {
	if c == nil {
		return (*Tree)(nil).Paths(paths, o)
	}
	found := c.Tree.Paths(paths, c.Options(o))
	c.explainMissing(found)
	return found
}

// Options returns the options with what the checkout knows.
func (c *Index) Options(o Options) Options {
	o.Checkout, o.Modules, o.Lines = filepath.ToSlash(c.repo.Root), c.modules, c.lines
	return o
}

// Location returns where a file of the disk is in the repository, "" if it lies
// elsewhere.
func (c *Index) Location(name string) string {
	if c == nil {
		return ""
	}
	full, err := filepath.Abs(name)
	if err != nil {
		return ""
	}
	if real, err := filepath.EvalSymlinks(full); err == nil {
		full = real
	}
	rel, err := filepath.Rel(c.repo.Root, full)
	if err != nil || !filepath.IsLocal(rel) {
		return ""
	}
	return filepath.ToSlash(rel)
}

// text reads a small file of the commit, or what is checked out of it if git
// does not have it here.
func (c *Index) text(name string) (string, bool) {
	const small = 1 << 20
	var text []byte
	blobs, err := c.blobs()
	if err == nil {
		err = blobs.Read(name, func(r io.Reader) (err error) {
			text, err = io.ReadAll(io.LimitReader(r, small))
			return err
		})
	}
	if err != nil {
		text, err = os.ReadFile(c.onDisk(name))
	}
	return string(text), err == nil
}

func (c *Index) onDisk(name string) string {
	return filepath.Join(c.repo.Root, filepath.FromSlash(name))
}

// maxLinks and maxModules are how many symbolic links and go.mod files of a
// commit are read.
const (
	maxLinksRead = 10_000
	maxModules   = 10_000
)

func (c *Index) targets(links []string) map[string]string {
	targets := make(map[string]string, len(links))
	for _, l := range links[:min(len(links), maxLinksRead)] {
		if to, ok := c.text(l); ok {
			targets[l] = filepath.ToSlash(to)
		}
	}
	return targets
}

// goModules reads the module paths of the commit's go.mod files.
func (c *Index) goModules(files []string) []GoModule {
	var modules []GoModule
	for _, file := range files {
		if !strings.HasSuffix(file, "go.mod") || path.Base(file) != "go.mod" || len(modules) == maxModules {
			continue
		}
		text, ok := c.text(file)
		if !ok {
			continue // neither committed here nor checked out: paths are decided together
		}
		for line := range strings.Lines(text) {
			if fields := strings.Fields(line); len(fields) >= 2 && fields[0] == "module" {
				modules = append(modules, GoModule{Path: strings.Trim(fields[1], "\"`"), Dir: parent(file)})
				break
			}
		}
	}
	return modules
}

// lines counts the lines of a file. What is checked out may have been changed
// since, so that only the commit's can be too short.
func (c *Index) lines(name string, least int) (int, bool) {
	if f, err := os.Open(c.onDisk(name)); err == nil {
		n, err := CountLines(f, least)
		_ = f.Close()
		if err == nil && n >= least {
			return n, true
		}
	}
	blobs, err := c.blobs()
	if err != nil {
		return 0, false
	}
	n := 0
	err = blobs.Read(name, func(r io.Reader) (err error) {
		n, err = CountLines(r, least)
		return err
	})
	return n, err == nil
}

// maxMissing is how many paths that the commit lacks are looked up on the disk.
const maxMissing = 10_000

// explainMissing says of files that surely are where the commit has none what
// they are instead: ignored by git, or made by the build.
func (c *Index) explainMissing(found []Match) {
	var paths []string
	var at []int
	for i, f := range found {
		if f.How == Missing && f.In != "" && len(at) < maxMissing && c.Tree.submodule(f.In) == "" && !strings.HasPrefix(f.In, "../") {
			paths, at = append(paths, f.In), append(at, i)
		}
	}
	if len(at) == 0 {
		return
	}
	ignored, err := c.repo.Ignored(c.ctx, paths)
	if err != nil {
		ignored = nil // the reason is less exact, the answer the same
	}
	for _, i := range at {
		f := &found[i]
		switch _, err := os.Lstat(c.onDisk(f.In)); {
		case ignored[f.In]:
			f.Note += "; .gitignore leaves it out"
		case err == nil:
			f.Note += "; the file is here and not committed, as generated code is"
		}
	}
}
