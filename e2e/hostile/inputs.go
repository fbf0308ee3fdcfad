package main

import (
	"bytes"
	"errors"
	"fmt"
	"hash/fnv"
	"io/fs"
	"maps"
	"math/rand/v2"
	"net"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"syscall"
	"time"

	"github.com/gatewright/gatewright/e2e/rig"
)

// input is a file that a command reads: FILE in the arguments or in a variable
// is its place.
type input struct {
	kind   string
	sample string // a whole one, below the ground's folder
	args   string
	env    map[string]string
	as     string // the name it must have
	extra  bool   // trouble with it may be said and borne
	unread string // damages of these kinds need not be noticed: they are none
}

func (g *ground) inputs() []input {
	list := []input{
		{kind: "SARIF", sample: "all.sarif", args: "findings FILE"},
		{kind: "SARIF", sample: "all.sarif", args: "gate --local --max-new any=1000 --findings FILE"},
		{kind: "findings' baseline", sample: "all.sarif", args: "gate --local --max-new any=1000 --findings all.sarif --findings-baseline FILE", unread: "missing"},
		{kind: "diff", sample: "change.diff", args: "coverage patch lcov.info --diff FILE", unread: "cut empty"},
		{kind: "diff", sample: "change.diff", args: "gate --local --min-patch 1 lcov.info --diff FILE", unread: "cut empty"},
		{kind: "event", sample: "event.json", args: "gate --local --min-patch 1 lcov.info", env: map[string]string{"GITHUB_ACTIONS": "true", "GITHUB_EVENT_NAME": "pull_request", "GITHUB_EVENT_PATH": "FILE", "GITHUB_REPOSITORY": "acme/api", "GITHUB_REF": "refs/pull/7/merge"}},
		{kind: "journal", sample: "fleet.journal", args: "fleet status --journal FILE", unread: "cut missing empty"},
		{kind: "journal", sample: "fleet.journal", args: "fleet plan --service codacy --forge github --org acme --include sdk-* --journal FILE", unread: "cut missing empty"},
		{kind: "keys", sample: "fleet.journal.keys", as: "fleet.journal.keys", args: "fleet plan --service codacy --forge github --org acme --include sdk-* --journal HERE/fleet.journal", extra: true},
		{kind: "plan", sample: "plan.json", args: "fleet apply FILE --yes --journal HERE/none.journal"},
		{kind: "fleet's report", sample: "report.json", args: "fleet report FILE"},
		{kind: "fleet.yml", sample: "some.yml", args: "fleet plan --config FILE --journal HERE/none.journal", unread: "cut"},
		{kind: "repositories", sample: "repositories.txt", args: "fleet plan --service codacy --forge github --org acme --journal HERE/none.journal --repositories-from FILE", unread: "cut text"},
		{kind: "rules", sample: "rules.yml", args: "gate --local lcov.info --config FILE", unread: "cut unnamed"},
		{kind: "pack", sample: "a.pack", args: "gate --local --min-total 1 --from FILE"},
		{kind: "baseline", sample: "base.json", args: "gate --local --max-drop 1 lcov.info --baseline FILE"},
		{kind: "JUnit", sample: "junit.xml", args: "gate --local --max-failed 0 --tests FILE"},
		{kind: "tests' baseline", sample: "junit.xml", args: "gate --local --max-slower 10 --tests junit.xml --tests-baseline FILE"},
		{kind: "token", sample: "token.txt", args: "token check --service codacy --token-kind account --token-file FILE", unread: "doubled cut"},
		{kind: "value", sample: "token.txt", args: "secret put --forge github --repo acme/api HUNTED --yes --value-file FILE", unread: "doubled cut text", extra: true},
		{kind: "App's key", sample: "key.pem", args: "secret list --forge github --repo acme/api --github-app-id 1057 --github-app-key-file FILE", unread: "cut"},
		{kind: "another tool's rules", sample: "codecov.yml", as: "codecov.yml", args: "init --from FILE", unread: "cut doubled text", extra: true},
	}
	for _, f := range g.reports {
		list = append(list, input{kind: "report: " + filepath.Base(filepath.Dir(f)), sample: f, args: "coverage report --paths raw FILE", unread: "doubled"})
	}
	return list
}

