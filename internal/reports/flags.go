// Package reports reads what tools wrote (coverage reports, results of scanners
// and of tests) and matches the paths in it to the files of a commit. What does
// not match is left out with a reason, and never dropped in silence. It opens the
// project's file too, which says how.
package reports

import (
	"context"
	"errors"
	"fmt"
	"path/filepath"
	"runtime"
	"slices"
	"sync"

	"golang.org/x/sync/errgroup"

	"github.com/gatewright/gatewright/internal/console"
	"github.com/gatewright/gatewright/internal/coverage/formats"
	"github.com/gatewright/gatewright/internal/coverage/match"
	"github.com/gatewright/gatewright/internal/fault"
	"github.com/gatewright/gatewright/internal/gate"
	"github.com/gatewright/gatewright/internal/git"
	"github.com/gatewright/gatewright/internal/service"
	"github.com/gatewright/gatewright/internal/summary"
)

// Flags name coverage reports and say how their paths are to be read: those of
// every command that takes reports.
type Flags struct {
	Report  []string `arg:"" optional:"" name:"report" help:"Coverage reports: paths, globs, folders to search, or - for standard input; a ! before one leaves out what it names. Without any, they are found by the names test tools give them."`
	Format  string   `placeholder:"NAME" help:"Format of the reports, where it cannot be told from them."`
	Root    string   `placeholder:"DIR" help:"Folder of the repository that the reports' relative paths begin in."`
	PathMap []string `placeholder:"FROM=TO" sep:"none" help:"Rewrite the beginning of a report's paths; an equals sign of a path has a backslash before it. May be repeated."`
	Ignore  []string `placeholder:"GLOB" sep:"none" help:"Leave out files that match; may be repeated."`
	Paths   string   `enum:"match,raw" default:"match" help:"match: turn paths into the repository's; raw: keep the reports' own."`
	MaxSize int64    `placeholder:"BYTES" help:"Largest size of a report once unpacked. Default: 4 GiB."`

	// Settled says that the project's settings are in already.
	Settled bool `kong:"-"`
	// Also are paths that the reports may mean beside those of the commit: a
	// diff names files that need not be committed here.
	Also []string `kong:"-"`
	// Trace asks for what each rule of matching says of each path.
	Trace bool `kong:"-"`
	// Commits are the ids that this run's commit goes by beside HEAD: the head of a
	// pull request, and the merge that was tested for it.
	Commits []string `kong:"-"`
	// Started is the commit that started the run, where that is another.
	Started string `kong:"-"`
	// Sent says that the reports go to a service or another job, which must
	// get the repository's paths and no others.
	Sent bool `kong:"-"`
	// Workspace is the folder that the CI works in; "" if it does not say.
	Workspace string `kong:"-"`
	// ofFile says that Ignore is the project's file's, and fitted which of its
	// globs have fitted a path.
	ofFile bool
	listed bool // the project's file lists the reports
	fitted []bool
	// maps are the project's file's, if PathMap is empty.
	maps []gate.PathMap
	// Baseline is the file that the run is compared with, which may lie among the
	// reports and is none; "" if there is none.
	Baseline string `kong:"-"`
	// Functions keeps the lines that declare functions, for a patch.
	Functions bool `kong:"-"`
}

