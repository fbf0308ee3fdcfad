package cli

import (
	"bufio"
	"context"

	"github.com/gatewright/gatewright/internal/connect"
	"github.com/gatewright/gatewright/internal/coverage/formats"
	"github.com/gatewright/gatewright/internal/fault"
	"github.com/gatewright/gatewright/internal/reports"
	"github.com/gatewright/gatewright/internal/summary"
)

// coverageConvertCmd is for tools that read one format; its JSON is what a
// baseline is.
type coverageConvertCmd struct {
	reports.Flags `group:"Reports"`
	To            string `required:"" enum:"json,lcov,cobertura,codacy,sonar,text" help:"What to write: json (the canonical form), lcov, cobertura, codacy, sonar or text."`
	Names         bool   `help:"Name the reports in --to json: as a gate's --baseline it then tells which of them a later run lacks."`
}

func (coverageConvertCmd) Help() string {
	return `Reads coverage reports, adds them up, and writes them in another format to standard output.

  gatewright coverage convert --to lcov 'target/**/jacoco.xml' > lcov.info
  gatewright coverage convert --to json --paths raw coverage.xml`
}

func (c coverageConvertCmd) Run(ctx context.Context, a *connect.To) error {
	read, err := readHere(ctx, a, c.Flags)
	if err != nil {
		return err
	}
	all := read.Merged()
	if c.To == "text" {
		w := bufio.NewWriterSize(a.Stdout, 64<<10)
		summary.Table(w, all, 0)
		return w.Flush()
	}
	read.SayLeftOut(a.Console)
	// Without names two runs over the same coverage write the same bytes.
	if !c.Names {
		all = all.Nameless()
	}
	return fault.As(fault.Input, formats.Write(a.Stdout, c.To, all)) // a path that the format cannot hold
}
