package finding

import (
	"bytes"
	"compress/gzip"
	"fmt"
	"slices"

	"github.com/gatewright/gatewright/internal/console"
)

// What GitHub's code scanning takes of one SARIF file, and what of that it shows
// (docs.github.com, "SARIF results exceed one or more limits"). Its limit of
// rules, 25,000, is never met before that of results: each rule has one.
const (
	mostRuns    = 20
	mostResults = 25_000 // of a run
	mostShown   = 5_000  // results of a run
	mostBytes   = 10 << 20
)

// CodeScanning returns, in a sentence each, why GitHub's code scanning would
// refuse the findings as one SARIF file, and which of them it would not show.
func CodeScanning(s Set) (refused, hidden []string) {
	tools := toolsOf(s)
	refuse := func(format string, args ...any) {
		refused = append(refused, fmt.Sprintf("GitHub's code scanning refuses a SARIF file "+format, args...))
	}
	if n := len(tools); n > mostRuns {
		refuse("of more than %d runs, and this one has %d, one for each tool: convert the results in groups, and upload each with a category of its own", mostRuns, n)
	}
	text := 0
	results := map[string]int{}
	for _, f := range s.Findings {
		const frame = 400 // bytes of a result beside its texts
		text += frame + len(f.Message) + len(f.Path)
		results[f.Tool]++
	}
	for _, tool := range tools {
		switch n := results[tool]; {
		case n > mostResults:
			refuse("with more than %d results of one tool, and %s has %d: scan folder by folder, and upload each with a category of its own", mostResults, orUnknown(tool), n)
		case n > mostShown:
			hidden = append(hidden, fmt.Sprintf("GitHub's code scanning shows %d results of one tool, and %s has %d: it keeps the worst", mostShown, orUnknown(tool), n))
		}
	}
	// Packing takes time, and few files come near the limit.
	if text > mostBytes && !slices.ContainsFunc(tools, func(t string) bool { return results[t] > mostResults }) {
		if n := packed(s); n > mostBytes {
			refuse("of more than %d MB packed, and this one has %d: convert the results tool by tool, and upload each with a category of its own", mostBytes>>20, n>>20)
		}
	}
	return refused, hidden
}

// SayLimits says, each after a prefix, what CodeScanning returns: only what is
// refused is worth a warning.
func SayLimits(c *console.Console, prefix string, s Set) {
	refused, hidden := CodeScanning(s)
	for _, why := range refused {
		c.Warn("%s%s", prefix, why)
	}
	for _, why := range hidden {
		c.Say("%s%s", prefix, why)
	}
}

// packed returns how many bytes the findings take as a SARIF file in gzip.
func packed(s Set) int {
	var b bytes.Buffer
	z := gzip.NewWriter(&b)
	if WriteSARIF(z, s) != nil || z.Close() != nil {
		return 0 // a buffer takes everything
	}
	return b.Len()
}
