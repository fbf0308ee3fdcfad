package testrun

import (
	"math"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/gatewright/gatewright/internal/fault"
)

// surefire, pytest, jest, googletest and PHPUnit each write it their own way.
const reports = "\ufeff" + `<?xml version="1.0"?>
<testsuites name="all">
 <testsuite name="mvn" tests="4" failures="1" time="3.5">
  <properties><property name="a" value="b"/></properties>
  <testcase classname="com.A" name="passes" time="1,234.5"/>
  <testcase classname="com.A" name="fails" time="0.5"><failure message="expected &lt;1&gt;" type="AssertionError">trace</failure><system-out>noise</system-out></testcase>
  <testcase classname="com.A" name="flaps" time="0.1"><flakyFailure type="E">at once</flakyFailure></testcase>
  <testcase classname="com.A" name="never" time="0.4"><failure/><rerunFailure message="again"/></testcase>
  <testcase classname="com.A" name="left"><skipped/></testcase>
 </testsuite>
 <testsuite name="outer" file="tests/test_x.py">
  <testsuite name="inner">
   <testcase name="test_a" file="tests/test_y.py" line="7" time="0,25"><error><![CDATA[
first line
second]]></error></testcase>
  </testsuite>
  <testcase name="test_b" time="x"/>
 </testsuite>
 <testsuite name="g"><testcase name="G.t" status="notrun" classname="G"/><testcase name="G.f" result="FAILED" classname="G"/></testsuite>
 <testsuite name="broken"><error message="could not start"/></testsuite>
 <testsuite name="counts" failures="1" errors="1"><testcase name="c"><failure message="m"/></testcase></testsuite>
</testsuites>`

func TestReadJUnit(t *testing.T) {
	var s Set
	if err := s.ReadJUnit(strings.NewReader(reports), "x.xml"); err != nil {
		t.Fatal(err)
	}
	want := []Case{
		{Suite: "mvn", Class: "com.A", Name: "passes", Seconds: 1234.5, Outcome: Passed},
		{Suite: "mvn", Class: "com.A", Name: "fails", Seconds: 0.5, Outcome: Failed, Message: "expected <1>"},
		{Suite: "mvn", Class: "com.A", Name: "flaps", Seconds: 0.1, Outcome: Flaky, Message: "E"},
		{Suite: "mvn", Class: "com.A", Name: "never", Seconds: 0.4, Outcome: Failed, Message: "again"},
		{Suite: "mvn", Class: "com.A", Name: "left", Outcome: Skipped},
		{Suite: "inner", Name: "test_a", File: "tests/test_y.py", Line: 7, Seconds: 0.25, Outcome: Failed, Message: "first line"},
		{Suite: "outer", Name: "test_b", File: "tests/test_x.py", Outcome: Passed},
		{Suite: "g", Class: "G", Name: "G.t", Outcome: Skipped},
		{Suite: "g", Class: "G", Name: "G.f", Outcome: Failed},
		{Suite: "broken", Name: "outside of its tests", Outcome: Failed, Message: "could not start"},
		{Suite: "counts", Name: "c", Outcome: Failed, Message: "m"},
		{Suite: "counts", Name: "one that the report counts and does not name", Outcome: Failed},
	}
	if diff := cmp.Diff(want, s.Cases); diff != "" {
		t.Error(diff)
	}
	c := s.Counts()
	if math.Abs(c.Seconds-1235.75) > 1e-9 {
		t.Errorf("%v seconds", c.Seconds)
	}
	c.Seconds = 0
	if diff := cmp.Diff(Counts{Tests: 12, Failed: 7, Flaky: 1, Skipped: 2}, c); diff != "" {
		t.Error(diff)
	}
	if got := s.Slowest(3); len(got) != 1 || got[0].Name != "passes" {
		t.Errorf("slowest: %+v", got)
	}
	if got := s.Of(Flaky); len(got) != 1 || got[0].Title() != "com.A flaps" {
		t.Errorf("flaky: %+v", got)
	}
	if got := s.Cases[7].Title(); got != "G.t" {
		t.Errorf("a name that holds its class is shown as %q", got)
	}
}

