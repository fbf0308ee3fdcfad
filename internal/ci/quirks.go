package ci

import (
	"strings"

	"github.com/gatewright/gatewright/internal/git"
)

// render reads the one thing that Render says of a pull request: that it is one.
func (d *detector) render() error {
	if d.value("IS_PULL_REQUEST") != "" {
		d.run.NoPullRequest = Missing{Reason: "Render does not say which pull request this is", Hint: "name it with --pull-request"}
	}
	return nil
}

// noPull takes back a pull request that the run may not be of.
func (d *detector) noPull() {
	// A pull request that is wrong is worse than none: its comment and its status
	// would be somebody else's.
	d.run.PullRequest, d.run.Event = 0, ""
	delete(d.run.Origin, "pullRequest")
}

// queue reads a group of GitHub's merge queue from its branch, which any CI may
// build: gh-readonly-queue/BASE/pr-N-COMMIT, with the pull request that was added
// last and the commit below the group.
func (d *detector) queue() {
	name, of := strings.CutPrefix(d.run.Branch, "gh-readonly-queue/")
	at := strings.LastIndex(name, "/pr-")
	if !of || at < 1 || d.run.PullRequest > 0 || d.run.MergeQueue && d.run.BaseCommit != "" {
		return
	}
	number, below, _ := strings.Cut(name[at+len("/pr-"):], "-")
	if number == "" || strings.Trim(number, "0123456789") != "" || !git.IsID(below) {
		return
	}
	d.run.MergeQueue = true
	d.put("baseBranch", &d.run.BaseBranch, name[:at], d.run.Origin["branch"])
	d.put("baseCommit", &d.run.BaseCommit, below, d.run.Origin["branch"])
}

// circle looks again at the pull request, of which CircleCI names any one where
// the branch has several, and that of the merge where there was one.
func (d *detector) circle() error {
	r := &d.run
	// CIRCLE_PROJECT_USERNAME may be the name that an organization shows.
	if strings.Contains(r.Origin["repository"], "USERNAME") && d.Repo != nil {
		if _, ok := d.Repo.Remote(); ok {
			r.Owner = ""
		}
	}
	if branch := d.env("CIRCLE_BRANCH"); r.PullRequest == 0 && strings.HasPrefix(branch, "pull/") && mergeRef().MatchString(branch) { // a fork's
		r.PullRequest, r.Origin["pullRequest"], r.Event, r.FromFork = numberOf(branch), "CIRCLE_BRANCH", "pull_request", true
	}
	if r.PullRequest == 0 || r.Origin["pullRequest"] != "CIRCLE_PULL_REQUEST" {
		return nil
	}
	// CIRCLE_PULL_REQUEST is any one of several, and stays after the merge on the
	// branch that was merged into.
	all := map[string]bool{}
	for address := range strings.SplitSeq(d.env("CIRCLE_PULL_REQUESTS"), ",") {
		all[strings.TrimSpace(address)] = true
	}
	switch {
	case len(all) > 1:
		d.noPull()
		r.NoPullRequest = Missing{
			Reason: "the branch has more than one open pull request: " + d.env("CIRCLE_PULL_REQUESTS"),
			Hint:   "name it with --pull-request",
		}
	case r.Branch != "" && r.Branch == d.defaultBranch():
		r.Doubts = append(r.Doubts, "CIRCLE_PULL_REQUEST names "+d.env("CIRCLE_PULL_REQUEST")+
			", which is taken for one that was merged into "+r.Branch+"; if it is open, name it with --pull-request")
		d.noPull()
	}
	return nil
}

// jenkins looks again at GIT_COMMIT and GIT_URL: they may be those of a shared
// library, which a pipeline checks out beside its own repository. Where the
// repository is known otherwise, the checkout may be the library's instead.
func (d *detector) jenkins() error {
	r := &d.run
	if d.Repo == nil || r.Origin["commit"] != "GIT_COMMIT" {
		return nil
	}
	if _, err := d.Repo.Resolve(d.ctx, r.Commit); err == nil {
		return nil
	}
	of := strings.HasPrefix(r.Origin["repository"], "GIT_URL")
	if !of && r.foreign(d.Repo) != "" {
		return nil
	}
	r.Commit = ""
	if _, ok := d.Repo.Remote(); ok && of {
		r.Owner, r.Name = "", ""
	}
	return nil
}

// defaultBranch is the remote's as the checkout knows it, or a name that is
// usual for it and is the run's.
func (d *detector) defaultBranch() string {
	if d.Repo != nil {
		if name := d.Repo.DefaultBranch(d.ctx); name != "" {
			return name
		}
	}
	if d.run.Branch == "master" {
		return d.run.Branch
	}
	return "main"
}

