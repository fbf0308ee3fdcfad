package gocover

import (
	"bytes"
	"fmt"
	"math/rand/v2"
	"strings"
	"testing"

	"github.com/gatewright/gatewright/internal/coverage"
	"github.com/gatewright/gatewright/internal/coverage/coveragetest"
)

// TestPlainLikeParseBlock reads random profiles twice: as they are, and with a
// space after each line, which no block has that is read as plain.
func TestPlainLikeParseBlock(t *testing.T) {
	names := []string{"a.go", "a/b:1.go", "a.go:1.2,3.4 5 6", "x y/z.go", "a"}
	for seed := range uint64(60) {
		random := rand.New(rand.NewPCG(seed, 6))
		var plain, other strings.Builder
		name, line := names[0], 1
		for range 3000 {
			if random.IntN(30) == 0 {
				name, line = names[random.IntN(len(names))], 1+random.IntN(100)
			}
			column := 1 + random.IntN([]int{9, 150, 5000, 12_345_678}[random.IntN(4)])
			count := random.IntN([]int{2, 1000, 9_999_999, 1 << 40}[random.IntN(4)])
			block := fmt.Sprintf("%s:%d.%d,%d.%d %d %d", name, line, column, line+random.IntN(5), column, random.IntN(20), count)
			line += random.IntN(6) - 1
			line = max(line, 1)
			plain.WriteString(block + "\n")
			other.WriteString(block + " \n")
		}
		got, statements := canonical(t, plain.String())
		want, same := canonical(t, other.String())
		if got != want || statements != same {
			t.Fatalf("seed %d: what is read as plain differs: statements %v, want %v", seed, statements, same)
		}
	}
}

func canonical(t *testing.T, text string) (string, coverage.Count) {
	t.Helper()
	report := coveragetest.Read(t, Parse, "mode: count\n"+text)
	var b bytes.Buffer
	if err := coverage.WriteJSON(&b, report); err != nil {
		t.Fatal(err)
	}
	return b.String(), report.Totals().Statements
}
