package job

import (
	"cmp"
	"context"
	"fmt"
	"strings"

	"github.com/gatewright/gatewright/internal/ci"
	"github.com/gatewright/gatewright/internal/console"
	"github.com/gatewright/gatewright/internal/reports"
	"github.com/gatewright/gatewright/internal/service"
	"github.com/gatewright/gatewright/internal/summary"
)

// Upload says how reports are sent.
type Upload struct {
	Partial    bool   `help:"More reports of this commit follow from other jobs; gatewright coverage finish ends them."`
	Follow     bool   `name:"wait" help:"Wait until the service has processed the coverage, and say how that ended."`
	Language   string `placeholder:"NAME" help:"Send only the files of this language, and as such those whose names show none (Codacy, GitHub)."`
	Module     string `placeholder:"NAME" help:"Name that keeps this report apart from others of the same commit (CodeAnt)."`
	ModulePath string `placeholder:"DIR" help:"Folder of the module (CodeAnt)."`
}

// notTaken is the status of coverage that the service has not, or not whole, whatever
// the receipt says of the parts before.
const notTaken = "failed"

// sendCoverage reads the reports and sends them, and follows them if asked to.
func (j *Job) sendCoverage(ctx context.Context) error {
	// A pack holds reports that are matched already, and whose commit was verified.
	if j.packed == nil {
		if err := j.bookable(); err != nil {
			return err
		}
		read, err := j.readReports(ctx, nil)
		if err != nil {
			return err
		}
		j.read = &read
	}
	read := *j.read
	Cover(&j.page, read)
	uploader, err := capability[service.CoverageUploader](j.main, service.TakeCoverage)
	if err != nil {
		return err
	}
	var follower service.CoverageFollower
	if j.Upload.Follow { // found out before anything is sent
		by, err := j.main.Account() // which sees why coverage is missing
		if err != nil {
			return err
		}
		if follower, err = capability[service.CoverageFollower](by, service.FollowCoverage); err != nil {
			return err
		}
	}
	wait := j.Wait.wait(j.Console)
	if j.receipt, err = uploader.Upload(ctx, Target(j.run), j.toSend(read), wait); err != nil {
		j.receipt.Status = notTaken
		return err
	}
	for _, text := range j.receipt.Notes {
		j.note("%s", text)
	}
	if j.Answer == nil { // else it is part of the answer
		j.Console.Say("coverage %s in %s", j.receipt.Status, console.Count(j.receipt.Parts, "request"))
	}
	if follower == nil {
		return nil
	}
	// Queued is not processed: services refuse reports long after they took them.
	status, err := follower.FollowCoverage(ctx, Target(j.run), wait)
	if err == nil {
		j.receipt.Message = append(j.receipt.Message, status.State+": "+status.Meaning)
		j.Console.Say("%s: %s", status.State, status.Meaning)
	}
	return err
}

// bookable returns an error where coverage measured here cannot be booked to
// the run's commit, and warns where it may be another's.
func (j *Job) bookable() error {
	if err := NeedCommit(j.run); err != nil {
		return err
	}
	// Before anything is read: a report of the wrong commit must not even be parsed.
	warning, err := j.run.Booking()
	if warning != "" {
		j.Console.Warn("%s", warning)
	}
	return err
}

// readReports reads the reports for the run's commit. Reports that hold nothing
// of the commit are an error: an upload of nothing is never a success.
func (j *Job) readReports(ctx context.Context, also []string) (reports.Set, error) {
	j.readMerged(ctx)
	for _, m := range j.merged.Files {
		if m.OldPath != "" { // renamed by the base: reports know the name that the tests ran with
			also = append(also, m.Path)
		}
	}
	f := j.Reports
	f.Also, f.Functions, f.Sent, f.Workspace, f.Baseline = also, true, true, j.run.Workspace, j.Facts.Baseline
	f.Commits, f.Started = []string{j.run.Commit, j.run.Tested}, j.run.BaseTip
	// Functions are kept for the lines of the change: a declaration has no hits of
	// its own in some formats.
	read, err := f.Read(ctx, j.Console, j.repo, j.run.Tree())
	if err == nil {
		err = read.Fit(j.run.System == ci.Git)
	}
	if err != nil {
		return read, err
	}
	// The set as well as the error: what did not match is what explains it.
	return read, read.MatchedAny()
}

