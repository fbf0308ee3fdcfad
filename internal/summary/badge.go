package summary

import (
	"encoding/json"
	"fmt"
	"io"

	"github.com/gatewright/gatewright/internal/service"
	"github.com/gatewright/gatewright/internal/table"
)

// Headline is the page in one line: "failed: patch coverage 50 %, wanted at
// least 70 %".
func Headline(p Page) string {
	line, d := lookOf(p.Outcome).word, p.digits()
	for _, r := range conditionRows(p) {
		if r.Result == service.Failed {
			return fmt.Sprintf("%s: %s %s, wanted %s", line, r.name(), r.Actual, r.Wanted)
		}
	}
	if p.Coverage != nil {
		line += ", coverage " + d.Percent(p.Coverage.Totals.Lines)
	}
	if p.Patch != nil && p.Patch.Totals.Coverable > 0 {
		line += ", patch " + d.Percent(p.Patch.Totals)
	}
	return line
}

// Badge writes total coverage as a small SVG picture. Without coverage it says
// "unknown".
func Badge(w io.Writer, c *Coverage) error {
	const label = "coverage"
	value, colour := badgeOf(c)
	left, right := badgeWidth(label), badgeWidth(value)
	_, err := fmt.Fprintf(w, `<svg xmlns="http://www.w3.org/2000/svg" width="%[1]d" height="20" role="img" aria-label="%[4]s: %[5]s">
<title>%[4]s: %[5]s</title>
<clipPath id="r"><rect width="%[1]d" height="20" rx="3"/></clipPath>
<g clip-path="url(#r)"><rect width="%[2]d" height="20" fill="#444"/><rect x="%[2]d" width="%[3]d" height="20" fill="%[6]s"/></g>
<g fill="#fff" font-family="Verdana,DejaVu Sans,sans-serif" font-size="11" text-anchor="middle"><text x="%[7]d" y="14">%[4]s</text><text x="%[8]d" y="14">%[5]s</text></g>
</svg>
`, left+right, left, right, label, value, colour, left/2, left+right/2) // neither text has a character that XML escapes
	return err
}

// Shield writes total coverage as JSON for an endpoint badge of shields.io.
func Shield(w io.Writer, c *Coverage) error {
	value, colour := badgeOf(c)
	return json.NewEncoder(w).Encode(struct {
		SchemaVersion int    `json:"schemaVersion"`
		Label         string `json:"label"`
		Message       string `json:"message"`
		Color         string `json:"color"`
	}{1, "coverage", value, colour})
}

// badgeSteps are the shares from which a grade is better than the one below.
func badgeSteps() []float64 { return []float64{50, 75, 90} }

// badgeOf returns the share and its colour, red to green, or grey of none. White
// text on each has a contrast of 4.5 to 1 or more.
func badgeOf(c *Coverage) (value, colour string) {
	if c != nil {
		lines := c.Totals.Lines
		if v, ok := lines.Percent(); ok {
			return one.Percent(lines), []string{"#b3261e", "#8f5600", "#5d6b00", "#1e7b34"}[grade(v, badgeSteps()...)]
		}
	}
	return "unknown", "#5c5c5c"
}

// badgeWidth guesses the width of text in an 11-pixel sans-serif face.
func badgeWidth(s string) int { return 10 + 7*table.Columns(s) }
