package console

import (
	"crypto/rand"
	"encoding/hex"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"strings"

	"github.com/gatewright/gatewright/internal/fault"
	"github.com/gatewright/gatewright/internal/input"
	"github.com/gatewright/gatewright/internal/secret"
)

// Dialect is the form of a CI's own commands.
type Dialect string

// The dialects: none; the workflow commands of GitHub Actions, which Gitea and
// Forgejo share; the logging commands of Azure Pipelines.
const (
	Plain    Dialect = ""
	Workflow Dialect = "workflow"
	Logging  Dialect = "logging"
)

// Commands writes a CI's own commands: masks, groups, messages that show on the
// run's page, outputs for later steps, and the summary. Where a CI has no such
// command a call does nothing, or reports so.
type Commands struct {
	Dialect Dialect
	Out     io.Writer // where the CI reads commands: the process's own stream, not guarded
	Getenv  func(string) string
}

// Mask asks the CI to hide a secret in its log. Call it before anything else is
// printed. CIs mask line by line, so every line is a command of its own.
func (c Commands) Mask(s secret.Value) {
	for line := range strings.SplitSeq(s.Expose(), "\n") {
		line = strings.TrimSpace(line)
		if line == "" {
			continue
		}
		switch c.Dialect {
		case Workflow:
			fmt.Fprintf(c.Out, "::add-mask::%s\n", escapeData(line))
		case Logging:
			fmt.Fprintf(c.Out, "##vso[task.setsecret]%s\n", escapeAzure(line))
		}
	}
}

// Group starts a foldable part of the log; the function ends it.
func (c Commands) Group(title string) (end func()) {
	switch c.Dialect {
	case Workflow:
		fmt.Fprintf(c.Out, "::group::%s\n", escapeData(title))
		return func() { fmt.Fprintln(c.Out, "::endgroup::") }
	case Logging:
		fmt.Fprintf(c.Out, "##[group]%s\n", oneLine(title))
		return func() { fmt.Fprintln(c.Out, "##[endgroup]") }
	default:
		return func() {}
	}
}

// Level is how loud a message is.
type Level string

// The levels, from quiet to loud.
const (
	Notice  Level = "notice"
	Warning Level = "warning"
	Error   Level = "error"
)

// Annotation is a message on the run's page, at a place in a file if it names one.
type Annotation struct {
	Level   Level
	Title   string
	Message string
	File    string
	Line    int // 0: none
	EndLine int // 0: Line
}

// Annotate shows a message on the run's page. It reports whether the CI has
// such messages; if not, nothing was written.
func (c Commands) Annotate(a Annotation) bool {
	switch c.Dialect {
	case Workflow:
		fmt.Fprintf(c.Out, "::%s%s::%s\n", a.Level, a.properties(), escapeData(a.Message))
		return true
	case Logging:
		kind := "warning"
		if a.Level == Error {
			kind = "error"
		}
		if a.Level == Notice {
			return false // Azure knows warnings and errors only
		}
		where := ""
		if a.File != "" {
			where = ";sourcepath=" + escapeAzure(a.File)
			if a.Line > 0 {
				where += fmt.Sprintf(";linenumber=%d", a.Line)
			}
		}
		fmt.Fprintf(c.Out, "##vso[task.logissue type=%s%s]%s\n", kind, where, escapeAzure(titled(a)))
		return true
	default:
		return false
	}
}

func titled(a Annotation) string {
	if a.Title == "" {
		return a.Message
	}
	return a.Title + ": " + a.Message
}

func (a Annotation) properties() string {
	var p []string
	add := func(name, value string) {
		if value != "" {
			p = append(p, name+"="+escapeProperty(value))
		}
	}
	add("title", a.Title)
	add("file", a.File)
	if a.Line > 0 {
		add("line", fmt.Sprint(a.Line))
	}
	if a.EndLine > a.Line {
		add("endLine", fmt.Sprint(a.EndLine))
	}
	if len(p) == 0 {
		return ""
	}
	return " " + strings.Join(p, ",")
}

// Output sets a value for later steps. Values may hold anything; names are
// lower-case words with dashes, written as qualityGateStatus for Azure, whose
// names have none. GitLab and Bitbucket have no command for it: there the
// values go to the dotenv file the caller names.
func (c Commands) Output(name, value string) error {
	switch c.Dialect {
	case Workflow:
		path := c.Getenv("GITHUB_OUTPUT")
		if path == "" {
			return nil
		}
		return appendFile(path, heredoc(name, value))
	case Logging:
		fmt.Fprintf(c.Out, "##vso[task.setvariable variable=%s;isOutput=true]%s\n", escapeAzure(camel(name)), escapeAzure(value))
	}
	return nil
}

// camel turns quality-gate-status into qualityGateStatus.
func camel(name string) string {
	words := strings.Split(name, "-")
	for i, w := range words[1:] {
		words[i+1] = strings.ToUpper(w[:1]) + w[1:]
	}
	return strings.Join(words, "")
}

