package job

import "github.com/gatewright/gatewright/internal/console"

// debug shows which reports were found, what they were taken for, and by which
// rule each of their files was matched.
func (r ReportSet) debug(c *console.Console) {
	if !c.Debugs() {
		return
	}
	for i, file := range r.Files {
		c.Debugf("report %s: %s, %s", file.Path, file.Format, count(file.Files, "file"))
		if r.Matches == nil {
			continue
		}
		for _, m := range r.Matches[i] {
			c.Debugf("  %s -> %s: %s", m.Report, m.Path, m.How.Explain())
		}
	}
}
