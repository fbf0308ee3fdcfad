package summary

import (
	"fmt"
	"strings"

	"github.com/gatewright/gatewright/internal/console"
)

// text names the baseline, for the end of a line.
func (b *Baseline) text() string {
	if b == nil {
		return ""
	}
	where := console.Count(b.Distance, "commit") + " before the base"
	switch {
	case b.Own:
		where = console.Count(b.Distance+1, "commit") + " before"
	case b.Distance == 0:
		where = "the base"
	}
	return fmt.Sprintf("; baseline %s, %s", Plain(b.Commit, 0)[:7], where)
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
	return after("indirect: ", joined(", ", counted(lost, console.Count(lost, "line")+" lost"),
		counted(gained, console.Count(gained, "line")+" gained"), counted(flaky, fmt.Sprintf("%d flaky", flaky))))
}

// indirect lists the lines that changed although nothing near them was edited.
func (m *markdown) indirect(p Page) {
	if p.Coverage == nil || len(p.Coverage.Indirect) == 0 {
		return
	}
	text := strings.Replace(shiftsLine(p.Coverage.Indirect), "indirect: ", "Indirect changes, where nothing near was edited: ", 1)
	m.fold(text, func() {
		l := m.list("File", "Not covered any more", "Covered now", "Flaky")
		for _, s := range p.Coverage.Indirect {
			l.add(func() []string {
				return []string{m.file(s.Path, 0), ranges(s.Lost, 8), ranges(s.Gained, 8), ranges(s.Flaky, 8)}
			})
		}
		m.write(l)
	})
}

func (t *terminal) indirect(all []Shift) {
	text := shiftsLine(all)
	if text == "" {
		return
	}
	t.line("")
	t.line("Indirect  %s", strings.TrimPrefix(text, "indirect: "))
	l := t.list()
	for _, s := range all {
		l.add(func() []string {
			why := joined("; ", after("lost ", ranges(s.Lost, 8)), after("gained ", ranges(s.Gained, 8)), after("flaky ", ranges(s.Flaky, 8)))
			return []string{"  " + Plain(s.Path, 80), why}
		})
	}
	t.write(l)
}
