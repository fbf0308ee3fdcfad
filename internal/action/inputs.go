// Package action reads the inputs of a CI step: those of a GitHub or Gitea
// Action with go-githubactions, and those of an Azure DevOps task, which come
// the same way. They become a job, whatever spelling was used, so that a vendor's
// own step can be replaced by changing one line.
package action

import (
	"cmp"
	"fmt"
	"io"
	"slices"
	"strings"

	"github.com/sethvargo/go-githubactions"

	"github.com/gatewright/gatewright/internal/connect"
	"github.com/gatewright/gatewright/internal/fault"
	"github.com/gatewright/gatewright/internal/job"
)

// Inputs are what the user wrote under "with:", as the flags of a command have
// it: the service with its token, what the job is about, and the job itself.
type Inputs struct {
	connect.ServiceFlags // TokenKind is what the input's name says of a Codacy token
	connect.TargetFlags  // Asking has the forge's token, which comments take as well

	Directory string
	Job       job.Job // without a console and sources
}

// Input is one input: its name, the spellings of vendors that mean the same,
// and its default, for the reader below and the generated documentation.
type Input struct {
	Name    string
	also    string // the spellings of vendors, with blanks between
	Default string
	Help    string

	// of points to the input's field; where it is nil, set sets it. That no row holds a
	// call or a slice makes the table data, and no code.
	of  func(*Inputs) any
	set func(*Inputs, value) error
}

// Aliases returns the spellings of vendors that mean the input.
func (input Input) Aliases() []string { return strings.Fields(input.also) }

type value struct{ name, text string }

