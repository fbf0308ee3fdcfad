package main

import (
	"fmt"
	"go/ast"
	"go/token"
	"go/types"
	"sort"
	"strings"
)

// A mutant is one small change of the source, switched on at run time.
type mutant struct {
	id     int
	file   string // base name
	line   int
	fn     string // the function it is in
	change string
}

// at is how a mutant is named wherever it is listed; only the line changes when code is moved.
func (m mutant) at() string { return fmt.Sprintf("%s:%d", m.file, m.line) }

func (m mutant) String() string { return fmt.Sprintf("%s %s: %s", m.file, m.fn, m.change) }

// An edit replaces src[at:end]. Edits of nested nodes compose: all of them insert text or replace an operator.
type edit struct {
	at, end int
	order   int // at one offset: closing text, then operators, then opening text
	text    string
}

const closing, operator, opening = 0, 1, 2

// instrument writes every mutant of one file into it. No line is added or joined, so that compile errors name the mutants of
// their line.
type instrument struct {
	fset    *token.FileSet
	info    *types.Info
	src     []byte
	file    string
	skip    map[string]bool // lines ("file:line") whose mutants did not compile
	next    *int
	mutants []mutant
	edits   []edit

	stack  []ast.Node
	closes []string          // what follows each node of the stack
	atoms  map[ast.Expr]bool // conditions to be negated
	errs   map[ast.Expr]bool // returned errors
	listed map[ast.Stmt]bool // statements of a block, which an if may go round
	fn     string
}

func (in *instrument) run(f *ast.File) []byte {
	in.atoms, in.errs, in.listed = map[ast.Expr]bool{}, map[ast.Expr]bool{}, map[ast.Stmt]bool{}
	ast.Inspect(f, func(n ast.Node) bool {
		if n == nil {
			top := in.stack[len(in.stack)-1]
			if text := in.closes[len(in.closes)-1]; text != "" {
				at := in.offset(top.End())
				in.edits = append(in.edits, edit{at, at, closing, text})
			}
			in.stack, in.closes = in.stack[:len(in.stack)-1], in.closes[:len(in.closes)-1]
			return true
		}
		switch d := n.(type) {
		case *ast.FuncDecl:
			in.fn = d.Name.Name
		case *ast.GenDecl:
			if len(in.stack) == 1 {
				in.fn = "var"
			}
		}
		in.stack, in.closes = append(in.stack, n), append(in.closes, "")
		in.mark(n)
		in.visit(n)
		return true
	})
	sort.SliceStable(in.edits, func(i, j int) bool {
		a, b := in.edits[i], in.edits[j]
		return a.at < b.at || a.at == b.at && a.order < b.order
	})
	var out strings.Builder
	last := 0
	for _, e := range in.edits {
		out.Write(in.src[last:e.at])
		out.WriteString(e.text)
		last = e.end
	}
	out.Write(in.src[last:])
	return []byte(out.String())
}

// visit adds the mutants of n itself.
func (in *instrument) visit(n ast.Node) {
	switch n := n.(type) {
	case *ast.BinaryExpr:
		in.binary(n)
	case *ast.IncDecStmt:
		in.step(n)
	case *ast.ExprStmt:
		if call, ok := n.X.(*ast.CallExpr); ok && in.listed[n] && in.text(call.Fun) != "panic" {
			in.delete(n)
		}
	case *ast.AssignStmt:
		if n.Tok != token.DEFINE && in.listed[n] && in.text(n.Lhs[0]) != "_" {
			in.delete(n)
		}
	case *ast.ReturnStmt:
		in.tuple(n)
	case *ast.BranchStmt:
		in.branch(n)
	}
	e, ok := n.(ast.Expr)
	if !ok || in.constant(e) && in.text(e) != "true" && in.text(e) != "false" {
		return
	}
	if b, isBinary := n.(*ast.BinaryExpr); in.atoms[e] && !(isBinary && (logical(b.Op) || negated[b.Op] != "")) {
		in.wrap(e, "(mutOn(%d) != (", "))", "negated "+in.text(e))
	}
	if in.errs[e] {
		in.wrap(e, "mutNil(%d, ", ")", "nil for "+in.text(e))
	}
}

var (
	negated  = map[token.Token]string{token.EQL: "!=", token.NEQ: "==", token.LSS: ">=", token.GEQ: "<", token.GTR: "<=", token.LEQ: ">"}
	boundary = map[token.Token]string{token.LSS: "<=", token.GEQ: ">", token.GTR: ">=", token.LEQ: "<"}
	opposite = map[token.Token]string{token.ADD: "-", token.SUB: "+", token.MUL: "/", token.QUO: "*", token.REM: "*"}
)

func logical(op token.Token) bool { return op == token.LAND || op == token.LOR }

