package ci

import (
	"crypto/rand"
	"encoding/hex"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"strings"

	"github.com/gatewright/gatewright/internal/fault"
	"github.com/gatewright/gatewright/internal/secret"
)

// Voice speaks to the CI system in its own commands: masks, groups, messages
// that show on the run's page, outputs for later steps, and the summary. Where
// a CI has no such thing the call does nothing, or prints plain text.
type Voice struct {
	System System
	Out    io.Writer // where the CI reads commands: the process's own stdout, not scrubbed
	Getenv func(string) string
}

// Mask tells the CI to hide a secret from its log. Call it before anything
// else is printed. CIs mask line by line, so every line is told on its own.
func (v Voice) Mask(s secret.Value) {
	for line := range strings.SplitSeq(s.Expose(), "\n") {
		line = strings.TrimSpace(line)
		if line == "" {
			continue
		}
		switch v.System {
		case GitHub, Gitea:
			fmt.Fprintf(v.Out, "::add-mask::%s\n", escapeData(line))
		case Azure:
			fmt.Fprintf(v.Out, "##vso[task.setsecret]%s\n", escapeAzure(line))
		}
	}
}

// Group starts a foldable part of the log; the function ends it.
func (v Voice) Group(title string) (end func()) {
	switch v.System {
	case GitHub, Gitea:
		fmt.Fprintf(v.Out, "::group::%s\n", escapeData(title))
		return func() { fmt.Fprintln(v.Out, "::endgroup::") }
	case Azure:
		fmt.Fprintf(v.Out, "##[group]%s\n", oneLine(title))
		return func() { fmt.Fprintln(v.Out, "##[endgroup]") }
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
func (v Voice) Annotate(a Annotation) bool {
	switch v.System {
	case GitHub, Gitea:
		fmt.Fprintf(v.Out, "::%s%s::%s\n", a.Level, a.properties(), escapeData(a.Message))
		return true
	case Azure:
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
		fmt.Fprintf(v.Out, "##vso[task.logissue type=%s%s]%s\n", kind, where, escapeAzure(titled(a)))
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

// Output gives later steps a value. Values may hold anything; names are
// lower-case words with dashes, which Azure, whose names have none, is given as
// qualityGateStatus. GitLab and Bitbucket have no command for it:
// there the values go to the dotenv file the caller names.
func (v Voice) Output(name, value string) error {
	switch v.System {
	case GitHub, Gitea:
		path := v.Getenv("GITHUB_OUTPUT")
		if path == "" {
			return nil
		}
		return appendFile(path, heredoc(name, value))
	case Azure:
		fmt.Fprintf(v.Out, "##vso[task.setvariable variable=%s;isOutput=true]%s\n", escapeAzure(camel(name)), escapeAzure(value))
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
func (v Voice) AnnotationLimit() int {
	switch v.System {
	case GitHub, Gitea:
		return 9
	case Azure:
		return 50
	default:
		return 0
	}
}

// SummaryLimit is how many bytes of Markdown the run's page takes from one step.
func (v Voice) SummaryLimit() int {
	if v.System == GitHub || v.System == Gitea {
		return 1 << 20
	}
	return 4 << 20
}

// Summary puts Markdown on the run's page. ok is false where the CI has no
// place for one.
func (v Voice) Summary(markdown string) (ok bool, err error) {
	switch v.System {
	case GitHub, Gitea:
		path := v.Getenv("GITHUB_STEP_SUMMARY")
		if path == "" {
			return false, nil
		}
		return true, appendFile(path, markdown+"\n")
	case Azure:
		dir := v.Getenv("AGENT_TEMPDIRECTORY")
		if dir == "" {
			return false, nil
		}
		path := filepath.Join(dir, "gatewright-summary.md")
		if err := os.WriteFile(path, []byte(markdown), 0o644); err != nil {
			return false, fault.Errorf(fault.Input, "write the summary: %w", err)
		}
		fmt.Fprintf(v.Out, "##vso[task.uploadsummary]%s\n", path)
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

// Publish gives a result file to the CI's own page for its kind: on Azure the
// Tests and Code Coverage tabs. Other CIs are told in their configuration.
func (v Voice) Publish(kind Kind, path string) {
	if v.System != Azure {
		return
	}
	switch kind {
	case JUnit:
		fmt.Fprintf(v.Out, "##vso[results.publish type=JUnit;runTitle=Gatewright;resultFiles=%s;testRunSystem=Gatewright;]\n", escapeAzure(path))
	case Cobertura:
		fmt.Fprintf(v.Out, "##vso[codecoverage.publish codecoveragetool=Cobertura;summaryfile=%s;]\n", escapeAzure(path))
	}
}

func appendFile(path, text string) error {
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

// Guard gives a writer for text that may hold anything: file names, server
// messages, branch names. What the CI would take for a command of ours is
// broken up, so that only a Voice can give commands.
func Guard(system System, w io.Writer) io.Writer {
	switch system {
	case GitHub, Gitea, Azure:
		return &guard{w: w, lineStart: true}
	default:
		return w
	}
}

type guard struct {
	w         io.Writer
	lineStart bool
}

// Write breaks "##vso[" and "##[" anywhere and "::" at the start of a line,
// where a leading space is ignored by the runner and so does not protect. A
// single colon is enough, because the second may come with the next Write.
func (g *guard) Write(p []byte) (int, error) {
	text := strings.NewReplacer("##vso[", "# #vso[", "##[", "# #[").Replace(string(p))
	var b strings.Builder
	for line := range strings.SplitAfterSeq(text, "\n") {
		if g.lineStart && strings.HasPrefix(strings.TrimLeft(line, " \t\r\ufeff"), ":") {
			b.WriteString("\\")
		}
		b.WriteString(line)
		if line != "" {
			g.lineStart = strings.HasSuffix(line, "\n")
		}
	}
	if _, err := io.WriteString(g.w, b.String()); err != nil {
		return 0, err
	}
	return len(p), nil
}
