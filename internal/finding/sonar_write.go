package finding

import (
	"cmp"
	"io"

	"github.com/gatewright/gatewright/internal/console"
)

// WriteSonar writes the findings in SonarQube's generic format for external
// issues (docs.sonarsource.com, "Generic issue import format"). It takes issues
// in files only; left is how many name none and are left out.
func WriteSonar(w io.Writer, s Set) (left int, err error) {
	type impact struct {
		Quality  string `json:"softwareQuality"`
		Severity string `json:"severity"`
	}
	type rule struct {
		ID        string   `json:"id"`
		Name      string   `json:"name"`
		Engine    string   `json:"engineId"`
		Attribute string   `json:"cleanCodeAttribute"`
		Impacts   []impact `json:"impacts"`
	}
	type textRange struct {
		Start int `json:"startLine"`
		End   int `json:"endLine,omitempty"`
	}
	type location struct {
		Message string     `json:"message"`
		Path    string     `json:"filePath"`
		Range   *textRange `json:"textRange,omitempty"`
	}
	type issue struct {
		Rule     string   `json:"ruleId"`
		Location location `json:"primaryLocation"`
	}
	out := struct {
		Rules  []rule  `json:"rules"`
		Issues []issue `json:"issues"`
	}{[]rule{}, []issue{}}
	known := map[string]bool{}
	for i := range s.Findings {
		f := &s.Findings[i]
		if f.Path == "" {
			left++
			continue
		}
		tool := orUnknown(f.Tool)
		id := tool + ":" + orUnknown(f.Rule)
		if !known[id] {
			known[id] = true
			quality, attribute := "MAINTAINABILITY", "CONVENTIONAL"
			if security(f.Kind) {
				quality, attribute = "SECURITY", "TRUSTWORTHY"
			}
			out.Rules = append(out.Rules, rule{id, orUnknown(f.Rule), tool, attribute, []impact{{quality, wordsFor(f.Severity).sonar}}})
		}
		at := location{Message: cmp.Or(f.Message, f.Rule, "unknown"), Path: f.Path}
		if f.Line > 0 {
			at.Range = &textRange{f.Line, lastLine(*f)}
		}
		out.Issues = append(out.Issues, issue{id, at})
	}
	return left, console.WriteJSON(w, out)
}
