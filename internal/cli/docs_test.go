package cli

import (
	"context"
	"flag"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/gatewright/gatewright/internal/git/gittest"
	"github.com/gatewright/gatewright/internal/sandbox"
	"github.com/gatewright/gatewright/internal/sandbox/world"
)

// notRun are the command lines of the documentation that are not executed
// here, by how they begin, with the reason.
func notRun() map[string]string {
	return map[string]string{
		"curl ":                  "downloads a release; the release suite installs one from a server of its own",
		"sh install.sh":          "needs the download before it; the release suite runs it",
		"Invoke-WebRequest":      "Windows",
		"./install.ps1":          "Windows",
		"go install ":            "downloads from the module proxy",
		"docker ":                "the image suite builds and runs the image",
		"go test ":               "the tests of the project",
		"go run ":                "the project's own tools; demo has its own test",
		"bench/":                 "the project's own tools",
		`.\`:                     "Windows",
		"make ":                  "the project's own tools",
		"scripts/":               "the project's own tools",
		"e2e/":                   "the project's own tools",
		"gatewright self verify": "looks at a release's checksums; self.txtar has it",
	}
}

// TestDocs runs every command line of README.md and of every page below docs/
// and plugins/, in its order, in a checkout against the stand-ins: each must
// end well. A page's blocks see what those before them left.
func TestDocs(t *testing.T) {
	t.Parallel()
	var pages []string
	for _, pattern := range []string{"../../README.md", "../../docs/*.md", "../../docs/*/*.md", "../../plugins/*/README.md"} {
		found, err := filepath.Glob(pattern)
		if err != nil {
			t.Fatal(err)
		}
		pages = append(pages, found...)
	}
	total, ran := 0, 0
	t.Run("pages", func(t *testing.T) {
		for _, page := range pages {
			text, err := os.ReadFile(page)
			if err != nil {
				t.Fatal(err)
			}
			blocks := commandBlocks(string(text))
			if len(blocks) == 0 {
				continue
			}
			t.Run(strings.TrimPrefix(page, "../../"), func(t *testing.T) {
				d := newDocsPlace(t)
				for _, lines := range blocks {
					total += len(lines)
					ran += d.run(t, lines)
				}
			})
		}
	})
	t.Logf("%d of %d command lines were run", ran, total)
	if whole := !strings.Contains(flag.Lookup("test.run").Value.String(), "/"); whole && (total < 60 || total-ran > 10) {
		t.Errorf("%d of %d command lines were run", ran, total)
	}
}

// commandBlocks returns the command lines of each block of shell, and what
// other blocks show after a prompt.
func commandBlocks(text string) [][]string {
	var blocks [][]string
	for i, block := range strings.Split(text, "\n```") {
		language, code, ok := strings.Cut(block, "\n")
		if i%2 == 0 || !ok {
			continue
		}
		var lines []string
		code = strings.ReplaceAll(code, "\\\n", " ")
		for line := range strings.Lines(code) {
			line = strings.TrimSpace(line)
			prompt, shown := strings.CutPrefix(line, "$ ")
			switch {
			case shown:
				lines = append(lines, prompt)
			case language == "yaml":
				if m := regexp.MustCompile(`^(?:- )?(?:run: |script: )?(gatewright .*)$`).FindStringSubmatch(line); m != nil {
					lines = append(lines, m[1])
				}
			case (language == "sh" || language == "powershell") && line != "" && !strings.HasPrefix(line, "#"):
				lines = append(lines, line)
			}
		}
		if len(lines) > 0 {
			blocks = append(blocks, lines)
		}
	}
	return blocks
}

// docsPlace is where a page's commands run: a checkout of acme/api on a branch
// with a change, its coverage, and the stand-ins.
type docsPlace struct {
	dir string
	env []string
}

