package job

import (
	"context"
	"hash/fnv"
	"io"
	"os"
	"path"
	"path/filepath"
	"runtime"
	"slices"
	"strings"

	"golang.org/x/sync/errgroup"

	"github.com/gatewright/gatewright/internal/console"
	"github.com/gatewright/gatewright/internal/coverage"
	"github.com/gatewright/gatewright/internal/coverage/formats"
	"github.com/gatewright/gatewright/internal/coverage/match"
	"github.com/gatewright/gatewright/internal/fault"
	"github.com/gatewright/gatewright/internal/git"
	"github.com/gatewright/gatewright/internal/service"
)

// Reports name coverage reports and say how their paths are to be read.
// They are shared by every command that takes reports.
type Reports struct {
	Report  []string `arg:"" optional:"" name:"report" help:"Coverage reports: paths, globs, or - for standard input. Without any, they are found by the names test tools give them."`
	Format  string   `placeholder:"NAME" help:"Format of the ReportSet, where it cannot be told from them."`
	Root    string   `placeholder:"DIR" help:"Folder of the repository that the reports' relative paths begin in."`
	PathMap []string `placeholder:"FROM=TO" sep:"none" help:"Rewrite the beginning of a report's paths; may be repeated."`
	Ignore  []string `placeholder:"GLOB" sep:"none" help:"Leave out files that match; may be repeated."`
	Paths   string   `enum:"match,raw" default:"match" help:"match: turn paths into the repository's; raw: keep the reports' own."`
	MaxSize int64    `placeholder:"BYTES" help:"Largest size of a report once unpacked. Default: 4 GiB."`

	// Also are paths that the reports may mean beside those of the commit: a
	// diff names files that need not be committed here.
	Also []string `kong:"-"`
	// Functions keeps the lines that declare functions, for a patch.
	Functions bool `kong:"-"`
}

// ReportSet is what Reports read.
type ReportSet struct {
	Files   []service.ReportFile
	Matches [][]match.Match // what became of each file's paths; nil with raw paths
}

// Read finds the reports, parses them side by side and matches their paths to
// the commit's tree. Without a checkout, or with an empty commit name (which
// is its HEAD), it does what it can and says so.
func (f Reports) Read(ctx context.Context, c *console.Console, repo *git.Repo, commit string) (ReportSet, error) {
	names, err := f.find(c)
	if err != nil {
		return ReportSet{}, err
	}
	files := make([]service.ReportFile, len(names))
	parsing, _ := errgroup.WithContext(ctx)
	parsing.SetLimit(runtime.GOMAXPROCS(0))
	for i, name := range names {
		parsing.Go(func() error {
			var err error
			files[i], err = f.parse(ctx, c, name)
			return err
		})
	}
	booking, err := f.matcher(ctx, c, repo, commit)
	if perr := parsing.Wait(); perr != nil {
		return ReportSet{}, perr
	}
	if err != nil {
		return ReportSet{}, err
	}
	r := ReportSet{Files: files}
	if booking != nil {
		r.Matches = make([][]match.Match, len(files))
		for i := range r.Files {
			r.Matches[i] = booking(&r.Files[i])
		}
	}
	if len(f.Report) == 0 {
		r.dropTwins(c)
	}
	r.debug(c)
	return r, nil
}

// find gives the names of the reports as the user would write them.
func (f Reports) find(c *console.Console) ([]string, error) {
	if slices.Contains(f.Report, "-") {
		if len(f.Report) > 1 {
			return nil, fault.Errorf(fault.Input, "- (standard input) cannot be read together with other reports")
		}
		return f.Report, nil
	}
	found, err := formats.Find(c.Path("."), f.Report)
	if err != nil {
		return nil, err
	}
	if c.Dir != "" {
		for i, name := range found {
			if rel, err := filepath.Rel(c.Dir, name); err == nil && filepath.IsLocal(rel) {
				found[i] = rel
			}
		}
	}
	return found, nil
}

func (f Reports) parse(ctx context.Context, c *console.Console, name string) (service.ReportFile, error) {
	o := formats.Options{Format: f.Format, MaxSize: f.MaxSize, Functions: f.Functions}
	var report *coverage.Report
	var format string
	var err error
	if name == "-" {
		report, format, err = formats.Parse("standard input", c.Stdin, o)
	} else {
		report, format, err = formats.ParseFile(ctx, c.Path(name), o)
	}
	return service.ReportFile{Path: filepath.ToSlash(name), Format: format, Report: report}, err
}

// matcher gives the function that matches one report's paths in place, nil if
// paths are to stay raw.
func (f Reports) matcher(ctx context.Context, c *console.Console, repo *git.Repo, commit string) (func(*service.ReportFile) []match.Match, error) {
	o := match.Options{Root: f.Root, Ignore: f.Ignore}
	for _, pm := range f.PathMap {
		from, to, ok := strings.Cut(pm, "=")
		if !ok || from == "" {
			return nil, fault.Errorf(fault.Input, "--path-map %q: expected FROM=TO, such as /app=services/api", pm)
		}
		o.PathMaps = append(o.PathMaps, match.PathMap{From: from, To: to})
	}
	if f.Paths == "raw" {
		return nil, nil
	}
	var tree *match.Tree
	switch {
	case repo == nil && len(f.Also) > 0:
		return func(file *service.ReportFile) []match.Match { return matchNamed(file, f.Also, o) }, nil
	case repo == nil:
		c.Say("no git checkout here: paths stay as the reports have them")
	default:
		files, err := commitFiles(ctx, c, repo, commit)
		if err != nil {
			return nil, err
		}
		if files != nil {
			tree = match.NewTree(withThese(files, f.Also))
			o.Checkout, o.Modules = filepath.ToSlash(repo.Root), goModules(repo.Root, files)
		}
	}
	return func(file *service.ReportFile) []match.Match {
		o := o
		if repo != nil {
			o.Location = location(repo.Root, c.Path(file.Path))
		}
		var matches []match.Match
		file.Report, matches = tree.Report(file.Report, o)
		return matches
	}, nil
}

