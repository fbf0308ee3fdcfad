package formats

import (
	"fmt"
	"strings"
	"testing"

	"golang.org/x/text/encoding/charmap"

	"github.com/gatewright/gatewright/internal/coverage"
)

// TestCountsAsTheToolDoes reads small reports, several of which add up, whose
// right totals the tool that writes such, or its issue tracker, states.
func TestCountsAsTheToolDoes(t *testing.T) {
	istanbul := func(first int, counts string) string {
		return fmt.Sprintf(`{"/w/a.js":{"path":"/w/a.js","statementMap":{"0":{"start":{"line":2,"column":0},"end":{"line":2,"column":9}}},"s":{"0":1},
			"branchMap":{"%[1]d":{"type":"if","loc":{"start":{"line":2,"column":0},"end":{"line":2,"column":9}},"locations":[{"start":{"line":2,"column":0}},{"start":{}}]}},"b":{"%[1]d":%[2]s}}}`, first, counts)
	}
	openCover := func(first int, taken string) string {
		return fmt.Sprintf(`<CoverageSession><Modules><Module><Files><File uid="%[1]d" fullPath="a.cs"/></Files><Classes><Class><Methods>
			<Method><Name>X::M()</Name><FileRef uid="%[1]d"/><SequencePoints><SequencePoint vc="1" uspid="%[1]d" ordinal="0" sl="2" el="2" fileid="%[1]d"/></SequencePoints>
			<BranchPoints><BranchPoint vc="%[2]c" uspid="%[1]d1" ordinal="%[1]d" path="0" offset="4" sl="2" fileid="%[1]d"/><BranchPoint vc="%[3]c" uspid="%[1]d2" ordinal="%[1]d" path="1" offset="4" sl="2" fileid="%[1]d"/></BranchPoints>
			</Method></Methods></Class></Classes></Module></Modules></CoverageSession>`, first, taken[0], taken[1])
	}
	class := func(inside string) string {
		return `<coverage line-rate="1"><packages><package><classes><class filename="a.js">` + inside + `</class></classes></package></packages></coverage>`
	}
	const below, own = `<methods><method><lines><line number="3" hits="0"/></lines></method></methods>`, `<lines><line number="1" hits="1"/><line number="4" hits="0"/></lines>`
	many := "[" + strings.Repeat("1,", 299) + "0]"
	for _, c := range []struct {
		name                                            string
		covered, lines, branchesCovered, branches, most int // most: statements
		reports                                         []string
	}{
		{"Cobertura: methods repeat, or name what is no line", 1, 2, 0, 0, 0, []string{class(below + own)}},
		{"Cobertura: what is in no method (grcov)", 2, 3, 0, 0, 0, []string{class(`<methods><method name="f"><lines><line number="2" hits="3"/><line number="3" hits="0"/></lines></method></methods><lines><line number="7" hits="1"/></lines>`)}},
		{"Cobertura: all is in methods", 1, 2, 0, 0, 0, []string{class(`<methods><method name="f"><lines><line number="2" hits="3"/><line number="3" hits="0"/></lines></method></methods><lines/>`)}},
		{"Cobertura: a class that repeats some of its methods' lines", 2, 2, 0, 0, 0, []string{class(`<methods><method name="f"><lines><line number="2" hits="3"/><line number="3" hits="0"/></lines></method></methods><lines><line number="1" hits="1"/><line number="2" hits="3"/></lines>`)}},
		{"Cobertura: in any order", 1, 2, 0, 0, 0, []string{class(own + below)}},
		{"Cobertura: methods alone", 0, 1, 0, 0, 0, []string{class(below)}},
		{"Cobertura: hidden lines", 1, 1, 0, 0, 0, []string{class(`<lines><line number="1" hits="1"/><line number="16707566" hits="0"/><line number="15732480" hits="0"/></lines>`)}},
		{"LCOV: hidden lines and gcov's marks", 1, 3, 0, 0, 0, []string{"SF:a.c\nDA:1,1\nDA:2,=====\nDA:3,#####\nDA:16707566,0\nDA:15732480,1\nend_of_record\n"}},
		{"Istanbul: another number for one branch", 1, 1, 2, 2, 0, []string{istanbul(0, "[1,0]"), istanbul(7, "[0,1]")}},
		{"Istanbul: more than 255 branches of a switch", 1, 1, 299, 300, 0, []string{istanbul(0, many)}},
		{"OpenCover: another number for one branch", 1, 1, 2, 2, 0, []string{openCover(1, "10"), openCover(5, "01")}},
		{"SimpleCov: another number for one branch", 1, 1, 2, 2, 0, []string{
			`{"a":{"coverage":{"/w/r.rb":{"lines":[1],"branches":{"[:if, 0, 1, 4, 3, 7]":{"[:then, 1, 2, 6, 2, 9]":1,"[:else, 2, 3, 6, 3, 9]":0}}}},"timestamp":1},
			  "b":{"coverage":{"/w/r.rb":{"lines":[1],"branches":{"[:if, 7, 1, 4, 3, 7]":{"[:then, 8, 2, 6, 2, 9]":0,"[:else, 9, 3, 6, 3, 9]":1}}}},"timestamp":2}}`,
		}},
		{"coverage.py: ways out of a function stay apart", 2, 2, 1, 3, 0, []string{
			`{"meta":{},"files":{"a.py":{"executed_lines":[1,2],"missing_lines":[],"executed_branches":[[2,-1]],"missing_branches":[[2,-9],[2,3]]}}}`,
		}},
		{"coverage.py: the module's docstring", 2, 3, 0, 0, 0, []string{
			`{"meta":{},"files":{"a.py":{"summary":{"covered_lines":2},"missing_lines":[9],"executed_lines":[1,3,5]}}}`,
		}},
		{"OpenClover: tests are not the product", 1, 2, 0, 0, 0, []string{
			`<coverage clover="4.4.1" generated="1"><project><package><file path="A.java"><line num="3" count="1" type="stmt"/><line num="4" count="0" type="stmt"/></file></package></project>
			 <testproject><package><file path="T.java"><line num="3" count="1" type="stmt"/></file></package></testproject></coverage>`,
		}},
		{"Go: a block of no statements", 1, 2, 0, 0, 2, []string{"mode: set\na.go:1.10,1.20 1 1\na.go:3.10,3.20 1 0\na.go:5.12,5.14 0 0\n"}},
		{"SonarQube: true and false in any case", 2, 3, 0, 0, 0, []string{ // its own importer compares without regard to it
			`<coverage version="1"><file path="a.c"><lineToCover lineNumber="1" covered="True"/><lineToCover lineNumber="2" covered="TRUE"/><lineToCover lineNumber="3" covered="False"/></file></coverage>`,
		}},
		{"Cobertura: true and false in any case", 1, 2, 1, 2, 0, []string{
			class(`<lines><line number="1" hits="1" branch="TRUE" condition-coverage="50% (1/2)"/><line number="2" hits="0" branch="FALSE"/></lines>`),
		}},
		{"scoverage: true and false in any case", 1, 1, 1, 1, 0, []string{
			`<scoverage statement-rate="1"><packages><package><classes><class><methods><method><statements>
			 <statement source="a.scala" line="1" start="1" end="2" branch="True" invocation-count="1" ignored="False"/>
			 <statement source="a.scala" line="2" start="3" end="4" branch="False" invocation-count="1" ignored="TRUE"/></statements></method></methods></class></classes></package></packages></scoverage>`,
		}},
		{"LLVM: folded branches", 3, 3, 1, 2, 0, []string{
			`{"type":"llvm.coverage.json.export","data":[{"files":[{"filename":"a.c","segments":[[1,1,1,true,true,false],[3,2,0,false,false,false]],
			 "branches":[[2,3,2,5,1,0,0,0,4],[2,7,2,8,0,0,0,0,4]],"summary":{"branches":{"count":2,"covered":1},"functions":{"count":1},"instantiations":{"count":1}}}]}]}`,
		}},
	} {
		t.Run(c.name, func(t *testing.T) {
			all := coverage.New()
			for _, report := range c.reports {
				r, _, err := Parse("report", strings.NewReader(report), Options{})
				if err != nil {
					t.Fatal(err)
				}
				all.Merge(r)
			}
			got := all.Totals()
			if got.Lines != (coverage.Count{Covered: c.covered, Coverable: c.lines}) || got.Branches != (coverage.Branches{Covered: c.branchesCovered, Total: c.branches}) || got.Statements.Coverable != c.most {
				t.Errorf("%+v; want lines %d/%d, branches %d/%d, statements %d", got, c.covered, c.lines, c.branchesCovered, c.branches, c.most)
			}
		})
	}
}

