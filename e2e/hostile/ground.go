package main

import (
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"time"

	"github.com/gatewright/gatewright/e2e/rig"
)

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

func (g *ground) path(sample string) string {
	if filepath.IsAbs(sample) {
		return sample
	}
	return filepath.Join(g.work, "checkout", sample)
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