// TestCountsOfTheRoot: what the report counts as a whole failed too, where no
// suite names it.
func TestCountsOfTheRoot(t *testing.T) {
	for in, want := range map[string]int{
		`<testsuites failures="1" errors="1"><testsuite name="a"><testcase name="x"/></testsuite></testsuites>`:              2,
		`<testsuites failures="1"><testsuite failures="1"><testcase name="x"><failure/></testcase></testsuite></testsuites>`: 1,
		`<testsuites failures="2"><testsuite><testcase name="x"><failure/></testcase></testsuite></testsuites>`:              2,
		`<testsuites failures="5"><testsuite failures="3"><testcase name="x"/></testsuite></testsuites>`:                     5,
		`<testsuite failures="99999999"/>`:                                                                                   maxUnnamed,
		`<testsuites><testsuite failures="9999"/><testsuite failures="9999"/></testsuites>`:                                  maxUnnamed,
		`<testsuites failures="0" errors="NaN"><testsuite><testcase name="x"><failure/></testcase></testsuite></testsuites>`: 1,
		// Catch2 counts assertions, and writes one element for each.
		`<testsuite failures="3"><testcase name="x"><failure/><failure/><failure/></testcase></testsuite>`:                             1,
		`<testsuite failures="4"><testcase name="x"><failure/><failure/><failure/></testcase></testsuite>`:                             4,
		`<testsuite failures="2"><testcase name="x"><failure/><error/></testcase><testcase name="y"><error/></testcase></testsuite>`:   2,
		`<testsuites failures="2"><testsuite failures="2"><testcase name="x"><failure/><failure/></testcase></testsuite></testsuites>`: 1,
		// Surefire counts runs (EnricoMi/publish-unit-test-result-action#539), or tests.
		`<testsuite failures="2"><testcase name="x"><failure/><rerunFailure/></testcase></testsuite>`:                                         1,
		`<testsuite failures="1"><testcase name="x"><failure/><rerunFailure/></testcase></testsuite>`:                                         1,
		`<testsuite failures="3"><testcase name="x"><failure/><rerunFailure/></testcase></testsuite>`:                                         3,
		`<testsuite failures="1"><testcase name="x"><flakyFailure/></testcase></testsuite>`:                                                   0,
		`<testsuite failures="1" errors="1"><testcase name="x"><flakyFailure/><flakyError/></testcase></testsuite>`:                           0,
		`<testsuite failures="1"><testcase name="x"><flakyFailure/><flakyFailure/></testcase></testsuite>`:                                    0,
		`<testsuites failures="2"><testsuite failures="2"><testcase name="x"><flakyFailure/></testcase></testsuite></testsuites>`:             2,
		`<testsuites failures="2"><testsuite><testcase name="x"><flakyFailure/></testcase></testsuite><testsuite failures="1"/></testsuites>`: 1,
		`<testsuite failures="1" errors="1"><testcase name="x" status="failed"><failure/></testcase></testsuite>`:                             2,
		// Flank may count what passed then.
		`<testsuite failures="1" flakes="1"><testcase name="x" flaky="true"><failure/></testcase></testsuite>`:                              0,
		`<testsuite failures="2"><testcase name="x" flaky="true"><failure/></testcase><testcase name="y"><failure/></testcase></testsuite>`: 1,
		`<testsuites failures="1"><testsuite errors="1"/></testsuites>`:                                                                     1,
		`<testsuites><testsuite failures="1"><testsuite failures="1"><testcase name="x"/></testsuite></testsuite></testsuites>`:             1,
	} {
		var s Set
		if err := s.ReadJUnit(strings.NewReader(in), "x.xml"); err != nil || s.Counts().Failed != want {
			t.Errorf("%s: %+v, want %d failed (%v)", in, s.Cases, want, err)
		}
	}
}

