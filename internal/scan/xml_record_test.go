package scan

import (
	"fmt"
	"io"
	"slices"
	"strconv"
	"strings"
	"sync"
	"testing"
	"testing/iotest"

	"github.com/google/go-cmp/cmp"
)

// records are those of the documents below; <skip> is passed over.
var records = []Record{
	{Name: "line", Attrs: []string{"number", "hits", "branch"}},
	{Name: "point", Attrs: []string{"at", "hits"}},
	{Name: "skip"},
}

// buffers are as readers make them first. Thousands of short documents share
// them, with what the last one left behind.
var buffers = sync.Pool{New: func() any { return new([firstBuffer]byte) }}

// tags lists what a reader of records gives of a document. careful makes it
// forget before each tag how the last ones were written. again counts the
// records that it read by their layout.
func tags(r io.Reader, careful bool) (list []string, again int, err error) {
	x := NewXML(r, records...)
	buffer := buffers.Get().(*[firstBuffer]byte)
	defer buffers.Put(buffer)
	x.b.data = buffer[:]
	var b []byte
	for x.Next() {
		b = b[:0] // formatting is most of what the tests do, so it goes without fmt
		if x.unread {
			again++
		}
		if x.Record() >= 0 {
			for i, name := range records[x.Record()].Attrs {
				n, ok := x.Int(i)
				c, ok2 := x.Count(i)
				b = append(strconv.AppendBool(append(append(b, name...), ':'), x.Has(i)), ' ')
				b = append(strconv.AppendQuote(b, string(x.Value(i))), ' ')
				b = append(strconv.AppendBool(append(strconv.AppendInt(b, int64(n), 10), ' '), ok), ' ')
				b = append(strconv.AppendBool(append(strconv.AppendInt(b, int64(c), 10), ' '), ok2), ", "...)
			}
		}
		b = append(append(append(strconv.AppendBool(b, x.Start()), ' '), x.Name()...), ' ')
		b = strconv.AppendInt(append(strconv.AppendInt(b, int64(x.Depth()), 10), ' '), int64(x.Record()), 10)
		for name, value := range attributes(x) {
			b = strconv.AppendQuote(append(append(append(b, ' '), name...), '='), string(value))
		}
		b = strconv.AppendInt(append(b, " at line "...), int64(x.b.line(x.b.pos)), 10)
		if x.Start() && string(x.Name()) == "text" {
			b = strconv.AppendQuote(append(b, ' '), string(x.Text()))
		}
		list = append(list, string(b))
		if careful {
			x.layouts = layouts{}
		}
	}
	return list, again, x.Err()
}

// variations of the tags of a report: what one digit, space or quote more may
// make of a layout that was seen before.
func variations() []string {
	plain := `<line number="12" hits="3"/>`
	all := []string{
		plain, `<line number="1" hits="0" branch="true"/>`, `<line number="1" hits="0" branch="false"/>`,
		`<line  number="12" hits="3"/>`, `<line number="12" hits="3" />`, `<line number = "12" hits="3"/>`, "<line\nnumber=\"12\"\thits=\"3\"/>",
		`<line number='12' hits="3"/>`, `<line number="12" hits='3'/>`, `<line number="1'2" hits="3"/>`,
		`<line hits="3" number="12"/>`, `<line number="12"/>`, `<line/>`, `<line />`, `<line number="12" hits="3" extra="x"/>`,
		`<line number="12" other="5" hits="3"/>`, `<line number="12" hitz="3"/>`, `<lines number="12" hits="3"/>`,
		`<x:line number="12" hits="3"/>`, `<line x:number="12" hits="3"/>`, `<line number="12" hits="3"></line>`, `<line number="12" hits="3">text<b/></line >`,
		`<point at="5" hits="3"/>`, `<skip at="5" hits="3"/>`, `<skip at="5"><line number="4" hits="1"/></skip>`, `<skip/>`, `<text number="12">a&amp;b</text>`,
		`<line number="12" hits="3" the-longest-name-of-an-attribute-that-there-is="1"/>`, `<!-- <line number="12" hits="3"/> -->`, `<?line number="12"?>`,
	}
	for _, value := range []string{
		"", "0", "9", "10", "0007", "9999", "10000", "12345678", "123456789", "1234567890", "9223372036854775807", "1234567890123456789012345",
		"-1", "+1", " 1", "1 ", "1.5", "1e3", "1,000", "1_000", "0x1", "1a", "a1", ":", "/", "1:", "/1", "\x00", "\xff1", "&#49;", ">", "1>", "\n", "1\n", "a\r\nb",
		"<", "</line>", "true", "eight888", "seven77", "50% (1/2)", strings.Repeat("7", 200), strings.Repeat("long ", 100),
	} {
		all = append(all, strings.Replace(plain, "3", value, 1), strings.Replace(plain, "12", value, 1), fmt.Sprintf(`<line number="1" hits="2" branch="%s"/>`, value))
	}
	return all
}

