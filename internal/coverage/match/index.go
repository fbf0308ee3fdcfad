package match

import (
	"cmp"
	"context"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"runtime"
	"slices"
	"strings"
	"sync"
	"sync/atomic"

	"github.com/gatewright/gatewright/internal/coverage"
	"github.com/gatewright/gatewright/internal/git"
)

// Index matches paths to a commit that is checked out, or at least at hand. It
// may be used by many at a time.
type Index struct {
	Tree *Tree

	ctx     context.Context
	repo    *git.Repo
	list    *git.Listing
	modules []GoModule
	aliases []string // other paths of the checkout
}

// maxRead is how many symbolic links and go.mod files of a commit are read.
const maxRead = 10_000

// Open indexes the files of a commit. Also are paths that count as the commit's
// beside its files. The context is for everything that is asked later, too.
func Open(ctx context.Context, repo *git.Repo, commit string, also []string) (*Index, error) {
	list, err := repo.List(ctx, commit)
	if err != nil {
		return nil, err
	}
	x := &Index{ctx: ctx, repo: repo, list: list, aliases: aliases(repo.Root)}
	of := Commit{Files: slices.Clip(list.Files), Submodules: list.Submodules, Links: map[string]string{}}
	var modules []string
	for _, f := range list.Files {
		if (f == "go.mod" || strings.HasSuffix(f, "/go.mod")) && len(modules) < maxRead {
			modules = append(modules, f)
		}
	}
	// A commit may have any number of links and modules, and each is read: what is
	// beyond the bound is only not followed.
	links := list.Links[:min(len(list.Links), maxRead)]
	x.read(append(slices.Clone(links), modules...), func(name, text string) {
		if _, isLink := slices.BinarySearch(links, name); isLink {
			of.Links[name] = filepath.ToSlash(text)
		} else if module := modulePath(text); module != "" {
			x.modules = append(x.modules, GoModule{Path: module, Dir: parent(name)})
		}
	})
	for _, p := range also {
		if _, have := slices.BinarySearch(list.Files, p); !have {
			of.Files = append(of.Files, p)
		}
	}
	x.Tree = New(of)
	return x, nil
}

// aliases are the paths that a checkout has beside its own: the working
// directory may have been entered through a link, and tools then write paths
// that lead through it.
func aliases(root string) []string {
	entered, err := os.Getwd()
	if err != nil {
		return nil
	}
	real, err := filepath.EvalSymlinks(entered)
	if err != nil || real == entered {
		return nil
	}
	rel, in := relative(root, real)
	if !in {
		return nil
	}
	alias, same := strings.CutSuffix(entered, filepath.FromSlash(strings.TrimSuffix("/"+rel, "/.")))
	if !same {
		return nil
	}
	return []string{filepath.ToSlash(alias)}
}

// relative returns where a file of the disk is below root, "." for root itself.
func relative(root, file string) (rel string, in bool) {
	rel, err := filepath.Rel(root, file)
	return filepath.ToSlash(rel), err == nil && filepath.IsLocal(rel)
}

// modulePath is what a go.mod calls its module, "" if it does not.
// Reading one line needs no parser of the whole: the directive stands on a line of
// its own, in quotes if it has odd characters.
func modulePath(text string) string {
	for line := range strings.Lines(text) {
		if fields := strings.Fields(line); len(fields) >= 2 && fields[0] == "module" {
			return strings.Trim(fields[1], "\"`")
		}
	}
	return ""
}

// read reads small files of the commit, or, where git does not have one here,
// what is checked out of it.
func (x *Index) read(names []string, see func(name, text string)) {
	const small = 1 << 20
	seen := make([]bool, len(names))
	x.texts(names, func(i int, r io.Reader) error {
		text, err := io.ReadAll(io.LimitReader(r, small))
		if seen[i] = err == nil; seen[i] {
			see(names[i], string(text))
		}
		return nil
	})
	for i, name := range names {
		if !seen[i] {
			if f, err := openRegular(x.onDisk(name)); err == nil {
				if text, err := io.ReadAll(io.LimitReader(f, small)); err == nil {
					see(name, string(text))
				}
				_ = f.Close()
			}
		}
	}
}

