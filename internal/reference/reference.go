// Package reference leads tests to reference data that is kept beside the
// project and not in it: real reports of other projects, contracts, schemas.
package reference

import (
	"os"
	"path/filepath"
	"testing"
)

// Path gives the path of a reference file or folder. GATEWRIGHT_SHARED names
// the folder that holds them; without it, it is looked for beside the module.
// Where it is absent the test is skipped, except in CI, where it fails.
func Path(t testing.TB, elem ...string) string {
	t.Helper()
	root := os.Getenv("GATEWRIGHT_SHARED")
	if root == "" {
		root = filepath.Join(module(t), "..", "shared")
	}
	p := filepath.Join(append([]string{root}, elem...)...)
	if _, err := os.Stat(p); err != nil {
		if os.Getenv("CI") == "true" {
			t.Fatalf("reference data: %v", err)
		}
		t.Skipf("no reference data (set GATEWRIGHT_SHARED): %v", err)
	}
	return p
}

// Read gives the content of a reference file.
func Read(t testing.TB, elem ...string) []byte {
	t.Helper()
	data, err := os.ReadFile(Path(t, elem...))
	if err != nil {
		t.Fatal(err)
	}
	return data
}

// module is the folder that holds go.mod.
func module(t testing.TB) string {
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
