// Package doctor says what gatewright sees where it runs: the CI, the repository
// and commit, the rules, the token, the service, proxy and clock, and what to do
// where something is wrong.
package doctor

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"time"

	"github.com/gatewright/gatewright/internal/ci"
	"github.com/gatewright/gatewright/internal/connect"
	"github.com/gatewright/gatewright/internal/fault"
	"github.com/gatewright/gatewright/internal/gate"
	"github.com/gatewright/gatewright/internal/git"
	"github.com/gatewright/gatewright/internal/job"
	"github.com/gatewright/gatewright/internal/reports"
	"github.com/gatewright/gatewright/internal/service"
)

// check is one thing the doctor looked at.
type check struct {
	Name   string     `json:"name"`
	Status string     `json:"status"` // ok, warn, fail
	Detail string     `json:"detail"`
	Fix    string     `json:"fix,omitempty"`
	Kind   fault.Kind `json:"-"`
}

// Doctor looks at what a job would find, and says what to do where something is
// wrong.
type Doctor struct {
	To       *connect.To
	Service  connect.ServiceFlags
	Target   connect.TargetFlags
	Settings []string // which flags are set, and from where

	target service.Target
	found  ci.Run
	checks []check
}

// Examine looks at everything, prints it, and returns the first thing that
// stands in the way as the error.
func (d *Doctor) Examine(ctx context.Context) error {
	d.ok("version", "gatewright %s", d.To.Version)
	for _, text := range d.Settings {
		d.ok("setting", "%s", text)
	}
	// In the order in which a job needs them: what is wrong first is shown first.
	d.run(ctx)
	d.token(ctx)
	d.forge(ctx)
	d.proxy()
	return d.report()
}

func (d *Doctor) ok(name, format string, args ...any) {
	d.checks = append(d.checks, check{Name: name, Status: "ok", Detail: fmt.Sprintf(format, args...)})
}

func (d *Doctor) warn(name, fix, format string, args ...any) {
	d.checks = append(d.checks, check{Name: name, Status: "warn", Detail: fmt.Sprintf(format, args...), Fix: fix})
}

func (d *Doctor) fail(name string, err error) {
	d.checks = append(d.checks, check{Name: name, Status: "fail", Detail: err.Error(), Fix: fault.Hint(err), Kind: fault.Of(err)})
}

// rules shows the project's file.
func (d *Doctor) rules(repo *git.Repo) {
	var rules gate.Rules
	file, err := reports.Project(d.To.Console, repo, "")
	if err == nil {
		rules, err = job.Rules{}.Over(file, func(name string) error { _, err := d.To.ServiceNamed(name); return err })
	}
	switch {
	case err != nil:
		d.fail("rules", err)
	case rules.Empty():
		d.ok("rules", "none: no %s", gate.ConfigFile)
	default:
		d.ok("rules", "%s", gate.ConfigFile)
	}
}

func (d *Doctor) run(ctx context.Context) {
	run, repo, err := d.Target.Resolve(ctx, d.To)
	if err != nil {
		d.fail("run", err)
		return
	}
	d.target, d.found = job.Target(run), run
	d.ok("ci", "%s", systemName(run.System))
	d.field(run, "repository", repository(run), "name it with --repository OWNER/NAME")
	d.field(run, "commit", run.Commit, "run it in a git checkout, or name it with --commit")
	if run.Branch != "" {
		d.field(run, "branch", run.Branch, "")
	}
	if run.PullRequest > 0 {
		d.ok("pull request", "%d, from %s", run.PullRequest, run.Origin["pullRequest"])
	}
	if run.FromFork {
		d.warn("fork", "use --skip-if-no-token, or run on workflow_run", "the pull request comes from a fork: CI systems give it no secrets")
	}
	d.checkout(ctx, run, repo)
	d.rules(repo)
}

// field shows a fact of the run with where it was read.
func (d *Doctor) field(run ci.Run, name, value, fix string) {
	if value == "" {
		d.warn(name, fix, "unknown")
		return
	}
	d.ok(name, "%s, from %s", value, run.Origin[name])
}

