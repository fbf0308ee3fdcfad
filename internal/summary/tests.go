package summary

import (
	"cmp"
	"fmt"
	"strings"

	"github.com/gatewright/gatewright/internal/console"
	"github.com/gatewright/gatewright/internal/testrun"
)

// line is the numbers in words: "128 in 12.3 s, 2 failed, 1 flaky".
func (t *Tests) line(d digits) string {
	text := fmt.Sprintf("%d in %s", t.Counts.Tests, duration(t.Seconds))
	switch slower := t.Slower; { // less than half a percent is nothing
	case slower == nil:
	case *slower >= 0.5:
		text += fmt.Sprintf(" (%v %% slower)", d.Ceil(*slower))
	case *slower <= -0.5:
		text += fmt.Sprintf(" (%v %% faster)", d.Floor(-*slower))
	}
	c := t.Counts
	return joined(", ", text, counted(c.Failed, fmt.Sprintf("%d failed", c.Failed)), counted(c.Flaky, fmt.Sprintf("%d flaky", c.Flaky)), counted(c.Skipped, fmt.Sprintf("%d skipped", c.Skipped)))
}

// remarkable are the tests that a reader has to look at: those that failed,
// then the flaky ones.
func (t *Tests) remarkable() []testrun.Case {
	return append(append([]testrun.Case(nil), t.Failed...), t.Flaky...)
}

func duration(seconds float64) string {
	switch {
	case seconds < 60:
		return fmt.Sprintf("%.1f s", seconds)
	case seconds < 3600:
		return fmt.Sprintf("%d min %02d s", int(seconds)/60, int(seconds)%60)
	}
	return fmt.Sprintf("%d h %02d min", int(seconds)/3600, int(seconds)%3600/60)
}

func (t *terminal) tests(s *Tests) {
	if s == nil {
		return
	}
	t.line("")
	t.line("Tests     %s", s.line(t.digits))
	l := t.list()
	for _, c := range s.remarkable() {
		l.add(func() []string {
			return []string{"  " + string(c.Outcome), Plain(place(c.File, c.Line), 80), Plain(c.Title(), 100), Plain(c.Message, 120)}
		})
	}
	t.write(l)
}

func (m *markdown) tests(s *Tests) {
	if s == nil {
		return
	}
	m.line("\n### Tests: %s", s.line(m.digits))
	l := m.list("Result", "Test", "Place", "Message")
	for _, c := range s.remarkable() {
		l.add(func() []string {
			where := mdLink(mdCode(place(c.File, c.Line), maxPath), fileURL(m.source, c.File, c.Line))
			return []string{string(c.Outcome), mdText(c.Title(), 120), where, mdText(c.Message, 200)}
		})
	}
	m.write(l)
	if len(s.Slowest) > 0 {
		var slow []string
		for _, c := range s.Slowest {
			slow = append(slow, fmt.Sprintf("%s %s", mdText(c.Title(), 120), duration(c.Seconds)))
		}
		m.line("\nSlowest: %s", strings.Join(slow, " · "))
	}
}

// testRemarks makes annotations of failed tests, for which there is room.
func testRemarks(t *Tests, room func(console.Level) bool) []console.Annotation {
	if t == nil {
		return nil
	}
	var out []console.Annotation
	for _, c := range t.remarkable() {
		level, word := console.Error, "failed"
		if c.Outcome == testrun.Flaky {
			level, word = console.Warning, "is flaky"
		}
		if c.File == "" || !room(level) {
			continue
		}
		message := cmp.Or(c.Message, "The report says no more.")
		out = append(out, console.Annotation{Level: level, Title: Plain("Test "+word+": "+c.Title(), 100), Message: Plain(message, maxMessage), File: c.File, Line: c.Line})
	}
	return out
}
