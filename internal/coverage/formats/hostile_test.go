package formats

import (
	"fmt"
	"strings"
	"testing"
)

// hostileReport is a report of 10 MB and how it is made.
type hostileReport struct {
	name   string // format/kind
	report func() string
}

func (h hostileReport) options() Options {
	format, _, _ := strings.Cut(h.name, "/")
	return Options{Format: format}
}

// hostile are reports of 10 MB that are as nasty as their format allows, each
// beside an ordinary one of the same size. BenchmarkHostile measures them, and
// docs/performance.md says which take more than three times as long, and why.
func hostile() []hostileReport {
	const size = 10 << 20
	// repeat makes head, then a numbered piece again and again up to size, then tail.
	repeat := func(head string, piece func(i int) string, tail string) func() string {
		return func() string {
			var b strings.Builder
			b.Grow(size + size/10) // by growing it would be copied five times over
			b.WriteString(head)
			for i := 0; b.Len() < size; i++ {
				b.WriteString(piece(i))
			}
			b.WriteString(tail)
			return b.String()
		}
	}
	text := func(format string) func(int) string {
		return func(i int) string { return fmt.Sprintf(format, i) }
	}
	same := func(s string) func(int) string { return func(int) string { return s } }
	cob, cobEnd := `<coverage line-rate="1"><packages><package><classes><class filename="a.c">`, `</class></classes></package></packages></coverage>`
	return []hostileReport{
		{"lcov/normal", repeat("", func(i int) string {
			var b strings.Builder
			fmt.Fprintf(&b, "TN:\nSF:src/file%d.c\n", i)
			for line := 1; line <= 300; line++ {
				if line%8 == 0 {
					fmt.Fprintf(&b, "BRDA:%d,%d,0,%d\nBRDA:%[1]d,%[2]d,1,0\n", line, line/8, line*i%1000)
				}
				fmt.Fprintf(&b, "DA:%d,%d\n", line, line*i%1000)
			}
			b.WriteString("LF:300\nLH:299\nend_of_record\n")
			return b.String()
		}, "")},
		{"lcov/descending", repeat("SF:a.c\n", func(i int) string { return fmt.Sprintf("DA:%d,1\n", 2_000_000-i) }, "")},
		{"lcov/one line", repeat("SF:a.c\n", same("DA:1,1\nDA:2,1\n"), "")},
		{"lcov/scattered", repeat("SF:a.c\n", func(i int) string { return fmt.Sprintf("DA:%d,1\n", i*2654435761%2147483647) }, "")},
		{"lcov/two files", repeat("", func(i int) string { return fmt.Sprintf("SF:%d\nDA:%d,1\n", i%2, i) }, "")},
		{"lcov/files", repeat("", text("SF:%d\n"), "")},
		{"lcov/branches", repeat("SF:a.c\n", func(i int) string { return fmt.Sprintf("BRDA:1,%d,x,1\n", 1_000_000-i) }, "")},
		{"lcov/long line", repeat("SF:", same("xxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxx"), "\n")},
		{"cobertura/normal", repeat(cob, func(i int) string {
			var b strings.Builder
			fmt.Fprintf(&b, `</class><class filename="src/file%d.c"><methods/><lines>`, i)
			for line := 1; line <= 300; line++ {
				branch := `branch="false"`
				if line%8 == 0 {
					branch = `branch="true" condition-coverage="50% (1/2)"`
				}
				fmt.Fprintf(&b, "\n\t<line number=\"%d\" hits=\"%d\" %s/>", line, line*i%1000, branch)
			}
			return b.String() + "\n</lines>"
		}, cobEnd)},
		{"cobertura/methods", repeat(cob+"<methods><method><lines>", func(i int) string { return fmt.Sprintf(`<line number="%d" hits="1"/>`, 1_000_000-i) }, "</lines></method></methods>"+cobEnd)},
		{"cobertura/classes", repeat(cob, same(`<class filename="a.c"><methods><line number="1" hits="1"/></methods><lines><line number="2" hits="1"/></lines></class>`), cobEnd)},
		{"cobertura/attributes", repeat(cob, same(`<x`+strings.Repeat(` a=""`, 500)+`/>`), cobEnd)},
		{"cobertura/layouts", repeat(cob+"<lines>", func(i int) string { return fmt.Sprintf(`<line number="%d" hits="1" branch="false" a%d="1"/>`, i+1, i) }, "</lines>"+cobEnd)},
		{"cobertura/layouts, late", repeat(cob+"<lines>", func(i int) string {
			return fmt.Sprintf(`<line number="%d" hits="1"%s a%d="1"/>`, i+1, strings.Repeat(` a="1"`, 15), i)
		}, "</lines>"+cobEnd)},
		{"cobertura/tag", repeat(cob+`<x a="`, same("xxxxxxxxxxxxxxxx"), `"/>`+cobEnd)},
		{"cobertura/nesting", repeat(cob, same(strings.Repeat("<a>", 500)+strings.Repeat("</a>", 500)), cobEnd)},
		{"cobertura/doctype", repeat("<!DOCTYPE c [", text(`<!ENTITY e%d "&e;&e;">`), "]>"+cob+cobEnd)},
		{"cobertura/references", repeat(cob+`<x a="`, same("&amp;"), `"/>`+cobEnd)},
		{"go/normal", repeat("mode: set\n", func(i int) string { return fmt.Sprintf("a.go:%d.1,%d.2 1 1\n", 3*i+1, 3*i+3) }, "")},
		{"go/wide", repeat("mode: set\n", func(i int) string { return fmt.Sprintf("a.go:%d.1,%d.2 1 1\n", 1+i%99, 21+i%99) }, "")},
		{"go/two files", repeat("mode: set\n", func(i int) string { return fmt.Sprintf("%d.go:%d.1,%d.2 1 1\n", i%2, 1_000_000-i, 1_000_001-i) }, "")},
		{"istanbul/normal", repeat(`{"a.js":{"statementMap":{"0":{"start":{"line":1}}},"s":{"0":1}}`, func(i int) string {
			return fmt.Sprintf(`,"%d.js":{"statementMap":{"0":{"start":{"line":1}},"1":{"start":{"line":2}}},"s":{"0":1,"1":0}}`, i)
		}, "}")},
		{"istanbul/ids", repeat(`{"a.js":{"statementMap":{"0":{"start":{"line":1}}`, func(i int) string { return fmt.Sprintf(`,"%d":{"start":{"line":%d}}`, 2_000_000_000-i, i) }, `},"s":{}}}`)},
		{"istanbul/layouts", repeat(`{"a.js":{"statementMap":{"0":{"start":{"line":1}}`, func(i int) string {
			return fmt.Sprintf(`,"%d":{"start":{"line":%d}},"%d":{%*s"start":{"line":%d}}`, 2*i+1, i+1, 2*i+2, i%97, "", i+1)
		}, `},"s":{}}}`)},
		{"istanbul/escapes", repeat(`{"a.js":{"statementMap":{},"s":{},"x":"`, same(`\"\\\u00e4`), `"}}`)},
		{"istanbul/brackets", repeat(`{"a.js":{"statementMap":{},"s":{},"x":[0`, same(","+strings.Repeat("[", 400)+strings.Repeat("]", 400)), `]}}`)},
		{"simplecov/nulls", repeat(`{"R":{"coverage":{"a.rb":[null`, same(",null"), `]}}}`)},
		{"llvm-cov/segments", repeat(`{"data":[{"files":[{"filename":"a","segments":[[1,1,1,true,true]`, func(i int) string { return fmt.Sprintf(",[%d,1,1,true,true]", i+2) }, `]}]}]}`)},
		{"gcov/instances", repeat("        -:    0:Source:a.c\n", same("------------------\nf():\n        1:    1:x\n"), "")},
	}
}

// TestHostile reads every hostile report: refusing it is as good as reading it,
// not ending is not.
func TestHostile(t *testing.T) {
	if testing.Short() {
		t.Skip("10 MB each")
	}
	for _, h := range hostile() {
		if _, _, err := Parse(h.name, strings.NewReader(h.report()), h.options()); err != nil && !strings.Contains(err.Error(), h.name) {
			t.Errorf("%s: an error that does not name the report: %v", h.name, err)
		}
	}
}
