package formats

import (
	"context"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path"
	"path/filepath"
	"slices"
	"strings"

	"github.com/bmatcuk/doublestar/v4"

	"github.com/gatewright/gatewright/internal/coverage"
	"github.com/gatewright/gatewright/internal/coverage/gocover"
	"github.com/gatewright/gatewright/internal/fault"
)

// DefaultPatterns are the names under which test tools leave their reports.
// They are what Find looks for, at any depth, where the user names nothing.
func DefaultPatterns() []string {
	return []string{
		"lcov.info", "*.lcov", "*.lcov.info", "lcov.dat", // LCOV
		"cobertura*.xml", "*cobertura.xml", "coverage.xml", // Cobertura and others of that name
		"jacoco*.xml",                       // JaCoCo: Maven, Gradle
		"clover.xml", "coverage-clover.xml", // Clover
		"coverage.out", "cover.out", "c.out", "coverage.txt", "*.coverprofile", // Go
		"coverage-final.json",             // Istanbul
		".resultset.json",                 // SimpleCov
		"coverage.json",                   // coverage.py, SimpleCov's formatter
		"*opencover.xml", "*dotcover.xml", // .NET
		"*.coveragexml", "luacov.report.out", // Visual Studio, LuaCov
		"scoverage.xml", "coveralls.json", // scoverage; Coveralls, excoveralls
		"*.gcov", "*.gcov.json", "*.gcov.json.gz", // gcov
		"codacy-coverage.json", "sonar-coverage.xml", "llvm-cov.json", "xccov.json",
	}
}

// skippedDirs are folders that hold other people's code and reports.
func skippedDirs() []string {
	return []string{
		".git", ".hg", ".svn", "node_modules", "bower_components", "vendor", "third_party", "Pods", "Carthage",
		".venv", "venv", ".tox", ".nox", "site-packages", "__pycache__", ".gradle", ".m2", ".cargo", ".terraform",
	}
}

// Find gives the paths of reports below root, sorted, each once. Patterns are
// paths or doublestar globs relative to root (or absolute); one that names no
// file is an error. Without patterns, files of the default names that sniff as
// a report are found at any depth, folders of other people's code left out,
// and finding none is an error.
func Find(root string, patterns []string) ([]string, error) {
	if root == "" {
		root = "."
	}
	if len(patterns) == 0 {
		return findDefault(root)
	}
	var found []string
	for _, p := range patterns {
		matches, err := findPattern(root, p)
		if err != nil {
			return nil, err
		}
		found = append(found, matches...)
	}
	return unique(found), nil
}

// findDefault looks for reports nobody named.
func findDefault(root string) ([]string, error) {
	var found []string
	patterns := DefaultPatterns()
	err := walk(root, skippedDirs(), func(file, rel string) error {
		base := path.Base(rel)
		if strings.HasPrefix(base, "covmeta.") {
			found = append(found, filepath.Dir(file))
			return nil
		}
		if rel == "coverage-xml/index.xml" || strings.HasSuffix(rel, "/coverage-xml/index.xml") ||
			slices.ContainsFunc(patterns, func(p string) bool { ok, _ := path.Match(p, base); return ok }) {
			if known, err := isReport(file); err != nil || !known {
				return err
			}
			found = append(found, file)
		}
		return nil
	})
	if err != nil {
		return nil, fault.As(fault.Input, err)
	}
	if len(found) == 0 {
		return nil, fault.WithHint(fault.Errorf(fault.Input, "no coverage report found below %s; looked for %s", root, strings.Join(patterns, ", ")),
			"run the tests with coverage first, or name the report")
	}
	return unique(found), nil
}

// isReport tells whether some format knows the file.
func isReport(file string) (bool, error) {
	f, err := os.Open(file)
	if err != nil {
		return false, err
	}
	defer f.Close()
	t, err := open(f, DefaultMaxSize)
	if err != nil {
		return true, nil // let parsing say what is wrong with it
	}
	return t.entries != nil || t.sniff() != nil, nil
}

