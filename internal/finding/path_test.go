package finding

import (
	"encoding/json"
	"fmt"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/gatewright/gatewright/internal/coverage/match"
)

// commit is what the paths below are matched to.
func commit() *match.Tree {
	return match.NewTree([]string{
		"src/a.go", "src/my file.go", "src/C#/b.cs", "src/100%.go", "packages/web/src/app.ts", "packages/web/src/util.ts", "packages/api/src/util.ts", "main.go",
	})
}

func TestPaths(t *testing.T) {
	const bases = `{"SRC": {"uri": "src/", "uriBaseId": "ROOT"}, "ROOT": {"uri": "file:///home/runner/work/app/app/"}, "%SRCROOT%": {"description": {"text": "no address"}}, "LOOP": {"uri": "x/", "uriBaseId": "LOOP"}}`
	for _, tt := range []struct {
		uri, base string
		want      string // "" stands for no file of the commit
	}{
		{"src/a.go", "", "src/a.go"},
		{"file:///github/workspace/src/a.go", "", "src/a.go"},
		{"file:/github/workspace/src/a.go", "", "src/a.go"},
		{"file://localhost/github/workspace/src/a.go", "", "src/a.go"},
		{"/github/workspace/src/a.go", "", "src/a.go"},
		{"file:///C:/agent/_work/1/s/src/a.go", "", "src/a.go"},
		{`C:\\agent\\_work\\1\\s\\src\\a.go`, "", "src/a.go"},
		{"src/a.go", "%SRCROOT%", "src/a.go"},
		{"src/a.go", "NEVERSAID", "src/a.go"},
		{"a.go", "SRC", "src/a.go"},
		{"src/my%20file.go", "", "src/my file.go"},
		{"file:///github/workspace/src/my%20file.go", "", "src/my file.go"},
		{"src/100%.go", "", "src/100%.go"},
		{"src/100%25.go", "", "src/100%.go"},
		{"src/C#/b.cs", "", "src/C#/b.cs"},
		{"src/C%23/b.cs", "", "src/C#/b.cs"},
		{"./src/../src/a.go", "", "src/a.go"},
		{"../src/a.go", "SRC", "src/a.go"},
		{"src/gone.go", "", ""},
		{"/usr/include/stdio.h", "", ""},
		{"a.go", "LOOP", ""},
		{"", "", ""},
	} {
		t.Run(tt.uri, func(t *testing.T) {
			text := fmt.Sprintf(`{"version":"2.1.0","runs":[{"results":[{"ruleId":"r","message":{"text":"m"},"locations":[{"physicalLocation":{"artifactLocation":{"uri":"%s","uriBaseId":"%s"},"region":{"startLine":1}}}]}],"originalUriBaseIds":%s,"tool":{"driver":{"name":"t"}}}]}`, tt.uri, tt.base, bases)
			s, err := ParseSARIF(strings.NewReader(text), "x", Options{Tree: commit(), Match: match.Options{Checkout: "/checkout"}})
			if err != nil || len(s.Findings) != 1 {
				t.Fatal(len(s.Findings), err)
			}
			f := s.Findings[0]
			_, lost := s.Unmatched[f.Path]
			if lost = lost || f.Path == ""; lost != (tt.want == "") || !lost && f.Path != tt.want {
				t.Errorf("%q, unmatched: %v; want %q", f.Path, s.Unmatched, tt.want)
			}
		})
	}
}

// TestPathsOfASubfolder reads what a tool wrote that ran in packages/web: its
// other files say which util.ts it means.
func TestPathsOfASubfolder(t *testing.T) {
	log := func(uris ...string) string {
		var results []string
		for _, u := range uris {
			results = append(results, fmt.Sprintf(`{"ruleId":"r","message":{"text":"m"},"locations":[{"physicalLocation":{"artifactLocation":{"uri":%q}}}]}`, u))
		}
		return `{"version":"2.1.0","runs":[{"tool":{"driver":{"name":"t"}},"results":[` + strings.Join(results, ",") + `]}]}`
	}
	for _, tt := range []struct {
		uris, want []string
	}{
		{[]string{"src/util.ts", "src/app.ts"}, []string{"packages/web/src/util.ts", "packages/web/src/app.ts"}},
		{[]string{"src/app.ts"}, []string{"packages/web/src/app.ts"}},
	} {
		s, err := ParseSARIF(strings.NewReader(log(tt.uris...)), "x", Options{Tree: commit()})
		if err != nil {
			t.Fatal(err)
		}
		var got []string
		for _, f := range s.Findings {
			got = append(got, f.Path)
		}
		if diff := cmp.Diff(tt.want, got); diff != "" {
			t.Error(diff)
		}
	}
	s, err := ParseSARIF(strings.NewReader(log("src/util.ts")), "x", Options{Tree: commit()})
	if err != nil || len(s.Unmatched) != 1 {
		t.Errorf("two files of that name, and one was guessed: %+v, %v", s, err)
	}
}

