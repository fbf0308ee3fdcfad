package ci

import (
	"cmp"
	"context"
	"fmt"
	"slices"
	"strings"

	"github.com/gatewright/gatewright/internal/fault"
	"github.com/gatewright/gatewright/internal/git"
)

// Standing is how the checked out commit, HEAD, stands to the commit that the
// run reports on.
type Standing string

// The standings. A run whose commit is not known has none.
const (
	Same       Standing = "same"
	Merge      Standing = "merge"      // of the commit and its base
	Descendant Standing = "descendant" // the commit, and more on top of it
	Other      Standing = "other"      // nothing that is known to hold the commit
	NoGit      Standing = "no git"     // no checkout, or none that can be read
)

// Checkout is what was found out about the checkout, once, by Settle.
type Checkout struct {
	Standing Standing `json:"standing,omitempty"`
	Head     string   `json:"head,omitempty"` // id of HEAD
	Base     string   `json:"base,omitempty"` // the other parent of a Merge; "" if it has none or several
	// Tree is the commit whose files stand for the reported commit's: HEAD,
	// where it is a merge of a commit that the checkout does not hold. ""
	// elsewhere.
	Tree string `json:"-"`
	// OfBase says that HEAD is the base of the pull request, or a commit of the
	// base's branch, and holds nothing of the head; or that the checkout is of
	// another repository, which is Foreign.
	OfBase  bool   `json:"-"`
	Foreign string `json:"-"`
	// Missing says why lines and files of HEAD are not those of the commit.
	Missing Missing `json:"missing,omitzero"`
}

// fetchDepth says how to fetch history that a shallow checkout lacks.
const fetchDepth = `fetch the history of both branches: "fetch-depth: 0" of actions/checkout, GIT_DEPTH: 0 on GitLab, ` +
	`fetchDepth: 0 on Azure Pipelines, "clone: depth: full" on Bitbucket; or hand over the diff with --diff`

// Settle returns the run with its commit in full, and compares the checkout
// with it. repo may be nil, and cause then says why. It comes last: after what
// the user says and what the forge was asked.
func (r Run) Settle(ctx context.Context, repo *git.Repo, cause error) Run {
	r.ask(ctx, repo)
	if r.Commit != "" && !git.IsID(r.Commit) {
		r.expand(ctx, repo)
	}
	if repo != nil && r.BaseCommit != "" { // Bitbucket's has 12 digits as well
		if id, err := repo.Resolve(ctx, r.BaseCommit); err == nil {
			r.BaseCommit = id
		}
	}
	r.unread(cause)
	r.Checkout = r.standing(ctx, repo, cause)
	return r
}

// expand completes an abbreviated or symbolic commit by the checkout. What
// cannot be completed is never sent.
func (r *Run) expand(ctx context.Context, repo *git.Repo) {
	id, err := resolveCommit(ctx, r.Commit, repo)
	if err != nil {
		r.NoCommit = Missing{
			Reason: fmt.Sprintf("commit %q, from %s, is not a full commit id and not in this checkout", r.Commit, r.Origin["commit"]),
			Hint:   "name all 40 hexadecimal digits with --commit, or check the commit out",
		}
	}
	r.Commit = id
}

func (r *Run) standing(ctx context.Context, repo *git.Repo, cause error) Checkout {
	if repo == nil {
		why := cmp.Or(cause, git.ErrNoRepository)
		return Checkout{Standing: NoGit, Missing: Missing{why.Error(), "hand over the change with --diff FILE, or check the repository out"}}
	}
	head, err := repo.Resolve(ctx, "HEAD")
	if err != nil {
		if hint := fault.Hint(err); hint != "" {
			return Checkout{Standing: NoGit, Missing: Missing{err.Error(), hint}}
		}
		return Checkout{Standing: NoGit, Missing: Missing{"nothing is checked out yet: " + err.Error(), ""}}
	}
	c := Checkout{Head: head}
	// A tag with a message is an object of its own, which GitHub's event of its push names.
	if r.Commit != head && r.Commit != "" {
		if commit, err := repo.Resolve(ctx, r.Commit); err == nil {
			r.Commit = commit
		}
	}
	// Parents are read from the commit itself: a shallow checkout hides them from
	// git log and git rev-list.
	parents, _ := repo.Parents(ctx, head) // without them it is no merge that is known
	at := slices.Index(parents, r.Commit)
	switch {
	case r.Commit == "":
		c.Missing, c.OfBase = r.NoCommit, r.baseIs(head)
		return c
	// A merge counts with the commit as any of its parents, since the CIs differ in
	// their order.
	case r.Commit == head:
		c.Standing = Same
	case at >= 0 && len(parents) > 1:
		c.Standing = Merge
		if len(parents) == 2 {
			c.Base = parents[1-at]
		}
		// A checkout of depth 1 holds the merge alone; its files are then the nearest
		// that there are to the head's.
		if _, err := repo.Resolve(ctx, r.Commit); err != nil {
			c.Tree = head
		}
	// Only the commit that GitLab itself names for the run: any other with parents
	// might be a stranger's.
	case r.System == GitLab && head == r.Tested && len(parents) > 0:
		// A merge train may squash or rebase: its commit holds the head's change
		// without the head.
		c.Standing, c.Base, c.Tree = Merge, parents[0], head
	case at >= 0 || r.descends(ctx, repo, head):
		c.Standing = Descendant
	default:
		c.Standing, c.Foreign = Other, r.foreign(repo)
		c.OfBase = c.Foreign != "" || r.baseIs(head) || r.PullRequest > 0 && r.onBase(ctx, repo, head)
		c.Missing = r.otherwise(c, repo.Shallow())
	}
	return c
}

