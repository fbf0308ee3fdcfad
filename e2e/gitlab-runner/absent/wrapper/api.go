// Package api is absent: how a wrapper around the runner is told to end it.
package api

import (
	"context"
	"errors"

	"github.com/sirupsen/logrus"
)

// Status is the wrapped runner's.
type Status int

// The statuses.
const (
	StatusUnknown Status = iota
	StatusRunning
	StatusInShutdown
	StatusStopped
)

func (Status) String() string { return "" }

// ErrProcessNotInitialized says that nothing runs.
var ErrProcessNotInitialized = errors.ErrUnsupported

// A ShutdownCallback is told of the end.
type ShutdownCallback interface{ Run(context.Context) }

// A ShutdownCallbackDef says whom to tell.
type ShutdownCallbackDef interface {
	URL() string
	Method() string
}

// An InitGracefulShutdownRequest asks for the end.
type InitGracefulShutdownRequest interface{ ShutdownCallbackDef() ShutdownCallbackDef }

// NewShutdownCallback makes none.
func NewShutdownCallback(logrus.FieldLogger, ShutdownCallbackDef) ShutdownCallback { return nil }
