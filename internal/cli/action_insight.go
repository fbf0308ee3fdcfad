package cli

import (
	"context"
	"time"

	"github.com/gatewright/gatewright/internal/ci"
	"github.com/gatewright/gatewright/internal/fault"
	"github.com/gatewright/gatewright/internal/forge"
	"github.com/gatewright/gatewright/internal/service"
	"github.com/gatewright/gatewright/internal/summary"
)

// insightID names our report among those of a commit.
const insightID = "gatewright"

// insight puts the result beside the commit, as Bitbucket's users know it from
// Code Insights. The verdict stands without it, so trouble fails nothing.
func (s *step) insight(ctx context.Context, p summary.Page) {
	if s.run.System != ci.Bitbucket || s.skipped != "" || s.run.Commit == "" {
		return
	}
	ctx, cancel := context.WithTimeout(context.WithoutCancel(ctx), time.Minute) // the step's own time may be up
	defer cancel()
	client, err := s.insighter()
	if err == nil {
		err = client.PutInsight(ctx, s.run.Owner, s.run.Name, s.run.Commit, s.insightOf(p))
	}
	if err != nil {
		s.app.warn("%s", s.app.Redact.Clean("no Code Insights report: "+err.Error()))
		return
	}
	s.app.say("Code Insights report %s put on %.10s", insightID, s.run.Commit)
}

// insighter is the forge by its token, or, without one, by the proxy that
// every step of Bitbucket Pipelines has.
func (s *step) insighter() (forge.Insighter, error) {
	o, err := s.app.openForge(ForgeFlags{}, WriteFlags{}, s.run, s.run.Owner)
	if isNoToken(err) {
		return s.app.pipelinesBitbucket()
	}
	if err != nil {
		return nil, err
	}
	client, ok := o.Client.(forge.Insighter)
	if !ok {
		return nil, fault.Errorf(fault.Input, "%s has no reports on commits", o.Title)
	}
	return client, nil
}

func (s *step) insightOf(p summary.Page) forge.Insight {
	clean := s.app.Redact.Clean
	i := forge.Insight{
		ID: insightID, Title: "Gatewright", Details: clean(summary.Headline(p)), URL: s.run.RunURL, Failed: p.Outcome == service.Failed,
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
