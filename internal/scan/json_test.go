package scan

import (
	"bytes"
	"encoding/json"
	"fmt"
	"io"
	"slices"
	"strings"
	"testing"
	"testing/iotest"

	"github.com/google/go-cmp/cmp"
)

// value reads any value the way encoding/json would, numbers as text.
func value(j *JSON) any {
	switch j.Kind() {
	case '{':
		m := map[string]any{}
		j.Object(func(key []byte) {
			k := string(key)
			m[k] = value(j)
		})
		return m
	case '[':
		list := []any{}
		j.Array(func() { list = append(list, value(j)) })
		return list
	case '"':
		return j.String()
	case '0':
		return json.Number(j.number())
	case 't', 'f':
		return j.Bool()
	}
	j.Skip()
	return nil
}

func TestJSONLikeEncodingJSON(t *testing.T) {
	for _, doc := range []string{
		`{}`, `[]`, `{"a":1}`, ` { "a" : [ 1 , -2.5e+3 , true , false , null , "x" ] , "b" : { } } `,
		`{"a\"b\\":"A😀é\n\t\/"}`, `{"":""}`, `[[[[]]]]`, `"x"`, `12`, `{"k":"\\"}`, `{"k":"a\\\"b"}`, "[\n1\r\n,\t2]",
	} {
		var want any
		d := json.NewDecoder(strings.NewReader(doc))
		d.UseNumber()
		if err := d.Decode(&want); err != nil {
			t.Fatal(err)
		}
		for how, r := range map[string]io.Reader{"whole": strings.NewReader(doc), "byte by byte": iotest.OneByteReader(strings.NewReader(doc))} {
			j := NewJSON(r)
			got := value(j)
			if err := j.End(); err != nil {
				t.Errorf("%s (%s): %v", doc, how, err)
			}
			if diff := cmp.Diff(want, got); diff != "" {
				t.Errorf("%s (%s): (-encoding/json +ours)\n%s", doc, how, diff)
			}
		}
		for shift := range len(doc) + 1 {
			j := NewJSON(strings.NewReader(strings.Repeat(" ", firstBuffer-shift) + doc))
			if got := value(j); j.End() != nil || !cmp.Equal(want, got) {
				t.Fatalf("%s at %d before the end of the buffer: %v %v", doc, shift, got, j.Err())
			}
			j = NewJSON(strings.NewReader(strings.Repeat(" ", firstBuffer-shift) + doc))
			if j.Skip(); j.End() != nil {
				t.Fatalf("%s stepped over, %d before the end of the buffer: %v", doc, shift, j.Err())
			}
		}
	}
}

func TestJSONRefuses(t *testing.T) {
	for doc, want := range map[string]string{
		``:                           "line 1: the document ends where an object was expected",
		`[`:                          "line 1: '[' where an object was expected",
		`{"a":1`:                     "line 1: the document ends where ',' or '}' was expected",
		`{"a" 1}`:                    "line 1: '1' where ':' was expected",
		"{\n\"a\":\n}":               "line 3: '}' where a value was expected",
		`{"a`:                        "line 1: the document ends inside a string",
		`{a:1}`:                      "line 1: 'a' where a key was expected",
		`{"a":1,}`:                   "line 1: '}' where a key was expected",
		`{"a":1} x`:                  "line 1: 'x' after the end of the document",
		`{"a":"\q"}`:                 `line 1: \q is no escape of JSON`,
		`{"a":"\u12"}`:               `line 1: \u without four hexadecimal digits`,
		`{"a":nul}`:                  `line 1: "nul}" where a value was expected`,
		strings.Repeat(`{"a":`, 600): "line 1: values nest deeper than 512",
	} {
		j := NewJSON(strings.NewReader(doc))
		j.Object(func([]byte) { value(j) })
		if err := j.End(); err == nil || err.Error() != want {
			t.Errorf("%.40s: %v, want %s", doc, err, want)
		}
	}
	j := NewJSON(strings.NewReader(`{"a":` + strings.Repeat("[", 600)))
	j.Object(func([]byte) {})
	if err := j.End(); err == nil || !strings.Contains(err.Error(), "nest deeper") {
		t.Errorf("stepping over: %v", err)
	}
}

func FuzzJSON(f *testing.F) {
	f.Add([]byte(`{"a":[1,"x\n",true,null,{"b":2.5}]}`))
	f.Fuzz(func(t *testing.T, doc []byte) {
		j := NewJSON(bytes.NewReader(doc))
		got := value(j)
		gerr := j.End()
		if !json.Valid(doc) || bytes.ContainsRune(doc, '\uFFFD') {
			return
		}
		if gerr != nil {
			if strings.Contains(gerr.Error(), "deeper") {
				return
			}
			t.Fatalf("refused: %v", gerr)
		}
		var want any
		d := json.NewDecoder(bytes.NewReader(doc))
		d.UseNumber()
		if err := d.Decode(&want); err != nil {
			return
		}
		if g, w := fmt.Sprint(got), fmt.Sprint(want); g != w && strings.ToValidUTF8(g, "\uFFFD") != w {
			t.Fatalf("%s\n%s", g, w)
		}
	})
}

