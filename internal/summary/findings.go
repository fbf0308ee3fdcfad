package summary

import (
	"cmp"
	"fmt"
	"maps"
	"slices"
	"sort"
	"strings"

	"github.com/gatewright/gatewright/internal/service"
)

// severities is the order in which findings matter.
var severities = [...]string{"critical", "high", "medium", "low", "info", "unknown"}

func rank(severity string) int {
	if i := slices.Index(severities[:], severity); i >= 0 {
		return i
	}
	return len(severities)
}

// Sort puts new findings first, then the severe ones, then by place.
func (f *Findings) Sort() {
	type entry struct {
		severity, path, line int
		from                 int // index in Items
	}
	paths := map[string]int{}
	for i := range f.Items {
		paths[f.Items[i].Path] = 0
	}
	for i, path := range slices.Sorted(maps.Keys(paths)) {
		paths[path] = i
	}
	order := make([]entry, len(f.Items))
	for i := range f.Items {
		item := &f.Items[i]
		order[i] = entry{rank(item.Severity), paths[item.Path], item.Line, i}
		if item.Age == service.Old {
			order[i].severity += len(severities) + 1
		}
	}
	sort.Slice(order, func(i, j int) bool {
		a, b := order[i], order[j]
		return cmp.Or(a.severity-b.severity, a.path-b.path, a.line-b.line, a.from-b.from) < 0
	})
	for i := range order { // in place: a finding is large, and there may be many
		first, to := f.Items[i], i
		for from := order[i].from; from >= 0; from = order[to].from {
			order[to].from = -1
			if from == i {
				f.Items[to] = first
				break
			}
			f.Items[to] = f.Items[from]
			to = from
		}
	}
}

// tally counts findings by severity, severe first, and the new ones apart.
type tally struct {
	severity string
	fresh    int // not known to be old
	old      int
}

func (f *Findings) tallies() []tally {
	counts := make([]tally, len(severities))
	for i := range f.Items {
		c := &counts[min(rank(f.Items[i].Severity), len(severities)-1)] // another word is as good as unknown
		if f.Items[i].Age == service.Old {
			c.old++
		} else {
			c.fresh++
		}
	}
	for i, s := range severities {
		counts[i].severity = s
	}
	return slices.DeleteFunc(counts, func(c tally) bool { return c.fresh+c.old == 0 })
}

// findingsLine is the findings in one line: "3 new (1 high, 2 low), 4 old".
func findingsLine(f *Findings) string {
	fresh, old := 0, 0
	var parts []string
	for _, c := range f.tallies() {
		fresh, old = fresh+c.fresh, old+c.old
		if c.fresh > 0 {
			parts = append(parts, fmt.Sprintf("%d %s", c.fresh, c.severity))
		}
	}
	line, partly := fmt.Sprintf("%d", fresh), ""
	if slices.ContainsFunc(f.Items, func(i service.Finding) bool { return i.Age != "" }) {
		line += " new"
	}
	if fresh+old == 0 {
		line = "none"
	}
	if len(f.Missing) > 0 {
		partly = ", which may not be all"
	}
	return line + parens(strings.Join(parts, ", ")) + counted(old, fmt.Sprintf(", %d old", old)) + partly
}
