package job

import (
	"context"
	"errors"
	"time"

	"github.com/gatewright/gatewright/internal/ci"
	"github.com/gatewright/gatewright/internal/console"
	"github.com/gatewright/gatewright/internal/fault"
	"github.com/gatewright/gatewright/internal/service"
)

// end publishes, whatever happened, and only then returns the error that makes
// the run red.
func (j *Job) end(ctx context.Context, err error) error {
	c := j.Console
	// Whatever the interruption broke, or made late, is no fault of the service's.
	if ctx.Err() != nil && fault.Of(err) != fault.Gate {
		err = fault.As(fault.Of(ctx.Err()), err)
	}
	// A failed gate is the page's own content; every other reason has no place on it
	// unless it is noted.
	if err != nil && fault.Of(err) != fault.Gate {
		j.note("%s", fault.Text(err))
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
	// Published first: a job that is red and says nowhere why helps nobody.
	j.publish(ctx, status)
	if err == nil {
		return j.excuse("skipped", j.skipped)
	}
	tolerated, level := j.Tolerance.tolerates(err), console.Error
	if tolerated {
		level = console.Warning
	}
	c.CI.Annotate(console.Annotation{Level: level, Title: "Gatewright", Message: c.Redact.Clean(err.Error())})
	return j.unless(tolerated, err)
}

// unless returns the error, but where it is tolerated: then it is a warning.
func (j *Job) unless(tolerated bool, err error) error {
	if !tolerated {
		return err
	}
	j.Console.Warn("%s (exit 0 because of --fail-on-error=false)", err)
	return j.excuse("error", err)
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
	}
	return j.unless(f.tolerates(err), err)
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
	// Nothing was judged, and that is not PASSED.
	case j.page.Outcome == "":
		return string(service.None)
	default:
		return string(j.page.Outcome)
	}
}

// Wait bounds how long a command waits for the service.
type Wait struct {
	Timeout      time.Duration `default:"10m" placeholder:"DURATION" help:"Longest wait for the service in all, 10m if not given; when it passes the exit code is 5, never 0."`
	PollInterval time.Duration `placeholder:"DURATION" help:"Time between two questions. Without it, what suits the service."`
}

// wait returns how services are to be waited for, telling the user.
func (f Wait) wait(c *console.Console) service.Wait {
	return service.Wait{Interval: f.PollInterval, Progress: func(text string) { c.Say("%s", text) }}
}

// Check refuses times that make no sense.
func (f Wait) Check() error {
	if f.Timeout <= 0 {
		return fault.Errorf(fault.Input, "--timeout must be longer than 0, for example 10m")
	}
	if f.PollInterval < 0 {
		return fault.Errorf(fault.Input, "--poll-interval must not be negative")
	}
	return nil
}

// Tolerance says which troubles may leave the job green.
type Tolerance struct {
	FailOnError   bool `default:"true" negatable:"" help:"Exit with an error when the service cannot be used or a report is not there. With --fail-on-error=false that is only a warning; a setting that is wrong, or a pack of another run, is an error all the same."`
	SkipIfNoToken bool `name:"skip-if-no-token" help:"Do nothing and exit 0 when there is no token at all, as in a pull request from a fork."`

	// SkipWithheld is SkipIfNoToken for runs that have no secrets.
	SkipWithheld bool `kong:"-"`
}

// skips reports whether a run without any token passes: forks and Dependabot
// are given no secrets, and a job must not be red for that.
func (f Tolerance) skips(run ci.Run) bool {
	return f.SkipIfNoToken || f.SkipWithheld && run.SecretsWithheld
}

// tolerates reports whether the job stays green in spite of err. A failed gate,
// a bug of ours and a run that was stopped never pass. Nor does a setting: nothing
// would be judged or sent, and the job green.
func (f Tolerance) tolerates(err error) bool {
	if errors.As(err, new(fault.Setting)) {
		return false
	}
	// --fail-on-error=false is for a service that is down. A gate has its own flag;
	// a bug and an interrupt are not the service's.
	switch fault.Of(err) {
	case fault.Gate, fault.Bug, fault.Stopped:
		return false
	}
	return !f.FailOnError
}
