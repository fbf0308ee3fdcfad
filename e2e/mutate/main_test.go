package main

import (
	"fmt"
	"maps"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"
	"time"
)

// An outcome is what must become of a mutant, and the test that must have run with it for that.
type outcome struct {
	result result
	test   string // "" if none may have begun
}

// fates are all mutants of testdata/fixture.
var fates = map[string]outcome{
	"Half: n%2 != 0 → n%2 == 0":                {killed, "TestHalf"},
	"Half: n%2 → n * 2":                        {killed, "TestHalf"},
	"Half: nil for errOdd":                     {killed, "TestHalf"},
	"Half: n / 2 → n * 2":                      {killed, "TestHalf"},
	"Quarter: err != nil → err == nil":         {killed, "TestQuarter"},
	"Quarter: nil for err":                     {killed, "TestQuarter"},
	"Quarter: nil for the error of Half(half)": {killed, "TestQuarter"},
	"Adult: age >= 18 → age < 18":              {killed, "TestAdult"},
	"Adult: age >= 18 → age > 18":              {survived, "TestAdult"},
	"Larger: a > b → a <= b":                   {killed, "TestLarger"},
	"Larger: a > b → a >= b":                   {argued, "TestLarger"},
	"Steps: n > 0 → n <= 0":                    {killed, "TestSteps"},
	"Steps: n > 0 → n >= 0":                    {killed, "TestSteps"},
	"Steps: n-- → n++":                         {timedOut, "TestSteps"},
	"Steps: steps++ → steps--":                 {killed, "TestSteps"},
	"First: n == wanted → n != wanted":         {killed, "TestFirst"},
	"First: deleted at = i":                    {killed, "TestFirst"},
	"First: break → continue":                  {killed, "TestFirst"},
	"Untested: n + 1 → n - 1":                  {notReached, ""},
	"Ready: negated ready":                     {notRun, ""},
	"Thorough: deleted done()":                 {killed, "TestThorough"},
}

// fixture is testdata/fixture as run mutates it, with less patience, and what its tests note of themselves: "MUTANT TEST".
func fixture(t *testing.T) (p *pkg, out *strings.Builder, ran func() []string) {
	t.Helper()
	log := filepath.Join(t.TempDir(), "log")
	t.Setenv("FIXTURE_LOG", log)
	// As where mutate's own tests are run by mutate.
	t.Setenv("MUTANT", "0")
	t.Setenv("MUTANT_TRACE", filepath.Join(t.TempDir(), "trace"))
	out = new(strings.Builder)
	p = &pkg{
		dir: "testdata/fixture", only: regexp.MustCompile(""), skip: regexp.MustCompile("^$"), workers: 2, out: out,
		argued: map[string]int{"fixture.go Larger: a > b → a >= b": 1}, patience: time.Second,
	}
	return p, out, func() []string {
		text, err := os.ReadFile(log)
		if err != nil {
			t.Fatal(err)
		}
		return strings.Split(string(text), "\n")
	}
}

// TestMutate: what becomes of each mutant of the fixture is what its tests make of it, and nothing is called killed or
// survived that no test ran with.
func TestMutate(t *testing.T) {
	p, out, ran := fixture(t)
	if err := p.mutate(); err != nil {
		t.Fatal(err)
	}
	want := map[result]int{}
	var listed []string
	mutants := map[string]mutant{}
	for _, m := range p.mutants {
		mutants[m.fn+": "+m.change] = m
	}
	for text, fate := range fates {
		m, ok := mutants[text]
		if !ok {
			t.Errorf("no mutant %s", text)
			continue
		}
		delete(mutants, text)
		want[fate.result]++
		if fate.result != killed && fate.result != argued {
			listed = append(listed, fmt.Sprintf("%-11s %s %s", fate.result, m.at(), text))
		}
		var tests []string
		for _, line := range ran() {
			if test, ok := strings.CutPrefix(line, fmt.Sprint(m.id, " ")); ok {
				tests = append(tests, test)
			}
		}
		if fate.test == "" && tests != nil || fate.test != "" && !slices.Contains(tests, fate.test) {
			t.Errorf("with %q ran %q, want %q", text, tests, fate.test)
		}
	}
	if len(mutants) > 0 {
		t.Errorf("more mutants than are known: %q", slices.Sorted(maps.Keys(mutants)))
	}
	if !maps.Equal(p.count, want) {
		t.Errorf("counted %v, want %v", p.count, want)
	}
	if _, err := os.Stat(os.Getenv("MUTANT_TRACE")); err == nil {
		t.Error("a fixture's test wrote into the trace of mutate's own")
	}
	if p.clean() {
		t.Error("clean, with survivors")
	}

	listed = append(listed, "left as it is: fixture.go:63", "TestFails fails without any mutant and is left out:",
		"fixture: 16 killed, 1 timed out, 1 argued, 1 survived, 1 not reached, 1 not run; lines left as they are: 1")
	got := slices.DeleteFunc(strings.Split(strings.TrimSuffix(out.String(), "\n"), "\n"), func(line string) bool {
		return line == "FAIL" || strings.HasPrefix(line, "--- FAIL") || strings.HasPrefix(line, " ") // what TestFails printed
	})
	slices.Sort(got)
	slices.Sort(listed)
	if !slices.Equal(got, listed) {
		t.Errorf("%s\nwant\n%s", strings.Join(got, "\n"), strings.Join(listed, "\n"))
	}
}

