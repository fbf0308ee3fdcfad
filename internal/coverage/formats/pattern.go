package formats

import (
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"strings"

	"github.com/bmatcuk/doublestar/v4"

	"github.com/gatewright/gatewright/internal/coverage/gocover"
	"github.com/gatewright/gatewright/internal/fault"
)

// findPattern returns the files that one path, folder or glob names.
func findPattern(root, pattern string) (Found, error) {
	full := pattern
	if !filepath.IsAbs(full) {
		full = filepath.Join(root, pattern)
	}
	if info, err := os.Stat(full); err == nil {
		if info.IsDir() && !gocover.IsCounters(full) {
			return findIn(full)
		}
		return Found{Files: []string{full}}, nil
	} else if !errors.Is(err, fs.ErrNotExist) {
		return Found{}, fault.As(fault.Input, err)
	}
	base, glob := doublestar.SplitPattern(filepath.ToSlash(full))
	if !doublestar.ValidatePattern(glob) {
		return Found{}, fault.Errorf(fault.Input, "%q is no valid glob: a bracket or brace is not closed", pattern)
	}
	if !strings.ContainsAny(glob, "*?[{") {
		return Found{}, fault.Errorf(fault.Input, "coverage report %s does not exist", pattern)
	}
	var found Found
	err := filepath.WalkDir(filepath.FromSlash(base), func(file string, d fs.DirEntry, err error) error {
		if err != nil {
			if d != nil && d.IsDir() && errors.Is(err, fs.ErrPermission) {
				return fs.SkipDir
			}
			return err
		}
		rel, err := filepath.Rel(filepath.FromSlash(base), file)
		if err != nil {
			return err
		}
		switch {
		case d.IsDir():
			// A glob that names a folder searches it.
			if rel != "." && skipped(d.Name()) && (d.Name() == ".git" || !strings.Contains(pattern, d.Name())) {
				return fs.SkipDir
			}
		case d.Type().IsRegular() || d.Type()&fs.ModeSymlink != 0:
			if ok, _ := doublestar.Match(glob, filepath.ToSlash(rel)); !ok {
				return nil
			}
			if info, err := os.Stat(file); err == nil && info.IsDir() {
				return nil
			} else if err != nil {
				found.Notes = append(found.Notes, fmt.Sprintf("%s is a link that leads nowhere", file))
				return nil
			}
			found.Files = append(found.Files, file)
		}
		return nil
	})
	if err != nil && !errors.Is(err, fs.ErrNotExist) {
		return Found{}, fault.As(fault.Input, err)
	}
	if len(found.Files) == 0 {
		return Found{}, fault.Errorf(fault.Input, "no coverage report matches %s", pattern)
	}
	return found, nil
}
