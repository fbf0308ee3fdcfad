package finding

import (
	"cmp"
	"encoding/json"
	"encoding/xml"
	"fmt"
	"io"

	"github.com/gatewright/gatewright/internal/service"
)

// WriteCodeQuality writes the findings as GitLab's Code Quality report
// (docs.gitlab.com, "Code Quality report format"). GitLab compares the
// fingerprints of two reports itself, so old findings belong in it too, and
// each fingerprint may occur once only.
func WriteCodeQuality(w io.Writer, s Set) error {
	type lines struct {
		Begin int `json:"begin"`
		End   int `json:"end,omitempty"`
	}
	type location struct {
		Path  string `json:"path"`
		Lines lines  `json:"lines"`
	}
	type issue struct {
		Description string   `json:"description"`
		Check       string   `json:"check_name"`
		Fingerprint string   `json:"fingerprint"`
		Severity    string   `json:"severity"`
		Location    location `json:"location"`
	}
	seen := map[string]int{}
	issues := make([]issue, 0, len(s.Findings))
	for _, f := range s.Findings {
		print := Fingerprint(f)
		seen[print]++
		if n := seen[print]; n > 1 {
			print = fmt.Sprintf("%s-%d", print, n)
		}
		issues = append(issues, issue{
			orUnknown(f.Message), orUnknown(f.Rule), print, codeQuality(f.Severity),
			location{cmp.Or(f.Path, "."), lines{max(f.Line, 1), lastLine(f)}},
		})
	}
	enc := json.NewEncoder(w)
	enc.SetEscapeHTML(false)
	enc.SetIndent("", "  ")
	return enc.Encode(issues)
}

// lastLine returns where the finding ends if that is below where it begins, else
// 0: a scanner may name an end before the beginning, which readers refuse.
func lastLine(f service.Finding) int {
	if f.Line < 1 || f.EndLine <= f.Line {
		return 0
	}
	return f.EndLine
}

// codeQuality is a severity in GitLab's words.
func codeQuality(severity string) string {
	switch severity {
	case "critical":
		return "blocker"
	case "high":
		return "critical"
	case "medium":
		return "major"
	case "low":
		return "minor"
	default:
		return "info"
	}
}

// The parts of JUnit's XML that CI systems read.
type (
	junitSuites struct {
		XMLName xml.Name     `xml:"testsuites"`
		Suites  []junitSuite `xml:"testsuite"`
	}
	junitSuite struct {
		Name     string      `xml:"name,attr"`
		Tests    int         `xml:"tests,attr"`
		Failures int         `xml:"failures,attr"`
		Skipped  int         `xml:"skipped,attr"`
		Cases    []junitCase `xml:"testcase"`
	}
	junitCase struct {
		Name    string        `xml:"name,attr"`
		Class   string        `xml:"classname,attr"`
		File    string        `xml:"file,attr,omitempty"`
		Line    int           `xml:"line,attr,omitempty"`
		Failure *junitFailure `xml:"failure,omitempty"`
		Skipped *junitFailure `xml:"skipped,omitempty"`
	}
	junitFailure struct {
		Message string `xml:"message,attr"`
		Type    string `xml:"type,attr,omitempty"`
		Text    string `xml:",chardata"`
	}
)

// WriteJUnit writes the findings as JUnit: one suite for each tool, one case
// for each finding. New findings are failures, old ones are skipped, and a
// tool that found nothing is one case that passed.
func WriteJUnit(w io.Writer, s Set) error {
	var doc junitSuites
	for _, tool := range toolsOf(s) {
		suite := junitSuite{Name: orUnknown(tool)}
		for _, f := range s.Findings {
			if f.Tool == tool {
				suite.add(f)
			}
		}
		if len(suite.Cases) == 0 {
			suite.Cases = []junitCase{{Name: "no findings", Class: orUnknown(tool)}}
		}
		suite.Tests = len(suite.Cases)
		doc.Suites = append(doc.Suites, suite)
	}
	if _, err := io.WriteString(w, xml.Header); err != nil {
		return err
	}
	enc := xml.NewEncoder(w)
	enc.Indent("", "  ")
	if err := enc.Encode(doc); err != nil {
		return err
	}
	_, err := io.WriteString(w, "\n")
	return err
}

func (s *junitSuite) add(f service.Finding) {
	place := f.Path
	if f.Line > 0 {
		place = fmt.Sprintf("%s:%d", f.Path, f.Line)
	}
	c := junitCase{Name: f.Rule + " " + place, Class: orUnknown(f.Rule), File: f.Path, Line: max(f.Line, 0)}
	said := &junitFailure{Message: f.Message, Type: f.Severity}
	if f.Age == service.Old {
		said.Type, said.Message = "", "there before: "+f.Message
		c.Skipped = said
		s.Skipped++
	} else {
		said.Text = place + ": " + f.Message
		c.Failure = said
		s.Failures++
	}
	s.Cases = append(s.Cases, c)
}