// withThese adds the names that the list does not have.
func withThese(files, names []string) []string {
	if len(names) == 0 {
		return files
	}
	have := make(map[string]bool, len(files))
	for _, f := range files {
		have[f] = true
	}
	for _, n := range names {
		if !have[n] {
			files = append(files, n)
		}
	}
	return files
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

// commitFiles lists the commit's files; nil, and a note, if it has none to list.
func commitFiles(ctx context.Context, c *console.Console, repo *git.Repo, commit string) ([]string, error) {
	if commit == "" {
		commit = "HEAD"
	}
	id, err := repo.Resolve(ctx, commit)
	if err != nil {
		if commit != "HEAD" {
			head, herr := repo.Resolve(ctx, "HEAD")
			if herr != nil {
				return nil, err
			}
			c.Warn("%v; matching paths with HEAD instead", err)
			return repo.Tree(ctx, head)
		}
		c.Say("no commit yet: paths stay as the reports have them")
		return nil, nil
	}
	return repo.Tree(ctx, id)
}

// goModules reads the module paths of the go.mod files among the files.
func goModules(root string, files []string) []match.GoModule {
	var modules []match.GoModule
	for _, file := range files {
		if path.Base(file) != "go.mod" || len(modules) == 1000 {
			continue
		}
		text, err := os.ReadFile(filepath.Join(root, filepath.FromSlash(file)))
		if err != nil {
			continue // not checked out: its reports are matched by their ends
		}
		for line := range strings.Lines(string(text)) {
			fields := strings.Fields(line)
			if len(fields) >= 2 && fields[0] == "module" {
				dir := path.Dir(file)
				if dir == "." {
					dir = ""
				}
				modules = append(modules, match.GoModule{Path: strings.Trim(fields[1], "\"`"), Dir: dir})
				break
			}
		}
	}
	return modules
}

// location is a report's path in the repository, "" if it lies elsewhere.
func location(root, name string) string {
	full, err := filepath.Abs(name)
	if err != nil {
		return ""
	}
	if real, err := filepath.EvalSymlinks(full); err == nil {
		full = real
	}
	rel, err := filepath.Rel(root, full)
	if err != nil || !filepath.IsLocal(rel) {
		return ""
	}
	return filepath.ToSlash(rel)
}

// dropTwins leaves out reports that nobody named and that tell of the same
// files as another one in the same folder, in another format: test tools write
// one run in several formats, and its hits must not count twice.
func (r *ReportSet) dropTwins(c *console.Console) {
	seen := map[string]int{}
	kept := 0
	for i, file := range r.Files {
		key := path.Dir(file.Path) + "\x00" + fingerprint(file.Report)
		if first, twin := seen[key]; twin && r.Files[first].Format != file.Format {
			c.Say("%s leaves out %s: the same files in another format", r.Files[first].Path, file.Path)
			continue
		}
		seen[key] = kept
		r.Files[kept] = file
		if r.Matches != nil {
			r.Matches[kept] = r.Matches[i]
		}
		kept++
	}
	r.Files = r.Files[:kept]
	if r.Matches != nil {
		r.Matches = r.Matches[:kept]
	}
}

// fingerprint tells apart the sets of files that reports are about.
func fingerprint(r *coverage.Report) string {
	h := fnv.New128a()
	for _, f := range r.Files() {
		io.WriteString(h, f.Path+"\x00")
	}
	return string(h.Sum(nil))
}

// Merged is everything in one report.
func (r ReportSet) Merged() *coverage.Report {
	if len(r.Files) == 1 {
		return r.Files[0].Report
	}
	all := coverage.New()
	for _, file := range r.Files {
		all.Merge(file.Report)
	}
	return all
}

// Unmatched gives what no file of the commit was found for, and what was left
// undecided.
func (r ReportSet) Unmatched() []match.Match {
	var out []match.Match
	for _, matches := range r.Matches {
		for _, m := range matches {
			if m.Path == "" && m.How != match.Ignored {
				out = append(out, m)
			}
		}
	}
	return out
}

// MatchedAny fails where reports had files and none of them is the commit's.
func (r ReportSet) MatchedAny() error {
	files := 0
	for i, file := range r.Files {
		if file.Report.Len() > 0 {
			return nil
		}
		if r.Matches != nil {
			files += len(r.Matches[i])
		}
	}
	missing := r.Unmatched()
	if files == 0 || len(missing) == 0 {
		return fault.WithHint(fault.Errorf(fault.Input, "the coverage reports hold no files"),
			"the tests may have run without coverage, or --ignore left out everything")
	}
	return fault.WithHint(fault.Errorf(fault.Input, "no file in the coverage reports is a file of the commit (%s, such as %s)", count(files, "file"), missing[0].Report),
		"gatewright coverage report --explain says why; --root or --path-map tell where paths begin")
}
