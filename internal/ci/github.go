package ci

import (
	"cmp"
	"encoding/json"
	"strconv"
	"strings"

	"github.com/gatewright/gatewright/internal/address"
	"github.com/gatewright/gatewright/internal/fault"
)

// payload is the part of GitHub's event payloads that is read here
// (docs.github.com, "Webhook events and payloads").
type payload struct {
	Number      int          `json:"number"`
	Before      string       `json:"before"`
	PullRequest *pullRequest `json:"pull_request"`
	Issue       *struct {
		Number      int              `json:"number"`
		PullRequest *json.RawMessage `json:"pull_request"`
	} `json:"issue"`
	WorkflowRun *workflowRun `json:"workflow_run"`
	MergeGroup  *struct {
		HeadSHA string `json:"head_sha"`
		HeadRef string `json:"head_ref"`
		BaseSHA string `json:"base_sha"`
		BaseRef string `json:"base_ref"`
	} `json:"merge_group"`
	CheckSuite *check   `json:"check_suite"`
	CheckRun   *check   `json:"check_run"`
	SHA        string   `json:"sha"`      // of a status
	Branches   []branch `json:"branches"` // that have it as their head
	Repository struct {
		DefaultBranch string `json:"default_branch"`
	} `json:"repository"`
}

type workflowRun struct {
	ID             int64         `json:"id"`
	Event          string        `json:"event"`
	HeadSHA        string        `json:"head_sha"`
	HeadBranch     string        `json:"head_branch"`
	HeadRepository *repository   `json:"head_repository"`
	Repository     *repository   `json:"repository"`
	PullRequests   []pullRequest `json:"pull_requests"`
}

type pullRequest struct {
	Number int    `json:"number"`
	URL    string `json:"url"`
	Merged bool   `json:"merged"`
	Head   end    `json:"head"`
	Base   end    `json:"base"`
}

type end struct {
	SHA   string      `json:"sha"`
	Ref   string      `json:"ref"`
	Label string      `json:"label"` // "owner:ref"
	Repo  *repository `json:"repo"`
}

type repository struct {
	FullName string `json:"full_name"`
}

// github reads the event's payload over what the variables say.
func (d *detector) github() error {
	r := &d.run
	d.set("forgeUrl", &r.ForgeURL, "GITHUB_SERVER_URL", address.Shown)
	d.runURL()
	// Not every runner says the kind in this word (go-gitea/gitea#25816), and a branch
	// may be called 7/merge or PR-12, which by its name alone is none.
	if ref := d.env("GITHUB_REF"); d.env("GITHUB_REF_TYPE") == "tag" || strings.HasPrefix(ref, "refs/tags/") {
		r.Branch = ""
	} else if name, ok := strings.CutPrefix(ref, "refs/heads/"); ok && r.Branch == "" && name == d.env("GITHUB_REF_NAME") {
		d.put("branch", &r.Branch, name, "GITHUB_REF")
	}
	// GITHUB_SHA is the merge on pull_request, and the base's or default branch's
	// last commit on pull_request_target, workflow_run and issue_comment: the head
	// is in the payload alone.
	p, err := d.event()
	if err != nil {
		return err
	}
	switch {
	case p.PullRequest != nil && p.PullRequest.Merged && d.env("GITHUB_REF") == "refs/heads/"+p.PullRequest.Base.Ref && r.Event == "pull_request":
		// It is over: the run is on the branch that it was merged into.
		d.put("branch", &r.Branch, p.PullRequest.Base.Ref, "event pull_request.base.ref")
		d.put("baseCommit", &r.BaseCommit, p.PullRequest.Base.SHA, "event pull_request.base.sha")
	case p.PullRequest != nil:
		d.pullRequest(p.Number, *p.PullRequest)
	case p.WorkflowRun != nil:
		d.workflowRun(*p.WorkflowRun)
	case p.CheckRun != nil:
		d.check(*p.CheckRun)
	case p.CheckSuite != nil:
		d.check(*p.CheckSuite)
	case r.Event == "status" && p.SHA != "":
		d.status(p)
	case p.MergeGroup != nil:
		r.MergeQueue = true
		d.put("commit", &r.Commit, p.MergeGroup.HeadSHA, "event merge_group.head_sha")
		d.put("branch", &r.Branch, branchName(p.MergeGroup.HeadRef), "event merge_group.head_ref")
		d.put("baseCommit", &r.BaseCommit, p.MergeGroup.BaseSHA, "event merge_group.base_sha")
		d.put("baseBranch", &r.BaseBranch, branchName(p.MergeGroup.BaseRef), "event merge_group.base_ref")
	case p.Issue != nil && p.Issue.PullRequest != nil && p.Issue.Number > 0:
		d.comment(p.Issue.Number)
	// GITHUB_EVENT_PATH is not set: not every runner of these workflows has it. In a
	// container that is handed some of the variables the event's name lacks as well.
	case strings.HasPrefix(r.Event, "pull_request"), strings.HasPrefix(d.env("GITHUB_REF"), "refs/pull/"):
		d.mergeParents()
		d.numbered()
	case r.Event == "":
		r.NoPullRequest = unsaid("GITHUB_EVENT_NAME is not set", "hand all variables that begin with GITHUB_ over to the container, and mount the file of GITHUB_EVENT_PATH; or name the pull request with --pull-request")
	case r.Event == "merge_group":
		r.MergeQueue = true
	case r.Event == "push" && strings.Trim(p.Before, "0") != "":
		d.put("baseCommit", &r.BaseCommit, p.Before, "event before")
	}
	d.githubSecrets()
	return nil
}