func (r *Run) descends(ctx context.Context, repo *git.Repo, head string) bool {
	base, err := repo.MergeBase(ctx, r.Commit, head)
	return err == nil && base == r.Commit
}

// otherwise says why HEAD is not the commit.
func (r *Run) otherwise(c Checkout, shallow bool) Missing {
	m := Missing{Reason: fmt.Sprintf("HEAD is %.10s, not the commit reported on, %.10s, nor a merge of it", c.Head, r.Commit)}
	switch {
	case c.Foreign != "":
		return Missing{fmt.Sprintf("the checkout is of %s, not of %s", c.Foreign, r.FullName()), "work in the checkout of " + r.FullName() + ", or name what is checked out with --repository and --commit"}
	case c.OfBase:
		m.Reason = fmt.Sprintf("HEAD is %.10s, which is the base and not the commit reported on, %.10s", c.Head, r.Commit)
	case shallow:
		m.Reason += ", as far as this shallow checkout shows"
	}
	switch r.Event {
	case "pull_request_target", "issue_comment":
		m.Hint = `check out the pull request's head in a job without secrets ("on: pull_request"), and hand its results over: gatewright coverage pack there, gatewright gate --from PACK here`
	case "workflow_run":
		m.Hint = "let the first workflow hand its results over: gatewright coverage pack there, gatewright gate --from PACK here"
	default:
		m.Hint = "check out the commit that is reported on, or name the one that is checked out with --commit"
	}
	return m
}

// baseIs reports whether a commit is the base of the pull request, or what the run
// was started on for the sake of another commit.
func (r *Run) baseIs(commit string) bool {
	switch {
	case commit == "":
		return false
	case r.PullRequest > 0:
		return commit == r.BaseCommit || commit == r.BaseTip
	default: // a workflow_run hands over what was measured elsewhere
		return commit == r.BaseTip && r.Event != "workflow_run"
	}
}

// onBase reports whether a commit, such as a HEAD that does not hold the pull
// request's head, is one of the base's branch.
func (r *Run) onBase(ctx context.Context, repo *git.Repo, commit string) bool {
	if r.BaseBranch == "" {
		return false
	}
	tip, err := resolveAny(ctx, repo, r.BaseBranch)
	if err != nil {
		return false
	}
	base, err := repo.MergeBase(ctx, commit, tip)
	return err == nil && base == commit
}

// Booking says what stands against booking what was measured in this checkout
// to the run's commit: a warning, or, where it is surely that of the base and
// nobody named the commit, an error.
func (r Run) Booking() (warning string, err error) {
	c := r.Checkout
	// A workflow_run hands a pack over and measures nothing. Who names the commit
	// knows what is checked out.
	if c.OfBase && r.Event != "workflow_run" && r.Origin["commit"] != "flag" {
		reason := c.Missing.Reason
		if r.Commit == "" {
			reason = fmt.Sprintf("HEAD is %.10s, which is the base: %s", c.Head, reason)
		}
		whose := "the commit's"
		if r.Proposed() {
			whose = "the pull request's"
		}
		return "", fault.WithHint(fault.Errorf(fault.Input, "%s: its coverage would be taken for %s", reason, whose), "%s", c.Missing.Hint)
	}
	switch c.Standing {
	case Other:
		return c.Missing.Reason + "; coverage measured here is not that commit's", nil
	case Descendant:
		return fmt.Sprintf("HEAD is %.10s, a descendant of the commit reported on, %.10s: its lines may have moved", c.Head, r.Commit), nil
	default:
		return "", nil
	}
}

