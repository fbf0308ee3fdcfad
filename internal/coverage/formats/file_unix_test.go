//go:build unix

package formats

import (
	"errors"
	"os"
	"path/filepath"
	"strings"
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