func newDocsPlace(t *testing.T) docsPlace {
	self, err := os.Executable()
	if err != nil {
		t.Fatal(err)
	}
	bin := t.TempDir()
	if err := os.Symlink(self, filepath.Join(bin, "gatewright")); err != nil {
		t.Fatal(err)
	}
	repo := gittest.New(t)
	repo.Git("remote", "add", "origin", "https://github.com/acme/api.git")
	repo.Write("src/a.go", "package a\n\nfunc A() int {\n\treturn 1\n}\n")
	repo.Write("codecov.yml", "coverage:\n  status:\n    project:\n      default:\n        target: 80%\n")
	repo.Commit("one")
	repo.Git("checkout", "-q", "-b", "change")
	repo.Write("src/a.go", "package a\n\nfunc A() int {\n\tn := 2\n\treturn n\n}\n")
	repo.Commit("two")
	seed := world.DefaultSeed()
	api := &seed.Organizations[0].Repositories[slices.IndexFunc(seed.Organizations[0].Repositories, func(r world.SeedRepository) bool { return r.Name == "api" })]
	head := strings.TrimSpace(repo.Git("rev-parse", "HEAD"))
	api.Commits = append(api.Commits, world.SeedCommit{SHA: head, Branch: "change", Message: "two"})
	api.PullRequests = []world.SeedPullRequest{{Number: 7, Title: "Change", Branch: "change", Head: head}}
	s, err := sandbox.Start(sandbox.Options{Seed: seed})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(s.Close)
	lcov := "SF:src/a.go\nDA:3,1\nDA:4,1\nDA:5,1\nend_of_record\n"
	for _, name := range []string{"lcov.info", "coverage/lcov.info"} {
		repo.Write(name, lcov)
	}
	repo.Write("coverage.xml", `<?xml version="1.0"?><coverage line-rate="1" version="1"><packages><package name="src"><classes><class name="a" filename="src/a.go" line-rate="1"><lines><line number="3" hits="1"/><line number="4" hits="1"/><line number="5" hits="1"/></lines></class></classes></package></packages></coverage>`)
	repo.Write("scan.sarif", `{"version":"2.1.0","runs":[{"tool":{"driver":{"name":"lint"}},"results":[]}]}`)
	repo.Write("fleet.yml", "service: codacy\nforge: github\norganization: acme\n")
	for _, name := range []string{"junit.xml", "before.xml"} {
		repo.Write(name, `<testsuite name="a" tests="1"><testcase name="one" classname="a" time="0.1"/></testsuite>`)
	}
	home := t.TempDir()
	for _, folder := range []string{".config/fish/completions", "functions"} {
		if err := os.MkdirAll(filepath.Join(home, folder), 0o755); err != nil {
			t.Fatal(err)
		}
	}
	d := docsPlace{dir: repo.Root, env: []string{
		"PATH=" + bin + string(os.PathListSeparator) + os.Getenv("PATH"), "HOME=" + home, "NO_COLOR=1", "TOKEN=a-value-to-store-0123456789",
		"GIT_CONFIG_GLOBAL=" + os.DevNull, "GIT_CONFIG_SYSTEM=" + os.DevNull, "GATEWRIGHT_POLL_INTERVAL=200ms",
	}}
	for _, v := range s.Variables() {
		if !slices.Contains([]string{"CODEANT_API_TOKEN", "CODEDIG_TOKEN", "ACCESS_TOKEN"}, v.Name) { // one service's token is what a job has
			d.env = append(d.env, v.Name+"="+v.Value)
		}
	}
	return d
}

