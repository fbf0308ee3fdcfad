package ci

import (
	"cmp"
	"context"
	"slices"
	"strings"

	"github.com/gatewright/gatewright/internal/fault"
	"github.com/gatewright/gatewright/internal/git"
)

// Start returns the commit that the change of the run starts from: what HEAD
// has more than it is the change. named is a commit or branch that the user
// compares with, or "". An error means that it is not known, and why: the
// change is then missing data. It is never guessed for a pull request, and
// never HEAD.
func (r Run) Start(ctx context.Context, repo *git.Repo, named string) (string, error) {
	if c := r.Checkout; repo == nil || c.Standing == NoGit || c.Standing == Other || c.Standing == "" {
		reason := cmp.Or(c.Missing.Reason, git.ErrNoRepository.Error())
		return "", fault.WithHint(fault.Errorf(fault.Input, "the changed lines are not known: %s", reason), "%s", c.Missing.Hint)
	}
	// A pull request whose change is empty, as far as the checkout shows, would have
	// no line to judge and pass: it is far more likely that the base is checked out.
	start, err := r.start(ctx, repo, named)
	if err == nil && start == r.Checkout.Head && r.Proposed() {
		return "", fault.WithHint(fault.Errorf(fault.Input, "the changed lines are not known: HEAD, %.10s, holds nothing that the base lacks", start),
			"check out the pull request's head, or its merge with the base")
	}
	return start, err
}

func (r Run) start(ctx context.Context, repo *git.Repo, named string) (string, error) {
	switch {
	case named != "":
		return parting(ctx, repo, r.Checkout.Head, []string{named})
	// The merge that is checked out was made from this base: nothing is nearer.
	case r.Checkout.Base != "" && r.mergedInto(ctx, repo):
		if id, err := repo.Resolve(ctx, r.Checkout.Base); err == nil {
			return id, nil
		}
		return "", fault.WithHint(fault.Errorf(fault.Input, "the checkout is shallow and does not hold %.10s, the base that the pull request was merged with", r.Checkout.Base), fetchDepth)
	case r.BaseCommit != "" && r.ofFork(repo): // whose main is not main
		return parting(ctx, repo, r.Checkout.Head, []string{r.BaseCommit})
	case r.BaseCommit != "" || r.BaseBranch != "":
		return parting(ctx, repo, r.Checkout.Head, []string{r.BaseCommit, r.BaseBranch})
	case r.NoPullRequest.Reason != "":
		return "", fault.WithHint(fault.Errorf(fault.Input, "%s", r.NoPullRequest.Reason), "%s", r.NoPullRequest.Hint)
	case r.Proposed():
		hint := "name it with --base, such as --base origin/main"
		if r.System == GitLab {
			hint += ", or run the job in merge request pipelines"
		}
		return "", fault.WithHint(fault.Errorf(fault.Input, "the CI does not say what the base of the pull request is"), "%s", hint)
	default:
		return r.leftDefault(ctx, repo)
	}
}

// mergedInto reports whether the base that the merge in hand was made from is the
// pull request's, as far as the checkout shows. A merge of the proposed commits could
// be made and worded so that it looks like the CI's, and hides one of its parents.
func (r Run) mergedInto(ctx context.Context, repo *git.Repo) bool {
	if r.BaseBranch == "" || r.System == GitLab || r.ofFork(repo) { // GitLab names its commit itself, a train's is on no branch
		return true
	}
	tip, err := resolveAny(ctx, repo, r.BaseBranch)
	if err != nil {
		return true
	}
	base, err := repo.MergeBase(ctx, r.Checkout.Base, tip)
	return err != nil || base == "" || base == r.Checkout.Base
}

// ofFork reports whether the checkout came from the fork that the pull request
// is from, as where GitLab runs its pipeline there: its branches are the fork's.
func (r Run) ofFork(repo *git.Repo) bool {
	remote, ok := repo.Remote()
	owner := ownerOf(remote)
	return ok && r.FromFork && r.HeadOwner != "" && strings.EqualFold(owner, r.HeadOwner) && !strings.EqualFold(owner, r.Owner)
}

