package cli

import (
	"bufio"
	"context"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"

	"golang.org/x/term"

	"github.com/gatewright/gatewright/internal/connect"
	"github.com/gatewright/gatewright/internal/fault"
	"github.com/gatewright/gatewright/internal/fleet"
	"github.com/gatewright/gatewright/internal/fleet/journal"
)

// RunFlags are those of every command that changes tokens or secrets.
type RunFlags struct {
	Yes    bool     `short:"y" help:"Do not ask."`
	Report []string `placeholder:"FILE" help:"Write the outcomes to FILE; its ending says how: .json, .csv, .xml (JUnit), .md, .html, .prom (Prometheus textfile) or .jsonl, which grows from run to run as an audit log. Several with commas."`
	Wave   []string `placeholder:"PERCENT" help:"Change so much first, and go on only if nothing failed: 1%,10%,100%."`
}

// carryOut asks, applies, and shows what became of it.
func carryOut(ctx context.Context, a *connect.To, f *connect.Fleet, t turn) error {
	if err := f.Ready(t.j, t.plan, t.options); err != nil {
		return err
	}
	a.Say("%s", planCounts(t.plan))
	if n := t.plan.Changes(); n > 0 {
		if err := t.confirm(ctx, a, f, repositories(n)); err != nil {
			return err
		}
	}
	r, err := f.Apply(ctx, t.j, t.plan, t.options)
	f.KeepKeys()
	return t.finish(ctx, a, r, err)
}

// turn is one run of a fleet.
type turn struct {
	j       journal.Session
	plan    fleet.Plan
	options fleet.Options
	flags   RunFlags
	what    string // to be confirmed: "change the tokens of"
}

func (c RunFlags) options(a *connect.To, f *connect.Fleet, what string) fleet.Options {
	waves, _ := fleet.ParseWaves(c.Wave) // checked before
	return fleet.Options{
		Waves: waves, Run: fleet.NewRun(), MaxChanges: max(f.Limits.MaxChanges, 0), MaxFailures: max(f.Limits.MaxFailures, 0), Progress: a.Progress(what),
	}
}

func (c RunFlags) check() error {
	for _, name := range c.Report {
		if form := strings.TrimPrefix(filepath.Ext(name), "."); !slices.Contains(fleet.Forms(), form) {
			return fault.Errorf(fault.Input, "--report %s: its ending must be one of %s", name, strings.Join(fleet.Forms(), ", "))
		}
	}
	_, err := fleet.ParseWaves(c.Wave)
	return err
}

// confirm asks for the number of repositories, so that nobody says yes to a
// plan they did not read. An interrupt ends the waiting.
func (t turn) confirm(ctx context.Context, a *connect.To, f *connect.Fleet, of string) error {
	if t.flags.Yes {
		return nil
	}
	what := t.what + " " + of
	in, ok := a.Stdin.(*os.File)
	if !ok || f.Stdin || !term.IsTerminal(int(in.Fd())) {
		return fault.WithHint(fault.Errorf(fault.Input, "not done: %s, and nobody is there to ask", what), "say --yes")
	}
	n := strings.Fields(of)[0]
	fmt.Fprintf(a.Stderr, "%s? Type %s to go on: ", what, n)
	answers := make(chan string, 1)
	go func() {
		answer, _ := bufio.NewReader(in).ReadString('\n') // no answer is none
		answers <- strings.TrimSpace(answer)
	}()
	select {
	case answer := <-answers:
		if answer == n {
			return nil
		}
		return fault.Errorf(fault.Input, "not done")
	case <-ctx.Done():
		return fault.Errorf(fault.Stopped, "stopped; nothing was done")
	}
}

// finish shows the report in every form that was asked for. The run's own
// error is the command's.
func (t turn) finish(ctx context.Context, a *connect.To, r fleet.Report, cause error) error {
	if r.Run == "" || len(r.Repositories) == 0 {
		return cause
	}
	var errs []error
	for _, name := range t.flags.Report {
		errs = append(errs, writeReport(a, r, name))
	}
	a.CallWebhook(ctx, r.Message(cause))
	var md strings.Builder
	if err := r.Render(&md, "md"); err == nil {
		_, err = a.CI.Summary(a.Redact.Clean(md.String()))
		errs = append(errs, err)
	}
	if a.JSON {
		errs = append(errs, a.Print(r))
	} else {
		showReport(a, r)
	}
	if cause != nil {
		return cause
	}
	return errors.Join(errs...)
}