func TestCount(t *testing.T) {
	for in, want := range map[string]int64{
		"0": 0, "7": 7, "-3": 0, "9223372036854775807": 1<<63 - 1, "9223372036854775808": 1<<63 - 1,
		"18446744073709551615": 1<<63 - 1, "1e+0": 1, "2.9": 2, "0.5": 1, "1e-3": 1, "0.0": 0, "1,023": 1023, "1,234,567": 1234567, " 5 ": 5, "+4": 4, "1e400": 1<<63 - 1,
		"999999999999999999": 999999999999999999, "-1e400": 0,
	} {
		if got, ok := Count([]byte(in)); !ok || got != want {
			t.Errorf("Count(%q) = %d, %t; want %d", in, got, ok, want)
		}
	}
	for _, in := range []string{"", "x", "1,2", "1,0234", "0x10", "nan", "inf", "1 2", "--1", "1_000", "Infinity"} {
		if got, ok := Count([]byte(in)); ok {
			t.Errorf("Count(%q) = %d, want a refusal", in, got)
		}
	}
	for in, want := range map[string]int{"12": 12, " 7": 7, "2147483647": 2147483647, "-1": 0} {
		if got, ok := Int([]byte(in)); !ok || got != want {
			t.Errorf("Int(%q) = %d, %t; want %d", in, got, ok, want)
		}
	}
	if _, ok := Int([]byte("2147483648")); ok {
		t.Error("Int took 2³¹")
	}
}

func TestLines(t *testing.T) {
	for how, r := range map[string]func(string) io.Reader{
		"whole":        func(s string) io.Reader { return strings.NewReader(s) },
		"byte by byte": func(s string) io.Reader { return iotest.OneByteReader(strings.NewReader(s)) },
	} {
		l := NewLines(r("a\r\n\nx\nx\r\nDA:5,x\nlast"))
		var got []string
		for {
			// Lines of x are passed by hand.
			if ahead := l.Ahead(); bytes.HasPrefix(ahead, []byte("x\n")) {
				l.Skip(2, 1)
				continue
			}
			if !l.Next() {
				break
			}
			if string(l.Text()) != "x" {
				got = append(got, fmt.Sprintf("%d %s", l.n, l.Text()))
			}
		}
		want := []string{"1 a", "2 ", "5 DA:5,x", "6 last"}
		if diff := cmp.Diff(want, got); diff != "" || l.Err() != nil {
			t.Errorf("%s: %v\n%s", how, l.Err(), diff)
		}
	}
	broken := NewLines(iotest.TimeoutReader(iotest.HalfReader(strings.NewReader(strings.Repeat("x\n", 1<<20)))))
	for broken.Next() {
	}
	if broken.Err() == nil {
		t.Error("a reader's error was lost")
	}
}

// TestJSONCounts reads arrays of counts wherever in them the buffer ends, and wants
// what reading one value after the other gives.
func TestJSONCounts(t *testing.T) {
	for _, doc := range []string{
		`[]`, `[1]`, `[null]`, `[1,null,22,0,333,1234567,12345678,123456789012,null,9]`, `[ 1 , null, 2,` + "\n\t3\r\n]", `[1.5,2e2,-3,"4",true,[5],{"6":7},nullx]`,
		`[1,2,]`, `[1,,2]`, `[1 2]`, `[1,2`, `[1,nul]`, `[1,null`, `[`, `null`, `{}`, `[1,null,2}`, `[1,2,3],4`, `[null,null,null,null,null,null]`,
	} {
		for shift := range len(doc) + 1 {
			text := strings.Repeat(" ", firstBuffer-shift) + doc + strings.Repeat(" ", 9)
			var want, got []string
			careful := NewJSON(strings.NewReader(text))
			i := 0
			careful.Array(func() {
				if n, ok := careful.Count(); ok {
					want = append(want, fmt.Sprint(i, n))
				}
				i++
			})
			j := NewJSON(strings.NewReader(text))
			j.Counts("", func(i int, n int64) { got = append(got, fmt.Sprint(i, n)) })
			if diff := cmp.Diff(want, got); diff != "" || fmt.Sprint(j.End()) != fmt.Sprint(careful.End()) {
				t.Fatalf("%s, %d before the end of the buffer: %v, one by one %v\n%s", doc, shift, j.End(), careful.End(), diff)
			}
		}
	}
}

// TestJSONKeyUntilItsValue: a key holds while Kind looks at the value, wherever the
// buffer ends, and whatever stands between them.
func TestJSONKeyUntilItsValue(t *testing.T) {
	space := bytes.Repeat([]byte(" "), firstBuffer)
	for _, doc := range []string{`{"/w/A.swift":[1],"/w/B.swift":[2]}`, `{"/w/A.swift": [1], "/w/B.swift": [2]}`, `{"/w/A.swift" :   [1],"/w/B.swift":` + "\n\t\t" + `[2]}`} {
		for at := range len(doc) {
			j := NewJSON(bytes.NewReader(slices.Concat(space[at:], []byte(doc), space))) // what follows takes the place of what was read
			var keys []string
			j.Object(func(key []byte) {
				if j.Kind() == '[' {
					keys = append(keys, string(key))
				}
			})
			if err := j.End(); err != nil || !slices.Equal(keys, []string{"/w/A.swift", "/w/B.swift"}) {
				t.Errorf("%q, of which the buffer has %q: %q, %v", doc, doc[:at], keys, err)
			}
		}
	}
}