// leftDefault compares with the default branch: outside of a pull request, who
// asks for changed lines means those since they left it.
func (r Run) leftDefault(ctx context.Context, repo *git.Repo) (string, error) {
	// HEAD of the remote is what the clone saw; actions/checkout writes none, and
	// then only names that are usual are left.
	var revs []string
	for _, name := range append([]string{"refs/remotes/origin/HEAD"}, git.MainBranches()...) {
		revs = append(revs, revisions(name)...)
	}
	repo.Ask(ctx, revs...)
	for _, rev := range revs {
		if _, err := repo.Resolve(ctx, rev); err == nil {
			return parting(ctx, repo, r.Checkout.Head, []string{rev})
		}
	}
	hint := "name it with --base"
	if repo.Shallow() {
		hint = fetchDepth
	}
	return "", fault.WithHint(fault.Errorf(fault.Input, "no branch to compare with: this is no pull request, and there is no main, master, develop or trunk"), "%s", hint)
}

// revisions are what a name may stand for: a branch of the remote first, since
// a local one may be old, and any branch before a tag, which git itself prefers.
func revisions(name string) []string {
	if at := strings.IndexAny(name+"~", "~^@"); git.IsID(name) || name[:at] == "HEAD" { // the remote's HEAD is another
		return []string{name}
	}
	branch := strings.TrimPrefix(name, "refs/heads/")
	return []string{"refs/remotes/origin/" + branch, "refs/heads/" + branch, name}
}

// parting returns the commit where HEAD left what the names stand for. Of
// several the latest counts: the base commit that a CI names may be hours
// behind its branch, and a branch of the checkout may be old as well. One that
// holds HEAD itself counts only alone, as where the pull request is merged.
func parting(ctx context.Context, repo *git.Repo, head string, names []string) (string, error) {
	var found []string
	var missing error
	known := false
	for _, name := range names {
		if name == "" {
			continue
		}
		id, err := resolveAny(ctx, repo, name)
		if err != nil {
			missing = cmp.Or(missing, err)
			continue
		}
		known = true
		if base, err := repo.MergeBase(ctx, id, head); err == nil && base != "" {
			found = append(found, base)
		}
	}
	// A base that holds HEAD has taken the change in already, as where a merged
	// pull request runs again.
	if others := slices.DeleteFunc(slices.Clone(found), func(id string) bool { return id == head }); len(others) > 0 {
		found = others
	}
	switch {
	case ctx.Err() != nil:
		return "", ctx.Err()
	case len(found) > 0:
		return latest(ctx, repo, found), nil
	case repo.Shallow():
		return "", fault.WithHint(fault.Errorf(fault.Input, "the checkout is shallow and holds no common commit of %s and HEAD, %.10s", cmp.Or(names...), head), fetchDepth)
	case !known:
		return "", fault.WithHint(fault.Errorf(fault.Input, "the base of the change is not known: %w", missing), "fetch it, or name another with --base")
	default:
		return "", fault.WithHint(fault.Errorf(fault.Input, "%s and HEAD, %.10s, have no common history", cmp.Or(names...), head), "name the branch it left with --base")
	}
}

// ask has the checkout look for all that the run names at once.
func (r *Run) ask(ctx context.Context, repo *git.Repo) {
	if repo == nil {
		return
	}
	names := []string{"HEAD", r.Commit, r.BaseCommit}
	if r.BaseBranch != "" {
		names = append(names, revisions(r.BaseBranch)...)
	}
	repo.Ask(ctx, names...)
}

func resolveAny(ctx context.Context, repo *git.Repo, name string) (id string, err error) {
	repo.Ask(ctx, revisions(name)...)
	for _, rev := range revisions(name) {
		if id, err = repo.Resolve(ctx, rev); err == nil {
			return id, nil
		}
	}
	return "", err
}

// latest returns the commit that all others are ancestors of.
func latest(ctx context.Context, repo *git.Repo, commits []string) string {
	last := commits[0]
	for _, c := range commits[1:] {
		if c == last {
			continue
		}
		// Commits that do not lie on one line stay as they were named: the CI's word
		// precedes that of a branch.
		if base, err := repo.MergeBase(ctx, last, c); err == nil && base == last {
			last = c
		}
	}
	return last
}
