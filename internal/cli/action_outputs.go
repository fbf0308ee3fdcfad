package cli

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"

	"github.com/gatewright/gatewright/internal/console"
	"github.com/gatewright/gatewright/internal/fault"
	"github.com/gatewright/gatewright/internal/service"
	"github.com/gatewright/gatewright/internal/summary"
)

// end writes outputs and summary, whatever happened, and only then gives the
// error that makes the job red.
func (s *step) end(ctx context.Context, err error) error {
	a := s.app
	if err != nil && fault.Of(err) != fault.Gate {
		s.page.Notes = append(s.page.Notes, err.Error())
	}
	if s.skipped != "" {
		a.CI.Annotate(console.Annotation{Level: console.Notice, Title: "Gatewright skipped", Message: a.Redact.Clean(s.skipped)})
		a.say("skipped: %s", s.skipped)
		s.page.Notes = append(s.page.Notes, "Skipped: "+s.skipped)
	}
	writing := s.publish(ctx, s.status(err))
	if err == nil {
		return writing
	}
	tolerated := !s.in.FailOnError && fault.Of(err) != fault.Gate && fault.Of(err) != fault.Bug
	level := console.Error
	if tolerated {
		level = console.Warning
	}
	a.CI.Annotate(console.Annotation{Level: level, Title: "Gatewright", Message: a.Redact.Clean(err.Error())})
	if tolerated {
		a.warn("%s (green because of fail-on-error: false)", err)
		return writing
	}
	return errors.Join(err, writing)
}

func (s *step) publish(ctx context.Context, status string) error {
	a := s.app
	if s.in.Annotations {
		a.annotate(&s.page.Page)
	}
	if err := a.show(s.page.Page); err != nil {
		return err
	}
	outputs := s.outputs(status)
	for i, o := range outputs {
		outputs[i][1] = a.Redact.Clean(o[1])
		if err := a.CI.Output(o[0], outputs[i][1]); err != nil {
			return err
		}
	}
	if err := s.writeReports(outputs); err != nil {
		return err
	}
	s.comment(ctx, s.page.Page)
	s.insight(ctx, s.page.Page)
	_, err := a.CI.Summary(a.Redact.Clean(summary.Markdown(s.page.Page, a.CI.SummaryLimit())))
	return err
}

// status is the quality-gate-status output.
func (s *step) status(err error) string {
	switch {
	case s.skipped != "" && s.page.Outcome == "":
		return "SKIPPED"
	case fault.Of(err) == fault.Timeout:
		return "TIMEOUT"
	case err != nil && fault.Of(err) != fault.Gate:
		return "ERROR"
	case s.page.Outcome == "":
		return string(service.None)
	default:
		return string(s.page.Outcome)
	}
}

// outputs are the values for later steps, as action.yml documents them.
func (s *step) outputs(status string) [][2]string {
	upload := s.receipt.Status
	if upload == "" {
		upload = "skipped"
	}
	out := [][2]string{
		{"quality-gate-status", status},
		{"failed-gates", strings.Join(s.failedNames(), ",")},
		{"upload-status", upload},
		{"commit", s.run.Commit},
		{"findings-count", ""},
		{"coverage", ""},
		{"patch-coverage", ""},
		{"details-url", ""},
	}
	set := func(name, value string) {
		i := slices.IndexFunc(out, func(o [2]string) bool { return o[0] == name })
		out[i][1] = value
	}
	if s.page.Findings != nil {
		set("findings-count", fmt.Sprint(len(s.page.Findings.Items)))
	}
	if s.page.Coverage != nil {
		if percent, ok := s.page.Coverage.Totals.Lines.Percent(); ok {
			set("coverage", fmt.Sprintf("%.2f", percent))
		}
	}
	if s.page.Patch != nil {
		if percent, ok := s.page.Patch.Totals.Percent(); ok {
			set("patch-coverage", fmt.Sprintf("%.2f", percent))
		}
	}
	if len(s.page.Links) > 0 {
		set("details-url", s.page.Links[0].URL)
	}
	return out
}

func (s *step) failedNames() []string {
	var names []string
	collect := func(cs []service.Condition) {
		for _, c := range cs {
			if c.Result == service.Failed {
				names = append(names, c.Name)
			}
		}
	}
	collect(s.page.Rules)
	for _, v := range s.page.Services {
		collect(v.Conditions)
	}
	return names
}
