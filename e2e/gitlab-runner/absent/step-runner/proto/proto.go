// Package proto is absent: how the step runner is spoken to.
package proto

import "google.golang.org/grpc"

// ValueType is an input's type.
type ValueType int

// ValueType_string is text.
const ValueType_string ValueType = 0

// Spec says which inputs a step has.
type (
	Spec         struct{ Spec *Spec_Content }
	Spec_Content struct {
		Inputs map[string]*Spec_Content_Input
	}
	Spec_Content_Input struct{ Type ValueType }
)

// StepRunnerServer runs no step.
type StepRunnerServer interface{}

// RegisterStepRunnerServer leaves the server as it is.
func RegisterStepRunnerServer(grpc.ServiceRegistrar, StepRunnerServer) {}
