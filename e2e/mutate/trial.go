package main

import (
	"context"
	"fmt"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"time"
)

// A test that takes longer than this runs only when the quick ones have noticed nothing.
const quick = 300 * time.Millisecond

// A test is a top-level test, fuzz target (with its seeds) or example.
type test struct {
	name    string
	took    time.Duration
	reaches map[int]bool
}

// record runs each test alone, without a mutant, and notes its time and which mutants it reaches. A test that fails so, such
// as one that counts allocations, takes no part.
func (p *pkg) record(out io.Writer) error {
	names, err := p.run(p.binary, "-test.list", "^(Test|Fuzz|Example)")
	if err != nil {
		return err
	}
	for name := range strings.FieldsSeq(string(names)) {
		trace := filepath.Join(p.temp, "trace-"+name)
		start := time.Now()
		if code, text := p.test(10*time.Minute, name, "MUTANT_TRACE="+trace); code != "" {
			fmt.Fprintf(out, "%s fails without any mutant and is left out:\n%s", name, text)
			continue
		}
		t := test{name, time.Since(start), map[int]bool{}}
		if ids, err := os.ReadFile(trace); err == nil {
			for line := range strings.FieldsSeq(string(ids)) {
				var id int
				fmt.Sscan(line, &id)
				t.reaches[id] = true
			}
		}
		p.tests = append(p.tests, t)
	}
	slices.SortFunc(p.tests, func(a, b test) int { return int(a.took - b.took) })
	return nil
}

// try runs the tests that reach m until one fails.
func (p *pkg) try(m mutant) string {
	var together []string
	var took time.Duration
	var batches [][]string
	var limits []time.Duration
	for _, t := range p.tests {
		switch {
		case !t.reaches[m.id], p.most > 0 && t.took > p.most:
		case t.took <= quick:
			together = append(together, t.name)
			took += t.took
		default:
			batches, limits = append(batches, []string{t.name}), append(limits, t.took)
		}
	}
	if together != nil {
		batches, limits = slices.Insert(batches, 0, together), slices.Insert(limits, 0, took)
	}
	if batches == nil {
		return "not reached"
	}
	for i, names := range batches {
		if result, _ := p.test(5*time.Second+4*limits[i], strings.Join(names, "|"), fmt.Sprintf("MUTANT=%d", m.id)); result != "" {
			return result
		}
	}
	return "survived"
}

// test runs the named tests; the result is empty when they pass. What they leave behind is removed, and their memory is
// bounded: a mutant may loop without end.
func (p *pkg) test(limit time.Duration, names, env string) (result, output string) {
	ctx, cancel := context.WithTimeout(context.Background(), limit)
	defer cancel()
	temp, err := os.MkdirTemp(p.temp, "run")
	if err != nil {
		fatal(err)
	}
	defer os.RemoveAll(temp)
	cmd := exec.CommandContext(ctx, "sh", "-c", `ulimit -v 8000000; exec "$0" "$@"`, p.binary, "-test.failfast", "-test.run", "^("+names+")$")
	cmd.Dir = p.dir
	cmd.Env = append(os.Environ(), env, "TMPDIR="+temp)
	cmd.WaitDelay = time.Second
	text, err := cmd.CombinedOutput()
	switch {
	case err == nil:
		return "", ""
	case ctx.Err() != nil:
		return "timed out", string(text)
	}
	return "killed", string(text)
}
