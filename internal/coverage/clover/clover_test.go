package clover

import (
	"fmt"
	"testing"

	"github.com/gatewright/gatewright/internal/coverage"
	"github.com/gatewright/gatewright/internal/coverage/coveragetest"
)

// A condition that was true in one run and false in another had both branches,
// and two conditions of a line are four.
func TestConditions(t *testing.T) {
	t.Parallel()
	cond := func(yes, no string) string {
		return `<line num="4" type="cond" truecount="` + yes + `" falsecount="` + no + `"/>`
	}
	for name, c := range map[string]struct {
		runs []string
		want coverage.Branches
	}{
		"one way each":   {[]string{cond("3", "0"), cond("0", "2")}, coverage.Branches{Covered: 2, Total: 2}},
		"one way":        {[]string{cond("3", "0"), cond("1", "0")}, coverage.Branches{Covered: 1, Total: 2}},
		"two conditions": {[]string{cond("3", "0") + cond("0", "0")}, coverage.Branches{Covered: 1, Total: 4}},
	} {
		whole := coverage.New()
		for _, run := range c.runs {
			report := coveragetest.Read(t, Parse, `<coverage generated="1"><project><file name="a.java"><line num="3" type="stmt" count="1"/>`+run+`</file></project></coverage>`)
			whole.Merge(report)
		}
		if got := whole.File("a.java").BranchesOf(4); got != c.want {
			t.Errorf("%s: %v, not %v", name, got, c.want)
		}
	}
}

// TestOneLineMethods counts the statements on lines on which PHPUnit's Clover has the
// method alone, as many as the file's metrics say. php-code-coverage 9.2 wrote the first.
func TestOneLineMethods(t *testing.T) {
	t.Parallel()
	const lines = `<line num="13" type="method" name="make" count="1"/><line num="14" type="stmt" count="1"/>
<line num="15" type="method" name="sw" count="1"/><line num="19" type="stmt" count="1"/><line num="20" type="stmt" count="0"/>
<line num="28" type="method" name="gen" count="0"/>`
	for _, tt := range []struct{ name, root, metrics, want string }{
		{"all three", `generated="1"`, `statements="6"`, "13:1 14:1 15:1 19:1 20:0 28:0 "},
		{"none", `generated="1"`, `statements="3"`, "14:1 19:1 20:0 "},
		{"first that without others", `generated="1"`, `statements="4"`, "14:1 19:1 20:0 28:0 "},
		{"more than there are lines", `generated="1"`, `statements="9"`, "13:1 14:1 15:1 19:1 20:0 28:0 "},
		{"no metrics", `generated="1"`, ``, "14:1 19:1 20:0 "},
		{"OpenClover of PHPUnit", `clover="12.3.0" generated="1"`, `statements="6"`, "13:1 14:1 15:1 19:1 20:0 28:0 "},
		{"of OpenClover", `generated="1" clover="4.4.1"`, `statements="6"`, "14:1 19:1 20:0 "},
	} {
		report := coveragetest.Read(t, Parse, `<coverage `+tt.root+`><project><file name="b.php"><line num="1" type="stmt" count="1"/><metrics statements="1"/></file>
<file name="a.php"><class name="A"><metrics statements="1"/></class>`+lines+`<metrics `+tt.metrics+`/></file></project></coverage>`)
		got := ""
		for line, hits := range report.File("a.php").Lines() {
			got += fmt.Sprint(line, ":", hits, " ")
		}
		if got != tt.want {
			t.Errorf("%s: %s, want %s", tt.name, got, tt.want)
		}
		if n := report.File("b.php").NumLines(); n != 1 {
			t.Errorf("%s: the file before has %d lines, want 1", tt.name, n)
		}
	}
}

// TestPerl reads Devel::Cover's truecount, which is how many of the two ways of a
// branch were taken. Its own text says 3 of 4 of this file.
func TestPerl(t *testing.T) {
	report := coveragetest.Read(t, Parse, `<coverage generated="1795896593" clover="1.01"><project><package name="main"><file path="lib/A.pm" name="A.pm">
<metrics conditionals="7" coveredconditionals="5"/><line num="2" count="2" type="stmt"/><line num="2" truecount="1" falsecount="0" type="cond"/>
<line num="3" count="2" type="stmt"/><line num="3" truecount="2" falsecount="0" type="cond"/><line num="5" truecount="0" falsecount="0" type="cond"/></file></package></project></coverage>`)
	f := report.File("lib/A.pm")
	for line, want := range map[int]coverage.Branches{2: {Covered: 1, Total: 2}, 3: {Covered: 2, Total: 2}, 5: {Covered: 0, Total: 2}} {
		if got := f.BranchesOf(line); got != want {
			t.Errorf("line %d: %v, want %v", line, got, want)
		}
	}
}
