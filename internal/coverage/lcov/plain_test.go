package lcov

import (
	"bytes"
	"fmt"
	"math/rand/v2"
	"strings"
	"testing"

	"github.com/gatewright/gatewright/internal/coverage"
)

// TestPlainLikeRecord reads random tracefiles twice: as they are, and with a
// space before each line, which no record begins with that is read as plain.
func TestPlainLikeRecord(t *testing.T) {
	odd := []string{"DA:0,1", "DA:7,1,check", "DA:1,-3", "DA:1234567,12345678", "DA:12345678,1", "DA:3,2147483648", "DA:4,99999999999", "BRDA:5,0,0,-", "BRDA:5,e0,a,b,2", "BRDA:5,32768,65536,1", "BRDA:5,1,12345678,1", "FN:1,f", "LF:1", ""}
	for seed := range uint64(60) {
		random := rand.New(rand.NewPCG(seed, 5))
		end := []string{"\n", "\r\n"}[seed%2]
		number := func() int { return random.IntN([]int{1, 10, 1000, 9_999_999}[random.IntN(4)]) }
		var plain, other strings.Builder
		add := func(line string) {
			plain.WriteString(line + end)
			other.WriteString(" " + line + end)
		}
		for i := range 1 + random.IntN(4) {
			add(fmt.Sprintf("SF:%d.c", i%3))
			for n := range random.IntN(5000) {
				switch random.IntN(40) {
				case 0:
					add(odd[random.IntN(len(odd))])
				case 1, 2, 3, 4, 5:
					add(fmt.Sprintf("BRDA:%d,%d,%d,%d", 1+n, number(), random.IntN(3), number()))
				case 6:
					add(fmt.Sprintf("DA:%d,%d", number(), number()))
				default:
					add(fmt.Sprintf("DA:%d,%d", 1+n, number()))
				}
			}
			add("end_of_record")
		}
		if got, want := canonical(t, plain.String()), canonical(t, other.String()); got != want {
			t.Fatalf("seed %d: what is read as plain differs", seed)
		}
	}
}

// canonical is a tracefile's report, with each branch.
func canonical(t *testing.T, text string) string {
	t.Helper()
	report, err := Parse(strings.NewReader(text))
	if err != nil {
		t.Fatal(err)
	}
	var b bytes.Buffer
	if err := coverage.WriteJSON(&b, report); err != nil {
		t.Fatal(err)
	}
	for _, f := range report.Files() {
		for id, taken := range f.Taken() {
			fmt.Fprintln(&b, f.Path, id, taken)
		}
	}
	return b.String()
}
