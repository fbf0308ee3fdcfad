// Package pages writes a coverage report as a folder of HTML pages: it reads the
// sources and git's history for package summary, which renders them. Reports and
// checkouts may be a stranger's: no link leads the reading or the writing out of
// its folder.
package pages

import (
	"context"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"maps"
	"os"
	"path/filepath"
	"strings"
	"time"

	"github.com/gatewright/gatewright/internal/ci"
	"github.com/gatewright/gatewright/internal/console"
	"github.com/gatewright/gatewright/internal/coverage"
	"github.com/gatewright/gatewright/internal/diff"
	"github.com/gatewright/gatewright/internal/fault"
	"github.com/gatewright/gatewright/internal/git"
	"github.com/gatewright/gatewright/internal/input"
	"github.com/gatewright/gatewright/internal/summary"
)

// Folder is a report as a folder of pages.
type Folder struct {
	Console *console.Console
	Dir     string
	Page    summary.Page
	Report  *coverage.Report
	Change  *diff.Change // nil marks no lines
	Repo    *git.Repo    // nil outside a checkout
	Run     ci.Run
	// NoSource says why the sources are not to be had; "" if they are.
	NoSource string
}

// Write writes the pages.
func (o Folder) Write(ctx context.Context) error {
	folder, err := o.folder()
	if err != nil {
		return err
	}
	source, done, err := o.sources(ctx)
	if err != nil {
		return err
	}
	defer done()
	h := summary.HTML{
		Page: o.Page, Report: o.Report, Source: source,
		Store: func(name string, page []byte) error {
			// Every page is cleaned: sources may hold the job's token, as in a test.
			return input.Replace(filepath.Join(folder, filepath.FromSlash(name)), []byte(o.Console.Redact.Clean(string(page))))
		},
	}
	if o.Change != nil {
		h.Changed = maps.Collect(o.Change.Lines())
	}
	h.Made, h.History = time.Now(), o.history(ctx)
	if err := summary.WriteHTML(ctx, h); err != nil {
		return fault.As(fault.Input, fmt.Errorf("write the HTML report: %w", err))
	}
	o.Console.Say("%s: open %s", console.Count(o.Report.Len(), "file"), filepath.Join(o.Dir, "index.html"))
	return nil
}

// history returns what git knows of the commit and the files. The pages are
// written without it too.
func (o Folder) history(ctx context.Context) summary.History {
	if o.Repo == nil || o.NoSource != "" {
		return summary.History{Missing: "how often files change is read from git, and this is no checkout of the commit"}
	}
	got, err := o.Repo.History(ctx, "HEAD")
	h := summary.History{Date: got.Date, Commits: got.Commits, Touched: got.Touched}
	switch {
	case err != nil:
		h.Missing = "git does not say how often files change: " + fault.Text(err)
	case o.Repo.Shallow():
		h.Touched, h.Missing = nil, "how often files change is not known in a shallow checkout"
	}
	return h
}

// sources returns how the text of a file is read, and what ends the reading. In
// a CI the text is the checked out commit's; outside of one it is the work
// tree's, which is what the tests ran on. No link is followed either way.
func (o Folder) sources(ctx context.Context) (read func(path string) ([]byte, error), done func(), err error) {
	switch {
	case o.NoSource != "":
		return func(string) ([]byte, error) { return nil, errors.New(o.NoSource) }, func() {}, nil
	// Tests and builds write into the work tree of a CI; the commit is what reports
	// were made of.
	case o.Repo != nil && o.Run.System != ci.Git:
		files, err := o.Repo.Files(ctx, "HEAD")
		if err != nil {
			return nil, nil, fault.As(fault.Input, fmt.Errorf("read the sources: %w", err))
		}
		return func(path string) ([]byte, error) { return files.Read(path, summary.MaxSource+1) }, func() { _ = files.Close() }, nil
	}
	dir := o.Console.Path(".")
	if o.Repo != nil {
		dir = o.Repo.Root
	}
	root, err := os.OpenRoot(dir) // no path of a report leads out of it
	if err != nil {
		return nil, nil, fault.Errorf(fault.Input, "read the sources: %w", err)
	}
	return func(path string) ([]byte, error) { return readPlain(root, path) }, func() { _ = root.Close() }, nil
}

