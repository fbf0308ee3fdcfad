// Package ast is absent: the syntax of moa.
package ast

// An Expr is never made.
type Expr interface {
	Walk(Visitor) (Expr, error)
}

// A Visitor sees the parts of an Expr.
type Visitor interface {
	Enter(Expr) (Visitor, error)
	Exit(Expr) (Expr, error)
}

// Template is the part that is filled in.
type Template struct{ Expr }