// TestRunsThatDidNotLook reads logs that say nothing found because nobody looked.
func TestRunsThatDidNotLook(t *testing.T) {
	for in, want := range map[string][]string{
		`"runs":[]`:   {"x.sarif holds no run of any tool"},
		`"runs":null`: {"x.sarif holds no run of any tool"},
		`"runs":[{"tool":{"driver":{"name":"t"}},"results":[]}]`:                                                                                                   nil,
		`"runs":[{"tool":{"driver":{"name":"t"}},"results":[],"invocations":[{"executionSuccessful":true}]}]`:                                                      nil,
		`"runs":[{"tool":{"driver":{"name":"t"}},"results":null}]`:                                                                                                 {"t has no results: it did not look"},
		`"runs":[{"tool":{"driver":{"name":"t"}}}]`:                                                                                                                {"t has no results: it did not look"},
		`"runs":[{"results":[],"invocations":[{"executionSuccessful":true},{"executionSuccessful":false}],"tool":{"driver":{"name":"t"}}}]`:                        {"t did not run to the end"},
		`"runs":[{"tool":{"driver":{"name":"t"}},"results":[],"invocations":[{"executionSuccessful":true,"exitSignalName":"SIGKILL"}]}]`:                           {"t did not run to the end"},
		`"runs":[{"tool":{"driver":{"name":"t"}},"results":[],"invocations":[{"exitSignalNumber":9,"executionSuccessful":true}]}]`:                                 {"t did not run to the end"},
		`"runs":[{"tool":{"driver":{"name":"t"}},"results":[],"invocations":[{"exitCode":137}]}]`:                                                                  {"t did not run to the end"},
		`"runs":[{"tool":{"driver":{"name":"t"}},"results":[],"invocations":[{"exitCode":-1073741819}]}]`:                                                          {"t did not run to the end"},
		`"runs":[{"tool":{"driver":{"name":"t"}},"results":[],"invocations":[{"exitCode":null}]}]`:                                                                 nil,
		`"runs":[{"tool":{"driver":{"name":"t"}},"results":[],"invocations":[{"executionSuccessful":"False"}]}]`:                                                   {"t did not run to the end"},
		`"runs":[{"tool":{"driver":{"name":"t"}},"results":[]}],"inlineExternalProperties":[{"results":[]}]`:                                                       {"x.sarif keeps results outside of its runs, which are not read"},
		`"runs":[{"tool":{"driver":{"name":"t"}},"results":[]}],"inlineExternalProperties":[{"artifacts":[]}]`:                                                     nil,
		`"runs":[{"tool":{"driver":{"name":"t"}},"results":[],"invocations":[{"exitCode":2,"executionSuccessful":true},{"exitCode":1}]}]`:                          nil,
		`"runs":[{"tool":{"driver":{"name":"t"}},"results":[],"conversion":{"invocation":{"executionSuccessful":false}}}]`:                                         {"t did not run to the end"},
		`"runs":[{"tool":{"driver":{"name":"t"}},"results":[],"externalPropertyFileReferences":{"results":[{"location":{"uri":"r.sarif-external-properties"}}]}}]`: {"t keeps results in other files, which are not read"},
		`"runs":[{"tool":{"driver":{"name":"t"}},"results":[]},{"tool":{"driver":{"name":"u"}},"results":null},{"tool":{"driver":{"name":"v"}},"results":[]}]`:     {"u has no results: it did not look"},
		`"runs":[{"tool":{"driver":{"name":"t"}},"results":[],"externalPropertyFileReferences":{"results":[]}}]`:                                                   nil,
		`"runs":[{"tool":{"driver":{"name":"t"}},"results":[],"invocations":[{"executionSuccessful":false}]},{"tool":{"driver":{"name":"t"}},"results":[]}]`:       {"t did not run to the end"},
	} {
		s, err := ParseSARIF(strings.NewReader(`{"version":"2.1.0",`+in+`}`), "x.sarif", Options{})
		if err != nil {
			t.Errorf("%s: %v", in, err)
		}
		if diff := cmp.Diff(want, s.Missing); diff != "" {
			t.Errorf("%s: %s", in, diff)
		}
		var b Baseline
		if err := b.Read(strings.NewReader(`{"version":"2.1.0",`+in+`}`), "x.sarif", Options{}); err != nil || cmp.Diff(want, b.Missing) != "" {
			t.Errorf("as a baseline: %v, %v", b.Missing, err)
		}
	}
}

