// Mutate changes the code of a package in one small way after another and lists the changes that no test of the package
// notices.
//
//	mutate [-only REGEXP] [-most DURATION] [-skip REGEXP] [-n WORKERS] [-argued FILE] DIR…
//
// All mutants of a package are written into one copy of it, each behind a switch; the copy is compiled once, with its tests.
// Each test then runs alone, which shows the mutants it reaches, and each mutant runs with the tests that reach it: first all
// the quick ones together, then the slow ones, until one fails. A survivor is a test to be written, or a change without a
// meaning, which a line of the -argued file names and explains. The exit status is 1 when there are others, and 2 when nothing
// was tried, or not as it should be.
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

func main() {
	only := flag.String("only", "", "run only mutants whose FILE:LINE or text matches `REGEXP`")
	most := flag.Duration("most", 0, "leave out tests that take more of a processor than this; 0: run them all")
	skip := flag.String("skip", "^$", "leave out tests whose name matches `REGEXP`")
	workers := flag.Int("n", 2, "run so many mutants at a time")
	argued := flag.String("argued", "", "`FILE` that argues survivors, naming each as it is listed, without the line")
	flag.Parse()
	match, err := regexp.Compile(*only)
	if err != nil {
		fatal(err)
	}
	without, err := regexp.Compile(*skip)
	if err != nil {
		fatal(err)
	}
	arguments, err := os.ReadFile(*argued)
	if err != nil && *argued != "" {
		fatal(err)
	}
	clean, tried := true, 0
	for _, dir := range flag.Args() {
		p := &pkg{dir: dir, only: match, most: *most, skip: without, workers: *workers, argued: parseArguments(string(arguments))}
		if err := p.mutate(os.Stdout); err != nil {
			fatal(fmt.Errorf("%s: %w", dir, err))
		}
		clean = clean && p.count["survived"]+p.count["not reached"]+p.count["not run"] == 0
		for _, n := range p.count {
			tried += n
		}
	}
	if tried == 0 {
		fatal(errors.New("no mutant was tried"))
	}
	if !clean {
		os.Exit(1)
	}
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

func fatal(err error) {
	fmt.Fprintln(os.Stderr, "mutate:", err)
	os.Exit(2)
}

// A pkg is one package under mutation.
type pkg struct {
	dir     string
	only    *regexp.Regexp
	most    time.Duration
	skip    *regexp.Regexp
	workers int
	argued  map[string]int // what is argued still, by the text of the mutant

	temp    string
	binary  string
	mutants []mutant
	tests   []test
	count   map[string]int
}

func (p *pkg) mutate(out io.Writer) (err error) {
	if p.dir, err = filepath.Abs(p.dir); err != nil {
		return err
	}
	if p.temp, err = os.MkdirTemp("", "mutate"); err != nil {
		return err
	}
	defer os.RemoveAll(p.temp)
	seeds := filepath.Join(p.dir, "testdata", "rapid", "*", "*.fail")
	before, _ := filepath.Glob(seeds)
	defer func() { // what rapid keeps of a failure is of a mutant
		after, _ := filepath.Glob(seeds)
		for _, name := range after {
			if !slices.Contains(before, name) {
				_ = os.Remove(name)
				_ = os.Remove(filepath.Dir(name))
				_ = os.Remove(filepath.Dir(filepath.Dir(name)))
			}
		}
	}()
	if err := p.compile(); err != nil {
		return err
	}
	if err := p.record(out); err != nil {
		return err
	}
	p.count = map[string]int{}
	var lock sync.Mutex
	var wait sync.WaitGroup
	slots := make(chan struct{}, p.workers)
	for _, m := range p.mutants {
		if !p.only.MatchString(m.at()) && !p.only.MatchString(m.String()) {
			continue
		}
		slots <- struct{}{}
		wait.Go(func() {
			result := p.try(m)
			lock.Lock()
			defer lock.Unlock()
			if (result == "survived" || result == "not reached") && p.argued[m.String()] > 0 {
				result = "argued"
				p.argued[m.String()]--
			}
			p.count[result]++
			if result != "killed" && result != "argued" {
				fmt.Fprintf(out, "%-11s %s %s\n", result, m.at(), m.fn+": "+m.change)
			}
			<-slots
		})
	}
	wait.Wait()
	fmt.Fprintf(out, "%s: %d killed, %d timed out, %d argued, %d survived, %d not reached, %d not run\n", filepath.Base(p.dir),
		p.count["killed"], p.count["timed out"], p.count["argued"], p.count["survived"], p.count["not reached"], p.count["not run"])
	return nil
}
