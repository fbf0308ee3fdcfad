// Command hostile attacks the built program from outside: as the host it talks
// to, and with the files it reads.
//
//	go run ./hostile --gatewright FILE hosts|inputs [--all] [--only TEXT] [-v]
//
// It prints one line a violation, a table of attacks, tries and violations, and
// "N passed, N failed". Without --all each attack is tried on a part of the
// commands, another part for each attack.
package main

import (
	"flag"
	"fmt"
	"maps"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"time"

	"github.com/gatewright/gatewright/e2e/rig"
)

func main() {
	program := flag.String("gatewright", "", "the program under test (required)")
	all := flag.Bool("all", false, "every attack on every command")
	fixtures := flag.String("fixtures", "", "a folder of reports, a folder for each format")
	only := flag.String("only", "", "attacks and commands whose name holds this")
	verbose := flag.Bool("v", false, "show how each try ended")
	flag.Parse()
	t := &tally{verbose: *verbose, rows: map[string]*row{}}
	err := attack(*program, flag.Arg(0), t, scope{all: *all, only: *only, fixtures: *fixtures})
	if err != nil {
		fmt.Fprintln(os.Stderr, "hostile:", err)
		os.Exit(2)
	}
	if t.print() > 0 {
		os.Exit(1)
	}
}

// scope is how much of the attacks is tried.
type scope struct {
	all      bool
	only     string
	fixtures string
}

// has reports whether attack i is tried on command j of n: without --all, one
// attack of three on one command.
func (s scope) has(i, j, n int) bool {
	return s.all || s.only != "" || i%3 == 0 && i/3%n == j
}

func (s scope) takes(name string) bool { return strings.Contains(name, s.only) }

func attack(program, what string, t *tally, s scope) error {
	work, err := os.MkdirTemp("", "hostile")
	if err != nil {
		return err
	}
	defer os.RemoveAll(work)
	if program, err = filepath.Abs(program); err != nil {
		return err
	}
	switch what {
	case "hosts":
		return hosts(program, work, t, s)
	case "inputs":
		return inputs(program, work, t, s)
	}
	return fmt.Errorf("unknown attack %q; known: hosts, inputs", what)
}

// tally counts tries and violations by the kind of attack.
type tally struct {
	verbose bool
	mu      sync.Mutex
	rows    map[string]*row
}

type row struct {
	attacks           map[string]bool
	tries, violations int
	slowest           time.Duration
	most              int64
}

// attempt is one command against one attack of a kind.
type attempt struct{ kind, attack, command string }

// note enters one try and what was wrong with it.
func (t *tally) note(of attempt, o rig.Outcome, wrong []string) {
	t.mu.Lock()
	defer t.mu.Unlock()
	r := t.rows[of.kind]
	if r == nil {
		r = &row{attacks: map[string]bool{}}
		t.rows[of.kind] = r
	}
	r.attacks[of.attack] = true
	r.tries++
	r.slowest, r.most = max(r.slowest, o.Wall), max(r.most, o.Peak)
	if len(wrong) > 0 {
		r.violations++
		fmt.Printf("WRONG  %s: %s: %s: %s\n       %s\n", of.kind, of.attack, of.command, strings.Join(wrong, "; "), last(o))
	} else if t.verbose {
		fmt.Printf("ok     %s: %s: %s: exit %d in %s, %d MB: %s\n", of.kind, of.attack, of.command, o.Code, o.Wall.Round(time.Millisecond), o.Peak>>20, last(o))
	}
}

// last is the end of what a run said.
func last(o rig.Outcome) string {
	text := strings.TrimSpace(o.Err)
	if text == "" {
		text = strings.TrimSpace(o.Out)
	}
	lines := strings.Split(text, "\n")
	text = strings.Join(lines[max(0, len(lines)-2):], " / ")
	return text[:min(len(text), 300)]
}

func (t *tally) print() (failed int) {
	passed := 0
	fmt.Println("| attack | variants | tries | violations | slowest | most memory |")
	fmt.Println("|---|---|---|---|---|---|")
	for _, kind := range slices.Sorted(maps.Keys(t.rows)) {
		r := t.rows[kind]
		fmt.Printf("| %s | %d | %d | %d | %.1f s | %d MB |\n", kind, len(r.attacks), r.tries, r.violations, r.slowest.Seconds(), r.most>>20)
		failed += r.violations
		passed += r.tries - r.violations
	}
	fmt.Printf("%d passed, %d failed\n", passed, failed)
	return failed
}

// broken returns what no run may do, whatever it was given.
func broken(o rig.Outcome, needles rig.Needles) (wrong []string) {
	add := func(bad bool, text string, args ...any) {
		if bad {
			wrong = append(wrong, fmt.Sprintf(text, args...))
		}
	}
	said := rig.Unmasked(o.Out + "\n" + o.Err)
	add(o.Hung, "still running after %s", o.Wall.Round(time.Second))
	add(o.Bloated, "took %d MB", o.Peak>>20)
	add(strings.Contains(said, "goroutine ") || strings.Contains(said, "panic:"), "panicked")
	add(o.Signal != "" && !o.Hung && !o.Bloated, "ended by %s", o.Signal)
	add(o.Code == 70, "called it a bug")
	add(o.Code != 0 && o.Signal == "" && strings.TrimSpace(said) == "", "exit %d without a word", o.Code)
	add(strings.ContainsAny(said, "\x1b\x00"), "control characters reached the terminal")
	if names := needles.In(said); len(names) > 0 {
		wrong = append(wrong, "printed "+strings.Join(names, ", "))
	}
	return wrong
}
