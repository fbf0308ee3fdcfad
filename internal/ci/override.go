package ci

import (
	"context"
	"slices"
	"strings"

	"github.com/gatewright/gatewright/internal/fault"
	"github.com/gatewright/gatewright/internal/git"
)

// Overrides are what the user says about the run; empty fields change nothing.
type Overrides struct {
	Forge       string // any spelling that ForgeName knows
	ForgeURL    string
	Owner       string
	Name        string // a name, or owner/name if Owner is empty
	Commit      string // full, or anything git resolves in the checkout
	Branch      string
	PullRequest int
}

// Override returns the run with the user's word put over it. repo may be nil.
func (r Run) Override(ctx context.Context, o Overrides, repo *git.Repo) (Run, error) {
	if r.Origin == nil {
		r.Origin = map[string]string{}
	}
	forge := r.Forge
	if o.Forge != "" {
		name, ok := ForgeName(o.Forge)
		if !ok {
			return r, fault.WithHint(fault.Errorf(fault.Input, "unknown provider %q", o.Forge),
				"known: gh or github, ghe, gl or gitlab, gle, bb or bitbucket, bbe, azuredevops, gitea")
		}
		r.Forge, r.Origin["forge"] = name, "flag"
		r.SelfHosted = r.SelfHosted || slices.Contains([]string{"ghe", "gle", "bbe"}, spelled(o.Forge))
	}
	if o.ForgeURL != "" {
		r.ForgeURL, r.Origin["forgeUrl"] = o.ForgeURL, "flag"
	}
	if err := r.overrideRepository(o, forge); err != nil {
		return r, err
	}
	// A reference of a pull request or a tag is no branch, and who repeats what the
	// run says has not said that a fork's main is main.
	if name := branchName(o.Branch); name != "" && name != r.Branch {
		r.Branch, r.Origin["branch"] = name, "flag"
	}
	if o.PullRequest != 0 {
		r.PullRequest, r.Origin["pullRequest"], r.NoPullRequest = o.PullRequest, "flag", Missing{}
		// With a number and a commit there is nothing left to ask the forge for.
		if r.Sought != nil && r.Commit != "" {
			r.Sought = nil
		}
	}
	if o.Commit == "" {
		return r, nil
	}
	commit, err := resolveCommit(ctx, o.Commit, repo)
	if err != nil {
		return r, err
	}
	// Services book coverage to the branch as well as to the commit.
	if commit != r.Commit && o.Branch == "" && r.Origin["branch"] != "flag" {
		r.Branch = "" // it is that of another commit
	}
	r.Commit, r.Origin["commit"], r.NoCommit, r.Sought = commit, "flag", Missing{}, nil
	return r, nil
}

// overrideRepository puts the repository that is named over the run's, which is at
// forge.
func (r *Run) overrideRepository(o Overrides, forge string) error {
	owner, name := o.Owner, o.Name
	if i := strings.LastIndex(name, "/"); i >= 0 {
		owner, name = name[:i], name[i+1:]
		if o.Owner != "" && o.Owner != owner {
			return fault.Errorf(fault.Input, "repository %q names another owner than %q", o.Name, o.Owner)
		}
	}
	if o.Name != "" && name == "" {
		return fault.Errorf(fault.Input, "repository %q has no name", o.Name)
	}
	// A run in a fork that is told to report to the repository it was forked from
	// has the fork's branches.
	if r.Owner != "" && owner != "" && !r.FromFork && !strings.EqualFold(owner, r.Owner) && (name == "" || strings.EqualFold(name, r.Name)) &&
		!strings.Contains(owner+r.Owner, "/") && forge == r.Forge { // elsewhere it is a mirror, and a group has several names
		r.FromFork, r.HeadOwner = true, r.Owner
	}
	if owner != "" {
		r.Owner, r.Origin["repository"] = owner, "flag"
	}
	if name != "" {
		r.Name, r.Origin["repository"] = name, "flag"
	}
	return nil
}

func resolveCommit(ctx context.Context, text string, repo *git.Repo) (string, error) {
	if lower := strings.ToLower(text); git.IsID(lower) {
		return lower, nil
	}
	if repo == nil {
		return "", fault.WithHint(fault.Errorf(fault.Input, "commit %q is not a full commit id", text),
			"outside a git checkout, give all 40 hexadecimal digits")
	}
	return repo.Resolve(ctx, text)
}

func spelled(forge string) string { return strings.ToLower(strings.TrimSpace(forge)) }

// UsualForge is where a repository is taken to be when nothing says, as the
// services' own clients have it.
const UsualForge = "github"

// ForgeName returns the one name used here for a forge, from any of the
// spellings that the services use.
func ForgeName(text string) (string, bool) {
	switch spelled(text) {
	case "gh", "ghe", "github", "githubenterprise", "github_enterprise":
		return "github", true
	case "gl", "gle", "gitlab", "gitlabenterprise", "gitlab_ee":
		return "gitlab", true
	case "bb", "bbe", "bitbucket", "bitbucket_dc", "bitbucket_server", "stash":
		return "bitbucket", true
	case "ado", "azure", "azuredevops", "azure-devops":
		return "azuredevops", true
	case "gitea", "forgejo":
		return "gitea", true
	default:
		return "", false
	}
}
