package cli

import (
	"fmt"
	"reflect"
	"strconv"
	"strings"
	"time"

	"github.com/alecthomas/kong"

	"github.com/gatewright/gatewright/internal/job"
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

// pullFlag reads the number of a pull request. A blank one counts as not given: a script has
// it from the CI, which has none on a push. Other numbers are limits, and a blank one would be none.
func pullFlag(ctx *kong.DecodeContext, target reflect.Value) error {
	var text string
	if err := ctx.Scan.PopValueInto("number", &text); err != nil || strings.TrimSpace(text) == "" {
		return err
	}
	n, err := strconv.Atoi(text)
	if err != nil || n < 0 {
		return fmt.Errorf("%q is no number of a pull request", text)
	}
	target.SetInt(int64(n))
	return nil
}

// durationFlag reads seconds, as the inputs of the CI packages do, or a Go duration.
func durationFlag(ctx *kong.DecodeContext, target reflect.Value) error {
	var text string
	if err := ctx.Scan.PopValueInto("duration", &text); err != nil {
		return err
	}
	d, err := time.ParseDuration(text)
	if n, nerr := strconv.Atoi(text); nerr == nil {
		d, err = time.Duration(n)*time.Second, nil
	}
	if err != nil {
		return fmt.Errorf("%q is no time; write seconds (300) or a number with s, m or h (5m)", text)
	}
	target.SetInt(int64(d))
	return nil
}

// whenFlag reads --comment, --comment=on-failure and the like.
type whenFlag struct{}

// IsBool lets the flag stand without a value.
func (whenFlag) IsBool() bool { return true }

// Decode is part of kong.Mapper.
func (whenFlag) Decode(ctx *kong.DecodeContext, target reflect.Value) error {
	text := "true"
	if ctx.Scan.Peek().Type == kong.FlagValueToken {
		text = fmt.Sprint(ctx.Scan.Pop().Value)
	}
	w, err := job.ParseWhen(strings.ToLower(text))
	target.SetString(string(w))
	return err
}
