// Package runner is absent: what a step of the runner's own is given.
package runner

import (
	"context"
	"io"
	"time"

	"gitlab.com/gitlab-org/step-runner/proto"
	"google.golang.org/protobuf/types/known/structpb"
)

// Kind is an input's type.
type Kind int

// KindString is text.
const KindString Kind = 0

// BuiltinResult is what a step gives.
type BuiltinResult struct{}

// A BuiltinFunction is a step of the runner's own.
type BuiltinFunction interface {
	Spec() *proto.Spec
	Run(context.Context, BuiltinContext) (BuiltinResult, error)
}

// A BuiltinContext is what it is given.
type BuiltinContext interface {
	GetInput(string, Kind) (*structpb.Value, error)
	GetJobVars() map[string]*structpb.Value
	GetEnvs() map[string]string
	GracefulExitDelay() time.Duration
	ListenCancel(context.Context) (context.Context, context.CancelFunc)
	Pipe() (stdout, stderr io.Writer)
	WorkDir() string
}
