package table

import (
	"fmt"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
)

// sample is a table as the gate's and the fleet's are.
func sample(width int) Table {
	return Table{
		Head: []string{"", "condition", "actual", "empty", "why"},
		Rows: [][]string{
			{"✔", "total coverage", "\x1b[32m31.50 %\x1b[0m", "", ""},
			{"✘", "coverage of services/payments/src/main/java/com/acme/payments/Ledger.java", "46.66 %", "", "7 of 15 changed lines ran; 1 more would do, and https://example.com/a/very/long/address/that/has/no/space/in/it/and/goes/on/and/on says which 生命生命生命生命生命生命生命生命"},
			{"?", "x", "", "", "short"},
		},
		Width: width,
	}
}

func TestNoLineIsWiderThanTheTerminal(t *testing.T) {
	for _, width := range []int{60, 80, 120, 200} {
		t.Run(fmt.Sprint(width), func(t *testing.T) {
			text := sample(width).String()
			for line := range strings.Lines(text) {
				line = strings.TrimSuffix(line, "\n")
				if n := Columns(line); n > width {
					t.Errorf("%d columns: %s", n, line)
				}
				if strings.TrimRight(line, " ") != line {
					t.Errorf("space at the end of %q", line)
				}
			}
			// The whole last column is there, in its column.
			if !strings.Contains(strings.Join(strings.Fields(text), ""), strings.Join(strings.Fields("7 of 15 changed lines ran; 1 more would do"), "")) && width >= 120 {
				t.Error(text)
			}
		})
	}
}

func TestTable(t *testing.T) {
	want := `   condition                       actual   why
✔  total coverage                  31.50 %
✘  coverage …payments/Ledger.java  46.66 %  7 of 15 changed
                                            lines ran
?  x                                        short
`
	table := sample(60)
	table.Rows[1][4] = "7 of 15 changed lines ran"
	got := strings.NewReplacer("\x1b[32m", "", "\x1b[0m", "").Replace(table.String())
	if diff := cmp.Diff(want, got); diff != "" {
		t.Error(diff)
	}
	table.Rows[1][4] = "7 of 15 changed lines ran; 1 more would do; most lines missed in a.go and in b.go" // a narrow column of four lines
	want = `   condition                                 actual   why
✔  total coverage                            31.50 %
✘  coverage of s…/acme/payments/Ledger.java  46.66 %
     7 of 15 changed lines ran; 1 more would do; most lines missed in
     a.go and in b.go
?  x                                                  short
`
	table.Width = 70
	got = strings.NewReplacer("\x1b[32m", "", "\x1b[0m", "").Replace(table.String())
	if diff := cmp.Diff(want, got); diff != "" {
		t.Error(diff)
	}
	table.Width = 0
	if got := table.String(); strings.Count(got, "\n") != 4 || !strings.Contains(got, "services/payments/src/main/java/com/acme/payments/Ledger.java") {
		t.Errorf("without a terminal nothing is cut:\n%s", got)
	}
}

func TestTooNarrow(t *testing.T) {
	for width := range 12 {
		_ = sample(width).String() // and ends
	}
	if got := (Table{Width: 10}).String(); got != "" {
		t.Errorf("%q", got)
	}
	if got := Wrap("one two three", 7); got != "one two\nthree" {
		t.Errorf("%q", got)
	}
}
