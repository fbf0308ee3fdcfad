package testrun

import (
	"encoding/xml"
	"fmt"
	"io"
)

// Suite is a <testsuite> as CI systems read it. Add fills it. Time is in seconds,
// Stamp without a zone (the schema of Ant's junitreport); either may be "".
type Suite struct {
	XMLName  xml.Name  `xml:"testsuite"`
	Name     string    `xml:"name,attr"`
	Tests    int       `xml:"tests,attr"`
	Failures int       `xml:"failures,attr"`
	Skipped  int       `xml:"skipped,attr"`
	Time     string    `xml:"time,attr,omitempty"`
	Stamp    string    `xml:"timestamp,attr,omitempty"`
	Cases    []Written `xml:"testcase"`
}

// Written is a <testcase>: passed, or with the reason why not.
type Written struct {
	Class   string   `xml:"classname,attr"`
	Name    string   `xml:"name,attr"`
	File    string   `xml:"file,attr,omitempty"`
	Line    int      `xml:"line,attr,omitempty"`
	Time    string   `xml:"time,attr,omitempty"`
	Failure *Failure `xml:"failure,omitempty"`
	Skipped *Skip    `xml:"skipped,omitempty"`
	Out     string   `xml:"system-out,omitempty"`
}

// Failure is why a case failed.
type Failure struct {
	Message string `xml:"message,attr"`
	Type    string `xml:"type,attr,omitempty"`
	Text    string `xml:",chardata"`
}

// Skip is why a case was skipped, "" if nothing says so.
type Skip struct {
	Message string `xml:"message,attr,omitempty"`
}

// Add puts a case behind the others and counts it: readers compare the numbers
// of a suite with what is in it.
func (s *Suite) Add(c Written) {
	s.Tests++
	if c.Failure != nil {
		s.Failures++
	}
	if c.Skipped != nil {
		s.Skipped++
	}
	s.Cases = append(s.Cases, c)
}

// WriteJUnit writes suites as JUnit's XML. Go's encoder escapes what outside
// text holds, and replaces what XML cannot hold. Of cases of one class and name,
// in whatever suites, GitLab shows one (gitlab-org/gitlab#237920), so that the
// further ones are numbered.
func WriteJUnit(w io.Writer, suites []Suite) error {
	seen := map[[2]string]int{}
	for i := range suites {
		for k := range suites[i].Cases {
			c := &suites[i].Cases[k]
			for { // a name with its number may be another's, too
				key := [2]string{c.Class, c.Name}
				if seen[key]++; seen[key] == 1 {
					break
				}
				c.Name = fmt.Sprintf("%s (%d)", c.Name, seen[key])
			}
		}
	}
	if _, err := io.WriteString(w, xml.Header); err != nil {
		return err
	}
	enc := xml.NewEncoder(w)
	enc.Indent("", "  ")
	if err := enc.Encode(struct {
		XMLName xml.Name `xml:"testsuites"`
		Suites  []Suite
	}{Suites: suites}); err != nil {
		return err
	}
	_, err := io.WriteString(w, "\n")
	return err
}
