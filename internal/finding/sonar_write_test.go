package finding

import (
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/gatewright/gatewright/internal/service"
)

func TestWriteSonar(t *testing.T) {
	var b strings.Builder
	left, err := WriteSonar(&b, Set{Findings: []service.Finding{
		{Tool: "gosec", Rule: "G1", Severity: "critical", Kind: "sast", Path: "a.go", Line: 3, EndLine: 4, Message: "m <1>"},
		{Tool: "gosec", Rule: "G1", Severity: "critical", Kind: "sast", Path: "b.go"},
		{Rule: "r", Severity: "unknown"},
	}})
	want := `{
  "rules": [
    {
      "id": "gosec:G1",
      "name": "G1",
      "engineId": "gosec",
      "cleanCodeAttribute": "TRUSTWORTHY",
      "impacts": [
        {
          "softwareQuality": "SECURITY",
          "severity": "BLOCKER"
        }
      ]
    }
  ],
  "issues": [
    {
      "ruleId": "gosec:G1",
      "primaryLocation": {
        "message": "m <1>",
        "filePath": "a.go",
        "textRange": {
          "startLine": 3,
          "endLine": 4
        }
      }
    },
    {
      "ruleId": "gosec:G1",
      "primaryLocation": {
        "message": "G1",
        "filePath": "b.go"
      }
    }
  ]
}
`
	if diff := cmp.Diff(want, b.String()); diff != "" || left != 1 || err != nil {
		t.Errorf("%s\n%d left, %v", diff, left, err)
	}
	for in, want := range map[string]string{"critical": "BLOCKER", "high": "HIGH", "medium": "MEDIUM", "low": "LOW", "info": "INFO", "": "MEDIUM"} {
		if got := wordsFor(in).sonar; got != want {
			t.Errorf("%s: %s", in, got)
		}
	}
}