// TestTimes: the times of tests as tools write them. A comma before three digits
// groups thousands where the report has a point, else it is one.
func TestTimes(t *testing.T) {
	for in, want := range map[string]float64{
		`time="1,024"`:     1.024,
		`time="25,357"`:    25.357, // kenherring/ablunit-test-runner#564
		`time="0,357"`:     0.357,
		`time="0,25"`:      0.25,
		`time="2,120.532"`: 2120.532, // apache/maven-surefire#2707
		`time="1,234,567"`: 1234567,
		`time="1.234,56"`:  1234.56,
		`time="75.350s"`:   75.35,     // gotestyourself/gotestsum#22
		`time="80.803us"`:  80.803e-6, // kotest/kotest#2756
		`time="1m 2.5s"`:   62.5,
		`time="PT1M2.5S"`:  62.5,
		`time="12 ms"`:     0.012,
		`time="-3s"`:       0,
		`time="NaN"`:       0,
		`time="soon"`:      0,
	} {
		var s Set
		err := s.ReadJUnit(strings.NewReader(`<testsuite><testcase name="x" `+in+`/></testsuite>`), "x.xml")
		if got := s.Counts().Seconds; err != nil || math.Abs(got-want) > 1e-9 {
			t.Errorf("%s: %v, want %v (%v)", in, got, want, err)
		}
	}
	for in, want := range map[string]float64{
		`<testsuite><testcase name="x" time="1,024"/><testcase name="y" time="0.5"/></testsuite>`: 1024.5,
		`<testsuite time="1,024.0"><testcase name="x" time="1,024"/></testsuite>`:                 1024,
		`<testsuite time="1,024"><testcase name="x" time="1,024"/></testsuite>`:                   1.024,
		`<testsuite><testcase name="x" time="2"/><testcase name="y" time="1,024"/></testsuite>`:   3.024,
	} {
		var s Set
		s.Cases = []Case{{Name: "of another report", Seconds: 1000}}
		err := s.ReadJUnit(strings.NewReader(in), "x.xml")
		if got := s.Counts().Seconds - 1000; err != nil || math.Abs(got-want) > 1e-9 {
			t.Errorf("%s: %v, want %v (%v)", in, got, want, err)
		}
	}
}

