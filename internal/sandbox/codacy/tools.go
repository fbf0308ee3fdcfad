package codacy

import (
	"net/http"
	"strings"

	"github.com/gatewright/gatewright/internal/sandbox/answer"
)

// tool is an analysis tool as Codacy knows it.
type tool struct {
	uuid      string
	name      string
	short     string
	prefix    string
	version   string
	languages []string
	patterns  []pattern
}

type pattern struct {
	id       string
	title    string
	category string
	level    string // Info, Warning, High, Error
}

func (t tool) pattern(id string) (pattern, bool) {
	for _, p := range t.patterns {
		if p.id == id {
			return p, true
		}
	}
	return pattern{}, false
}

func toolNamed(short string) (tool, bool) {
	for _, t := range toolTable() {
		if t.short == short {
			return t, true
		}
	}
	return tool{}, false
}

// toolTable is a small part of Codacy's tools, under their real names, with a
// few of their patterns. The uuids are the vendor's (codacy-cli-v2,
// domain/tool.go), but for those of Gosec and Staticcheck, which no source has.
func toolTable() []tool {
	return []tool{
		{
			"f8b29663-2cb2-498d-b923-a10c6a8c05cd", "ESLint", "eslint-8", "ESLint8_", "8.57.0",
			[]string{"Javascript", "TypeScript"},
			[]pattern{
				{"ESLint8_no-unused-vars", "Disallow unused variables", "UnusedCode", "Warning"},
				{"ESLint8_no-eval", "Disallow eval()", "Security", "Error"},
				{"ESLint8_semi", "Require semicolons", "CodeStyle", "Info"},
				{"ESLint8_@typescript-eslint_no-explicit-any", "Disallow any", "BestPractice", "Warning"},
			},
		},
		{
			"2a30ab97-477f-4769-8b88-af596ce7a94c", "ESLint9", "eslint-9", "ESLint9_", "9.17.0",
			[]string{"Javascript", "TypeScript"},
			[]pattern{
				{"ESLint9_no-unused-vars", "Disallow unused variables", "UnusedCode", "Warning"},
				{"ESLint9_no-eval", "Disallow eval()", "Security", "Error"},
			},
		},
		{
			"0b50b5e0-4ba6-4f39-b4fe-2e6a4c8d5a01", "Gosec", "gosec", "gosec_", "2.22.4",
			[]string{"Go"},
			[]pattern{
				{"gosec_G101", "Hard-coded credentials", "Security", "Error"},
				{"gosec_G304", "File path from a variable", "Security", "High"},
				{"gosec_G104", "Errors unhandled", "ErrorProne", "Warning"},
			},
		},
		{
			"5b26e64d-8d2c-4f0c-9e0f-7d0a3c0b2f11", "Staticcheck", "staticcheck", "Staticcheck_", "2025.1",
			[]string{"Go"},
			[]pattern{
				{"Staticcheck_SA4006", "A value is never used", "UnusedCode", "Warning"},
				{"Staticcheck_ST1005", "Error strings", "CodeStyle", "Info"},
			},
		},
		{
			"31677b6d-4ae0-4f56-8041-606a8d7a8e61", "Pylint", "pylintpython3", "PyLintPython3_", "3.3.6",
			[]string{"Python"},
			[]pattern{{"PyLintPython3_W0611", "Unused import", "UnusedCode", "Warning"}, {"PyLintPython3_W0123", "Use of eval", "Security", "Error"}},
		},
		{
			"6792c561-236d-41b7-ba5e-9d6bee0d548b", "Opengrep", "opengrep", "Semgrep_", "1.2.0",
			[]string{"Go", "Javascript", "Python"},
			[]pattern{{"Semgrep_go.lang.security.audit.xss.no-printf-in-responsewriter", "No printf in a response writer", "Security", "High"}},
		},
		{
			"bd81d1f4-1406-402d-9181-1274ee09f1aa", "Revive", "revive", "Revive_", "1.7.0",
			[]string{"Go"},
			[]pattern{{"Revive_unused-parameter", "Unused parameter", "UnusedCode", "Info"}},
		},
		{
			"ed7e8287-707d-485a-a0cb-e211004432c2", "PMD7", "pmd-7", "PMD7_", "7.11.0",
			[]string{"Java"},
			[]pattern{{"PMD7_category_java_bestpractices_UnusedLocalVariable", "Unused local variable", "UnusedCode", "Warning"}},
		},
		{
			"2fd7fbe0-33f9-4ab3-ab73-e9b62404e2cb", "Trivy", "trivy", "Trivy_", "0.59.1",
			[]string{"Go", "Javascript", "Python", "Java", "Dockerfile"},
			[]pattern{{"Trivy_vulnerability_high", "A dependency with a known vulnerability", "Security", "High"}, {"Trivy_secret", "A secret in a file", "Security", "Error"}},
		},
		{
			"76348462-84b3-409a-90d3-955e90abfb87", "Lizard", "lizard", "Lizard_", "1.17.31",
			[]string{"Go", "Java", "Python", "Javascript"},
			[]pattern{{"Lizard_ccn-medium", "A complex function", "Complexity", "Warning"}},
		},
		{
			"d203d615-6cf1-41f9-be5f-e2f660f7850f", "dartanalyzer", "dartanalyzer", "dartanalyzer_", "3.7.2",
			[]string{"Dart"},
			[]pattern{{"dartanalyzer_unused_import", "Unused import", "UnusedCode", "Warning"}},
		},
	}
}

func (c *call) listTools() {
	page(c, answer.Rows(toolTable(), func(t tool) obj {
		return obj{
			"uuid": t.uuid, "name": t.name, "version": t.version, "shortName": t.short, "prefix": t.prefix,
			"needsCompilation": false, "configurationFilenames": []string{}, "dockerImage": "codacy/" + t.short + ":latest",
			"languages": t.languages, "clientSide": false, "standalone": strings.HasPrefix(t.short, "gosec"),
			"enabledByDefault": true, "configurable": true,
		}
	}))
}

func showPattern(p pattern) obj {
	return obj{"id": p.id, "title": p.title, "category": p.category, "level": p.level, "severityLevel": p.level}
}

// showWhole is a pattern with all that the lists of patterns tell.
func showWhole(p pattern) obj {
	o := showPattern(p)
	o["enabled"], o["parameters"] = true, []obj{}
	return o
}

// ofTool serves what is about the tool of the path.
func ofTool(serve func(*call, tool)) func(*call) {
	return func(c *call) {
		for _, t := range toolTable() {
			if t.uuid == c.R.PathValue("tool") {
				serve(c, t)
				return
			}
		}
		c.fail(http.StatusNotFound, "Tool not found")
	}
}

func (c *call) listPatterns(t tool) { page(c, answer.Rows(t.patterns, showWhole)) }

func (c *call) getPattern(t tool) {
	p, ok := t.pattern(c.R.PathValue("pattern"))
	if !ok {
		c.fail(http.StatusNotFound, "Pattern not found")
		return
	}
	c.ok(obj{"data": showWhole(p)})
}
