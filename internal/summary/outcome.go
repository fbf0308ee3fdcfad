package summary

import (
	"regexp"
	"slices"
	"strings"

	"github.com/gatewright/gatewright/internal/service"
)

// look is how people see an outcome. The signs need no colour to be told apart.
type look struct {
	word  string // in a sentence
	short string // in a table's cell
	sign  string // one character
	icon  string // the emoji that stands before a verdict in Markdown
	paint string // number of the terminal's colour, "" for its own
}

// lookOf returns the look of an outcome; of one that is none of ours, and of no
// outcome, that of nothing judged.
// Inlined, it would be there once for each place that calls it.
//
//go:noinline
func lookOf(o service.Outcome) look {
	switch o {
	case service.Passed:
		return look{"passed", "passed", "✔", "✅", "32"}
	case service.Warned:
		return look{"passed with warnings", "warning", "!", "⚠️", "33"}
	case service.Failed:
		return look{"failed", "failed", "✘", "❌", "31"}
	case service.Unknown:
		return look{"unknown", "unknown", "?", "❔", "33"}
	default:
		return look{"not judged", "not judged", "–", "➖", ""}
	}
}

// row is a condition and who holds it; Judge is "" for the local rules.
type row struct {
	Judge string
	service.Condition
}

func (r row) name() string {
	if r.Judge == "" {
		return r.Name
	}
	return r.Judge + ": " + r.Name
}

// conditionRows puts the local conditions first, then each service's verdict
// with its own conditions. A service without a condition is a row itself.
func conditionRows(p Page) []row {
	var rows []row
	for _, c := range p.Rules {
		rows = append(rows, row{"", c})
	}
	p.digits().pad(rows)
	for _, v := range p.Services {
		judge := v.Service
		if len(v.Conditions) == 0 {
			judge = ""
		}
		for _, c := range v.All() {
			rows = append(rows, row{judge, c})
		}
	}
	return rows
}

// percentage is a number of percent as rules write it.
var percentage = regexp.MustCompile(`^(\d+)(?:\.(\d+))? %$`)

// pad writes the shares among the actual values with all their decimals, if one
// has any: they stand below each other.
func (d digits) pad(rows []row) {
	if !slices.ContainsFunc(rows, func(r row) bool { m := percentage.FindStringSubmatch(r.Actual); return m != nil && m[2] != "" }) {
		return
	}
	for i, r := range rows {
		if m := percentage.FindStringSubmatch(r.Actual); m != nil && len(m[2]) < int(d.Digits) {
			rows[i].Actual = m[1] + "." + m[2] + strings.Repeat("0", int(d.Digits)-len(m[2])) + " %"
		}
	}
}
