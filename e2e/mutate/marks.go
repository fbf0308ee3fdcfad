package main

import (
	"go/ast"
	"go/token"
	"go/types"
	"strings"
)

// mark notes which children of n are conditions, returned errors and statements of a block.
func (in *instrument) mark(n ast.Node) {
	switch n := n.(type) {
	case *ast.IfStmt:
		in.condition(n.Cond)
	case *ast.ForStmt:
		in.condition(n.Cond)
	case *ast.SwitchStmt:
		for _, c := range n.Body.List {
			for _, e := range c.(*ast.CaseClause).List {
				if n.Tag == nil {
					in.condition(e)
				}
			}
		}
	case *ast.BinaryExpr:
		if n.Op == token.LAND || n.Op == token.LOR {
			in.condition(n.X)
			in.condition(n.Y)
		}
	case *ast.ReturnStmt:
		for i, e := range n.Results {
			switch t := in.info.TypeOf(e); {
			case t == types.Typ[types.Bool] || t == types.Typ[types.UntypedBool]:
				in.atoms[ast.Unparen(e)] = true
			case i == len(n.Results)-1 && in.returnsError(len(n.Results)) && !in.isNil(e):
				in.errs[e] = true
			}
		}
	case *ast.BlockStmt:
		in.list(n.List)
	case *ast.CaseClause:
		in.list(n.Body)
	case *ast.CommClause:
		in.list(n.Body)
	}
}

func (in *instrument) condition(e ast.Expr) {
	if e == nil {
		return
	}
	e = ast.Unparen(e)
	if not, ok := e.(*ast.UnaryExpr); ok && not.Op == token.NOT {
		e = ast.Unparen(not.X)
	}
	in.atoms[e] = true
}

func (in *instrument) list(stmts []ast.Stmt) {
	for _, s := range stmts {
		in.listed[s] = true
	}
}

func (in *instrument) offset(p token.Pos) int { return in.fset.Position(p).Offset }

func (in *instrument) text(n ast.Node) string {
	return strings.Join(strings.Fields(string(in.src[in.offset(n.Pos()):in.offset(n.End())])), " ")
}

func (in *instrument) constant(e ast.Expr) bool {
	tv := in.info.Types[e]
	return tv.Value != nil || tv.IsType()
}

func (in *instrument) numeric(e ast.Expr) bool {
	b, ok := in.info.TypeOf(e).Underlying().(*types.Basic)
	return ok && b.Info()&(types.IsInteger|types.IsFloat) != 0
}

func (in *instrument) isNil(e ast.Expr) bool { return in.info.Types[e].IsNil() }

// returnsError reports whether the function round the top of the stack has n results, the last of them an error.
func (in *instrument) returnsError(n int) bool {
	for i := len(in.stack) - 1; i >= 0; i-- {
		var results *ast.FieldList
		switch f := in.stack[i].(type) {
		case *ast.FuncDecl:
			results = f.Type.Results
		case *ast.FuncLit:
			results = f.Type.Results
		default:
			continue
		}
		return results.NumFields() == n && in.info.TypeOf(results.List[len(results.List)-1].Type).String() == "error"
	}
	return false
}
