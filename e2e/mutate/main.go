// Mutate changes the code of a package in one small way after another and lists the changes that no test of the package
// notices.
//
//	mutate [-only REGEXP] [-most DURATION] [-skip REGEXP] [-n WORKERS] [-argued FILE] DIR…
//
// All mutants of a package are written into one copy of it, each behind a switch; the copy is compiled once, with its tests.
// Each test then runs alone, which shows the mutants it reaches, and each mutant runs with the tests that reach it: first all
// the quick ones together, then the slow ones, until one fails. A survivor is a test to be written, or a change without a
// meaning, which a line of the -argued file names and explains. The exit status is 1 when there are others, and 2 when nothing
// was tried, or not as it should be. Lines whose mutants do not compile are named, counted and left as they are.
package main

import (
	"errors"
	"flag"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"sync"
	"time"
)

func main() { os.Exit(run(os.Args[1:], os.Stdout, os.Stderr)) }

// run is the command with its arguments; it returns the exit status.
func run(args []string, out, errs io.Writer) int {
	fail := func(err error) int {
		fmt.Fprintln(errs, "mutate:", err)
		return 2
	}
	p := pkg{out: out, patience: 5 * time.Second}
	flags := flag.NewFlagSet("mutate", flag.ContinueOnError)
	flags.SetOutput(errs)
	only := flags.String("only", "", "run only mutants whose FILE:LINE or text matches `REGEXP`")
	flags.DurationVar(&p.most, "most", 0, "leave out tests that take more of a processor than this; 0: run them all")
	skip := flags.String("skip", "^$", "leave out tests whose name matches `REGEXP`")
	flags.IntVar(&p.workers, "n", 2, "run so many mutants at a time")
	argued := flags.String("argued", "", "`FILE` that argues survivors, naming each as it is listed, without the line")
	if flags.Parse(args) != nil {
		return 2
	}
	var err error
	if p.only, err = regexp.Compile(*only); err != nil {
		return fail(err)
	}
	if p.skip, err = regexp.Compile(*skip); err != nil {
		return fail(err)
	}
	if p.workers < 1 {
		return fail(fmt.Errorf("-n %d: at least 1 is needed", p.workers))
	}
	arguments, err := os.ReadFile(*argued)
	if err != nil && *argued != "" {
		return fail(err)
	}
	p.argued = parseArguments(string(arguments))
	clean, tried := true, 0
	for _, p.dir = range flags.Args() {
		p := p // but argued is the same map: what is argued once is one survivor of one package
		if err := p.mutate(); err != nil {
			return fail(fmt.Errorf("%s: %w", p.dir, err))
		}
		clean = clean && p.clean()
		for _, n := range p.count {
			tried += n
		}
	}
	switch {
	case tried == 0:
		return fail(errors.New("no mutant was tried"))
	case !clean:
		return 1
	}
	return 0
}

// parseArguments returns how many mutants of a text each line "- FILE FUNC: CHANGE" argues: one, or five where "(×5)" ends it.
func parseArguments(text string) map[string]int {
	argued := map[string]int{}
	for line := range strings.Lines(text) {
		if line, ok := strings.CutPrefix(strings.TrimSpace(line), "- "); ok {
			n := 1
			if at := strings.LastIndex(line, " (×"); at > 0 {
				if _, err := fmt.Sscanf(line[at:], " (×%d)", &n); err == nil {
					line = line[:at]
				}
			}
			argued[line] += n
		}
	}
	return argued
}

// A pkg is one package under mutation.
type pkg struct {
	dir      string
	only     *regexp.Regexp
	most     time.Duration
	skip     *regexp.Regexp
	workers  int
	argued   map[string]int // what is argued still, by the text of the mutant
	patience time.Duration  // of a processor that tests get beyond a multiple of what they took without a mutant
	out      io.Writer

	temp    string
	binary  string
	left    map[string]bool // FILE:LINE of mutants that do not compile
	mutants []mutant
	tests   []test
	count   map[result]int
}

func (p *pkg) mutate() (err error) {
	if p.dir, err = filepath.Abs(p.dir); err != nil {
		return err
	}
	if p.temp, err = os.MkdirTemp("", "mutate"); err != nil {
		return err
	}
	defer os.RemoveAll(p.temp)
	defer p.tidy()()
	if err := p.compile(); err != nil {
		return err
	}
	if err := p.record(); err != nil {
		return err
	}
	if err := p.tryAll(); err != nil {
		return err
	}
	fmt.Fprintf(p.out, "%s: %d killed, %d timed out, %d argued, %d survived, %d not reached, %d not run; lines left as they are: %d\n",
		filepath.Base(p.dir), p.count[killed], p.count[timedOut], p.count[argued], p.count[survived], p.count[notReached], p.count[notRun], len(p.left))
	return nil
}

// tidy returns what removes the seeds that rapid keeps of failures from now on: they are of mutants.
func (p *pkg) tidy() func() {
	seeds := filepath.Join(p.dir, "testdata", "rapid", "*", "*.fail")
	before, _ := filepath.Glob(seeds)
	return func() {
		after, _ := filepath.Glob(seeds)
		for _, name := range after {
			if !slices.Contains(before, name) {
				_ = os.Remove(name)
				_ = os.Remove(filepath.Dir(name))
				_ = os.Remove(filepath.Dir(filepath.Dir(name)))
			}
		}
	}
}

// tryAll tries the mutants that are asked for, so many at a time as there are workers, and lists those that are not noticed.
func (p *pkg) tryAll() error {
	p.count = map[result]int{}
	var failed error
	var lock sync.Mutex
	var wait sync.WaitGroup
	slots := make(chan struct{}, p.workers)
	for _, m := range p.mutants {
		if !p.only.MatchString(m.at()) && !p.only.MatchString(m.String()) {
			continue
		}
		slots <- struct{}{}
		wait.Go(func() {
			defer func() { <-slots }()
			r, err := p.try(m)
			lock.Lock()
			defer lock.Unlock()
			if err != nil {
				failed = err
				return
			}
			if (r == survived || r == notReached) && p.argued[m.String()] > 0 {
				r = argued
				p.argued[m.String()]--
			}
			p.count[r]++
			if r != killed && r != argued {
				fmt.Fprintf(p.out, "%-11s %s %s: %s\n", r, m.at(), m.fn, m.change)
			}
		})
	}
	wait.Wait()
	return failed
}

// clean reports whether the tests notice every mutant that is not argued.
func (p *pkg) clean() bool { return p.count[survived]+p.count[notReached]+p.count[notRun] == 0 }
