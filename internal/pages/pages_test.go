package pages

import (
	"os"
	"path/filepath"
	"testing"

	"github.com/gatewright/gatewright/internal/summary"
)

// A report may name any file of the work tree: no more of one is read than is
// shown.
func TestSourcesAreBounded(t *testing.T) {
	dir := t.TempDir()
	name := filepath.Join(dir, "big.c")
	if err := os.WriteFile(name, nil, 0o600); err != nil {
		t.Fatal(err)
	}
	if err := os.Truncate(name, 16*summary.MaxSource); err != nil {
		t.Fatal(err)
	}
	root, err := os.OpenRoot(dir)
	if err != nil {
		t.Fatal(err)
	}
	defer root.Close()
	text, err := readPlain(root, "big.c")
	if err != nil || len(text) != summary.MaxSource+1 {
		t.Errorf("%d bytes, %v", len(text), err)
	}
}
