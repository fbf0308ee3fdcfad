package finding

import (
	"cmp"
	"fmt"
	"io"
	"slices"

	"github.com/gatewright/gatewright/internal/console"
	"github.com/gatewright/gatewright/internal/service"
	"github.com/gatewright/gatewright/internal/testrun"
)

// WriteCodeQuality writes the findings as GitLab's Code Quality report
// (docs.gitlab.com, "Code Quality report format"). GitLab compares the
// fingerprints of two reports itself, so old findings belong in it too, and
// each fingerprint may occur once only. What was not looked at is an issue of
// its own: without one, all that was there before would be taken for resolved.
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
	all := slices.Clip(s.Findings) // which stay the caller's
	for _, why := range s.Missing {
		all = append(all, service.Finding{Tool: "gatewright", Rule: "not scanned", Severity: "unknown", Message: why})
	}
	for _, f := range all {
		print := Fingerprint(f)
		seen[print]++
		if n := seen[print]; n > 1 {
			print = fmt.Sprintf("%s-%d", print, n)
		}
		issues = append(issues, issue{
			orUnknown(f.Message), orUnknown(f.Rule), print, wordsFor(f.Severity).gitlab,
			location{cmp.Or(f.Path, "."), lines{max(f.Line, 1), lastLine(f)}},
		})
	}
	return console.WriteJSON(w, issues)
}

// lastLine returns where the finding ends if that is below where it begins, else
// 0: a scanner may name an end before the beginning, which readers refuse.
func lastLine(f service.Finding) int {
	if f.Line < 1 || f.EndLine <= f.Line {
		return 0
	}
	return f.EndLine
}

// WriteJUnit writes the findings as JUnit: one suite for each tool, one case
// for each finding. New findings are failures, old ones are skipped, and a
// tool that found nothing is one case that passed; one that did not run to its
// end is one that failed, and so is what was not looked at for another reason.
func WriteJUnit(w io.Writer, s Set) error {
	var suites []testrun.Suite
	for _, tool := range toolsOf(s) {
		suite := testrun.Suite{Name: orUnknown(tool)}
		for _, f := range s.Findings {
			if f.Tool == tool {
				suite.Add(junitCase(f))
			}
		}
		if why := s.Failure(tool); why != "" {
			suite.Add(testrun.Written{Name: "scan", Class: orUnknown(tool), Failure: &testrun.Failure{Message: orUnknown(tool) + " " + why}})
		}
		if suite.Tests == 0 {
			suite.Add(testrun.Written{Name: "no findings", Class: orUnknown(tool)})
		}
		suites = append(suites, suite)
	}
	for _, why := range s.Unclaimed() {
		suite := testrun.Suite{Name: "scan"}
		suite.Add(testrun.Written{Name: "scan", Class: "scan", Failure: &testrun.Failure{Message: why}})
		suites = append(suites, suite)
	}
	return testrun.WriteJUnit(w, suites)
}

func junitCase(f service.Finding) testrun.Written {
	place := f.Path
	if f.Line > 0 {
		place = fmt.Sprintf("%s:%d", f.Path, f.Line)
	}
	c := testrun.Written{Name: f.Rule + " " + place, Class: orUnknown(f.Rule), File: f.Path, Line: max(f.Line, 0)}
	if f.Age == service.Old {
		c.Skipped = &testrun.Skip{Message: "there before: " + f.Message}
	} else {
		c.Failure = &testrun.Failure{Message: f.Message, Type: f.Severity, Text: place + ": " + f.Message}
	}
	return c
}
