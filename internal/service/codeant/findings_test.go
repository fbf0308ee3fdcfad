package codeant

import (
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/gatewright/gatewright/internal/service"
)

const commit = "4b825dc642cb6eb9a060e54bf8d69288fbee4904"

func read(t *testing.T, name, body string) ([]service.Finding, error) {
	list, err := chosen([]string{name})
	if err != nil {
		t.Fatal(err)
	}
	return list[0].findings([]byte(body), commit)
}

// TestShapes reads every shape in which results are documented or have been
// seen (contract, section on results).
func TestShapes(t *testing.T) {
	issue := `{"line_number":7,"issue_text":"bad","severity":"Critical","test_id":"B1"`
	want := []service.Finding{{Rule: "B1", Severity: "critical", Path: "src/a.py", Line: 7, Message: "bad", Kind: "sast"}}
	vulnerability := `{"cve_id":"CVE-1","package_name":"p","version":"1","fix_version":"2","severity":"moderate"}`
	wantSCA := []service.Finding{{Rule: "CVE-1", Severity: "medium", Message: "p 1 has the vulnerability CVE-1, fixed in 2", Kind: "sca"}}
	for _, c := range []struct {
		name    string
		scanner string
		body    string
		want    []service.Finding
	}{
		{"bare list", "sast", `[` + issue + `,"file_path":"src/a.py"}]`, want},
		{"issues", "sast", `{"status":"done","issues":[` + issue + `,"filename":"/mnt/x/` + commit + `/src/a.py"}]}`, want},
		{"list of results", "sast", `{"results":[` + issue + `,"path":"acme/api/0123456789012345678901234567890123456789/src/a.py"}]}`, want},
		{"results by file", "sast", `{"status":"done","results":{"acme/api/` + commit + `/src/a.py/security_issues.json":[` + issue + `}]}}`, want},
		{"one result by file", "sast", `{"results":{"src/a.py/security_issues.json":` + issue + `}}}`, want},
		{"nothing", "sast", `{"status":"done","results":{}}`, []service.Finding{}},
		{"null", "sast", `{"status":"done","results":null}`, []service.Finding{}},
		{"other names", "sast", `[{"start_line":7,"message":"bad","severity":"blocker","check_id":"B1","file":"src/a.py"}]`, want},
		{"last line", "sast", `[{"line":7,"end_line":9,"message":"bad","severity":"critical","test_id":"B1","file":"src/a.py"}]`, []service.Finding{
			{Rule: "B1", Severity: "critical", Path: "src/a.py", Line: 7, EndLine: 9, Message: "bad", Kind: "sast"},
		}},
		{"line as text", "sast", `[{"line":"7","description":"bad","severity":"p0","rule_id":"B1","file":"src/a.py"}]`, want},
		{"only a weakness", "sast", `[{"cwe":"CWE-89","severity":"odd","file":"src/a.py","name":"n"}]`, []service.Finding{{Rule: "CWE-89", Severity: "unknown", Path: "src/a.py", Message: "n", Kind: "sast"}}},
		{"sca list", "sca", `[` + vulnerability + `]`, wantSCA},
		{"sca vulnerabilities", "sca", `{"vulnerabilities":[` + vulnerability + `]}`, wantSCA},
		{"sca results", "sca", `{"results":[` + vulnerability + `]}`, wantSCA},
		{"sca nested", "sca", `{"results":{"vulnerabilities":[` + vulnerability + `]}}`, wantSCA},
		{"sca all", "sca", `{"results":{"all_vulnerabilities":[` + vulnerability + `],"healthy_packages":[]}}`, wantSCA},
		{
			"secrets", "secrets",
			`{"results":{"secrets":[{"type":"Secret Keyword","filename":"/mnt/lambda/o/r/` + commit + `/a.py","line_number":14,"confidence_score":"FALSE_POSITIVE"},{"type":"AWS Key","filename":"/mnt/lambda/o/r/` + commit + `/b.py","line_number":3,"confidence_score":"HIGH"}],"secretsCount":2},"status":"done"}`,
			[]service.Finding{{Rule: "AWS Key", Severity: "critical", Path: "b.py", Line: 3, Message: "a secret is in the code: AWS Key", Kind: "secrets"}},
		},
		{
			"antipatterns", "antipatterns",
			`{"results":{"owner/repository/` + commit + `/src/u.py/anti_patterns.json":[{"line_number":42,"endLine":45,"issue_text":"TODO","message-id":"W0511","symbol":"fixme","severity":"Minor"}]}}`,
			[]service.Finding{{Rule: "W0511", Severity: "low", Path: "src/u.py", Line: 42, EndLine: 45, Message: "TODO", Kind: "antipatterns"}},
		},
		{
			"iac", "iac",
			`{"results":[{"check_type":"terraform","results":{"failed_checks":[{"check_id":"CKV_1","check_name":"open","severity":"HIGH","file_path":"/main.tf","file_line_range":[4,9]}]}}]}`,
			[]service.Finding{{Rule: "CKV_1", Severity: "high", Path: "main.tf", Line: 4, EndLine: 9, Message: "open", Kind: "iac"}},
		},
	} {
		t.Run(c.name, func(t *testing.T) {
			got, err := read(t, c.scanner, c.body)
			if err != nil {
				t.Fatal(err)
			}
			if diff := cmp.Diff(c.want, got); diff != "" {
				t.Error(diff)
			}
		})
	}
}

// TestUnknownShapes: what cannot be read is an error, never a clean result. A
// bare list is documented for sast, sca and iac alone: from another scanner, an
// empty one says nothing.
func TestUnknownShapes(t *testing.T) {
	for scanner, bodies := range map[string][]string{
		"sast":         {`"text"`, `{"results":"none"}`, `{"results":{"src/a.py":17}}`, `{"issues":{"a":"b"}}`, `{}`, ``, `{"data":{"id":1}}`, `[{}]`},
		"secrets":      {`[]`, ` [ ] `, `{}`, `{"results":[{"vulnerability_id":"CVE-1"}]}`, `{"status":"done","results":{"secrets":[],"secretsCount":3}}`},
		"antipatterns": {`[]`, `null`},
		"sca":          {`{"vulnerabilities":[{"cve_id":["CVE-1"],"severity":"HIGH"}]}`, `[{"vulnerability_id":{"id":"CVE-1"}}]`},
		"iac":          {`[{"results":7}]`, `[{"results":{"failed":[]}}]`},
	} {
		for _, body := range bodies {
			if got, err := read(t, scanner, body); err == nil {
				t.Errorf("%s: %s was read as %v", scanner, body, got)
			}
		}
	}
	for _, scanner := range []string{"sast", "sca", "iac"} {
		if got, err := read(t, scanner, `[]`); err != nil || len(got) != 0 {
			t.Errorf("%s: an empty list is %v, %v", scanner, got, err)
		}
	}
}
