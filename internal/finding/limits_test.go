package finding

import (
	"crypto/rand"
	"encoding/base64"
	"fmt"
	"strings"
	"testing"

	"github.com/gatewright/gatewright/internal/console"
	"github.com/gatewright/gatewright/internal/service"
)

// TestCodeScanning: each limit of GitHub's, met and passed by one.
func TestCodeScanning(t *testing.T) {
	t.Parallel()
	many := func(n int, f func(i int) service.Finding) (s Set) {
		for i := range n {
			s.Findings = append(s.Findings, f(i))
		}
		return s
	}
	tool := func(i int) service.Finding { return service.Finding{Tool: fmt.Sprint("t", i), Rule: "r"} }
	one := func(int) service.Finding { return service.Finding{Tool: "t", Rule: "r"} }
	var b [1 << 20]byte // more than what gzip looks back at
	_, _ = rand.Read(b[:])
	text := base64.StdEncoding.EncodeToString(b[:])
	noise := func(int) service.Finding { return service.Finding{Tool: "t", Rule: "r", Message: text} }
	same := func(int) service.Finding {
		return service.Finding{Tool: "t", Rule: "r", Message: strings.Repeat("word ", 1<<18)}
	}
	for name, tt := range map[string]struct {
		set  Set
		want string // "" stands for nothing to say
	}{
		"none":             {Set{}, ""},
		"20 tools":         {many(20, tool), ""},
		"21 tools":         {many(21, tool), "more than 20 runs, and this one has 21"},
		"21 clean tools":   {Set{Tools: strings.Fields("a b c d e f g h i j k l m n o p q r s t u")}, "more than 20 runs, and this one has 21"},
		"5,000 results":    {many(5000, one), ""},
		"5,001 results":    {many(5001, one), "shows 5000 results of one tool, and t has 5001"},
		"25,000 results":   {many(25_000, one), "shows 5000 results of one tool, and t has 25000"},
		"25,001 results":   {many(25_001, one), "refuses a SARIF file with more than 25000 results of one tool, and t has 25001"},
		"12 MB of noise":   {many(12, noise), "refuses a SARIF file of more than 10 MB packed, and this one has"},
		"12 MB, same text": {many(12, same), ""},
	} {
		refused, shown := CodeScanning(tt.set)
		got := strings.Join(append(refused, shown...), "\n")
		if len(shown) > 0 != strings.HasPrefix(tt.want, "shows") {
			t.Errorf("%s: refused %q, shown in part %q", name, refused, shown)
		}
		// What is refused has a way out.
		if len(refused) > 0 && !strings.Contains(got, "with a category of its own") {
			t.Errorf("%s: no next step: %q", name, got)
		}
		if (got == "") != (tt.want == "") || !strings.Contains(got, tt.want) || strings.Contains(got, "\n") {
			t.Errorf("%s: %q, want %q", name, got, tt.want)
		}
	}
}

// TestSayLimits: what is refused is warned of, what is not shown is only said.
func TestSayLimits(t *testing.T) {
	t.Parallel()
	var s Set
	for i := range mostShown + 1 {
		s.Findings = append(s.Findings, service.Finding{Tool: "many", Rule: "r"})
		if i <= mostRuns {
			s.Findings = append(s.Findings, service.Finding{Tool: fmt.Sprint("t", i), Rule: "r"})
		}
	}
	var out strings.Builder
	SayLimits(console.New(console.Streams{Getenv: func(string) string { return "" }, Stderr: &out}, console.Plain), "a: ", s)
	lines := strings.Split(out.String(), "\n")
	if len(lines) != 3 || !strings.HasPrefix(lines[0], "warning: a: GitHub's code scanning refuses") || !strings.HasPrefix(lines[1], "a: GitHub's code scanning shows 5000") {
		t.Errorf("%q", lines)
	}
}
