package cli

import (
	"context"
	"time"

	"github.com/gatewright/gatewright/internal/fault"
	"github.com/gatewright/gatewright/internal/service"
)

// WaitFlags bound how long a command waits for the service.
type WaitFlags struct {
	Timeout      time.Duration `default:"10m" placeholder:"DURATION" help:"Longest wait for the service in all, 10m if not given; when it passes the exit code is 5, never 0."`
	PollInterval time.Duration `placeholder:"DURATION" help:"Time between two questions. Without it, what suits the service."`
}

// bound gives the context its deadline.
func (f WaitFlags) bound(ctx context.Context) (context.Context, context.CancelFunc) {
	return context.WithTimeout(ctx, f.Timeout)
}

func (f WaitFlags) wait(a *App) service.Wait {
	return service.Wait{Interval: f.PollInterval, Progress: func(text string) { a.say("%s", text) }}
}

// check refuses times that make no sense.
func (f WaitFlags) check() error {
	if f.Timeout <= 0 {
		return fault.Errorf(fault.Input, "--timeout must be longer than 0, for example 10m")
	}
	if f.PollInterval < 0 {
		return fault.Errorf(fault.Input, "--poll-interval must not be negative")
	}
	return nil
}

// ToleranceFlags say which troubles may leave the job green.
type ToleranceFlags struct {
	FailOnError   bool `default:"true" negatable:"" help:"Exit with an error when the service cannot be used. With --fail-on-error=false trouble is only a warning."`
	SkipIfNoToken bool `name:"skip-if-no-token" help:"Do nothing and exit 0 when there is no token at all, as in a pull request from a fork."`
}

// settle turns an error into what the user asked for: a notice, a warning, or
// the error itself. A failed gate and a bug of ours always stay.
func (f ToleranceFlags) settle(a *App, err error) error {
	switch {
	case err == nil:
		return nil
	case f.SkipIfNoToken && isNoToken(err):
		a.say("skipped: %s", err)
		return a.excused("skipped", err)
	case f.FailOnError:
		return err
	}
	if kind := fault.Of(err); kind == fault.Gate || kind == fault.Bug {
		return err
	}
	a.warn("%s (exit 0 because of --fail-on-error=false)", err)
	return a.excused("error", err)
}

// excused is the answer of a command that ends well without its result: one
// that promised JSON and has printed none says why there is none.
func (a *App) excused(status string, cause error) error {
	if !a.JSON || a.Answered() {
		return nil
	}
	return a.printJSON(map[string]string{"status": status, "reason": a.Redact.Clean(cause.Error())})
}
