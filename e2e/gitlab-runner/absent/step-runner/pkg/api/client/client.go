// Package client is absent: what the step runner is asked and answers.
package client

import "time"

// RunRequest asks for steps.
type RunRequest struct {
	Id, WorkDir, BuildDir, Steps string
	Timeout                      *time.Duration
	Env                          map[string]string
	Variables                    []Variable
}

// Variable is one of the job.
type Variable struct {
	Key, Value   string
	File, Masked bool
}

// State and ErrorKind say how steps ended.
type (
	State     int
	ErrorKind int
)

// The states and kinds of error.
const (
	StateSuccess State = iota
	StateCancelled
)

const (
	ErrorUnknown ErrorKind = iota
	ErrorInternal
	ErrorStepFailure
	ErrorCancelled
	ErrorTimeout
)

func (State) String() string { return "" }

// Status is how steps ended.
type Status struct {
	State     State
	ErrorKind ErrorKind
	Message   string
}
