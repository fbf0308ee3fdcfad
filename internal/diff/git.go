package diff

import (
	"context"
	"errors"
	"io"
	"strings"

	"github.com/gatewright/gatewright/internal/fault"
	"github.com/gatewright/gatewright/internal/git"
)

// deepen says how to fetch the history that a shallow checkout lacks.
const deepen = `fetch the history of both branches: "fetch-depth: 0" of actions/checkout, GIT_DEPTH: 0 on GitLab, ` +
	`fetchDepth: 0 on Azure Pipelines, "clone: depth: full" on Bitbucket; or hand over the diff with --diff`

// Git gives what head changes since it left base: the diff from their merge
// base. An empty head is the work tree with what is not committed yet. Where a
// shallow checkout holds no merge base, a merge commit at head is compared with
// its first parent: that is what CIs check out for a pull request.
func Git(ctx context.Context, repo *git.Repo, base, head string) (Change, error) {
	from, err := start(ctx, repo, base, head)
	if err != nil {
		return Change{}, err
	}
	args := []string{
		"diff", "--no-color", "--no-ext-diff", "--no-textconv", "--unified=0", "--inter-hunk-context=0",
		"--find-renames", "-l5000", "--src-prefix=a/", "--dst-prefix=b/", "--submodule=short", "--ignore-submodules=dirty",
		"--full-index", "--end-of-options", from,
	}
	if head != "" {
		args = append(args, head)
	}
	pr, pw := io.Pipe()
	go func() { pw.CloseWithError(repo.Stream(ctx, pw, append(args, "--")...)) }()
	change, err := Parse(pr, "of git")
	_ = pr.Close()
	return change, err
}

// start is the commit to compare with.
func start(ctx context.Context, repo *git.Repo, base, head string) (string, error) {
	tip := head
	if tip == "" {
		tip = "HEAD"
	}
	tip, err := repo.Resolve(ctx, tip)
	if err != nil {
		return "", err
	}
	baseTip, baseErr := repo.Resolve(ctx, base)
	if baseErr == nil {
		if out, err := repo.Run(ctx, "merge-base", baseTip, tip); err == nil {
			return strings.TrimSpace(out), nil
		}
	}
	if !repo.Shallow(ctx) {
		if baseErr != nil {
			return "", fault.WithHint(baseErr, "fetch it, or name another with --base")
		}
		return "", fault.WithHint(fault.Errorf(fault.Input, "%s and %s have no common history", base, short(tip)), "name the branch it left with --base")
	}
	if parents, err := repo.Parents(ctx, tip); err == nil && len(parents) > 1 {
		if _, err := repo.Resolve(ctx, parents[0]); err == nil {
			return parents[0], nil
		}
	}
	return "", fault.WithHint(fault.Errorf(fault.Input, "the checkout is shallow and holds no common commit of %s and %s", base, short(tip)), deepen)
}

func short(id string) string { return id[:min(len(id), 10)] }

// Base finds the branch that a change outside a pull request left: the first
// of the names that this checkout knows, each tried at the remote first.
func Base(ctx context.Context, repo *git.Repo, names ...string) (string, error) {
	var first error
	for _, name := range names {
		if name == "" {
			continue
		}
		for _, rev := range []string{"refs/remotes/origin/" + name, name} {
			_, err := repo.Resolve(ctx, rev)
			if err == nil {
				return rev, nil
			}
			if first == nil {
				first = err
			}
		}
	}
	if first == nil {
		first = errors.New("no pull request tells of one")
	}
	hint := "name it with --base"
	if repo.Shallow(ctx) {
		hint = deepen
	}
	return "", fault.WithHint(fault.Errorf(fault.Input, "no branch to compare with: %w", first), "%s", hint)
}
