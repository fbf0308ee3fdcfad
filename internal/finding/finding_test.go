package finding

import (
	"bytes"
	"encoding/json"
	"encoding/xml"
	"fmt"
	"io"
	"runtime"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"
	sarif210 "github.com/owenrumney/go-sarif/v3/pkg/report/v210/sarif"

	"github.com/gatewright/gatewright/internal/coverage/match"
	"github.com/gatewright/gatewright/internal/fault"
	"github.com/gatewright/gatewright/internal/service"
	"github.com/gatewright/gatewright/internal/testrun"
)

// log has two runs, results before the tool, rules in extensions, suppressed
// and passed results, addresses with bases, escapes and drives.
const log = `{
 "$schema": "x", "version": "2.1.0", "inlineExternalProperties": [{"deep": [1, {"results": [1]}]}],
 "runs": [
  {
   "results": [
    {"ruleId": "G101", "level": "error", "message": {"text": "hard-coded credential"},
     "locations": [{"physicalLocation": {"artifactLocation": {"uri": "src/b%20c.go", "uriBaseId": "%SRCROOT%"}, "region": {"startLine": 3, "endLine": 4}}}],
     "partialFingerprints": {"primaryLocationLineHash": "abc:1"}},
    {"ruleIndex": 1, "message": {"id": "default", "arguments": ["x"]},
     "locations": [{"physicalLocation": {"artifactLocation": {"index": 0}, "region": {"startLine": 9}}}]},
    {"ruleId": "G9", "kind": "pass", "message": {"text": "fine"}},
    {"ruleId": "G9", "kind": "NotApplicable", "message": {"text": "fine"}},
    {"ruleId": "G9", "message": {"text": "waved through"}, "suppressions": [{"kind": "inSource"}]},
    {"ruleId": "G9", "message": {"text": "under review"}, "suppressions": [{"kind": "external", "status": "underReview"}]},
    {"ruleId": "G9", "baselineState": "Absent", "message": {"text": "gone"}}
   ],
   "artifacts": [{"location": {"uri": "file:///build/repo/src/d.go"}}],
   "originalUriBaseIds": {"%SRCROOT%": {"uri": "file:///build/repo/"}},
   "tool": {"driver": {"name": "gosec", "rules": [
     {"id": "G101", "helpUri": "https://example.com/G101", "properties": {"security-severity": "9.1", "tags": ["security"]}},
     {"id": "G404", "defaultConfiguration": {"level": "note"}, "messageStrings": {"default": {"text": "weak {0}"}}}]}}
  },
  {
   "tool": {"driver": {"name": "semgrep"}, "extensions": [{"name": "pack", "rules": [{"id": "r", "properties": {"security-severity": 5}}]}]},
   "invocations": [{"executionSuccessful": false}],
   "results": [
    {"rule": {"index": 0, "toolComponent": {"index": 0}}, "message": {"text": "m"}, "baselineState": "Unchanged",
     "locations": [{"physicalLocation": {"artifactLocation": {"uri": "C:\\x\\y.cs"}}}]},
    {"ruleId": "a/b", "kind": "review", "message": {"text": ""}, "locations": []}
   ]
  }
 ]
}`

func parse(t *testing.T, text string) Set {
	t.Helper()
	s, err := ParseSARIF(strings.NewReader(text), "x.sarif", Options{Match: match.Options{Checkout: "/build/repo"}})
	if err != nil {
		t.Fatal(err)
	}
	return s
}

