// Package expression is absent: ${{ job.inputs.… }} is worked out by it, of which a job without inputs has none.
package expression

import (
	"errors"

	"gitlab.com/gitlab-org/moa/ast"
	"gitlab.com/gitlab-org/moa/value"
)

// Sensitive marks a value.
const Sensitive uint16 = 1

// Input is one of a job.
type Input struct {
	Key   string
	Value value.Value
}

// An Evaluator works nothing out.
type Evaluator struct{}

// NewEvaluator is made for no inputs, too.
func NewEvaluator(value.Value) (*Evaluator, error) { return &Evaluator{}, nil }

// Eval refuses.
func (*Evaluator) Eval(string, ast.Expr) (value.Value, error) {
	return value.Value{}, errors.ErrUnsupported
}