// githubMerge is the message of the commit in which GitHub merges a pull
// request to test it.
var githubMerge = lazily(`(?m)^Merge ([0-9a-f]{40,64}) into [0-9a-f]{40,64}$`)

// headOfMerge finds the head where the CI names only the commit that it has
// checked out, which may be its own merge of the head and the base. Which
// parent is the head differs: GitHub puts the base first, Jenkins the head.
func (d *detector) headOfMerge() {
	r := &d.run
	if !d.entry.merges || r.PullRequest == 0 || r.Tested != "" || d.Repo == nil || r.Commit == "" {
		return
	}
	parents, err := d.Repo.Parents(d.ctx, r.Commit)
	if err != nil || len(parents) != 2 {
		return
	}
	remote := func(branch string) string {
		id, _ := d.Repo.Resolve(d.ctx, "refs/remotes/origin/"+branch)
		return id
	}
	// A head that is a merge itself, as of main into the branch, has two parents as
	// well and must stay what it is.
	name := d.env("BRANCH_NAME")
	if name != "" && remote(name) == r.Commit || r.Branch != "" && remote(r.Branch) == r.Commit {
		return // the head is a merge itself
	}
	message, _ := d.Repo.Commit(d.ctx, r.Commit)
	base := remote(r.BaseBranch)
	if base == "" && r.BaseBranch != "" {
		base, _ = d.Repo.Resolve(d.ctx, "refs/heads/"+r.BaseBranch)
	}
	head := ""
	switch m := githubMerge().FindStringSubmatch(message); {
	case m != nil && slices.Contains(parents, m[1]):
		head = m[1]
	case base != "" && slices.Contains(parents, base):
		head = parents[1-slices.Index(parents, base)]
	case d.merged:
		head = parents[1]
	case strings.HasSuffix(name, "-merge"), strings.Contains(message, "<nobody@nowhere>"): // Jenkins, the head first
		head = parents[0]
	default:
		r.Doubts = append(r.Doubts, fmt.Sprintf("%.10s, from %s, is a merge of two commits; if the CI made it, name the pull request's head with --commit", r.Commit, r.Origin["commit"]))
		return
	}
	r.Tested = r.Commit
	d.put("commit", &r.Commit, head, "git, a parent of "+r.Origin["commit"])
}

// pullMerge is the name under which actions/checkout and Azure's agent keep the merge
// that they test: no branch can take it.
var pullMerge = lazily(`^refs/remotes/pull/[0-9]{1,9}/merge$`)

// loneMerge reads the merge that a forge made to test a pull request where no
// variable of the CI is here, as in a container that a step starts without them.
// No service knows that commit, and what it changes would not be judged. Its message
// proves nothing: whoever proposes a change could write one. A merge that no reference
// leads to is somebody's test of something.
func (d *detector) loneMerge() {
	r := &d.run
	// On a branch it is somebody's own.
	if d.Repo == nil || cmp.Or(r.Branch, r.Event) != "" || r.Commit == "" || r.PullRequest > 0 {
		return
	}
	parents, err := d.Repo.Parents(d.ctx, r.Commit)
	if err != nil || len(parents) != 2 {
		return
	}
	out, err := d.Repo.Run(d.ctx, "for-each-ref", "--points-at="+r.Commit, "--format=%(refname)", "refs/heads/", "refs/remotes/", "refs/tags/")
	names := strings.Fields(out)
	others := slices.DeleteFunc(slices.Clone(names), pullMerge().MatchString)
	switch pulls := len(names) - len(others); {
	case err != nil, pulls == 0 && len(others) > 0:
	case pulls == 1:
		r.Tested = r.Commit
		d.put("commit", &r.Commit, parents[1], "git, the second parent of HEAD")
		name := names[slices.IndexFunc(names, pullMerge().MatchString)]
		r.PullRequest, r.Origin["pullRequest"], r.NoPullRequest = numberOf(strings.TrimPrefix(name, "refs/remotes/")), "git, "+name, Missing{}
	case r.System == Git && (pulls > 0 || !d.reached()):
		r.NoPullRequest = unsaid("HEAD is a merge that no branch has, and there is no variable of a CI", handOver)
	}
}
