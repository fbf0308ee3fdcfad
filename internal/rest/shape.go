package rest

import (
	"bytes"
	"encoding/json"
	"reflect"
	"strconv"
	"strings"
)

// lacking returns the path of a field that the answer must hold and does not,
// "" if there is none. Such fields of out are tagged rest:"required": an answer
// without them came from something else, and is not one that found nothing.
// null stands for a pointer alone.
func lacking(body []byte, t reflect.Type) string {
	null := bytes.Equal(bytes.TrimSpace(body), []byte("null"))
	switch {
	case t.Kind() == reflect.Pointer && null:
		return ""
	case t.Kind() == reflect.Pointer:
		return lacking(body, t.Elem())
	case null && (t.Kind() == reflect.Slice || t.Kind() == reflect.Map || t.Kind() == reflect.Struct) && t != reflect.TypeFor[json.RawMessage]():
		return "anything"
	case t.Kind() == reflect.Slice && t.Elem().Kind() == reflect.Struct:
		var items []json.RawMessage
		_ = json.Unmarshal(body, &items) // it was read before
		for i, item := range items {
			if inner := lacking(item, t.Elem()); inner != "" {
				return strconv.Itoa(i) + "." + inner
			}
		}
		return ""
	case t.Kind() != reflect.Struct:
		return ""
	}
	var fields map[string]json.RawMessage
	_ = json.Unmarshal(body, &fields) // of a type that reads itself it may be no object
	for i := range t.NumField() {
		f := t.Field(i)
		if f.Tag.Get("rest") != "required" {
			continue
		}
		name, _, _ := strings.Cut(f.Tag.Get("json"), ",")
		value := fields[name]
		if len(value) == 0 || string(value) == "null" {
			return name
		}
		if inner := lacking(value, f.Type); inner != "" {
			return name + "." + inner
		}
	}
	return ""
}
