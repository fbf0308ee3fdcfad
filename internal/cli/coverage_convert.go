package cli

import (
	"bufio"
	"context"

	"github.com/gatewright/gatewright/internal/coverage/formats"
)

type coverageConvertCmd struct {
	ReportFlags `group:"Reports"`
	To          string `required:"" enum:"json,lcov,cobertura,codacy,sonar,text" help:"What to write: json (the canonical form), lcov, cobertura, codacy, sonar or text."`
}

// Help is shown by gatewright coverage convert --help.
func (coverageConvertCmd) Help() string {
	return `Reads coverage reports, adds them up, and writes them in another format to standard output.

  gatewright coverage convert --to lcov 'target/**/jacoco.xml' > lcov.info
  gatewright coverage convert --to json --paths raw coverage.xml`
}

func (c coverageConvertCmd) Run(ctx context.Context, a *App) error {
	repo, err := a.checkout(ctx)
	if err != nil {
		return err
	}
	read, err := c.read(ctx, a, repo, "")
	if err != nil {
		return err
	}
	if err := read.matchedAny(); err != nil {
		return err
	}
	all := read.merged()
	if c.To == "text" {
		w := bufio.NewWriterSize(a.Stdout, 64<<10)
		printTable(w, all)
		return w.Flush()
	}
	if n := len(read.unmatched()); n > 0 {
		a.say("not in the commit, and left out: %s of the reports; coverage report --explain says why", count(n, "file"))
	}
	return formats.Write(a.Stdout, c.To, all)
}
