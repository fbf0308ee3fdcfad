package istanbul

import (
	"fmt"
	"strings"
	"testing"

	"github.com/gatewright/gatewright/internal/coverage"
	"github.com/gatewright/gatewright/internal/coverage/coveragetest"
)

// TestBranches has conditions of few and of many branches, whose line is where
// their entry says, or its loc, or the first of its locations that has one.
func TestBranches(t *testing.T) {
	const none = `{"start":{},"end":{}}`
	place := func(line int) string { return fmt.Sprintf(`{"start":{"line":%d,"column":2},"end":{"line":9}}`, line) }
	var branchMap, b []string
	want := map[int]coverage.Branches{}
	for id := range 60 {
		line := 10 + id
		entry := []string{
			fmt.Sprintf(`"%d":{"line":1,"loc":%s,"type":"if","locations":[%s,%s]}`, id, place(line), place(3), none),
			fmt.Sprintf(`"%d":{"line":%d,"type":"cond-expr","locations":[%s]}`, id, line, place(3)),
			fmt.Sprintf(`"%d":{"type":"if","locations":[%s,%s,%s]}`, id, none, place(line), place(4)),
		}
		branchMap = append(branchMap, entry[id%3])
		var counts []string
		for i := range id%10 + 1 {
			counts = append(counts, fmt.Sprint((id+i)%2))
			want[line] = coverage.Branches{Covered: want[line].Covered + (id+i)%2, Total: i + 1}
		}
		b = append(b, fmt.Sprintf(`"%d":[%s]`, id, strings.Join(counts, ",")))
	}
	report := coveragetest.Read(t, Parse, fmt.Sprintf(`{"a.js":{"statementMap":{},"branchMap":{%s},"s":{},"b":{%s}}}`,
		strings.Join(branchMap, ","), strings.Join(b, ",")))
	f := report.File("a.js")
	for line, branches := range want {
		if got := f.BranchesOf(line); got != branches {
			t.Errorf("line %d: %v, want %v", line, got, branches)
		}
	}
}

// TestCompiled: what instrumented code has kept itself, or nyc in its own folder, has
// lines of the code that was compiled, and the map that would lead from there.
func TestCompiled(t *testing.T) {
	file := func(more string) string {
		return `{"src/a.ts":{"path":"src/a.ts","statementMap":{"0":{"start":{"line":5}}},"s":{"0":1}` + more + `}}`
	}
	if _, err := Parse(strings.NewReader(file(`,"inputSourceMap":{"version":3,"sources":["a.ts"],"mappings":"AAOA"},"hash":"1"`))); err == nil ||
		!strings.Contains(err.Error(), "src/a.ts has the lines of compiled code") || !strings.Contains(err.Error(), "nyc report") {
		t.Errorf("%v", err)
	}
	for _, more := range []string{"", `,"inputSourceMap":null,"hash":"1"`} {
		if report := coveragetest.Read(t, Parse, file(more)); report.File("src/a.ts").NumLines() != 1 {
			t.Errorf("%s: %v", more, report)
		}
	}
}

// TestEndsUnknown merges a run whose source maps do not say where a line ends
// with one that knows, and conditions that a source map put in one place.
func TestEndsUnknown(t *testing.T) {
	t.Parallel()
	branch := func(kind, end string) string {
		return `{"loc":{"start":{"line":23,"column":6},"end":{"line":23,"column":` + end + `}},"type":"` + kind + `","locations":[]}`
	}
	run := func(counts string, branches ...string) *coverage.Report {
		var entries []string
		for i, b := range branches {
			entries = append(entries, fmt.Sprintf(`"%d":%s`, i, b))
		}
		report := coveragetest.Read(t, Parse, `{"a.ts":{"statementMap":{},"branchMap":{`+strings.Join(entries, ",")+`},"s":{},"b":{`+counts+`}}}`)
		return report
	}
	for name, c := range map[string]struct {
		runs []*coverage.Report
		want coverage.Branches
	}{
		"one run has no ends": {[]*coverage.Report{
			run(`"0":[1,0],"1":[1,0]`, branch("cond-expr", "40"), branch("binary-expr", "20")),
			run(`"0":[0,2],"1":[1,0]`, branch("cond-expr", "null"), branch("binary-expr", "null")),
		}, coverage.Branches{Covered: 3, Total: 4}},
		"two in one place": {[]*coverage.Report{
			run(`"0":[1,0],"1":[1,1]`, branch("cond-expr", "40"), branch("cond-expr", "33")),
		}, coverage.Branches{Covered: 3, Total: 4}},
		"V8's blocks": {[]*coverage.Report{
			run(`"0":[1],"1":[0]`, branch("branch", "40"), branch("branch", "33")),
			run(`"0":[1]`, branch("branch", "33")),
		}, coverage.Branches{Covered: 2, Total: 2}},
	} {
		whole := c.runs[0]
		for _, r := range c.runs[1:] {
			whole.Merge(r)
		}
		if got := whole.File("a.ts").BranchesOf(23); got != c.want {
			t.Errorf("%s: %v, not %v", name, got, c.want)
		}
	}
}

