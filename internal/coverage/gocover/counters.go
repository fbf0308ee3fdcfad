package gocover

import (
	"context"
	"errors"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"

	"github.com/gatewright/gatewright/internal/coverage"
	"github.com/gatewright/gatewright/internal/fault"
)

// IsCounters reports whether a folder is one that GOCOVERDIR named: programs
// built with `go build -cover` leave their counters there.
func IsCounters(dir string) bool {
	found, err := filepath.Glob(filepath.Join(dir, "covmeta.*"))
	return err == nil && len(found) > 0
}

// ParseCounters reads such a folder through the Go tool, which alone knows its
// files: they are of one version of Go each.
func ParseCounters(ctx context.Context, dir string) (*coverage.Report, error) {
	profile, err := os.CreateTemp("", "gatewright-cover-")
	if err != nil {
		return nil, err
	}
	defer os.Remove(profile.Name())
	defer profile.Close()
	if dir, err = filepath.Abs(dir); err != nil {
		return nil, err
	}
	cmd := exec.CommandContext(ctx, "go", "tool", "covdata", "textfmt", "-i="+dir, "-o="+profile.Name())
	// A go.mod of the checkout may name another toolchain, which the go command
	// would fetch and run, and no tokens are its business.
	cmd.Dir = filepath.Dir(profile.Name())
	cmd.Env = append(slices.DeleteFunc(cmd.Environ(), func(v string) bool {
		name, _, _ := strings.Cut(v, "=")
		return !slices.Contains([]string{"PATH", "HOME", "USERPROFILE", "LOCALAPPDATA", "TMPDIR", "TEMP", "TMP", "SYSTEMROOT", "GOROOT", "GOCACHE", "GOPATH"}, strings.ToUpper(name))
	}), "GOTOOLCHAIN=local", "GOFLAGS=", "GOENV=off", "GOWORK=off", "GOPROXY=off")
	var stderr strings.Builder
	cmd.Stderr = &stderr
	if err := cmd.Run(); err != nil {
		if errors.Is(err, exec.ErrNotFound) {
			return nil, fault.WithHint(errors.New("coverage counters of Go, which need the go command to be read"),
				"where Go is installed, go tool covdata textfmt -i=%s -o=cover.out makes a profile", dir)
		}
		return nil, errors.New("go tool covdata: " + strings.TrimSpace(stderr.String()))
	}
	return Parse(profile)
}