// texts reads files of the commit. What git does not have here is passed over,
// and nothing that is read so is worth failing for.
func (x *Index) texts(names []string, see func(i int, r io.Reader) error) {
	var ids []string
	var at []int
	for i, name := range names {
		if id := x.list.ID(name); id != "" {
			ids, at = append(ids, id), append(at, i)
		}
	}
	if len(ids) > 0 {
		_ = x.repo.Texts(x.ctx, ids, func(i int, r io.Reader) error { return see(at[i], r) })
	}
}

// openRegular opens a file that is nothing else, such as a pipe that never ends.
func openRegular(name string) (*os.File, error) {
	if info, err := os.Lstat(name); err != nil || !info.Mode().IsRegular() {
		return nil, cmp.Or(err, fs.ErrInvalid)
	}
	return os.Open(name)
}

// onDisk is where a file of the commit is checked out, if it is.
func (x *Index) onDisk(name string) string {
	return filepath.Join(x.repo.Root, filepath.FromSlash(name))
}

// Report is Tree.Report with what the checkout knows. A nil index is one without
// a tree.
func (x *Index) Report(r *coverage.Report, o Options) (*coverage.Report, []Match) {
	if x == nil {
		return (*Tree)(nil).Report(r, o)
	}
	out, found := x.Tree.Report(r, x.Options(o))
	x.explainMissing(found)
	return out, found
}

// Options returns the options with what the checkout knows.
func (x *Index) Options(o Options) Options {
	o.Checkout, o.Checkouts = filepath.ToSlash(x.repo.Root), append(slices.Clip(o.Checkouts), x.aliases...)
	o.Modules, o.Lines = x.modules, x.lines
	return o
}

// Location returns where a file of the disk is in the repository, "" if it lies
// elsewhere.
func (x *Index) Location(name string) string {
	if x == nil {
		return ""
	}
	full, err := filepath.Abs(name)
	if err != nil {
		return ""
	}
	// The root that git names has no links in it.
	if real, err := filepath.EvalSymlinks(full); err == nil {
		full = real
	}
	if rel, in := relative(x.repo.Root, full); in {
		return rel
	}
	return ""
}

// lines counts the lines of files. What is checked out is at hand, but may have
// been changed since, so that only the commit's can be too short.
func (x *Index) lines(want []Want) []int {
	counts := make([]int, len(want))
	var workers sync.WaitGroup
	var next atomic.Int64
	// Opening a file takes longer than counting its lines: several at a time hide it.
	for range runtime.GOMAXPROCS(0) {
		workers.Go(func() {
			for i := int(next.Add(1)) - 1; i < len(want); i = int(next.Add(1)) - 1 {
				counts[i] = -1
				if f, err := openRegular(x.onDisk(want[i].Path)); err == nil {
					if n, err := CountLines(f, want[i].Least); err == nil && n >= want[i].Least {
						counts[i] = n
					}
					_ = f.Close()
				}
			}
		})
	}
	workers.Wait()
	names := make([]string, len(want)) // "" is no file of the commit, and not asked for
	for i, n := range counts {
		if n < 0 {
			names[i] = want[i].Path
		}
	}
	x.texts(names, func(i int, r io.Reader) error {
		n, err := CountLines(r, want[i].Least)
		if err == nil {
			counts[i] = n
		}
		return err
	})
	return counts
}

// maxMissing is how many paths that the commit lacks are looked up on the disk.
const maxMissing = 10_000

// explainMissing says of files that surely are where the commit has none what
// they are instead: ignored by git, or made by the build.
func (x *Index) explainMissing(found []Match) {
	var paths []string
	var at []int
	for i, f := range found {
		if f.How == Missing && f.In != "" && len(at) < maxMissing && x.Tree.submodule(f.In) == "" && !strings.HasPrefix(f.In, "../") {
			paths, at = append(paths, f.In), append(at, i)
		}
	}
	if len(at) == 0 {
		return
	}
	ignored, _ := x.repo.Ignored(x.ctx, paths) // without it the reason is less exact, the answer the same
	for _, i := range at {
		f := &found[i]
		switch _, err := os.Lstat(x.onDisk(f.In)); {
		case ignored[f.In]:
			f.Note += "; .gitignore leaves it out"
		case err == nil:
			f.Note += "; the file is here and not committed, as generated code is"
		}
	}
}
