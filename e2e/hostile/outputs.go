package main

import (
	"fmt"
	"maps"
	"net"
	"os"
	"path/filepath"
	"strings"
	"syscall"
	"time"

	"github.com/gatewright/gatewright/e2e/rig"
)

// output is a file that a command writes: FILE in the arguments or in a
// variable is its place.
type output struct {
	name, args string
	env        map[string]string
	make       func(file string) error
	extra      bool // it may be said and borne
}

// outputs are all files that commands write, each where none can be written.
func (g *ground) outputs() (list []output) {
	ci := map[string]string{"GITHUB_ACTIONS": "true", "GITHUB_REPOSITORY": "acme/api", "GITHUB_SHA": g.commit, "GITHUB_EVENT_NAME": "push", "GITHUB_REF": "refs/heads/main"}
	with := func(name string) map[string]string {
		env := maps.Clone(ci)
		env[name] = "FILE"
		return env
	}
	commands := []output{
		{args: "coverage report lcov.info --html FILE"},
		{args: "gate --local --min-total 1 lcov.info --html FILE"},
		{args: "gate --local --min-total 1 lcov.info --summary FILE"},
		{args: "gate --local --min-total 1 lcov.info --junit FILE"},
		{args: "gate --local --min-total 1 lcov.info --badge FILE"},
		{args: "gate --local --min-total 1 lcov.info --dotenv FILE"},
		{args: "gate --local --min-total 1 lcov.info --code-quality FILE"},
		{args: "gate --local --min-total 1 lcov.info --reports-dir FILE"},
		{args: "findings all.sarif --to sarif --out FILE"},
		{args: "coverage pack lcov.info --out FILE"},
		{args: "fleet plan --service codacy --forge github --org acme --plan-out FILE --journal HERE/j"},
		{args: "fleet plan --service codacy --forge github --org acme --report FILE.md --journal HERE/j"},
		{args: "fleet apply --yes --service codacy --forge github --org acme --include sdk-* --journal FILE"},
		{args: "fleet compact --journal FILE --service codacy --forge github --org acme"},
		{args: "gate --local --min-total 1 lcov.info", env: with("GITHUB_STEP_SUMMARY"), extra: true},
		{args: "action", env: maps.Clone(with("GITHUB_OUTPUT"))},
		{args: "coverage report lcov.info", env: map[string]string{"STDOUT": "FILE"}},
		{args: "coverage convert lcov.info --to json", env: map[string]string{"STDOUT": "FILE"}},
		{args: "findings all.sarif --to sarif", env: map[string]string{"STDOUT": "FILE"}},
		{args: "--output json gate --local --min-total 1 lcov.info", env: map[string]string{"STDOUT": "FILE"}},
		{args: "fleet schema", env: map[string]string{"STDOUT": "FILE"}},
		{args: "--version", env: map[string]string{"STDOUT": "FILE"}},
		{args: "--help", env: map[string]string{"STDOUT": "FILE"}},
		{args: "self man", env: map[string]string{"STDOUT": "FILE"}},
		{args: "self completion bash", env: map[string]string{"STDOUT": "FILE"}},
	}
	maps.Copy(commands[15].env, map[string]string{"INPUT_STEPS": "gate", "INPUT_GATE": "local", "INPUT_MIN_TOTAL": "1", "INPUT_REPORTS": "lcov.info"})
	places := []output{
		{name: "a full disk", make: func(file string) error { return os.Symlink("/dev/full", file) }},
		{name: "a FIFO", make: func(file string) error { return syscall.Mkfifo(file, 0o644) }},
		{name: "below a file", make: func(file string) error { return os.WriteFile(filepath.Dir(file), nil, 0o644) }},
		{name: "a link to itself", make: func(file string) error { return os.Symlink(file, file) }},
		{name: "a folder", make: func(file string) error { return os.MkdirAll(filepath.Join(file, "x"), 0o755) }},
		{name: "a socket", make: func(file string) error {
			l, err := net.Listen("unix", file)
			if err == nil {
				l.(*net.UnixListener).SetUnlinkOnClose(false)
				err = l.Close()
			}
			return err
		}},
	}
	for _, c := range commands {
		for _, p := range places {
			folder := strings.Contains(c.args, "--html") || strings.Contains(c.args, "--reports-dir")
			stdout := c.env["STDOUT"] != ""
			if folder && p.name == "a folder" || stdout && p.name != "a full disk" {
				continue
			}
			list = append(list, output{name: p.name, args: c.args, env: c.env, extra: c.extra, make: p.make})
		}
	}
	return list
}

// write plays one output that cannot be written.
func (g *ground) write(i int, out output, t *tally) {
	dir := filepath.Join(g.work, fmt.Sprint("out", i))
	defer func() { _ = os.RemoveAll(dir) }()
	if err := os.MkdirAll(dir, 0o755); err != nil {
		panic(err)
	}
	file := filepath.Join(dir, "in", "result")
	if out.name != "below a file" {
		_ = os.Mkdir(filepath.Dir(file), 0o755)
	}
	made := file
	if strings.Contains(out.args, "FILE.md") {
		made += ".md"
	}
	if err := out.make(made); err != nil {
		t.note(attempt{"output", out.name, out.args}, rig.Outcome{}, []string{"not made: " + err.Error()})
		return
	}
	env := maps.Clone(g.env)
	run := rig.Run{Program: g.program, Dir: filepath.Join(g.work, "checkout"), Env: env, Limit: 20 * time.Second, Memory: 300 << 20}
	for k, v := range out.env {
		if k == "STDOUT" {
			run.Prefix = []string{"sh", "-c", `exec "$@" >/dev/full`, "sh"}
			continue
		}
		env[k] = strings.ReplaceAll(v, "FILE", file)
	}
	for _, arg := range strings.Fields(out.args) {
		run.Args = append(run.Args, strings.NewReplacer("FILE", file, "HERE", dir).Replace(arg))
	}
	o := run.Do()
	wrong := broken(o, g.needles)
	// A gate's verdict stands, and what could not be written is said.
	judges := strings.HasPrefix(out.args, "gate") || out.args == "action"
	warned := judges && (strings.Contains(o.Err, "warning: ") && strings.Contains(o.Err, dir) || strings.Contains(o.Out+o.Err, "no outputs: "))
	if o.Code == 0 && !out.extra && out.name != "a link to itself" && !warned { // a link is replaced
		wrong = append(wrong, "exit 0")
	}
	if o.Code != 0 && !strings.Contains(o.Err, filepath.Dir(file)) && !strings.Contains(o.Err, "result") && len(run.Prefix) == 0 {
		wrong = append(wrong, "the file is not named")
	}
	t.note(attempt{"output: " + out.name, out.args, out.args}, o, wrong)
}