// TestSeverities reads levels from everywhere SARIF may keep them.
func TestSeverities(t *testing.T) {
	const driver = `{"name":"t","rules":[
		{"id":"plain"},
		{"id":"note","defaultConfiguration":{"level":"note"}},
		{"id":"scored","properties":{"security-severity":"7.5"},"defaultConfiguration":{"level":"note"}},
		{"id":"zero","properties":{"security-severity":"0.0"},"defaultConfiguration":{"level":"error"}},
		{"id":"turned","guid":"11111111-1111-1111-8888-111111111111","defaultConfiguration":{"level":"note"}}]}`
	const extension = `{"name":"pack","guid":"22222222-2222-2222-8888-222222222222","rules":[{"id":"ext","properties":{"security-severity":9.8}},{"id":"ext2","defaultConfiguration":{"level":"error"}}]}`
	for result, want := range map[string]string{
		`"ruleId":"plain"`:                                               "medium",
		`"ruleId":"plain","level":"error"`:                               "high",
		`"ruleId":"plain","level":"note"`:                                "low",
		`"ruleId":"plain","level":"none"`:                                "info",
		`"ruleId":"plain","level":"Error"`:                               "high",
		`"ruleId":"plain","properties":{"security-severity":"7,5"}`:      "high",
		`"ruleId":"plain","properties":{"security-severity":"CRITICAL"}`: "critical",
		`"ruleId":"plain","level":"grave"`:                               "unknown",
		`"ruleId":"note"`:                                                "low",
		`"ruleIndex":1`:                                                  "low",
		`"ruleId":"note/part"`:                                           "low",
		`"ruleId":"scored"`:                                              "high",
		`"ruleId":"scored","level":"none"`:                               "high",
		`"ruleId":"zero"`:                                                "high",
		`"ruleId":"plain","kind":"review"`:                               "medium", // as viewers show it (microsoft/sarif-visualstudio-extension#199)
		`"ruleId":"plain","kind":"review","level":"none"`:                "medium",
		`"ruleId":"note","kind":"Open"`:                                  "low",
		`"ruleId":"plain","kind":"open","level":"error"`:                 "high", // as Vulnetix writes it
		`"ruleId":"plain","kind":"FAIL","level":"ERROR"`:                 "high",
		`"ruleId":"plain","kind":"informational"`:                        "info",
		`"ruleId":"ext2","kind":"informational"`:                         "info",
		`"ruleId":"plain","kind":"informational","level":"note"`:         "low",
		`"ruleId":"plain","kind":"violation","level":"error"`:            "high",
		`"ruleId":"ext"`:                                                 "critical",
		`"ruleId":"ext2"`:                                                "high",
		`"ruleId":"turned"`:                                              "high",
		`"ruleId":"turned","level":"note"`:                               "low",
		`"ruleId":"undescribed"`:                                         "medium",
		`"rule":{"id":"ext","index":0}`:                                  "critical",
		`"rule":{"index":1,"toolComponent":{"index":0}}`:                 "high",
		`"rule":{"index":1,"toolComponent":{"name":"pack"}}`:             "high",
		`"rule":{"index":0,"toolComponent":{"guid":"22222222-2222-2222-8888-222222222222"}}`: "critical",
		`"rule":{"guid":"11111111-1111-1111-8888-111111111111"}`:                             "high",
		`"ruleId":"plain","properties":{"security-severity":"3.1"}`:                          "low",
		`"ruleId":"plain","properties":{"security-severity":9}`:                              "critical",
		`"ruleId":"plain","properties":{"security-severity":"grave"}`:                        "medium",
		`"ruleId":"plain","level":"error","properties":{"gatewright/severity":"critical"}`:   "critical",
	} {
		text := `{"version":"2.1.0","runs":[{"results":[{` + result + `,"message":{"text":"m"}}],"tool":{"driver":` + driver + `,"extensions":[` + extension + `]},
			"invocations":[{"executionSuccessful":true,"ruleConfigurationOverrides":[{"descriptor":{"index":4},"configuration":{"level":"error"}}]}]}]}`
		if !json.Valid([]byte(text)) {
			t.Fatal(text)
		}
		s, err := ParseSARIF(strings.NewReader(text), "x", Options{})
		if err != nil || len(s.Findings) != 1 {
			t.Fatalf("%s: %v", result, err)
		}
		if got := s.Findings[0].Severity; got != want {
			t.Errorf("%s: %s, want %s", result, got, want)
		}
	}
}

