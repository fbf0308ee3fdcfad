// Package action reads the inputs of a CI step: those of a GitHub or Gitea
// Action with go-githubactions, and those of an Azure DevOps task, which come
// the same way. It gives them as one struct of plain values, whatever spelling
// was used, so that a vendor's own step can be replaced by changing one line.
package action

import (
	"fmt"
	"io"
	"strconv"
	"strings"
	"time"

	"github.com/sethvargo/go-githubactions"

	"github.com/gatewright/gatewright/internal/fault"
	"github.com/gatewright/gatewright/internal/secret"
)

// Inputs are what the user wrote under "with:".
type Inputs struct {
	Token     secret.Value
	TokenFrom string // the input it was in, for messages
	TokenKind string // auto, repository or account: what the input's name says of a Codacy token

	Service      string
	BaseURL      string
	ForgeURL     string
	Provider     string
	Organization string
	Repository   string
	Commit       string
	Branch       string
	PullRequest  int

	Steps         []string // coverage, scan, gate; empty: what the service can do
	CoverageFiles []string // globs; empty: found by themselves
	Format        string
	Language      string
	Module        string
	ModulePath    string
	Root          string
	PathMaps      []string
	Ignore        []string
	Partial       bool
	Scanners      []string
	Include       []string
	Exclude       []string
	Sarif         []string
	Config        string
	Directory     string

	Timeout      time.Duration
	PollInterval time.Duration
	FailOnGate   bool
	FailOnError  bool
	SkipNoToken  Skip
	Comment      bool
	Annotations  bool
	InsecureHTTP bool

	ReportsDir string       // where the results go as files; "" is nowhere
	ForgeToken secret.Value // for the comment
}

// Skip says what to do when there is no token.
type Skip int

// SkipForks skips in runs that cannot have secrets (pull requests from forks,
// Dependabot) and fails elsewhere.
const (
	SkipForks Skip = iota
	SkipAlways
	SkipNever
)

// Input is one input: its name, the spellings of vendors that mean the same,
// and its default, for the reader below and the generated documentation.
type Input struct {
	Name    string
	Aliases []string
	Default string
	Help    string
	set     func(*Inputs, value) error
}

type value struct{ name, text string }

