package cli

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"slices"
	"strings"
	"time"

	"github.com/gatewright/gatewright/internal/ci"
	"github.com/gatewright/gatewright/internal/fault"
	"github.com/gatewright/gatewright/internal/fleet"
	"github.com/gatewright/gatewright/internal/fleet/journal"
	"github.com/gatewright/gatewright/internal/forge"
)

type fleetGroup struct {
	Plan   fleetPlanCmd   `cmd:"" help:"Show what would be done for every repository, and why. Changes nothing."`
	Apply  fleetApplyCmd  `cmd:"" help:"Carry a plan out: mint, store, verify, and let old tokens retire."`
	Sweep  fleetSweepCmd  `cmd:"" help:"Revoke old tokens whose grace is over, and tokens nobody holds."`
	Status fleetStatusCmd `cmd:"" help:"Show what the journal knows. Asks nobody."`
	Audit  fleetAuditCmd  `cmd:"" help:"Show who has which token, and what is wrong with that."`
	Rotate fleetRotateCmd `cmd:"" help:"Give repositories another token now."`
	Revoke fleetRevokeCmd `cmd:"" help:"After a leak: revoke all tokens of repositories at once, then replace them."`
	Schema fleetSchemaCmd `cmd:"" help:"Print the JSON schema of fleet.yml."`
}

// FleetFlags say which fleet is meant and how it is kept. fleet.yml says the
// same; a flag wins.
type FleetFlags struct {
	ServiceFlags `group:"Service and token"`
	ForgeFlags   `group:"Forge and token"`
	Config       string            `placeholder:"FILE" help:"What flags say, written down. Default: fleet.yml, if it is there."`
	Org          string            `placeholder:"NAME" help:"Organization, group or workspace; org/project on Azure DevOps."`
	Provider     string            `placeholder:"CODE" help:"How the service names the forge, if not by its own name: ghe, gle or bbe at Codacy for self-hosted ones."`
	Secret       string            `placeholder:"NAME" help:"Name of the secret. Default: the service's usual variable."`
	Store        []string          `placeholder:"NAME" help:"Where it goes: actions, dependabot, codespaces; group or pipeline on Azure DevOps. Several with commas. Default: actions."`
	Environment  []string          `placeholder:"NAME" help:"Deployment environments that get it too."`
	Holder       string            `placeholder:"NAME" help:"Variable group or pipeline on Azure DevOps; {repository} in it stands for the repository's name."`
	Journal      string            `placeholder:"FILE" help:"What was done, for the next run to go on from. Default: fleet.journal."`
	Owner        string            `placeholder:"WORD" help:"First word of token names, if several fleets share a service. Default: gw."`
	Shard        string            `placeholder:"I/N" help:"Only this part of the repositories, for CI matrices: 2/5, or auto for the CI's own numbers."`
	Include      []string          `placeholder:"GLOB" help:"Only repositories whose names match one of these."`
	Exclude      []string          `placeholder:"GLOB" help:"Not the repositories whose names match one of these."`
	Topic        []string          `placeholder:"TOPIC" help:"Only repositories with all these topics."`
	Visibility   string            `placeholder:"WORD" help:"Only public, private or internal repositories."`
	Language     string            `placeholder:"NAME" help:"Only repositories in this language."`
	Fork         *bool             `negatable:"" help:"Only forks; --no-fork: none."`
	Archived     *bool             `negatable:"" help:"Only archived repositories; --no-archived: none."`
	Property     map[string]string `placeholder:"NAME=VALUE" help:"Only repositories with this custom property."`
	Expires      fleet.Span        `placeholder:"TIME" help:"Life of new tokens: 90d. Default: the service's longest."`
	Permission   []string          `placeholder:"WORD" help:"Permissions of new tokens, for services that have them."`
	RotateWithin fleet.Span        `placeholder:"TIME" help:"Replace what expires sooner. Default: 14d."`
	MaxAge       fleet.Span        `placeholder:"TIME" help:"Replace what is older."`
	Grace        *fleet.Span       `placeholder:"TIME" help:"How long an old token lives on. Default: by --runners."`
	Runners      string            `placeholder:"KIND" help:"Where jobs run, and so how long a queued one may hold the old token: hosted 24h, self-hosted 7d, any 35d. Default: hosted."`
	Adopt        bool              `help:"Replace secrets that this tool did not write."`
	AdoptToken   []string          `placeholder:"GLOB" help:"Names of tokens not made by this tool that may be revoked once replaced."`
	KeepDrift    bool              `help:"Leave secrets alone that somebody else changed."`
	Workers      int               `placeholder:"N" help:"Repositories worked on at once. Default: 32."`

	planned                 fleet.Config // what the plan to carry out was made with; fleet.yml and flags win, and a contradiction makes the plan stale
	maxChanges, maxFailures int          // from fleet.yml
}

