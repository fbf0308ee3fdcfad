package cli

import (
	"bufio"
	"cmp"
	"context"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"slices"
	"strings"
	"time"

	"github.com/gatewright/gatewright/internal/ci"
	"github.com/gatewright/gatewright/internal/connect"
	"github.com/gatewright/gatewright/internal/fault"
	"github.com/gatewright/gatewright/internal/fleet"
	"github.com/gatewright/gatewright/internal/fleet/journal"
	"github.com/gatewright/gatewright/internal/forge"
	"github.com/gatewright/gatewright/internal/input"
	"github.com/gatewright/gatewright/internal/rest"
)

type fleetGroup struct {
	Plan    fleetPlanCmd    `cmd:"" help:"Show what would be done for every repository, and why. Changes nothing."`
	Apply   fleetApplyCmd   `cmd:"" help:"Carry a plan out: mint, store, verify, and let old tokens retire."`
	Sweep   fleetSweepCmd   `cmd:"" help:"Revoke old tokens whose grace is over, and tokens nobody holds."`
	Status  fleetStatusCmd  `cmd:"" help:"Show what the journal knows. Asks nobody."`
	Audit   fleetAuditCmd   `cmd:"" help:"Show who has which token, and what is wrong with that."`
	Rotate  fleetRotateCmd  `cmd:"" help:"Give repositories another token now."`
	Revoke  fleetRevokeCmd  `cmd:"" help:"After a leak: revoke all tokens of repositories at once, then replace them."`
	Remove  fleetRemoveCmd  `cmd:"" help:"Off-boarding: revoke the tokens of repositories and delete their secrets, or empty one store."`
	Report  fleetReportCmd  `cmd:"" help:"Join the reports of shards into one, with one verdict."`
	Compact fleetCompactCmd `cmd:"" help:"Write the journal anew with what still matters, and sign it."`
	Schema  fleetSchemaCmd  `cmd:"" help:"Print the JSON schema of fleet.yml."`
}

// FleetFlags say which fleet is meant and how it is kept. fleet.yml says the
// same; a flag wins.
type FleetFlags struct {
	connect.ServiceFlags `group:"Service and token"`
	connect.ForgeFlags   `group:"Forge and token"`
	FleetFile
	Settings  fleet.Config `embed:""`
	Shard     string       `placeholder:"I/N" help:"Only this part of the repositories, for CI matrices: 2/5, or auto for the CI's own numbers."`
	Share     string       `name:"shards-share" enum:"credential,address,none" default:"credential" help:"What shards have in common, and so which limits they divide: credential, also their address, or none."`
	KeepDrift bool         `help:"Leave secrets alone that somebody else changed."`
	Unsigned  bool         `help:"Believe a journal, a plan and public keys that are not signed with this run's key."`

	planned fleet.Config // what the plan to carry out was made with; fleet.yml and flags win, and a contradiction makes the plan stale
}

// FleetFile chooses fleet.yml and one of its fleets.
type FleetFile struct {
	Config string `placeholder:"FILE" help:"What flags say, written down. Default: fleet.yml, if it is there."`
	Fleet  string `placeholder:"NAME" help:"Only this fleet of several in the file."`
}

// openedFleet is a fleet ready to be asked.
type openedFleet struct {
	*fleet.Fleet
	Name    string // of several in one file; "" if there is one
	journal string
	keys    journal.Keys
	cache   forge.KeyCache // may be nil
	answers *rest.Cache    // of the forge; may be nil
	limits  fleet.Limits
	// Settings are what was asked for, for a plan to carry; no address.
	Settings fleet.Config
	stdin    bool // standard input is taken by a token or a list
}

