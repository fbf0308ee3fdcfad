package wire

import (
	"bytes"
	"encoding/json"
	"fmt"
	"io"
	"maps"
	"net/http"
	"net/http/httptest"
	"slices"
	"testing"
	"testing/synctest"
)

// Kind says how an answer was changed.
type Kind int

// The kinds. After Extra everything has to work as before; after the others a
// client may refuse, and has to be right in what it calls a success.
const (
	Extra   Kind = iota // fields that nobody knows, in every object
	Type                // a value of another type, or null, or none
	Word                // another text: a state that nobody foresaw
	Order               // a list from its end
	Empty               // a list of nothing
	Root                // something else altogether
	Status              // another status of success
	Dropped             // that, and the request had no effect
)

// Change is one way in which an answer may come that its client does not expect.
type Change struct {
	Kind Kind
	Name string // "[].owner.login: 17"

	status int // in place of the true one; 0 is that
	body   []byte
}

// Changes returns those of an answer.
func Changes(status int, body []byte) []Change {
	var out []Change
	for _, other := range []int{200, 201, 202, 203, 204, 206, 226, 304} {
		if other == status || status >= 300 {
			continue
		}
		out = append(out, Change{Status, fmt.Sprintf("status %d", other), other, body})
		if other > 201 && other != 204 { // which say that it was done
			out = append(out, Change{Dropped, fmt.Sprintf("status %d and no effect", other), other, body})
		}
	}
	var v any
	dec := json.NewDecoder(bytes.NewReader(body))
	dec.UseNumber()
	if dec.Decode(&v) != nil {
		return out
	}
	for _, root := range []string{"", "null", "[]", "{}", "17", `"zzz"`, `{"message":"zzz"}`, `[[]]`, `[null]`, `{"value":null,"values":null}`} {
		kind := Root
		if _, list := v.([]any); list && root == "[]" || root == "null" { // with which Azure DevOps says that it is gone
			kind = Empty
		}
		out = append(out, Change{kind, "the answer is " + root, 0, []byte(root)})
	}
	out = append(out, Change{Extra, "fields that nobody knows", 0, encode(extend(v))})
	each(v, "", 5, func(kind Kind, name string, edit func() (undo func())) {
		undo := edit()
		out = append(out, Change{kind, name, 0, encode(v)})
		undo()
	})
	return out
}

func encode(v any) []byte {
	text, err := json.Marshal(v)
	if err != nil {
		panic(err) // it was decoded from JSON
	}
	return text
}

// extend adds a field to every object of a copy.
func extend(v any) any {
	switch v := v.(type) {
	case map[string]any:
		out := map[string]any{"zzz_new": map[string]any{"zzz": []any{nil, 1}}}
		for k, x := range v {
			out[k] = extend(x)
		}
		return out
	case []any:
		out := []any{}
		for _, x := range v {
			out = append(out, extend(x))
		}
		return out
	default:
		return v
	}
}

// each calls do for every value below v, of lists for the first item.
func each(v any, at string, depth int, do func(kind Kind, name string, edit func() (undo func()))) {
	if depth == 0 {
		return
	}
	switch v := v.(type) {
	case map[string]any:
		for _, k := range slices.Sorted(maps.Keys(v)) {
			old, name := v[k], at+"."+k
			set := func(x any) func() func() {
				return func() func() { v[k] = x; return func() { v[k] = old } }
			}
			do(Type, name+" is not there", func() func() { delete(v, k); return func() { v[k] = old } })
			alter(old, name, set, do)
			each(old, name, depth-1, do)
		}
	case []any:
		if len(v) > 0 {
			old := v[0]
			alter(old, at+"[]", func(x any) func() func() {
				return func() func() { v[0] = x; return func() { v[0] = old } }
			}, do)
			each(old, at+"[]", depth-1, do)
		}
	}
}

