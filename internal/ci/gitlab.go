package ci

import (
	"strconv"
	"strings"

	"github.com/gatewright/gatewright/internal/address"
)

// gitlab reads what a table cannot say: merge requests of a branch's pipeline,
// pull requests of an external repository, and where a fork's pipeline runs.
func (d *detector) gitlab() error {
	r := &d.run
	d.set("forgeUrl", &r.ForgeURL, "CI_SERVER_URL", address.Shown)
	if d.env("CI_PIPELINE_SOURCE") == "external_pull_request_event" {
		d.externalPullRequest()
		return nil
	}
	if r.PullRequest == 0 {
		d.openMergeRequest()
	}
	// A fork's pipeline runs in the fork by default, with the fork's secrets; a
	// member may run it in the project itself, with the project's.
	own := d.env("CI_PROJECT_PATH")
	// Compared with the merge request's project, not with whose branch it is.
	r.SecretsWithheld = r.PullRequest > 0 && own != "" && own != r.FullName()
	if r.SecretsWithheld && !r.FromFork {
		r.FromFork = true
		r.HeadOwner, _, _ = cutLast(own)
	}
	return nil
}

// openMergeRequest reads CI_OPEN_MERGE_REQUESTS, which branch pipelines have:
// "group/project!12", separated by commas. The project is that of the number,
// which for a fork's branch is not the pipeline's. Of several the pipeline's
// own counts, if that is one.
func (d *detector) openMergeRequest() {
	const name = "CI_OPEN_MERGE_REQUESTS"
	var all, own []string
	for item := range strings.SplitSeq(d.env(name), ",") {
		if item = strings.TrimSpace(item); item != "" {
			all = append(all, item)
			if strings.HasPrefix(item, d.env("CI_PROJECT_PATH")+"!") {
				own = append(own, item)
			}
		}
	}
	// At most four are listed, and a fork's branch is listed with the project's
	// number, which the fork's own merge requests may have as well.
	if len(own) == 1 {
		all = own
	}
	if len(all) == 0 {
		return
	}
	project, number, _ := strings.Cut(all[0], "!")
	n, err := strconv.Atoi(number)
	owner, repository, ok := cutLast(project)
	if len(all) > 1 || err != nil || !ok {
		d.run.NoPullRequest = Missing{
			Reason: "the branch has more than one open merge request, or one that cannot be read: " + d.env(name),
			Hint:   "name it with --pull-request, or run the job in merge request pipelines",
		}
		return
	}
	d.run.PullRequest, d.run.Origin["pullRequest"] = n, name
	d.run.BaseCommit = "" // of the push before; what the merge request leaves is not told
	delete(d.run.Origin, "baseCommit")
	d.run.Owner, d.run.Name, d.run.Origin["repository"] = owner, repository, name
}

// externalPullRequest reads the pull request of a repository at GitHub, of
// which the project is a mirror that runs its pipelines.
func (d *detector) externalPullRequest() {
	r := &d.run
	d.entry = entry{
		prefix: "CI_EXTERNAL_PULL_REQUEST_", forge: "github", repository: "~TARGET_REPOSITORY", number: "~IID", head: "~SOURCE_REPOSITORY",
		pull:  refs{"~SOURCE_BRANCH_SHA CI_COMMIT_SHA", "CI_COMMIT_SHA", "~SOURCE_BRANCH_NAME", "~TARGET_BRANCH_NAME", "~TARGET_BRANCH_SHA"},
		event: "CI_PIPELINE_SOURCE", url: "CI_JOB_URL CI_PIPELINE_URL", workspace: "CI_PROJECT_DIR",
	}
	// The mirror's own address and commit say nothing of the repository at GitHub.
	r.ForgeURL, r.Tested = "", ""
	d.table()
}
