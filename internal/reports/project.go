package reports

import (
	"cmp"
	"errors"
	"io/fs"
	"os"
	"path"
	"path/filepath"
	"slices"
	"strings"

	"github.com/bmatcuk/doublestar/v4"

	"github.com/gatewright/gatewright/internal/console"
	"github.com/gatewright/gatewright/internal/coverage/formats"
	"github.com/gatewright/gatewright/internal/fault"
	"github.com/gatewright/gatewright/internal/gate"
	"github.com/gatewright/gatewright/internal/git"
	"github.com/gatewright/gatewright/internal/input"
)

// maxProject bounds the project's file: what is read of YAML takes thirty times its
// memory.
const maxProject = 1 << 20

// Project reads the project's file, .gatewright.yml in the root of the repository
// unless it is named; without one it is empty.
func Project(c *console.Console, repo *git.Repo, named string) (gate.Config, error) {
	path := c.Path(named)
	if named == "" {
		path = c.Path(gate.ConfigFile)
		if repo != nil {
			path = filepath.Join(repo.Root, gate.ConfigFile)
		}
	}
	data, err := input.Read(path)
	switch {
	case err == nil && len(data) > maxProject:
		return gate.Config{}, fault.Errorf(fault.Input, "rules: %s is longer than %d KB", path, maxProject>>10)
	case err == nil:
		config, err := gate.ParseConfig(cmp.Or(named, gate.ConfigFile), data)
		return config, formats.Unquoted(path, err)
	// One that was named must be there; the usual one may lack.
	case named != "" || !errors.Is(err, fs.ErrNotExist):
		return gate.Config{}, fault.Errorf(fault.Input, "rules: %w", err)
	}
	// Rules that nobody reads would let everything pass.
	other := strings.TrimSuffix(path, ".yml") + ".yaml"
	if _, err := os.Stat(other); err == nil {
		return gate.Config{}, fault.WithHint(fault.Errorf(fault.Input, "%s is not read", filepath.Base(other)), "call it %s", gate.ConfigFile)
	}
	return gate.Config{}, nil
}

// Stray returns an error where a project's file lies in the folder to work in, which
// is not the root: rules that nobody reads would let everything pass.
func Stray(c *console.Console, repo *git.Repo) error {
	if repo == nil {
		return nil
	}
	root, _ := os.Stat(repo.Root)
	if here, _ := os.Stat(c.Path(".")); os.SameFile(root, here) {
		return nil
	}
	for _, name := range []string{gate.ConfigFile, ".gatewright.yaml"} {
		if _, err := os.Stat(c.Path(name)); err == nil {
			return fault.WithHint(fault.Errorf(fault.Input, "%s is not read: it is not in the root of the repository", name), "name the file that counts with --config")
		}
	}
	return nil
}

// Over puts what flags say over the project's settings. All that asks which files
// are left out goes by what it returns.
func (f Flags) Over(s gate.Settings) Flags {
	f.ofFile, f.listed = len(f.Ignore) == 0, len(f.Report) == 0 && len(s.Reports) > 0
	for _, list := range []struct {
		flag *[]string
		file []string
	}{{&f.Report, s.Reports}, {&f.Ignore, s.Ignore}} {
		if len(*list.flag) == 0 {
			*list.flag = list.file
		}
	}
	if len(f.PathMap) == 0 {
		f.maps = s.PathMap
	}
	f.Ignore = slices.Clone(f.Ignore) // it may be the caller's
	for i, glob := range f.Ignore {
		if g, err := gate.Glob(glob); err == nil { // else Read refuses it
			f.Ignore[i] = g
		}
	}
	f.Root, f.Settled = cmp.Or(f.Root, s.Root), true
	return f
}

// contained returns an error where the project's file, which a fork may have
// written, names reports outside of the repository: of a file that is no report the
// beginning is quoted.
func (f Flags) contained(c *console.Console, repo *git.Repo) error {
	if !f.listed {
		return nil
	}
	here, err := filepath.Abs(c.Path("."))
	if err == nil {
		here, err = filepath.EvalSymlinks(here)
	}
	if err != nil {
		return fault.As(fault.Input, err)
	}
	roots := []string{here} // the checkout may be above or below
	if repo != nil {
		roots = append(roots, repo.Root)
	}
	outside := func(dir string) bool {
		return !slices.ContainsFunc(roots, func(root string) bool {
			rel, err := filepath.Rel(root, dir)
			return err == nil && filepath.IsLocal(rel)
		})
	}
	for _, name := range f.Report {
		// What is found in a folder has a report's name, and may lie behind Bazel's links.
		dir, _ := doublestar.SplitPattern(path.Clean(filepath.ToSlash(strings.TrimPrefix(name, "!"))))
		if dir = filepath.FromSlash(dir); !filepath.IsAbs(dir) {
			dir = filepath.Join(here, dir)
		}
		// Of a link that leads out nothing is quoted; one may lead in, as /var to /private/var.
		if real, err := filepath.EvalSymlinks(dir); outside(dir) && (err != nil || outside(real)) {
			return fault.WithHint(fault.Errorf(fault.Input, "%s names the report %s, which is outside of the repository", gate.ConfigFile, name), "name it on the command line")
		}
	}
	return nil
}