// ground is where the inputs are.
type ground struct {
	program string
	work    string // with the samples, and the checkout
	env     map[string]string
	needles rig.Needles
	reports []string
	commit  string
	key     string // of the App
}

func inputs(program, work string, t *tally, s scope) error {
	g, stop, err := newGround(program, work, s)
	if err != nil {
		return err
	}
	defer stop()
	type job struct {
		in input
		d  damage
	}
	var jobs []job
	for _, in := range g.inputs() {
		sample, err := os.ReadFile(g.path(in.sample))
		if err != nil {
			return err
		}
		jobs = append(jobs, job{in, damage{name: "none", kind: "none", make: content(just(sample))}})
		for _, d := range damages(sample, in.kind+in.args) {
			name := in.kind + ": " + d.name + ": " + in.args
			h := fnv.New32()
			_, _ = h.Write([]byte(name))
			if s.takes(name) && (s.all || s.only != "" || !strings.HasPrefix(in.kind, "report") && h.Sum32()%3 == 0 || h.Sum32()%12 == 0) {
				jobs = append(jobs, job{in, d})
			}
		}
	}
	rig.Parallel(len(jobs), 6, func(i int) { g.read(i, jobs[i].in, jobs[i].d, t) })
	outs := g.outputs()
	rig.Parallel(len(outs), 6, func(i int) {
		if s.takes("output: " + outs[i].name + ": " + outs[i].args) {
			g.write(i, outs[i], t)
		}
	})
	return nil
}

func (g *ground) path(sample string) string {
	if filepath.IsAbs(sample) {
		return sample
	}
	return filepath.Join(g.work, "checkout", sample)
}

// read plays one damaged input.
func (g *ground) read(i int, in input, d damage, t *tally) {
	dir := filepath.Join(g.work, fmt.Sprint("in", i))
	defer func() { _ = os.RemoveAll(dir) }()
	if err := os.MkdirAll(dir, 0o755); err != nil {
		panic(err)
	}
	name := in.as
	if name == "" {
		name = filepath.Base(in.sample)
	}
	file := filepath.Join(dir, name)
	if in.kind == "keys" {
		text, _ := os.ReadFile(g.path("fleet.journal"))
		_ = os.WriteFile(filepath.Join(dir, "fleet.journal"), text, 0o600)
	}
	stop, err := d.make(file)
	if err != nil {
		t.note(attempt{in.kind, d.name, in.args}, rig.Outcome{}, []string{"the damage was not made: " + err.Error()})
		return
	}
	defer stop()
	env := maps.Clone(g.env)
	for k, v := range in.env {
		env[k] = strings.ReplaceAll(v, "FILE", file)
	}
	args := strings.Fields(in.args)
	for i := range args {
		args[i] = strings.NewReplacer("FILE", file, "HERE", dir).Replace(args[i])
	}
	run := rig.Run{Program: g.program, Args: args, Dir: filepath.Join(g.work, "checkout"), Env: env, Limit: 20 * time.Second, Memory: 600 << 20}
	if d.kind == "unreadable" && os.Getuid() == 0 {
		run.Prefix = []string{"setpriv", "--reuid=65534", "--regid=65534", "--clear-groups"}
	}
	o := run.Do()
	wrong := broken(o, g.needles)
	known := strings.Contains(in.unread, d.kind) || d.kind == "doubled" // may be whole in another way
	whole := d.kind == "none"
	switch {
	case whole && o.Code != 0:
		wrong = append(wrong, fmt.Sprintf("exit %d on a whole file", o.Code))
	case !whole && o.Code == 0 && !known && !in.extra && !(d.kind == "cut" && !structured(g.path(in.sample))):
		wrong = append(wrong, "exit 0")
	case o.Code == 2 && !in.extra && !known && !strings.Contains(o.Err, name) && !(d.kind == "empty" && strings.Contains(in.unread, "unnamed")):
		wrong = append(wrong, "the file is not named")
	}
	t.note(attempt{in.kind, d.name, in.args}, o, wrong)
}

