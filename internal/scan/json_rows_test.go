package scan

import (
	"encoding/json"
	"fmt"
	"io"
	"slices"
	"strings"
	"testing"
	"testing/iotest"

	"github.com/google/go-cmp/cmp"
)

// statements reads an object or array of rows such as {"7":{"start":{"line":3}}}
// or [{"start":{"line":3}}], each as the numbers kept of it. Rows read with care
// forget each layout.
func statements(r io.Reader, care bool) (rows []Row, careful int, err error) {
	j := NewJSON(r)
	buffer := buffers.Get().(*[firstBuffer]byte)
	defer buffers.Put(buffer)
	j.b.data = buffer[:]
	var s *Rows
	s = NewRows(j, func(key []byte) {
		careful++
		if key != nil {
			s.Key(0, key, "a number")
		}
		if care {
			s.Once()
		}
		if j.Kind() != '{' {
			s.Count(4)
			return
		}
		j.Object(func(key []byte) {
			switch string(key) {
			case "start":
				j.Object(func(key []byte) {
					if string(key) == "line" {
						s.Int(1)
					}
				})
			case "hits":
				s.Count(2)
			case "part":
				text, _ := s.Bytes()
				s.Set(5, int64(len(text)))
			case "ran":
				if j.Bool() {
					s.Set(3, 1)
				}
			}
		})
	}, func(row *Row) { rows = append(rows, *row) })
	if j.Kind() == '[' {
		s.Array()
	} else {
		s.Object()
	}
	return rows, careful, j.End()
}

// like is what rows should be, by encoding/json, of a document without surprises.
func like(t *testing.T, doc string) (rows []Row) {
	t.Helper()
	d := json.NewDecoder(strings.NewReader(doc))
	if _, err := d.Token(); err != nil {
		t.Fatal(err)
	}
	for d.More() {
		var row Row
		var value struct {
			Start struct{ Line int64 }
			Hits  int64
			Ran   bool
		}
		key, err := d.Token()
		if err != nil {
			t.Fatal(err)
		}
		row[0], _ = json.Number(key.(string)).Int64()
		if err := d.Decode(&value); err != nil {
			t.Fatal(err)
		}
		row[1], row[2] = value.Start.Line, value.Hits
		if value.Ran {
			row[3] = 1
		}
		rows = append(rows, row)
	}
	return rows
}

// ordinary is a document of rows of a few layouts, and how many of those it has.
func ordinary(n int) (doc string, layouts int) {
	pieces := []string{
		`"%d":{"start":{"line":%d,"column":4},"end":{"line":9,"column":40}}`,
		`"%d":{"start":{"line":%d},"hits":77,"ran":true}`,
		"\n\t\"%d\": {\"ran\": false, \"name\": \"f12\", \"start\": {\"line\": %d}, \"hits\": 1234567}",
		`"%d":{"x":[1,-2,3.5,1e3,"12",null,{}],"start":{"column":1,"line":%d}}`,
	}
	var b strings.Builder
	b.WriteByte('{')
	for i := range n {
		if i > 0 {
			b.WriteByte(',')
		}
		fmt.Fprintf(&b, pieces[i/3%len(pieces)], i, i*i%1_000_000)
	}
	b.WriteByte('}')
	return b.String(), len(pieces)
}

func TestRowsLikeEncodingJSON(t *testing.T) {
	doc, layouts := ordinary(20_000) // longer than the buffer
	want := like(t, doc)
	for how, r := range readers(doc) {
		got, careful, err := statements(r, false)
		if err != nil {
			t.Fatalf("%s: %v", how, err)
		}
		if !slices.Equal(want, got) {
			t.Fatalf("%s: (-encoding/json +ours)\n%s", how, cmp.Diff(want, got))
		}
		if refills := len(doc)/firstBuffer + 1; careful > layouts+1+4*refills {
			t.Errorf("%s: %d rows were read with care, of %d layouts", how, careful, layouts)
		}
	}
}

func readers(doc string) map[string]io.Reader {
	return map[string]io.Reader{
		"whole":        strings.NewReader(doc),
		"byte by byte": iotest.OneByteReader(strings.NewReader(doc)),
		"by 7":         &pieces{strings.NewReader(doc), 7},
		"by 4096":      &pieces{strings.NewReader(doc), 4096},
	}
}