func TestMessages(t *testing.T) {
	const tool = `{"driver":{"name":"t","globalMessageStrings":{"all":{"text":"everywhere {0}"}},"rules":[{"id":"r","messageStrings":{"own":{"text":"{1} before {0}"}}}]}}`
	for message, want := range map[string]string{
		`{"text":"plain"}`: "plain",
		`{"text":"{0} and {1}","arguments":["{1}","b"]}`:      "{1} and b",
		`{"id":"own","arguments":["a","b"]}`:                  "b before a",
		`{"id":"all","arguments":["a"]}`:                      "everywhere a",
		`{"id":"nosuch"}`:                                     "",
		`{"markdown":"*m*"}`:                                  "*m*",
		`{"text":"from [this value](1) to [that](2)."}`:       "from this value to that.",
		`{"text":"see [the page](https://example.com) a[0]"}`: "see [the page](https://example.com) a[0]",
		`{"text":"[x](1"}`:                                    "[x](1",
	} {
		for _, order := range []string{`"tool":` + tool + `,"results":[{"ruleId":"r","message":` + message + `}]`, `"results":[{"message":` + message + `,"ruleId":"r"}],"tool":` + tool} {
			s, err := ParseSARIF(strings.NewReader(`{"version":"2.1.0","runs":[{`+order+`}]}`), "x", Options{})
			if err != nil || len(s.Findings) != 1 || s.Findings[0].Message != want {
				t.Errorf("%s: %+v, %v; want %q", message, s.Findings, err, want)
			}
		}
	}
}

// TestFingerprints tells texts that are fingerprints from those that only say
// why there is none.
func TestFingerprints(t *testing.T) {
	print := func(result string) string {
		s, err := ParseSARIF(strings.NewReader(`{"version":"2.1.0","runs":[{"tool":{"driver":{"name":"t"}},"results":[{"ruleId":"r",`+result+`}]}]}`), "x", Options{})
		if err != nil || len(s.Findings) != 1 {
			t.Fatal(result, err)
		}
		return s.Findings[0].Fingerprint
	}
	same := func(a, b string, want bool) {
		t.Helper()
		if (print(a) == print(b)) != want {
			t.Errorf("%s\n%s\nthe same: %v", a, b, !want)
		}
	}
	same(`"message":{"text":"a"},"fingerprints":{"k":"1"}`, `"message":{"text":"b"},"fingerprints":{"k":"1"}`, true)
	same(`"message":{"text":"a"},"fingerprints":{"k":"1","l":"2"}`, `"message":{"text":"b"},"fingerprints":{"l":"2","k":"1"}`, true)
	same(`"message":{"text":"a"},"fingerprints":{"k":"1"},"partialFingerprints":{"p":"1"}`, `"message":{"text":"b"},"partialFingerprints":{"p":"2"},"fingerprints":{"k":"1"}`, true)
	same(`"message":{"text":"a"},"fingerprints":{"k":"1"}`, `"message":{"text":"a"},"fingerprints":{"k":"2"}`, false)
	same(`"message":{"text":"a"},"fingerprints":{"k":"requires login"}`, `"message":{"text":"b"},"fingerprints":{"k":"requires login"}`, false)
	same(`"message":{"text":"a"},"partialFingerprints":{"h":"1","primaryLocationStartColumnFingerprint":"4"}`, `"message":{"text":"b"},"partialFingerprints":{"primaryLocationStartColumnFingerprint":"9","h":"1"}`, true)
	same(`"message":{"text":"at line 12"}`, `"message":{"text":"at line 7"}`, true)
	if got := print(`"message":{"text":"a"},"partialFingerprints":{"gatewright/v2":"00112233445566778899aabbccddeeff"}`); got != "00112233445566778899aabbccddeeff" {
		t.Errorf("our own came back as %s", got)
	}
}

