package summary

import (
	"fmt"
	"strings"
)

// text names the baseline, for the end of a line.
func (b *Baseline) text() string {
	switch {
	case b == nil:
		return ""
	case b.Own:
		return fmt.Sprintf("; baseline %s, %s before", Plain(b.Commit, 0)[:7], count(b.Distance+1, "commit"))
	case b.Distance == 0:
		return fmt.Sprintf("; baseline %s, the base", Plain(b.Commit, 0)[:7])
	default:
		return fmt.Sprintf("; baseline %s, %s before the base", Plain(b.Commit, 0)[:7], count(b.Distance, "commit"))
	}
}

// carried says that a component's numbers are an earlier commit's.
func carried(k Component) string {
	if k.Carried == "" {
		return ""
	}
	return fmt.Sprintf("carried from %.7s", k.Carried)
}

// shiftsLine counts the lines that changed where nothing was edited: "indirect: 3
// lines lost, 1 gained, 2 of them flaky".
func shiftsLine(all []Shift) string {
	lost, gained, flaky := 0, 0, 0
	for _, s := range all {
		lost, gained, flaky = lost+len(s.Lost), gained+len(s.Gained), flaky+len(s.Flaky)
	}
	var parts []string
	if lost > 0 {
		parts = append(parts, count(lost, "line")+" lost")
	}
	if gained > 0 {
		parts = append(parts, count(gained, "line")+" gained")
	}
	if flaky > 0 {
		parts = append(parts, fmt.Sprintf("%d flaky", flaky))
	}
	if parts == nil {
		return ""
	}
	return "indirect: " + strings.Join(parts, ", ")
}

// indirect lists the lines that changed although nothing near them was edited.
func (m *markdown) indirect(p Page) {
	if p.Coverage == nil || len(p.Coverage.Indirect) == 0 {
		return
	}
	text := strings.Replace(shiftsLine(p.Coverage.Indirect), "indirect: ", "Indirect changes, where nothing near was edited: ", 1)
	m.fold(text, func() {
		t := m.table("File", "Not covered any more", "Covered now", "Flaky")
		for _, s := range p.Coverage.Indirect {
			if !t.full() {
				t.add(mdLink(mdCode(s.Path, maxPath), fileURL(p.Run.SourceURL, s.Path, 0)), Ranges(s.Lost, 8), Ranges(s.Gained, 8), Ranges(s.Flaky, 8))
			}
		}
		t.write(m.rows)
	})
}

func (t *terminal) indirect(all []Shift) {
	text := shiftsLine(all)
	if text == "" {
		return
	}
	t.line("")
	t.line("Indirect  %s", strings.TrimPrefix(text, "indirect: "))
	var cells [][]string
	for _, s := range all {
		var parts []string
		for _, l := range []struct {
			word  string
			lines []int
		}{{"lost", s.Lost}, {"gained", s.Gained}, {"flaky", s.Flaky}} {
			if len(l.lines) > 0 {
				parts = append(parts, l.word+" "+Ranges(l.lines, 8))
			}
		}
		cells = append(cells, []string{"  " + Plain(s.Path, 80), strings.Join(parts, "; ")})
	}
	t.table(nil, cells, t.options.MaxRows)
}