// Read finds the reports, parses them side by side, matches their paths to the
// commit's tree and merges them. Without a checkout, or with an empty commit
// name (which is its HEAD), it does what it can and says so.
func (f Flags) Read(ctx context.Context, c *console.Console, repo *git.Repo, commit string) (Set, error) {
	// A command without a job has not read the project's file.
	if !f.Settled {
		project, err := Project(c, repo, "")
		if err != nil {
			return Set{}, err
		}
		f = f.Over(project.Settings)
	}
	if err := f.contained(c, repo); err != nil {
		return Set{}, err
	}
	names, err := f.find(c)
	if err != nil {
		return Set{}, err
	}
	f.fitted = make([]bool, len(f.Ignore))
	// Only reports that were found by their names may say the same twice; those that
	// the user named are all meant.
	m := newMerger(len(names), f.Trace || c.Debugs(), len(f.Report) == 0 && mixed(c, names))
	reading, whole := errgroup.WithContext(ctx)
	ready := make(chan struct{})
	t := Commit{Console: c, Repo: repo, ID: commit, Also: f.Also}
	var book booking
	var committed []string // of another run, as it seems
	// Parsing takes the time and is done side by side.
	var turn sync.Mutex // a commit's files are read one after the other
	// The commit's files are listed while the first reports are parsed.
	reading.Go(func() (err error) {
		defer close(ready)
		var index *match.Index
		if book, index, err = f.matcher(ctx, t); err == nil && len(f.Report) == 0 && index != nil {
			committed = t.findCommitted(ctx, index, names)
		}
		return err
	})
	parsing, each := errgroup.WithContext(whole)
	parsing.SetLimit(runtime.GOMAXPROCS(0))
	for i, name := range names {
		parsing.Go(func() error {
			r, err := f.parse(each, c, name)
			<-ready
			isCommitted := slices.Contains(committed, name)
			if err == nil {
				f.doubt(each, t, &r)
				r.remarks = r.file.Report.Remarks()
			}
			// Whatever is wrong with one of another run is not this run's.
			if err != nil && (!isCommitted || each.Err() != nil) {
				return err
			}
			if err == nil && book != nil {
				turn.Lock()
				r.matches, r.unclear = book.all(&r.file)
				turn.Unlock()
			}
			m.take(i, r, isCommitted || r.of != "" && len(f.Report) == 0)
			return nil
		})
	}
	// If the commit could not be read, the parsers were cancelled for it: its error is
	// the cause and theirs is not.
	perr := parsing.Wait()
	if err := reading.Wait(); err != nil && (perr == nil || errors.Is(perr, context.Canceled)) {
		return Set{}, err
	}
	if perr != nil {
		return Set{}, perr
	}
	m.addCommitted(c)
	r := m.end(c, book != nil)
	if book != nil {
		f.sayUnfitted(c)
	}
	r.warn(c)
	r.debug(c)
	return r, nil
}

// sayUnfitted says which globs of Ignore fitted no path, as one with a typing
// error does. Those of the project's file may be there for other jobs.
func (f Flags) sayUnfitted(c *console.Console) {
	say := c.Say
	if f.ofFile {
		say = c.Debugf
	}
	for i, glob := range f.Ignore {
		if !f.fitted[i] {
			say("--ignore %s fits no path of the reports", glob)
		}
	}
}

// find returns the names of the reports as the user would write them.
func (f Flags) find(c *console.Console) ([]string, error) {
	// Standard input can be read once.
	if slices.Contains(f.Report, "-") {
		if len(f.Report) > 1 {
			return nil, fault.Errorf(fault.Input, "- (standard input) cannot be read together with other reports")
		}
		return f.Report, nil
	}
	set, err := formats.Find(c.Path("."), f.Report)
	if err != nil {
		return nil, err
	}
	for _, note := range set.Notes {
		c.Say("%s", summary.Plain(note, 0))
	}
	found := set.Files
	if f.Baseline != "" {
		if found = (Commit{Console: c, Not: []string{f.Baseline}}).own(found, f.Report); len(found) == 0 {
			return nil, fault.Errorf(fault.Input, "no coverage report is there but the baseline, %s", f.Baseline)
		}
	}
	for i, name := range found {
		if rel, err := filepath.Rel(c.Dir, name); c.Dir != "" && err == nil && filepath.IsLocal(rel) {
			found[i] = rel
		}
	}
	return found, nil
}

