package cli

import (
	"context"
	"errors"
	"flag"
	"fmt"
	"net/http"
	"net/url"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"runtime"
	"runtime/debug"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/rogpeppe/go-internal/testscript"

	"github.com/gatewright/gatewright/internal/fault"
	"github.com/gatewright/gatewright/internal/git/gittest"
	"github.com/gatewright/gatewright/internal/sandbox"
	"github.com/gatewright/gatewright/internal/sandbox/world"
)

// TestMain lets the test binary stand in for gatewright in scripts.
func TestMain(m *testing.M) {
	testscript.Main(waiting{m}, map[string]func(){
		"gatewright": func() {
			os.Exit(Main(Env{Args: os.Args[1:], Stdin: os.Stdin, Stdout: os.Stdout, Stderr: os.Stderr, Getenv: os.Getenv}))
		},
		"gatewright-standby": standBy,
	})
}

// waiting runs more tests at once than there are processors: most of them wait,
// for a process that starts or for the pause before another try.
type waiting struct{ m *testing.M }

func (w waiting) Run() int {
	flag.Parse()
	_ = flag.Set("test.parallel", strconv.Itoa(4*runtime.GOMAXPROCS(0))) // a flag that every test has
	debug.SetGCPercent(400)                                              // the stand-ins' worlds are small
	if dir := memoryFolder(); dir != "" {
		_ = os.Setenv("TMPDIR", dir)
	}
	code := w.m.Run()
	if err := ready.end(); err != nil {
		fmt.Fprintln(os.Stderr, err)
		return 1
	}
	return code
}

// TestScript runs the end-to-end scripts: each is a user's session.
//
// Beside testscript's own commands there are
//
//	sandbox [seed.yml]     start the stand-ins and set their variables
//	fault k=v…             let a stand-in misbehave: system, method, path, skip,
//	                       times, status, body, header, reset=before|after, delay, truncate
//	call [X=Y…] gatewright …
//	                       run gatewright, with variables, in a process that has started
//	                       before; one that needs stdin, or is sent a signal, is run by exec
//	exits N command…       run a command, or call it, that must end with exit code N
//	mode 0600 file…         check a file's permissions
//	id NAME file           set NAME to the first "id" in a JSON file
//	tofile TEXT file       write text to a file
//	keep FORGE FILE k=v…   let a run have left the file as an artifact at a stand-in:
//	                       name, branch, commit, event, from; @file is its text
//	checkout               make the folder a git checkout with one commit of all its
//	                       files; sets HEAD to its id
//	rev NAME REVISION      set NAME to the id of a revision of the checkout
func TestScript(t *testing.T) {
	t.Parallel()
	testscript.Run(t, testscript.Params{
		Dir:                 "testdata/script",
		RequireExplicitExec: true,
		RequireUniqueNames:  true,
		Setup: func(env *testscript.Env) error {
			env.Setenv("HOME", env.WorkDir)
			env.Setenv("GIT_CONFIG_GLOBAL", os.DevNull)
			env.Setenv("GIT_CONFIG_SYSTEM", os.DevNull)
			env.Setenv("GIT_TEMPLATE_DIR", "")
			// Else each commit starts a process that looks whether there is something to tidy up.
			env.Setenv("GIT_CONFIG_COUNT", "1")
			env.Setenv("GIT_CONFIG_KEY_0", "maintenance.auto")
			env.Setenv("GIT_CONFIG_VALUE_0", "false")
			env.Setenv("GIT_CEILING_DIRECTORIES", filepath.Dir(env.WorkDir))
			env.Setenv("NO_COLOR", "1")
			return nil
		},
		Cmds: map[string]func(*testscript.TestScript, bool, []string){
			"sandbox":  scriptSandbox,
			"fault":    scriptFault,
			"clock":    scriptClock,
			"run":      scriptRun,
			"call":     scriptCall,
			"exits":    scriptExits,
			"checkout": scriptCheckout,
			"rev":      scriptRev,
			"mode":     scriptMode,
			"id":       scriptID,
			"tofile":   scriptToFile,
			"keep":     scriptKeep,
		},
	})
}

func scriptSandbox(ts *testscript.TestScript, _ bool, args []string) {
	seed := world.DefaultSeed()
	if len(args) > 0 {
		var err error
		seed, err = world.ParseSeed(args[0], []byte(ts.ReadFile(args[0])))
		ts.Check(err)
	}
	s, err := sandbox.Start(sandbox.Options{Seed: seed})
	ts.Check(err)
	ts.Defer(s.Close)
	for _, v := range s.Variables() {
		ts.Setenv(v.Name, v.Value)
	}
	for _, name := range sandbox.Names() {
		ts.Setenv("SANDBOX_"+strings.ToUpper(name), s.URL(name))
	}
	running.put(ts, s)
}