// TestRefuses: what is not understood is an error that names report, line,
// format and what was expected.
func TestRefuses(t *testing.T) {
	for report, want := range map[string]string{
		`<results><modules><module><functions><function><ranges><range source_id="0" covered="foo" start_line="1" end_line="1"/>`:                                  `report:1: Visual Studio coverage XML: <range> with covered="foo" where yes, no or partial was expected`,
		"<coverage version=\"1\">\n<file path=\"a\"><lineToCover lineNumber=\"1\" covered=\"maybe\"/>":                                                             `report:2: SonarQube generic coverage: <lineToCover> with covered="maybe" where true or false was expected`,
		`<coverage line-rate="1"><packages><package><classes><class filename="a"><lines><line number="1" hits="1" branch="perhaps"/>`:                              `report:1: Cobertura XML: <line> with branch="perhaps" where true or false was expected`,
		`<coverage line-rate="1"><packages><package><classes><class filename="a"><lines><line number="1" hits="1" branch="true" condition-coverage="50% (some)"/>`: `report:1: Cobertura XML: <line> with condition-coverage="50% (some)" where 50% (1/2) was expected`,
		`<coverage line-rate="1"><packages><package><classes><class filename="a"><lines><line number="1" hits="1" hits="2"/>`:                                      `report:1: Cobertura XML: attribute hits of <line> stands there twice`,
		`<Root CoveragePercent="1"><FileIndices><File Index="1" Name="a"/></FileIndices><Statement FileIndex="1" Line="1" Covered="so-so"/>`:                       `report:1: dotCover detailed XML: <Statement> where Line as a line and Covered as it is known were expected`,
		`{"a":{"statementMap":{},"s":{"0":"many"}}}`:                                                            `report:1: Istanbul JSON: "many" where a number was expected`,
		"{\"files\":[{\"file\":\"a\",\n\"lines\":[{\"line_number\":1,\"count\":true}]}],\"gcc_version\":\"9\"}": `report:2: gcov JSON: 't' where a number was expected`,
		"SF:a\nfoo:1\n": `report:2: LCOV tracefile: "foo:1" where a record such as SF:, DA: or end_of_record was expected`,
	} {
		_, _, err := Parse("report", strings.NewReader(report), Options{})
		if err == nil || err.Error() != want {
			t.Errorf("%.60s: %v; want %s", report, err, want)
		}
	}
}

// TestLatin reads the names of files in the encodings that XML names.
func TestLatin(t *testing.T) {
	for name, e := range map[string]*charmap.Charmap{
		"ISO-8859-1": charmap.ISO8859_1, "iso-8859-2": charmap.ISO8859_2, "Latin-9": charmap.ISO8859_15, "windows-1252": charmap.Windows1252,
		"cp1250": charmap.Windows1250, "KOI8-R": charmap.KOI8R, "IBM850": charmap.CodePage850,
	} {
		const path = "src/naïve.c"
		letters := path
		if e == charmap.KOI8R {
			letters = "src/имя.c"
		}
		if e == charmap.ISO8859_2 || e == charmap.Windows1250 {
			letters = "src/žluť.c"
		}
		text, err := e.NewEncoder().String(`<?xml version="1.0" encoding="` + name + `"?><coverage line-rate="1"><packages><package><classes><class filename="` + letters + `"><lines><line number="1" hits="1"/></lines></class></classes></package></packages></coverage>`)
		if err != nil {
			t.Fatal(name, err)
		}
		r, _, err := Parse("report", strings.NewReader(text), Options{})
		if err != nil || r.Lookup(letters) == nil {
			t.Errorf("%s: %v, files %v", name, err, r)
		}
	}
}