// Table lists every input in the order of the documentation.
func Table() []Input {
	return []Input{
		{"access-token", []string{"access_token", "accessToken", "token"}, "", "Token of the service, from a secret.", token("auto")},
		{"project-token", []string{"project_token"}, "", "Codacy repository token; the Codacy reporter's own name for access-token.", token("repository")},
		{"api-token", []string{"api_token"}, "", "Codacy account token; the Codacy reporter's own name for access-token.", token("account")},
		{"service", nil, "", "codacy, codeant or codedig; without it the token decides.", text(func(i *Inputs) *string { return &i.Service })},
		{"steps", nil, "", "What to do, in this order: coverage, scan, gate. Without it, what the service can do of coverage and gate.", steps},
		{"coverage-files", []string{"coverage-file", "coverage_file", "coverage-reports"}, "", "Coverage reports, as globs, one a line or with commas; without it they are found by name.", list(func(i *Inputs) *[]string { return &i.CoverageFiles })},
		{"coverage-format", []string{"force-coverage-parser"}, "", "Format of the reports, if it shall not be recognised by content.", text(func(i *Inputs) *string { return &i.Format })},
		{"language", nil, "", "Send only this language to Codacy.", text(func(i *Inputs) *string { return &i.Language })},
		{"partial", nil, "false", "More reports of this commit follow from other jobs; gatewright coverage finish ends them.", boolean(func(i *Inputs) *bool { return &i.Partial })},
		{"root", nil, "", "Folder the paths in the reports are relative to.", text(func(i *Inputs) *string { return &i.Root })},
		{"path-map", nil, "", "Prefixes to replace in the reports' paths, as from=to, one a line.", list(func(i *Inputs) *[]string { return &i.PathMaps })},
		{"ignore", nil, "", "Files to leave out of coverage, as globs, one a line.", list(func(i *Inputs) *[]string { return &i.Ignore })},
		{"module", nil, "", "CodeAnt: name under which this report is kept apart from others of the commit.", text(func(i *Inputs) *string { return &i.Module })},
		{"module-path", []string{"module_path"}, "", "CodeAnt: folder of the module.", text(func(i *Inputs) *string { return &i.ModulePath })},
		{"scanners", nil, "", "CodeAnt: sast, sca, secrets, antipatterns, iac or all.", list(func(i *Inputs) *[]string { return &i.Scanners })},
		{"include-paths", []string{"include_paths"}, "", "Scan only these files, as globs.", list(func(i *Inputs) *[]string { return &i.Include })},
		{"exclude-paths", []string{"exclude_paths"}, "", "Leave these files out of the scan, as globs.", list(func(i *Inputs) *[]string { return &i.Exclude })},
		{"sarif-files", nil, "", "Results of local tools as SARIF files, as globs.", list(func(i *Inputs) *[]string { return &i.Sarif })},
		{"fail-on-gate", nil, "true", "Make the job red when a gate fails.", boolean(func(i *Inputs) *bool { return &i.FailOnGate })},
		{"fail-on-error", nil, "true", "Make the job red when the service cannot be used.", boolean(func(i *Inputs) *bool { return &i.FailOnError })},
		{"skip-if-no-token", nil, "auto", "true, false, or auto: skip with a notice where a run cannot have secrets (forks, Dependabot), fail elsewhere.", skip},
		{"timeout", []string{"scan_timeout"}, "10m", "Longest wait in all: seconds, or a number with s, m or h.", duration(func(i *Inputs) *time.Duration { return &i.Timeout })},
		{"poll-interval", []string{"poll_interval", "pollInterval"}, "", "Time between two questions; without it what suits the service.", duration(func(i *Inputs) *time.Duration { return &i.PollInterval })},
		{"base-url", []string{"api-base", "api_base", "codacy-api-base-url", "baseUrl"}, "", "Address of the service, if it is not the public one.", text(func(i *Inputs) *string { return &i.BaseURL })},
		{"forge-url", []string{"base_url"}, "", "Web address of the forge, if it is not this CI's own.", text(func(i *Inputs) *string { return &i.ForgeURL })},
		{"provider", []string{"platform"}, "", "Where the repository is hosted, if it is not this CI's own forge.", text(func(i *Inputs) *string { return &i.Provider })},
		{"organization", nil, "", "Owner of the repository, if it is not this one.", text(func(i *Inputs) *string { return &i.Organization })},
		{"repository", nil, "", "Repository, if it is not this one.", text(func(i *Inputs) *string { return &i.Repository })},
		{"commit", []string{"commit-uuid"}, "", "Commit, if it is not the head of this run.", text(func(i *Inputs) *string { return &i.Commit })},
		{"branch", nil, "", "Branch, if it is not this run's.", text(func(i *Inputs) *string { return &i.Branch })},
		{"pull-request", nil, "", "Pull request, if it is not this run's.", number},
		{"working-directory", nil, "", "Folder to work in.", text(func(i *Inputs) *string { return &i.Directory })},
		{"config", nil, "", "Configuration file; without it .gatewright.yml if there is one.", text(func(i *Inputs) *string { return &i.Config })},
		{"comment", nil, "false", "Keep one comment with the result on the pull request.", boolean(func(i *Inputs) *bool { return &i.Comment })},
		{"annotations", nil, "true", "Mark uncovered changed lines and new findings.", boolean(func(i *Inputs) *bool { return &i.Annotations })},
		{"insecure-http", nil, "false", "Allow plain http to hosts other than this machine.", boolean(func(i *Inputs) *bool { return &i.InsecureHTTP })},
		{"github-token", nil, "", "Token for the comment and for the changed lines of the pull request.", forgeToken},
		{"reports-dir", nil, "", "Folder to write the results into, as files that CIs and tools read; without it none are written.", text(func(i *Inputs) *string { return &i.ReportsDir })},
	}
}

// Read takes the inputs from INPUT_ variables. Tokens are read first and given
// back even when another input is wrong, so that the caller can mask them
// before it prints the error.
func Read(getenv func(string) string) (Inputs, error) {
	a := githubactions.New(githubactions.WithGetenv(getenv), githubactions.WithWriter(io.Discard))
	in := Inputs{TokenKind: "auto"}
	var wrong error
	for _, input := range Table() {
		v, ok := input.find(a)
		if !ok {
			v = value{input.Name, input.Default}
		}
		if v.text == "" {
			continue
		}
		if err := input.set(&in, v); err != nil && wrong == nil {
			wrong = fault.As(fault.Input, fmt.Errorf("input %s: %w", v.name, err))
		}
	}
	return in, wrong
}

