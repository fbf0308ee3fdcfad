package codedig

import (
	"bytes"
	"encoding/json"
	"strconv"
	"strings"
	"time"
)

// object is a JSON object whose fields have several likely names.
type object map[string]json.RawMessage

func parse(raw json.RawMessage) object {
	var o object
	_ = json.Unmarshal(raw, &o) // anything else has no fields
	return o
}

// text is the first of the keys that holds a text, a number or a truth value.
func (o object) text(keys ...string) string {
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

func (o object) number(keys ...string) (float64, bool) {
	f, err := strconv.ParseFloat(o.text(keys...), 64)
	return f, err == nil
}

func (o object) time(keys ...string) *time.Time {
	for _, k := range keys {
		var t time.Time
		if json.Unmarshal(o[k], &t) == nil && !t.IsZero() {
			return &t
		}
	}
	return nil
}

func (o object) texts(key string) []string {
	var list []string
	_ = json.Unmarshal(o[key], &list) // absent: none
	return list
}

// inside is the object under the first of the keys that holds one.
func (o object) inside(keys ...string) object {
	for _, k := range keys {
		if in := parse(o[k]); in != nil {
			return in
		}
	}
	return nil
}

// items is a list that comes bare, or under one of the keys.
func items(body []byte, keys ...string) ([]object, bool) {
	if list, ok := listed(body); ok {
		return list, true
	}
	o := parse(body)
	for _, k := range keys {
		if list, ok := listed(o[k]); ok {
			return list, true
		}
	}
	return nil, false
}

// listed reads an array of objects. With one that is null or has nothing in it,
// it is none that CodeDig wrote.
func listed(body []byte) ([]object, bool) {
	d := json.NewDecoder(bytes.NewReader(body))
	if begin, err := d.Token(); err != nil || begin != json.Delim('[') {
		return nil, false
	}
	list := []object{}
	for d.More() {
		var o object
		if err := d.Decode(&o); err != nil || len(o) == 0 {
			return nil, false
		}
		list = append(list, o)
	}
	_, err := d.Token()
	return list, err == nil
}

func lower(s string) string { return strings.ToLower(strings.TrimSpace(s)) }
