package job

import (
	"fmt"
	"strings"

	"github.com/gatewright/gatewright/internal/console"
	"github.com/gatewright/gatewright/internal/finding"
	"github.com/gatewright/gatewright/internal/service"
	"github.com/gatewright/gatewright/internal/summary"
)

// annotations are the remarks on the changed code, within what the CI shows; the
// page notes how many that leaves out.
func (j *Job) annotations() []console.Annotation {
	if off := j.Publish.Annotate != nil && !*j.Publish.Annotate; off || j.Console.CI.Dialect == console.Plain {
		return nil
	}
	list, left := summary.Annotations(j.page, j.Console.CI.AnnotationLimit())
	var out []console.Annotation
	for _, r := range list {
		remark := console.Annotation{Level: console.Level(r.Level), File: r.File, Line: r.Line, EndLine: r.EndLine}
		message := r.Message
		if shown := summary.Plain(r.File, 400); shown != r.File || strings.Contains(shown, "##") {
			// A name that no page can show, or that looks like a command.
			remark.File, remark.Line, remark.EndLine = "", 0, 0
			message = fmt.Sprintf("%s line %d: %s", shown, r.Line, message)
		}
		noCommand := func(s string) string { return strings.ReplaceAll(j.Console.Redact.Clean(s), "##", "# #") }
		remark.Title, remark.Message = noCommand(r.Title), noCommand(message)
		out = append(out, remark)
	}
	if left > 0 {
		j.note("%s more than the CI shows; see the tables above.", count(left, "remark"))
	}
	return out
}

// remarks are findings with the uncovered changed lines among them, for
// reports that are the only way to mark lines, as on GitLab.
func remarks(p summary.Page) finding.Set {
	var s finding.Set
	if p.Findings != nil {
		s.Findings = append(s.Findings, p.Findings.Items...)
	}
	p.Findings = nil
	list, _ := summary.Annotations(p, 0)
	for _, r := range list {
		s.Findings = append(s.Findings, service.Finding{
			Tool: "gatewright", Rule: strings.ToLower(r.Title), Severity: "info", Path: r.File, Line: r.Line, EndLine: r.EndLine, Message: r.Message,
		})
	}
	return s
}