func TestParseSARIF(t *testing.T) {
	for _, bom := range []string{"", "\ufeff"} {
		got := parse(t, bom+log)
		want := Set{
			Findings: []service.Finding{
				{Tool: "gosec", Rule: "G101", Severity: "critical", Path: "src/b c.go", Line: 3, EndLine: 4, Message: "hard-coded credential", Kind: "sast", Help: "https://example.com/G101"},
				{Tool: "gosec", Rule: "G404", Severity: "low", Path: "src/d.go", Line: 9, Message: "weak x"},
				{Tool: "gosec", Rule: "G9", Severity: "medium", Message: "under review"},
				{Tool: "semgrep", Rule: "r", Severity: "medium", Path: "C:/x/y.cs", Message: "m", Kind: "sast", Age: service.Old},
				{Tool: "semgrep", Rule: "a/b", Severity: "medium"},
			},
			Suppressed: 1, Tools: []string{"gosec", "semgrep"}, Unfinished: []string{"semgrep"},
			Missing: []string{"semgrep did not run to the end"}, Unmatched: map[string]string{"C:/x/y.cs": "not in the commit"},
			Files: map[string][]string{"gosec": {"src/d.go"}},
		}
		if diff := cmp.Diff(want, got, cmpopts.IgnoreFields(service.Finding{}, "Fingerprint")); diff != "" {
			t.Error(diff)
		}
		for _, f := range got.Findings {
			if len(f.Fingerprint) != 32 {
				t.Errorf("fingerprint %q", f.Fingerprint)
			}
		}
	}
}

func TestParseSARIFRefuses(t *testing.T) {
	for in, want := range map[string]string{
		"":                              "x.sarif:1: SARIF, the log: the document ends where an object was expected",
		"[]":                            "x.sarif:1: SARIF, the log: '[' where an object was expected",
		"{}":                            `x.sarif: no "runs": this is no SARIF log`,
		`{"version":"2.0.0","runs":[]}`: `x.sarif: SARIF version "2.0.0"; 2.1.0 is read`,
		"{\"version\":\"2.1.0\",\n\"runs\":[{\"resul":                        "x.sarif:2: SARIF, runs[0]: the document ends inside a string",
		`{"version":"2.1.0","runs":[{"results":[{},{"level":7}]}]}`:          "x.sarif:1: SARIF, runs[0].results[1]: a number where a text was expected",
		`{"version":"2.1.0","runs":[{"results":[{"ruleIndex":"7"}]}]}`:       "x.sarif:1: SARIF, runs[0].results[0]: a text where a number was expected",
		`{"version":"2.1.0","runs":[{"results":{}}]}`:                        "x.sarif:1: SARIF, runs[0]: '{' where an array was expected",
		`{"version":"2.1.0","runs":[{"results":[]}]} x`:                      "x.sarif:1: SARIF, runs[0]: 'x' after the end of the document",
		`{"version":"2.1.0","runs":[{"results":[{"message":{"text":[]}}]}]}`: "x.sarif:1: SARIF, runs[0].results[0]: an array where a text was expected",
	} {
		_, err := ParseSARIF(strings.NewReader(in), "x.sarif", Options{})
		if err == nil || err.Error() != want || fault.Of(err) != fault.Input {
			t.Errorf("%q:\n got %v\nwant %s", in, err, want)
		}
	}
}

func TestSARIFIsReadByOthersAndByUs(t *testing.T) {
	s := parse(t, log)
	var out bytes.Buffer
	if err := WriteSARIF(&out, s); err != nil {
		t.Fatal(err)
	}
	theirs, err := sarif210.FromBytes(out.Bytes())
	if err != nil {
		t.Fatal(err)
	}
	for _, run := range theirs.Runs { // go-sarif writes these empty where absent, which its own schema refuses
		run.Language, run.Tool.Driver.Language, run.NewlineSequences = "en", "en", []string{"\n"}
	}
	if err := theirs.Validate(); err != nil {
		t.Fatalf("by the schema of SARIF: %v\n%s", err, out.String())
	}
	if n := len(theirs.Runs); n != 2 || len(theirs.Runs[0].Results) != 3 || *theirs.Runs[0].Results[0].Message.Text != "hard-coded credential" {
		t.Errorf("%d runs", n)
	}
	back := parse(t, out.String())
	s.Findings[4].Message = "unknown" // SARIF wants one
	if diff := cmp.Diff(s.Findings, back.Findings); diff != "" {
		t.Error(diff)
	}
}

