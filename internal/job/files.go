package job

import (
	"encoding/json"
	"fmt"
	"io"
	"path/filepath"
	"slices"
	"strings"

	"github.com/gatewright/gatewright/internal/console"
	"github.com/gatewright/gatewright/internal/coverage/formats"
	"github.com/gatewright/gatewright/internal/finding"
	"github.com/gatewright/gatewright/internal/summary"
)

// file is one file to write: its name, what a CI takes it for, and what writes it.
type file struct {
	name  string
	kind  console.Kind
	write func(io.Writer) error
}

// writeFile writes a file and tells the CI of it.
func (j *Job) writeFile(f file) error {
	if err := j.Console.WriteFile(f.name, f.write); err != nil {
		return err
	}
	if f.kind != console.Other {
		j.Console.CI.Publish(f.kind, j.Console.Path(f.name))
	}
	return nil
}

// files are those that were asked for, by name and as the folder of all.
func (j *Job) files(outputs []Output) []file {
	p, f := j.page, j.Publish
	list := []file{
		{f.Summary, console.Other, textFile(j.markdown())},
		{f.Badge, console.Other, func(w io.Writer) error { return summary.Badge(w, p) }},
		{f.JUnit, console.Other, func(w io.Writer) error { return summary.JUnit(w, p) }},
		{f.CodeQuality, console.Other, func(w io.Writer) error { return finding.WriteCodeQuality(w, remarks(p)) }},
		{f.Dotenv, console.Other, func(w io.Writer) error { return writeDotenv(w, outputs) }},
	}
	list = slices.DeleteFunc(list, func(f file) bool { return f.name == "" })
	if f.ReportsDir == "" {
		return list
	}
	for _, file := range j.resultFiles(outputs) {
		file.name = filepath.Join(f.ReportsDir, file.name)
		list = append(list, file)
	}
	return list
}

// resultFiles are the files of the reports folder. A part that was not looked at
// has none: an empty one would say that nothing was found.
func (j *Job) resultFiles(outputs []Output) []file {
	p := j.page
	files := []file{
		{"outputs.env", console.Other, func(w io.Writer) error { return writeDotenv(w, outputs) }},
		{"summary.md", console.Other, textFile(j.markdown())},
		{"result.json", console.Other, func(w io.Writer) error {
			enc := json.NewEncoder(w)
			enc.SetIndent("", "  ")
			return enc.Encode(p)
		}},
	}
	if j.read != nil {
		files = append(files, file{"cobertura.xml", console.Cobertura, func(w io.Writer) error {
			return formats.Write(w, "cobertura", j.read.Merged())
		}})
	}
	if len(p.Rules)+len(p.Services) > 0 {
		files = append(files, file{"gates.junit.xml", console.JUnit, func(w io.Writer) error { return summary.JUnit(w, p) }})
	}
	if p.Findings != nil || p.Patch != nil {
		files = append(files, file{"code-quality.json", console.Other, func(w io.Writer) error { return finding.WriteCodeQuality(w, remarks(p)) }})
	}
	if p.Findings != nil {
		set := finding.Set{Findings: p.Findings.Items}
		files = append(files,
			file{"findings.junit.xml", console.JUnit, func(w io.Writer) error { return finding.WriteJUnit(w, set) }},
			file{"findings.sarif", console.Other, func(w io.Writer) error { return finding.WriteSARIF(w, set) }},
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

// writeDotenv writes results for later jobs of GitLab and Bitbucket, which take
// one line for each variable and nothing quoted.
func writeDotenv(w io.Writer, results []Output) error {
	for _, o := range results {
		name := "GATEWRIGHT_" + strings.ToUpper(strings.ReplaceAll(o.Name, "-", "_"))
		value := strings.Map(func(r rune) rune {
			if r < ' ' || r == '"' || r == '\'' || r == '`' || r == '$' || r == '\\' {
				return -1
			}
			return r
		}, o.Value)
		if _, err := fmt.Fprintf(w, "%s=%s\n", name, value); err != nil {
			return err
		}
	}
	return nil
}