func (f Flags) parse(ctx context.Context, c *console.Console, name string) (r booked, err error) {
	o := formats.Options{Format: f.Format, MaxSize: f.MaxSize, Functions: f.Functions}
	r.file.Path = filepath.ToSlash(name)
	if name == "-" {
		r.file.Report, r.file.Format, err = formats.Parse("standard input", c.Stdin, o)
	} else {
		r.file.Report, r.file.Format, err = formats.ParseFile(ctx, c.Path(name), o)
	}
	if err != nil {
		return booked{file: service.ReportFile{Path: r.file.Path}}, err
	}
	return r, nil
}

// Check returns the prefixes to rewrite, or an error for a flag that can mean
// nothing, whatever the reports hold.
func (f Flags) Check() ([]gate.PathMap, error) {
	maps := f.maps
	for _, text := range f.PathMap {
		m, err := gate.ParsePathMap(text)
		if err != nil {
			return nil, fault.As(fault.Input, fmt.Errorf("--path-map %q: %w", text, err))
		}
		maps = append(maps, m)
	}
	// A pattern that matches nothing for a typing error would leave nothing out.
	for _, glob := range f.Ignore {
		if _, err := gate.Glob(glob); err != nil {
			return nil, fault.Errorf(fault.Input, "--ignore %w", err)
		}
	}
	if f.Format == "" {
		return maps, nil
	}
	_, err := formats.Named(f.Format)
	return maps, err
}

// booking matches one report's paths in place.
type booking func(*service.ReportFile) []match.Match

// matcher returns what matches reports, nil if paths are to stay raw, and the
// commit, nil without one.
func (f Flags) matcher(ctx context.Context, t Commit) (_ booking, _ *match.Index, err error) {
	o := match.Options{Root: f.Root, Ignore: f.Ignore, Ignored: f.fitted, Explain: f.Trace}
	maps, err := f.Check()
	if err != nil {
		return nil, nil, err
	}
	for _, m := range maps {
		o.PathMaps = append(o.PathMaps, match.PathMap(m))
	}
	if f.Paths == "raw" {
		if len(f.Ignore) > 0 {
			t.Console.Warn("--ignore is not applied: with --paths raw no path is known to be the repository's, which globs are of")
		}
		return nil, nil, nil
	}
	// The names of a diff are all that is known of the repository.
	if t.Repo == nil && len(f.Also) > 0 {
		return func(file *service.ReportFile) []match.Match { return matchNamed(file, f.Also, o) }, nil, nil
	}
	if t.Repo == nil {
		t.Console.Say("no git checkout here: paths below the workspace are taken for the repository's, others stay as the reports have them")
		// A service would take /home/runner/… for a file of the repository.
		o.NoAbsolute = f.Sent
		if o.Checkout, err = Workspace(t.Console, f.Workspace); err != nil {
			return nil, nil, err
		}
	}
	index, err := t.index(ctx)
	if err != nil {
		return nil, nil, err
	}
	return func(file *service.ReportFile) []match.Match {
		o := o
		// Go's reports name import paths, which the module's go.mod turns into files.
		o.Location, o.Imports = index.Location(t.Console.Path(file.Path)), file.Format == "go"
		if t.Repo == nil && o.Root == "" {
			o.Root = rootOnDisk(t.Console, o.Checkout, file)
		}
		var matches []match.Match
		file.Report, matches = index.Report(file.Report, o)
		return matches
	}, index, nil
}

// matchNamed matches a report to some names of files where the whole tree is
// not known. Paths that are among the names as they stand decide: only if none
// is are they matched by their ends, which could mistake one file for another.
func matchNamed(file *service.ReportFile, names []string, o match.Options) []match.Match {
	var none *match.Tree
	asIs, matches := none.Report(file.Report, o)
	for _, n := range names {
		if asIs.Lookup(n) != nil {
			file.Report = asIs
			return matches
		}
	}
	file.Report, matches = match.NewTree(names).Report(file.Report, o)
	return matches
}
