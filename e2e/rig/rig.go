// Package rig is what the hunts and attacks on the built program share: the
// stand-ins as a process, a checkout, certificates, runs with bounds, and the
// spellings a token may have.
package rig

import (
	"bytes"
	"context"
	"encoding/base64"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"log"
	"maps"
	"net/url"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"sync"
	"sync/atomic"
	"syscall"
	"time"
)

// Sandbox runs the stand-ins until stop is called, and returns the variables
// that lead to them. dir is for its files.
func Sandbox(program, dir string, args ...string) (env map[string]string, stop func(), err error) {
	file := filepath.Join(dir, "env.sh")
	sandbox := exec.Command(program, append([]string{"sandbox", "--print-env", file}, args...)...)
	if err := sandbox.Start(); err != nil {
		return nil, nil, err
	}
	ended := make(chan struct{})
	go func() { _ = sandbox.Wait(); close(ended) }()
	stop = func() { _ = sandbox.Process.Kill(); <-ended }
	var text []byte
wait: // for as long as it lives, on a machine that may be slow
	for range 6000 {
		if text, _ = os.ReadFile(file); len(text) > 0 {
			break
		}
		select {
		case <-ended:
			break wait
		case <-time.After(50 * time.Millisecond):
		}
	}
	env = map[string]string{}
	for line := range strings.Lines(string(text)) {
		name, value, ok := strings.Cut(strings.TrimPrefix(strings.TrimSpace(line), "export "), "=")
		if ok {
			env[name] = strings.Trim(value, "'")
		}
	}
	if len(env) < 10 {
		stop()
		return nil, nil, fmt.Errorf("the stand-ins did not start: %d variables", len(env))
	}
	return env, stop, nil
}

// Checkout makes a repository in dir with one commit of the files.
func Checkout(dir, remote string, files map[string]string) error {
	for name, text := range files {
		path := filepath.Join(dir, name)
		if err := os.MkdirAll(filepath.Dir(path), 0o755); err != nil {
			return err
		}
		if err := os.WriteFile(path, []byte(text), 0o644); err != nil {
			return err
		}
	}
	return Git(dir, []string{"init", "-q", "-b", "main"}, []string{"remote", "add", "origin", remote},
		[]string{"add", "-A"}, []string{"-c", "user.name=t", "-c", "user.email=t@example.invalid", "commit", "-qm", "one"})
}

// Git runs git commands in dir.
func Git(dir string, commands ...[]string) error {
	for _, args := range commands {
		if out, err := exec.Command("git", append([]string{"-C", dir}, args...)...).CombinedOutput(); err != nil {
			return fmt.Errorf("git %s: %w: %s", args[0], err, out)
		}
	}
	return nil
}

// Run is one run of a program, with its bounds.
type Run struct {
	Program string
	Args    []string
	Dir     string
	Env     map[string]string
	Stdin   string
	Limit   time.Duration // it is killed after this
	Memory  int64         // and when it holds more bytes than this; 0 is 1 GiB
	Term    time.Duration // sent SIGTERM after this; 0 is never
	Prefix  []string      // a command that runs the program: timeout, setpriv
}

// Outcome is how a run ended.
type Outcome struct {
	Code    int // -1 when a signal ended it
	Out     string
	Err     string
	Wall    time.Duration
	Peak    int64 // bytes
	Hung    bool  // killed at the limit
	Bloated bool  // killed for its memory
	Signal  string
}

// Do runs it to its end.
func (r Run) Do() Outcome {
	ctx, cancel := context.WithTimeout(context.Background(), r.Limit)
	defer cancel()
	words := append(slices.Clone(r.Prefix), append([]string{r.Program}, r.Args...)...)
	cmd := exec.CommandContext(ctx, words[0], words[1:]...)
	cmd.Dir, cmd.WaitDelay = r.Dir, time.Second
	for _, name := range slices.Sorted(maps.Keys(r.Env)) {
		cmd.Env = append(cmd.Env, name+"="+r.Env[name])
	}
	var out, stderr capped
	cmd.Stdout, cmd.Stderr = &out, &stderr
	if r.Stdin != "" {
		cmd.Stdin = strings.NewReader(r.Stdin)
	}
	began := time.Now()
	if err := cmd.Start(); err != nil {
		return Outcome{Code: -1, Err: err.Error()}
	}
	done := make(chan struct{})
	var bloated atomic.Bool
	go watch(cmd.Process, r, done, &bloated)
	err := cmd.Wait()
	close(done)
	o := Outcome{Code: cmd.ProcessState.ExitCode(), Out: out.String(), Err: stderr.String(), Wall: time.Since(began), Bloated: bloated.Load()}
	o.Hung = errors.Is(ctx.Err(), context.DeadlineExceeded) && err != nil
	if status, ok := cmd.ProcessState.Sys().(syscall.WaitStatus); ok && status.Signaled() {
		o.Signal = status.Signal().String()
	}
	if usage, ok := cmd.ProcessState.SysUsage().(*syscall.Rusage); ok {
		o.Peak = usage.Maxrss << 10
	}
	return o
}