// fleets reads the file and returns its fleets, what they share filled in.
func (f FleetFile) fleets(a *connect.To) ([]fleet.Named, error) {
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

// journalOf returns where a fleet's journal is if nobody says it.
func journalOf(name string) string { return cmp.Or(name, "fleet") + ".journal" }

// settings returns the fleets that the flags and the file mean. Flags win.
func (f *FleetFlags) settings(a *connect.To) ([]fleet.Named, error) {
	own := f.Settings
	own.Service, own.Forge, own.BaseURL, own.ForgeURL = f.Service, f.Forge, f.BaseURL, f.ForgeURL
	if f.KeepDrift {
		own.Rotate.Drift = "keep"
	}
	if err := own.Check(""); err != nil {
		return nil, err
	}
	list, err := f.fleets(a)
	if err != nil {
		return nil, err
	}
	if err := f.chooseShard(a); err != nil {
		return nil, err
	}
	for i := range list {
		c := own
		c.Fill(list[i].Config)
		c.Fill(f.planned)
		c.Journal = cmp.Or(c.Journal, journalOf(list[i].Name))
		list[i].Config = c
	}
	return list, nil
}

// chooseShard reads --shard auto from the CI's own variables.
func (f *FleetFlags) chooseShard(a *connect.To) error {
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

// defaultWithin is how long before its end a token is rotated if nobody says it.
const defaultWithin = 14 * 24 * time.Hour

// policy returns what the settings ask for.
func policy(c fleet.Config, shard string) (fleet.Policy, error) {
	part, err := fleet.ParseShard(shard)
	if err != nil {
		return fleet.Policy{}, err
	}
	p := fleet.Policy{
		Org: c.Organization, Owner: c.Owner, Secret: c.Secret, Places: c.Places(), Filter: c.Repositories.Filter(), Shard: part,
		Life: time.Duration(c.Token.Expires), Permissions: c.Token.Permissions,
		RotateWithin: cmp.Or(time.Duration(c.Rotate.Within), defaultWithin), MaxAge: time.Duration(c.Rotate.MaxAge), Grace: fleet.GraceFor(c.Rotate.Runners),
		AdoptSecrets: c.Adopt.Secrets, AdoptTokens: c.Adopt.Tokens, KeepDrift: c.Rotate.Drift == "keep", MaxMissing: c.Limits.MaxMissing,
	}
	if c.Rotate.Grace != nil {
		p.Grace = time.Duration(*c.Rotate.Grace)
	}
	return p, nil
}

// names reads the list of repositories, one a line.
func names(a *connect.To, c fleet.Config) ([]string, error) {
	name := c.Repositories.List
	if name == "" {
		return nil, nil
	}
	in := io.Reader(a.Stdin)
	if name != "-" {
		f, err := input.Open(a.Path(name))
		if err != nil {
			return nil, fault.Errorf(fault.Input, "read the list of repositories: %w", err)
		}
		defer func() { _ = f.Close() }()
		in = f
	}
	var out []string
	lines := bufio.NewScanner(in)
	for n := 1; lines.Scan(); n++ {
		text, _, _ := strings.Cut(lines.Text(), "#")
		text = strings.TrimSpace(text)
		if strings.ContainsAny(text, " \t*?[{") {
			return nil, fault.WithHint(fault.Errorf(fault.Input, "%s, line %d: %q is no repository's name", name, n, text), "one a line, NAME or OWNER/NAME; globs go to --include")
		}
		if text != "" {
			out = append(out, text)
		}
	}
	if err := lines.Err(); err != nil {
		return nil, fault.Errorf(fault.Input, "read the list of repositories %s: %w", name, err)
	}
	if len(out) == 0 {
		return nil, fault.Errorf(fault.Input, "the list of repositories %s is empty", name)
	}
	return out, nil
}

// open opens service and forge of one fleet. Nothing is sent.
func (f *FleetFlags) open(ctx context.Context, a *connect.To, n fleet.Named) (*openedFleet, error) {
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
	names, err := names(a, c)
	if err != nil {
		return nil, err
	}
	if flags.MaxWait == 0 {
		flags.MaxWait = 2 * time.Hour // a full hour's quota may have to pass
	}
	if err := f.divide(a); err != nil {
		return nil, err
	}
	a.Pace.Options.MaxWait = flags.MaxWait // before any budget is made: the service's is as patient as the forge's
	svc, err := a.OpenAccount(flags.ServiceFlags)
	if err != nil {
		return nil, err
	}
	host, err := a.OpenForge(flags.ForgeFlags, connect.WriteFlags{Masked: true}, run, c.Organization)
	if err != nil {
		return nil, err
	}
	c.Secret = cmp.Or(c.Secret, svc.Secret)
	if len(c.Token.Permissions) == 0 {
		c.Token.Permissions = svc.Issue.Permissions
	}
	c.Repositories.Include = append(slices.Clone(c.Repositories.Include), names...)
	p, err := policy(c, f.Shard)
	if err != nil {
		return nil, err
	}
	out, err := openFleet(a, flags, p, svc, host)
	if err != nil {
		return nil, err
	}
	out.Name, out.journal, out.limits, out.stdin = n.Name, c.Journal, c.Limits, f.TokenStdin || c.Repositories.List == "-"
	out.Workers, out.Service.Provider = c.Limits.Workers, c.Provider
	out.Settings = c.Portable(out.Service.Name, out.Forge.Name)
	readAnswers(a, out)
	return out, readKeys(a, out)
}

// divide assigns each of several shards its part of the limits that they share.
func (f *FleetFlags) divide(a *connect.To) error {
	part, err := fleet.ParseShard(f.Shard)
	if err != nil {
		return err
	}
	a.Pace.Options.Share, a.Pace.Address = 1, 1
	if f.Share != "none" {
		a.Pace.Options.Share = part.Of
	}
	if f.Share == "address" {
		a.Pace.Address = part.Of
	}
	return nil
}

// eachFleet does the same for every fleet that is meant, and returns the error
// of all: that of the one there is, or of all alike, else that part is done.
func (f *FleetFlags) eachFleet(ctx context.Context, a *connect.To, do func(*openedFleet) error) error {
	list, err := f.settings(a)
	if err != nil {
		return err
	}
	var errs []error
	for _, n := range list {
		if len(list) > 1 && !a.JSON {
			fmt.Fprintf(a.Stdout, "fleet %s\n\n", n.Name)
		}
		opened, err := f.open(ctx, a, n)
		if err == nil {
			err = do(opened)
			writeAnswers(a, opened)
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
	return fault.Errorf(kind, "%d of %s did not end well", len(errs), count(len(list), "fleet"))
}

// read reads the journal without locking it.
func (f *openedFleet) read(a *connect.To) (journal.Session, error) {
	return journal.Read(a.Path(f.journal), f.keys)
}

// lock opens the journal for writing, until the command ends.
func (f *openedFleet) lock(a *connect.To) (journal.Session, error) {
	j, err := journal.Open(a.Path(f.journal), f.keys)
	if err != nil {
		return journal.Session{}, err
	}
	a.Defer(func() { _ = j.Close() })
	if n := j.Torn(); n > 0 {
		a.Say("the journal ended in the middle of a line, as after a crash; %d bytes were cut off", n)
	}
	return j.Session(), nil
}

// plan looks at everything beside the journal.
func (f *openedFleet) plan(ctx context.Context, a *connect.To, j journal.Session) (fleet.Plan, error) {
	return f.Plan(ctx, j, progress(a, "look at repositories"))
}

// forced runs a command on each fleet, cut down to the repositories named, if
// any, and whatever the age of their tokens.
func (f *FleetFlags) forced(ctx context.Context, a *connect.To, names []string, run func(*openedFleet, journal.Session) error) error {
	if len(names) > 0 {
		f.Settings.Repositories.Include = names
	}
	return f.eachFleet(ctx, a, func(o *openedFleet) error {
		o.Policy.Force = true
		j, err := o.lock(a)
		if err != nil {
			return err
		}
		return run(o, j)
	})
}