// TestKeysInAnyOrder shuffles the keys of every object and finds the same.
func TestKeysInAnyOrder(t *testing.T) {
	want := parse(t, log)
	var doc any
	if err := json.Unmarshal([]byte(log), &doc); err != nil {
		t.Fatal(err)
	}
	for range 50 { // Go walks maps in random order
		var b strings.Builder
		shuffled(&b, doc)
		if diff := cmp.Diff(want, parse(t, b.String())); diff != "" {
			t.Fatalf("%s\n%s", b.String(), diff)
		}
	}
}

func shuffled(b *strings.Builder, v any) {
	switch v := v.(type) {
	case map[string]any:
		sep := "{"
		for k, item := range v {
			fmt.Fprintf(b, "%s%q:", sep, k)
			shuffled(b, item)
			sep = ","
		}
		if len(v) == 0 {
			b.WriteString("{")
		}
		b.WriteString("}")
	case []any:
		b.WriteString("[")
		for i, item := range v {
			if i > 0 {
				b.WriteString(",")
			}
			shuffled(b, item)
		}
		b.WriteString("]")
	default:
		text, _ := json.Marshal(v)
		b.Write(text)
	}
}

// TestWorkingDirectory: relative addresses are relative to the folder that the
// tool worked in, of whatever machine that is.
func TestWorkingDirectory(t *testing.T) {
	for dir, want := range map[string]string{
		`"file:///checkout/packages/api"`:      "packages/api/src/util.ts",
		`"file:///builds/app/packages/web/"`:   "packages/web/src/util.ts",
		`"packages/api/", "uriBaseId": "ROOT"`: "packages/api/src/util.ts",
		`"."`:                                  "",
	} {
		text := fmt.Sprintf(`{"version":"2.1.0","runs":[{"tool":{"driver":{"name":"t"}},"results":[{"ruleId":"r","message":{"text":"m"},"locations":[{"physicalLocation":{"artifactLocation":{"uri":"src/util.ts"}}}]}],
			"originalUriBaseIds":{"ROOT":{"uri":"file:///checkout/"}},"invocations":[{"executionSuccessful":true,"workingDirectory":{"uri":%s}}]}]}`, dir)
		s, err := ParseSARIF(strings.NewReader(text), "x", Options{Tree: commit(), Match: match.Options{Checkout: "/checkout"}})
		if err != nil || len(s.Findings) != 1 {
			t.Fatal(len(s.Findings), err)
		}
		f := s.Findings[0]
		if _, lost := s.Unmatched[f.Path]; lost != (want == "") || !lost && f.Path != want {
			t.Errorf("%s: %q, unmatched: %v; want %q", dir, f.Path, s.Unmatched, want)
		}
	}
}

// TestFirstLocationWithAFile: a result may name its function before its file.
func TestFirstLocationWithAFile(t *testing.T) {
	const log = `{"version":"2.1.0","runs":[{"tool":{"driver":{"name":"t"}},"results":[{"ruleId":"r","message":{"text":"m"},"locations":[
		{"logicalLocations":[{"name":"f"}]},
		{"physicalLocation":{"artifactLocation":{"uri":"src/a.go"},"region":{"startLine":2}}},
		{"physicalLocation":{"artifactLocation":{"uri":"main.go"},"region":{"startLine":9}}}]}]}]}`
	if s := parse(t, log); len(s.Findings) != 1 || s.Findings[0].Path != "src/a.go" || s.Findings[0].Line != 2 {
		t.Errorf("%+v", s.Findings)
	}
}

// TestNoFile: what OpenSSF Scorecard writes where there is no file is no file's
// name, and is written so again.
func TestNoFile(t *testing.T) {
	const log = `{"version":"2.1.0","runs":[{"tool":{"driver":{"name":"Scorecard"}},"results":[{"ruleId":"r","message":{"text":"m"},"locations":[
		{"physicalLocation":{"artifactLocation":{"uri":"no file associated with this alert","uriBaseId":"%SRCROOT%"},"region":{"startLine":1}}}]}]}]}`
	text := log
	for range 2 {
		s, err := ParseSARIF(strings.NewReader(text), "x", Options{Tree: commit()})
		if err != nil || len(s.Findings) != 1 {
			t.Fatal(len(s.Findings), err)
		}
		if f := s.Findings[0]; f.Path != "" || len(s.Unmatched) > 0 {
			t.Errorf("path %q, unmatched %v", f.Path, s.Unmatched)
		}
		var b strings.Builder
		if err := WriteSARIF(&b, s); err != nil {
			t.Fatal(err)
		}
		text = b.String()
	}
}
