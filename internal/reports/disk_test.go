package reports

import (
	"fmt"
	"os"
	"path"
	"path/filepath"
	"strings"
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

// TestRootOnDiskOfCheckouts: what lies beside other checkouts has its paths from its
// own root, while a submodule's begin with the folder that it is in.
func TestRootOnDiskOfCheckouts(t *testing.T) {
	for _, tt := range []struct{ report, marks, want string }{
		{"api/lcov.info", "", "api"},
		{"api/lcov.info", "api/.git", ""},
		{"api/web/lcov.info", "api/.git", "web"},
		{"api/lcov.info", ".git api/.git", "api"},
	} {
		dir := t.TempDir()
		folder := filepath.Join(dir, filepath.FromSlash(path.Dir(tt.report)))
		for _, made := range append(strings.Fields(tt.marks), path.Dir(tt.report)) {
			if err := os.MkdirAll(filepath.Join(dir, filepath.FromSlash(made)), 0o755); err != nil {
				t.Fatal(err)
			}
		}
		if err := os.WriteFile(filepath.Join(folder, "x.ts"), nil, 0o644); err != nil {
			t.Fatal(err)
		}
		r := coverage.New()
		r.File("x.ts").Hit(1, 1)
		c := console.New(console.Streams{Getenv: func(string) string { return "" }, Dir: dir}, console.Plain)
		if got := rootOnDisk(c, dir, &service.ReportFile{Path: tt.report, Report: r}); got != tt.want {
			t.Errorf("%s with %q: %q, want %q", tt.report, tt.marks, got, tt.want)
		}
	}
}