// alike reads a document with and without its layouts, in pieces of several
// sizes, and returns how many records were read by their layout at best.
func alike(t *testing.T, doc string) (again int) {
	t.Helper()
	want, none, wantErr := tags(strings.NewReader(doc), true)
	if none > 0 {
		t.Fatalf("the careful reader read %d records by their layout", none)
	}
	for _, size := range []int{1, 7, 4096, 1 << 30} {
		got, n, err := tags(&pieces{r: strings.NewReader(doc), size: size}, false)
		if !slices.Equal(want, got) {
			t.Fatalf("in pieces of %d (-careful +again)\n%s\n%.2000s", size, cmp.Diff(want, got), doc)
		}
		if fmt.Sprint(err) != fmt.Sprint(wantErr) {
			t.Fatalf("in pieces of %d: %v, careful: %v\n%.2000s", size, err, wantErr, doc)
		}
		again = max(again, n)
	}
	return again
}

// pieces returns no more than size bytes at a time.
type pieces struct {
	r    io.Reader
	size int
}

func (p *pieces) Read(b []byte) (int, error) { return p.r.Read(b[:min(len(b), p.size)]) }

// TestLayouts reads every variation before and after others.
func TestLayouts(t *testing.T) {
	all := variations()
	for _, gap := range []string{"", "\n\t\t\t", "\r\n          ", " text "} {
		for _, first := range all {
			doc := "<a>"
			for _, second := range all[:30] {
				doc += strings.Join([]string{first, second, first, first, second}, gap)
			}
			if again := alike(t, doc+"</a>"+strings.Repeat(" ", room)); again < 60 && strings.HasPrefix(first, "<line n") && !strings.ContainsAny(strings.TrimSuffix(first, "/>"), "'/") {
				t.Errorf("only %d of %d records like %s were read by their layout", again, 5*30, first)
			}
		}
	}
}

// TestLayoutsAcrossBuffers lets records of all kinds fall across the ends of
// buffers, at every offset.
func TestLayoutsAcrossBuffers(t *testing.T) {
	all := variations()
	for shift := range 60 {
		doc := strings.Repeat(" ", firstBuffer-2000-shift) + "<a>" + strings.Repeat(`<line number="12" hits="3"/>`, 60) + strings.Join(all, "\n") + strings.Join(all, "") + "</a>"
		want, _, err := tags(strings.NewReader(doc), true)
		got, again, err2 := tags(iotest.DataErrReader(strings.NewReader(doc)), false)
		if !slices.Equal(want, got) || fmt.Sprint(err) != fmt.Sprint(err2) {
			t.Fatalf("shifted by %d: %v, %v\n%s", shift, err, err2, cmp.Diff(want, got))
		}
		if again < 100 {
			t.Fatalf("shifted by %d: only %d records were read by their layout", shift, again)
		}
	}
}

// TestLayoutsFill: a document with ever new layouts begins new trees, and stays
// within them.
func TestLayoutsFill(t *testing.T) {
	var doc strings.Builder
	doc.WriteString("<a>")
	for i := range 2000 {
		fmt.Fprintf(&doc, `<line number="%d" hits="1" a%d="2"/><line  b%d="" number="1"/><skip c%d="1"/>`, i, i, i%300, i)
		doc.WriteString(strings.Repeat(`<line number="1" hits="1"/>`, 3))
		fmt.Fprintf(&doc, `<line %s="1"/>`, strings.Repeat("long", i%100))
	}
	doc.WriteString("</a>")
	if alike(t, doc.String()) == 0 {
		t.Error("no record was read by its layout")
	}
	x := NewXML(strings.NewReader(doc.String()), records...)
	for x.Next() {
		if len(x.layouts.steps) > maxSteps {
			t.Fatalf("%d steps", len(x.layouts.steps))
		}
	}
}

// TestLayoutsNest: records that are read by their layout count as open elements.
func TestLayoutsNest(t *testing.T) {
	for _, open := range []string{`<line number="1">`, `<skip at="1">`} {
		for _, deep := range []int{1, 2, MaxDepth - 1, MaxDepth, MaxDepth + 1, 2 * MaxDepth} {
			for _, inner := range []string{"", `<line number="1"/>`, `<line number="1"/></b>`, "<b/>"} {
				name, _, _ := strings.Cut(open[1:], " ")
				doc := strings.Repeat(open, deep) + inner + strings.Repeat("</"+name+">", deep)
				alike(t, doc+strings.Repeat(" ", 100))
				alike(t, doc[:len(doc)-7])
			}
		}
	}
}

// FuzzLayouts: a document reads the same whether layouts are remembered or not.
func FuzzLayouts(f *testing.F) {
	all := variations()
	for i := range all {
		f.Add("<a>" + strings.Join(append(all[i:i+1:i+1], all[i/2], all[0], all[i]), "\n") + "</a>")
	}
	f.Fuzz(func(t *testing.T, doc string) {
		for _, doc := range []string{doc, doc + strings.Repeat(" ", 64), doc + doc + strings.Repeat(" ", 64)} {
			alike(t, doc)
		}
	})
}