// runURL is the address of the run's page. Of Forgejo and Gitea it has the
// number of the run, where GitHub has its id.
func (d *detector) runURL() {
	id := d.env("GITHUB_RUN_ID")
	d.run.RunID = id
	// Gitea up to 1.25 and Forgejo answer 404 to the id (go-gitea/gitea#28621).
	if d.run.System != GitHub {
		if number := d.env("GITHUB_RUN_NUMBER"); number != "" {
			id = number
		}
	}
	if id == "" || d.run.ForgeURL == "" || d.run.Owner == "" {
		return
	}
	d.run.RunURL = d.run.ForgeURL + "/" + d.run.FullName() + "/actions/runs/" + id
	if attempt := d.env("GITHUB_RUN_ATTEMPT"); d.run.System == GitHub && attempt != "" && attempt != "1" {
		d.run.RunURL += "/attempts/" + attempt
	}
}

// githubSecrets says from whom GitHub withholds secrets: forks where the
// workflow is the pull request's, and Dependabot for the events that
// docs.github.com lists ("Dependabot on GitHub Actions"). A schedule or a
// workflow_run has them, whoever is its actor.
func (d *detector) githubSecrets() {
	r := &d.run
	bot := d.env("GITHUB_ACTOR") == "dependabot[bot]"
	switch r.Event {
	case "pull_request", "pull_request_review", "pull_request_review_comment", "workflow_call": // the last is Gitea's
		r.SecretsWithheld = r.FromFork || bot
	case "push", "create", "deployment", "deployment_status":
		r.SecretsWithheld = bot
	case "pull_request_target":
		r.SecretsWithheld = bot && strings.HasPrefix(r.BaseBranch, "dependabot/")
	}
}

func (d *detector) event() (payload, error) {
	var p payload
	path := d.env("GITHUB_EVENT_PATH")
	if path == "" || d.ReadFile == nil {
		return p, nil
	}
	// Without the payload the head of a pull request would be taken for the merge:
	// one that is named and cannot be read ends the run.
	text, err := d.ReadFile(path)
	if err != nil {
		return p, fault.WithHint(fault.Errorf(fault.Input, "read the event payload named by GITHUB_EVENT_PATH: %w", err),
			"in a container job, mount the runner's temporary folder; or name the commit with --commit and unset GITHUB_EVENT_PATH")
	}
	if err := json.Unmarshal(text, &p); err != nil {
		return p, fault.Errorf(fault.Input, "event payload %s: %w", path, err)
	}
	return p, nil
}

// pullRequest reads a pull request, and number, which the event has beside it.
func (d *detector) pullRequest(number int, p pullRequest) {
	r := &d.run
	// On pull_request_target the run's own commit is the base: what was measured in
	// its checkout must not be booked to the head.
	if p.Head.SHA != "" && p.Head.SHA != r.Commit {
		if r.Event == "pull_request_target" {
			r.BaseTip = r.Commit
		} else {
			r.Tested = r.Commit
		}
	}
	d.put("commit", &r.Commit, p.Head.SHA, "event pull_request.head.sha")
	d.put("branch", &r.Branch, p.Head.Ref, "event pull_request.head.ref")
	d.put("baseCommit", &r.BaseCommit, p.Base.SHA, "event pull_request.base.sha")
	d.put("baseBranch", &r.BaseBranch, p.Base.Ref, "event pull_request.base.ref")
	if p.Head.SHA == "" { // written by hand for act, with no more than the branches
		d.mergeParents()
	}
	if number = cmp.Or(p.Number, number); number > 0 {
		r.PullRequest, r.Origin["pullRequest"] = number, "event pull_request.number"
	}
	d.numbered()
	if p.Base.Repo == nil {
		return
	}
	// The head repository is null when the fork was deleted.
	if p.Head.Repo == nil {
		r.FromFork = true
		if owner, _, ok := strings.Cut(p.Head.Label, ":"); ok {
			r.HeadOwner = owner
		}
	} else if !strings.EqualFold(p.Head.Repo.FullName, p.Base.Repo.FullName) {
		r.FromFork = true
		r.HeadOwner, _, _ = cutLast(p.Head.Repo.FullName)
	}
}

