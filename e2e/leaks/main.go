// Command leaks hunts for tokens. It runs every command of gatewright against
// the stand-ins, behind TLS and HTTP/2, under every setting that makes programs
// talk, and with everything that goes wrong; and looks for each token, in every
// spelling it may have, in what was printed, in the arguments of the processes,
// in the environment of git, and in every file that was left:
//
//	go run ./leaks --gatewright FILE
//
// It ends with the line "N passed, N failed"; a run of the program that shows
// no token in any of these is passed.
package main

import (
	"bytes"
	"context"
	"flag"
	"fmt"
	"maps"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"syscall"
	"time"

	"github.com/gatewright/gatewright/e2e/rig"
)

func main() {
	program := flag.String("gatewright", "", "the program under test (required)")
	verbose := flag.Bool("v", false, "name every run")
	flag.Parse()
	failed, err := hunt(*program, *verbose)
	if err != nil {
		fmt.Fprintln(os.Stderr, "leaks:", err)
		os.Exit(2)
	}
	if failed > 0 {
		os.Exit(1)
	}
}

func hunt(program string, verbose bool) (failed int, err error) {
	work, err := os.MkdirTemp("", "leaks")
	if err != nil {
		return 0, err
	}
	defer os.RemoveAll(work)
	program, err = filepath.Abs(program)
	if err != nil {
		return 0, err
	}
	w, stop, err := start(program, work)
	if err != nil {
		return 0, err
	}
	defer stop()
	runs, silent := 0, 0
	for _, m := range modes() {
		for _, c := range commands() {
			found, said := w.run(c, m)
			runs++
			if said == 0 {
				silent++
			}
			name := m.name + ": gatewright " + strings.Join(c.args, " ")
			for _, f := range found {
				fmt.Printf("LEAK  %s: %s\n", name, f)
			}
			if len(found) > 0 {
				failed++
			} else if verbose {
				fmt.Println("ok   ", name)
			}
		}
	}
	fmt.Printf("%d spellings of %d tokens; %d requests reached the stand-ins, by %s\n", len(w.needles), len(w.tokens), w.front.requests.Load(), w.front.protocols())
	if w.front.requests.Load() < int64(runs)/4 || silent > runs/2 {
		return failed, fmt.Errorf("%d of %d runs said nothing and %d requests were made: nothing was hunted", silent, runs, w.front.requests.Load())
	}
	if err := w.provesItself(); err != nil {
		return failed, err
	}
	fmt.Printf("%d passed, %d failed\n", runs-failed, failed)
	return failed, nil
}

// command is one command line, and what it reads from standard input.
type command struct {
	args  []string
	stdin string // a token's variable
	env   []string
}

// commands are those that have a token at hand, each with what it needs.
func commands() []command {
	c := func(line string, env ...string) command { return command{args: strings.Fields(line), env: env} }
	fleet := "--service codacy --forge github --org acme"
	action := []string{"INPUT_ACCESS_TOKEN=$CODEANT_API_TOKEN", "INPUT_GITHUB_TOKEN=$GH_TOKEN", "INPUT_COMMENT=true", "INPUT_REPORTS_DIR=reports", "INPUT_POLL_INTERVAL=1"}
	return []command{
		c("doctor"),
		c("coverage upload --service codacy"),
		c("coverage upload --service codeant"),
		c("coverage upload --service codacy --dry-run"),
		c("coverage finish --service codacy"),
		c("gate --service codacy --pull-request 7 --comment --status --html page --dotenv out.env --summary s.md --junit j.xml"),
		c("gate --service codeant --timeout 20s --poll-interval 1s"),
		c("scan --service codeant --timeout 20s --poll-interval 1s"),
		c("scan --service codedig --pull-request 7 --timeout 10s --poll-interval 1s"),
		c("runs --service codedig"),
		c("token check --service codacy"),
		c("token check --service codedig"),
		c("token list --service codacy --repository acme/api"),
		c("token list --service codedig"),
		c("token revoke 99999 --service codacy --repository acme/api"),
		c("secret put --forge github --repo acme/api HUNTED --value-env GITEA_TOKEN"),
		c("secret put --forge gitlab --repo acme/api HUNTED --value-env CODEDIG_TOKEN"),
		c("secret put --forge azuredevops --repo acme/shop HUNTED --value-env GITEA_TOKEN"),
		c("secret put --forge bitbucket --repo acme/api HUNTED --value-env GITEA_TOKEN"),
		c("secret put --forge gitea --repo acme/api HUNTED --value-env CODEDIG_TOKEN"),
		c("secret list --forge github --repo acme/api"),
		c("secret list --forge gitlab --repo acme/api"),
		c("secret delete --forge github --repo acme/api HUNTED"),
		c("fleet plan " + fleet),
		c("fleet apply --yes --journal j.journal --report r.html,r.csv,r.json " + fleet),
		c("fleet audit --journal j.journal " + fleet),
		c("fleet status --journal j.journal"),
		c("action", append(action, "INPUT_STEPS=coverage,scan,gate")...),
		c("action", append(action, "INPUT_STEPS=nonsense")...),
		{args: []string{"token", "check", "--service", "codacy", "--token-stdin"}, stdin: "CODACY_API_TOKEN"},
		{args: []string{"token", "check", "--service", "codacy", "--token-file", "token.txt"}},
		c("--no-such-flag"),
		c("self man"),
	}
}