// Table lists every input in the order of the documentation.
func Table() []Input {
	return []Input{
		{"access-token", "access_token accessToken token", "", "Token of the service, from a secret.", nil, func(i *Inputs, v value) error { return i.token(v, "auto") }},
		{"project-token", "project_token", "", "Codacy repository token; the Codacy reporter's own name for access-token.", nil, func(i *Inputs, v value) error { return i.token(v, "repository") }},
		{"api-token", "api_token", "", "Codacy account token; the Codacy reporter's own name for access-token.", nil, func(i *Inputs, v value) error { return i.token(v, "account") }},
		{"service", "", "", "codacy, codeant or codedig, or github for its own code coverage; without it the token decides.", func(i *Inputs) any { return &i.Service }, nil},
		{"steps", "", "", "What to do, in this order: coverage, scan, gate. Without it, what the service can do of coverage and gate.", nil, steps},
		{"coverage-files", "coverage-file coverage_file coverage-reports", "", "Coverage reports, as globs, one a line or with commas, a ! before those to leave out; without it they are found by name.", func(i *Inputs) any { return &i.Job.Reports.Report }, nil},
		{"coverage-format", "force-coverage-parser", "", "Format of the reports, if it shall not be recognised by content.", func(i *Inputs) any { return &i.Job.Reports.Format }, nil},
		{"language", "", "", "Send only this language to Codacy or GitHub.", func(i *Inputs) any { return &i.Job.Upload.Language }, nil},
		{"partial", "", "false", "More reports of this commit follow from other jobs; gatewright coverage finish ends them.", func(i *Inputs) any { return &i.Job.Upload.Partial }, nil},
		{"root", "", "", "Folder the paths in the reports are relative to.", func(i *Inputs) any { return &i.Job.Reports.Root }, nil},
		{"path-map", "", "", "Prefixes to replace in the reports' paths, as from=to, one a line; an equals sign of a path has a backslash before it.", func(i *Inputs) any { return &i.Job.Reports.PathMap }, nil},
		{"ignore", "", "", "Files to leave out of coverage, as globs, one a line.", func(i *Inputs) any { return &i.Job.Reports.Ignore }, nil},
		{"module", "", "", "CodeAnt: name under which this report is kept apart from others of the commit.", func(i *Inputs) any { return &i.Job.Upload.Module }, nil},
		{"module-path", "module_path", "", "CodeAnt: folder of the module.", func(i *Inputs) any { return &i.Job.Upload.ModulePath }, nil},
		{"scanners", "", "", "CodeAnt: sast, sca, secrets, antipatterns, iac or all.", func(i *Inputs) any { return &i.Job.Scan.Scanners }, nil},
		{"include-paths", "include_paths", "", "Scan only these files, as globs.", func(i *Inputs) any { return &i.Job.Scan.Include }, nil},
		{"exclude-paths", "exclude_paths", "", "Leave these files out of the scan, as globs.", func(i *Inputs) any { return &i.Job.Scan.Exclude }, nil},
		{"sarif-files", "", "", "Results of local tools as SARIF files, as globs.", func(i *Inputs) any { return &i.Job.Scan.Sarif }, nil},
		{"fail-on-gate", "", "true", "Make the job red when a gate fails.", func(i *Inputs) any { return &i.Job.FailOnGate }, nil},
		{"fail-on-error", "", "true", "Make the job red when the service cannot be used or a report is not there; a setting that is wrong makes it red all the same.", func(i *Inputs) any { return &i.Job.Tolerance.FailOnError }, nil},
		{"skip-if-no-token", "", "auto", "true, false, or auto: skip with a notice where a run cannot have secrets (forks, Dependabot), fail elsewhere.", nil, skip},
		{"timeout", "scan_timeout", "10m", "Longest wait in all: seconds, or a number with s, m or h.", func(i *Inputs) any { return &i.Job.Wait.Timeout }, nil},
		{"poll-interval", "poll_interval pollInterval", "", "Time between two questions; without it what suits the service.", func(i *Inputs) any { return &i.Job.Wait.PollInterval }, nil},
		{"base-url", "api-base api_base codacy-api-base-url baseUrl", "", "Address of the service, if it is not the public one.", func(i *Inputs) any { return &i.BaseURL }, nil},
		{"forge-url", "base_url", "", "Web address of the forge, if it is not this CI's own.", func(i *Inputs) any { return &i.ForgeWeb }, nil},
		{"provider", "platform", "", "Where the repository is hosted, if it is not this CI's own forge.", func(i *Inputs) any { return &i.Provider }, nil},
		{"organization", "", "", "Owner of the repository, if it is not this one.", func(i *Inputs) any { return &i.Organization }, nil},
		{"repository", "", "", "Repository, if it is not this one.", func(i *Inputs) any { return &i.Repository }, nil},
		{"commit", "commit-uuid", "", "Commit, if it is not the head of this run.", func(i *Inputs) any { return &i.Commit }, nil},
		{"branch", "", "", "Branch, if it is not this run's.", func(i *Inputs) any { return &i.Branch }, nil},
		{"pull-request", "", "", "Pull request, if it is not this run's.", func(i *Inputs) any { return &i.PullRequest }, nil},
		{"working-directory", "", "", "Folder to work in.", func(i *Inputs) any { return &i.Directory }, nil},
		{"config", "", "", "Configuration file; without it .gatewright.yml if there is one.", func(i *Inputs) any { return &i.Job.Rules.Config }, nil},
		{"base", "", "", "Commit or branch that the change left, if it is not what the CI says of the pull request.", func(i *Inputs) any { return &i.Job.Facts.Base }, nil},
		{"pack", "", "", "File to hand the facts over in to a job that has secrets, such as one on workflow_run; nothing is sent, and no token is needed.", func(i *Inputs) any { return &i.Job.PackTo }, nil},
		{"from", "", "", "File that a job with pack wrote, in the place of reports, changed lines and findings; it must be of the run that this one follows.", func(i *Inputs) any { return &i.Job.Facts.From }, nil},
		{"baseline", "", "", "Coverage to compare with: a report of an earlier run, as gatewright coverage convert --to json writes it.", func(i *Inputs) any { return &i.Job.Facts.Baseline }, nil},
		{"baseline-store", "", "", "Where runs on the base branch keep their coverage for those on pull requests: artifact, as by itself where the CI is the forge's own; cache or cache:DIR, a folder that the CI caches; branch:NAME or notes, a reference of the repository; file, the one of baseline; none.", func(i *Inputs) any { return &i.Job.Facts.BaselineStore }, nil},
		{"baseline-branch", "", "", "Branches whose runs keep a baseline, as globs, one a line; without it main, master, develop, trunk and release/**.", func(i *Inputs) any { return &i.Job.Facts.BaselineBranches }, nil},
		{"findings-baseline", "", "", "Results of an earlier run as SARIF files, as globs, to tell new findings from old ones; without it those on changed lines are new.", func(i *Inputs) any { return &i.Job.Facts.FindingsBaseline }, nil},
		{"min-total", "", "", "Least line coverage of everything, in percent. Like all rules it may end in :warn and :missing=pass.", func(i *Inputs) any { return &i.Job.Rules.MinTotal }, nil},
		{"min-patch", "", "", "Least coverage of the changed lines, in percent.", func(i *Inputs) any { return &i.Job.Rules.MinPatch }, nil},
		{"min-branches", "", "", "Least share of all branches that ran, in percent.", func(i *Inputs) any { return &i.Job.Rules.MinBranches }, nil},
		{"partials", "", "", "What a line counts as that ran without all of its branches: hit or miss.", nil, func(i *Inputs, v value) error { return choose(&i.Job.Rules.Partials, v.text, "hit", "miss") }},
		{"max-unreported", "", "", "Most changed files of code that no report names, tests aside.", func(i *Inputs) any { return &i.Job.Rules.MaxUnreported }, nil},
		{"max-lost", "", "", "Most files of the baseline that the commit has and no report names any more.", func(i *Inputs) any { return &i.Job.Rules.MaxLost }, nil},
		{"max-drop", "", "", "Largest loss of total coverage against the baseline, in percentage points.", func(i *Inputs) any { return &i.Job.Rules.MaxDrop }, nil},
		{"flaky", "", "", "Whether max-drop counts lines that flip back and forth over the kept runs: count or ignore.", nil, func(i *Inputs, v value) error { return choose(&i.Job.Rules.Flaky, v.text, "count", "ignore") }},
		{"min-path", "", "", "Least coverage of the files that match, as glob=percent, one a line.", func(i *Inputs) any { return &i.Job.Rules.MinPath }, nil},
		{"max-new", "", "", "Most new findings of a severity and those above it, as severity=number, one a line; severity!=number counts it alone.", func(i *Inputs) any { return &i.Job.Rules.MaxNew }, nil},
		{"require", "", "", "Services whose own verdict must be a pass.", func(i *Inputs) any { return &i.Job.Rules.Require }, nil},
		{"tests", "", "", "Results of tests, JUnit XML, as globs.", func(i *Inputs) any { return &i.Job.Facts.Tests }, nil},
		{"tests-baseline", "", "", "Results of tests of an earlier run, to compare their time with.", func(i *Inputs) any { return &i.Job.Facts.TestsBaseline }, nil},
		{"max-failed", "", "", "Most tests that fail.", func(i *Inputs) any { return &i.Job.Rules.MaxFailed }, nil},
		{"max-flaky", "", "", "Most tests that fail and pass when they are run again.", func(i *Inputs) any { return &i.Job.Rules.MaxFlaky }, nil},
		{"max-slower", "", "", "Most percent by which the tests may take longer than in tests-baseline.", func(i *Inputs) any { return &i.Job.Rules.MaxSlower }, nil},
		{"trend", "", "", "File that keeps total coverage of each run, one JSON object a line, and is shown as a line.", func(i *Inputs) any { return &i.Job.Publish.Trend }, nil},
		{"name", "", "", "Name of this gate where a pull request has several: in the title, the comment, the status and the JUnit suite, so that none overwrites another.", func(i *Inputs) any { return &i.Job.Publish.Name }, nil},
		{"comment", "", "", "Keep one comment with the result on the pull request: true or always, on-change, on-failure, or false.", func(i *Inputs) any { return &i.Job.Publish.Comment }, nil},
		{"status", "", "false", "Set the commit's status gatewright/gate, or gatewright/ and the name.", func(i *Inputs) any { return &i.Job.Publish.Status }, nil},
		{"statuses", "", "", "Set further statuses of the commit, for total and for patch coverage: total, patch.", nil, statuses},
		{"annotations", "", "", "Mark uncovered changed lines and new findings: true or false; true without it.", func(i *Inputs) any { return &i.Job.Publish.Annotate }, nil},
		{"insecure-http", "", "false", "Allow plain http to hosts other than this machine.", func(i *Inputs) any { return &i.InsecureHTTP }, nil},
		{"github-token", "", "", "Token for the comment and for the changed lines of the pull request.", func(i *Inputs) any { return &i.Asking.ForgeToken }, nil},
		{"reports-dir", "", "", "Folder to write the results into, as files that CIs and tools read; without it none are written.", func(i *Inputs) any { return &i.Job.Publish.ReportsDir }, nil},
	}
}