// openedFleet is a fleet ready to be asked.
type openedFleet struct {
	*fleet.Fleet
	flags FleetFlags
	keys  forge.KeyCache // may be nil
}

// merge takes from fleet.yml what no flag said.
func (f *FleetFlags) merge(c fleet.Config) {
	text := func(flag *string, value string) { *flag = firstSet(*flag, value) }
	list := func(flag *[]string, value []string) {
		if len(*flag) == 0 {
			*flag = value
		}
	}
	span := func(flag *fleet.Span, value fleet.Span) {
		if *flag == 0 {
			*flag = value
		}
	}
	text(&f.Service, c.Service)
	text(&f.Forge, c.Forge)
	text(&f.ForgeURL, c.ForgeURL)
	text(&f.BaseURL, c.BaseURL)
	text(&f.Org, c.Organization)
	text(&f.Provider, c.Provider)
	text(&f.Secret, c.Secret)
	text(&f.Holder, c.Holder)
	text(&f.Journal, c.Journal)
	text(&f.Owner, c.Owner)
	text(&f.Visibility, c.Repositories.Visibility)
	text(&f.Language, c.Repositories.Language)
	text(&f.Runners, c.Rotate.Runners)
	list(&f.Store, c.Stores)
	list(&f.Environment, c.Environments)
	list(&f.Include, c.Repositories.Include)
	list(&f.Exclude, c.Repositories.Exclude)
	list(&f.Topic, c.Repositories.Topics)
	list(&f.Permission, c.Token.Permissions)
	list(&f.AdoptToken, c.Adopt.Tokens)
	span(&f.Expires, c.Token.Expires)
	span(&f.RotateWithin, c.Rotate.Within)
	span(&f.MaxAge, c.Rotate.MaxAge)
	if f.Grace == nil {
		f.Grace = c.Rotate.Grace
	}
	if f.Fork == nil {
		f.Fork = c.Repositories.Forks
	}
	if f.Archived == nil {
		f.Archived = c.Repositories.Archived
	}
	if len(f.Property) == 0 {
		f.Property = c.Repositories.Properties
	}
	f.Adopt = f.Adopt || c.Adopt.Secrets
	f.KeepDrift = f.KeepDrift || c.Rotate.Drift == "keep"
	if f.Workers == 0 {
		f.Workers = c.Limits.Workers
	}
	f.maxChanges, f.maxFailures = max(f.maxChanges, c.Limits.MaxChanges), max(f.maxFailures, c.Limits.MaxFailures)
}

// read merges fleet.yml into the flags and fills in the defaults.
func (f *FleetFlags) read(a *App) error {
	name := firstSet(f.Config, "fleet.yml")
	text, err := os.ReadFile(a.path(name))
	switch {
	case err == nil:
		c, err := fleet.ParseConfig(name, text)
		if err != nil {
			return err
		}
		f.merge(c)
	case f.Config != "" || !errors.Is(err, fs.ErrNotExist):
		return fault.Errorf(fault.Input, "read the configuration: %w", err)
	}
	f.merge(f.planned)
	f.Journal = firstSet(f.Journal, "fleet.journal")
	if f.RotateWithin == 0 {
		f.RotateWithin = fleet.Span(14 * 24 * time.Hour)
	}
	if len(f.Store) == 0 {
		f.Store = []string{string(forge.Actions)}
	}
	if !slices.Contains([]string{"", "hosted", "self-hosted", "any"}, f.Runners) {
		return fault.Errorf(fault.Input, "unknown runners %q; known: hosted, self-hosted, any", f.Runners)
	}
	return f.chooseShard(a)
}

// chooseShard reads --shard auto from the CI's own variables.
func (f *FleetFlags) chooseShard(a *App) error {
	if f.Shard != "auto" {
		return nil
	}
	for _, v := range [][2]string{{"GATEWRIGHT_SHARD_INDEX", "GATEWRIGHT_SHARD_TOTAL"}, {"CI_NODE_INDEX", "CI_NODE_TOTAL"}, {"SYSTEM_JOBPOSITIONINPHASE", "SYSTEM_TOTALJOBSINPHASE"}} {
		if index, total := a.env(v[0]), a.env(v[1]); index != "" && total != "" {
			f.Shard = index + "/" + total
			return nil
		}
	}
	return fault.WithHint(fault.Errorf(fault.Input, "--shard auto: this CI does not say which of several jobs this is"),
		"set GATEWRIGHT_SHARD_INDEX (from 1) and GATEWRIGHT_SHARD_TOTAL, or name the shard: --shard 2/5")
}

