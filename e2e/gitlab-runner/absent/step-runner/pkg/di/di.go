// Package di is absent: it puts the step runner together.
package di

import (
	"errors"
	"log/slog"

	"gitlab.com/gitlab-org/step-runner/pkg/runner"
	"gitlab.com/gitlab-org/step-runner/proto"
)

// A Container holds nothing.
type Container struct{}

// The options change nothing.
func WithBuiltinFunc(string, runner.BuiltinFunction) func(*Container) { return nil }

func WithOperatorLogger(*slog.Logger) func(*Container) { return nil }

// NewContainer makes a Container.
func NewContainer(...func(*Container)) *Container { return nil }

// StepRunnerService refuses.
func (*Container) StepRunnerService() (proto.StepRunnerServer, error) {
	return nil, errors.ErrUnsupported
}
