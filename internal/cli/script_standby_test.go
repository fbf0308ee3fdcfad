package cli

import (
	"encoding/gob"
	"errors"
	"fmt"
	"io"
	"os"
	"os/exec"
	"reflect"
	"runtime/debug"
	"slices"
	"strings"
	"sync"

	"github.com/rogpeppe/go-internal/testscript"

	"github.com/gatewright/gatewright/internal/fault"
)

// Most commands take less than the start of their process does. So scripts call
// gatewright in a standby, a process that has started: it enters the script's
// folder, takes its variables, runs the command line and waits for the next one.
// What package net/http, crypto/x509 or time reads of the environment once is
// what the first one had: a script about proxies, certificates or the time zone
// starts a process.

// invocation is one command line for a standby, and where it runs.
type invocation struct {
	Args, Env []string // Args without the program's name
	Dir       string
}

// outcome is what became of an invocation.
type outcome struct {
	Stdout, Stderr string
	Code           int
}

// standBy is the program of a standby: it reads invocations from stdin and writes
// outcomes to stdout until stdin ends.
func standBy() {
	debug.SetGCPercent(400) // as few commands live long enough to collect
	in, out := gob.NewDecoder(os.Stdin), gob.NewEncoder(os.Stdout)
	for {
		var i invocation
		err := in.Decode(&i)
		if errors.Is(err, io.EOF) {
			return
		}
		var o outcome
		if err == nil {
			o, err = i.run()
		}
		if err = errors.Join(err, out.Encode(o)); err != nil {
			fmt.Fprintln(os.Stderr, err)
			os.Exit(1)
		}
	}
}

func (i invocation) run() (outcome, error) {
	os.Clearenv()
	for _, v := range i.Env {
		name, value, _ := strings.Cut(v, "=")
		if err := os.Setenv(name, value); err != nil {
			return outcome{}, err
		}
	}
	stdin, end, err := os.Pipe()
	if err = errors.Join(err, end.Close(), os.Chdir(i.Dir)); err != nil {
		return outcome{}, err
	}
	defer stdin.Close()
	var stdout, stderr strings.Builder
	code := Main(Env{Args: i.Args, Stdin: stdin, Stdout: &stdout, Stderr: &stderr, Getenv: os.Getenv})
	return outcome{stdout.String(), stderr.String(), code}, nil
}

// standby is the test's end of one.
type standby struct {
	*exec.Cmd
	stdin  io.Closer
	ask    *gob.Encoder
	answer *gob.Decoder
}

// standbys are those that wait for a command line. There are as many as scripts
// that run at once.
type standbys struct {
	mu   sync.Mutex
	idle []standby
}

var ready standbys

func (c *standbys) call(i invocation) (outcome, error) {
	p, err := c.take()
	if err != nil {
		return outcome{}, err
	}
	var o outcome
	if err := errors.Join(p.ask.Encode(i), p.answer.Decode(&o)); err != nil {
		return outcome{}, err
	}
	c.mu.Lock()
	defer c.mu.Unlock()
	c.idle = append(c.idle, p)
	return o, nil
}

func (c *standbys) take() (standby, error) {
	c.mu.Lock()
	defer c.mu.Unlock()
	if n := len(c.idle); n > 0 {
		p := c.idle[n-1]
		c.idle = c.idle[:n-1]
		return p, nil
	}
	cmd := exec.Command("gatewright-standby")
	cmd.Stderr = os.Stderr
	in, err := cmd.StdinPipe()
	if err != nil {
		return standby{}, err
	}
	out, err := cmd.StdoutPipe()
	if err != nil {
		return standby{}, err
	}
	return standby{cmd, in, gob.NewEncoder(in), gob.NewDecoder(out)}, cmd.Start()
}

// end ends all, once no script runs any more.
func (c *standbys) end() error {
	var all error
	for _, p := range c.idle {
		all = errors.Join(all, p.stdin.Close(), p.Wait())
	}
	return all
}

// called runs gatewright in a standby and returns its exit code.
func called(ts *testscript.TestScript, args []string) int {
	at := slices.Index(args, "gatewright")
	if at < 0 {
		ts.Fatalf("usage: call [X=Y…] gatewright …")
	}
	i := invocation{Args: args[at+1:], Dir: ts.MkAbs(".")}
	// testscript says what a variable is, but not which there are.
	vars := reflect.ValueOf(ts).Elem().FieldByName("env")
	for n := range vars.Len() {
		i.Env = append(i.Env, vars.Index(n).String())
	}
	i.Env = append(append(i.Env, "PWD="+i.Dir), args[:at]...)
	o, err := ready.call(i)
	ts.Check(err)
	_, _ = io.WriteString(ts.Stdout(), o.Stdout)
	_, _ = io.WriteString(ts.Stderr(), o.Stderr)
	return o.Code
}

func scriptCall(ts *testscript.TestScript, neg bool, args []string) {
	if code := called(ts, args); (code != 0) != neg {
		ts.Fatalf("exit code %d (%s)", code, fault.Kind(code))
	}
}
