package summary

import (
	"cmp"
	"encoding/xml"
	"fmt"
	"io"

	"github.com/gatewright/gatewright/internal/service"
)

// JUnit writes the conditions of a page as test cases, so that a CI shows a
// failed gate where it shows failed tests. A page that was not judged has none.
func JUnit(w io.Writer, p Page) error {
	type failure struct {
		Message string `xml:"message,attr"`
	}
	type testcase struct {
		Class   string    `xml:"classname,attr"`
		Name    string    `xml:"name,attr"`
		Failure *failure  `xml:"failure,omitempty"`
		Skipped *struct{} `xml:"skipped,omitempty"`
	}
	type testsuite struct {
		XMLName  xml.Name   `xml:"testsuite"`
		Name     string     `xml:"name,attr"`
		Tests    int        `xml:"tests,attr"`
		Failures int        `xml:"failures,attr"`
		Skipped  int        `xml:"skipped,attr"`
		Cases    []testcase `xml:"testcase"`
	}
	suite := testsuite{Name: Plain(p.title(), 200)}
	add := func(class string, c service.Condition) {
		tc := testcase{Class: Plain(class, 200), Name: cmp.Or(Plain(c.Name, 200), "condition")}
		switch c.Result {
		case service.Failed:
			tc.Failure = &failure{Message: Plain(fmt.Sprintf("%s, wanted %s %s", c.Actual, c.Wanted, c.Why), 400)}
			suite.Failures++
		case service.Passed:
		default:
			tc.Skipped = &struct{}{}
			suite.Skipped++
		}
		suite.Tests++
		suite.Cases = append(suite.Cases, tc)
	}
	for _, c := range p.Rules {
		add("rules", c)
	}
	for _, v := range p.Services {
		for _, c := range v.Conditions {
			add(v.Service, c)
		}
	}
	if _, err := io.WriteString(w, xml.Header); err != nil {
		return err
	}
	enc := xml.NewEncoder(w)
	enc.Indent("", "  ")
	if err := enc.Encode(struct {
		XMLName xml.Name `xml:"testsuites"`
		Suites  []testsuite
	}{Suites: []testsuite{suite}}); err != nil {
		return err
	}
	_, err := io.WriteString(w, "\n")
	return err
}
