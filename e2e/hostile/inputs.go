package main

import (
	"fmt"
	"hash/fnv"
	"maps"
	"os"
	"path/filepath"
	"strings"
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
		{kind: "another tool's rules", sample: "codecov.yml", as: "codecov.yml", args: "init --from FILE --dry-run", unread: "cut doubled text", extra: true},
	}
	for _, f := range g.reports {
		list = append(list, input{kind: "report: " + filepath.Base(filepath.Dir(f)), sample: f, args: "coverage report --paths raw FILE", unread: "doubled"})
	}
	return list
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