// watch ends a process that holds too much, and asks it to end when it is time.
func watch(p *os.Process, r Run, done chan struct{}, bloated *atomic.Bool) {
	limit := r.Memory
	if limit == 0 {
		limit = 1 << 30
	}
	var term <-chan time.Time
	if r.Term > 0 {
		term = time.After(r.Term)
	}
	tick := time.NewTicker(20 * time.Millisecond)
	defer tick.Stop()
	for {
		select {
		case <-done:
			return
		case <-term:
			_ = p.Signal(syscall.SIGTERM)
			term = nil
		case <-tick.C:
			text, _ := os.ReadFile(fmt.Sprintf("/proc/%d/statm", p.Pid))
			if fields := strings.Fields(string(text)); len(fields) > 1 {
				if pages, _ := strconv.ParseInt(fields[1], 10, 64); pages*int64(os.Getpagesize()) > limit {
					bloated.Store(true)
					_ = p.Kill()
					return
				}
			}
		}
	}
}

// capped keeps the first megabyte, so that a program that says too much does
// not take the hunt's memory.
type capped struct{ bytes.Buffer }

func (c *capped) Write(p []byte) (int, error) {
	if room := 1<<20 - c.Len(); room > 0 {
		c.Buffer.Write(p[:min(len(p), room)])
	}
	return len(p), nil
}

// Needles are the spellings of tokens, each with the token's name.
type Needles map[string]string

// Add adds every spelling of a token.
func (n Needles) Add(name, token string) {
	for _, s := range Spell(token) {
		n[s] = name
	}
}

// In returns the names of the tokens that text holds.
func (n Needles) In(text string) []string {
	names := map[string]bool{}
	for needle, name := range n {
		if strings.Contains(text, needle) {
			names[name] = true
		}
	}
	return slices.Sorted(maps.Keys(names))
}

// Unmasked removes what the CI is told to mask: the one place that must hold a
// token.
func Unmasked(text string) string {
	var b strings.Builder
	for line := range strings.Lines(text) {
		if !strings.HasPrefix(line, "::add-mask::") && !strings.HasPrefix(line, "##vso[task.setsecret]") {
			b.WriteString(line)
		}
	}
	return b.String()
}

// IsToken reports whether a variable of the stand-ins holds a token.
func IsToken(variable string) bool {
	return strings.Contains(variable, "TOKEN") || strings.Contains(variable, "PAT")
}

// Spell returns what a token may look like: base64 at each of its three
// alignments, without the ends that depend on what stands beside it.
func Spell(token string) map[string]string {
	all := map[string]string{"plain": token, "hex": hex.EncodeToString([]byte(token)), "HEX": strings.ToUpper(hex.EncodeToString([]byte(token)))}
	reversed := []byte(token)
	slices.Reverse(reversed)
	all["reversed"] = string(reversed)
	quoted, _ := json.Marshal(token)
	all["JSON"], all["URL"] = strings.Trim(string(quoted), `"`), url.QueryEscape(token)
	for i := range 3 {
		text := base64.StdEncoding.EncodeToString([]byte(strings.Repeat("x", i) + token))
		text = strings.TrimRight(text, "=")
		if i > 0 {
			text = text[4:]
		}
		all[fmt.Sprint("base64 at ", i)] = text[:len(text)-2]
	}
	return all
}

// Parallel does n jobs, some at a time.
func Parallel(n, width int, job func(int)) {
	slots := make(chan struct{}, width)
	var wg sync.WaitGroup
	for i := range n {
		slots <- struct{}{}
		wg.Add(1)
		go func() {
			defer func() { <-slots; wg.Done() }()
			job(i)
		}()
	}
	wg.Wait()
}

// Quiet takes what an http.Server would log of the connections it loses.
var Quiet = log.New(io.Discard, "", 0)
