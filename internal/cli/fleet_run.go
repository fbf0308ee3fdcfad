package cli

import (
	"cmp"
	"context"
	"path/filepath"
	"slices"
	"strings"

	"github.com/gatewright/gatewright/internal/connect"
	"github.com/gatewright/gatewright/internal/console"
	"github.com/gatewright/gatewright/internal/fault"
	"github.com/gatewright/gatewright/internal/fleet"
	"github.com/gatewright/gatewright/internal/fleet/journal"
)

// RunFlags are those of every command that changes tokens or secrets.
type RunFlags struct {
	Yes    bool     `short:"y" help:"Do not ask."`
	Report []string `placeholder:"FILE" help:"Write the outcomes to FILE; its ending says how: .json, .csv, .xml (JUnit), .md, .html, .prom (Prometheus textfile) or .jsonl, which grows from run to run as an audit log. Several with commas."`
	Wave   []string `placeholder:"PERCENT" help:"Change so much first, and go on only if nothing failed: 1%,10%,100%."`

	MaxChangesElse uint32 `placeholder:"N" help:"The limit of changes where neither --max-changes nor fleet.yml says one."`
}

// of returns the flags for one fleet: of several, each has reports of its own,
// but for the audit log.
func (c RunFlags) of(f *connect.Fleet) RunFlags {
	if !f.Among {
		return c
	}
	c.Report = slices.Clone(c.Report)
	for i, name := range c.Report {
		if filepath.Ext(name) != ".jsonl" {
			c.Report[i] = fleet.Apart(name, f.Name)
		}
	}
	return c
}

// carryOut asks, applies, and shows what became of it.
func carryOut(ctx context.Context, a *connect.To, f *connect.Fleet, t turn) error {
	if err := f.Ready(t.j, t.plan, t.options); err != nil {
		return err
	}
	a.Say("%s", planCounts(t.plan))
	warnOfExpiry(a, f, t.plan)
	if n := t.plan.Changes(); n > 0 {
		if err := t.confirm(a, f, console.Count(n, "repository")); err != nil {
			return err
		}
	}
	r, err := f.Apply(ctx, t.j, t.plan, t.options)
	f.PublicKeys.Keep()
	return t.finish(ctx, a, r, err)
}

// turns begins a turn of each fleet that is meant, its journal locked.
func (c RunFlags) turns(ctx context.Context, a *connect.To, fleets *connect.FleetFlags, do func(*connect.Fleet, turn) error) error {
	if err := c.check(); err != nil {
		return err
	}
	return fleets.EachFleet(ctx, a, func(f *connect.Fleet) error {
		j, err := f.Lock()
		if err != nil {
			return err
		}
		return do(f, turn{j: j, flags: c.of(f)})
	})
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
		Waves: waves, Run: fleet.NewRun(), MaxChanges: cmp.Or(f.Limits.MaxChanges, int(c.MaxChangesElse)),
		MaxFailures: f.Limits.MaxFailures, Progress: a.Progress(what),
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
