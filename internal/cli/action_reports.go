package cli

import (
	"bytes"
	"encoding/json"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"strings"

	"github.com/gatewright/gatewright/internal/console"
	"github.com/gatewright/gatewright/internal/coverage/formats"
	"github.com/gatewright/gatewright/internal/fault"
	"github.com/gatewright/gatewright/internal/finding"
	"github.com/gatewright/gatewright/internal/summary"
)

// resultFile is one file of reports-dir: its name, what a CI takes it for, and
// what writes it.
type resultFile struct {
	name  string
	kind  console.Kind
	write func(io.Writer) error
}

// writeReports puts the results into files that CIs and tools read, and tells
// the CI of them. A part that was not looked at gets no file: an empty one
// would say that nothing was found.
func (s *step) writeReports(outputs [][2]string) error {
	dir := s.in.ReportsDir
	if dir == "" {
		return nil
	}
	if !filepath.IsAbs(dir) {
		dir = filepath.Join(s.workspace, dir)
	}
	if err := os.MkdirAll(dir, 0o755); err != nil {
		return fault.Errorf(fault.Input, "make reports-dir: %w", err)
	}
	for _, file := range s.resultFiles(outputs) {
		path := filepath.Join(dir, file.name)
		if err := s.writeReport(path, file.write); err != nil {
			return fault.Errorf(fault.Input, "write %s: %w", path, err)
		}
		s.app.CI.Publish(file.kind, path)
	}
	return nil
}

// writeReport writes one file, without any secret that a service may have sent.
func (s *step) writeReport(path string, write func(io.Writer) error) error {
	var b bytes.Buffer // scrubbed whole: a secret may be split over two writes
	if err := write(&b); err != nil {
		return err
	}
	return os.WriteFile(path, []byte(s.app.Redact.Clean(b.String())), 0o644)
}

func (s *step) resultFiles(outputs [][2]string) []resultFile {
	p := s.page.Page
	files := []resultFile{
		{"outputs.env", console.Other, func(w io.Writer) error { return writeDotenv(w, outputs) }},
		{"summary.md", console.Other, textFile(summary.Markdown(p, s.app.CI.SummaryLimit()))},
		{"result.json", console.Other, func(w io.Writer) error {
			enc := json.NewEncoder(w)
			enc.SetIndent("", "  ")
			return enc.Encode(p)
		}},
	}
	if s.read != nil {
		files = append(files, resultFile{"cobertura.xml", console.Cobertura, func(w io.Writer) error {
			return formats.Write(w, "cobertura", s.read.merged())
		}})
	}
	if len(p.Rules)+len(p.Services) > 0 {
		files = append(files, resultFile{"gates.junit.xml", console.JUnit, func(w io.Writer) error { return summary.JUnit(w, p) }})
	}
	if p.Findings != nil || p.Patch != nil {
		files = append(files, resultFile{"code-quality.json", console.Other, func(w io.Writer) error { return finding.WriteCodeQuality(w, remarks(p)) }})
	}
	if p.Findings != nil {
		set := finding.Set{Findings: p.Findings.Items}
		files = append(files,
			resultFile{"findings.junit.xml", console.JUnit, func(w io.Writer) error { return finding.WriteJUnit(w, set) }},
			resultFile{"findings.sarif", console.Other, func(w io.Writer) error { return finding.WriteSARIF(w, set) }},
		)
	}
	return files
}

func textFile(text string) func(io.Writer) error {
	return func(w io.Writer) error {
		_, err := io.WriteString(w, text)
		return err
	}
}

// writeDotenv gives results to later jobs of GitLab and Bitbucket, which take
// one line for each variable and nothing quoted.
func writeDotenv(w io.Writer, results [][2]string) error {
	for _, o := range results {
		name := "GATEWRIGHT_" + strings.ToUpper(strings.ReplaceAll(o[0], "-", "_"))
		value := strings.Map(func(r rune) rune {
			if r < ' ' || r == '"' || r == '\'' || r == '`' || r == '$' || r == '\\' {
				return -1
			}
			return r
		}, o[1])
		if _, err := fmt.Fprintf(w, "%s=%s\n", name, value); err != nil {
			return err
		}
	}
	return nil
}
