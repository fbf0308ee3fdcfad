package connect

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"io/fs"

	"github.com/gatewright/gatewright/internal/fault"
	"github.com/gatewright/gatewright/internal/fleet"
	"github.com/gatewright/gatewright/internal/input"
)

// FleetFlags say which fleet is meant and how it is kept. fleet.yml says the
// same; a flag wins.
type FleetFlags struct {
	ServiceFlags `group:"Service and token"`
	ForgeFlags   `group:"Forge and token"`
	FleetFile
	Settings  fleet.Config `embed:""`
	Shard     string       `placeholder:"I/N" help:"Only this part of the repositories, for CI matrices: 2/5, or auto for the CI's own numbers."`
	Share     string       `name:"shards-share" enum:"credential,address,none" default:"credential" help:"What shards have in common, and so which limits they divide: credential, also their address, or none."`
	KeepDrift bool         `help:"Leave secrets alone that somebody else changed."`
	Unsigned  bool         `help:"Believe a journal, a plan and public keys that are not signed with this run's key."`

	listed []string // what standard input held, which is read once for all fleets

	Planned fleet.Config `kong:"-"` // what the plan to carry out was made with; fleet.yml and flags win, and a contradiction makes the plan stale
}

// FleetFile chooses fleet.yml and one of its fleets.
type FleetFile struct {
	Config string `placeholder:"FILE" help:"What flags say, written down. Default: fleet.yml, if it is there."`
	Fleet  string `placeholder:"NAME" help:"Only this fleet of several in the file."`
}

// Fleets reads the file and returns its fleets, what they share filled in.
func (f FleetFile) Fleets(a *To) ([]fleet.Named, error) {
	name := cmp.Or(f.Config, "fleet.yml")
	text, err := input.Read(a.Path(name))
	switch {
	case err == nil:
		file, err := fleet.ParseFile(name, text)
		if err != nil {
			return nil, err
		}
		return file.Each(f.Fleet)
	case f.Config != "" || f.Fleet != "" || !errors.Is(err, fs.ErrNotExist):
		return nil, fault.Errorf(fault.Input, "read the configuration: %w", err)
	}
	// Filters and limits that nobody reads would hold nothing.
	const other = "fleet.yaml"
	if text, err := input.Read(a.Path(other)); err == nil && fleet.Ours(text) {
		return nil, fault.WithHint(fault.Errorf(fault.Input, "%s is not read", other), "call it fleet.yml, or name it with --config")
	}
	return []fleet.Named{{}}, nil
}

// JournalOf returns where a fleet's journal is if nobody says it.
func JournalOf(name string) string { return cmp.Or(name, "fleet") + ".journal" }

// Chosen returns the fleets that the flags and the file mean. Flags win.
func (f *FleetFlags) Chosen(a *To) ([]fleet.Named, error) {
	own := f.Settings
	own.Service, own.Forge, own.BaseURL, own.ForgeURL = f.Service, f.Forge, f.BaseURL, f.ForgeURL
	if f.KeepDrift {
		own.Rotate.Drift = "keep"
	}
	if err := own.Check(""); err != nil {
		return nil, err
	}
	list, err := f.Fleets(a)
	if err != nil {
		return nil, err
	}
	if err := f.chooseShard(a); err != nil {
		return nil, err
	}
	for i := range list {
		c := own
		if len(list) > 1 {
			c.Journal = fleet.Apart(c.Journal, list[i].Name)
		}
		c.Fill(list[i].Config)
		planned := f.Planned
		if c.Repositories.List != "" {
			planned.Repositories.Include = nil // they are of the list, which is read again
		}
		c.Fill(planned)
		c.Journal = cmp.Or(c.Journal, JournalOf(list[i].Name))
		list[i].Config = c
	}
	return list, nil
}

// chooseShard reads --shard auto from the CI's own variables.
func (f *FleetFlags) chooseShard(a *To) error {
	if f.Shard != "auto" {
		return nil
	}
	for _, v := range [][2]string{{"GATEWRIGHT_SHARD_INDEX", "GATEWRIGHT_SHARD_TOTAL"}, {"CI_NODE_INDEX", "CI_NODE_TOTAL"}, {"SYSTEM_JOBPOSITIONINPHASE", "SYSTEM_TOTALJOBSINPHASE"}} {
		index, total := a.Env(v[0]), a.Env(v[1])
		if total == "1" { // GitLab numbers no job that is alone
			index = "1"
		}
		if index != "" && total != "" {
			f.Shard = index + "/" + total
			return nil
		}
	}
	return fault.WithHint(fault.Errorf(fault.Input, "--shard auto: this CI does not say which of several jobs this is"),
		"set GATEWRIGHT_SHARD_INDEX (from 1) and GATEWRIGHT_SHARD_TOTAL, or name the shard: --shard 2/5")
}

// names reads the list of repositories, if there is one.
func (f *FleetFlags) names(a *To, c fleet.Config) (list []string, err error) {
	switch name := c.Repositories.List; name {
	case "":
		return nil, nil
	case "-":
		if f.listed == nil {
			f.listed, err = fleet.ReadNames(name, a.Stdin)
		}
		return f.listed, err
	default:
		file, err := input.Open(a.Path(name))
		if err != nil {
			return nil, fault.Errorf(fault.Input, "read the list of repositories: %w", err)
		}
		defer func() { _ = file.Close() }()
		return fleet.ReadNames(name, file)
	}
}

// divide assigns each of several shards its part of the limits that they share.
func (f *FleetFlags) divide(a *To, part fleet.Shard) {
	a.Pace.Options.Share, a.Pace.Address = 1, 1
	if f.Share != "none" {
		a.Pace.Options.Share = part.Of
	}
	if f.Share == "address" {
		a.Pace.Address = part.Of
	}
}

// EachFleet does the same for every fleet that is meant, and returns the error
// of all: that of the one there is, or of all alike, else that part is done.
func (f *FleetFlags) EachFleet(ctx context.Context, a *To, do func(*Fleet) error) error {
	list, err := f.Chosen(a)
	if err != nil {
		return err
	}
	var errs []error
	for _, n := range list {
		if len(list) > 1 && !a.JSON {
			fmt.Fprintf(a.Stdout, "fleet %s\n\n", n.Name)
		}
		opened, err := f.Open(ctx, a, n)
		if err == nil {
			opened.Among = len(list) > 1
			err = do(opened)
			opened.Answers.Keep()
		}
		if len(list) == 1 || ctx.Err() != nil {
			return err
		}
		if err != nil {
			a.Warn("fleet %s: %v", n.Name, err)
			if h := fault.Hint(err); h != "" {
				a.Say("  hint: %s", h)
			}
			errs = append(errs, err)
		}
		if !a.JSON {
			fmt.Fprintln(a.Stdout)
		}
	}
	if len(errs) == 0 {
		return nil
	}
	kind := fault.Of(errs[0])
	for _, err := range errs {
		if fault.Of(err) != kind || len(errs) < len(list) {
			kind = fault.Partial
		}
	}
	return fault.Errorf(kind, "%d of %d fleets did not end well", len(errs), len(list))
}

// Only cuts the fleets down to the repositories named, if any.
func (f *FleetFlags) Only(names []string) {
	if len(names) > 0 {
		f.Settings.Repositories.Include = names
	}
}