// workflowRun is a run that follows another one, in the repository itself and
// with its secrets. Its own commit is the default branch's.
func (d *detector) workflowRun(w workflowRun) {
	r := &d.run
	r.BaseTip = r.Commit
	if w.ID > 0 {
		r.OfRun = strconv.FormatInt(w.ID, 10)
	}
	d.put("commit", &r.Commit, w.HeadSHA, "event workflow_run.head_sha")
	d.put("branch", &r.Branch, w.HeadBranch, "event workflow_run.head_branch")
	switch {
	case w.Repository == nil:
	case w.HeadRepository == nil: // of a fork that was deleted
		r.FromFork = true
	case !strings.EqualFold(w.Repository.FullName, w.HeadRepository.FullName):
		r.FromFork = true
		r.HeadOwner, _, _ = cutLast(w.HeadRepository.FullName)
	}
	// The list is empty for a pull request from a fork (actions/runner#3444), and
	// one of several cannot be chosen: then the forge is asked.
	if d.named(w.PullRequests, "event workflow_run.pull_requests") == 1 {
		return
	}
	if !strings.HasPrefix(w.Event, "pull_request") && !(w.Event == "" && r.FromFork) {
		return
	}
	owner := r.HeadOwner
	if owner == "" {
		owner = r.Owner
	}
	r.Sought = &Sought{Owner: owner, Branch: w.HeadBranch}
	r.NoPullRequest = Missing{
		Reason: "the run that this one follows was a pull request's, and the event does not name it (GitHub names none of a fork's)",
		Hint:   "give the forge's token, so that it can be asked (github-token, GH_TOKEN), or name the pull request with --pull-request",
	}
}

// comment is a run that a comment on a pull request started, on the default
// branch. Only the forge knows the head.
func (d *detector) comment(number int) {
	r := &d.run
	// The commit of the run is the default branch's, and no fact about the pull
	// request: with the number alone nothing is booked.
	r.BaseTip, r.Commit, r.Branch = r.Commit, "", ""
	r.PullRequest, r.Origin["pullRequest"] = number, "event issue.number"
	r.Sought = &Sought{Number: number}
	r.NoCommit = Missing{
		Reason: "a comment started this run, and its event does not name the head of the pull request",
		Hint:   "give the forge's token, so that it can be asked (github-token, GH_TOKEN), or name the head with --commit",
	}
}

// mergeParents finds the head of a pull request whose payload is missing: the
// checkout is then GitHub's merge commit, and its second parent is the head.
func (d *detector) mergeParents() {
	r := &d.run
	ref := d.env("GITHUB_REF")
	if n := numberOf(ref); n > 0 && strings.HasPrefix(ref, "refs/pull/") {
		r.PullRequest, r.Origin["pullRequest"] = n, "GITHUB_REF"
	}
	// Gitea and Forgejo check out the head itself (refs/pull/N/head).
	if strings.HasSuffix(ref, "/head") {
		return
	}
	if d.Repo != nil && r.Event != "pull_request_target" {
		if r.Commit == "" {
			r.Commit, _ = d.Repo.Resolve(d.ctx, "HEAD")
		}
		switch parents, err := d.Repo.Parents(d.ctx, r.Commit); {
		// Act runs the head itself, which may be a merge of the base's branch into its own.
		case err == nil && (len(parents) != 2 || r.onBase(d.ctx, d.Repo, parents[1])):
			return
		case err == nil:
			r.Tested = r.Commit
			d.put("commit", &r.Commit, parents[1], "git, second parent of GITHUB_SHA")
			return
		}
	}
	r.Commit = ""
	r.NoCommit = Missing{Reason: "the event does not name the head of the pull request: its payload is missing", Hint: "name it with --commit"}
}
