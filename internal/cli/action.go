package cli

import (
	"context"
	"fmt"
	"os"
	"path/filepath"
	"strings"

	"github.com/gatewright/gatewright/internal/action"
	"github.com/gatewright/gatewright/internal/connect"
	"github.com/gatewright/gatewright/internal/fault"
	"github.com/gatewright/gatewright/internal/job"
)

type actionCmd struct{}

func (actionCmd) Help() string {
	var b strings.Builder
	b.WriteString("What the CI packages run. Reads INPUT_… variables, masks the token, does the steps, writes outputs and the\nrun's summary, then exits. Inputs:\n\n")
	for _, i := range action.Table() {
		fmt.Fprintf(&b, "  %-18s %s", i.Name, i.Help)
		if i.Default != "" {
			fmt.Fprintf(&b, " Default %s.", i.Default)
		}
		if len(i.Aliases()) > 0 {
			fmt.Fprintf(&b, " Also: %s.", strings.Join(i.Aliases(), ", "))
		}
		b.WriteString("\n")
	}
	return b.String()
}

func (actionCmd) Run(ctx context.Context, a *connect.To) error {
	// A step's stdout is what the runner reads commands from.
	a.CommandsOnStdout()
	in, err := action.Read(a.Getenv)
	a.Hide(in.Token, in.Asking.ForgeToken) // before anything else is printed
	j := in.Job
	a.Fill(&j, in.TargetFlags, in.ServiceFlags, a.OpenService)
	a.PublishTo(&j, in.Asking)
	// An input that is wrong is published like any other reason for a red job.
	if err == nil {
		err = workIn(a, &j, in.Directory)
	}
	if err != nil {
		return j.Refuse(ctx, err)
	}
	return j.Do(ctx)
}

// workIn makes dir the folder to work in. Where results go stays relative to
// the folder that the CI started the step in.
func workIn(a *connect.To, j *job.Job, dir string) error {
	if dir == "" {
		return nil
	}
	// Without it there is nothing to judge, which a rule may let pass.
	if info, err := os.Stat(a.Path(dir)); err != nil || !info.IsDir() {
		return fault.Errorf(fault.Input, "input working-directory: there is no folder %s", dir)
	}
	for _, to := range []struct {
		input string
		name  *string
	}{{"reports-dir", &j.Publish.ReportsDir}, {"pack", &j.PackTo}} {
		if *to.name == "" {
			continue
		}
		// Nobody looks for links in an absolute name any more.
		err := a.Within(*to.name)
		if err == nil {
			*to.name, err = filepath.Abs(a.Path(*to.name))
		}
		if err != nil {
			return fault.Errorf(fault.Input, "%s: %w", to.input, err)
		}
	}
	a.Dir = a.Path(dir)
	return nil
}