// alter calls do for the values that may stand in place of another.
func alter(old any, name string, set func(any) func() func(), do func(Kind, string, func() func())) {
	types := map[string]any{"null": nil}
	switch old := old.(type) {
	case string:
		types["17"], types["{}"] = 17, map[string]any{"zzz": 1}
		do(Word, name+`: "zzz"`, set("zzz"))
	case json.Number:
		types[`"zzz"`], types["[]"] = "zzz", []any{}
	case bool:
		types[`"zzz"`] = "zzz"
	case map[string]any:
		types[`"zzz"`], types[`["zzz"]`] = "zzz", []any{"zzz"}
	case []any:
		types[`"zzz"`], types["{}"] = "zzz", map[string]any{}
		if len(old) > 0 {
			do(Empty, name+": []", set([]any{}))
		}
		if len(old) > 1 {
			back := slices.Clone(old)
			slices.Reverse(back)
			do(Order, name+" from its end", set(back))
		}
	}
	for _, what := range slices.Sorted(maps.Keys(types)) {
		do(Type, name+": "+what, set(types[what]))
	}
}

// Scene is a client at work on a stand-in of its own.
type Scene struct {
	Way *Wire
	Do  func() error
	// Wrong says what is wrong with the stand-in, or with what the client
	// returned, now that Do has called it a success; "" if nothing is.
	Wrong func(c Change) string
}

// Changed plays every answer that a client gets in every way in which it may
// come. The client never panics, never calls a success what is none, and is
// not disturbed by what is only new. It returns the number of changes.
func Changed(t *testing.T, fresh func(t *testing.T) Scene) int {
	t.Helper()
	type answer struct {
		status int
		body   []byte
	}
	var clean []answer
	synctest.Test(t, func(t *testing.T) {
		s := fresh(t)
		s.Way.Watch = func(_ *http.Request, _ []byte, resp *http.Response, body []byte) {
			clean = append(clean, answer{resp.StatusCode, body})
		}
		if err := s.Do(); err != nil {
			t.Errorf("without a change: %v", err)
		} else if wrong := s.Wrong(Change{}); wrong != "" {
			t.Errorf("without a change: %s", wrong)
		}
	})
	n := 0
	var faults []string // told outside of the bubbles, which end with the first
	for i, a := range clean {
		for _, c := range Changes(a.status, a.body) {
			n++
			synctest.Test(t, func(t *testing.T) {
				s := fresh(t)
				s.Way.Handler = &changing{next: s.Way.Handler, left: i, change: c}
				err := guarded(s.Do)
				what := fmt.Sprintf("answer %d (%d), %s", i+1, a.status, c.Name)
				switch {
				case err != nil && (c.Kind == Extra || panicked(err)):
					faults = append(faults, fmt.Sprintf("%s: %v", what, err))
				case err == nil:
					if wrong := s.Wrong(c); wrong != "" {
						faults = append(faults, what+": a success, and "+wrong)
					}
				}
			})
		}
	}
	for _, f := range faults {
		t.Error(f)
	}
	return n
}

type panicError struct{ value any }

func (p panicError) Error() string { return fmt.Sprintf("panic: %v", p.value) }

func panicked(err error) bool {
	_, is := err.(panicError)
	return is
}

func guarded(do func() error) (err error) {
	defer func() {
		if v := recover(); v != nil {
			err = panicError{v}
		}
	}()
	return do()
}

// changing changes one answer, after so many that are left as they are.
type changing struct {
	next   http.Handler
	left   int
	change Change
}

func (h *changing) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	h.left--
	if h.left != -1 {
		h.next.ServeHTTP(w, r)
		return
	}
	rec := httptest.NewRecorder()
	if h.change.Kind != Dropped {
		h.next.ServeHTTP(rec, r)
	} else {
		_, _ = io.Copy(io.Discard, r.Body)
		rec.Header().Set("Content-Type", "application/json; charset=utf-8")
	}
	maps.Copy(w.Header(), rec.Header())
	w.Header().Del("Content-Length")
	status := rec.Code
	if h.change.status != 0 {
		status = h.change.status
	}
	w.WriteHeader(status)
	if status == http.StatusNoContent || status == http.StatusNotModified {
		return
	}
	body := h.change.body
	if h.change.Kind == Extra { // all else is as this scene has it, its times too
		for _, c := range Changes(rec.Code, rec.Body.Bytes()) {
			if c.Kind == Extra {
				body = c.body
			}
		}
	}
	_, _ = w.Write(body)
}
