package cli

import (
	"context"
	"fmt"
	"io"
	"strings"

	"github.com/gatewright/gatewright/internal/ci"
	"github.com/gatewright/gatewright/internal/git"
	"github.com/gatewright/gatewright/internal/service"
	"github.com/gatewright/gatewright/internal/summary"
)

type coverageUploadCmd struct {
	ReportFlags    `group:"Reports"`
	ServiceFlags   `group:"Service and token"`
	TargetFlags    `group:"What it is about"`
	WaitFlags      `group:"Waiting"`
	ToleranceFlags `group:"Trouble"`
	UploadFlags
	DryRun bool `help:"Show exactly what would be sent, and send nothing. Needs no token."`
}

// UploadFlags say how reports are sent.
type UploadFlags struct {
	Partial    bool   `help:"More reports of this commit follow from other jobs; gatewright coverage finish ends them."`
	Follow     bool   `name:"wait" help:"Wait until the service has processed the coverage, and say how that ended."`
	Language   string `placeholder:"NAME" help:"Send only the files of this language (Codacy)."`
	Module     string `placeholder:"NAME" help:"Name that keeps this report apart from others of the same commit (CodeAnt)."`
	ModulePath string `placeholder:"DIR" help:"Folder of the module (CodeAnt)."`
}

// Help is shown by gatewright coverage upload --help.
func (coverageUploadCmd) Help() string {
	return `Finds coverage reports, merges them, matches their paths to the files of the commit and sends them.

  CODACY_PROJECT_TOKEN=… gatewright coverage upload
  CODEANT_API_TOKEN=… gatewright coverage upload build/coverage.xml
  gatewright coverage upload --dry-run lcov.info

Exit codes: 0 the service has the coverage, or has queued it; 2 no usable report; 3 no token or not allowed;
4 the service failed; 5 not in time.`
}

func (c coverageUploadCmd) Run(ctx context.Context, a *App) error {
	a.CommandsOnStdout()
	if err := c.check(); err != nil {
		return err
	}
	ctx, cancel := c.bound(ctx)
	defer cancel()
	return c.settle(a, c.run(ctx, a))
}

func (c coverageUploadCmd) run(ctx context.Context, a *App) error {
	run, repo, err := c.resolve(ctx, a)
	if err != nil {
		return err
	}
	if err := needCommit(run); err != nil {
		return err
	}
	// The token first: without one there is no reason to read reports, and a
	// skip must not depend on them.
	o, err := a.openUpload(c.ServiceFlags, c.DryRun)
	if err != nil {
		return err
	}
	read, err := c.readFor(ctx, a, run, repo)
	if err != nil {
		return err
	}
	if c.DryRun {
		return c.preview(a, o, run, read)
	}
	receipt, err := a.upload(ctx, o, run, read, c.UploadFlags, c.wait(a))
	if err != nil {
		return err
	}
	if a.JSON {
		return a.printJSON(map[string]any{"service": o.Name, "commit": run.Commit, "receipt": receipt, "totals": read.merged().Totals()})
	}
	p := pageOf(run)
	p.covered(read)
	if err := a.show(p.Page); err != nil {
		return err
	}
	fmt.Fprintf(a.Stdout, "%s to %s in %s\n", receipt.Status, o.Title, count(receipt.Parts, "request"))
	return nil
}

// readFor reads the reports for a run's commit. Reports that hold nothing of
// the commit are an error: an upload of nothing is never a success.
func (f ReportFlags) readFor(ctx context.Context, a *App, run ci.Run, repo *git.Repo) (reports, error) {
	read, err := f.read(ctx, a, repo, run.Commit)
	if err != nil {
		return read, err
	}
	return read, read.matchedAny()
}

// openUpload opens the service; a dry run sends nothing and so needs no token.
func (a *App) openUpload(f ServiceFlags, dry bool) (*openedService, error) {
	o, err := a.openService(f)
	if dry && isNoToken(err) {
		return a.openWithoutToken(f)
	}
	return o, err
}