func (in *instrument) binary(n *ast.BinaryExpr) {
	if in.constant(n) {
		return
	}
	text := func(op string) string { return in.text(n) + " → " + in.text(n.X) + " " + op + " " + in.text(n.Y) }
	switch {
	case logical(n.Op):
		other := map[token.Token]string{token.LAND: "||", token.LOR: "&&"}[n.Op]
		in.call(n, [3]string{fmt.Sprintf("mutLogic(%%d, %t, ", n.Op == token.LAND), ", func() bool { return (", ") })"}, text(other))
	case negated[n.Op] != "":
		in.wrap(n, "(mutOn(%d) != (", "))", text(negated[n.Op]))
		if boundary[n.Op] != "" {
			in.call(n, [3]string{fmt.Sprintf("mutOrder(%%d, %q, ", n.Op), ", ", ")"}, text(boundary[n.Op]))
		}
	case opposite[n.Op] != "" && in.numeric(n):
		open := fmt.Sprintf("mutArith(%%d, '%s', ", n.Op)
		if n.Op == token.REM {
			open = "mutRem(%d, "
		}
		in.call(n, [3]string{open, ", ", ")"}, text(opposite[n.Op]))
	}
}

// call turns "x op y" into a call, by text before x, between x and y, and after y.
func (in *instrument) call(n *ast.BinaryExpr, text [3]string, change string) {
	if in.wrap(n, text[0], text[2], change) {
		at := in.offset(n.OpPos)
		in.edits = append(in.edits, edit{at, at + len(n.Op.String()), operator, text[1]})
	}
}

func (in *instrument) step(n *ast.IncDecStmt) {
	other := map[token.Token]string{token.INC: "--", token.DEC: "++"}[n.Tok]
	open, text := "mutStep(%d, &", fmt.Sprintf(", %d)", map[token.Token]int{token.INC: 1, token.DEC: -1}[n.Tok])
	if index, ok := n.X.(*ast.IndexExpr); ok {
		if _, isMap := in.info.TypeOf(index.X).Underlying().(*types.Map); isMap { // no address: leave the step out instead
			in.delete(n)
			return
		}
	}
	if in.wrap(n, open, text, in.text(n)+" → "+in.text(n.X)+other) {
		at := in.offset(n.TokPos)
		in.edits = append(in.edits, edit{at, at + 2, operator, ""})
	}
}

func (in *instrument) delete(n ast.Stmt) {
	in.wrap(n, "if !mutOn(%d) { ", " }", "deleted "+in.text(n))
}

// tuple drops the error of "return f()", where f returns several values.
func (in *instrument) tuple(n *ast.ReturnStmt) {
	if len(n.Results) != 1 {
		return
	}
	t, ok := in.info.TypeOf(n.Results[0]).(*types.Tuple)
	if !ok || t.At(t.Len()-1).Type().String() != "error" || !in.returnsError(t.Len()) {
		return
	}
	var names []string
	for i := range t.Len() {
		names = append(names, fmt.Sprintf("mut%d", i))
	}
	err, all := names[len(names)-1], strings.Join(names, ", ")
	id := *in.next
	if in.wrap(n, "{ mutOn(%d); "+all+" := ", fmt.Sprintf("; if mutOn(%d) { %s = nil }; return %s }", id, err, all),
		"nil for the error of "+in.text(n.Results[0])) {
		at := in.offset(n.Pos())
		in.edits = append(in.edits, edit{at, at + len("return"), opening, ""})
	}
}

func (in *instrument) branch(n *ast.BranchStmt) {
	if n.Label != nil || !in.listed[n] || n.Tok != token.BREAK && n.Tok != token.CONTINUE {
		return
	}
	other := map[token.Token]string{token.BREAK: "continue", token.CONTINUE: "break"}[n.Tok]
	for i := len(in.stack) - 1; i >= 0; i-- {
		switch loop := in.stack[i].(type) {
		case *ast.ForStmt:
			if loop.Cond != nil || n.Tok == token.BREAK { // with a break in it, an endless loop would end its function
				in.wrap(n, "if mutOn(%d) { "+other+" }; ", "", in.text(n)+" → "+other)
			}
			return
		case *ast.RangeStmt:
			in.wrap(n, "if mutOn(%d) { "+other+" }; ", "", in.text(n)+" → "+other)
			return
		case *ast.FuncLit, *ast.FuncDecl:
			return
		}
	}
}

// wrap adds a mutant with text round n, and reports whether n's line may be changed at all.
func (in *instrument) wrap(n ast.Node, open, end, change string) bool {
	m := mutant{*in.next, in.file, in.fset.Position(n.Pos()).Line, in.fn, change}
	if in.skip[m.at()] {
		return false
	}
	*in.next++
	in.mutants = append(in.mutants, m)
	at := in.offset(n.Pos())
	in.edits = append(in.edits, edit{at, at, opening, fmt.Sprintf(open, m.id)})
	in.closes[len(in.closes)-1] = end + in.closes[len(in.closes)-1]
	return true
}