func scriptKeep(ts *testscript.TestScript, _ bool, args []string) {
	q := url.Values{}
	for _, kv := range args[2:] {
		k, v, _ := strings.Cut(kv, "=")
		if file, ok := strings.CutPrefix(v, "@"); ok {
			v = ts.ReadFile(file)
		}
		q.Set(k, strings.TrimSpace(v))
	}
	name := q.Get("name")
	at := running.of(ts).URL(args[0]) + "/_artifacts/acme/api/" + name + "/" + filepath.Base(args[1]) + "?" + q.Encode()
	req, err := http.NewRequest(http.MethodPut, at, strings.NewReader(ts.ReadFile(args[1])))
	ts.Check(err)
	resp, err := http.DefaultClient.Do(req)
	ts.Check(err)
	ts.Check(resp.Body.Close())
	if resp.StatusCode != http.StatusCreated {
		ts.Fatalf("%s: %s", at, resp.Status)
	}
}

func scriptFault(ts *testscript.TestScript, _ bool, args []string) {
	s := running.of(ts)
	f, err := parseFault(args)
	ts.Check(err)
	s.World.Faults.Add(f)
}

// scriptClock lets the sandbox's clock run ahead of this machine's: clock 25h.
func scriptClock(ts *testscript.TestScript, _ bool, args []string) {
	ahead, err := time.ParseDuration(args[0])
	ts.Check(err)
	s := running.of(ts)
	s.World.SetClock(func() time.Time { return time.Now().Add(ahead) })
}

// scriptRun begins a CI run, or ends all of a repository: run acme/api queued.
func scriptRun(ts *testscript.TestScript, _ bool, args []string) {
	s := running.of(ts)
	owner, name, _ := strings.Cut(args[0], "/")
	if args[1] == world.Ended {
		s.World.EndRuns(owner, name)
		return
	}
	s.World.StartRun(owner, name, args[1])
}

func scriptExits(ts *testscript.TestScript, _ bool, args []string) {
	if len(args) < 2 {
		ts.Fatalf("usage: exits N command…")
	}
	if args[1] == "call" {
		if code := called(ts, args[2:]); fmt.Sprint(code) != args[0] {
			ts.Fatalf("exit code %d (%s), want %s", code, fault.Kind(code), args[0])
		}
		return
	}
	err := ts.Exec(args[1], args[2:]...)
	code := 0
	if err != nil {
		ee, ok := err.(*exec.ExitError)
		if !ok {
			ts.Fatalf("%v", err)
		}
		code = ee.ExitCode()
	}
	if fmt.Sprint(code) != args[0] {
		ts.Fatalf("exit code %d (%s), want %s", code, fault.Kind(code), args[0])
	}
}

func scriptMode(ts *testscript.TestScript, _ bool, args []string) {
	for _, name := range args[1:] {
		info, err := os.Stat(ts.MkAbs(name))
		ts.Check(err)
		if mode := fmt.Sprintf("%04o", info.Mode().Perm()); mode != args[0] {
			ts.Fatalf("%s has mode %s, want %s", name, mode, args[0])
		}
	}
}

func scriptToFile(ts *testscript.TestScript, _ bool, args []string) {
	ts.Check(os.WriteFile(ts.MkAbs(args[1]), []byte(args[0]+"\n"), 0o600))
}

func scriptID(ts *testscript.TestScript, _ bool, args []string) {
	m := regexp.MustCompile(`"id": "([^"]+)"`).FindStringSubmatch(ts.ReadFile(args[1]))
	if m == nil {
		ts.Fatalf("no id in %s", args[1])
	}
	ts.Setenv(args[0], m[1])
}

func scriptCheckout(ts *testscript.TestScript, _ bool, _ []string) {
	ctx := context.Background()
	dir := ts.MkAbs(".")
	git := func(args ...string) {
		cmd := exec.CommandContext(ctx, "git", args...)
		cmd.Dir = dir
		cmd.Env = append(os.Environ(), "GIT_CONFIG_GLOBAL="+os.DevNull, "GIT_CONFIG_SYSTEM="+os.DevNull,
			"GIT_AUTHOR_DATE=2026-01-02T03:04:05Z", "GIT_COMMITTER_DATE=2026-01-02T03:04:05Z")
		out, err := cmd.CombinedOutput()
		if err != nil {
			ts.Fatalf("git %v: %v\n%s", args, err, out)
		}
	}
	ts.Check(gittest.Init(dir))
	config, err := os.OpenFile(filepath.Join(dir, ".git", "config"), os.O_APPEND|os.O_WRONLY, 0)
	ts.Check(err)
	_, err = config.WriteString("[remote \"origin\"]\n\turl = https://github.com/acme/api.git\n\tfetch = +refs/heads/*:refs/remotes/origin/*\n")
	ts.Check(errors.Join(err, config.Close()))
	git("add", "-A")
	git("-c", "user.name=Robin Doe", "-c", "user.email=robin@example.com", "-c", "maintenance.auto=false", "commit", "-qm", "One")
	ts.Setenv("HEAD", gittest.Head(dir))
}

func scriptRev(ts *testscript.TestScript, _ bool, args []string) {
	id := ""
	if args[1] == "HEAD" {
		id = gittest.Head(ts.MkAbs("."))
	}
	if id == "" {
		ts.Check(ts.Exec("git", "rev-parse", args[1]))
		id = strings.TrimSpace(ts.ReadFile("stdout"))
	}
	ts.Setenv(args[0], id)
}
