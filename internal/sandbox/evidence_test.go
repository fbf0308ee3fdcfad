package sandbox_test

import (
	"cmp"
	"fmt"
	"maps"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"
)

// page is one page of docs/fidelity: behaviours with what they are known by.
type page struct {
	name     string
	rows     int
	marks    map[string]int // rows by mark
	switches []string       // the quirks that it names
}

// pages reads them, and holds that whatever is inferred has a switch, and that
// each behaviour is in the client and in a test.
func pages(t *testing.T) []page {
	t.Helper()
	files, err := filepath.Glob("../../docs/fidelity/*.md")
	if err != nil || len(files) < 9 {
		t.Fatal(files, err)
	}
	quirk := regexp.MustCompile("`((?:codacy|codeant|codedig|github|gitlab|azuredevops|bitbucket|gitea)-[a-z0-9-]+)`")
	var out []page
	for _, file := range files {
		p := page{name: strings.TrimSuffix(filepath.Base(file), ".md"), marks: map[string]int{}}
		if p.name == "README" {
			continue
		}
		for line := range strings.Lines(read(t, file)) {
			cells := strings.Split(line, "|")
			if len(cells) != 7 || strings.Contains(cells[1], "---") || strings.TrimSpace(cells[1]) == "behaviour" {
				continue
			}
			p.rows++
			for _, mark := range []string{"documented", "source", "observed", "inferred"} {
				if strings.Contains(cells[3], mark) {
					p.marks[mark]++
				}
			}
			found := quirk.FindAllStringSubmatch(line, -1)
			for _, m := range found {
				p.switches = append(p.switches, m[1])
			}
			if strings.Contains(cells[3], "inferred") && len(found) == 0 {
				t.Errorf("%s: inferred, and no switch: %s", p.name, line)
			}
			held(t, p.name, line, cells)
		}
		slices.Sort(p.switches)
		p.switches = slices.Compact(p.switches)
		out = append(out, p)
	}
	return out
}

// held holds that the place of a behaviour and the tests that hold it are there:
// "TestX", "TestX (case of the suite)", "room TestX" or "name.txtar".
func held(t *testing.T, page, line string, cells []string) {
	t.Helper()
	home := map[string]string{"codacy": "service/codacy", "codeant": "service/codeant", "codedig": "service/codedig", "github-code-coverage": "service/github"}[page]
	home = cmp.Or(home, "forge/"+page)
	at := strings.Trim(strings.TrimSpace(cells[4]), "`")
	if !strings.Contains(at, "/") {
		at = home + "/" + at
	}
	if _, err := os.Stat("../" + at); err != nil || !strings.HasSuffix(at, ".go") {
		t.Errorf("%s: %q is no place: %s", page, at, line)
	}
	item := regexp.MustCompile(`^(?:(?:([a-z/]+) )?(Test\w+)(?: \(([^)]+)\))?|([a-z-]+\.txtar))(?:, |$)`)
	rest := strings.TrimSpace(cells[5])
	for first := true; first || rest != ""; first = false {
		m := item.FindStringSubmatch(rest)
		if m == nil {
			t.Errorf("%s: %q names no test: %s", page, rest, line)
			return
		}
		rest = rest[len(m[0]):]
		if m[4] != "" {
			read(t, "../cli/testdata/script/"+m[4])
			continue
		}
		if room := cmp.Or(m[1], home); !strings.Contains(sources(t, "../"+room+"/*_test.go"), "func "+m[2]+"(") {
			t.Errorf("%s: there is no %s in %s: %s", page, m[2], room, line)
		}
		if m[3] != "" && !strings.Contains(sources(t, "../"+filepath.Dir(home)+"/*test/*.go"), `{"`+m[3]+`",`) {
			t.Errorf("%s: the suite has no case %q: %s", page, m[3], line)
		}
	}
}

// sources returns the text of all files of a pattern.
func sources(t *testing.T, pattern string) string {
	t.Helper()
	files, err := filepath.Glob(pattern)
	if err != nil {
		t.Fatal(err)
	}
	var b strings.Builder
	for _, file := range files {
		b.WriteString(read(t, file))
	}
	return b.String()
}

func read(t *testing.T, file string) string {
	t.Helper()
	text, err := os.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	return string(text)
}

// TestEvidence: the counts in docs/fidelity/README.md are those of the pages.
func TestEvidence(t *testing.T) {
	summary := read(t, "../../docs/fidelity/README.md")
	sum := map[string]int{}
	for _, p := range pages(t) {
		row := func(name string, rows int, m map[string]int, switches int) string {
			return fmt.Sprintf("| %s | %d | %d | %d | %d | %d | %d |", name, rows, m["documented"], m["source"], m["observed"], m["inferred"], switches)
		}
		if want := row("["+p.name+"]("+p.name+".md)", p.rows, p.marks, len(p.switches)); !strings.Contains(summary, want) {
			t.Errorf("docs/fidelity/README.md lacks\n%s", want)
		}
		sum["rows"] += p.rows
		sum["switches"] += len(p.switches)
		for mark, n := range p.marks {
			sum[mark] += n
		}
		if p.name == "gitlab" && p.rows == 0 {
			t.Error("no rows were read")
		}
	}
	if want := fmt.Sprintf("| all | %d | %d | %d | %d | %d | %d |", sum["rows"], sum["documented"], sum["source"], sum["observed"], sum["inferred"], sum["switches"]); !strings.Contains(summary, want) {
		t.Errorf("docs/fidelity/README.md lacks\n%s", want)
	}
}

// TestEverySwitchIsPlayed: a switch changes the stand-in, and tests of the
// client turn it.
func TestEverySwitchIsPlayed(t *testing.T) {
	names := map[string]bool{}
	for _, p := range pages(t) {
		for _, name := range p.switches {
			names[name] = true
		}
	}
	for _, name := range slices.Sorted(maps.Keys(names)) {
		system, _, _ := strings.Cut(name, "-")
		handle := switched(t, system, name)
		if handle == "" {
			t.Errorf("%s changes nothing", name)
			continue
		}
		tests := sources(t, "../forge/"+system+"/*_test.go") + sources(t, "../service/"+system+"/*_test.go")
		if !regexp.MustCompile(`[" ]` + name + `[" ]|\b(standin|stand)\.` + handle + `\b`).MatchString(tests) {
			t.Errorf("%s (%s): no test of the client turns it", name, handle)
		}
	}
	t.Logf("%d switches", len(names))
}

// switched returns the constant of the stand-in that has a quirk's name, "" if there is
// none that it asks for.
func switched(t *testing.T, system, name string) string {
	t.Helper()
	text := sources(t, system+"/*.go")
	m := regexp.MustCompile(`(?m)^(?:const )?\s*([A-Z]\w+)\s*= "` + name + `"`).FindStringSubmatch(text)
	if m == nil || !strings.Contains(text, "Quirk("+m[1]+")") {
		return ""
	}
	return m[1]
}
