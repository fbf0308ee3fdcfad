package cli

import (
	"context"
	"fmt"
	"slices"
	"strings"

	"github.com/gatewright/gatewright/internal/connect"
	"github.com/gatewright/gatewright/internal/console"
	"github.com/gatewright/gatewright/internal/fault"
	"github.com/gatewright/gatewright/internal/fleet"
)

// fleetAuditCmd looks and changes nothing, so it needs no lock.
type fleetAuditCmd struct {
	connect.FleetFlags
	FailOn []string `placeholder:"KIND" help:"End with 1 if there is a finding of these kinds: expired, expires-soon, never-expires, orphan, foreign, unknown, … or warning for all that are not notes. Several with commas."`
}

func (fleetAuditCmd) Help() string {
	return `Shows every live token of every repository and what is wrong: tokens that never expire or soon will, tokens and
secrets of others, secrets without a token, tokens without a secret, repositories near the service's limit.
Changes nothing.

  gatewright fleet audit --service codacy --forge github --org acme --fail-on expired,orphan,unknown

Kinds: ` + "`" + `expired` + "`" + `, expires-soon, cannot-rotate, never-expires, orphan, retiring, crowded, foreign-token, foreign-secret (foreign: both), secret-without-token,
token-without-secret, unfinished, unlisted, unknown, forbidden, vanished, over-limit, not-added, archived.

Exit codes: as of fleet plan; 1 a finding that --fail-on names.`
}

func (c fleetAuditCmd) Run(ctx context.Context, a *connect.To) error {
	// A kind that is misspelt would never fail the job.
	for _, kind := range c.FailOn {
		if kind != "warning" && kind != "foreign" && !slices.Contains(fleet.AuditKinds(), kind) {
			return fault.Errorf(fault.Input, "--fail-on %s: no such kind; known: warning, foreign, %s", kind, strings.Join(fleet.AuditKinds(), ", "))
		}
	}
	return c.EachFleet(ctx, a, func(f *connect.Fleet) error {
		j, err := f.Read()
		if err != nil {
			return err
		}
		au, err := f.Audit(ctx, j, f.Looking())
		if err != nil {
			return err
		}
		if err := showAudit(a, au); err != nil {
			return err
		}
		if failed := au.Named(c.FailOn); len(failed) > 0 {
			return fault.Errorf(fault.Gate, "%s that --fail-on names: %s", console.Count(len(failed), "finding"), summaryOf(failed))
		}
		return au.Err
	})
}

func summaryOf(list []fleet.AuditFinding) string {
	var parts []string
	for _, kind := range fleet.AuditKinds() {
		n := 0
		for _, x := range list {
			if x.Kind == kind {
				n++
			}
		}
		if n > 0 {
			parts = append(parts, fmt.Sprintf("%d %s", n, kind))
		}
	}
	return strings.Join(parts, ", ")
}

func showAudit(a *connect.To, au fleet.Audit) error {
	if a.JSON {
		return a.Print(au)
	}
	rows := [][]string{{"REPOSITORY", "SEVERITY", "WHAT", "TOKEN", "NAME", "DETAIL"}}
	for _, x := range au.Findings {
		rows = append(rows, []string{plain(x.Repository), paintSeverity(a, x.Severity), x.Kind, x.Token, plain(x.Name), plain(x.Text)})
	}
	tableOf(a, rows)
	tokens := 0
	for _, r := range au.Repositories {
		tokens += len(r.Tokens)
	}
	fmt.Fprintf(a.Stdout, "%s, %s, %s\n", console.Count(len(au.Repositories), "repository"), console.Count(tokens, "live token"), console.Count(len(au.Findings), "finding"))
	return nil
}
