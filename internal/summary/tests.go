package summary

import (
	"fmt"
	"strings"

	"github.com/gatewright/gatewright/internal/testrun"
)

// line is the numbers in words: "128 in 12.3 s, 2 failed, 1 flaky".
func (t *Tests) line() string {
	text := fmt.Sprintf("%d in %s", t.Counts.Tests, duration(t.Seconds))
	if t.Slower != nil && *t.Slower >= 0.5 {
		text += fmt.Sprintf(" (%.0f %% slower)", *t.Slower)
	} else if t.Slower != nil && *t.Slower <= -0.5 {
		text += fmt.Sprintf(" (%.0f %% faster)", -*t.Slower)
	}
	for _, n := range []struct {
		n    int
		word string
	}{{t.Counts.Failed, "failed"}, {t.Counts.Flaky, "flaky"}, {t.Skipped, "skipped"}} {
		if n.n > 0 {
			text += fmt.Sprintf(", %d %s", n.n, n.word)
		}
	}
	return text
}

// remarkable are the tests that a reader has to look at: those that failed,
// then the flaky ones.
func (t *Tests) remarkable() []testrun.Case {
	return append(append([]testrun.Case(nil), t.Failed...), t.Flaky...)
}

func testPlace(c testrun.Case) string {
	if c.Line == 0 {
		return c.File
	}
	return fmt.Sprintf("%s:%d", c.File, c.Line)
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
	t.line("Tests     %s", s.line())
	var cells [][]string
	for _, c := range s.remarkable() {
		cells = append(cells, []string{"  " + string(c.Outcome), Plain(testPlace(c), 80), Plain(c.Title(), 100), Plain(c.Message, 120)})
	}
	t.table(nil, cells, t.options.MaxRows)
}

func (m *markdown) tests(p Page) {
	s := p.Tests
	if s == nil {
		return
	}
	m.line("\n### Tests: %s", s.line())
	t := m.table("Result", "Test", "Place", "Message")
	for _, c := range s.remarkable() {
		if !t.full() {
			where := ""
			if c.File != "" {
				where = mdLink(mdCode(testPlace(c), maxPath), fileURL(p.Run.SourceURL, c.File, c.Line))
			}
			t.add(string(c.Outcome), mdText(c.Title(), 120), where, mdText(c.Message, 200))
		}
	}
	t.write(m.rows)
	if len(s.Slowest) > 0 {
		var slow []string
		for _, c := range s.Slowest {
			slow = append(slow, fmt.Sprintf("%s %s", mdText(c.Title(), 120), duration(c.Seconds)))
		}
		m.line("\nSlowest: %s", strings.Join(slow, " · "))
	}
}

// testRemarks makes annotations of failed tests, for which there is room.
func testRemarks(p Page, room func(level string) bool) []Annotation {
	if p.Tests == nil {
		return nil
	}
	var out []Annotation
	for _, c := range p.Tests.remarkable() {
		level, word := "error", "failed"
		if c.Outcome == testrun.Flaky {
			level, word = "warning", "is flaky"
		}
		if c.File == "" || !room(level) {
			continue
		}
		message := c.Message
		if message == "" {
			message = "The report says no more."
		}
		out = append(out, Annotation{Level: level, Title: Plain("Test "+word+": "+c.Title(), 100), Message: Plain(message, maxMessage), File: c.File, Line: c.Line})
	}
	return out
}
