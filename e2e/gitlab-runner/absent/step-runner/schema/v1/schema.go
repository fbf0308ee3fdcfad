// Package schema is absent: what the keyword run holds. The component's jobs have a script instead.
package schema

// StepInputs are a step's inputs.
type StepInputs map[string]any

// A Step is one of the keyword run.
type Step struct {
	Name   *string
	Step   any
	Inputs StepInputs
	Run    []Step
}