// findPattern gives the files that one path or glob names.
func findPattern(root, pattern string) ([]string, error) {
	full := pattern
	if !filepath.IsAbs(full) {
		full = filepath.Join(root, pattern)
	}
	if info, err := os.Stat(full); err == nil {
		if info.IsDir() && !gocover.IsCounters(full) {
			return nil, fault.Errorf(fault.Input, "%s is a folder; expected a coverage report or a glob such as %s/**/*.xml", pattern, pattern)
		}
		return []string{full}, nil
	} else if !errors.Is(err, fs.ErrNotExist) {
		return nil, fault.As(fault.Input, err)
	}
	base, glob := doublestar.SplitPattern(filepath.ToSlash(full))
	if !doublestar.ValidatePattern(glob) {
		return nil, fault.Errorf(fault.Input, "%q is no valid glob", pattern)
	}
	if !strings.ContainsAny(glob, "*?[{") {
		return nil, fault.Errorf(fault.Input, "coverage report %s does not exist", pattern)
	}
	skip := slices.DeleteFunc(skippedDirs(), func(dir string) bool { return dir != ".git" && strings.Contains(pattern, dir) })
	var found []string
	err := walk(filepath.FromSlash(base), skip, func(file, rel string) error {
		if ok, _ := doublestar.Match(glob, rel); ok {
			found = append(found, file)
		}
		return nil
	})
	if err != nil && !errors.Is(err, fs.ErrNotExist) {
		return nil, fault.As(fault.Input, err)
	}
	if len(found) == 0 {
		return nil, fault.Errorf(fault.Input, "no coverage report matches %s", pattern)
	}
	return found, nil
}

// walk calls see with every regular file below root: its path, and its
// slash-separated path from root. Folders of the given names are left out.
func walk(root string, skip []string, see func(file, rel string) error) error {
	return filepath.WalkDir(root, func(file string, d fs.DirEntry, err error) error {
		if err != nil {
			if d != nil && d.IsDir() && file != root && errors.Is(err, fs.ErrPermission) {
				return fs.SkipDir
			}
			return err
		}
		if d.IsDir() {
			if file != root && slices.Contains(skip, d.Name()) {
				return fs.SkipDir
			}
			return nil
		}
		if !d.Type().IsRegular() && d.Type()&fs.ModeSymlink == 0 {
			return nil
		}
		rel, err := filepath.Rel(root, file)
		if err != nil {
			return err
		}
		return see(file, filepath.ToSlash(rel))
	})
}

func unique(files []string) []string {
	for i := range files {
		files[i] = filepath.Clean(files[i])
	}
	slices.Sort(files)
	return slices.Compact(files)
}

// ParseFile is Parse for a file on disk, whose neighbours may be opened where
// the report consists of several files, or for a folder of Go's counters.
func ParseFile(ctx context.Context, file string, o Options) (*coverage.Report, string, error) {
	if info, err := os.Stat(file); err == nil && info.IsDir() {
		report, err := gocover.ParseCounters(ctx, file)
		if err != nil {
			return nil, "go", fault.As(fault.Input, fmt.Errorf("%s: %w", file, err))
		}
		report.Settle()
		return report, "go", nil
	}
	f, err := os.Open(file)
	if err != nil {
		if errors.Is(err, fs.ErrNotExist) {
			err = errors.New("coverage report " + file + " does not exist")
		}
		return nil, "", fault.As(fault.Input, err)
	}
	defer f.Close()
	if o.Open == nil {
		dir, err := os.OpenRoot(filepath.Dir(file))
		if err != nil {
			return nil, "", fault.As(fault.Input, err)
		}
		defer dir.Close()
		o.Open = func(name string) (io.ReadCloser, error) { return dir.Open(name) }
	}
	return Parse(file, contextReader{ctx, f}, o)
}

// contextReader stops reading once the context is done.
type contextReader struct {
	ctx context.Context
	r   io.Reader
}

func (c contextReader) Read(p []byte) (int, error) {
	if err := c.ctx.Err(); err != nil {
		return 0, err
	}
	return c.r.Read(p)
}
