package main

import (
	"bytes"
	"context"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"time"
)

// A test that takes more of a processor than this runs only when the quick ones have noticed nothing.
const quick = 300 * time.Millisecond

// A result is what became of a mutant.
type result string

const (
	killed     result = "killed" // a test failed
	timedOut   result = "timed out"
	argued     result = "argued"
	survived   result = "survived"
	notReached result = "not reached"
	notRun     result = "not run" // the tests ended otherwise than by failing
)

// A test is a top-level test, fuzz target (with its seeds) or example.
type test struct {
	name    string
	took    time.Duration // by the clock
	work    time.Duration // of a processor
	reaches map[int]bool
}

// record runs each test alone, without a mutant, and notes its time and which mutants it reaches. A test that fails so, such
// as one that counts allocations, takes no part.
func (p *pkg) record() error {
	names, err := p.run(p.binary, "-test.list", "^(Test|Fuzz|Example)")
	if err != nil {
		return err
	}
	for name := range strings.FieldsSeq(string(names)) {
		if p.skip.MatchString(name) {
			continue
		}
		trace := filepath.Join(p.temp, "trace-"+name)
		t := test{name: name, reaches: map[int]bool{}}
		r, text, err := p.test(&t, "none", trace)
		if err != nil {
			return err
		}
		if r != "" {
			fmt.Fprintf(p.out, "%s fails without any mutant and is left out:\n%s", name, text)
			continue
		}
		if ids, err := os.ReadFile(trace); err == nil {
			for line := range strings.FieldsSeq(string(ids)) {
				var id int
				fmt.Sscan(line, &id)
				t.reaches[id] = true
			}
		}
		p.tests = append(p.tests, t)
	}
	slices.SortFunc(p.tests, func(a, b test) int { return int(a.work - b.work) })
	// Tests that disturb one another would seem to notice every mutant that they reach together.
	together := p.together(func(test) bool { return true })
	r, text, err := p.test(&together, "none", "")
	if err == nil && r != "" {
		err = fmt.Errorf("the quick tests together, without a mutant: %s\n%s", r, text)
	}
	return err
}

// together returns the quick tests that are chosen as one.
func (p *pkg) together(chosen func(test) bool) (all test) {
	for _, t := range p.tests {
		if t.work <= quick && chosen(t) {
			all.name += "|" + t.name
			all.took += t.took
			all.work += t.work
		}
	}
	all.name = strings.TrimPrefix(all.name, "|")
	return all
}

// try runs the tests that reach m until one fails.
func (p *pkg) try(m mutant) (result, error) {
	reaches := func(t test) bool { return t.reaches[m.id] && (p.most == 0 || t.work <= p.most) }
	var batches []test
	if together := p.together(reaches); together.name != "" {
		batches = append(batches, together)
	}
	for _, t := range p.tests {
		if t.work > quick && reaches(t) {
			batches = append(batches, t)
		}
	}
	if batches == nil {
		return notReached, nil
	}
	for _, t := range batches {
		if r, _, err := p.test(&t, strconv.Itoa(m.id), ""); r != "" || err != nil {
			return r, err
		}
	}
	return survived, nil
}

// test runs a test, or several, with a mutant, and notes what they took; the result is "" when they pass. They get a few times
// what they took before. What they leave behind is removed, and their memory is bounded: a mutant may loop without end.
func (p *pkg) test(t *test, mutant, trace string) (r result, output string, err error) {
	limit, work := 10*time.Minute, 10*time.Minute
	if t.took > 0 {
		limit, work = 20*time.Second+6*t.took, p.patience+6*t.work
	}
	ctx, cancel := context.WithTimeout(context.Background(), limit)
	defer cancel()
	temp, err := os.MkdirTemp(p.temp, "run")
	if err != nil {
		return "", "", err
	}
	defer os.RemoveAll(temp)
	script := fmt.Sprintf(`ulimit -v 8000000; ulimit -t %d; exec "$0" "$@"`, int(work.Seconds()))
	cmd := exec.CommandContext(ctx, "sh", "-c", script, p.binary, "-test.failfast", "-test.run", "^("+t.name+")$")
	cmd.Dir = p.dir
	cmd.Env = append(os.Environ(), "MUTANT="+mutant, "MUTANT_TRACE="+trace, "TMPDIR="+temp)
	cmd.WaitDelay = time.Second
	start := time.Now()
	text, err := cmd.CombinedOutput()
	if cmd.ProcessState == nil { // it did not begin
		return "", "", err
	}
	t.took, t.work = time.Since(start), cmd.ProcessState.UserTime()+cmd.ProcessState.SystemTime()
	switch {
	case err == nil:
		return "", "", nil
	case ctx.Err() != nil || !cmd.ProcessState.Exited():
		return timedOut, string(text), nil
	case bytes.Contains(text, []byte("--- FAIL")), bytes.Contains(text, []byte("panic: ")), bytes.Contains(text, []byte("fatal error: ")):
		return killed, string(text), nil
	}
	return notRun, string(text), nil // no test says that it noticed
}
