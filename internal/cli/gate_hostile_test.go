package cli

import (
	"encoding/json"
	"fmt"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"
	"unicode"
)

// TestHostileNamesStayNames runs the whole gate with names, branches and
// findings that try to give commands of their own, on each CI.
func TestHostileNamesStayNames(t *testing.T) {
	t.Parallel()
	hostile := []string{
		"a\n::error::pwned", "::set-output name=x::y", "a%0A::stop-commands::x", "##vso[task.setvariable variable=PATH]x", "a]##vso[x]", "\x1b[2J\x1b]0;x\x07",
		"\u202egnp.js", "a;b,c:d=e.go", "`id`|$(id)", "<script>x</script>", strings.Repeat("n", 10000), "\r\n\r\nHTTP/1.1", "x\x00y",
	}
	type file struct {
		Path     string         `json:"path"`
		Lines    map[string]int `json:"lines"`
		Branches map[string]int `json:"branches"`
	}
	var files []file
	var diff, results strings.Builder
	for i, name := range hostile {
		files = append(files, file{name, map[string]int{"1": 0, "2": 1}, map[string]int{}})
		quoted := &strings.Builder{}
		for _, c := range []byte(name) {
			fmt.Fprintf(quoted, "\\%03o", c)
		}
		fmt.Fprintf(&diff, "diff --git \"a/%[1]s\" \"b/%[1]s\"\n--- \"a/%[1]s\"\n+++ \"b/%[1]s\"\n@@ -0,0 +1,2 @@\n+a\n+b\n", quoted)
		text, err := json.Marshal(name)
		if err != nil {
			t.Fatal(err)
		}
		if i > 0 {
			results.WriteString(",")
		}
		fmt.Fprintf(&results, `{"ruleId":%[1]s,"level":"error","message":{"text":%[1]s},"locations":[{"physicalLocation":{"artifactLocation":{"uri":"a;b,c:d=e.go"},"region":{"startLine":1}}}]}`, text)
	}
	report, err := json.Marshal(struct {
		Version int    `json:"version"`
		Files   []file `json:"files"`
	}{1, files})
	if err != nil {
		t.Fatal(err)
	}
	// What a line of ours looks like to each CI.
	own := map[string]*regexp.Regexp{
		"GITHUB_ACTIONS": regexp.MustCompile(`^::((error|warning|notice) title=[^:]*::|group::Gatewright: gate$|endgroup::$)`),
		"TF_BUILD":       regexp.MustCompile(`^##vso\[(task.logissue type=(error|warning)(;sourcepath=[^\]]*)?|task.setvariable variable=[A-Za-z]+;isOutput=true|task.uploadsummary)\]`),
		"GITLAB_CI":      nil, // knows no commands
	}
	for ci, command := range own {
		t.Run(ci, func(t *testing.T) {
			dir := t.TempDir()
			for name, text := range map[string]string{
				"report.json": string(report), "change.diff": diff.String(),
				"scan.sarif": `{"version":"2.1.0","runs":[{"tool":{"driver":{"name":"x"}},"results":[` + results.String() + `]}]}`,
			} {
				if err := os.WriteFile(filepath.Join(dir, name), []byte(text), 0o644); err != nil {
					t.Fatal(err)
				}
			}
			vars := map[string]string{
				ci: "true", "GITHUB_REPOSITORY": "acme/api", "GITHUB_SHA": strings.Repeat("0", 40), "GITHUB_REF": "refs/heads/x\n::error::branch", "GITHUB_REF_NAME": "x\n::error::branch",
				"CI_COMMIT_SHA": strings.Repeat("0", 40), "CI_PROJECT_PATH": "acme/api", "CI_COMMIT_BRANCH": "x\n::error::branch",
				"BUILD_SOURCEVERSION": strings.Repeat("0", 40), "BUILD_SOURCEBRANCH": "refs/heads/x\n##vso[task.complete]",
				"GITHUB_STEP_SUMMARY": filepath.Join(dir, "summary.md"), "AGENT_TEMPDIRECTORY": dir, "GITHUB_OUTPUT": filepath.Join(dir, "out"),
			}
			code, out, talk := place{dir, vars}.call("", "gate", "--local", "--min-patch", "99", "--min-path", "*=99", "--max-new", "any=0", "--paths", "raw", "report.json",
				"--diff", "change.diff", "--findings", "scan.sarif", "--summary", "s.md", "--junit", "j.xml", "--code-quality", "cq.json", "--dotenv", "e")
			if code != 1 {
				t.Fatalf("exit %d\n%s", code, talk)
			}
			for line := range strings.SplitSeq(out+talk, "\n") {
				if command != nil && (strings.HasPrefix(strings.TrimSpace(line), "::") || strings.Contains(line, "##vso[")) && !command.MatchString(line) {
					t.Errorf("a command that is not ours: %.200q", line)
				}
				if command != nil && strings.Count(line, "##vso[") > 1 {
					t.Errorf("a command within a command: %.200q", line)
				}
				for _, r := range strings.ReplaceAll(line, "\u200b", "") {
					if !unicode.IsPrint(r) {
						t.Errorf("%U in %.200q", r, line)
						break
					}
				}
			}
			env, err := os.ReadFile(filepath.Join(dir, "e"))
			if err != nil {
				t.Fatal(err)
			}
			variable := regexp.MustCompile(`^GATEWRIGHT_[A-Z_]+=([A-Za-z0-9.,]*|'[A-Za-z0-9., *]*')\n$`)
			if ci == "GITLAB_CI" { // it takes quotes for part of the value
				variable = regexp.MustCompile(`^GATEWRIGHT_[A-Z_]+=[A-Za-z0-9., *]*\n$`)
			}
			for line := range strings.Lines(string(env)) {
				if !variable.MatchString(line) {
					t.Errorf("dotenv: %q", line)
				}
			}
		})
	}
}