// TestOutcomes: how a test ended, as tools write it that have no element for it, or
// more words for one. The first test is there so that another's end is told apart.
func TestOutcomes(t *testing.T) {
	for in, want := range map[string]Outcome{
		// GoogleTest 1.10 (google/googletest#1916, #3837).
		`<testcase name="x" status="run" result="skipped"/>`:                                             Skipped,
		`<testcase name="x" status="run" result="completed"/>`:                                           Passed,
		`<testcase name="x" status="notrun" result="suppressed"/>`:                                       Skipped,
		`<testcase name="x" status="run" result="failed"/>`:                                              Failed,
		`<testcase name="x" status="failed" result="skipped"/>`:                                          Failed,
		`<testcase name="x" status="error" result="suppressed"/>`:                                        Failed,
		`<testcase name="x" status="skipped" result="failed"/>`:                                          Failed,
		`<testcase name="x" status="failed"><skipped message="m"/></testcase>`:                           Failed,
		`<testcase name="x" status="notrun" result="skipped"><skipped message="no weights"/></testcase>`: Skipped,
		// CTest writes what it skipped and what it could not run alike, but for the message.
		`<testcase name="x" classname="x" status="notrun"><skipped message="Unable to find executable"/></testcase>`: Failed,
		`<testcase name="x" classname="x" status="notrun"><skipped message="Fixture dependency failed"/></testcase>`: Failed,
		`<testcase name="x" classname="x" status="notrun"><skipped message="SKIP_RETURN_CODE=77"/></testcase>`:       Skipped,
		`<testcase name="x" classname="x" status="notrun"><skipped message="Disabled"/></testcase>`:                  Skipped,
		`<testcase name="x" classname="x" status="notrun"><skipped/></testcase>`:                                     Skipped,
		`<testcase name="x"><skipped message="Unable to find executable"/></testcase>`:                               Skipped,
		// Other tools have the word as well, and messages of their own.
		`<testcase name="x" status="notrun"><skipped message="no GPU here"/></testcase>`: Skipped,
		`<testcase name="x" status="disabled"/>`:                                         Skipped,
		`<testcase name="x"><aborted message="assumption"/></testcase>`:                  Skipped, // Ant (EnricoMi/publish-unit-test-result-action#673)
		`<testcase name="x"><ignored/></testcase>`:                                       Skipped,
		`<testcase name="x"><rerunFailure message="again"/></testcase>`:                  Failed,
		`<testcase name="x" status="broken"/>`:                                           Failed,
		`<testcase name="x" status="run" result="interrupted"/>`:                         Failed, // Bazel, by a signal or a timeout
		`<testcase name="x" status="Timeout"/>`:                                          Failed,
		`<testcase name="x" status="PASSED"/>`:                                           Passed,
		// Flank/flank#552, #796, #2504.
		`<testcase name="x" flaky="true"><failure>once</failure></testcase>`:    Flaky,
		`<testcase name="x" flaky="true"><failure/><error/></testcase>`:         Flaky,
		`<testcase name="x" flaky="true" status="failed"><failure/></testcase>`: Failed,
		`<testcase name="x" flaky="false"><failure>always</failure></testcase>`: Failed,
		`<testcase name="x" flaky="true"/>`:                                     Passed,
	} {
		var s Set
		err := s.ReadJUnit(strings.NewReader(`<testsuite><testcase name="first" status="notrun"/>`+in+`</testsuite>`), "x.xml")
		if err != nil || len(s.Cases) != 2 || s.Cases[1].Outcome != want {
			t.Errorf("%s: %+v, want %s (%v)", in, s.Cases, want, err)
		}
	}
}

// TestPlaces: where a test failed, as the test or its failure has it
// (mikepenz/action-junit-report#772, EnricoMi/publish-unit-test-result-action#377).
func TestPlaces(t *testing.T) {
	for in, want := range map[string]Case{
		`<testcase name="x" file="t.cc" line="3"><failure file="a.cc" line="7"/></testcase>`:           {File: "t.cc", Line: 3},
		`<testcase name="x"><failure file="a.cc" line="7"/><failure file="b.cc" line="9"/></testcase>`: {File: "a.cc", Line: 7},
		`<testcase name="x"><failure/><error file="b.cc" line="9"/></testcase>`:                        {File: "b.cc", Line: 9},
		`<testcase name="x"><failure/></testcase>`:                                                     {},
	} {
		var s Set
		err := s.ReadJUnit(strings.NewReader(`<testsuite>`+in+`</testsuite>`), "x.xml")
		if err != nil || len(s.Cases) != 1 || s.Cases[0].File != want.File || s.Cases[0].Line != want.Line {
			t.Errorf("%s: %+v (%v)", in, s.Cases, err)
		}
	}
}

func TestReadJUnitRefuses(t *testing.T) {
	for in, want := range map[string]string{
		`<coverage/>`:                  "x.xml: neither <testsuites> nor <testsuite>: this is no JUnit report",
		"<testsuites>\n<testsuite>":    "x.xml:2: JUnit: ",
		`<testsuite name="&nosuch;"/>`: "x.xml:1: JUnit: ",
		``:                             "x.xml",
		`{"tests": []}`:                "x.xml",
	} {
		var s Set
		err := s.ReadJUnit(strings.NewReader(in), "x.xml")
		if err == nil || !strings.HasPrefix(err.Error(), want) || fault.Of(err) != fault.Input {
			t.Errorf("%q: %v, want %q", in, err, want)
		}
	}
	var s Set
	if err := s.ReadJUnit(strings.NewReader(`<testsuites/>`), "x.xml"); err != nil || len(s.Cases) != 0 {
		t.Errorf("a run of no test: %v", err)
	}
}

