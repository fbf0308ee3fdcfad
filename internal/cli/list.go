package cli

import (
	"fmt"
	"reflect"

	"github.com/alecthomas/kong"
)

// listFlag reads lists as kong does, but for a separator between braces, which
// is part of a glob: src/{a,b}/*.go is one.
type listFlag struct{}

// Decode is part of kong.Mapper.
func (listFlag) Decode(ctx *kong.DecodeContext, target reflect.Value) error {
	add := func(items ...string) { target.Set(reflect.AppendSlice(target, reflect.ValueOf(items))) }
	if ctx.Value.Flag == nil {
		for _, t := range ctx.Scan.PopWhile(func(t kong.Token) bool { return t.IsValue() }) {
			add(t.String())
		}
		return nil
	}
	t := ctx.Scan.Pop()
	if t.IsEOL() {
		return fmt.Errorf(`missing value, expecting "<arg>"`)
	}
	switch v := t.Value.(type) {
	case []any:
		for _, item := range v {
			add(fmt.Sprint(item))
		}
	default:
		add(kong.SplitEscaped(escapeBraced(fmt.Sprint(v), ctx.Value.Tag.Sep), ctx.Value.Tag.Sep)...)
	}
	return nil
}

// escapeBraced escapes the separators between braces, so that none of them
// splits.
func escapeBraced(s string, sep rune) string {
	var out []rune
	depth := 0
	for _, r := range s {
		switch {
		case r == '{':
			depth++
		case r == '}':
			depth = max(depth-1, 0)
		case r == sep && depth > 0 && (len(out) == 0 || out[len(out)-1] != '\\'):
			out = append(out, '\\')
		}
		out = append(out, r)
	}
	return string(out)
}
