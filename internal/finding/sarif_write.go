package finding

import (
	"cmp"
	"io"
	"net/url"
	"slices"

	"github.com/gatewright/gatewright/internal/console"
	"github.com/gatewright/gatewright/internal/service"
)

// fingerprintName is what our fingerprint is called in SARIF.
const fingerprintName = "gatewright/v2"

// noFile stands where a finding is about no file, as OpenSSF Scorecard writes it:
// GitHub refuses a whole SARIF file for one result without a location
// (github/codeql-action#1738).
const noFile = "no file associated with this alert"

// severityProperty holds a severity that no level of SARIF stands for, and
// scoreProperty the one that GitHub knows, a number up to 10.
const (
	severityProperty = "gatewright/severity"
	scoreProperty    = "security-severity"
)

// The parts of SARIF 2.1.0 that are written.
type (
	outLog struct {
		Schema  string   `json:"$schema"`
		Version string   `json:"version"`
		Runs    []outRun `json:"runs"`
	}
	outRun struct {
		Tool        outTool         `json:"tool"`
		Invocations []outInvocation `json:"invocations,omitempty"`
		Results     []outResult     `json:"results"`
	}
	outInvocation struct {
		Successful bool `json:"executionSuccessful"`
	}
	outTool struct {
		Driver outDriver `json:"driver"`
	}
	outDriver struct {
		Name  string    `json:"name"`
		Rules []outRule `json:"rules"`
	}
	outRule struct {
		ID         string         `json:"id"`
		HelpURI    string         `json:"helpUri,omitempty"`
		Properties map[string]any `json:"properties,omitempty"`
	}
	outResult struct {
		RuleID        string            `json:"ruleId"`
		RuleIndex     int               `json:"ruleIndex"`
		Level         string            `json:"level"`
		Message       outText           `json:"message"`
		Locations     []outLocation     `json:"locations"`
		Fingerprints  map[string]string `json:"partialFingerprints,omitempty"`
		BaselineState string            `json:"baselineState,omitempty"`
		Properties    map[string]string `json:"properties,omitempty"`
	}
	outText struct {
		Text string `json:"text"`
	}
	outLocation struct {
		Physical outPhysical `json:"physicalLocation"`
	}
	outPhysical struct {
		Artifact struct {
			URI string `json:"uri"`
		} `json:"artifactLocation"`
		Region *outRegion `json:"region,omitempty"`
	}
	outRegion struct {
		StartLine int `json:"startLine"`
		EndLine   int `json:"endLine,omitempty"`
	}
)

// WriteSARIF writes the findings as SARIF 2.1.0, one run for each tool.
func WriteSARIF(w io.Writer, s Set) error {
	log := outLog{Schema: "https://json.schemastore.org/sarif-2.1.0.json", Version: "2.1.0", Runs: []outRun{}}
	for _, tool := range toolsOf(s) {
		log.Runs = append(log.Runs, sarifRunOf(tool, s))
	}
	return console.WriteJSON(w, log)
}

// toolsOf lists the tools of a set, also those that found nothing.
func toolsOf(s Set) []string {
	tools := slices.Clone(s.Tools)
	for _, f := range s.Findings {
		tools = appendNew(tools, f.Tool)
	}
	return tools
}

func sarifRunOf(tool string, s Set) outRun {
	run := outRun{Results: []outResult{}}
	if slices.Contains(s.Unfinished, tool) {
		run.Invocations = []outInvocation{{Successful: false}}
	}
	run.Tool.Driver = outDriver{Name: orUnknown(tool), Rules: []outRule{}}
	index := map[string]int{}
	for _, f := range s.Findings {
		if f.Tool != tool {
			continue
		}
		i, ok := index[f.Rule]
		if !ok {
			i = len(run.Tool.Driver.Rules)
			index[f.Rule] = i
			run.Tool.Driver.Rules = append(run.Tool.Driver.Rules, sarifRuleOf(f))
		}
		// At GitHub only the score of a security rule makes a finding critical or high.
		if p := run.Tool.Driver.Rules[i].Properties; p != nil {
			if worst, _ := p[scoreProperty].(string); wordsFor(f.Severity).score > worst {
				p[scoreProperty] = wordsFor(f.Severity).score
			}
		}
		result := sarifResultOf(f, i)
		if f.Severity == "critical" || f.Severity == "unknown" || run.Tool.Driver.Rules[i].Properties != nil { // whose score may be a worse one's
			result.Properties = map[string]string{severityProperty: f.Severity}
		}
		run.Results = append(run.Results, result)
	}
	return run
}

func sarifRuleOf(f service.Finding) outRule {
	r := outRule{ID: orUnknown(f.Rule)}
	if u, err := url.Parse(f.Help); err == nil && u.IsAbs() {
		r.HelpURI = f.Help
	}
	if security(f.Kind) {
		tag := f.Kind
		if tag == "sast" {
			tag = "security"
		}
		r.Properties = map[string]any{"tags": []string{tag}}
	}
	return r
}

// security reports whether findings of a kind are about security.
func security(kind string) bool {
	return slices.Contains([]string{"sast", "secrets", "sca", "iac"}, kind)
}

func sarifResultOf(f service.Finding, rule int) outResult {
	r := outResult{RuleID: orUnknown(f.Rule), RuleIndex: rule, Level: wordsFor(f.Severity).sarif, Message: outText{orUnknown(f.Message)}}
	var l outLocation
	l.Physical.Artifact.URI = (&url.URL{Path: cmp.Or(f.Path, noFile)}).String() // ./a:b, which has no scheme
	if f.Path != "" && f.Line > 0 {
		l.Physical.Region = &outRegion{StartLine: f.Line, EndLine: lastLine(f)}
	}
	r.Locations = []outLocation{l}
	if f.Fingerprint != "" {
		r.Fingerprints = map[string]string{fingerprintName: f.Fingerprint}
	}
	switch f.Age {
	case service.New:
		r.BaselineState = "new"
	case service.Old:
		r.BaselineState = "unchanged"
	}
	return r
}

// words are what other forms call a severity. score is the least of its band at
// GitHub, "" for what has none.
type words struct{ sarif, gitlab, sonar, score string }

// wordsFor returns the words for a severity. One that is not known may be any,
// so no form calls it worse than its middle.
func wordsFor(severity string) words {
	switch severity {
	case "critical":
		return words{"error", "blocker", "BLOCKER", "9.1"}
	case "high":
		return words{"error", "critical", "HIGH", "7.0"}
	case "medium":
		return words{"warning", "major", "MEDIUM", "4.0"}
	case "low":
		return words{"note", "minor", "LOW", "0.1"}
	case "info":
		return words{"none", "info", "INFO", ""}
	default:
		return words{"warning", "info", "MEDIUM", ""}
	}
}

// Inlined, it would be there once for each place that calls it.
//
//go:noinline
func orUnknown(s string) string { return cmp.Or(s, "unknown") }
