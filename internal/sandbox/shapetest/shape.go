// Package shapetest compares answers by their shape: which keys there are, and
// of what type. It serves tests that hold a stand-in to recorded answers and to
// a real server.
package shapetest

import (
	"encoding/json"
	"fmt"
	"slices"
	"strings"
	"testing"
)

// Shape is what is known of an answer, in the form in which recorded shapes are
// kept: "string|null" for a value; for an object a map from its keys, "x?"
// where x is there at times only and "*" for any key; "@" is the type of an
// object or array itself and "[]" the shape of its items.
type Shape any

// Kind says in what an answer differs from a shape.
type Kind string

// The kinds. Invented and Never are no faults by themselves: what a recording
// lacks may exist, and what it has at times need not be played.
const (
	Missing  Kind = "missing"  // always there, never here
	Type     Kind = "type"     // another type, or null where there is none
	Invented Kind = "invented" // never there
	Never    Kind = "never"    // there at times, not here
)

// Difference is one way in which an answer differs.
type Difference struct {
	Kind Kind
	Path string // "values[].owner.login"
	Want string // types of the shape
	Have string // type of the answer
}

// String is the difference in one line.
func (d Difference) String() string {
	if d.Kind == Type {
		return fmt.Sprintf("%s: %s there, %s here", d.Path, d.Want, d.Have)
	}
	return string(d.Kind) + " " + d.Path
}

// Parse reads an answer's JSON, numbers as they are written.
func Parse(t testing.TB, text []byte) any {
	t.Helper()
	if len(text) == 0 {
		return nil
	}
	var v any
	dec := json.NewDecoder(strings.NewReader(string(text)))
	dec.UseNumber()
	if err := dec.Decode(&v); err != nil {
		t.Fatalf("%v in %.200s", err, text)
	}
	return v
}

// Of returns the shape of an answer. Items of an array are one shape, whose
// keys that some lack are optional.
func Of(v any) Shape {
	switch v := v.(type) {
	case map[string]any:
		out := map[string]any{}
		for k, x := range v {
			out[k] = Of(x)
		}
		return out
	case []any:
		var item Shape
		for i, x := range v {
			if s := Of(x); i == 0 {
				item = s
			} else {
				item = join(item, s)
			}
		}
		if item == nil {
			return "array"
		}
		return map[string]any{"@": "array", "[]": item}
	default:
		return typeOf(v)
	}
}

// join is a shape that fits what either fits.
func join(a, b Shape) Shape {
	am, aok := a.(map[string]any)
	bm, bok := b.(map[string]any)
	if !aok || !bok {
		return strings.Join(slices.Compact(slices.Sorted(slices.Values(append(typesOf(a), typesOf(b)...)))), "|")
	}
	out := map[string]any{}
	for k, x := range am {
		name := strings.TrimSuffix(k, "?")
		if y, both := either(bm, name); both {
			out[k] = join(x, y)
		} else {
			out[name+"?"] = x
		}
	}
	for k, y := range bm {
		if _, both := either(am, strings.TrimSuffix(k, "?")); !both {
			out[strings.TrimSuffix(k, "?")+"?"] = y
		}
	}
	return out
}

func either(m map[string]any, name string) (any, bool) {
	if v, ok := m[name]; ok {
		return v, true
	}
	v, ok := m[name+"?"]
	return v, ok
}

// Compare returns how an answer differs from a shape.
func Compare(s Shape, v any) []Difference {
	var out []Difference
	compare(s, v, "", &out)
	return out
}

func compare(s Shape, v any, at string, out *[]Difference) {
	want, have := typesOf(s), typeOf(v)
	if !fits(want, have) {
		*out = append(*out, Difference{Type, at, strings.Join(want, "|"), have})
		return
	}
	shape, isMap := s.(map[string]any)
	if !isMap {
		return
	}
	switch v := v.(type) {
	case []any:
		if item, ok := shape["[]"]; ok {
			for _, x := range v {
				compare(item, x, at+"[]", out)
			}
		}
	case map[string]any:
		compareObject(shape, v, at, out)
	}
}

func compareObject(shape, v map[string]any, at string, out *[]Difference) {
	below := func(k string) string { return strings.TrimPrefix(at+"."+k, ".") }
	for k, s := range shape {
		name := strings.TrimSuffix(k, "?")
		x, there := v[name]
		switch {
		case k == "@" || k == "[]":
		case name == "*":
			for _, x := range v {
				compare(s, x, below("*"), out)
			}
		case there:
			compare(s, x, below(name), out)
		case k == name:
			*out = append(*out, Difference{Missing, below(name), "", ""})
		default:
			*out = append(*out, Difference{Never, below(name), "", ""})
		}
	}
	if _, any_ := shape["*"]; any_ || len(shape) == 0 {
		return
	}
	for k := range v {
		if _, known := either(shape, k); !known {
			*out = append(*out, Difference{Invented, below(k), "", ""})
		}
	}
}

func fits(want []string, have string) bool {
	number := have == "integer" && slices.Contains(want, "number") || have == "number" && slices.Contains(want, "integer")
	return number || slices.Contains(want, have) || slices.Contains(want, "")
}

func typesOf(s Shape) []string {
	switch s := s.(type) {
	case string:
		return strings.Split(s, "|")
	case map[string]any:
		if t, ok := s["@"].(string); ok {
			return strings.Split(t, "|")
		}
		return []string{"object"}
	default:
		return []string{"null"}
	}
}

func typeOf(v any) string {
	switch v := v.(type) {
	case nil:
		return "null"
	case bool:
		return "boolean"
	case string:
		return "string"
	case json.Number:
		if strings.ContainsAny(v.String(), ".eE") {
			return "number"
		}
		return "integer"
	case []any:
		return "array"
	default:
		return "object"
	}
}
