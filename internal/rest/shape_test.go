package rest

import (
	"bytes"
	"encoding/json"
	"testing"
)

// FuzzMembers holds the walk over a valid text to what encoding/json reads.
func FuzzMembers(f *testing.F) {
	for _, text := range []string{
		`{"data":[1,{"data":"no"}],"x":"}"}`, ` { "x" : "\"data\":" , "data" : "a\\\"b\\\\" } `, `{"d\u0061ta":{"data":null},"y":[[],{}]}`,
		`{"data":1,"data":-2.5e3}`, `{"data":true,"":""}`, `{"data":` + "\n" + `null}`, `[{"data":1}]`, `"data"`, `{}`, `{"a":"\\","data":"\\"}`,
	} {
		f.Add([]byte(text))
	}
	f.Fuzz(func(t *testing.T, body []byte) {
		body = bytes.TrimSpace(body)
		if !json.Valid(body) {
			return
		}
		var want map[string]json.RawMessage
		_ = json.Unmarshal(body, &want)
		got := []field{{name: "data"}, {name: "x"}}
		members(body, got)
		for _, f := range got {
			if string(f.value) != string(want[f.name]) {
				t.Errorf("%s: %s is %q, want %q", body, f.name, f.value, want[f.name])
			}
		}
		var items []json.RawMessage
		if json.Unmarshal(body, &items) != nil || items == nil {
			return
		}
		n := 0
		for item := range values(body) {
			if n == len(items) || string(item) != string(items[n]) {
				t.Fatalf("%s: item %d is %q", body, n, item)
			}
			n++
		}
		if n != len(items) {
			t.Errorf("%s: %d items, want %d", body, n, len(items))
		}
	})
}
