package rest

import (
	"bytes"
	"encoding/json"
	"reflect"
	"strconv"
	"strings"
)

// Shaper is what an answer of several shapes is decoded into: Shape returns the
// pointer to decode text into.
type Shaper interface {
	Shape(text []byte) any
}

// lacking returns the path of a field that the answer must hold and does not,
// "" if there is none. Such fields of out are tagged rest:"required": an answer
// without them came from something else, and is not one that found nothing.
// null stands for a pointer alone. body is valid JSON.
func lacking(body []byte, t reflect.Type) string {
	// encoding/json takes null for the zero value of every type, and so an answer
	// without anything for one with nothing in it.
	body = bytes.TrimSpace(body)
	null := string(body) == "null"
	switch {
	case t.Kind() == reflect.Pointer && null:
		return ""
	case t.Kind() == reflect.Pointer:
		return lacking(body, t.Elem())
	case null && (t.Kind() == reflect.Slice || t.Kind() == reflect.Map || t.Kind() == reflect.Struct) && t != reflect.TypeFor[json.RawMessage]():
		return "anything"
	case t.Kind() == reflect.Slice && t.Elem().Kind() == reflect.Struct && body[0] == '[':
		i := 0
		for item := range values(body) {
			if inner := lacking(item, t.Elem()); inner != "" {
				return strconv.Itoa(i) + "." + inner
			}
			i++
		}
		return ""
	case t.Kind() != reflect.Struct:
		return ""
	}
	wanted := required(t)
	members(body, wanted)
	for _, f := range wanted {
		if len(f.value) == 0 || string(f.value) == "null" {
			return f.name
		}
		if inner := lacking(f.value, f.of); inner != "" {
			return f.name + "." + inner
		}
	}
	return ""
}

// field is one that must be there, and what an answer has for it.
type field struct {
	name  string
	of    reflect.Type
	value []byte
}

// required returns the fields of a struct that must be there. An embedded struct
// is not looked into: no answer's type has one with such fields.
func required(t reflect.Type) (out []field) {
	for i := range t.NumField() {
		if f := t.Field(i); f.Tag.Get("rest") == "required" {
			name, _, _ := strings.Cut(f.Tag.Get("json"), ",")
			out = append(out, field{name: name, of: f.Type})
		}
	}
	return out
}

// members fills in the values that an object has for the fields, the last of
// each name; body may be something else.
func members(body []byte, fields []field) {
	if len(fields) == 0 || body[0] != '{' {
		return
	}
	var at *field
	isName := false
	for part := range values(body) {
		if isName = !isName; !isName {
			if at != nil {
				at.value = part
			}
			continue
		}
		at = nil
		for i := range fields {
			if named(part, fields[i].name) {
				at = &fields[i]
			}
		}
	}
}

// named reports whether a JSON string is the name.
func named(quoted []byte, name string) bool {
	if bytes.IndexByte(quoted, '\\') < 0 {
		return len(quoted) == len(name)+2 && string(quoted[1:len(quoted)-1]) == name
	}
	var text string
	return json.Unmarshal(quoted, &text) == nil && text == name
}

// values yields the items of an array, or the names and values of an object in
// turn. It takes body to be valid, so that it can go from one to the next: lists
// of megabytes come here, and json.RawMessage would copy and scan each row twice.
func values(body []byte) func(yield func([]byte) bool) {
	return func(yield func([]byte) bool) {
		for at := 1; at < len(body); {
			switch body[at] {
			case ' ', '\t', '\r', '\n', ',', ':', ']', '}':
				at++
			default:
				end := at + valueLen(body[at:])
				if !yield(body[at:end]) {
					return
				}
				at = end
			}
		}
	}
}

// valueLen is the length of the value that text begins with, of a cut one that of
// all: whatever comes, it ends.
func valueLen(text []byte) int {
	switch text[0] {
	case '"':
		return stringLen(text)
	case '{', '[':
		depth := 0
		for at := 0; at < len(text); at++ {
			switch text[at] {
			case '"':
				at += stringLen(text[at:]) - 1
			case '{', '[':
				depth++
			case '}', ']':
				if depth--; depth == 0 {
					return at + 1
				}
			}
		}
		return len(text)
	default:
		if n := bytes.IndexAny(text, ",]} \t\r\n"); n > 0 {
			return n
		}
		return len(text)
	}
}

// stringLen is the length of the string that text begins with, quotes included.
func stringLen(text []byte) int {
	for at := 1; at < len(text); {
		n := bytes.IndexByte(text[at:], '"')
		if n < 0 {
			break
		}
		escapes := 0
		for text[at+n-1-escapes] == '\\' { // a quote stands before the first
			escapes++
		}
		at += n + 1
		if escapes%2 == 0 {
			return at
		}
	}
	return len(text)
}
