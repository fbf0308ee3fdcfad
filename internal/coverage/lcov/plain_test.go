package lcov

import (
	"bytes"
	"fmt"
	"math/rand/v2"
	"strings"
	"testing"

	"github.com/gatewright/gatewright/internal/coverage"
	"github.com/gatewright/gatewright/internal/coverage/coveragetest"
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
	report := coveragetest.Read(t, Parse, text)
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

// TestNoNumber: a number that is missing is not read as one, whatever was
// expected after the records before.
func TestNoNumber(t *testing.T) {
	const after = "DA:2,2\nDA:3,2\nDA:4,2\nDA:5,2\nDA:6,2\nDA:7,2\nDA:8,2\nend_of_record\n"
	for _, odd := range []string{"", "DA:12345678,1\n", "DA: 1,1\n", "DA:12345678,1\nDA:1,1\n", "BRDA:12345678,0,0,1\nBRDA:1,0,0,1\n"} {
		for _, bad := range []string{"DA:,5\n", "DA:5,\n", "BRDA:,0,0,1\n", "BRDA:1,0,0,\n"} {
			if r, err := Parse(strings.NewReader("SF:a\n" + odd + bad + after)); err == nil {
				t.Errorf("%q after %q: %+v", bad, odd, r.Totals())
			}
		}
	}
}
