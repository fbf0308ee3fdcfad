package cli

import (
	"fmt"
	"io"
	"maps"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
)

// road is one way to the same job: arguments, and variables beside the common
// ones.
type road struct {
	name string
	args []string
	vars map[string]string
}

// told is everything that a road told GitHub.
type told struct {
	Code    int
	Outputs map[string]string
	Summary string
	Errors  []string // annotations of the level error
}

// row is what was told as a row of Markdown; travel has seen that the token was
// masked before anything else.
func (t told) row(service, road string) string {
	var outputs []string
	for _, name := range slices.Sorted(maps.Keys(t.Outputs)) {
		outputs = append(outputs, name+"="+t.Outputs[name])
	}
	title, _, _ := strings.Cut(t.Summary, "\n")
	return fmt.Sprintf("| %s | %s | %s | %s, %d bytes | %s | first | %d |", service, road, strings.Join(outputs, " "), title, len(t.Summary), strings.Join(t.Errors, " "), t.Code)
}

// travel runs one road as a step of GitHub Actions.
func travel(t *testing.T, r road, common map[string]string) told {
	t.Helper()
	dir := t.TempDir()
	if err := os.WriteFile(filepath.Join(dir, "lcov.info"), []byte("SF:src/a.go\nFN:1,f\nDA:2,1\nDA:3,0\nend_of_record\n"), 0o644); err != nil {
		t.Fatal(err)
	}
	vars := map[string]string{"GITHUB_OUTPUT": filepath.Join(dir, "out"), "GITHUB_STEP_SUMMARY": filepath.Join(dir, "summary")}
	maps.Copy(vars, common)
	maps.Copy(vars, r.vars)
	got := told{Outputs: map[string]string{}}
	var out, talk string
	got.Code, out, talk = place{dir, vars}.call("", r.args...)
	text, _ := os.ReadFile(vars["GITHUB_OUTPUT"])
	lines := strings.Split(string(text), "\n")
	for i := 0; i+2 < len(lines); i += 3 {
		name, _, _ := strings.Cut(lines[i], "<<")
		got.Outputs[name] = lines[i+1]
	}
	summary, _ := os.ReadFile(vars["GITHUB_STEP_SUMMARY"])
	got.Summary = string(summary)
	token := common["CODEANT_API_TOKEN"]
	masked := false
	for line := range strings.Lines(out) {
		masked = masked || line == "::add-mask::"+token+"\n"
		if !masked && !strings.HasPrefix(line, "::add-mask::") {
			t.Errorf("%s: printed before the token was masked: %q", r.name, line)
		}
		if strings.HasPrefix(line, "::error ") {
			got.Errors = append(got.Errors, strings.TrimSpace(line))
		}
	}
	if !masked {
		t.Errorf("%s: the token was not masked\n%s", r.name, out)
	}
	if t.Failed() {
		t.Logf("%s\n%s\n%s", r.name, out, talk)
	}
	return got
}

// commonOfRoads starts the stand-ins, and returns the variables that every road has: a
// push to acme/api, and CodeAnt's.
func commonOfRoads(t *testing.T) map[string]string {
	s := standIns(t)
	head := s.World.Repository("acme", "api").PullRequest(7).Head
	common := map[string]string{"GITHUB_ACTIONS": "true", "GITHUB_REPOSITORY": "acme/api", "GITHUB_SERVER_URL": "https://github.com", "GITHUB_SHA": head, "GITHUB_REF": "refs/heads/main", "GITHUB_EVENT_NAME": "push"}
	for _, v := range s.Variables() {
		if strings.HasPrefix(v.Name, "CODEANT_") {
			common[v.Name] = v.Value
		}
	}
	return common
}