// upload sends what was read, and follows it if asked to.
func (a *App) upload(ctx context.Context, o *openedService, run ci.Run, read reports, f UploadFlags, w service.Wait) (service.Receipt, error) {
	uploader, err := able[service.CoverageUploader](o, service.TakeCoverage)
	if err != nil {
		return service.Receipt{}, err
	}
	var follower service.CoverageFollower
	if f.Follow { // found out before anything is sent
		by, err := o.withToken(service.AccountToken) // which sees why coverage is missing
		if err != nil {
			return service.Receipt{}, err
		}
		if follower, err = able[service.CoverageFollower](by, service.FollowCoverage); err != nil {
			return service.Receipt{}, err
		}
	}
	receipt, err := uploader.Upload(ctx, target(run), f.upload(read), w)
	if err != nil || !f.Follow {
		return receipt, err
	}
	status, err := follower.FollowCoverage(ctx, target(run), w)
	if err == nil {
		receipt.Message = append(receipt.Message, status.State+": "+status.Meaning)
		a.say("%s: %s", status.State, status.Meaning)
	}
	return receipt, err
}

func (f UploadFlags) upload(read reports) service.Upload {
	u := service.Upload{Files: read.Files, Partial: f.Partial, Language: f.Language}
	for i := range u.Files {
		u.Files[i].Module, u.Files[i].Folder = f.Module, f.ModulePath
	}
	return u
}

func (c coverageUploadCmd) preview(a *App, o *openedService, run ci.Run, read reports) error {
	uploader, err := able[service.CoverageUploader](o, service.TakeCoverage)
	if err != nil {
		return err
	}
	payloads, err := uploader.Preview(target(run), c.upload(read))
	if err != nil {
		return err
	}
	if a.JSON {
		return a.printJSON(map[string]any{"service": o.Name, "commit": run.Commit, "requests": payloads, "totals": read.merged().Totals()})
	}
	return printPayloads(a.Stdout, payloads)
}

func printPayloads(w io.Writer, payloads []service.Payload) error {
	var b strings.Builder
	for _, p := range payloads {
		fmt.Fprintf(&b, "%s %s\n", p.Method, p.URL)
		if p.Type != "" {
			fmt.Fprintf(&b, "Content-Type: %s\n", p.Type)
		}
		fmt.Fprintf(&b, "%s\n", count(p.Bytes, "byte"))
		if p.Body != "" {
			fmt.Fprintf(&b, "\n%s\n", p.Body)
		}
		b.WriteString("\n")
	}
	_, err := io.WriteString(w, b.String())
	return err
}

// covered adds what the reports say.
func (p *page) covered(read reports) {
	c := &summary.Coverage{Totals: read.merged().Totals()}
	for _, f := range read.Files {
		c.Reports = append(c.Reports, f.Path)
	}
	p.Coverage = c
	if missing := read.unmatched(); len(missing) > 0 {
		p.Notes = append(p.Notes, fmt.Sprintf("%s of the reports left out, such as %s: no such file in the commit; gatewright coverage report --explain says why",
			count(len(missing), "file"), missing[0].Report))
	}
}

type coverageFinishCmd struct {
	ServiceFlags   `group:"Service and token"`
	TargetFlags    `group:"What it is about"`
	ToleranceFlags `group:"Trouble"`
}

// Help is shown by gatewright coverage finish --help.
func (coverageFinishCmd) Help() string {
	return `Tells the service that all parts of the commit's coverage have been sent by gatewright coverage upload --partial.
Run it once, in a job that needs all the others.`
}

func (c coverageFinishCmd) Run(ctx context.Context, a *App) error {
	return c.settle(a, c.run(ctx, a))
}

func (c coverageFinishCmd) run(ctx context.Context, a *App) error {
	run, _, err := c.resolve(ctx, a)
	if err != nil {
		return err
	}
	if err := needCommit(run); err != nil {
		return err
	}
	o, err := a.openService(c.ServiceFlags)
	if err != nil {
		return err
	}
	finisher, err := able[service.CoverageFinisher](o, service.EndCoverage)
	if err != nil {
		return err
	}
	receipt, err := finisher.Finish(ctx, target(run))
	if err != nil {
		return err
	}
	if a.JSON {
		return a.printJSON(map[string]any{"service": o.Name, "commit": run.Commit, "receipt": receipt})
	}
	for _, m := range receipt.Message {
		fmt.Fprintln(a.Stdout, summary.Plain(m, 300))
	}
	return nil
}
