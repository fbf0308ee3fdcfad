package formats

import (
	"context"
	"errors"
	"os"
	"os/exec"
	"path/filepath"
	"strings"

	"github.com/gatewright/gatewright/internal/coverage"
	"github.com/gatewright/gatewright/internal/fault"
)

// isCoverDir tells whether a folder is one that GOCOVERDIR named: programs
// built with `go build -cover` leave their counters there.
func isCoverDir(dir string) bool {
	found, err := filepath.Glob(filepath.Join(dir, "covmeta.*"))
	return err == nil && len(found) > 0
}

// parseCoverDir reads such a folder through the Go tool, which alone knows its
// files: they are of one version of Go each.
func parseCoverDir(ctx context.Context, dir string, o Options) (*coverage.Report, string, error) {
	profile, err := os.CreateTemp("", "gatewright-cover-")
	if err != nil {
		return nil, "", err
	}
	defer os.Remove(profile.Name())
	defer profile.Close()
	cmd := exec.CommandContext(ctx, "go", "tool", "covdata", "textfmt", "-i="+dir, "-o="+profile.Name())
	var stderr strings.Builder
	cmd.Stderr = &stderr
	if err := cmd.Run(); err != nil {
		if errors.Is(err, exec.ErrNotFound) {
			return nil, "go", fault.WithHint(fault.Errorf(fault.Input, "%s: Go's coverage counters, which need the go command to be read", dir),
				"where Go is installed, go tool covdata textfmt -i=%s -o=cover.out makes a profile", dir)
		}
		return nil, "go", fault.Errorf(fault.Input, "%s: go tool covdata: %s", dir, strings.TrimSpace(stderr.String()))
	}
	return Parse(dir, profile, o)
}
