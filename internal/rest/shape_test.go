package rest

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"

	"github.com/gatewright/gatewright/internal/fault"
)

// FuzzMembers holds the walk over a valid text to what encoding/json reads.
func FuzzMembers(f *testing.F) {
	for _, text := range []string{
		`{"data":[1,{"data":"no"}],"x":"}"}`, ` { "x" : "\"data\":" , "data" : "a\\\"b\\\\" } `, `{"d\u0061ta":{"data":null},"y":[[],{}]}`,
		`{"data":1,"data":-2.5e3}`, `{"data":true,"":""}`, `{"data":` + "\n" + `null}`, `[{"data":1}]`, `"data"`, `{}`, `{"a":"\\","data":"\\"}`,
		`["data",1]`, `{"":"","data":1}`, `{"y":{"a":"}]"},"data":[{"b":"]"}],"x":2}`,
	} {
		f.Add([]byte(text))
	}
	f.Fuzz(func(t *testing.T, body []byte) {
		body = bytes.TrimSpace(body)
		if !json.Valid(body) {
			return
		}
		for end := range body { // whatever comes, it ends
			n := 0
			for range values(body[:end]) {
				n++
			}
			if n > end {
				t.Errorf("%s: %d items", body[:end], n)
			}
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

// TestLongAnswers: one that is decoded aside is read, and refused, as a short one is.
func TestLongAnswers(t *testing.T) {
	for _, n := range []int{1, longBody / 2} {
		for body, want := range map[string]int{"[" + strings.Repeat("1,", n) + "1]": n + 1, "[" + strings.Repeat("1,", n): 0} {
			var out []int
			_, err := (&server{steps: []step{{status: 200, body: body}}}).client(t).Call(t.Context(), Request{Op: "list"}, &out)
			if (err == nil) != (want > 0) || want > 0 && len(out) != want || err != nil && fault.Of(err) != fault.Service {
				t.Errorf("%d bytes: %d items, %v", len(body), len(out), err)
			}
		}
	}
}

// either is a list, or an object that holds one.
type either struct {
	Rows []int `json:"rows" rest:"required"`
}

func (e *either) Shape(text []byte) any {
	if text[0] == '[' {
		return &e.Rows
	}
	return e
}

func TestShapes(t *testing.T) {
	for body, want := range map[string]string{
		" [1,2]": "[1 2] <nil>", ` {"rows":[3]}`: "[3] <nil>", `{"row":[3]}`: `without "rows"`, "null": `without "anything"`, "[1": "JSON of another shape or cut short",
	} {
		var e either
		_, err := (&server{steps: []step{{status: 200, body: body}}}).client(t).Call(t.Context(), Request{Op: "list"}, &e)
		if got := fmt.Sprint(e.Rows, err); !strings.Contains(got, want) {
			t.Errorf("%s: %s, want %s", body, got, want)
		}
	}
}

// slowly is decoded for as long as the test wants.
type slowly struct{ begun, end chan struct{} }

func (s *slowly) UnmarshalJSON([]byte) error {
	close(s.begun)
	<-s.end
	return nil
}

// TestLongAnswerInterrupted: an answer that takes long to be taken apart does not
// keep an interrupt waiting.
func TestLongAnswerInterrupted(t *testing.T) {
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
		_, _ = w.Write([]byte("[" + strings.Repeat("{},", longBody/3) + "{}]"))
	}))
	defer server.Close()
	ctx, cancel := context.WithCancel(t.Context())
	out := &slowly{make(chan struct{}), make(chan struct{})}
	defer close(out.end)
	go func() { <-out.begun; cancel() }()
	if _, err := client(t, server.URL).Call(ctx, Request{Op: "list", Method: "GET", Path: "/"}, out); fault.Of(err) != fault.Stopped {
		t.Errorf("%v", err)
	}
}
