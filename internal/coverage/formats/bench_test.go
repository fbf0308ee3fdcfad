package formats

import (
	"os"
	"path/filepath"
	"testing"
)

// BenchmarkParse reads the inputs that bench/inputs made in the folder named by
// GATEWRIGHT_BENCH.
func BenchmarkParse(b *testing.B) {
	dir := os.Getenv("GATEWRIGHT_BENCH")
	if dir == "" {
		b.Skip("GATEWRIGHT_BENCH names no folder")
	}
	for _, name := range []string{"lcov.info", "cobertura.xml", "jacoco.xml", "clover.xml", "cover.out", "coverage-final.json"} {
		b.Run(name, func(b *testing.B) {
			file := filepath.Join(dir, name)
			info, err := os.Stat(file)
			if err != nil {
				b.Fatal(err)
			}
			b.SetBytes(info.Size())
			b.ReportAllocs()
			for b.Loop() {
				report, _, err := ParseFile(b.Context(), file, Options{})
				if err != nil {
					b.Fatal(err)
				}
				if report.Totals().Lines.Coverable == 0 {
					b.Fatal("no lines")
				}
			}
		})
	}
}
