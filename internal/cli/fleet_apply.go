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
	"time"

	"golang.org/x/term"

	"github.com/gatewright/gatewright/internal/fault"
	"github.com/gatewright/gatewright/internal/fleet"
	"github.com/gatewright/gatewright/internal/fleet/journal"
	"github.com/gatewright/gatewright/internal/summary"
)

// RunFlags are those of every command that changes tokens or secrets.
type RunFlags struct {
	Yes         bool     `short:"y" help:"Do not ask."`
	MaxChanges  int      `placeholder:"N" help:"Refuse to change more repositories than this."`
	MaxFailures int      `placeholder:"N" help:"Start no more after so many failures."`
	Report      []string `placeholder:"FILE" help:"Write the outcomes to FILE; its ending says how: .json, .csv, .xml (JUnit), .md or .html. Several with commas."`
}

type fleetApplyCmd struct {
	FleetFlags
	RunFlags
	Plan       string     `arg:"" optional:"" help:"Plan to carry out, from gatewright fleet plan --plan-out. Without it one is made and shown."`
	MaxPlanAge fleet.Span `default:"24h" placeholder:"TIME" help:"Refuse an older plan."`
}

// Help is shown by gatewright fleet apply --help.
func (fleetApplyCmd) Help() string {
	return `Mints, stores and verifies a token for every repository that the plan names, and lets the old ones retire after
their grace. Every step is in the journal before the next: after a crash, or an interrupt, run it again.

  gatewright fleet apply --service codacy --forge github --org acme
  gatewright fleet apply plan.json --yes --max-changes 50 --report fleet.html

Exit codes: 0 all done; 6 partly done, run it again; 2 a stale plan or too many changes; else of what stopped it.`
}

func (c fleetApplyCmd) Run(ctx context.Context, a *App) error {
	if err := c.checkReports(); err != nil {
		return err
	}
	var p fleet.Plan
	if c.Plan != "" {
		var err error
		if p, err = readPlan(a.path(c.Plan)); err != nil {
			return err
		}
		c.planned, c.Shard = p.Settings, firstSet(c.Shard, p.Shard)
	}
	f, err := c.open(ctx, a)
	if err != nil {
		return err
	}
	j, err := f.hold(a)
	if err != nil {
		return err
	}
	o := c.options(a, f, "apply")
	o.MaxPlanAge = time.Duration(c.MaxPlanAge)
	if c.Plan != "" {
		o.Relist = true
	} else if p, err = a.planHeld(ctx, f, j.Entries()); err != nil {
		return err
	}
	return a.carryOut(ctx, f, j, p, o, c.RunFlags, c.TokenStdin)
}

// carryOut asks, applies, and shows what became of it.
func (a *App) carryOut(ctx context.Context, f *openedFleet, j *journal.Journal, p fleet.Plan, o fleet.Options, c RunFlags, stdinTaken bool) error {
	if err := f.Ready(j.Entries(), p, o); err != nil {
		return err
	}
	a.say("%s", planCounts(p))
	if n := p.Changes(); n > 0 {
		if err := a.typed(c.Yes, stdinTaken, n, "change the tokens of "+repositories(n)); err != nil {
			return err
		}
	}
	r, err := f.Apply(ctx, j, j.Entries(), p, o)
	a.writeKeys(f)
	return a.finish(r, c, err)
}

func readPlan(path string) (fleet.Plan, error) {
	text, err := os.ReadFile(path)
	if err != nil {
		return fleet.Plan{}, fault.Errorf(fault.Input, "read the plan: %w", err)
	}
	return fleet.ReadPlan(path, text)
}

// planFleet makes a plan beside a journal that nobody holds.
func (a *App) planFleet(ctx context.Context, f *openedFleet) (fleet.Plan, []journal.Entry, error) {
	entries, err := f.entries(a)
	if err != nil {
		return fleet.Plan{}, nil, err
	}
	p, err := a.planHeld(ctx, f, entries)
	return p, entries, err
}