// structured reports whether a text's end shows that it is whole.
func structured(file string) bool {
	text, _ := os.ReadFile(file)
	text = bytes.TrimSpace(text)
	return len(text) > 0 && strings.ContainsRune("<{[", rune(text[0]))
}

// damage makes a file that is not what it should be.
type damage struct {
	kind, name string
	make       func(file string) (stop func(), err error)
}

func content(text func() []byte) func(string) (func(), error) {
	return func(file string) (func(), error) { return func() {}, os.WriteFile(file, text(), 0o644) }
}

// just is a text that is there already.
func just(text []byte) func() []byte { return func() []byte { return text } }

// again is a text, many times over.
func again(text string, n int) func() []byte {
	return func() []byte { return bytes.Repeat([]byte(text), n) }
}

// damages of a sample; the random ones are the same for the same name.
func damages(sample []byte, name string) (list []damage) {
	h := fnv.New64()
	_, _ = h.Write([]byte(name))
	random := rand.New(rand.NewPCG(h.Sum64(), 1))
	add := func(kind, name string, text func() []byte) {
		list = append(list, damage{kind, name, content(text)})
	}
	whole := len(bytes.TrimRight(sample, " \r\n\t"))
	for range 8 {
		at := random.IntN(max(whole-1, 1))
		add("cut", fmt.Sprint("cut at ", at), just(sample[:at]))
	}
	for range 3 {
		text := slices.Clone(sample)
		for range 1 + len(text)/200 {
			text[random.IntN(len(text))] = byte(random.IntN(256))
		}
		add("doubled", fmt.Sprint("bytes changed ", random.IntN(1000)), just(text)) // may still be one
	}
	seed := random.Uint64()
	noise := func() []byte {
		random, text := rand.New(rand.NewPCG(seed, 2)), make([]byte, 100_000)
		for i := range text {
			text[i] = byte(random.IntN(256))
		}
		return text
	}
	wide := func() []byte {
		text := []byte{0xff, 0xfe}
		for _, b := range sample {
			text = append(text, b, 0)
		}
		return text
	}
	add("empty", "empty", just(nil))
	add("empty", "spaces", again(" \n", 5000))
	add("nothing", "noise", noise)
	add("nothing", "NULs", again("\x00", 1<<20))
	add("text", "a page", again("<!doctype html><html><title>Sign in</title></html>", 1))
	add("text", "a long line", again("a", 20<<20))
	add("text", "deep lists", again("[", 5<<20))
	add("text", "deep objects", again(`{"a":`, 1<<20))
	add("text", "deep elements", again("<a>", 1<<20))
	add("text", "entities", again(`<?xml version="1.0"?><!DOCTYPE l [<!ENTITY a "aaaaaaaaaa"><!ENTITY b "&a;&a;&a;&a;&a;&a;&a;&a;&a;"><!ENTITY c SYSTEM "file:///etc/passwd">]><coverage>&b;&c;</coverage>`, 1))
	add("text", "aliases", again("a: &a [x,x,x,x,x,x,x,x,x]\nb: &b [*a,*a,*a,*a,*a,*a,*a,*a,*a]\nc: &c [*b,*b,*b,*b,*b,*b,*b,*b,*b]\nd: &d [*c,*c,*c,*c,*c,*c,*c,*c,*c]\ne: &e [*d,*d,*d,*d,*d,*d,*d,*d,*d]\nf: &f [*e,*e,*e,*e,*e,*e,*e,*e,*e]\ng: [*f,*f,*f,*f,*f,*f,*f,*f,*f]\n", 1))
	add("doubled", "twice", func() []byte { return append(slices.Clone(sample), sample...) })
	add("doubled", "in UTF-16", wide)
	add("doubled", "line ends of a Mac", func() []byte { return bytes.ReplaceAll(sample, []byte("\n"), []byte("\r")) })
	link := func(to string) func(string) (func(), error) {
		return func(file string) (func(), error) { return func() {}, os.Symlink(to, file) }
	}
	return append(list,
		damage{"none", "a link to a whole one", func(file string) (func(), error) {
			if err := os.WriteFile(file+".real", sample, 0o644); err != nil {
				return nil, err
			}
			return func() {}, os.Symlink(file+".real", file)
		}},
		damage{"missing", "not there", func(string) (func(), error) { return func() {}, nil }},
		damage{"missing", "a link to nowhere", link("/nowhere/at/all")},
		damage{"nothing", "a link to itself", func(file string) (func(), error) { return func() {}, os.Symlink(file, file) }},
		damage{"nothing", "/dev/zero", link("/dev/zero")},
		damage{"empty", "/dev/null", link("/dev/null")},
		damage{"nothing", "/dev/urandom", link("/dev/urandom")},
		damage{"nothing", "/proc/self/mem", link("/proc/self/mem")},
		damage{"nothing", "a folder", func(file string) (func(), error) { return func() {}, os.Mkdir(file, 0o755) }},
		damage{"nothing", "a FIFO", func(file string) (func(), error) { return func() {}, syscall.Mkfifo(file, 0o644) }},
		damage{"nothing", "a FIFO that never ends", func(file string) (func(), error) {
			if err := syscall.Mkfifo(file, 0o644); err != nil {
				return nil, err
			}
			f, err := os.OpenFile(file, os.O_RDWR, 0)
			if err != nil {
				return nil, err
			}
			go func() {
				for {
					if _, err := f.Write(bytes.Repeat([]byte("x"), 4096)); err != nil {
						return
					}
				}
			}()
			return func() { _ = f.SetDeadline(time.Now()); _ = f.Close() }, nil
		}},
		damage{"nothing", "a socket", func(file string) (func(), error) {
			l, err := net.Listen("unix", file)
			if err != nil {
				return nil, err
			}
			return func() { _ = l.Close() }, nil
		}},
		damage{"unreadable", "not ours to read", func(file string) (func(), error) {
			return func() {}, errors.Join(os.WriteFile(file, sample, 0o644), os.Chmod(file, 0))
		}},
	)
}

