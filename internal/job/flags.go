package job

import (
	"fmt"
	"time"

	"github.com/gatewright/gatewright/internal/ci"
	"github.com/gatewright/gatewright/internal/console"
	"github.com/gatewright/gatewright/internal/fault"
	"github.com/gatewright/gatewright/internal/service"
)

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
	FailOnError   bool `default:"true" negatable:"" help:"Exit with an error when the service cannot be used. With --fail-on-error=false trouble is only a warning."`
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
// a bug of ours and a run that was stopped never pass.
func (f Tolerance) tolerates(err error) bool {
	switch fault.Of(err) {
	case fault.Gate, fault.Bug, fault.Stopped:
		return false
	}
	return !f.FailOnError
}

// count is "1 file", "2 files".
func count(n int, noun string) string {
	if n == 1 {
		return "1 " + noun
	}
	return fmt.Sprintf("%d %ss", n, noun)
}
