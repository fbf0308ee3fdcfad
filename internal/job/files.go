package job

import (
	"bytes"
	"cmp"
	"context"
	"encoding/json"
	"fmt"
	"io"
	"path/filepath"
	"slices"
	"strings"

	"github.com/gatewright/gatewright/internal/ci"
	"github.com/gatewright/gatewright/internal/console"
	"github.com/gatewright/gatewright/internal/coverage"
	"github.com/gatewright/gatewright/internal/coverage/cobertura"
	"github.com/gatewright/gatewright/internal/fault"
	"github.com/gatewright/gatewright/internal/finding"
	"github.com/gatewright/gatewright/internal/pages"
	"github.com/gatewright/gatewright/internal/summary"
)

// file is one file to write: its name, what a CI takes it for, and what writes it.
type file struct {
	name  string
	kind  console.Kind
	write func(io.Writer) error
}

// writeFile writes a file and hands it to the CI.
func (j *Job) writeFile(f file) error {
	if err := j.Console.WriteFile(f.name, f.write); err != nil {
		return err
	}
	// The CI shows kinds that it knows: tests and coverage.
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
		{f.Badge, console.Other, func(w io.Writer) error { return summary.Badge(w, j.coverage()) }},
		{f.JUnit, console.Other, func(w io.Writer) error { return summary.JUnit(w, p) }},
		{f.CodeQuality, console.Other, j.codeQuality},
		{f.Dotenv, console.Other, func(w io.Writer) error { return writeDotenv(w, outputs, j.run.System.Limits().Dotenv) }},
	}
	// Those by name come first; the folder has its own copies, since the jobs that
	// take them up know only its names.
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
		{"outputs.env", console.Other, func(w io.Writer) error { return writeDotenv(w, outputs, j.run.System.Limits().Dotenv) }},
		{"summary.md", console.Other, textFile(j.markdown())},
		{"result.json", console.Other, func(w io.Writer) error {
			enc := json.NewEncoder(w)
			enc.SetIndent("", "  ")
			return enc.Encode(p)
		}},
	}
	if j.read != nil {
		files = append(files, j.coberturaFiles(j.read.Merged())...)
	}
	if len(p.Rules)+len(p.Services) > 0 {
		files = append(files, file{"gates.junit.xml", console.JUnit, func(w io.Writer) error { return summary.JUnit(w, p) }})
	}
	if p.Findings != nil || p.Patch != nil {
		files = append(files, file{"code-quality.json", console.Other, j.codeQuality})
	}
	if p.Findings != nil {
		set := j.tools // with those that found nothing: their earlier alerts are closed by that
		set.Findings = p.Findings.Items
		files = append(files,
			file{"findings.junit.xml", console.JUnit, func(w io.Writer) error { return finding.WriteJUnit(w, set) }},
			file{"findings.sarif", console.Other, func(w io.Writer) error {
				set.Findings = cmp.Or(j.found, p.Findings).Items // whoever takes the file knows which commit is checked out
				return j.sarif(w, set)
			}},
		)
	}
	return files
}

// coberturaFiles are the report in as many files as the CI's limit makes of it:
// cobertura.xml, cobertura-2.xml and so on.
func (j *Job) coberturaFiles(r *coverage.Report) []file {
	limit := j.run.System.Limits().Cobertura
	// GitLab drops a larger file without a word, and shows several.
	parts := cobertura.Parts(r, limit)
	if len(parts) > 1 {
		j.Console.Say("cobertura.xml is written in %d files (cobertura*.xml): this CI shows none above %d MB", len(parts), limit>>20)
	}
	var files []file
	for i, part := range parts {
		name := "cobertura.xml"
		if i > 0 {
			name = fmt.Sprintf("cobertura-%d.xml", i+1)
		}
		files = append(files, file{name, console.Cobertura, func(w io.Writer) error { return cobertura.Write(w, part) }})
	}
	return files
}

// sarif writes the findings and warns if the forge, which takes such files from
// the CI, would not take this one whole.
func (j *Job) sarif(w io.Writer, set finding.Set) error {
	if j.run.Forge == ci.UsualForge {
		finding.SayLimits(j.Console, "findings.sarif: ", set)
	}
	return finding.WriteSARIF(w, set)
}

// codeQuality writes the remarks and warns if the CI may not show so many. None
// is left out: the CI compares two such files, and would take it for resolved.
func (j *Job) codeQuality(w io.Writer) error {
	var text bytes.Buffer
	if err := finding.WriteCodeQuality(&text, remarks(j.page)); err != nil {
		return err
	}
	if limit := j.run.System.Limits().CodeQuality; limit > 0 && int64(text.Len()) > limit {
		j.Console.Warn("the Code Quality report has %d MB; this CI was seen not to show those above %d MB", text.Len()>>20, limit>>20)
	}
	_, err := text.WriteTo(w)
	return err
}

func textFile(text string) func(io.Writer) error {
	return func(w io.Writer) error {
		_, err := io.WriteString(w, text)
		return err
	}
}

// Variable returns what an output is called as a variable of later jobs: no name
// of a flag's variable, which would be taken for the user's word there.
func Variable(output string) string {
	if output == "commit" {
		output = "reported-commit" // --commit has the other
	}
	return "GATEWRIGHT_" + strings.ToUpper(strings.ReplaceAll(output, "-", "_"))
}

// writeDotenv writes results for later jobs, one line for each variable. GitLab takes
// nothing quoted; elsewhere a shell reads the file, to which a blank or an ampersand is
// the end of a value. One that would take more than its share of the limit, in bytes, is
// cut; a limit of 0 is none, and no GitLab's.
func writeDotenv(w io.Writer, results []Output, limit int64) error {
	// GitLab refuses a file beyond its limit whole and fails the job: each variable
	// gets the same share, so that one long list takes nothing from the others.
	share := int(limit) / max(len(results), 1)
	for _, o := range results {
		name := Variable(o.Name)
		value := strings.Map(func(r rune) rune {
			// A line end would begin another variable, and a shell that sources the
			// file would expand the rest.
			if r < ' ' || r == '"' || r == '\'' || r == '`' || r == '$' || r == '\\' {
				return -1
			}
			return r
		}, o.Value)
		const cut = "..."
		if room := share - len(name) - len("=\n"); limit > 0 && len(value) > room {
			value = strings.ToValidUTF8(value[:max(room-len(cut), 0)], "") + cut
		}
		if limit == 0 && strings.ContainsAny(value, " ;&|<>()~*?[#!{}") {
			value = "'" + value + "'" // it holds no quote itself
		}
		if _, err := fmt.Fprintf(w, "%s=%s\n", name, value); err != nil {
			return err
		}
	}
	return nil
}

// html is gate --html: the pages of the report, with the verdict on the first.
func (j *Job) html(ctx context.Context) error {
	if !j.facts.Report.Known() {
		return fault.Errorf(fault.Input, "%s", cmp.Or(j.facts.Report.Why, "no coverage report was read"))
	}
	h := pages.Folder{Console: j.Console, Dir: j.Publish.HTML, Page: j.page, Report: j.facts.Report.Value, Change: j.change, Repo: j.repo, Run: j.run}
	switch {
	case j.packed != nil:
		h.NoSource = "a pack holds no code"
	case j.run.Checkout.Standing == ci.Other:
		h.NoSource = j.run.Checkout.Missing.Reason
	}
	return h.Write(ctx)
}
