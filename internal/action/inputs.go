// Package action reads the inputs of a CI step: those of a GitHub or Gitea
// Action with go-githubactions, and those of an Azure DevOps task, which come
// the same way. They become a job, whatever spelling was used, so that a vendor's
// own step can be replaced by changing one line.
package action

import (
	"fmt"
	"io"
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
		{"service", nil, "", "codacy, codeant or codedig, or github for its own code coverage; without it the token decides.", field(func(i *Inputs) any { return &i.Service })},
		{"steps", nil, "", "What to do, in this order: coverage, scan, gate. Without it, what the service can do of coverage and gate.", steps},
		{"coverage-files", []string{"coverage-file", "coverage_file", "coverage-reports"}, "", "Coverage reports, as globs, one a line or with commas, a ! before those to leave out; without it they are found by name.", field(func(i *Inputs) any { return &i.Job.Reports.Report })},
		{"coverage-format", []string{"force-coverage-parser"}, "", "Format of the reports, if it shall not be recognised by content.", field(func(i *Inputs) any { return &i.Job.Reports.Format })},
		{"language", nil, "", "Send only this language to Codacy or GitHub.", field(func(i *Inputs) any { return &i.Job.Upload.Language })},
		{"partial", nil, "false", "More reports of this commit follow from other jobs; gatewright coverage finish ends them.", field(func(i *Inputs) any { return &i.Job.Upload.Partial })},
		{"root", nil, "", "Folder the paths in the reports are relative to.", field(func(i *Inputs) any { return &i.Job.Reports.Root })},
		{"path-map", nil, "", "Prefixes to replace in the reports' paths, as from=to, one a line; an equals sign of a path has a backslash before it.", field(func(i *Inputs) any { return &i.Job.Reports.PathMap })},
		{"ignore", nil, "", "Files to leave out of coverage, as globs, one a line.", field(func(i *Inputs) any { return &i.Job.Reports.Ignore })},
		{"module", nil, "", "CodeAnt: name under which this report is kept apart from others of the commit.", field(func(i *Inputs) any { return &i.Job.Upload.Module })},
		{"module-path", []string{"module_path"}, "", "CodeAnt: folder of the module.", field(func(i *Inputs) any { return &i.Job.Upload.ModulePath })},
		{"scanners", nil, "", "CodeAnt: sast, sca, secrets, antipatterns, iac or all.", field(func(i *Inputs) any { return &i.Job.Scan.Scanners })},
		{"include-paths", []string{"include_paths"}, "", "Scan only these files, as globs.", field(func(i *Inputs) any { return &i.Job.Scan.Include })},
		{"exclude-paths", []string{"exclude_paths"}, "", "Leave these files out of the scan, as globs.", field(func(i *Inputs) any { return &i.Job.Scan.Exclude })},
		{"sarif-files", nil, "", "Results of local tools as SARIF files, as globs.", field(func(i *Inputs) any { return &i.Job.Scan.Sarif })},
		{"fail-on-gate", nil, "true", "Make the job red when a gate fails.", field(func(i *Inputs) any { return &i.Job.FailOnGate })},
		{"fail-on-error", nil, "true", "Make the job red when the service cannot be used.", field(func(i *Inputs) any { return &i.Job.Tolerance.FailOnError })},
		{"skip-if-no-token", nil, "auto", "true, false, or auto: skip with a notice where a run cannot have secrets (forks, Dependabot), fail elsewhere.", skip},
		{"timeout", []string{"scan_timeout"}, "10m", "Longest wait in all: seconds, or a number with s, m or h.", field(func(i *Inputs) any { return &i.Job.Wait.Timeout })},
		{"poll-interval", []string{"poll_interval", "pollInterval"}, "", "Time between two questions; without it what suits the service.", field(func(i *Inputs) any { return &i.Job.Wait.PollInterval })},
		{"base-url", []string{"api-base", "api_base", "codacy-api-base-url", "baseUrl"}, "", "Address of the service, if it is not the public one.", field(func(i *Inputs) any { return &i.BaseURL })},
		{"forge-url", []string{"base_url"}, "", "Web address of the forge, if it is not this CI's own.", field(func(i *Inputs) any { return &i.ForgeWeb })},
		{"provider", []string{"platform"}, "", "Where the repository is hosted, if it is not this CI's own forge.", field(func(i *Inputs) any { return &i.Provider })},
		{"organization", nil, "", "Owner of the repository, if it is not this one.", field(func(i *Inputs) any { return &i.Organization })},
		{"repository", nil, "", "Repository, if it is not this one.", field(func(i *Inputs) any { return &i.Repository })},
		{"commit", []string{"commit-uuid"}, "", "Commit, if it is not the head of this run.", field(func(i *Inputs) any { return &i.Commit })},
		{"branch", nil, "", "Branch, if it is not this run's.", field(func(i *Inputs) any { return &i.Branch })},
		{"pull-request", nil, "", "Pull request, if it is not this run's.", field(func(i *Inputs) any { return &i.PullRequest })},
		{"working-directory", nil, "", "Folder to work in.", field(func(i *Inputs) any { return &i.Directory })},
		{"config", nil, "", "Configuration file; without it .gatewright.yml if there is one.", field(func(i *Inputs) any { return &i.Job.Rules.Config })},
		{"base", nil, "", "Commit or branch that the change left, if it is not what the CI says of the pull request.", field(func(i *Inputs) any { return &i.Job.Facts.Base })},
		{"pack", nil, "", "File to hand the facts over in to a job that has secrets, such as one on workflow_run; nothing is sent, and no token is needed.", field(func(i *Inputs) any { return &i.Job.PackTo })},
		{"from", nil, "", "File that a job with pack wrote, in the place of reports, changed lines and findings; it must be of the run that this one follows.", field(func(i *Inputs) any { return &i.Job.Facts.From })},
		{"baseline", nil, "", "Coverage to compare with: a report of an earlier run, as gatewright coverage convert --to json writes it.", field(func(i *Inputs) any { return &i.Job.Facts.Baseline })},
		{"baseline-store", nil, "", "Where runs on the base branch keep their coverage for those on pull requests: artifact, as by itself where the CI is the forge's own; cache or cache:DIR, a folder that the CI caches; branch:NAME or notes, a reference of the repository; file, the one of baseline; none.", field(func(i *Inputs) any { return &i.Job.Facts.BaselineStore })},
		{"baseline-branch", nil, "", "Branches whose runs keep a baseline, as globs, one a line; without it main, master, develop, trunk and release/**.", field(func(i *Inputs) any { return &i.Job.Facts.BaselineBranches })},
		{"findings-baseline", nil, "", "Results of an earlier run as SARIF files, as globs, to tell new findings from old ones; without it those on changed lines are new.", field(func(i *Inputs) any { return &i.Job.Facts.FindingsBaseline })},
		{"min-total", nil, "", "Least line coverage of everything, in percent. Like all rules it may end in :warn and :missing=pass.", field(func(i *Inputs) any { return &i.Job.Rules.MinTotal })},
		{"min-patch", nil, "", "Least coverage of the changed lines, in percent.", field(func(i *Inputs) any { return &i.Job.Rules.MinPatch })},
		{"min-branches", nil, "", "Least share of all branches that ran, in percent.", field(func(i *Inputs) any { return &i.Job.Rules.MinBranches })},
		{"partials", nil, "", "What a line counts as that ran without all of its branches: hit or miss.", choice(func(i *Inputs) *string { return &i.Job.Rules.Partials }, "hit", "miss")},
		{"max-unreported", nil, "", "Most changed files of code that no report names, tests aside.", field(func(i *Inputs) any { return &i.Job.Rules.MaxUnreported })},
		{"max-lost", nil, "", "Most files of the baseline that the commit has and no report names any more.", field(func(i *Inputs) any { return &i.Job.Rules.MaxLost })},
		{"max-drop", nil, "", "Largest loss of total coverage against the baseline, in percentage points.", field(func(i *Inputs) any { return &i.Job.Rules.MaxDrop })},
		{"flaky", nil, "", "Whether max-drop counts lines that flip back and forth over the kept runs: count or ignore.", choice(func(i *Inputs) *string { return &i.Job.Rules.Flaky }, "count", "ignore")},
		{"min-path", nil, "", "Least coverage of the files that match, as glob=percent, one a line.", field(func(i *Inputs) any { return &i.Job.Rules.MinPath })},
		{"max-new", nil, "", "Most new findings of a severity and those above it, as severity=number, one a line; severity!=number counts it alone.", field(func(i *Inputs) any { return &i.Job.Rules.MaxNew })},
		{"require", nil, "", "Services whose own verdict must be a pass.", field(func(i *Inputs) any { return &i.Job.Rules.Require })},
		{"tests", nil, "", "Results of tests, JUnit XML, as globs.", field(func(i *Inputs) any { return &i.Job.Facts.Tests })},
		{"tests-baseline", nil, "", "Results of tests of an earlier run, to compare their time with.", field(func(i *Inputs) any { return &i.Job.Facts.TestsBaseline })},
		{"max-failed", nil, "", "Most tests that fail.", field(func(i *Inputs) any { return &i.Job.Rules.MaxFailed })},
		{"max-flaky", nil, "", "Most tests that fail and pass when they are run again.", field(func(i *Inputs) any { return &i.Job.Rules.MaxFlaky })},
		{"max-slower", nil, "", "Most percent by which the tests may take longer than in tests-baseline.", field(func(i *Inputs) any { return &i.Job.Rules.MaxSlower })},
		{"trend", nil, "", "File that keeps total coverage of each run, one JSON object a line, and is shown as a line.", field(func(i *Inputs) any { return &i.Job.Publish.Trend })},
		{"name", nil, "", "Name of this gate where a pull request has several: in the title, the comment, the status and the JUnit suite, so that none overwrites another.", field(func(i *Inputs) any { return &i.Job.Publish.Name })},
		{"comment", nil, "", "Keep one comment with the result on the pull request: true or always, on-change, on-failure, or false.", field(func(i *Inputs) any { return &i.Job.Publish.Comment })},
		{"status", nil, "false", "Set the commit's status gatewright/gate, or gatewright/ and the name.", field(func(i *Inputs) any { return &i.Job.Publish.Status })},
		{"statuses", nil, "", "Set further statuses of the commit, for total and for patch coverage: total, patch.", statuses},
		{"annotations", nil, "", "Mark uncovered changed lines and new findings: true or false; true without it.", field(func(i *Inputs) any { return &i.Job.Publish.Annotate })},
		{"insecure-http", nil, "false", "Allow plain http to hosts other than this machine.", field(func(i *Inputs) any { return &i.InsecureHTTP })},
		{"github-token", nil, "", "Token for the comment and for the changed lines of the pull request.", field(func(i *Inputs) any { return &i.Asking.ForgeToken })},
		{"reports-dir", nil, "", "Folder to write the results into, as files that CIs and tools read; without it none are written.", field(func(i *Inputs) any { return &i.Job.Publish.ReportsDir })},
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
		if err := input.set(&in, v); err != nil && wrong == nil {
			wrong = fault.As(fault.Input, fmt.Errorf("input %s: %w", v.name, err))
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
