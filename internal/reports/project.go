package reports

import (
	"cmp"
	"errors"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strings"

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
	f.ofFile = len(f.Ignore) == 0
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
