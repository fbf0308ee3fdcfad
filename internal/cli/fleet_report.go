package cli

import (
	"context"
	"encoding/json"
	"io"
	"net/url"
	"os"
	"path/filepath"
	"strings"
	"time"

	"github.com/gatewright/gatewright/internal/connect"
	"github.com/gatewright/gatewright/internal/fault"
	"github.com/gatewright/gatewright/internal/fleet"
	"github.com/gatewright/gatewright/internal/input"
	"github.com/gatewright/gatewright/internal/rest"
	"github.com/gatewright/gatewright/internal/secret"
)

type fleetReportCmd struct {
	Files  []string `arg:"" help:"Reports of the shards, as JSON."`
	Report []string `placeholder:"FILE" help:"Write the merged report, as fleet apply --report does."`
}

// Help is shown by gatewright fleet report --help.
func (fleetReportCmd) Help() string {
	return `Joins the reports of a run's shards into one table and one verdict: the exit code is that of one run over all of them.
A shard whose report is missing is not fine.

  gatewright fleet report shard-*.json --report fleet.html`
}

func (c fleetReportCmd) Run(ctx context.Context, a *connect.To) error {
	flags := RunFlags{Report: c.Report}
	if err := flags.check(); err != nil {
		return err
	}
	var reports []fleet.Report
	for _, name := range c.Files {
		text, err := input.Read(a.Path(name))
		if err != nil {
			return fault.Errorf(fault.Input, "read the report: %w", err)
		}
		var r fleet.Report
		if err := json.Unmarshal(text, &r); err != nil || r.Run == "" {
			return fault.Errorf(fault.Input, "%s is no report of a fleet's run in JSON", name)
		}
		reports = append(reports, r)
	}
	r, err := fleet.Merge(reports)
	if r.Run == "" {
		return err
	}
	return finish(ctx, a, r, turn{flags: flags}, err)
}

// writeReport writes the report as the file's ending says. An audit log grows.
func writeReport(a *connect.To, r fleet.Report, name string) error {
	form := strings.TrimPrefix(filepath.Ext(name), ".")
	if form != "jsonl" {
		return a.WriteFile(name, func(w io.Writer) error { return r.Render(w, form) })
	}
	f, err := os.OpenFile(a.Path(name), os.O_APPEND|os.O_CREATE|os.O_WRONLY, 0o644)
	if err != nil {
		return fault.Errorf(fault.Input, "write the audit log: %w", err)
	}
	var text strings.Builder
	err = r.Render(&text, form)
	if err == nil {
		_, err = io.WriteString(f, a.Redact.Clean(text.String()))
	}
	if closeErr := f.Close(); err == nil {
		err = closeErr
	}
	if err != nil {
		return fault.Errorf(fault.Input, "write the audit log %s: %w", name, err)
	}
	return nil
}

// webhookWait bounds what a webhook may cost a run.
const webhookWait = 10 * time.Second

// tellWebhook posts the run's outcome to the address in GATEWRIGHT_FLEET_WEBHOOK,
// in the form that Slack and its like take. The address is a credential. That it
// does not work is told, and never the run's exit code.
func tellWebhook(ctx context.Context, a *connect.To, r fleet.Report, cause error) {
	address := secret.New(a.Env("GATEWRIGHT_FLEET_WEBHOOK"))
	if address.Empty() {
		return
	}
	a.Hide(address)
	if err := postWebhook(ctx, a, address, webhookText(r, cause)); err != nil {
		why := "no answer"
		if code := rest.Status(err); code != 0 {
			why = rest.StatusText(code)
		}
		a.Warn("the webhook did not take the run's outcome: %s", why)
	}
}

func webhookText(r fleet.Report, cause error) string {
	head := "done"
	if cause != nil {
		head = fault.Of(cause).String()
	}
	text := "Gatewright fleet of " + r.Organization + " (" + r.Secret + " at " + r.Forge + "): " + head + ". " + r.Sentence() + "."
	shown := 0
	for _, res := range r.Repositories {
		if res.ExitCode != 0 && shown < 5 {
			shown++
			text += "\n• " + res.Repository + ": " + string(res.Outcome) + ": " + res.Reason
		}
	}
	return text
}

func postWebhook(ctx context.Context, a *connect.To, address secret.Value, text string) error {
	u, err := url.Parse(address.Expose())
	if err != nil || u.Host == "" {
		return fault.Errorf(fault.Input, "no address")
	}
	ctx, cancel := context.WithTimeout(context.WithoutCancel(ctx), webhookWait)
	defer cancel()
	cfg, err := a.RestConfig("the webhook", u.Scheme+"://"+u.Host, false)
	if err != nil {
		return err
	}
	c, err := rest.New(cfg)
	if err != nil {
		return err
	}
	_, err = c.Call(ctx, rest.Request{Op: "tell the webhook", Method: rest.MethodPost, Path: u.EscapedPath(), Query: u.Query(), JSON: map[string]string{"text": text}}, nil)
	return err
}

// reportPlan writes the plan to files, and on the CI's summary page.
func reportPlan(a *connect.To, p fleet.Plan, files []string) error {
	for _, name := range files {
		write := p.Markdown
		switch filepath.Ext(name) {
		case ".md":
		case ".json":
			write = func(w io.Writer) error { return encodePlan(w, p) }
		default:
			return fault.Errorf(fault.Input, "--report %s: its ending must be .md or .json", name)
		}
		if err := a.WriteFile(name, write); err != nil {
			return err
		}
	}
	_, err := a.CI.Summary(a.Redact.Clean(p.Page()))
	if err != nil {
		a.Warn("the plan is not on the summary page: %v", err)
	}
	return nil
}