// prow reads a batch, in which several pull requests are merged into the base:
// a group of a merge queue, whose commit is made in the checkout.
func (d *detector) prow() error {
	r := &d.run
	// A presubmit has one pull request, which the table has read.
	if d.env("JOB_TYPE") != "batch" {
		return nil
	}
	r.MergeQueue = true
	r.BaseCommit, r.Origin["baseCommit"] = r.Commit, r.Origin["commit"]
	r.BaseBranch, r.Origin["baseBranch"] = r.Branch, r.Origin["branch"]
	r.Commit, r.Branch = "", ""
	delete(r.Origin, "commit")
	delete(r.Origin, "branch")
	return nil
}

// cloudBuild says what is missing where no substitution of Google Cloud Build
// is mapped to a variable.
func (d *detector) cloudBuild() error {
	if d.run.PullRequest == 0 && d.run.Commit == "" {
		d.run.NoPullRequest = unsaid("Google Cloud Build says nothing of the run by itself", "map its substitutions to variables: COMMIT_SHA, REPO_FULL_NAME, BRANCH_NAME, _PR_NUMBER, _HEAD_BRANCH, _BASE_BRANCH, _HEAD_REPO_URL")
	}
	return nil
}

// codeBuild looks again at the version that a build was started with by hand: a
// branch, a tag or a commit, all of which may be digits. Only pr/7 is a pull request.
func (d *detector) codeBuild() error {
	const from = "CODEBUILD_SOURCE_VERSION"
	if d.run.Origin["pullRequest"] == from && !isReference().MatchString(d.env(from)) {
		d.noPull()
	}
	return nil
}

func unsaid(reason, hint string) Missing {
	return Missing{Reason: reason + ": whether this is a pull request cannot be told", Hint: hint}
}

// unread says that nothing is known of a run outside of a CI whose checkout is there
// and cannot be read, as in an image without git that is handed no variables.
func (r *Run) unread(cause error) {
	if cause != nil && cause != git.ErrNoRepository && r.System == Git && !r.Proposed() { //nolint:errorlint // with a cause, one is there
		r.NoPullRequest = unsaid(cause.Error()+", and there is no variable of a CI", handOver)
	}
}

// reached reports whether a branch or tag leads to the commit, as one that has gone on
// since does.
func (d *detector) reached() bool {
	out, err := d.Repo.Run(d.ctx, "for-each-ref", "--contains="+d.run.Commit, "--count=1", "--format=%(refname)", "refs/heads/", "refs/remotes/", "refs/tags/")
	return err == nil && out != ""
}

// handOver is the way out where nothing is known of a run.
const handOver = "hand the CI's variables over to the container, or the change with --diff"

// defaultOfTeamCity is what TeamCity calls the default branch, whatever its name.
const defaultOfTeamCity = "<default>"

// teamcity reads the parameters of the build where they are not mapped to
// variables. TeamCity keeps them in a file that a second file names.
func (d *detector) teamcity() error {
	r := &d.run
	if r.PullRequest > 0 {
		return nil
	}
	const from = "TEAMCITY_BUILD_PROPERTIES_FILE"
	// The build's own file names that of the parameters, in which branch and pull
	// request are.
	build, _ := d.properties(d.env(from))
	parameters, known := d.properties(build["teamcity.configuration.properties.file"])
	number := parameters["teamcity.pullRequest.number"]
	if branch := strings.TrimPrefix(parameters["teamcity.build.branch"], "refs/"); number == "" && mergeRef().MatchString(branch) {
		number = branch
	}
	switch r.PullRequest = numberOf(number); {
	case r.PullRequest > 0:
		r.Origin["pullRequest"], r.Event = from, "pull_request"
		d.put("branch", &r.Branch, branchName(parameters["teamcity.pullRequest.source.branch"]), from)
		d.put("baseBranch", &r.BaseBranch, branchName(parameters["teamcity.pullRequest.target.branch"]), from)
		d.headRepository()
	case known && r.Branch == "":
		branch := parameters["teamcity.build.branch"]
		if branch == "" || branch == defaultOfTeamCity {
			branch = parameters["vcsroot.branch"]
		}
		d.put("branch", &r.Branch, branchName(branch), from)
	case !known && r.Branch == "" && d.env("TEAMCITY_BUILD_BRANCH") != defaultOfTeamCity:
		r.NoPullRequest = unsaid("TeamCity's parameters are in no variable, and the file of them cannot be read",
			"set TEAMCITY_PULLREQUEST_NUMBER, _SOURCE_BRANCH and _TARGET_BRANCH to the parameters of those names, and TEAMCITY_BUILD_BRANCH to %teamcity.build.branch%")
	}
	return nil
}

// properties reads a file of Java's properties: "name=value" lines, in which a
// backslash takes its meaning from the character behind it.
func (d *detector) properties(name string) (values map[string]string, ok bool) {
	if name == "" || d.ReadFile == nil {
		return nil, false
	}
	text, err := d.ReadFile(name)
	values = map[string]string{}
	for line := range strings.Lines(string(text)) {
		name, value, _ := strings.Cut(strings.TrimSpace(line), "=")
		if !strings.HasPrefix(name, "#") {
			values[name] = unescaped().ReplaceAllString(value, "$1")
		}
	}
	return values, err == nil
}

var unescaped = lazily(`\\(.)`)
