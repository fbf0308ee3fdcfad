// Package release knows what a release of gatewright consists of, so that a
// program can be compared with the one that was published.
package release

import (
	"crypto/sha256"
	"encoding/hex"
	"io"
	"os"
	"runtime"
	"strings"

	"github.com/gatewright/gatewright/internal/fault"
	"github.com/gatewright/gatewright/internal/input"
)

// Asset returns the name of the release's file that this program should equal.
func Asset() string {
	name := "gatewright_" + runtime.GOOS + "_" + runtime.GOARCH
	if runtime.GOOS == "windows" {
		name += ".exe"
	}
	return name
}

// OwnSum returns the SHA-256 of this program's file, in hexadecimal.
func OwnSum() (string, error) {
	path, err := os.Executable()
	if err != nil {
		return "", fault.Errorf(fault.Input, "find this program's file: %w", err)
	}
	f, err := input.Open(path)
	if err != nil {
		return "", fault.Errorf(fault.Input, "read this program: %w", err)
	}
	defer func() { _ = f.Close() }()
	h := sha256.New()
	if _, err := io.Copy(h, f); err != nil {
		return "", fault.Errorf(fault.Input, "read this program: %w", err)
	}
	return hex.EncodeToString(h.Sum(nil)), nil
}

// FindSum returns the sum of a file in text of sha256sum's form (the sum, two
// spaces or a space and *, the name), or "".
func FindSum(text, name string) string {
	for line := range strings.Lines(text) {
		f := strings.Fields(line)
		if len(f) == 2 && strings.TrimPrefix(f[1], "*") == name {
			return strings.ToLower(f[0])
		}
	}
	return ""
}
