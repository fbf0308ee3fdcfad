package service

import (
	"encoding/json"
	"math"
	"strconv"
	"time"
)

// Object is a JSON object whose fields have several likely names, because its
// service documents them badly or not at all. A nil Object has no fields.
type Object map[string]json.RawMessage

// ParseObject returns the object that raw is, or nil if it is something else.
func ParseObject(raw []byte) Object {
	var o Object
	_ = json.Unmarshal(raw, &o) // anything else has no fields
	return o
}

// Text returns the first text, number or truth value under one of the keys, ""
// if there is none: an object or a list of the same name means something else.
func (o Object) Text(keys ...string) string {
	for _, k := range keys {
		var s string
		if json.Unmarshal(o[k], &s) == nil && s != "" {
			return s
		}
		raw := string(o[k])
		if raw != "" && raw != "null" && raw[0] != '{' && raw[0] != '[' && raw[0] != '"' {
			return raw
		}
	}
	return ""
}

// Int returns the first number under one of the keys, as a number or as text,
// without its fraction; 0 if it is none, or none of 32 bits.
func (o Object) Int(keys ...string) int {
	f, _ := strconv.ParseFloat(o.Text(keys...), 64)
	if !(math.Abs(f) <= math.MaxInt32) { // also of NaN
		return 0
	}
	return int(f)
}

// Time returns the first moment under one of the keys (RFC 3339), or nil.
func (o Object) Time(keys ...string) *time.Time {
	for _, k := range keys {
		var t time.Time
		if json.Unmarshal(o[k], &t) == nil && !t.IsZero() {
			return &t
		}
	}
	return nil
}

// Inside returns the object under the first of the keys that holds one, or nil.
func (o Object) Inside(keys ...string) Object {
	for _, k := range keys {
		if in := ParseObject(o[k]); in != nil {
			return in
		}
	}
	return nil
}
