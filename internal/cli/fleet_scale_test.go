package cli

import (
	"math"
	"os"
	"strconv"
	"strings"
	"testing"
	"time"
)

// onPaper are the times of the table in docs/fleet.md for n repositories, by the
// documented windows alone: GitHub's of each installation, Codacy's of each
// address.
func onPaper(n, installations, addresses int) (roll, rotation, leak time.Duration) {
	each := (n + installations - 1) / installations
	requests := 2*each + each/100
	plan := time.Duration(requests/12500)*time.Hour + time.Duration(float64(requests%12500)/900*float64(time.Minute))
	asks := func(perRepository int) time.Duration {
		return time.Duration(float64(perRepository*n) / float64(addresses*2500) * 5 * float64(time.Minute))
	}
	puts := optimum(each, 12500, true)
	return plan + max(puts, asks(3)), max(puts, asks(6)), asks(3)
}

// TestScaleOnPaper holds the table of docs/fleet.md to the windows, within five
// percent.
func TestScaleOnPaper(t *testing.T) {
	t.Parallel()
	text, err := os.ReadFile("../../docs/fleet.md")
	if err != nil {
		t.Fatal(err)
	}
	_, section, _ := strings.Cut(string(text), "\n## 100,000 repositories\n")
	rows := 0
	for line := range strings.Lines(section) {
		cells := strings.Split(strings.Trim(strings.TrimSpace(line), "|"), "|")
		var counts [3]int
		if len(cells) != 6 || err != nil {
			continue
		}
		for i := range counts {
			if counts[i], err = strconv.Atoi(strings.ReplaceAll(strings.TrimSpace(cells[i]), ",", "")); err != nil {
				break
			}
		}
		if err != nil { // the head of the table
			err = nil
			continue
		}
		rows++
		roll, rotation, leak := onPaper(counts[0], counts[1], counts[2])
		for i, want := range []time.Duration{roll, rotation, leak} {
			said, err := time.ParseDuration(strings.TrimSuffix(strings.ReplaceAll(strings.TrimSpace(cells[3+i]), " ", ""), "in"))
			if err != nil || math.Abs(float64(said-want)) > float64(want)/20 {
				t.Errorf("%v: the document says %s (%v), the windows %s", counts, said, err, want.Round(time.Minute))
			}
		}
	}
	if rows < 5 {
		t.Errorf("%d rows", rows)
	}
}