func (f *FleetFlags) policy() (fleet.Policy, error) {
	shard, err := fleet.ParseShard(f.Shard)
	if err != nil {
		return fleet.Policy{}, err
	}
	p := fleet.Policy{
		Org: f.Org, Owner: f.Owner, Secret: f.Secret, Shard: shard, Life: time.Duration(f.Expires), Permissions: f.Permission,
		RotateWithin: time.Duration(f.RotateWithin), MaxAge: time.Duration(f.MaxAge), Grace: fleet.GraceFor(f.Runners),
		AdoptSecrets: f.Adopt, AdoptTokens: f.AdoptToken, KeepDrift: f.KeepDrift,
		Filter: forge.Filter{
			Names: f.Include, Exclude: f.Exclude, Topics: f.Topic, Visibility: f.Visibility, Language: f.Language,
			Archived: f.Archived, Fork: f.Fork, Properties: f.Property,
		},
	}
	if f.Grace != nil {
		p.Grace = time.Duration(*f.Grace)
	}
	for _, name := range f.Store {
		p.Places = append(p.Places, fleet.Place{Store: forge.Store(name), Holder: f.Holder})
	}
	for _, env := range f.Environment {
		p.Places = append(p.Places, fleet.Place{Store: forge.Actions, Environment: env})
	}
	return p, nil
}

// open reads the configuration and opens service and forge. Nothing is sent.
func (f *FleetFlags) open(ctx context.Context, a *App) (*openedFleet, error) {
	if err := f.read(a); err != nil {
		return nil, err
	}
	repo, err := a.checkout(ctx)
	if err != nil {
		return nil, err
	}
	run, err := a.detect(ctx, repo)
	if err != nil {
		run = ci.Run{} // a commit is not needed here
	}
	f.Org = firstSet(f.Org, run.Owner)
	svc, err := a.openAccount(f.ServiceFlags)
	if err != nil {
		return nil, err
	}
	if f.MaxWait == 0 {
		f.MaxWait = 2 * time.Hour // a full hour's quota may have to pass
	}
	host, err := a.openForge(f.ForgeFlags, WriteFlags{Masked: true}, run, f.Org)
	if err != nil {
		return nil, err
	}
	return a.openFleet(f, svc, host)
}

// entries reads the journal without holding it.
func (f *openedFleet) entries(a *App) ([]journal.Entry, error) {
	return journal.Read(a.path(f.flags.Journal))
}

// hold opens the journal for writing, until the command ends.
func (f *openedFleet) hold(a *App) (*journal.Journal, error) {
	j, err := journal.Open(a.path(f.flags.Journal))
	if err != nil {
		return nil, err
	}
	a.Defer(func() { _ = j.Close() })
	if n := j.Torn(); n > 0 {
		a.say("the journal ended in the middle of a line, as after a crash; %d bytes were cut off", n)
	}
	return j, nil
}

// progress tells, in what takes longer than a second, how far it is and how
// long it will still take.
func (a *App) progress(what string) fleet.Progress {
	if a.Quiet {
		return nil
	}
	start := time.Now()
	last, pause := start, time.Second
	return func(done, total int) {
		now := time.Now()
		if now.Sub(last) < pause || done == total {
			return
		}
		last, pause = now, min(2*pause, 15*time.Second)
		left := time.Duration(float64(now.Sub(start)) / float64(done) * float64(total-done)).Round(time.Second)
		a.say("%s: %d of %d, %s left", what, done, total, left)
	}
}

// tableOf prints rows in columns, the first line being the head.
func (a *App) tableOf(rows [][]string) {
	var widths []int
	for _, row := range rows {
		for i, cell := range row {
			if i == len(widths) {
				widths = append(widths, 0)
			}
			widths[i] = max(widths[i], len([]rune(cell)))
		}
	}
	for _, row := range rows {
		var b strings.Builder
		for i, cell := range row {
			b.WriteString(cell)
			if i < len(row)-1 {
				b.WriteString(strings.Repeat(" ", widths[i]-len([]rune(cell))+2))
			}
		}
		fmt.Fprintln(a.Stdout, strings.TrimRight(b.String(), " "))
	}
}