// TestRoadsTellTheSame sends one job down both of its roads, the command and the
// Action, against a service that passes it, one that fails it, and one that is
// dead: outputs, summary, errors and exit code are the same, and the token is
// masked first.
//
// With -v it shows what each road wrote, as a row of a table.
func TestRoadsTellTheSame(t *testing.T) {
	t.Parallel() // a dead service is tried again, by the clock
	dead := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
		_, _ = io.WriteString(w, "<html>down for maintenance</html>") // tried once: it is no answer of the service
	}))
	t.Cleanup(dead.Close)
	common := commonOfRoads(t)
	gate := []string{"gate", "--service", "codeant", "--poll-interval", "1ms", "--timeout", "60s", "--paths", "raw", "lcov.info"}
	action := map[string]string{"INPUT_STEPS": "gate", "INPUT_SERVICE": "codeant", "INPUT_POLL_INTERVAL": "1ms", "INPUT_TIMEOUT": "60s", "INPUT_COVERAGE_FILES": "lcov.info"}
	for _, tc := range []struct {
		name    string
		min     string // of total coverage
		address string
		code    int
		status  string
	}{
		{"passing", "50", "", 0, "PASSED"},
		{"failing", "90", "", 1, "FAILED"},
		{"dead", "50", dead.URL, 4, "ERROR"},
	} {
		t.Run(tc.name, func(t *testing.T) {
			vars := maps.Clone(common)
			if tc.address != "" {
				vars["CODEANT_API_URL"] = tc.address
			}
			inputs := maps.Clone(action)
			inputs["INPUT_MIN_TOTAL"] = tc.min
			byCommand := travel(t, road{"gate", append([]string{"--quiet"}, append(gate, "--min-total", tc.min)...), nil}, vars)
			byVariables := travel(t, road{"gate by variables", []string{"gate", "lcov.info"}, map[string]string{
				"GATEWRIGHT_MIN_TOTAL": tc.min, "GATEWRIGHT_SERVICE": "codeant", "GATEWRIGHT_POLL_INTERVAL": "1ms", "GATEWRIGHT_TIMEOUT": "60", "GATEWRIGHT_PATHS": "raw",
			}}, vars)
			byAction := travel(t, road{"action", []string{"action"}, inputs}, vars)
			for other, got := range map[string]told{"action": byAction, "variables": byVariables} {
				if diff := cmp.Diff(byCommand, got); diff != "" {
					t.Errorf("gate (-) and %s (+) differ:\n%s", other, diff)
				}
				t.Log(got.row(tc.name, other))
			}
			t.Log(byCommand.row(tc.name, "gate"))
			if byCommand.Code != tc.code || byCommand.Outputs["quality-gate-status"] != tc.status || byCommand.Outputs["coverage"] == "" {
				t.Errorf("exit %d, outputs %v", byCommand.Code, byCommand.Outputs)
			}
			if title := map[int]string{0: "✅ Gatewright: passed", 1: "❌ Gatewright: failed", 4: "❔ Gatewright: unknown"}[tc.code]; !strings.HasPrefix(byCommand.Summary, "## "+title+"\n") {
				t.Errorf("exit %d, and the summary says\n%s", tc.code, byCommand.Summary)
			}
			if want := fmt.Sprint(tc.code != 0); fmt.Sprint(len(byCommand.Errors) == 1) != want || !strings.Contains(byCommand.Summary, "Gatewright") {
				t.Errorf("errors %q, summary:\n%s", byCommand.Errors, byCommand.Summary)
			}
		})
	}
}

// TestUploadAndScanTellTheSame does the same for the commands of one step.
func TestUploadAndScanTellTheSame(t *testing.T) {
	t.Parallel()
	common := commonOfRoads(t)
	for _, tc := range []struct {
		step   string
		args   []string
		inputs map[string]string
		output string // one that must be set
	}{
		{"coverage", []string{"coverage", "upload", "lcov.info"}, map[string]string{"INPUT_COVERAGE_FILES": "lcov.info"}, "coverage"},
		{"scan", []string{"scan", "--poll-interval", "1ms"}, map[string]string{"INPUT_POLL_INTERVAL": "1ms"}, "findings-count"},
	} {
		t.Run(tc.step, func(t *testing.T) {
			tc.inputs["INPUT_STEPS"] = tc.step
			byCommand := travel(t, road{tc.step, tc.args, nil}, common)
			byAction := travel(t, road{"action", []string{"action"}, tc.inputs}, common)
			if diff := cmp.Diff(byCommand, byAction); diff != "" {
				t.Errorf("%s (-) and the Action (+) differ:\n%s", tc.step, diff)
			}
			if byCommand.Code != 0 || byCommand.Outputs[tc.output] == "" || byCommand.Outputs["commit"] != common["GITHUB_SHA"] || !strings.Contains(byCommand.Summary, "## Gatewright") {
				t.Errorf("%+v", byCommand)
			}
			if _, ok := byCommand.Outputs["quality-gate-status"]; ok {
				t.Errorf("a verdict of a job without one: %v", byCommand.Outputs)
			}
		})
	}
}
