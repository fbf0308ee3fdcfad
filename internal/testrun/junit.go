package testrun

import (
	"cmp"
	"errors"
	"io"
	"math"
	"strconv"
	"strings"
	"time"

	"github.com/gatewright/gatewright/internal/fault"
	"github.com/gatewright/gatewright/internal/scan"
)

// maxMessage is the longest message of a failure that is kept, in bytes.
const maxMessage = 2000

// maxUnnamed is the most failures of a report that are taken from its counts.
const maxUnnamed = 10_000

// ReadJUnit adds the tests of a JUnit report to the set, as any tool writes it:
// with <testsuites> around or not, suites in suites, files and lines as
// attributes or not. A suite that failed outside of its tests, and failures that
// it counts without naming them, are failed tests too. SonarQube's generic test
// execution, whose tests stand below their files, is read as well. name stands
// for the file in errors, which are fault.Input.
func (s *Set) ReadJUnit(r io.Reader, name string) error {
	p := &junit{XML: scan.NewXML(scan.UTF8(r)), set: s}
	for p.Next() {
		if p.Start() {
			p.open()
		} else {
			p.close()
		}
	}
	if err := p.Err(); err != nil {
		var at *scan.Error
		if errors.As(err, &at) {
			return fault.Errorf(fault.Input, "%s:%d: JUnit: %w", name, at.Line, at.Err)
		}
		return fault.Errorf(fault.Input, "%s: JUnit: %w", name, err)
	}
	if !p.root {
		return fault.WithHint(fault.Errorf(fault.Input, "%s: neither <testsuites> nor <testsuite>: this is no JUnit report", name),
			"test results are read from JUnit XML, and from SonarQube's generic test execution")
	}
	if !p.point {
		for _, i := range p.commas {
			s.Cases[i].Seconds /= 1000
		}
	}
	return nil
}

// junit is a report while it is read.
type junit struct {
	*scan.XML
	set    *Set
	root   bool
	suites []suite // open ones
	test   *Case   // open
	faults int     // its failures and errors, those of runs before or after among them
	flaky  bool    // its failures are those of earlier runs: Flank has an attribute for it
	notRun bool    // test is one that CTest did not run: skipped, or not to be had (WriteJUnitXML of cmCTestTestHandler.cxx, whose classes are the names)
	file   string  // open, of a generic test execution

	unnamed int   // failures so far that are counted and not named
	point   bool  // a time has a decimal point, so that a comma groups thousands
	commas  []int // tests whose time was read so: their index in the set
}

// suite is an open <testsuite>, or the <testsuites> around them. What it says of itself includes the suites in it.
type suite struct {
	name, file string
	stated     int // failures and errors that it says it has
	failed     int // tests that failed in it
	// elements are those of failures and errors: Catch2 counts assertions, each of which
	// has one, and Surefire runs, also of tests that passed when they were run again.
	elements int
}

func (p *junit) open() {
	switch string(p.Name()) {
	case "testsuites":
		p.root = true
		p.suites = append(p.suites, suite{stated: p.stated()})
	case "testsuite":
		p.root = true
		p.point = p.point || strings.Contains(p.attr("time"), ".")
		p.suites = append(p.suites, suite{name: p.attr("name"), file: cmp.Or(p.attr("file"), p.attr("filepath")), stated: p.stated()})
	case "testcase":
		p.test = p.testcase()
	case "testExecutions", "unitTest": // the latter until version 6.2
		p.root = true
	case "file":
		p.file = p.attr("path")
	case "testCase":
		p.test = &Case{Name: p.text("name"), File: p.file, Outcome: Passed, Seconds: seconds(p.attr("duration")) / 1000}
	case "failure", "error", "rerunFailure", "rerunError":
		if p.test == nil { // of the suite
			p.add(Case{Name: "outside of its tests", Outcome: Failed, Message: p.message()})
			return
		}
		p.faults++
		if p.test.Outcome != Failed && p.flaky {
			p.test.Outcome = Flaky
		} else {
			p.test.Outcome = Failed
		}
		if p.test.File == "" {
			p.test.File = p.attr("file")
			p.test.Line, _ = scan.Int(p.Raw("line"))
		}
		p.test.Message = cmp.Or(p.test.Message, p.message())
	case "flakyFailure", "flakyError": // it passed when it was run again
		p.faults++
		if p.test != nil && p.test.Outcome == Passed {
			p.test.Outcome, p.test.Message = Flaky, p.message()
		}
	case "skipped", "disabled", "ignored", "aborted": // the last by Ant, of an assumption that did not hold
		if p.test != nil && p.test.Outcome == Passed {
			p.test.Outcome = Skipped
		}
		if m := p.attr("message"); p.test != nil && p.notRun && m != "" && m != "Disabled" && !strings.HasPrefix(m, "SKIP_") {
			p.test.Outcome, p.test.Message = Failed, m
		}
	}
}