func TestSlower(t *testing.T) {
	set := func(cases ...Case) *Set { return &Set{Cases: cases} }
	passed := func(name string, seconds float64) Case { return Case{Name: name, Seconds: seconds, Outcome: Passed} }
	before := set(passed("a", 2), passed("b", 2), passed("gone", 100), Case{Name: "f", Seconds: 50, Outcome: Failed})
	for _, tt := range []struct {
		now     *Set
		percent float64
		tests   int
		ok      bool
	}{
		{set(passed("a", 3), passed("b", 2)), 25, 2, true},
		{set(passed("a", 1), passed("b", 1)), -50, 2, true},
		{set(passed("a", 2), passed("new", 90), passed("f", 1)), 0, 1, true},
		{set(passed("new", 1)), 0, 0, false},
		{set(Case{Name: "a", Seconds: 9, Outcome: Failed}), 0, 0, false},
	} {
		percent, tests, ok := Slower(tt.now, before)
		if percent != tt.percent || tests != tt.tests || ok != tt.ok {
			t.Errorf("%+v: %v, %d, %v", tt, percent, tests, ok)
		}
	}
	// Which of several of one name is missing is not known: none of them is compared.
	for _, now := range []*Set{set(passed("a", 2), passed("p", 3)), set(passed("a", 2), passed("p", 1), passed("p", 3), passed("p", 30)), set(passed("p", 4), Case{Name: "p", Outcome: Failed}, passed("a", 2))} {
		percent, tests, ok := Slower(now, set(passed("a", 1), passed("p", 1), passed("p", 3)))
		if percent != 100 || tests != 1 || !ok {
			t.Errorf("%+v: %v, %d, %v", now, percent, tests, ok)
		}
	}
	// Tests of one name, as those with parameters are in many reports.
	twice := set(passed("p", 1), passed("p", 3))
	if percent, tests, ok := Slower(set(passed("p", 4), passed("p", 4)), twice); percent != 100 || tests != 2 || !ok {
		t.Errorf("two of one name: %v, %d, %v", percent, tests, ok)
	}
}

func FuzzReadJUnit(f *testing.F) {
	f.Add(reports)
	f.Add(`<testsuite failures="9"><testcase/></testsuite>`)
	f.Fuzz(func(t *testing.T, in string) {
		var s Set
		if err := s.ReadJUnit(strings.NewReader(in), "f"); err != nil && fault.Of(err) != fault.Input {
			t.Fatal(err)
		}
		if c := s.Counts(); c.Failed+c.Flaky+c.Skipped > c.Tests {
			t.Fatalf("%+v", c)
		}
	})
}

// SonarQube's generic test execution, as docs.sonarsource.com shows it.
func TestGenericTestExecution(t *testing.T) {
	const report = `<testExecutions version="1">
  <file path="testx/ClassOneTest.xoo">
    <testCase name="test1" duration="5"/>
    <testCase name="test2" duration="500"><skipped message="short message">other</skipped></testCase>
    <testCase name="test3" duration="100"><failure message="short">stacktrace</failure></testCase>
    <testCase name="test4" duration="1500"><error message="short">stacktrace</error></testCase>
  </file>
</testExecutions>`
	var s Set
	if err := s.ReadJUnit(strings.NewReader(report), "x.xml"); err != nil {
		t.Fatal(err)
	}
	const file = "testx/ClassOneTest.xoo"
	want := []Case{
		{Name: "test1", File: file, Seconds: 0.005, Outcome: Passed},
		{Name: "test2", File: file, Seconds: 0.5, Outcome: Skipped},
		{Name: "test3", File: file, Seconds: 0.1, Outcome: Failed, Message: "short"},
		{Name: "test4", File: file, Seconds: 1.5, Outcome: Failed, Message: "short"},
	}
	if diff := cmp.Diff(want, s.Cases); diff != "" {
		t.Error(diff)
	}
}
