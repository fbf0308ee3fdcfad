package job

import (
	"cmp"
	"context"

	"github.com/gatewright/gatewright/internal/forge"
	"github.com/gatewright/gatewright/internal/service"
	"github.com/gatewright/gatewright/internal/summary"
)

// insightID names the job's report among those of a commit.
func (j *Job) insightID() string {
	if j.Publish.Name == "" {
		return "gatewright"
	}
	return "gatewright-" + j.slug("")
}

// insight puts the result beside the commit, as Bitbucket's users know it from
// Code Insights.
func (j *Job) insight(ctx context.Context, status string) error {
	if j.Sources.Insight == nil {
		return nil
	}
	client, err := j.Sources.Insight(j.run)
	if err != nil || client == nil {
		return err
	}
	if err := client.PutInsight(ctx, j.commit(), j.insightOf(status)); err != nil {
		return err
	}
	j.Console.Say("Code Insights report %s put on %.10s", j.insightID(), j.run.Commit)
	return nil
}

func (j *Job) insightOf(status string) forge.Insight {
	p, clean := j.page, j.Console.Redact.Clean
	i := forge.Insight{
		ID: j.insightID(), Title: cmp.Or(j.page.Title, "Gatewright"), Details: clean(summary.Headline(p)), URL: j.run.RunURL, Failed: p.Outcome == service.Failed || status == "ERROR" || status == "TIMEOUT",
	}
	percent := func(title string, value float64, ok bool) {
		if ok {
			i.Numbers = append(i.Numbers, forge.InsightNumber{Title: title, Value: value, Percent: true})
		}
	}
	if p.Coverage != nil {
		value, ok := p.Coverage.Totals.Lines.Percent()
		percent("Coverage", value, ok)
	}
	if p.Patch != nil {
		value, ok := p.Patch.Totals.Percent()
		percent("Coverage of the change", value, ok)
	}
	if p.Findings != nil {
		i.Numbers = append(i.Numbers, forge.InsightNumber{Title: "Findings", Value: float64(len(p.Findings.Items))})
	}
	severities := map[string]string{"error": "high", "warning": "medium", "notice": "low"}
	list, _ := summary.Annotations(p, 0)
	for _, r := range list {
		i.Remarks = append(i.Remarks, forge.InsightRemark{Path: r.File, Line: r.Line, Severity: severities[r.Level], Text: clean(r.Title + ": " + r.Message)})
	}
	return i
}
