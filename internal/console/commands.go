package console

import (
	"crypto/rand"
	"fmt"
	"io"
	"strings"

	"github.com/gatewright/gatewright/internal/fault"
	"github.com/gatewright/gatewright/internal/secret"
)

// Dialect is the form of a CI's own commands.
type Dialect string

// The dialects: none; the workflow commands of GitHub Actions, which Gitea and
// Forgejo share; the logging commands of Azure Pipelines; the service messages of
// TeamCity, of which none is written, and which outside text must not hold.
const (
	Plain    Dialect = ""
	Workflow Dialect = "workflow"
	Logging  Dialect = "logging"
	Messages Dialect = "messages"
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
		if line = strings.TrimSpace(line); line == "" {
			continue // masking nothing would hide everything
		}
		switch c.Dialect {
		case Workflow:
			fmt.Fprintf(c.Out, "::add-mask::%s\n", escapeData(line))
		case Logging:
			c.logging("task.setsecret", line)
		}
	}
}

// logging writes a command of Azure. What its name holds of outside text the
// caller has escaped.
func (c Commands) logging(name, value string) {
	fmt.Fprintf(c.Out, "##vso[%s]%s\n", name, escapeAzure(value))
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

// Annotates reports whether the CI has messages on the run's page.
func (c Commands) Annotates() bool { return c.Dialect == Workflow || c.Dialect == Logging }

// Annotate shows a message on the run's page. It reports whether the CI has
// such messages; if not, nothing was written.
func (c Commands) Annotate(a Annotation) bool {
	switch {
	case c.Dialect == Workflow:
		fmt.Fprintf(c.Out, "::%s%s::%s\n", a.Level, a.properties(), escapeData(a.Message))
	case c.Dialect == Logging && a.Level != Notice: // Azure knows warnings and errors only
		where := ""
		if a.File != "" {
			where = ";sourcepath=" + escapeAzure(a.File)
			if a.Line > 0 {
				where += fmt.Sprintf(";linenumber=%d", a.Line)
			}
		}
		c.logging(fmt.Sprintf("task.logissue type=%s%s", a.Level, where), strings.TrimPrefix(a.Title+": "+a.Message, ": "))
	default:
		return false
	}
	return true
}

// properties are those of a workflow command, with the blank before them.
func (a Annotation) properties() string {
	var p []string
	add := func(name, value string, there bool) {
		if there {
			p = append(p, name+"="+escapeProperty(value))
		}
	}
	add("title", a.Title, a.Title != "")
	add("file", a.File, a.File != "")
	add("line", fmt.Sprint(a.Line), a.Line > 0)
	add("endLine", fmt.Sprint(a.EndLine), a.EndLine > a.Line)
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
		_, err := c.append("GITHUB_OUTPUT", heredoc(name, value))
		return err
	case Logging:
		c.logging(fmt.Sprintf("task.setvariable variable=%s;isOutput=true", escapeAzure(camel(name))), value)
	}
	return nil
}

// append adds a text to the file that a variable names; ok is false if it is not set.
func (c Commands) append(variable, text string) (ok bool, err error) {
	path := c.Getenv(variable)
	if path == "" {
		return false, nil
	}
	if err := appendFile(path, text); err != nil {
		return true, fault.Errorf(fault.Input, "write to the CI: %w", err)
	}
	return true, nil
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
	delimiter := "gatewright_" + rand.Text()
	return fmt.Sprintf("%s<<%s\n%s\n%s\n", name, delimiter, value, delimiter)
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