func (p *junit) testcase() *Case {
	c := &Case{Class: p.text("classname"), Name: p.text("name"), File: cmp.Or(p.attr("file"), p.attr("filepath")), Outcome: Passed, Seconds: p.seconds()}
	c.Line, _ = scan.Int(p.Raw("line"))
	status, result := p.attr("status"), p.attr("result")
	for _, word := range []string{status, result} { // some tools have no element for it; GoogleTest has both
		switch strings.ToLower(word) {
		case "failed", "failure", "fail", "error", "broken", "crashed", "timeout", "timedout", "interrupted", "incomplete":
			c.Outcome = Failed
		case "skipped", "disabled", "notrun", "suppressed":
			if c.Outcome != Failed {
				c.Outcome = Skipped
			}
		}
	}
	p.flaky = p.attr("flaky") == "true"
	p.notRun = status == "notrun" && result == "" && c.Class == c.Name
	return c
}

// add adds a test to the set, with what its suite says of all of them.
func (p *junit) add(c Case) {
	if n := len(p.suites); n > 0 {
		c.Suite, c.File = p.suites[n-1].name, cmp.Or(c.File, p.suites[n-1].file)
		if c.Outcome == Failed {
			p.suites[n-1].failed++
			p.faults = max(p.faults, 1)
		}
		p.suites[n-1].elements += p.faults
	}
	p.set.Cases = append(p.set.Cases, c)
	p.faults = 0
}

func (p *junit) close() {
	switch string(p.Name()) {
	case "testcase", "testCase":
		if p.test != nil {
			p.add(*p.test)
			p.test = nil
		}
	case "testsuite", "testsuites":
		n := len(p.suites) - 1
		for s := p.suites[n]; s.failed < s.stated && s.elements < s.stated && p.unnamed < maxUnnamed; s.failed++ {
			p.unnamed++
			p.add(Case{Name: "one that the report counts and does not name", Outcome: Failed})
		}
		s := p.suites[n]
		if p.suites = p.suites[:n]; n > 0 {
			p.suites[n-1].failed += s.failed
			p.suites[n-1].elements += s.elements
		}
	}
}

// stated is how many tests failed as the element counts them.
func (p *junit) stated() int {
	failures, _ := scan.Int(p.Raw("failures"))
	errors, _ := scan.Int(p.Raw("errors"))
	return failures + errors
}

// message is what a failure says, in its attribute or in its text.
func (p *junit) message() string {
	m := cmp.Or(p.attr("message"), p.attr("type"))
	if m == "" {
		m, _, _ = strings.Cut(strings.TrimSpace(string(p.Text())), "\n")
	}
	m = p.clean(m)
	if len(m) > maxMessage {
		m = strings.ToValidUTF8(m[:maxMessage], "") + "…"
	}
	return m
}

func (p *junit) clean(text string) string {
	if p.set.Clean != nil {
		text = p.set.Clean(text)
	}
	return text
}

// text returns an attribute that is shown.
func (p *junit) text(name string) string { return p.clean(p.attr(name)) }

func (p *junit) attr(name string) string {
	v, _ := p.Attr(name)
	return v
}

// seconds reads the time of a test.
func (p *junit) seconds() float64 {
	text := p.attr("time")
	p.point = p.point || strings.Contains(text, ".")
	if i := strings.IndexByte(text, ','); i == len(text)-len(",000") && i > 0 && text[0] != '0' {
		p.commas = append(p.commas, len(p.set.Cases))
		text = text[:i] + text[i+1:]
	}
	return seconds(text)
}

// seconds reads a time; some tools group thousands, some write a comma for the
// point, some have units, as durations of Go, Kotlin and ISO 8601.
func seconds(text string) float64 {
	text = strings.TrimSpace(text)
	comma, point := strings.LastIndexByte(text, ','), strings.LastIndexByte(text, '.')
	if comma > point && strings.Count(text, ",") == 1 {
		text = strings.ReplaceAll(text[:comma], ".", "") + "." + text[comma+1:]
	}
	v, err := strconv.ParseFloat(strings.ReplaceAll(text, ",", ""), 64)
	if err != nil {
		d, _ := time.ParseDuration(strings.TrimPrefix(strings.ReplaceAll(strings.ToLower(text), " ", ""), "pt"))
		v = d.Seconds()
	}
	if v < 0 || math.IsInf(v, 0) || math.IsNaN(v) {
		return 0
	}
	return v
}
