package connect

import (
	"cmp"
	"context"
	"slices"
	"time"

	"github.com/gatewright/gatewright/internal/ci"
	"github.com/gatewright/gatewright/internal/fleet"
	"github.com/gatewright/gatewright/internal/fleet/journal"
	"github.com/gatewright/gatewright/internal/forge"
	"github.com/gatewright/gatewright/internal/rest"
)

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
	if err := out.checkSecret(host.Descriptor); err != nil {
		return nil, err
	}
	out.Policy.Life = cmp.Or(out.Policy.Life, svc.Issue.Usual)
	out.Name, out.Journal, out.Limits, out.Stdin = n.Name, c.Journal, c.Limits, f.TokenStdin || c.Repositories.List == "-"
	out.Workers, out.Service.Provider = c.Limits.Workers, c.Provider
	out.Settings = c.Portable(out.Service.Name, out.Forge.Name)
	out.Answers.Read()
	out.PublicKeys.Read()
	return out, nil
}

// checkSecret refuses a name or value that the forge refuses, once and before anything
// is asked, and not for each repository. Programs have rules of their own.
func (f *Fleet) checkSecret(d forge.Descriptor) error {
	own := func(p fleet.Place) bool {
		_, program := p.Store.Program()
		return !program
	}
	if f.Policy.Secret == "" || !slices.ContainsFunc(f.Policy.Places, own) {
		return nil
	}
	return d.Secret.Check(d.Title, f.Policy.Secret, f.Fleet.Service.Given)
}

// Read reads the journal without locking it.
func (f *Fleet) Read() (journal.Session, error) {
	s, err := journal.Read(f.to.Path(f.Journal), f.Keys)
	f.Respell(s.Entries)
	return s, err
}

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
	s := j.Session()
	f.Respell(s.Entries)
	return s, nil
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