// heredoc writes one entry of a GitHub file command. The delimiter is random,
// so that no value can end it early and add outputs of its own.
func heredoc(name, value string) string {
	var b [16]byte
	_, _ = rand.Read(b[:]) // never fails (crypto/rand)
	delimiter := "gatewright_" + hex.EncodeToString(b[:])
	return fmt.Sprintf("%s<<%s\n%s\n%s\n", name, delimiter, value, delimiter)
}

// AnnotationLimit is how many remarks of each level a step may make; 0 is no
// limit. GitHub's page shows 10 warnings and 10 errors from one step
// (docs.github.com, "Workflow commands"), of which one is kept for what the
// step itself has to say. Azure's page has no documented limit; beyond a few
// dozen its list is no help.
func (c Commands) AnnotationLimit() int {
	switch c.Dialect {
	case Workflow:
		return 9
	case Logging:
		return 50
	default:
		return 0
	}
}

// SummaryLimit returns how many bytes of Markdown the run's page still takes
// from this step. GitHub drops a step's summary whole once it passes 1 MiB, so
// what earlier commands of the step wrote counts.
func (c Commands) SummaryLimit() int {
	if c.Dialect != Workflow {
		return 4 << 20
	}
	const newline = 1
	limit := 1<<20 - newline
	if info, err := os.Stat(c.Getenv("GITHUB_STEP_SUMMARY")); err == nil {
		limit -= int(min(info.Size(), 1<<20))
	}
	return max(limit, 1)
}

// Summary puts Markdown on the run's page. ok is false where the CI has no
// place for one.
func (c Commands) Summary(markdown string) (ok bool, err error) {
	switch c.Dialect {
	case Workflow:
		path := c.Getenv("GITHUB_STEP_SUMMARY")
		if path == "" {
			return false, nil
		}
		return true, appendFile(path, markdown+"\n")
	case Logging:
		dir := c.Getenv("AGENT_TEMPDIRECTORY")
		if dir == "" {
			return false, nil
		}
		path := filepath.Join(dir, "gatewright-summary.md") // its name is the heading on the page
		for i := 2; ; i++ {
			if _, err := os.Stat(path); err != nil {
				break
			}
			path = filepath.Join(dir, fmt.Sprintf("gatewright-summary-%d.md", i)) // of an earlier command
		}
		if err := os.WriteFile(path, []byte(markdown), 0o644); err != nil {
			return false, fault.Errorf(fault.Input, "write the summary: %w", err)
		}
		fmt.Fprintf(c.Out, "##vso[task.uploadsummary]%s\n", path)
		return true, nil
	default:
		return false, nil
	}
}

// Kind is what a CI takes a result file for.
type Kind string

// The kinds that some CI has a page of its own for.
const (
	Other     Kind = ""
	JUnit     Kind = "JUnit"
	Cobertura Kind = "Cobertura"
)

// Publish hands a result file to the CI's own page for its kind: on Azure the
// Tests and Code Coverage tabs. Other CIs name such files in their configuration.
func (c Commands) Publish(kind Kind, path string) {
	if c.Dialect != Logging {
		return
	}
	switch kind {
	case JUnit:
		fmt.Fprintf(c.Out, "##vso[results.publish type=JUnit;runTitle=Gatewright;resultFiles=%s;testRunSystem=Gatewright;]\n", escapeAzure(path))
	case Cobertura:
		fmt.Fprintf(c.Out, "##vso[codecoverage.publish codecoveragetool=Cobertura;summaryfile=%s;]\n", escapeAzure(path))
	}
}

// Artifact has the CI keep a file for other runs, where a command of a step can.
func (c Commands) Artifact(name, path string) {
	if c.Dialect == Logging {
		fmt.Fprintf(c.Out, "##vso[artifact.upload containerfolder=%[1]s;artifactname=%[1]s]%[2]s\n", escapeAzure(name), escapeAzure(path))
	}
}

func appendFile(path, text string) error {
	if err := input.CanWrite(path); err != nil {
		return fault.Errorf(fault.Input, "write to the CI: %w", err)
	}
	f, err := os.OpenFile(path, os.O_APPEND|os.O_CREATE|os.O_WRONLY, 0o644)
	if err != nil {
		return fault.Errorf(fault.Input, "write to the CI: %w", err)
	}
	if _, err := f.WriteString(text); err != nil {
		_ = f.Close()
		return fault.Errorf(fault.Input, "write to the CI: %w", err)
	}
	return f.Close()
}

// escapeData and escapeProperty are the escapes of GitHub's workflow commands
// (actions/toolkit, "command"); escapeAzure those of Azure's logging commands
// (learn.microsoft.com, "Logging commands").
func escapeData(s string) string {
	return strings.NewReplacer("%", "%25", "\r", "%0D", "\n", "%0A").Replace(s)
}

func escapeProperty(s string) string {
	return strings.NewReplacer("%", "%25", "\r", "%0D", "\n", "%0A", ":", "%3A", ",", "%2C").Replace(s)
}

func escapeAzure(s string) string {
	return strings.NewReplacer("%", "%AZP25", "\r", "%0D", "\n", "%0A", ";", "%3B", "]", "%5D").Replace(s)
}

func oneLine(s string) string { return strings.Join(strings.Fields(s), " ") }
