package reports

import (
	"fmt"
	"os"
	"path/filepath"
	"testing"

	"github.com/gatewright/gatewright/internal/console"
	"github.com/gatewright/gatewright/internal/coverage"
	"github.com/gatewright/gatewright/internal/service"
)

// TestRootOnDiskIsBounded: of the folders that a report names, and of those above
// them, few are looked at: a report of 9 MB can name 300,000.
func TestRootOnDiskIsBounded(t *testing.T) {
	dir := t.TempDir()
	if err := os.MkdirAll(filepath.Join(dir, "web", "src"), 0o755); err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(filepath.Join(dir, "web", "src", "x.ts"), nil, 0o644); err != nil {
		t.Fatal(err)
	}
	for n, want := range map[int]string{0: "web", 20: "web", 40: "", 100: ""} {
		r := coverage.New()
		r.File("src/x.ts").Hit(1, 1)
		for i := range n {
			r.Sources = append(r.Sources, fmt.Sprintf("other/%d", i))
		}
		r.Sources = append(r.Sources, "web")
		c := console.New(console.Streams{Getenv: func(string) string { return "" }, Dir: dir}, console.Plain)
		if got := rootOnDisk(c, dir, &service.ReportFile{Path: "lcov.info", Report: r}); got != want {
			t.Errorf("after %d other folders: %q, want %q", n, got, want)
		}
	}
}
