package finding

import (
	"bytes"
	"encoding/json"
	"io"
	"slices"
	"strings"
	"testing"
	"unicode/utf8"

	sarif210 "github.com/owenrumney/go-sarif/v3/pkg/report/v210/sarif"
	"pgregory.net/rapid"

	"github.com/gatewright/gatewright/internal/schematest"
	"github.com/gatewright/gatewright/internal/service"
)

// anySet draws findings as scanners write them, good and bad.
func anySet(t *rapid.T) Set {
	text := rapid.SampledFrom([]string{"", "G101", "a/b", "weak \"<random>\" & more", "two\nlines\r\n", "\x00\x1b[31m", "ünï 中 \u202e", "]]>", strings.Repeat("long ", 9)})
	path := rapid.SampledFrom([]string{"", "a.go", "src/b c.go", "src/ä&<'.go", "C:/x.cs", "a\nb", "100%.go", "a#b?c.go"})
	number := rapid.SampledFrom([]int{-1, 0, 1, 3, 7, 1 << 30})
	one := rapid.Custom(func(t *rapid.T) service.Finding {
		return service.Finding{
			Tool: text.Draw(t, "tool"), Rule: text.Draw(t, "rule"), Message: text.Draw(t, "message"), Fingerprint: text.Draw(t, "print"), Path: path.Draw(t, "path"),
			Line: number.Draw(t, "line"), EndLine: number.Draw(t, "end"), Age: rapid.SampledFrom([]service.Age{"", service.New, service.Old}).Draw(t, "age"),
			Severity: rapid.SampledFrom([]string{"critical", "high", "medium", "low", "info", "unknown", ""}).Draw(t, "severity"),
			Kind:     rapid.SampledFrom([]string{"", "sast", "secrets", "antipatterns"}).Draw(t, "kind"), Help: rapid.SampledFrom([]string{"", "https://example.com/r", "no address"}).Draw(t, "help"),
		}
	})
	return Set{Tools: rapid.SliceOfN(text, 0, 2).Draw(t, "tools"), Findings: rapid.SliceOfN(one, 0, 6).Draw(t, "findings")}
}

// TestWrittenBySchema: what is written of any findings is valid by the schemas
// of SARIF and JUnit, and by what GitLab and SonarQube document of theirs.
func TestWrittenBySchema(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		s := anySet(t)
		bySARIF(t, s)
		var b bytes.Buffer
		if err := WriteJUnit(&b, s); err != nil {
			t.Fatal(err)
		}
		if wrong := schematest.XML(&b, "testsuites", schematest.JUnit()); len(wrong) > 0 {
			t.Errorf("JUnit: %s", wrong)
		}
		byCodeQuality(t, s)
		bySonar(t, s)
	})
}

func written(t *rapid.T, s Set, write func(io.Writer, Set) error) []byte {
	var b bytes.Buffer
	if err := write(&b, s); err != nil {
		t.Fatal(err)
	}
	if !utf8.Valid(b.Bytes()) {
		t.Errorf("no UTF-8: %q", b.String())
	}
	return b.Bytes()
}

func bySARIF(t *rapid.T, s Set) {
	text := written(t, s, WriteSARIF)
	log, err := sarif210.FromBytes(text)
	if err != nil {
		t.Fatal(err)
	}
	for _, run := range log.Runs { // go-sarif writes these empty where absent, which its own schema refuses
		run.Language, run.Tool.Driver.Language, run.NewlineSequences = "en", "en", []string{"\n"}
		for _, r := range run.Results {
			// GitHub refuses the whole file for one result without a place.
			if len(r.Locations) == 0 || *r.Locations[0].PhysicalLocation.ArtifactLocation.URI == "" {
				t.Errorf("SARIF: a result without a place: %s", text)
			}
			for _, l := range r.Locations {
				if at := l.PhysicalLocation; at != nil && at.Region != nil && at.Region.EndLine != nil && *at.Region.EndLine < *at.Region.StartLine {
					t.Errorf("SARIF: a region ends before it begins: %s", text)
				}
			}
		}
	}
	if err := log.Validate(); err != nil {
		t.Errorf("SARIF: %v\n%s", err, text)
	}
}

// byCodeQuality holds what docs.gitlab.com, "Code Quality report format", says.
func byCodeQuality(t *rapid.T, s Set) {
	var issues []struct {
		Description, Fingerprint, Severity string
		Check                              string `json:"check_name"`
		Location                           struct {
			Path  string
			Lines struct{ Begin, End int }
		}
	}
	text := written(t, s, WriteCodeQuality)
	if err := json.Unmarshal(text, &issues); err != nil {
		t.Fatal(err)
	}
	prints := map[string]bool{}
	for _, i := range issues {
		switch at := i.Location; {
		case i.Description == "", i.Check == "", i.Fingerprint == "", prints[i.Fingerprint], at.Path == "", strings.HasPrefix(at.Path, "./"),
			at.Lines.Begin < 1, at.Lines.End != 0 && at.Lines.End < at.Lines.Begin,
			!slices.Contains([]string{"info", "minor", "major", "critical", "blocker"}, i.Severity):
			t.Errorf("Code Quality: %+v", i)
		}
		prints[i.Fingerprint] = true
	}
	if len(issues) != len(s.Findings) {
		t.Errorf("Code Quality: %d issues of %d findings", len(issues), len(s.Findings))
	}
}

// bySonar holds what docs.sonarsource.com, "Generic issue import format", says:
// an import that breaks it fails the whole analysis.
func bySonar(t *rapid.T, s Set) {
	var doc struct {
		Rules []struct {
			ID, Name, EngineID, CleanCodeAttribute string
			Impacts                                []struct{ SoftwareQuality, Severity string }
		}
		Issues []struct {
			RuleID          string
			PrimaryLocation struct {
				Message, FilePath string
				TextRange         *struct{ StartLine, EndLine int }
			}
		}
	}
	left := 0
	text := written(t, s, func(w io.Writer, s Set) (err error) { left, err = WriteSonar(w, s); return err })
	if err := json.Unmarshal(text, &doc); err != nil {
		t.Fatal(err)
	}
	rules := map[string]bool{}
	for _, r := range doc.Rules {
		if r.ID == "" || rules[r.ID] || r.Name == "" || r.EngineID == "" || r.CleanCodeAttribute == "" || len(r.Impacts) != 1 {
			t.Errorf("SonarQube: rule %+v", r)
		}
		rules[r.ID] = true
	}
	for _, i := range doc.Issues {
		at := i.PrimaryLocation
		if !rules[i.RuleID] || at.Message == "" || at.FilePath == "" || at.TextRange != nil && (at.TextRange.StartLine < 1 || at.TextRange.EndLine != 0 && at.TextRange.EndLine < at.TextRange.StartLine) {
			t.Errorf("SonarQube: issue %+v %+v", i, at.TextRange)
		}
	}
	if len(doc.Issues)+left != len(s.Findings) {
		t.Errorf("SonarQube: %d issues and %d left of %d findings", len(doc.Issues), left, len(s.Findings))
	}
}
