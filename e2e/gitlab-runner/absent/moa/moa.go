// Package moa is absent: the language of ${{ job.inputs.… }}, which a job without inputs does not reach.
package moa

import (
	"errors"

	"gitlab.com/gitlab-org/moa/ast"
)

// ParseTemplate refuses.
func ParseTemplate(string) (ast.Expr, error) { return nil, errors.ErrUnsupported }

// EscapeTemplate leaves the text as it is.
func EscapeTemplate(text string) string { return text }
