package job

import (
	"context"

	"github.com/gatewright/gatewright/internal/console"
	"github.com/gatewright/gatewright/internal/fault"
	"github.com/gatewright/gatewright/internal/service"
)

// end publishes, whatever happened, and only then returns the error that makes
// the run red.
func (j *Job) end(ctx context.Context, err error) error {
	c := j.Console
	if err != nil && fault.Of(err) != fault.Gate {
		j.note("%s", remark(err))
	}
	if j.skipped != nil {
		c.CI.Annotate(console.Annotation{Level: console.Notice, Title: "Gatewright skipped", Message: c.Redact.Clean(j.skipped.Error())})
		c.Say("skipped: %s", j.skipped)
		j.note("Skipped: %s", j.skipped)
	}
	status := j.status(err)
	if o := j.page.Outcome; (status == "ERROR" || status == "TIMEOUT") && (o == service.Passed || o == service.Warned) {
		j.page.Outcome = service.Unknown // the rules were met, and who else was to be asked has not answered
	}
	j.publish(ctx, status)
	if err == nil {
		return j.excuse("skipped", j.skipped)
	}
	tolerated, level := j.Tolerance.tolerates(err), console.Error
	if tolerated {
		level = console.Warning
	}
	c.CI.Annotate(console.Annotation{Level: level, Title: "Gatewright", Message: c.Redact.Clean(err.Error())})
	if tolerated {
		c.Warn("%s (exit 0 because of --fail-on-error=false)", err)
		return j.excuse("error", err)
	}
	return err
}

// remark is an error as a sentence on the page, with its way out.
func remark(err error) string {
	if hint := fault.Hint(err); hint != "" {
		return err.Error() + "; " + hint
	}
	return err.Error()
}

// excuse is the answer of a command that ends well without its result: one that
// promised JSON and has printed none says why there is none.
func (j *Job) excuse(status string, cause error) error {
	c := j.Console
	if cause == nil || !c.JSON || c.Answered() {
		return nil
	}
	return c.Print(map[string]string{"status": status, "reason": c.Redact.Clean(cause.Error())})
}

// Settle returns what is left of err for a command without a verdict: nothing
// where the user said that no token, or an error, is no reason to fail.
func (f Tolerance) Settle(c *console.Console, err error) error {
	j := Job{Console: c, Tolerance: f}
	switch {
	case err == nil:
		return nil
	case f.SkipIfNoToken && service.IsNoToken(err):
		c.Say("skipped: %s", err)
		return j.excuse("skipped", err)
	case f.tolerates(err):
		c.Warn("%s (exit 0 because of --fail-on-error=false)", err)
		return j.excuse("error", err)
	}
	return err
}

// status is the output quality-gate-status.
func (j *Job) status(err error) string {
	switch {
	case j.skipped != nil && j.page.Outcome == "" && err == nil:
		return "SKIPPED"
	case fault.Of(err) == fault.Timeout:
		return "TIMEOUT"
	case err != nil && fault.Of(err) != fault.Gate:
		return "ERROR"
	case j.page.Outcome == "":
		return string(service.None)
	default:
		return string(j.page.Outcome)
	}
}
