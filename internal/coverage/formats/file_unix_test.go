//go:build unix

package formats

import (
	"errors"
	"os"
	"path/filepath"
	"strings"
	"syscall"
	"testing"
)

// TestLinkedFileIsNotShown: a link of the checkout may lead to a file with
// secrets, of which no message shows anything.
func TestLinkedFileIsNotShown(t *testing.T) {
	t.Chdir(t.TempDir())
	for name, text := range map[string]string{"netrc": "machine hunter2", "tracefile": "SF:a.go\nDA:hunter2\n", "x.xml": `<coverage line-rate="hunter2"><packages><class line="hunter2"/>`} {
		if err := os.Mkdir(name+".d", 0o755); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(filepath.Join(name+".d", "file"), []byte(text), 0o644); err != nil {
			t.Fatal(err)
		}
		if err := errors.Join(os.Symlink(name+".d/file", name), os.Symlink(name+".d", name+".link")); err != nil {
			t.Fatal(err)
		}
		for _, file := range []string{name, filepath.Join(name+".link", "file"), filepath.Join(".", name+".link", "..", name)} {
			for _, format := range []string{"", "lcov", "cobertura", "go"} {
				_, _, err := ParseFile(t.Context(), file, Options{Format: format})
				if err == nil && format == "" || err != nil && strings.Contains(err.Error(), "hunter2") {
					t.Errorf("%s as %q: %v", file, format, err)
				}
			}
		}
		if _, _, err := ParseFile(t.Context(), filepath.Join(name+".d", "file"), Options{}); err == nil || name != "x.xml" && !strings.Contains(err.Error(), "hunter2") {
			t.Errorf("%s: of a file that is named itself, what is wrong is shown: %v", name, err)
		}
	}
}

// TestNeighbourIsAPipe: of a report of several files none is waited for.
func TestNeighbourIsAPipe(t *testing.T) {
	dir := t.TempDir()
	index := filepath.Join(dir, "index.xml")
	text := `<phpunit xmlns="https://schema.phpunit.de/coverage/1.0"><project source="/x"><file name="a.php" href="a.php.xml"/></project></phpunit>`
	if err := errors.Join(os.WriteFile(index, []byte(text), 0o644), syscall.Mkfifo(filepath.Join(dir, "a.php.xml"), 0o600)); err != nil {
		t.Fatal(err)
	}
	if _, _, err := ParseFile(t.Context(), index, Options{}); err == nil || !strings.Contains(err.Error(), "not a regular file") {
		t.Error(err)
	}
}
