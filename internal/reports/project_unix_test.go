//go:build unix

package reports

import (
	"os"
	"strings"
	"testing"

	"github.com/gatewright/gatewright/internal/console"
	"github.com/gatewright/gatewright/internal/fault"
)

// TestHostileProjectFile: a link under its name may lead to any file, of which
// nothing is quoted; and what a pull request makes of it is bounded.
func TestHostileProjectFile(t *testing.T) {
	for name, text := range map[string]string{
		"a key": "hunter2: 1\n", "a rule": "rules:\n  hunter2: 1\n", "a choice": "comment: hunter2\n", "no mapping": "hunter2\n",
		"long": "name: " + strings.Repeat("hunter2", maxProject/7),
	} {
		dir := t.TempDir()
		c := console.New(console.Streams{Getenv: func(string) string { return "" }, Dir: dir}, console.Plain)
		if err := os.WriteFile(dir+"/secret", []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
		if err := os.Symlink("secret", dir+"/.gatewright.yml"); err != nil {
			t.Fatal(err)
		}
		for _, named := range []string{"", ".gatewright.yml"} {
			if _, err := Project(c, nil, named); fault.Of(err) != fault.Input || strings.Contains(err.Error()+fault.Hint(err), "hunter2") {
				t.Errorf("%s: %.200v", name, err)
			}
		}
		// Of the file itself what is wrong is shown.
		if _, err := Project(c, nil, "secret"); err == nil || name != "long" && name != "no mapping" && !strings.Contains(err.Error(), "hunter2") {
			t.Errorf("%s: %.200v", name, err)
		}
	}
}