// mode is a setting under which every command runs.
type mode struct {
	name    string
	args    []string
	env     []string
	faults  bool          // the front answers wrongly: see front.fault
	signal  os.Signal     // sent after the delay
	delay   time.Duration // how long the front holds an answer back
	mangled bool          // addresses carry a token as user information, and cannot be parsed
}

func modes() []mode {
	debug := []string{"RUNNER_DEBUG=1", "ACTIONS_STEP_DEBUG=true", "SYSTEM_DEBUG=true", "CI_DEBUG_TRACE=true"}
	return []mode{
		{name: "plain"},
		{name: "json", args: []string{"--output", "json"}},
		{name: "debug", args: []string{"--debug"}, env: debug},
		{name: "Go's own tracing", env: []string{"GODEBUG=http2debug=2,netdns=2,gctrace=0,tls13=1"}},
		{name: "GitHub", env: append(debug, "GITHUB_ACTIONS=true", "GITHUB_OUTPUT=output.txt", "GITHUB_STEP_SUMMARY=summary.md", "GITHUB_REPOSITORY=acme/api")},
		{name: "faults", env: debug, faults: true},
		{name: "addresses with user information", mangled: true},
		{name: "SIGQUIT", env: []string{"GOTRACEBACK=all"}, signal: syscall.SIGQUIT, delay: time.Second},
		{name: "SIGTERM", env: debug, signal: syscall.SIGTERM, delay: time.Second},
	}
}

// run runs a command under a mode and returns where a token was, and how much
// was printed.
func (w *world) run(c command, m mode) (found []string, said int) {
	dir := filepath.Join(w.work, "checkout")
	w.front.set(m.faults, m.delay)
	ctx, cancel := context.WithTimeout(context.Background(), time.Minute)
	defer cancel()
	cmd := exec.CommandContext(ctx, w.program, append(slices.Clone(c.args), m.args...)...)
	cmd.Dir = dir
	var out bytes.Buffer
	cmd.Stdout, cmd.Stderr = &out, &out
	env := w.environment(m.mangled)
	for _, kv := range append(slices.Clone(m.env), c.env...) {
		name, value, _ := strings.Cut(kv, "=")
		env[name] = os.Expand(value, func(v string) string { return w.env[v] })
	}
	for _, name := range slices.Sorted(maps.Keys(env)) {
		cmd.Env = append(cmd.Env, name+"="+env[name])
	}
	if c.stdin != "" {
		cmd.Stdin = strings.NewReader(w.env[c.stdin] + "\n")
	}
	if err := cmd.Start(); err != nil {
		return []string{err.Error()}, 0
	}
	done := make(chan struct{})
	watched := make(chan []string)
	go func() { watched <- w.watch(cmd.Process.Pid, done) }()
	if m.signal != nil {
		go func() {
			select {
			case <-done:
			case <-time.After(400 * time.Millisecond):
				_ = cmd.Process.Signal(m.signal)
			}
		}()
	}
	_ = cmd.Wait() // how it ends is not what is asked here
	close(done)
	found = append(found, <-watched...)
	for _, name := range w.needles.In(rig.Unmasked(out.String())) {
		found = append(found, name+" was printed")
	}
	return append(found, w.left(dir)...), out.Len()
}

// provesItself prints a token on purpose in each spelling; the hunt that does
// not find it has seen nothing.
func (w *world) provesItself() error {
	for name, token := range w.tokens {
		for how, text := range rig.Spell(token) {
			if len(w.needles.In("x "+text+" y")) == 0 {
				return fmt.Errorf("the hunt does not find %s as %s", name, how)
			}
		}
	}
	return nil
}
