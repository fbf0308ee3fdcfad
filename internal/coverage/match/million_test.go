package match

import (
	"fmt"
	"testing"

	"github.com/gatewright/gatewright/internal/coverage"
)

// BenchmarkMillion indexes a commit of a million files and matches 10,000 paths
// of a container.
func BenchmarkMillion(b *testing.B) {
	files := make([]string, 1_000_000)
	for i := range files {
		files[i] = fmt.Sprintf("services/s%03d/src/main/java/com/acme/p%03d/File%d.java", i%300, i%977, i/2)
	}
	tree := New(Commit{Files: files}) // sorts a copy
	r := coverage.New()
	for i := range 10_000 {
		r.File("/home/runner/work/repo/"+files[i*100]).Hit(1, 1)
	}
	b.Run("index", func(b *testing.B) {
		for b.Loop() {
			New(Commit{Files: tree.files})
		}
	})
	b.Run("match", func(b *testing.B) {
		for b.Loop() {
			tree.Report(r, Options{})
		}
	})
}