// find reads an input under its own name, then under its aliases; each as the
// runner passes it (INPUT_COVERAGE-FILES), and in its other spellings, because
// some shells drop variables with a dash.
func (input Input) find(a *githubactions.Action) (value, bool) {
	for _, name := range append([]string{input.Name}, input.Aliases...) {
		for _, spelling := range spellings(name) {
			if text := strings.TrimSpace(a.GetInput(spelling)); text != "" {
				return value{name, text}, true
			}
		}
	}
	return value{}, false
}

// spellings are those of one name: with dashes, with underscores, and as an
// Azure task has it, coverageFiles, which comes as COVERAGEFILES. CodeAnt's own
// steps have a base_url that is the forge's address, so base-url must not be
// found under it: the token would go to the forge.
func spellings(name string) []string {
	all := []string{name, strings.ReplaceAll(name, "-", "")}
	if name != "base-url" {
		all = append(all, strings.ReplaceAll(name, "-", "_"))
	}
	return all
}

func token(kind string) func(*Inputs, value) error {
	return func(in *Inputs, v value) error {
		if !in.Token.Empty() {
			return nil // the first of the table wins
		}
		in.Token, in.TokenFrom, in.TokenKind = secret.New(v.text), "input "+v.name, kind
		return nil
	}
}

func forgeToken(in *Inputs, v value) error {
	in.ForgeToken = secret.New(v.text)
	return nil
}

func text(field func(*Inputs) *string) func(*Inputs, value) error {
	return func(in *Inputs, v value) error {
		*field(in) = v.text
		return nil
	}
}

// list splits at commas and line breaks.
func list(field func(*Inputs) *[]string) func(*Inputs, value) error {
	return func(in *Inputs, v value) error {
		for part := range strings.FieldsFuncSeq(v.text, func(r rune) bool { return r == ',' || r == '\n' }) {
			if part = strings.TrimSpace(part); part != "" {
				*field(in) = append(*field(in), part)
			}
		}
		return nil
	}
}

func steps(in *Inputs, v value) error {
	if err := list(func(i *Inputs) *[]string { return &i.Steps })(in, v); err != nil {
		return err
	}
	for _, s := range in.Steps {
		if s != "coverage" && s != "scan" && s != "gate" {
			return fmt.Errorf("unknown step %q; known: coverage, scan, gate", s)
		}
	}
	return nil
}

// parseBool takes what YAML takes for a boolean, and a few words people write.
func parseBool(text string) (bool, error) {
	switch strings.ToLower(text) {
	case "true", "yes", "on", "1":
		return true, nil
	case "false", "no", "off", "0":
		return false, nil
	default:
		return false, fmt.Errorf("%q is neither true nor false", text)
	}
}

func boolean(field func(*Inputs) *bool) func(*Inputs, value) error {
	return func(in *Inputs, v value) error {
		b, err := parseBool(v.text)
		*field(in) = b
		return err
	}
}

func skip(in *Inputs, v value) error {
	if strings.EqualFold(v.text, "auto") {
		in.SkipNoToken = SkipForks
		return nil
	}
	b, err := parseBool(v.text)
	if err != nil {
		return fmt.Errorf("%q is none of true, false, auto", v.text)
	}
	in.SkipNoToken = SkipNever
	if b {
		in.SkipNoToken = SkipAlways
	}
	return nil
}

// duration reads seconds, as the vendors' steps take them, or a Go duration.
func duration(field func(*Inputs) *time.Duration) func(*Inputs, value) error {
	return func(in *Inputs, v value) error {
		d, err := time.ParseDuration(v.text)
		if n, nerr := strconv.Atoi(v.text); nerr == nil {
			d, err = time.Duration(n)*time.Second, nil
		}
		if err != nil || d <= 0 {
			return fmt.Errorf("%q is no time; write seconds (300) or a number with s, m or h (5m)", v.text)
		}
		*field(in) = d
		return nil
	}
}

func number(in *Inputs, v value) error {
	n, err := strconv.Atoi(v.text)
	if err != nil || n < 1 {
		return fmt.Errorf("%q is no pull request number", v.text)
	}
	in.PullRequest = n
	return nil
}