func repository(run ci.Run) string {
	if run.Owner == "" || run.Name == "" {
		return ""
	}
	text := run.Owner + "/" + run.Name
	if run.Forge != "" {
		text += " on " + run.Forge
	}
	return text
}

func systemName(s ci.System) string {
	if s == ci.Git {
		return "none (no CI variable is set)"
	}
	return string(s)
}

func (d *Doctor) checkout(ctx context.Context, run ci.Run, repo *git.Repo) {
	switch {
	case repo == nil:
		d.warn("checkout", "check the repository out first: without its files, paths in reports cannot be matched", "not in a git checkout")
	case repo.Shallow():
		d.warn("checkout", "fetch more history (actions/checkout: fetch-depth: 0) if patch coverage is wanted", "shallow: history is cut")
	default:
		d.ok("checkout", "%s", repo.Root)
	}
	if warning, err := run.Booking(); err != nil || warning != "" {
		d.warn("commit", run.Checkout.Missing.Hint, "%s", run.Checkout.Missing.Reason)
	}
}

func (d *Doctor) token(ctx context.Context) {
	o, err := d.To.OpenService(d.Service)
	if service.IsNoToken(err) && d.Service.Service != "" {
		d.fail("token", err)
		if o, err = d.To.OpenPublicService(d.Service); err != nil {
			return
		}
	} else if err != nil {
		d.fail("token", err)
		return
	}
	if !o.Token.Empty() {
		d.ok("service", "%s at %s", o.Title, o.BaseURL)
		d.ok("token", "%s (%s), from %s", o.Token, d.kindOfToken(o), o.TokenFrom)
	}
	if d.reach(ctx, o) && !o.Token.Empty() {
		d.whose(ctx, o)
	}
}

func (d *Doctor) kindOfToken(o *connect.Service) string {
	if i, ok := d.To.Recognise(o.Token); ok {
		return i.What
	}
	if o.Prefix == "" {
		return "no prefix, as " + o.Title + "'s tokens"
	}
	return "not one of the known prefixes"
}

// whose asks the service about the token, where the service has a way to tell.
func (d *Doctor) whose(ctx context.Context, o *connect.Service) {
	id, err := service.Identity{}, errors.ErrUnsupported
	if checker, ok := o.Client.(service.Checker); ok {
		id, err = checker.Check(ctx, d.target.Repo)
	}
	switch {
	case errors.Is(err, errors.ErrUnsupported):
		d.ok("accepted", "%s has no way to ask whose token it is", o.Title)
	case err != nil:
		d.fail("accepted", err)
	default:
		d.ok("accepted", "%s", identity(id))
	}
}

func identity(id service.Identity) string {
	parts := []string{id.Kind}
	if id.Owner != "" {
		parts = append(parts, "of "+id.Owner)
	}
	if len(id.Permissions) > 0 {
		parts = append(parts, "may "+strings.Join(id.Permissions, ", "))
	}
	if id.ExpiresAt != nil {
		parts = append(parts, "expires "+id.ExpiresAt.Format(time.DateOnly))
	}
	if id.Note != "" {
		parts = append(parts, id.Note)
	}
	return strings.Join(parts, "; ")
}

// report prints the checks and returns the first failure as the error.
func (d *Doctor) report() error {
	var first error
	for _, c := range d.checks {
		if !d.To.JSON {
			fmt.Fprintf(d.To.Stdout, "%-5s %-13s %s\n", c.Status, c.Name, c.Detail)
			if c.Fix != "" {
				fmt.Fprintf(d.To.Stdout, "      %-13s → %s\n", "", c.Fix)
			}
		}
		if c.Status == "fail" && first == nil {
			first = fault.Errorf(c.Kind, "%s: %s", c.Name, c.Detail)
		}
	}
	if d.To.JSON {
		if err := d.To.Print(map[string]any{"checks": d.checks}); err != nil {
			return err
		}
	}
	return first
}