// newGround makes the checkout, starts the stand-ins, and lets the program make
// what it reads itself.
func newGround(program, work string, s scope) (*ground, func(), error) {
	g := &ground{program: program, work: work, needles: rig.Needles{}}
	if err := os.Chmod(work, 0o755); err != nil {
		return nil, nil, err
	}
	env, stop, err := rig.Sandbox(program, work)
	if err != nil {
		return nil, nil, err
	}
	for name, value := range env {
		if rig.IsToken(name) {
			g.needles.Add(name, value)
		}
	}
	g.env = env
	g.key = env["GITHUB_APP_PRIVATE_KEY"]
	delete(env, "GITHUB_APP_PRIVATE_KEY") // lines of a key are no token that a line could hold
	delete(env, "GITHUB_APP_ID")
	env["PATH"], env["HOME"] = os.Getenv("PATH"), work
	if err := g.samples(s.fixtures); err != nil {
		stop()
		return nil, nil, err
	}
	return g, stop, nil
}

func (g *ground) samples(fixtures string) error {
	dir := filepath.Join(g.work, "checkout")
	files := map[string]string{
		"src/a.go":  "package a\n\nfunc A() int {\n\treturn 1\n}\n",
		"lcov.info": "SF:src/a.go\nDA:3,1\nDA:4,1\nend_of_record\n",
	}
	if err := rig.Checkout(dir, "https://github.com/acme/api.git", files); err != nil {
		return err
	}
	base, err := os.ReadFile(filepath.Join(dir, ".git/refs/heads/main"))
	if err != nil {
		return err
	}
	if err := os.WriteFile(filepath.Join(dir, "src/a.go"), []byte("package a\n\nfunc A() int {\n\treturn 2\n}\n"), 0o644); err != nil {
		return err
	}
	if err := rig.Git(dir, []string{"-c", "user.name=t", "-c", "user.email=t@example.invalid", "commit", "-qam", "two"}); err != nil {
		return err
	}
	head, err := os.ReadFile(filepath.Join(dir, ".git/refs/heads/main"))
	if err != nil {
		return err
	}
	commit := strings.TrimSpace(string(head))
	g.commit = commit
	more := map[string]string{
		"all.sarif":        `{"version":"2.1.0","$schema":"https://json.schemastore.org/sarif-2.1.0.json","runs":[{"tool":{"driver":{"name":"x","rules":[{"id":"R1"}]}},"results":[{"ruleId":"R1","level":"error","message":{"text":"m"},"locations":[{"physicalLocation":{"artifactLocation":{"uri":"src/a.go"},"region":{"startLine":3}}}]}]}]}` + "\n",
		"change.diff":      "diff --git a/src/a.go b/src/a.go\n--- a/src/a.go\n+++ b/src/a.go\n@@ -1,2 +1,5 @@\n package a\n \n+func A() int {\n+\treturn 1\n+}\n",
		"event.json":       `{"action":"opened","number":7,"pull_request":{"number":7,"head":{"sha":"` + commit + `","ref":"x","repo":{"full_name":"acme/api","fork":false}},"base":{"sha":"` + strings.TrimSpace(string(base)) + `","ref":"main","repo":{"full_name":"acme/api"}}},"repository":{"full_name":"acme/api","default_branch":"main"}}` + "\n",
		"some.yml":         "service: codacy\nforge: github\norganization: acme\nrepositories:\n  include: ['sdk-*']\n",
		"repositories.txt": "sdk-go\n# and no other\n",
		"rules.yml":        "rules:\n  total: 1\n",
		"junit.xml":        `<testsuites><testsuite name="s" tests="1" failures="0" time="0.1"><testcase name="t" classname="c" time="0.1"/></testsuite></testsuites>` + "\n",
		"token.txt":        g.env["CODACY_API_TOKEN"] + "\n",
		"codecov.yml":      "coverage:\n  status:\n    project:\n      default:\n        target: 80%\n",
		"key.pem":          strings.ReplaceAll(g.key, `\n`, "\n"),
	}
	for name, text := range more {
		if err := os.WriteFile(filepath.Join(dir, name), []byte(text), 0o644); err != nil {
			return err
		}
	}
	for _, line := range []string{
		"fleet plan --service codacy --forge github --org acme --include sdk-* --plan-out plan.json --journal none.journal",
		"fleet apply --yes --service codacy --forge github --org acme --include sdk-* --report report.json",
		"coverage pack lcov.info --out a.pack --findings all.sarif --diff change.diff",
		"coverage convert lcov.info --to json > base.json",
		"coverage convert lcov.info --to cobertura > made/cobertura/c.xml",
		"coverage convert lcov.info --to lcov > made/lcov/c.info",
	} {
		line, out, _ := strings.Cut(line, " > ")
		o := rig.Run{Program: g.program, Args: strings.Fields(line), Dir: dir, Env: g.env, Limit: time.Minute}.Do()
		if out != "" {
			if err := errors.Join(os.MkdirAll(filepath.Dir(filepath.Join(dir, out)), 0o755), os.WriteFile(filepath.Join(dir, out), []byte(o.Out), 0o644)); err != nil {
				return err
			}
		}
		if o.Code != 0 {
			return fmt.Errorf("gatewright %s: exit %d: %s", line, o.Code, o.Err)
		}
	}
	seen := map[string]int{}
	for _, root := range []string{fixtures, filepath.Join(dir, "made")} {
		if root == "" {
			continue
		}
		_ = filepath.WalkDir(root, func(path string, d fs.DirEntry, err error) error {
			if err == nil && d.Type().IsRegular() && !strings.HasSuffix(path, ".md") && !strings.HasSuffix(path, "expected.json") && filepath.Dir(path) != root && seen[kindOf(root, path)] < 3 {
				seen[kindOf(root, path)]++
				o := rig.Run{Program: g.program, Args: []string{"coverage", "report", "--paths", "raw", path}, Dir: dir, Env: g.env, Limit: time.Minute}.Do()
				if o.Code == 0 { // the folders hold sources and notes too
					g.reports = append(g.reports, path)
				}
			}
			return nil
		})
	}
	return nil
}

// kindOf is the folder of the fixtures that a file is in.
func kindOf(root, path string) string {
	rel, _ := filepath.Rel(root, path)
	kind, _, _ := strings.Cut(rel, string(filepath.Separator))
	return kind
}

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