func (a *App) planHeld(ctx context.Context, f *openedFleet, entries []journal.Entry) (fleet.Plan, error) {
	return f.Fleet.Plan(ctx, entries, a.progress("look at repositories"))
}

func (c RunFlags) options(a *App, f *openedFleet, what string) fleet.Options {
	return fleet.Options{
		Run: fleet.NewRun(), MaxChanges: max(c.MaxChanges, 0), MaxFailures: max(c.MaxFailures, 0), Progress: a.progress(what),
	}.Default(f.flags.maxChanges, f.flags.maxFailures)
}

func (c RunFlags) checkReports() error {
	for _, name := range c.Report {
		if form := strings.TrimPrefix(filepath.Ext(name), "."); !slices.Contains(fleet.Forms(), form) {
			return fault.Errorf(fault.Input, "--report %s: its ending must be one of %s", name, strings.Join(fleet.Forms(), ", "))
		}
	}
	return nil
}

// typed asks for the number of repositories, so that nobody says yes to a
// plan they did not read.
func (a *App) typed(yes, stdinTaken bool, n int, what string) error {
	if yes {
		return nil
	}
	in, ok := a.Stdin.(*os.File)
	if !ok || stdinTaken || !term.IsTerminal(int(in.Fd())) {
		return fault.WithHint(fault.Errorf(fault.Input, "not done: %s, and nobody is there to ask", what), "say --yes")
	}
	fmt.Fprintf(a.Stderr, "%s? Type %d to go on: ", what, n)
	answer, err := bufio.NewReader(in).ReadString('\n')
	if err != nil || strings.TrimSpace(answer) != fmt.Sprint(n) {
		return fault.Errorf(fault.Input, "not done")
	}
	return nil
}

// finish shows the report in every form that was asked for. The run's own
// error is the command's.
func (a *App) finish(r fleet.Report, c RunFlags, cause error) error {
	if r.Run == "" || len(r.Repositories) == 0 {
		return cause
	}
	var errs []error
	for _, name := range c.Report {
		errs = append(errs, a.writeReport(r, name))
	}
	var md strings.Builder
	if err := r.Render(&md, "md"); err == nil {
		_, err = a.CI.Summary(a.Redact.Clean(md.String()))
		errs = append(errs, err)
	}
	if a.JSON {
		errs = append(errs, a.printJSON(r))
	} else {
		a.showReport(r)
	}
	if cause != nil {
		return cause
	}
	return errors.Join(errs...)
}

func (a *App) writeReport(r fleet.Report, name string) error {
	var b strings.Builder
	if err := r.Render(&b, strings.TrimPrefix(filepath.Ext(name), ".")); err != nil {
		return err
	}
	if err := os.WriteFile(a.path(name), []byte(a.Redact.Clean(b.String())), 0o644); err != nil {
		return fault.Errorf(fault.Input, "write the report: %w", err)
	}
	return nil
}

// showReport prints what changed and what did not work; what was left alone is
// counted.
func (a *App) showReport(r fleet.Report) {
	rows := [][]string{{"REPOSITORY", "OUTCOME", "TOKEN", "EXPIRES", "REASON"}}
	for _, res := range r.Repositories {
		if res.Outcome == fleet.Kept && len(res.Notes) == 0 {
			continue
		}
		expires := ""
		if res.ExpiresAt != nil {
			expires = res.ExpiresAt.Format(time.DateOnly)
		}
		reason := res.Reason
		for _, n := range res.Notes {
			reason += "; " + n
		}
		rows = append(rows, []string{plain(res.Repository), string(res.Outcome), res.TokenID, expires, plain(reason)})
	}
	if len(rows) > 1 {
		a.tableOf(rows)
		fmt.Fprintln(a.Stdout)
	}
	fmt.Fprintf(a.Stdout, "%s, in %s\n", r.Sentence(), (time.Duration(r.Seconds*1000) * time.Millisecond).Round(time.Second/10))
}

// plain makes text from outside safe for a terminal.
func plain(text string) string { return summary.Plain(text, 300) }
