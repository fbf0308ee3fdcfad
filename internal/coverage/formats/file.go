package formats

import (
	"context"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"

	"github.com/gatewright/gatewright/internal/coverage"
	"github.com/gatewright/gatewright/internal/coverage/gocover"
	"github.com/gatewright/gatewright/internal/fault"
	"github.com/gatewright/gatewright/internal/input"
)

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
	f, err := input.Open(file)
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
		o.Open = func(name string) (io.ReadCloser, error) {
			if info, err := dir.Stat(name); err == nil && !info.Mode().IsRegular() { // a pipe would be waited for
				return nil, fmt.Errorf("open %s: it is not a regular file", name)
			}
			return dir.Open(name)
		}
	}
	report, format, err := Parse(file, contextReader{ctx, f}, o)
	if ctx.Err() == nil {
		err = Unquoted(file, err)
	}
	return report, format, err
}

// Unquoted returns err, which says why a file cannot be read, or one in its place that
// quotes nothing where a link leads to the file.
func Unquoted(file string, err error) error {
	if err == nil || !linked(file) {
		return err
	}
	return fault.WithHint(
		fault.Errorf(fault.Input, "%s: the file that this symbolic link leads to cannot be used; nothing of it is shown, as a link may lead to any file", file),
		"name the file itself")
}

// linked reports whether a link leads to the file: itself, or a folder of a
// relative path.
func linked(file string) bool {
	for at := filepath.Clean(file); ; at = filepath.Dir(at) {
		if info, err := os.Lstat(at); err == nil && info.Mode()&fs.ModeSymlink != 0 {
			return true
		}
		if filepath.IsAbs(file) || at == filepath.Dir(at) {
			return false
		}
	}
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
