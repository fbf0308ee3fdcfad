// Package reference finds the reference data of tests: contracts, schemas and
// real reports of other projects, which lie beside the project and are no part
// of it.
package reference

import (
	"os"
	"path/filepath"
	"testing"
)

// Path returns a file or folder of the reference data, named with slashes. The
// data is where GATEWRIGHT_SHARED says, or in a folder "shared" beside the
// module. A test is skipped where there is none, but fails where CI=true says
// that nothing may go untested.
func Path(t testing.TB, name string) string {
	t.Helper()
	root := os.Getenv("GATEWRIGHT_SHARED")
	if root == "" {
		root = filepath.Join(filepath.Dir(moduleRoot(t)), "shared")
	}
	path := filepath.Join(root, filepath.FromSlash(name))
	if _, err := os.Stat(path); err != nil {
		Missing(t, "reference data: %v; GATEWRIGHT_SHARED says where it is", err)
	}
	return path
}

// Missing ends a test that lacks something of the machine: it is skipped, but
// fails where CI=true says that nothing may go untested.
func Missing(t testing.TB, format string, args ...any) {
	t.Helper()
	if os.Getenv("CI") == "true" {
		t.Fatalf(format, args...)
	}
	t.Skipf(format, args...)
}

// Read returns the content of a file of the reference data.
func Read(t testing.TB, name string) []byte {
	t.Helper()
	data, err := os.ReadFile(Path(t, name))
	if err != nil {
		t.Fatal(err)
	}
	return data
}

// moduleRoot is the folder of go.mod above the test's.
func moduleRoot(t testing.TB) string {
	t.Helper()
	dir, err := os.Getwd()
	if err != nil {
		t.Fatal(err)
	}
	for {
		if _, err := os.Stat(filepath.Join(dir, "go.mod")); err == nil {
			return dir
		}
		parent := filepath.Dir(dir)
		if parent == dir {
			t.Fatal("no go.mod above the test")
		}
		dir = parent
	}
}
