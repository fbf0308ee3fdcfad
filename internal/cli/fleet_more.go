package cli

import (
	"context"
	"fmt"
	"time"

	"github.com/gatewright/gatewright/internal/fault"
	"github.com/gatewright/gatewright/internal/fleet"
	"github.com/gatewright/gatewright/internal/fleet/journal"
)

type fleetSweepCmd struct {
	FleetFlags
	RunFlags
}

// Help is shown by gatewright fleet sweep --help.
func (fleetSweepCmd) Help() string {
	return `Revokes tokens whose grace is over and tokens that nobody holds. Before an old token goes, its secret must still be
as this tool left it, and hold a token that lives. Mints nothing, stores nothing.

  gatewright fleet sweep --service codacy --forge github --org acme --yes`
}

func (c fleetSweepCmd) Run(ctx context.Context, a *App) error {
	f, err := c.open(ctx, a)
	if err != nil {
		return err
	}
	if err := c.checkReports(); err != nil {
		return err
	}
	j, err := f.hold(a)
	if err != nil {
		return err
	}
	p, err := a.planHeld(ctx, f, j.Entries())
	if err != nil {
		return err
	}
	if n := f.Due(j.Entries(), p); n > 0 {
		if err := a.typed(c.Yes, c.TokenStdin, n, fmt.Sprintf("revoke %s that are due", count(n, "token"))); err != nil {
			return err
		}
	}
	r, err := f.Sweep(ctx, j, j.Entries(), p, c.options(a, f, "sweep"))
	return a.finish(r, c.RunFlags, err)
}

type fleetStatusCmd struct {
	Journal string `default:"fleet.journal" placeholder:"FILE" help:"The journal."`
}

// Help is shown by gatewright fleet status --help.
func (fleetStatusCmd) Help() string {
	return "Shows what the journal knows of every repository: its token, what retires when, what is unfinished. Asks nobody."
}

func (c fleetStatusCmd) Run(_ context.Context, a *App) error {
	entries, err := journal.Read(a.path(c.Journal))
	if err != nil {
		return err
	}
	st := fleet.StatusFrom(entries)
	if a.JSON {
		return a.printJSON(st)
	}
	rows := [][]string{{"REPOSITORY", "STATE", "TOKEN", "EXPIRES", "RETIRING", "LAST"}}
	for _, s := range st.Repositories {
		expires, retiring := "", ""
		if s.ExpiresAt != nil {
			expires = s.ExpiresAt.Format(time.DateOnly)
		}
		for _, d := range s.Retiring {
			if d.NotBefore.IsZero() {
				retiring += d.Token + " by hand "
			} else {
				retiring += d.Token + " from " + d.NotBefore.UTC().Format("2006-01-02 15:04") + " "
			}
		}
		if s.Failure != "" {
			retiring += plain(s.Failure)
		}
		rows = append(rows, []string{plain(s.Repository), s.State, s.TokenID, expires, retiring, s.Last.Format("2006-01-02 15:04")})
	}
	a.tableOf(rows)
	fmt.Fprintf(a.Stdout, "\n%s in the journal", repositories(len(st.Repositories)))
	for _, state := range []string{"good", "retiring", "unfinished", "failed", "none"} {
		if n := st.Counts[state]; n > 0 {
			fmt.Fprintf(a.Stdout, ", %d %s", n, state)
		}
	}
	fmt.Fprintln(a.Stdout)
	return nil
}

type fleetAuditCmd struct{ FleetFlags }

// Help is shown by gatewright fleet audit --help.
func (fleetAuditCmd) Help() string {
	return `Shows every live token of every repository and what is wrong: tokens that never expire or soon will, tokens and
secrets of others, secrets without a token, tokens without a secret, repositories near the service's limit.
Changes nothing.`
}

func (c fleetAuditCmd) Run(ctx context.Context, a *App) error {
	f, err := c.open(ctx, a)
	if err != nil {
		return err
	}
	entries, err := f.entries(a)
	if err != nil {
		return err
	}
	au, err := f.Audit(ctx, entries, a.progress("look at repositories"))
	if err != nil {
		return err
	}
	if a.JSON {
		return a.printJSON(au)
	}
	rows := [][]string{{"REPOSITORY", "SEVERITY", "WHAT", "TOKEN", "NAME", "DETAIL"}}
	for _, x := range au.Findings {
		rows = append(rows, []string{plain(x.Repository), string(x.Severity), x.Kind, x.Token, plain(x.Name), plain(x.Text)})
	}
	if len(rows) > 1 {
		a.tableOf(rows)
		fmt.Fprintln(a.Stdout)
	}
	tokens := 0
	for _, r := range au.Repositories {
		tokens += len(r.Tokens)
	}
	fmt.Fprintf(a.Stdout, "%s, %s, %s\n", repositories(len(au.Repositories)), count(tokens, "live token"), count(len(au.Findings), "finding"))
	return nil
}

type fleetRotateCmd struct {
	FleetFlags
	RunFlags
	Repository []string `arg:"" optional:"" help:"Names or globs of repositories. Without any: all of the fleet."`
}

// Help is shown by gatewright fleet rotate --help.
func (fleetRotateCmd) Help() string {
	return `Gives repositories another token now, whatever the old one's age. The old one lives on until its grace is over.

  gatewright fleet rotate api 'web-*' --service codacy --forge github --org acme`
}

func (c fleetRotateCmd) Run(ctx context.Context, a *App) error {
	return a.replaceNow(ctx, c.FleetFlags, c.RunFlags, c.Repository, false)
}

type fleetRevokeCmd struct {
	FleetFlags
	RunFlags
	Repository []string `arg:"" optional:"" help:"Names or globs of repositories."`
	All        bool     `help:"All repositories of the fleet."`
}

// Help is shown by gatewright fleet revoke --help.
func (fleetRevokeCmd) Help() string {
	return `For tokens that leaked: revokes all tokens of this fleet for the repositories at once, then gives each a new one.
Jobs that run in between fail. Tokens of others are touched only if --adopt-token names them.

  gatewright fleet revoke api --service codacy --forge github --org acme`
}

func (c fleetRevokeCmd) Run(ctx context.Context, a *App) error {
	if len(c.Repository) == 0 && !c.All {
		return fault.WithHint(fault.Errorf(fault.Input, "which repositories? Name them, or say --all"), "gatewright fleet revoke api --org acme")
	}
	return a.replaceNow(ctx, c.FleetFlags, c.RunFlags, c.Repository, true)
}

func (a *App) replaceNow(ctx context.Context, flags FleetFlags, run RunFlags, names []string, leak bool) error {
	if len(names) > 0 {
		flags.Include = names
	}
	f, err := flags.open(ctx, a)
	if err != nil {
		return err
	}
	f.Policy.Force = true
	if err := run.checkReports(); err != nil {
		return err
	}
	j, err := f.hold(a)
	if err != nil {
		return err
	}
	p, err := a.planHeld(ctx, f, j.Entries())
	if err != nil {
		return err
	}
	o := run.options(a, f, "replace")
	o.Leak = leak
	if leak {
		a.warn("jobs of %s fail until they have their new token", repositories(p.Changes()))
	}
	return a.carryOut(ctx, f, j, p, o, run, flags.TokenStdin)
}

type fleetSchemaCmd struct{}

// Help is shown by gatewright fleet schema --help.
func (fleetSchemaCmd) Help() string {
	return "Prints the JSON schema of fleet.yml, for editors and checks."
}

func (fleetSchemaCmd) Run(_ context.Context, a *App) error {
	_, err := a.Stdout.Write(fleet.Schema())
	return err
}