// TestNoCounts has statements that nothing counts: a report without "s", which
// Istanbul does not take either, is not one of a file without statements.
func TestNoCounts(t *testing.T) {
	const file = `"statementMap":{"0":{"start":{"line":1,"column":0},"end":{"line":1,"column":5}}},"branchMap":{},"b":{}`
	for _, text := range []string{`{"a.js":{` + file + `}}`, `{"a.js":{` + file + `,"s":{}}}`} {
		if report, err := Parse(strings.NewReader(text)); err == nil {
			t.Errorf("%s is read as %v", text, report.Totals())
		}
	}
	if _, err := Parse(strings.NewReader(`{"a.js":{"statementMap":{},"branchMap":{},"s":{},"b":{}}}`)); err != nil {
		t.Error(err)
	}
}

// TestNoPlace reads statements that a source map has no place for, which Istanbul
// counts in no line, beside one that has one, and alone.
func TestNoPlace(t *testing.T) {
	const odd = `"0":{"start":{"line":null,"column":null},"end":{"line":null,"column":null}}`
	report, err := Parse(strings.NewReader(`{"a.ts":{"statementMap":{` + odd + `,"1":{"start":{"line":4,"column":0},"end":{"line":4,"column":9}}},"branchMap":{},"s":{"0":1,"1":0},"b":{}}}`))
	if err != nil {
		t.Fatal(err)
	}
	if n := report.Totals().Lines; n.Covered != 0 || n.Coverable != 1 {
		t.Errorf("%d of %d lines, want 0 of 1", n.Covered, n.Coverable)
	}
	if _, err := Parse(strings.NewReader(`{"a.ts":{"statementMap":{` + odd + `},"branchMap":{},"s":{"0":1},"b":{}}}`)); err == nil {
		t.Error("a file of which no statement has a line was read")
	}
	if _, err := Parse(strings.NewReader(`{"a.ts":{"statementMap":{` + odd + `},"branchMap":{},"s":{"0":1,"1":1},"b":{}}}`)); err == nil {
		t.Error("a count without a statement was read")
	}
}

// TestNotIstanbul reads what has files, and of none of them what Istanbul keeps,
// as its summary of totals, under a format that was forced.
func TestNotIstanbul(t *testing.T) {
	if report, err := Parse(strings.NewReader(`{"total":{"lines":{"total":1,"covered":1,"pct":100}},"a.js":{"lines":{"total":1,"covered":1,"pct":100}}}`)); err == nil {
		t.Errorf("a summary is read as %d files", report.Len())
	}
	for _, text := range []string{`{}`, `{"a.js":{"path":"a.js","statementMap":{},"s":{}},"b.js":{}}`} {
		if _, err := Parse(strings.NewReader(text)); err != nil {
			t.Errorf("%s: %v", text, err)
		}
	}
}

// TestNeverLoaded merges two shards of Vitest with V8, of which one only listed a
// file: its branch for the whole file is none of those that the other knows.
func TestNeverLoaded(t *testing.T) {
	file := func(hits int, kind, branches, taken string) *coverage.Report {
		text := fmt.Sprintf(`{"a.ts":{"statementMap":{"0":{"start":{"line":1,"column":0}},"1":{"start":{"line":2,"column":0}}},"s":{"0":%d,"1":0},
"branchMap":{%s},"b":{%s}}}`, hits, strings.ReplaceAll(branches, "KIND", kind), taken)
		report, err := Parse(strings.NewReader(text))
		if err != nil {
			t.Fatal(err)
		}
		report.Settle()
		return report
	}
	at := func(id, line, column int) string {
		return fmt.Sprintf(`"%d":{"type":"KIND","line":%d,"loc":{"start":{"line":%[2]d,"column":%d},"end":{"line":9,"column":1}},"locations":[]}`, id, line, column)
	}
	listed := func(kind string) *coverage.Report { return file(0, kind, at(0, 1, 0), `"0":[0]`) }
	loaded := func(kind string) *coverage.Report {
		return file(1, kind, at(0, 1, 4)+","+at(1, 2, 8), `"0":[1],"1":[0]`)
	}
	for name, c := range map[string]struct {
		reports []*coverage.Report
		want    coverage.Branches
	}{
		"listed first": {[]*coverage.Report{listed("branch"), loaded("branch")}, coverage.Branches{Covered: 1, Total: 2}},
		"listed last":  {[]*coverage.Report{loaded("branch"), listed("branch")}, coverage.Branches{Covered: 1, Total: 2}},
		"never loaded": {[]*coverage.Report{listed("branch"), listed("branch")}, coverage.Branches{Covered: 0, Total: 1}},
		// Of what was loaded V8 knows branches, though none of its lines ran.
		"one that ran": {[]*coverage.Report{file(0, "branch", at(0, 1, 0), `"0":[2]`), loaded("branch")}, coverage.Branches{Covered: 2, Total: 3}},
		"several":      {[]*coverage.Report{file(0, "branch", at(0, 1, 0)+","+at(1, 2, 2), `"0":[0],"1":[0]`), loaded("branch")}, coverage.Branches{Covered: 1, Total: 4}},
		"Istanbul's":   {[]*coverage.Report{listed("if"), loaded("if")}, coverage.Branches{Covered: 1, Total: 3}},
	} {
		whole := coverage.New()
		for _, r := range c.reports {
			whole.Merge(r)
		}
		if got := whole.Totals(); got.Branches != c.want || got.Lines.Coverable != 2 {
			t.Errorf("%s: branches %v of %d lines, want %v of 2", name, got.Branches, got.Lines.Coverable, c.want)
		}
	}
}
