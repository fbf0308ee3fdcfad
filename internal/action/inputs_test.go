package action

import (
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/gatewright/gatewright/internal/fault"
	"github.com/gatewright/gatewright/internal/job"
)

func read(env map[string]string) (Inputs, error) {
	return Read(func(k string) string { return env[k] })
}

func TestReadDefaults(t *testing.T) {
	in, err := read(nil)
	if err != nil {
		t.Fatal(err)
	}
	if !in.Job.FailOnGate || !in.Job.Tolerance.FailOnError || in.Job.Wait.Timeout != 10*time.Minute || !in.Job.Tolerance.SkipWithheld || !in.Token.Empty() || in.Job.Steps != nil {
		t.Errorf("defaults = %+v", in)
	}
}

func TestReadSpellings(t *testing.T) {
	tests := []struct {
		key, text string
		check     func(Inputs) any
		want      any
	}{
		{"INPUT_ACCESS-TOKEN", "cdt_x", func(i Inputs) any { return i.Token.Expose() + i.TokenKind }, "cdt_xauto"},
		{"INPUT_ACCESS_TOKEN", "cdt_x\n", func(i Inputs) any { return i.Token.Expose() }, "cdt_x"},
		{"INPUT_ACCESSTOKEN", "cdt_x", func(i Inputs) any { return i.Token.Expose() }, "cdt_x"},
		{"INPUT_PROJECT-TOKEN", "abc", func(i Inputs) any { return i.Token.Expose() + i.TokenKind }, "abcrepository"},
		{"INPUT_API-TOKEN", "abc", func(i Inputs) any { return i.Token.Expose() + i.TokenKind }, "abcaccount"},
		{"INPUT_COVERAGE-REPORTS", "a.xml, b/*.info\n c.out", func(i Inputs) any { return i.Job.Reports.Report }, []string{"a.xml", "b/*.info", "c.out"}},
		{"INPUT_COVERAGE-FILES", "src/*.{info,xml},b.out\nc.{d", func(i Inputs) any { return i.Job.Reports.Report }, []string{"src/*.{info,xml}", "b.out", "c.{d"}},
		{"INPUT_COVERAGE_FILE", "coverage.xml", func(i Inputs) any { return i.Job.Reports.Report }, []string{"coverage.xml"}},
		{"INPUT_SCAN_TIMEOUT", "300", func(i Inputs) any { return i.Job.Wait.Timeout }, 5 * time.Minute},
		{"INPUT_POLLINTERVAL", "15s", func(i Inputs) any { return i.Job.Wait.PollInterval }, 15 * time.Second},
		{"INPUT_BASEURL", "https://x", func(i Inputs) any { return i.BaseURL }, "https://x"},
		{"INPUT_BASE_URL", "https://ghe", func(i Inputs) any { return i.ForgeWeb + i.BaseURL }, "https://ghe"},
		{"INPUT_API_BASE", "https://x", func(i Inputs) any { return i.BaseURL }, "https://x"},
		{"INPUT_PLATFORM", "gitlab", func(i Inputs) any { return i.Provider }, "gitlab"},
		{"INPUT_FAIL-ON-GATE", "False", func(i Inputs) any { return i.Job.FailOnGate }, false},
		{"INPUT_SKIP-IF-NO-TOKEN", "yes", func(i Inputs) any { return i.Job.Tolerance.SkipIfNoToken }, true},
		{"INPUT_STEPS", "scan\ngate", func(i Inputs) any { return i.Job.Steps }, []job.Step{job.ScanStep, job.GateStep}},
		{"INPUT_PULL-REQUEST", "7", func(i Inputs) any { return i.PullRequest }, 7},
		{"INPUT_PULL-REQUEST", "0", func(i Inputs) any { return i.PullRequest }, 0},
	}
	for _, tt := range tests {
		in, err := read(map[string]string{tt.key: tt.text})
		if err != nil {
			t.Errorf("%s: %v", tt.key, err)
		}
		if diff := cmp.Diff(tt.want, tt.check(in)); diff != "" {
			t.Errorf("%s: %s", tt.key, diff)
		}
	}
}

// TestWrongInputKeepsItsDefault: an input that cannot be read has said nothing, least
// of all that the job is to be green in spite of it.
func TestWrongInputKeepsItsDefault(t *testing.T) {
	for _, text := range []string{"flase", "maybe", "${{ inputs.x }}"} {
		in, err := read(map[string]string{"INPUT_FAIL-ON-ERROR": text, "INPUT_FAIL-ON-GATE": text, "INPUT_TIMEOUT": text})
		if err == nil || !in.Job.Tolerance.FailOnError || !in.Job.FailOnGate || in.Job.Wait.Timeout != 10*time.Minute {
			t.Errorf("%q: %v, fail-on-error %v, fail-on-gate %v, timeout %s", text, err, in.Job.Tolerance.FailOnError, in.Job.FailOnGate, in.Job.Wait.Timeout)
		}
	}
}