// readPlain reads a regular file below a root that no link leads to, and that
// is not one of git's own.
func readPlain(root *os.Root, path string) ([]byte, error) {
	name := ""
	// Windows drops trailing dots and blanks of a name and knows git~1 as .git's
	// short one; a report of such paths would put git's configuration, with its
	// credentials, on a page.
	for part := range strings.SplitSeq(path, "/") {
		if short := strings.ToLower(strings.TrimRight(part, ". ")); short == ".git" || short == "git~1" { // as other systems spell it
			return nil, fmt.Errorf("%s is one of git's own files", path)
		}
		name = filepath.Join(name, part)
		info, err := root.Lstat(name)
		if err != nil {
			return nil, err
		}
		if mode := info.Mode(); mode&fs.ModeSymlink != 0 {
			return nil, fmt.Errorf("%s is a symbolic link", filepath.ToSlash(name))
		} else if !mode.IsRegular() && !mode.IsDir() {
			return nil, fmt.Errorf("%s is not a regular file", filepath.ToSlash(name))
		}
	}
	f, err := root.Open(name)
	if err != nil {
		return nil, err
	}
	defer f.Close()
	return io.ReadAll(io.LimitReader(f, summary.MaxSource+1)) // a larger one is not shown
}

// folder makes the folder of the pages and takes away those of an earlier
// report, which may have had more files. Nothing else in it is touched, and no
// link of the checkout is followed to it.
func (o Folder) folder() (string, error) {
	folder, err := o.plainFolder()
	if err == nil {
		err = os.MkdirAll(filepath.Join(folder, "files"), 0o755)
	}
	if err != nil {
		return "", fault.Errorf(fault.Input, "make the folder of the HTML report %s: %w", o.Dir, err)
	}
	// Pages of files that are gone would still be found by their old links.
	old, err := os.ReadDir(filepath.Join(folder, "files"))
	if err != nil {
		return "", fault.Errorf(fault.Input, "look at the folder of the HTML report: %w", err)
	}
	for _, e := range old {
		if n := strings.TrimSuffix(e.Name(), ".html"); n != e.Name() && strings.Trim(n, "0123456789") == "" {
			if err := os.Remove(filepath.Join(folder, "files", e.Name())); err != nil {
				return "", fault.Errorf(fault.Input, "clear the HTML report: %w", err)
			}
		}
	}
	return folder, nil
}

// plainFolder returns the folder's path. An error means that a link leads
// there: of the folders below the checkout and the working directory none may
// be one, elsewhere only the last counts.
func (o Folder) plainFolder() (string, error) {
	base, err := filepath.Abs(o.Console.Path("."))
	if err == nil {
		base, err = filepath.EvalSymlinks(base)
	}
	if err != nil {
		return "", err
	}
	folder := filepath.Clean(o.Dir)
	if !filepath.IsAbs(folder) {
		folder = filepath.Join(base, folder)
	}
	if o.Repo != nil {
		if rel, err := filepath.Rel(o.Repo.Root, folder); err == nil && filepath.IsLocal(rel) {
			base = o.Repo.Root
		}
	}
	rel, err := filepath.Rel(base, filepath.Join(folder, "files"))
	if err != nil || !filepath.IsLocal(rel) {
		base, rel = filepath.Dir(folder), filepath.Join(filepath.Base(folder), "files")
	}
	// A pull request may have committed a link under the folder's name, and the pages
	// would then overwrite what the job's user can write.
	at := base
	for part := range strings.SplitSeq(filepath.ToSlash(rel), "/") {
		at = filepath.Join(at, part)
		if info, err := os.Lstat(at); err == nil && info.Mode()&fs.ModeSymlink != 0 {
			shown, err := filepath.Rel(base, at)
			if err != nil {
				shown = at
			}
			return "", fmt.Errorf("%s is a symbolic link, and nothing is written through it", filepath.ToSlash(shown))
		}
	}
	return folder, nil
}