// surprises are rows that begin like the ones before them.
var surprises = []string{
	`"7":{"start":{"line":3,"column":4},"end":{"line":3,"column":40}}`,
	`"7":{"start":{"line":12345678,"column":4},"end":{"line":3,"column":40}}`,
	`"7":{"start":{"line":99999999999999999999999,"column":4},"end":{"line":3,"column":40}}`,
	`"7":{"start":{"line":-3,"column":4},"end":{"line":3,"column":40}}`,
	`"7":{"start":{"line":3.7,"column":4},"end":{"line":3,"column":40}}`,
	`"7":{"start":{"line":3e2,"column":4},"end":{"line":3,"column":40}}`,
	`"7":{"start":{"line":null,"column":4},"end":{"line":3,"column":40}}`,
	`"7":{"start":{"line":"3","column":4},"end":{"line":3,"column":40}}`,
	`"7":{"start":{"line":3,"column":4},"end":{"line":3,"column":null}}`,
	`"7":{"start":{"line":3,"column":4},"end":{"line":3,"column":40},"start":{"line":8}}`,
	`"7":{"start":{"line":3,"line":4,"column":4},"end":{"line":3,"column":40}}`,
	`"7":{"start":null,"end":{"line":3,"column":40}}`,
	`"7":{"start":{"line": 3,"column":4},"end":{"line":3,"column":40}}`,
	`"7" :{"start":{"line":3,"column":4},"end":{"line":3,"column":40}}`,
	` "7":{"start":{"line":3,"column":4},"end":{"line":3,"column":40}} `,
	"\"7\":{\"start\":{\"line\":3,\n\"column\":4},\"end\":{\"line\":3,\"column\":40}}\n",
	`" 7":{"start":{"line":3,"column":4},"end":{"line":3,"column":40}}`,
	`"+7":{"start":{"line":3,"column":4},"end":{"line":3,"column":40}}`,
	`"\u0037":{"start":{"line":3,"column":4},"end":{"line":3,"column":40}}`,
	`"7":{"start":{"line":3,"column":4},"end":{"line":3,"c\"lumn":40}}`,
	`"7":{"start":{"line":3,"column":4},"end":{"line":3,"\u00631":40}}`,
	`"7":{"start":{"line":3,"column":4},"end":{"line":3,"\u00631234":40}}`,
	`"7":{"2":{"line":3,"column":4},"3":{"line":3,"column":40}}`,
	`"7":{"hits":0}`, `"7":{"hits":0e0}`, `"7":{"hits":1e3}`, `"7":{"hits":00}`, `"7":{"hits":"5"}`, `"7":{"hits":12345678}`,
	`"7":{"part":"1/2","x":"y"}`, `"7":{"part":"1/22","x":"y"}`, `"7":{"part":"1/2","x":"yz"}`, `"7":{"part":"1/2","x":"y\\""}`,
	`"7":{"part":"1/2","x":"` + strings.Repeat("y", 99) + `"}`, `"7":{"part":"1/2","x":""}`,
	`"7":{"part":1,"x":"y"}`, `"7":{"x":"part", "y":1}`, `"7":{"part":"x","part":"xy"}`, `"7":{"x":["a","b","\u00e4"]}`,
	`"7":{"ran":true}`, `"7":{"ran":false}`, `"7":{"ran":1}`, `"7":null`, `"7":5`, `"7":[1,2]`, `"7":"x"`, `"7":""`,
	`"7":{}`, `"7":` + strings.Repeat("[", 505) + strings.Repeat("]", 505), `"7":` + strings.Repeat(" ", 2000) + `{"hits":3}`,
}

// broken are rows that no document may have.
var broken = []string{
	`"x":{}`, `"7"`, `"7":`, `7:1`, `"7":{"start":{"line":,"column":4},"end":{"line":3,"column":40}}`,
	`"7":{"start":{"line":3,"column":4},"end":{"line":3,"column":40}`, `"7":{"start":{"line":3 "column":4}}`,
	`"7":{"start":{"line":3,"column":4},"end":{"line":3,"column":40}]`, `"7":{"hits":\q}`, `"7":nul`,
	`"7":{"start":{"line":3,"column":4},"end":{"line":3,"\u1":40}}`,
}

// same reads a document with rows remembered and with none, and wants the same
// rows and the same error, wherever in it the buffer ends.
func same(t *testing.T, doc string, bufferEnd int) {
	t.Helper()
	doc = strings.Repeat(" ", max(0, firstBuffer-bufferEnd)) + doc
	want, _, wantErr := statements(strings.NewReader(doc), true)
	got, _, err := statements(strings.NewReader(doc), false)
	if fmt.Sprint(err) != fmt.Sprint(wantErr) {
		t.Fatalf("%v, with care %v\n%.300s", err, wantErr, strings.TrimSpace(doc))
	}
	if !slices.Equal(want, got) {
		t.Fatalf("(-careful +remembered)\n%s\n%.300s", cmp.Diff(want, got), strings.TrimSpace(doc))
	}
}

func TestRowsSurprises(t *testing.T) {
	rows := append(append([]string{}, surprises...), broken...)
	for _, first := range surprises {
		for _, then := range rows {
			text := strings.Join([]string{first, first, then, first, then, then}, ",")
			same(t, "{"+text+"}", firstBuffer)
		}
	}
	for _, row := range surprises {
		_, value, _ := strings.Cut(row, ":")
		same(t, "["+value+","+value+","+value+"]", firstBuffer)
	}
}

// TestRowsCut ends a document, and the buffer, at every byte.
func TestRowsCut(t *testing.T) {
	doc, _ := ordinary(20)
	for n := range len(doc) {
		same(t, doc[:n], firstBuffer)
		same(t, doc, n)
	}
}

// TestRowsDepth learns a layout near the surface and meets it again at the limit.
func TestRowsDepth(t *testing.T) {
	j := NewJSON(strings.NewReader(`[{"1":[[1]],"2":[[1]]},` + strings.Repeat("[", MaxDepth-3) + `{"1":[[1]]}` + strings.Repeat(" ", 100)))
	s := NewRows(j, func([]byte) {}, func(*Row) {})
	var inner func()
	inner = func() {
		if j.Kind() == '[' {
			j.Array(inner)
			return
		}
		s.Object()
	}
	inner()
	if len(s.known) == 0 {
		t.Error("nothing was learned")
	}
	if err := j.Err(); err == nil || !strings.Contains(err.Error(), "nest deeper") {
		t.Error(err)
	}
}

func FuzzRows(f *testing.F) {
	for _, row := range surprises {
		f.Add(`{`+row+`,`+row+`,`+row+`}`, 3)
	}
	f.Fuzz(func(t *testing.T, doc string, bufferEnd int) { same(t, doc, bufferEnd&0xfff) })
}
