package ci

import "strings"

// check is a check_suite, or a check_run, which has its suite's branch.
type check struct {
	HeadSHA      string        `json:"head_sha"`
	HeadBranch   string        `json:"head_branch"` // null of a fork's
	PullRequests []pullRequest `json:"pull_requests"`
	Suite        *check        `json:"check_suite"`
}

type branch struct {
	Name string `json:"name"`
}

// check is a run that a check started, on the default branch: a verdict on that
// would be none on the commit that was checked.
func (d *detector) check(c check) {
	r := &d.run
	d.started(c.HeadSHA, "event head_sha")
	if c.HeadBranch == "" && c.Suite != nil {
		c.HeadBranch = c.Suite.HeadBranch
	}
	d.put("branch", &r.Branch, c.HeadBranch, "event head_branch")
	// GitHub names the pull requests of the repository's own branches, and of a fork
	// neither pull request nor branch.
	switch n := d.named(c.PullRequests, "event pull_requests"); {
	case n > 1:
		r.NoPullRequest = Missing{Reason: "the check is of several pull requests", Hint: "name one with --pull-request"}
	case n == 0 && c.HeadBranch == "":
		r.NoPullRequest = Missing{Reason: "the check is of a fork's commit, and its event names no pull request", Hint: "name it with --pull-request"}
	}
}

// started takes the commit that a run of the default branch is about, which may be
// its own.
func (d *detector) started(commit, origin string) {
	r := &d.run
	tip := r.Commit
	r.Branch = ""
	if d.put("commit", &r.Commit, commit, origin); r.Commit != tip {
		r.BaseTip = tip
	}
}

// status is a run that a status of a commit started.
func (d *detector) status(p payload) {
	r := &d.run
	d.started(p.SHA, "event sha")
	for _, b := range p.Branches {
		// The default branch's commit is no proposal, whatever else has it.
		if r.Branch == "" || b.Name == p.Repository.DefaultBranch {
			d.put("branch", &r.Branch, b.Name, "event branches")
		}
	}
	if r.Branch == "" || r.Branch != p.Repository.DefaultBranch {
		r.NoPullRequest = Missing{Reason: "the event of a status names no pull request", Hint: "name it with --pull-request, or start the run by the pull request itself"}
	}
}

// named takes the pull request that an event names, if that is one, and returns
// how many of this repository it names.
func (d *detector) named(all []pullRequest, origin string) int {
	r := &d.run
	var own []pullRequest
	for _, pr := range all { // those of forks of this repository may be among them
		if pr.Number > 0 && (pr.URL == "" || strings.Contains(strings.ToLower(pr.URL), "/repos/"+strings.ToLower(r.FullName())+"/pulls/")) {
			own = append(own, pr)
		}
	}
	if len(own) == 1 {
		r.PullRequest, r.Origin["pullRequest"] = own[0].Number, origin
		d.put("baseCommit", &r.BaseCommit, own[0].Base.SHA, origin)
		d.put("baseBranch", &r.BaseBranch, own[0].Base.Ref, origin)
	}
	return len(own)
}

// numbered says so where the event is a pull request's and has no number.
func (d *detector) numbered() {
	if d.run.PullRequest == 0 {
		d.run.NoPullRequest = Missing{"the event does not say which pull request it is of", "name it with --pull-request"}
	}
}
