package cli

import (
	"bufio"
	"context"
	"fmt"

	"github.com/gatewright/gatewright/internal/connect"
	"github.com/gatewright/gatewright/internal/coverage"
	"github.com/gatewright/gatewright/internal/gate"
	"github.com/gatewright/gatewright/internal/reports"
)

// coverageExplainNumberCmd says why another tool shows another number.
type coverageExplainNumberCmd struct {
	reports.Flags `group:"Reports"`
}

func (coverageExplainNumberCmd) Help() string {
	return `Why does another tool show another number? The same reports as coverage.py, Codecov, Coveralls, SonarQube, JaCoCo and
Codacy would total them, side by side, each with its rule. What the reports state of themselves and what they hold may
differ too: that is a warning of every command that reads them.

  gatewright coverage explain-number
  gatewright coverage explain-number --paths raw coverage.xml`
}

func (c coverageExplainNumberCmd) Run(ctx context.Context, a *connect.To) error {
	read, err := readHere(ctx, a, c.Flags)
	if err != nil {
		return err
	}
	tallies := gate.Tallies(read.Merged())
	for i, t := range tallies {
		if t.Percent != nil {
			tallies[i].Percent = new(coverage.Digits(2).Floor(*t.Percent))
		}
	}
	if a.JSON {
		return a.Print(struct {
			Numbers  []gate.Tally     `json:"numbers"`
			Totals   coverage.Totals  `json:"totals"`
			Warnings []reports.Remark `json:"warnings"`
		}{tallies, read.Merged().Totals(), append([]reports.Remark{}, read.Remarks...)})
	}
	read.SayLeftOut(a.Console)
	w := bufio.NewWriter(a.Stdout)
	for _, t := range tallies {
		percent := "–"
		if t.Percent != nil {
			percent = fmt.Sprintf("%.2f %%", *t.Percent)
		}
		fmt.Fprintf(w, "%-16s %12s %9s  %s\n", t.Tool, fmt.Sprintf("%d/%d", t.Covered, t.Total), percent, t.Rule)
	}
	return w.Flush()
}