// Read takes the inputs from INPUT_ variables. Tokens are read first and given
// back even when another input is wrong, so that the caller can mask them
// before it prints the error.
func Read(getenv func(string) string) (Inputs, error) {
	a := githubactions.New(githubactions.WithGetenv(getenv), githubactions.WithWriter(io.Discard))
	var in Inputs
	in.TokenKind = "auto"
	in.Job.Reports.Paths, in.Job.Scan.Wait, in.Job.Publish.CISummary = "match", true, true
	var wrong error
	for _, input := range Table() {
		v, ok := input.find(a)
		if !ok {
			v = value{input.Name, input.Default}
		}
		if v.text == "" {
			continue
		}
		if err := input.put(&in, v); err != nil {
			wrong = cmp.Or(wrong, fault.As(fault.Input, fmt.Errorf("input %s: %w", v.name, err)))
			if input.Default != "" { // a fail-on-error that cannot be read does not make the job green
				_ = input.put(&in, value{input.Name, input.Default})
			}
		}
	}
	if wrong == nil && in.Job.PackTo != "" && in.Job.Facts.From != "" {
		wrong = fault.Errorf(fault.Input, "inputs pack and from: a job writes a pack, or takes one")
	}
	return in, wrong
}

// find reads an input under its own name, then under its aliases; each as the
// runner passes it (INPUT_COVERAGE-FILES), and in its other spellings, because
// some shells drop variables with a dash.
func (input Input) find(a *githubactions.Action) (value, bool) {
	for _, name := range append([]string{input.Name}, input.Aliases()...) {
		for _, spelling := range spellings(name) {
			if text := strings.TrimSpace(a.GetInput(spelling)); text != "" {
				return value{name, text}, true
			}
		}
	}
	// As a flag, it has a variable too; a token's is found where every command finds it.
	name := "GATEWRIGHT_" + strings.ToUpper(strings.ReplaceAll(input.Name, "-", "_"))
	text := strings.TrimSpace(a.Getenv(name))
	return value{name, text}, text != "" && !input.token()
}

// token reports whether the input is a token.
func (input Input) token() bool {
	return slices.Contains([]string{"access-token", "project-token", "api-token", "github-token"}, input.Name)
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
