package ci

import (
	"context"
	"encoding/json"
	"strconv"
	"strings"

	"github.com/gatewright/gatewright/internal/fault"
)

// payload is the part of GitHub's event payloads that is read here
// (docs.github.com, "Webhook events and payloads").
type payload struct {
	Number      int          `json:"number"`
	Before      string       `json:"before"`
	PullRequest *pullRequest `json:"pull_request"`
	WorkflowRun *struct {
		HeadSHA        string        `json:"head_sha"`
		HeadBranch     string        `json:"head_branch"`
		HeadRepository *repository   `json:"head_repository"`
		Repository     *repository   `json:"repository"`
		PullRequests   []pullRequest `json:"pull_requests"`
	} `json:"workflow_run"`
	MergeGroup *struct {
		HeadSHA string `json:"head_sha"`
		HeadRef string `json:"head_ref"`
		BaseSHA string `json:"base_sha"`
		BaseRef string `json:"base_ref"`
	} `json:"merge_group"`
}

type pullRequest struct {
	Number int `json:"number"`
	Head   end `json:"head"`
	Base   end `json:"base"`
}

type end struct {
	SHA  string      `json:"sha"`
	Ref  string      `json:"ref"`
	Repo *repository `json:"repo"`
}

type repository struct {
	FullName string `json:"full_name"`
}

func (d *detector) github(ctx context.Context) error {
	r := &d.run
	r.Forge = "github"
	if r.System == Gitea {
		r.Forge = "gitea"
	}
	d.set("forgeUrl", &r.ForgeURL, "GITHUB_SERVER_URL")
	d.set("event", &r.Event, "GITHUB_EVENT_NAME")
	d.set("workspace", &r.Workspace, "GITHUB_WORKSPACE")
	d.repository(d.env("GITHUB_REPOSITORY"), "GITHUB_REPOSITORY")
	if id := d.env("GITHUB_RUN_ID"); id != "" && r.ForgeURL != "" {
		r.RunURL = r.ForgeURL + "/" + d.env("GITHUB_REPOSITORY") + "/actions/runs/" + id
	}
	d.set("commit", &r.Commit, "GITHUB_SHA")
	if d.env("GITHUB_REF_TYPE") != "tag" {
		d.set("branch", &r.Branch, "GITHUB_HEAD_REF", "GITHUB_REF_NAME")
	}
	p, err := d.event()
	if err != nil {
		return err
	}
	switch {
	case p.PullRequest != nil:
		d.pullRequest(*p.PullRequest)
	case p.WorkflowRun != nil:
		d.workflowRun(p)
	case p.MergeGroup != nil:
		d.put("commit", &r.Commit, p.MergeGroup.HeadSHA, "event merge_group.head_sha")
		d.put("branch", &r.Branch, strings.TrimPrefix(p.MergeGroup.HeadRef, "refs/heads/"), "event merge_group.head_ref")
		d.put("baseCommit", &r.BaseCommit, p.MergeGroup.BaseSHA, "event merge_group.base_sha")
		d.put("baseBranch", &r.BaseBranch, strings.TrimPrefix(p.MergeGroup.BaseRef, "refs/heads/"), "event merge_group.base_ref")
	case strings.HasPrefix(r.Event, "pull_request"):
		d.mergeParents(ctx)
	case r.Event == "push" && strings.Trim(p.Before, "0") != "":
		d.put("baseCommit", &r.BaseCommit, p.Before, "event before")
	}
	return nil
}

func (d *detector) event() (payload, error) {
	var p payload
	path := d.env("GITHUB_EVENT_PATH")
	if path == "" || d.ReadFile == nil {
		return p, nil
	}
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

func (d *detector) pullRequest(p pullRequest) {
	r := &d.run
	d.put("commit", &r.Commit, p.Head.SHA, "event pull_request.head.sha")
	d.put("branch", &r.Branch, p.Head.Ref, "event pull_request.head.ref")
	d.put("baseCommit", &r.BaseCommit, p.Base.SHA, "event pull_request.base.sha")
	d.put("baseBranch", &r.BaseBranch, p.Base.Ref, "event pull_request.base.ref")
	if p.Number > 0 {
		r.PullRequest, r.Origin["pullRequest"] = p.Number, "event pull_request.number"
	}
	// The head repository is null when the fork was deleted.
	if p.Base.Repo != nil {
		r.FromFork = p.Head.Repo == nil || !strings.EqualFold(p.Head.Repo.FullName, p.Base.Repo.FullName)
	}
}

func (d *detector) workflowRun(p payload) {
	r, w := &d.run, p.WorkflowRun
	d.put("commit", &r.Commit, w.HeadSHA, "event workflow_run.head_sha")
	d.put("branch", &r.Branch, w.HeadBranch, "event workflow_run.head_branch")
	if len(w.PullRequests) == 1 {
		pr := w.PullRequests[0]
		r.PullRequest, r.Origin["pullRequest"] = pr.Number, "event workflow_run.pull_requests"
		d.put("baseCommit", &r.BaseCommit, pr.Base.SHA, "event workflow_run.pull_requests")
		d.put("baseBranch", &r.BaseBranch, pr.Base.Ref, "event workflow_run.pull_requests")
	}
	// Secrets are present here even for forks: workflow_run runs in the base repository.
	if w.Repository != nil && w.HeadRepository != nil {
		r.FromFork = !strings.EqualFold(w.Repository.FullName, w.HeadRepository.FullName)
	}
}

// mergeParents finds the head of a pull request whose payload is missing: the
// checkout is then GitHub's merge commit, and its second parent is the head.
func (d *detector) mergeParents(ctx context.Context) {
	ref := d.env("GITHUB_REF")
	if rest, ok := strings.CutPrefix(ref, "refs/pull/"); ok {
		if n, err := strconv.Atoi(strings.Split(rest, "/")[0]); err == nil {
			d.run.PullRequest, d.run.Origin["pullRequest"] = n, "GITHUB_REF"
		}
	}
	if d.Repo == nil || !strings.HasSuffix(ref, "/merge") {
		return
	}
	if parents, err := d.Repo.Parents(ctx, d.run.Commit); err == nil && len(parents) == 2 {
		d.put("commit", &d.run.Commit, parents[1], "git, second parent of GITHUB_SHA")
	}
}