func TestWriteCodeQuality(t *testing.T) {
	s := parse(t, log)
	s.Findings = append(s.Findings, s.Findings[0])
	var out bytes.Buffer
	if err := WriteCodeQuality(&out, s); err != nil {
		t.Fatal(err)
	}
	var issues []map[string]any
	if err := json.Unmarshal(out.Bytes(), &issues); err != nil {
		t.Fatal(err)
	}
	prints := map[any]bool{}
	for _, i := range issues {
		prints[i["fingerprint"]] = true
	}
	for _, i := range issues {
		if i["location"].(map[string]any)["path"] == "" {
			t.Errorf("an empty path: %v", i)
		}
	}
	// The findings, and that a tool did not run to its end.
	if last := issues[len(issues)-1]; len(issues) != 7 || len(prints) != 7 || last["check_name"] != "not scanned" || last["description"] != s.Missing[0] {
		t.Errorf("%d issues, %d fingerprints", len(issues), len(prints))
	}
	want := map[string]any{
		"description": "hard-coded credential", "check_name": "G101", "severity": "blocker", "fingerprint": s.Findings[0].Fingerprint,
		"location": map[string]any{"path": "src/b c.go", "lines": map[string]any{"begin": 3.0, "end": 4.0}},
	}
	if diff := cmp.Diff(want, issues[0]); diff != "" {
		t.Error(diff)
	}
	out.Reset()
	if err := WriteCodeQuality(&out, Set{}); err != nil || out.String() != "[]\n" {
		t.Errorf("no findings: %q, %v", out.String(), err)
	}
}

func TestWriteJUnit(t *testing.T) {
	s := Set{Tools: []string{"quiet", "loud"}, Findings: []service.Finding{
		{Tool: "loud", Rule: "r\x00<&\"", Path: "a]]>b", Line: 2, Message: "m\x1b[31m\u202e", Severity: "high"},
		{Tool: "loud", Rule: "r2", Path: "c", Message: "n", Age: service.Old},
	}}
	var out bytes.Buffer
	if err := WriteJUnit(&out, s); err != nil {
		t.Fatal(err)
	}
	var doc struct {
		Suites []testrun.Suite `xml:"testsuite"`
	}
	if err := xml.Unmarshal(out.Bytes(), &doc); err != nil {
		t.Fatalf("%v\n%s", err, out.String())
	}
	if len(doc.Suites) != 2 || doc.Suites[0].Tests != 1 || doc.Suites[0].Failures != 0 || doc.Suites[1].Failures != 1 || doc.Suites[1].Skipped != 1 {
		t.Errorf("%s", out.String())
	}
	if strings.ContainsAny(out.String(), "\x00\x1b") {
		t.Error("control characters are no XML")
	}
}

// TestHugeSARIFIsStreamed reads a log of 60 MB, most of it what is stepped
// over, and must not hold it.
func TestHugeSARIFIsStreamed(t *testing.T) {
	r, w := io.Pipe()
	go func() {
		fmt.Fprint(w, `{"version":"2.1.0","runs":[{"tool":{"driver":{"name":"t"}},"artifacts":[`)
		block := `{"location":{"uri":"a"},"contents":{"text":"` + strings.Repeat("x", 60000) + `"}}`
		for i := range 1000 {
			if i > 0 {
				fmt.Fprint(w, ",")
			}
			fmt.Fprint(w, block)
		}
		fmt.Fprint(w, `],"results":[{"ruleId":"r","message":{"text":"m"}}]}]}`)
		_ = w.Close()
	}()
	var before, after runtime.MemStats
	runtime.ReadMemStats(&before)
	s, err := ParseSARIF(r, "huge", Options{})
	runtime.ReadMemStats(&after)
	if err != nil || len(s.Findings) != 1 {
		t.Fatalf("%d findings, %v", len(s.Findings), err)
	}
	if held := int64(after.HeapSys) - int64(before.HeapSys); held > 32<<20 {
		t.Errorf("the heap grew by %d MB", held>>20)
	}
}

func FuzzParseSARIF(f *testing.F) {
	f.Add(log)
	f.Add(`{"version":"2.1.0","runs":null}`)
	f.Add(`{"runs":[{"tool":{"driver":null},"results":[{"ruleIndex":-1}]}],"version":"2.1.0"}`)
	f.Fuzz(func(t *testing.T, in string) {
		s, err := ParseSARIF(strings.NewReader(in), "f", Options{Match: match.Options{Checkout: "/r"}})
		if err != nil {
			if fault.Of(err) != fault.Input {
				t.Fatal(err)
			}
			return
		}
		if err := WriteSARIF(io.Discard, s); err != nil {
			t.Fatal(err)
		}
	})
}

