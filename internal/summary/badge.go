package summary

import (
	"encoding/json"
	"encoding/xml"
	"fmt"
	"io"
	"strings"

	"github.com/gatewright/gatewright/internal/service"
	"github.com/gatewright/gatewright/internal/table"
)

// Headline is the page in one line: "failed: patch coverage 50 %, wanted at
// least 70 %".
func Headline(p Page) string {
	line := word(p.Outcome)
	if p.Outcome == "" {
		line = "not judged"
	}
	for _, r := range conditionRows(p) {
		if r.Result == service.Failed {
			return fmt.Sprintf("%s: %s %s, wanted %s", line, r.name(), r.Actual, r.Wanted)
		}
	}
	if p.Coverage != nil {
		line += ", coverage " + Percent(p.Coverage.Totals.Lines)
	}
	if p.Patch != nil && p.Patch.Totals.Coverable > 0 {
		line += ", patch " + Percent(p.Patch.Totals)
	}
	return line
}

// Badge writes total coverage as a small SVG picture. Without coverage it says
// "unknown".
func Badge(w io.Writer, p Page) error {
	value, colour := badgeOf(p)
	return badge(w, "coverage", value, colour)
}

// Shield writes total coverage as JSON for an endpoint badge of shields.io.
func Shield(w io.Writer, p Page) error {
	value, colour := badgeOf(p)
	return json.NewEncoder(w).Encode(struct {
		SchemaVersion int    `json:"schemaVersion"`
		Label         string `json:"label"`
		Message       string `json:"message"`
		Color         string `json:"color"`
	}{1, "coverage", value, colour})
}

func badgeOf(p Page) (value, colour string) {
	value, percent := "unknown", -1.0
	if p.Coverage != nil {
		if v, ok := p.Coverage.Totals.Lines.Percent(); ok {
			value, percent = Percent(p.Coverage.Totals.Lines), v
		}
	}
	return value, shade(percent)
}

// shade is the colour of a share, red to green; below 0 is unknown, grey. White
// text on each has a contrast of 4.5 to 1 or more.
func shade(percent float64) string {
	switch {
	case percent < 0:
		return "#5c5c5c"
	case percent < 50:
		return "#b3261e"
	case percent < 75:
		return "#8f5600"
	case percent < 90:
		return "#5d6b00"
	default:
		return "#1e7b34"
	}
}

func badge(w io.Writer, label, value, colour string) error {
	left, right := badgeWidth(label), badgeWidth(value)
	_, err := fmt.Fprintf(w, `<svg xmlns="http://www.w3.org/2000/svg" width="%[1]d" height="20" role="img" aria-label="%[4]s: %[5]s">
<title>%[4]s: %[5]s</title>
<clipPath id="r"><rect width="%[1]d" height="20" rx="3"/></clipPath>
<g clip-path="url(#r)"><rect width="%[2]d" height="20" fill="#444"/><rect x="%[2]d" width="%[3]d" height="20" fill="%[6]s"/></g>
<g fill="#fff" font-family="Verdana,DejaVu Sans,sans-serif" font-size="11" text-anchor="middle"><text x="%[7]d" y="14">%[4]s</text><text x="%[8]d" y="14">%[5]s</text></g>
</svg>
`, left+right, left, right, xmlText(label), xmlText(value), colour, left/2, left+right/2)
	return err
}

// badgeWidth guesses the width of text in an 11-pixel sans-serif face.
func badgeWidth(s string) int { return 10 + 7*table.Columns(s) }

func xmlText(s string) string {
	var b strings.Builder
	_ = xml.EscapeText(&b, []byte(Plain(s, maxPath))) // a Builder never fails
	return b.String()
}