// TestTests: only the tests that are asked for take part.
func TestTests(t *testing.T) {
	p, _, ran := fixture(t)
	p.only, p.skip = regexp.MustCompile("done|nil for err$"), regexp.MustCompile("Quarter|Fails")
	p.most = quick
	if err := p.mutate(); err != nil {
		t.Fatal(err)
	}
	if want := map[result]int{notReached: 2}; !maps.Equal(p.count, want) {
		t.Errorf("counted %v, want %v", p.count, want)
	}
	var part []string
	for _, t := range p.tests {
		part = append(part, t.name)
	}
	slices.Sort(part)
	if want := []string{"TestAdult", "TestEither", "TestFirst", "TestHalf", "TestLarger", "TestSteps", "TestThorough"}; !slices.Equal(part, want) {
		t.Errorf("%q take part, want %q", part, want)
	}
	for _, line := range ran() {
		if strings.Contains(line, "Quarter") || strings.Contains(line, "Fails") {
			t.Errorf("ran %s", line)
		}
	}
}

func TestStatus(t *testing.T) {
	t.Parallel()
	argument := filepath.Join(t.TempDir(), "argued.md")
	if err := os.WriteFile(argument, []byte("No meaning.\n- small.go Larger: a > b → a >= b\n"), 0o600); err != nil {
		t.Fatal(err)
	}
	small, survivor := "testdata/small", "survived    small.go:6 Larger: a > b → a >= b\n"
	for _, tt := range []struct {
		args string
		want int
		out  string // part of what is said
	}{
		{small, 1, survivor},
		{"-argued " + argument + " " + small, 0, "small: 1 killed, 0 timed out, 1 argued, 0 survived, 0 not reached, 0 not run; lines left as they are: 0\n"},
		{"-argued " + argument + " " + small + " " + small, 1, survivor}, // argued once
		{"-only nothing " + small, 2, "mutate: no mutant was tried\n"},
		{"", 2, "mutate: no mutant was tried\n"},
		{"testdata/broken", 2, "not enough arguments in call to Less"},
		{"testdata/disturbed", 2, "the quick tests together, without a mutant: killed\n--- FAIL: TestTwo"},
		{"testdata/none", 2, "testdata/none"},
		{"-n 0 " + small, 2, "-n 0: at least 1 is needed"},
		{"-only ( " + small, 2, "missing closing )"},
		{"-skip ( " + small, 2, "missing closing )"},
		{"-argued testdata/none " + small, 2, "testdata/none"},
		{"-unknown", 2, "-unknown"},
	} {
		t.Run(tt.args, func(t *testing.T) {
			t.Parallel()
			var out strings.Builder
			if got := run(strings.Fields(tt.args), &out, &out); got != tt.want || !strings.Contains(out.String(), tt.out) {
				t.Errorf("%d, want %d and %q:\n%s", got, tt.want, tt.out, out.String())
			}
		})
	}
}

// TestClean: only what was noticed or argued is no reason to look.
func TestClean(t *testing.T) {
	for r, want := range map[result]bool{killed: true, timedOut: true, argued: true, survived: false, notReached: false, notRun: false} {
		if p := (pkg{count: map[result]int{killed: 5, r: 1}}); p.clean() != want {
			t.Errorf("%s: clean %v", r, !want)
		}
	}
}

func TestParseArguments(t *testing.T) {
	got := parseArguments("# Gate\n\nWhy.\n- a.go f: x < y → x <= y\n  - b.go g: nil for err (×3)\n- a.go f: x < y → x <= y\n")
	want := map[string]int{"a.go f: x < y → x <= y": 2, "b.go g: nil for err": 3}
	if !maps.Equal(got, want) {
		t.Errorf("%v, want %v", got, want)
	}
}

// TestTidy: seeds that rapid kept before are somebody's, those of a mutant are taken away with their folders.
func TestTidy(t *testing.T) {
	dir := t.TempDir()
	write := func(name string) string {
		path := filepath.Join(dir, "testdata", "rapid", name)
		if err := os.MkdirAll(filepath.Dir(path), 0o700); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(path, nil, 0o600); err != nil {
			t.Fatal(err)
		}
		return path
	}
	kept := write("TestA/1.fail")
	tidy := (&pkg{dir: dir}).tidy()
	beside, alone := write("TestA/2.fail"), write("TestB/3.fail")
	tidy()
	if _, err := os.Stat(kept); err != nil {
		t.Error(err)
	}
	for _, gone := range []string{beside, filepath.Dir(alone)} {
		if _, err := os.Stat(gone); err == nil {
			t.Errorf("%s is still there", gone)
		}
	}
}