// run runs the lines of a block as one script and returns how many were run.
func (d docsPlace) run(t *testing.T, lines []string) int {
	var script strings.Builder
	script.WriteString("set -eo pipefail\nfpath=(- \"$HOME/functions\")\ntrap 'kill $(jobs -p) 2>/dev/null || true' EXIT\n")
	n := 0
	for _, line := range lines {
		if skipped(line) {
			continue
		}
		n++
		line = strings.NewReplacer(" 1234 ", " 1054 ", " 1235 ", " 1058 ", // the stand-in's ids of tokens
			"--service github --wait", "--service github --pull-request 7 --wait").Replace(line) // which the workflow knows
		if line == "gatewright gate --pull-request 7" { // whose coverage was sent before
			line = "gatewright coverage upload --quiet lcov.info\n" + line
		}
		line = regexp.MustCompile(`^export (\w+)=…`).ReplaceAllString(line, `export $1="$$$1"`) // which the reader fills in
		fmt.Fprintf(&script, "echo %s >at\n%s\n", "'"+strings.ReplaceAll(line, "'", `'\''`)+"'", line)
	}
	if n == 0 {
		return 0
	}
	ctx, cancel := context.WithTimeout(t.Context(), 5*time.Minute)
	defer cancel()
	cmd := exec.CommandContext(ctx, "bash", "-c", script.String())
	cmd.Dir, cmd.Env, cmd.WaitDelay = d.dir, d.env, 5*time.Second
	if out, err := cmd.CombinedOutput(); err != nil {
		at, _ := os.ReadFile(filepath.Join(d.dir, "at"))
		t.Errorf("%s%v\n%s", at, err, out)
	}
	return n
}

func skipped(line string) bool {
	for begin := range notRun() {
		if strings.HasPrefix(line, begin) {
			return true
		}
	}
	return false
}

// TestDocsNameWhatThereIs looks at the commands that the pages name within
// their sentences: each must be one, with the flags it is shown with.
func TestDocsNameWhatThereIs(t *testing.T) {
	inline := regexp.MustCompile("`gatewright ([^`]+)`")
	flags := regexp.MustCompile(`--[a-z][a-z-]+`)
	pages, err := filepath.Glob("../../docs/*.md")
	if err != nil {
		t.Fatal(err)
	}
	commands, err := filepath.Glob("../../docs/commands/*.md")
	if err != nil {
		t.Fatal(err)
	}
	example := regexp.MustCompile(`(?m)^    [^\n]*?gatewright (.+)$`) // of the helps
	known := map[string]string{}                                      // help by command
	for _, page := range append(append(pages, commands...), "../../README.md") {
		text, err := os.ReadFile(page)
		if err != nil {
			t.Fatal(err)
		}
		named := inline.FindAllStringSubmatch(string(text), -1)
		if slices.Contains(commands, page) {
			for _, m := range example.FindAllStringSubmatch(string(text), -1) {
				if before, _, ok := strings.Cut(m[1], " gatewright "); ok { // two in a pipe: the flags of the first
					m[1] = before
				}
				if !strings.Contains(m[1], "[flags]") {
					named = append(named, m)
				}
			}
		}
		for _, m := range named {
			var words []string
			for _, w := range strings.Fields(m[1]) {
				if !regexp.MustCompile(`^[a-z][a-z-]*$`).MatchString(w) || len(words) == 2 {
					break
				}
				words = append(words, w)
			}
			command := strings.Join(words, " ")
			if _, ok := known[command]; !ok {
				known[command] = helpOf(words)
			}
			if known[command] == "" && len(words) == 2 { // the second was an argument
				known[command] = helpOf(words[:1])
			}
			if known[command] == "" {
				t.Errorf("%s: `gatewright %s`: no such command", page, m[1])
				continue
			}
			for _, f := range flags.FindAllString(m[1], -1) {
				if !strings.Contains(known[command], f) && !strings.Contains(known[command], strings.Replace(f, "--no-", "--[no-]", 1)) {
					t.Errorf("%s: `gatewright %s`: no flag %s", page, m[1], f)
				}
			}
		}
	}
}

// helpOf returns the help of a command, "" if there is no such one.
func helpOf(words []string) string {
	var out, errs strings.Builder
	env := Env{Args: append(slices.Clone(words), "--help"), Stdin: strings.NewReader(""), Stdout: &out, Stderr: &errs, Getenv: func(string) string { return "" }}
	if Main(env) != 0 {
		return ""
	}
	return out.String()
}