func TestTroublesOfATool(t *testing.T) {
	got := parse(t, `{"version": "2.1.0", "runs": [{"tool": {"driver": {"name": "semgrep"}}, "results": [], "invocations": [{"executionSuccessful": true,
		"toolExecutionNotifications": [{"message": {"text": "cannot parse a.go"}, "level": "error"}, {"level": "warning", "message": {"text": "slow"}}],
		"toolConfigurationNotifications": [{"level": "error", "message": {"id": "x"}}]}]}]}`)
	want := []string{"semgrep: cannot parse a.go", "semgrep: an error without a text"}
	if diff := cmp.Diff(want, got.Troubles); diff != "" || len(got.Missing) > 0 {
		t.Error(diff, got.Missing)
	}
}

// TestSuccess: only a tool that says so, in whatever form, ran to its end.
func TestSuccess(t *testing.T) {
	for said, fine := range map[string]bool{
		"true": true, "null": true, `"true"`: true, `"True"`: true,
		"false": false, `"false"`: false, `""`: false, `"yes"`: false, "0": false, "[]": false, "{}": false,
	} {
		s := parse(t, `{"version":"2.1.0","runs":[{"tool":{"driver":{"name":"x"}},"results":[],"invocations":[{"executionSuccessful":`+said+`}]}]}`)
		if fine != (len(s.Missing) == 0) {
			t.Errorf("%s: %q", said, s.Missing)
		}
	}
}

// TestAddOther: what the jobs of a matrix found in one commit counts once.
func TestAddOther(t *testing.T) {
	f := func(line int) service.Finding {
		return service.Finding{Tool: "t", Rule: "r", Path: "a", Line: line, Message: "m"}
	}
	s := Set{Findings: []service.Finding{f(1), f(1), f(2)}}
	s.AddOther(Set{Findings: []service.Finding{f(1), f(1), f(1), f(3), {Tool: "u", Rule: "r", Path: "a", Line: 2, Message: "m"}}})
	var lines []int
	for _, f := range s.Findings {
		lines = append(lines, f.Line)
	}
	if diff := cmp.Diff([]int{1, 1, 2, 1, 3, 2}, lines); diff != "" {
		t.Error(diff)
	}
}

// TestScores: GitHub goes by the score of a rule about security, which is that of
// its worst finding; each finding keeps its own severity. A name with a colon is no
// address of a scheme.
func TestScores(t *testing.T) {
	in := Set{Tools: []string{"t"}, Findings: []service.Finding{
		{Tool: "t", Rule: "cve", Kind: "sca", Severity: "low", Path: "a:b.go", Message: "m"},
		{Tool: "t", Rule: "cve", Kind: "sca", Severity: "critical", Path: "a", Message: "m"},
		{Tool: "t", Rule: "cve", Kind: "sca", Severity: "high", Path: "b", Message: "m"},
		{Tool: "t", Rule: "style", Severity: "high", Path: "a", Message: "m"},
		{Tool: "t", Rule: "odd", Kind: "sast", Severity: "unknown", Path: "a", Message: "m"},
		{Tool: "t", Rule: "cve", Severity: "low", Path: "c", Message: "m"}, // of a rule that is about security
	}}
	var b strings.Builder
	if err := WriteSARIF(&b, in); err != nil {
		t.Fatal(err)
	}
	if text := b.String(); strings.Count(text, `"security-severity": "9.1"`) != 1 || strings.Count(text, "security-severity") != 1 || !strings.Contains(text, `"uri": "./a:b.go"`) {
		t.Error(text)
	}
	out := parse(t, b.String())
	for i, f := range in.Findings {
		if got := out.Findings[i]; got.Severity != f.Severity || got.Path != f.Path {
			t.Errorf("%s in %s came back as %s in %s", f.Severity, f.Path, got.Severity, got.Path)
		}
	}
}