func TestReadRefuses(t *testing.T) {
	for key, text := range map[string]string{
		"INPUT_TIMEOUT": "soon", "INPUT_POLL-INTERVAL": "-1s", "INPUT_FAIL-ON-GATE": "maybe",
		"INPUT_STEPS": "coverage,deploy", "INPUT_PULL-REQUEST": "seven", "INPUT_SKIP-IF-NO-TOKEN": "x",
	} {
		in, err := read(map[string]string{key: text, "INPUT_ACCESS-TOKEN": "cdt_x"})
		if fault.Of(err) != fault.Input || !strings.Contains(err.Error(), input(key)) {
			t.Errorf("%s=%s: err = %v", key, text, err)
		}
		if in.Token.Empty() {
			t.Errorf("%s=%s: the token must be known for masking even when another input is wrong", key, text)
		}
	}
}

// TestReadUnreplaced: what the CI left of a variable that is not there is no branch, no
// file to write and no rule, and is not left out in silence. A token is none then.
func TestReadUnreplaced(t *testing.T) {
	for _, i := range Table() {
		for _, text := range []string{"$(undefined)", "a\n$(Undefined.It)", "null"} {
			key := "INPUT_" + strings.ToUpper(strings.ReplaceAll(i.Name, "-", "_"))
			if i.Name == "base-url" {
				key = "INPUT_API_BASE"
			}
			in, err := read(map[string]string{key: text})
			if i.token() {
				if err != nil || text != "a\n$(Undefined.It)" && (!in.Token.Empty() || !in.Asking.ForgeToken.Empty()) {
					t.Errorf("%s=%q: %v, the token holds %d characters", key, text, err, len(in.Token.Expose()))
				}
			} else if fault.Of(err) != fault.Input || !strings.Contains(err.Error(), "is what a CI leaves of a variable") {
				t.Errorf("%s=%q: err = %v", key, text, err)
			}
		}
	}
}

// TestReadAbsent: a pipeline names the pull request's variables on pushes, too, where
// the CI leaves the names. Of a rule they are an error there as well.
func TestReadAbsent(t *testing.T) {
	for text, absent := range map[string]bool{
		"$(System.PullRequest.PullRequestId)": true, "$BITBUCKET_PR_ID": true, "${CI_MERGE_REQUEST_IID}": true, "${bamboo_repository_pr_key}": true,
		"$(PR)": false, "$(System.Pull": false, "null": false, "SYSTEM_PULLREQUEST_TARGETBRANCH": false,
	} {
		in, err := read(map[string]string{"INPUT_PULL-REQUEST": text, "INPUT_BASE": text, "INPUT_BRANCH": text, "INPUT_COMMIT": text})
		if (err == nil) != absent || absent && (in.PullRequest != 0 || in.Branch != "" || in.Commit != "" || in.Job.Facts.Base != "") {
			t.Errorf("%s: %v, %+v", text, err, in)
		}
	}
	if _, err := read(map[string]string{"INPUT_MIN-TOTAL": "$(System.PullRequest.PullRequestId)"}); err == nil {
		t.Error("a rule was left out")
	}
}

// TestReadVariables: an organization may say a rule for all by a flag's variable;
// an input precedes it.
func TestReadVariables(t *testing.T) {
	for _, tt := range []struct {
		env  map[string]string
		want Inputs
	}{
		{map[string]string{"GATEWRIGHT_MIN_TOTAL": " 90 ", "GATEWRIGHT_PARTIALS": "miss", "INPUT_MAX_DROP": ""}, Inputs{Job: job.Job{Rules: job.Rules{MinTotal: "90", Partials: "miss"}}}},
		{map[string]string{"GATEWRIGHT_MIN_TOTAL": "90", "INPUT_MIN_TOTAL": "60"}, Inputs{Job: job.Job{Rules: job.Rules{MinTotal: "60"}}}},
		{map[string]string{"GATEWRIGHT_ACCESS_TOKEN": "cdt_x", "GATEWRIGHT_GITHUB_TOKEN": "x"}, Inputs{}}, // found where every command finds it
	} {
		in, err := read(tt.env)
		if err != nil || in.Job.Rules.MinTotal != tt.want.Job.Rules.MinTotal || in.Job.Rules.Partials != tt.want.Job.Rules.Partials || !in.Token.Empty() || !in.Asking.ForgeToken.Empty() {
			t.Errorf("%v: %+v, %v", tt.env, in.Job.Rules, err)
		}
	}
}

// TestReadContradiction: one of the two would be left out without a word.
func TestReadContradiction(t *testing.T) {
	_, err := read(map[string]string{"INPUT_PACK": "a.json", "INPUT_FROM": "b.json"})
	if fault.Of(err) != fault.Input || !strings.Contains(err.Error(), "pack and from") {
		t.Errorf("err = %v", err)
	}
}

func input(key string) string {
	return "input " + strings.ToLower(strings.TrimPrefix(key, "INPUT_"))
}

func TestNamesAreUnique(t *testing.T) {
	seen := map[string]string{}
	for _, input := range Table() {
		for _, name := range append([]string{input.Name}, input.Aliases()...) {
			for _, key := range spellings(name) {
				key = strings.ToUpper(key)
				if other, ok := seen[key]; ok && other != input.Name {
					t.Errorf("%s and %s share the spelling %s", other, input.Name, key)
				}
				seen[key] = input.Name
			}
		}
		if (input.of == nil) == (input.set == nil) {
			t.Errorf("%s is set by both of its functions, or by none", input.Name)
		}
		if input.Help == "" {
			t.Errorf("%s has no help", input.Name)
		}
	}
}
