package gate

import (
	"fmt"
	"regexp"

	"github.com/gatewright/gatewright/internal/console"
	"github.com/gatewright/gatewright/internal/coverage"
)

// Lost returns the files of the baseline with coverable lines that the report
// does not name although the commit has them, in the order of their paths. A file
// that was deleted or renamed is not lost: the commit does not have it.
func Lost(now, baseline *coverage.Report, inCommit func(path string) bool) []string {
	var lost []string
	for _, f := range baseline.Files() {
		if f.NumLines() > 0 && now.Lookup(f.Path) == nil && inCommit(f.Path) {
			lost = append(lost, f.Path)
		}
	}
	return lost
}

// volatile is what a run puts into the names of its reports: UUIDs, which .NET's
// test results are put into, numbers of runs, times, hashes. Fewer than six
// digits may be the number of a shard, which counts.
var volatile = regexp.MustCompile(`[0-9a-fA-F]{8}(-[0-9a-fA-F]{4}){3}-[0-9a-fA-F]{12}|[0-9]{6,}|[0-9a-f]{16,}`)

// LostReports returns the names of the baseline's reports that this run lacks,
// if it has fewer: with as many, they are called otherwise. What had no files,
// or only files that are gone from the commit, is not lost. It sees what Lost does
// not: two shards over the same files, of which one is lacking.
func LostReports(now, before []coverage.Part, inCommit func(below string) bool) []string {
	if len(now) == 0 || len(now) >= len(before) {
		return nil
	}
	name := func(p coverage.Part) string { return volatile.ReplaceAllString(p.Path, "*") }
	have := map[string]int{}
	for _, p := range now {
		have[name(p)]++
	}
	var lost []string
	for _, p := range before {
		switch {
		case have[name(p)] > 0:
			have[name(p)]--
		case p.Files > 0 && inCommit(p.Below):
			lost = append(lost, p.Path)
		}
	}
	// Reports that the baseline does not have stand for as many that it has: they
	// were renamed, which is no loss.
	renamed := 0
	for _, n := range have {
		renamed += n
	}
	if len(lost) <= renamed {
		return nil
	}
	return lost
}

// lost judges whether everything that was measured before is measured still,
// without which no sum can be compared.
func (j *judgement) lost() {
	j.lostOf("coverage of the baseline's files", "file", j.facts.Lost, "the commit has %s that the baseline's reports name and none of this run does: %s; is a report lacking?")
	j.lostOf("reports of the baseline", "report", j.facts.LostReports, "the baseline was made with %s that this run lacks: %s")
}

// lostOf judges what was lost of one unit. Without a rule over it nothing may be,
// wherever a rule judges a sum, and no line says that nothing is.
func (j *judgement) lostOf(name, unit string, what []string, why string) {
	var t Threshold
	switch r := j.rules; {
	case r.Lost != nil && (unit == "file" || len(what) > 0):
		t = *r.Lost
	case len(what) == 0, r.Total == nil && r.Drop == nil && r.Branches == nil && len(r.Paths)+len(r.Components) == 0:
		return
	}
	rule := rule{name, "at most " + console.Count(int(t.Value), unit) + " lost", t}
	switch {
	case float64(len(what)) > t.Value: // nothing is known of what they would add
		j.missing(rule, fmt.Sprintf(why, console.Count(len(what), unit), some(what)))
	case !j.facts.Baseline.Known():
		j.missing(rule, j.facts.Baseline.reason("no baseline to compare with"))
	default:
		j.judged(rule, true, console.Count(len(what), unit)+" lost", "")
	}
}