// tree is what the paths in results are matched to.
func (j *Job) tree() reports.Commit {
	return reports.Commit{Console: j.Console, Repo: j.repo, ID: j.run.Tree()}
}

// UploadAnswer is the answer of gatewright coverage upload --output json; nil where
// the answer is the error.
func (j *Job) UploadAnswer() any {
	if j.receipt.Status == "" || j.receipt.Status == notTaken || j.read == nil {
		return nil
	}
	return map[string]any{"service": j.main.Name, "commit": j.run.Commit, "receipt": j.receipt, "totals": j.read.Merged().Totals()}
}

// Cover puts what the reports say on the page.
func Cover(p *summary.Page, read reports.Set) {
	c := &summary.Coverage{Totals: read.Merged().Totals()}
	for _, f := range read.Files {
		c.Reports = append(c.Reports, f.Path)
	}
	p.Coverage = c
	warnings, remark := read.LeftOut()
	p.Notes = append(p.Notes, warnings...)
	if remark != "" {
		p.Notes = append(p.Notes, remark)
	}
}

// Preview prints exactly what the coverage step would send, and sends nothing:
// a table of the requests, and their bodies, long ones only if whole.
func (j *Job) Preview(ctx context.Context, whole bool) error {
	ctx, cancel := context.WithTimeout(ctx, j.Wait.Timeout)
	defer cancel()
	var err error
	if j.run, j.repo, err = j.Sources.Locate(ctx); err != nil {
		return err
	}
	if err := j.bookable(); err != nil {
		return err
	}
	if j.main, err = j.Sources.Service(""); err != nil {
		return err
	}
	read, err := j.readReports(ctx, nil)
	if err != nil {
		return err
	}
	read.SayLeftOut(j.Console)
	uploader, err := capability[service.CoverageUploader](j.main, service.TakeCoverage)
	if err != nil {
		return err
	}
	// The same code as the upload up to the request itself, or it would show something
	// else.
	payloads, err := uploader.Preview(Target(j.run), j.toSend(read))
	if err != nil {
		return err
	}
	if j.Console.JSON {
		return j.Console.Print(map[string]any{"service": j.main.Name, "commit": j.run.Commit, "requests": payloads, "totals": read.Merged().Totals()})
	}
	return printPayloads(j.Console, payloads, whole)
}

// shownBody is how much of a body is shown unless it is asked for whole, in
// bytes; on a terminal, where people look for the table, it is three lines.
const shownBody = 2000

func printPayloads(c *console.Console, payloads []service.Payload, whole bool) error {
	rows := [][]string{{"#", "BYTES", "TYPE", "REQUEST"}}
	for i, p := range payloads {
		rows = append(rows, []string{fmt.Sprint(i + 1), fmt.Sprint(p.Bytes), cmp.Or(p.Type, "-"), p.Method + " " + p.URL})
	}
	if err := c.Table(rows); err != nil {
		return err
	}
	shown := shownBody
	// 0 is no terminal: a file or a pipe gets the longer text.
	if width := c.Width(); width > 0 {
		shown = 3 * width
	}
	for i, p := range payloads {
		body, rest := p.Body, ""
		if !whole && len(body) > shown {
			body, rest = strings.ToValidUTF8(body[:shown], ""), fmt.Sprintf("\n… %d more bytes; --show-body shows all", len(body)-shown)
		}
		if body == "" {
			continue
		}
		if _, err := fmt.Fprintf(c.Stdout, "\nbody of request %d:\n%s%s\n", i+1, body, rest); err != nil {
			return err
		}
	}
	return nil
}
