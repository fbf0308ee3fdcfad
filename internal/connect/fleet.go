package connect

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"io/fs"
	"slices"
	"time"

	"github.com/gatewright/gatewright/internal/ci"
	"github.com/gatewright/gatewright/internal/fault"
	"github.com/gatewright/gatewright/internal/fleet"
	"github.com/gatewright/gatewright/internal/fleet/journal"
	"github.com/gatewright/gatewright/internal/input"
	"github.com/gatewright/gatewright/internal/rest"
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

// Fleet is a fleet ready to be asked.
type Fleet struct {
	*fleet.Fleet
	Name    string // of several in one file; "" if there is one
	Among   bool   // others run beside it: files of reports are named by it
	Journal string // its file
	Keys    journal.Keys
	Limits  fleet.Limits
	// Settings are what was asked for, for a plan to carry; no address.
	Settings   fleet.Config
	Stdin      bool              // standard input is taken by a token or a list
	ForgeClock *rest.ServerClock // the forge's
	PublicKeys *Kept             // of the forge
	Answers    *Kept             // of the forge

	to *To
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
	default:
		return []fleet.Named{{}}, nil
	}
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
		c.Fill(f.Planned)
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
		if index, total := a.Env(v[0]), a.Env(v[1]); index != "" && total != "" {
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

// Open opens service and forge of one fleet. Nothing is sent.
func (f *FleetFlags) Open(ctx context.Context, a *To, n fleet.Named) (*Fleet, error) {
	c := n.Config
	flags := *f
	flags.Service, flags.Forge, flags.BaseURL, flags.ForgeURL = c.Service, c.Forge, c.BaseURL, c.ForgeURL
	repo, err := a.Checkout(ctx)
	if err != nil {
		return nil, err
	}
	run, err := a.Detect(ctx, repo)
	if err != nil {
		run = ci.Run{} // a commit is not needed here
	}
	c.Organization = cmp.Or(c.Organization, run.Owner)
	flags.Settings = c
	names, err := f.names(a, c)
	if err != nil {
		return nil, err
	}
	if flags.MaxWait == 0 {
		flags.MaxWait = 2 * time.Hour // a full hour's quota may have to pass
	}
	part, err := fleet.ParseShard(f.Shard)
	if err != nil {
		return nil, err
	}
	f.divide(a, part)
	a.Pace.Options.MaxWait = flags.MaxWait // before any budget is made: the service's is as patient as the forge's
	svc, err := a.OpenAccount(flags.ServiceFlags)
	if err != nil {
		return nil, err
	}
	host, err := a.OpenForge(flags.ForgeFlags, WriteFlags{Masked: true}, run, c.Organization)
	if err != nil {
		return nil, err
	}
	c.Secret = cmp.Or(c.Secret, svc.Secret)
	if len(c.Token.Permissions) == 0 {
		c.Token.Permissions = svc.Issue.Permissions
	}
	c.Repositories.Include = append(slices.Clone(c.Repositories.Include), names...)
	out, err := flags.join(a, svc, host)
	if err != nil {
		return nil, err
	}
	out.Policy = c.Policy(part)
	out.Policy.Life = cmp.Or(out.Policy.Life, svc.Issue.Usual)
	out.Name, out.Journal, out.Limits, out.Stdin = n.Name, c.Journal, c.Limits, f.TokenStdin || c.Repositories.List == "-"
	out.Workers, out.Service.Provider = c.Limits.Workers, c.Provider
	out.Settings = c.Portable(out.Service.Name, out.Forge.Name)
	out.Answers.Read()
	out.PublicKeys.Read()
	return out, nil
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

// Read reads the journal without locking it.
func (f *Fleet) Read() (journal.Session, error) { return journal.Read(f.to.Path(f.Journal), f.Keys) }

// Lock opens the journal for writing, until the command ends.
func (f *Fleet) Lock() (journal.Session, error) {
	j, err := journal.Open(f.to.Path(f.Journal), f.Keys)
	if err != nil {
		return journal.Session{}, err
	}
	f.to.Defer(func() { _ = j.Close() })
	if n := j.Torn(); n > 0 {
		f.to.Say("the journal ended in the middle of a line, as after a crash; %d bytes were cut off", n)
	}
	return j.Session(), nil
}

// Look plans by everything beside the journal, and shows how far it is.
func (f *Fleet) Look(ctx context.Context, j journal.Session) (fleet.Plan, error) {
	return f.Plan(ctx, j, f.Looking())
}

// Looking shows how far the look at the repositories is.
func (f *Fleet) Looking() fleet.Progress { return f.to.Progress("look at repositories") }

// Believe returns the plan of a file as it may be carried out: as it is, if it is
// signed; else what is decided now of the repositories that it changes.
func (f *Fleet) Believe(ctx context.Context, file string, j journal.Session, p fleet.Plan) (fleet.Plan, error) {
	keys := f.Keys
	keys.Unsigned = false
	if !keys.Sign.Empty() && p.Verify(file, keys) == nil {
		return p, nil
	}
	f.to.Warn("the plan is not signed: what is to be done is decided again for each of its repositories")
	return f.Redecide(ctx, j, p, f.Looking())
}

// Forced runs a command on each fleet, cut down to the repositories named, if
// any, and whatever the age of their tokens.
func (f *FleetFlags) Forced(ctx context.Context, a *To, names []string, run func(*Fleet, journal.Session) error) error {
	if len(names) > 0 {
		f.Settings.Repositories.Include = names
	}
	return f.EachFleet(ctx, a, func(o *Fleet) error {
		o.Policy.Force = true
		j, err := o.Lock()
		if err != nil {
			return err
		}
		return run(o, j)
	})
}
