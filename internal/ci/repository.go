package ci

import (
	"context"
	"strings"

	"github.com/gatewright/gatewright/internal/fault"
	"github.com/gatewright/gatewright/internal/git"
)

// forge finds the forge's name, where the entry or a variable names it.
func (d *detector) forge() {
	if name, ok := ForgeName(d.entry.forge); ok {
		d.run.Forge = name
		return
	}
	d.set("forge", &d.run.Forge, d.entry.forge, func(v string) string { name, _ := ForgeName(v); return name })
}

// repository reads the repository and, from its addresses, where it is hosted.
func (d *detector) repository() {
	value, source := d.first(d.entry.repository, func(v string) string {
		for _, read := range []func(string) (git.Remote, bool){pullRequestOf, remoteOf} {
			if remote, ok := read(v); ok {
				return ownerOf(remote) + "/" + remote.Name
			}
		}
		if _, _, ok := cutLast(v); !ok || strings.ContainsAny(v, ":@ ") {
			return ""
		}
		return v
	})
	if value == "" {
		return
	}
	d.run.Owner, d.run.Name, _ = cutLast(value)
	d.run.Origin["repository"] = source
	// The address that the repository is cloned from says where it is hosted; a name
	// alone does not.
	for address := range strings.FieldsSeq(d.entry.clone + " " + d.entry.repository) {
		if remote, ok := remoteOf(d.value(address)); ok {
			d.host(remote, address)
			return
		}
	}
}

// remoteOf reads the address of a repository, behind which Screwdriver writes
// the branch.
func remoteOf(text string) (git.Remote, bool) {
	if remote, ok := git.ParseRemote(text); ok {
		return remote, true
	}
	before, branch, _ := strings.Cut(text, "#")
	if strings.Contains(branch, "@") { // the # is one of a password
		return git.Remote{}, false
	}
	return git.ParseRemote(before)
}

// ownerOf returns the owner as the forge calls it, of whose addresses some hold more:
// https://dev.azure.com/ORG/PROJECT/_git/NAME, and https://HOST/scm/PROJECT/NAME.git and
// https://HOST/projects/PROJECT/repos/NAME of a Bitbucket server.
func ownerOf(r git.Remote) string {
	parts := strings.Split(r.Owner, "/")
	n, forge := len(parts), forgeOfHost(r.Host)
	switch {
	case parts[n-1] == "_git" || forge == "azuredevops":
		return azureOwner(r)
	case n > 2 && parts[n-3] == "projects" && parts[n-1] == "repos":
		return parts[n-2]
	case n > 2 && parts[n-3] == "users" && parts[n-1] == "repos":
		return "~" + parts[n-2]
	case n > 1 && parts[n-2] == "scm" && forge == "bitbucket":
		return parts[n-1]
	default:
		return r.Owner
	}
}

// host reads the forge and its web address from an address that the CI named.
func (d *detector) host(remote git.Remote, source string) {
	if d.run.Forge == "" {
		d.run.Forge = forgeOfHost(remote.Host)
	}
	switch remote.Host {
	// These answer on https alone, whatever a CI's variable or ssh says.
	case "github.com", "gitlab.com", "bitbucket.org", "codeberg.org":
		remote.Scheme, remote.Port = "https", "" // Bitbucket says http
	}
	d.put("forgeUrl", &d.run.ForgeURL, remote.Origin(), strings.ReplaceAll(source, "~", d.entry.prefix))
}

// foreign returns the repository that the checkout came from, "" unless it is
// surely another one at the same forge than the run's and its fork.
func (r *Run) foreign(repo *git.Repo) string {
	remote, ok := repo.Remote()
	forge, known := git.ParseRemote(r.ForgeURL + "/any/path")
	owner := ownerOf(remote)
	full := owner + "/" + remote.Name
	// A server may lie below a path, which is then before the owner.
	same := strings.HasSuffix(strings.ToLower("/"+full), strings.ToLower("/"+r.FullName()))
	if !ok || !known || same || remote.Host != forge.Host || r.Owner == "" || r.Origin["repository"] == "flag" || strings.EqualFold(owner, r.HeadOwner) {
		return ""
	}
	return full
}

// Below returns the checkout of the run's repository in the folders of dir, which is
// in none: where a CI is told to check out, paths of dir would be taken for those of
// the repository, and its rules not be read. It is nil if there is none, and an error
// if there are several.
func (r Run) Below(ctx context.Context, dir string) (*git.Repo, error) {
	// Where the run's own commit is the base's, what lies here may be a stranger's.
	if r.System == Git || r.BaseTip != "" || r.OfRun != "" {
		return nil, nil
	}
	var at, of []*git.Repo
	for _, repo := range git.Below(ctx, dir) {
		if head, err := repo.Resolve(ctx, "HEAD"); err == nil && (r.Commit != "" && strings.HasPrefix(head, r.Commit) || head == r.Tested) {
			at = append(at, repo)
		}
		if remote, ok := repo.Remote(); ok && strings.EqualFold(ownerOf(remote)+"/"+remote.Name, r.FullName()) {
			of = append(of, repo)
		}
	}
	if len(at) == 0 {
		at = of
	}
	switch len(at) {
	case 0:
		return nil, nil
	case 1:
		return at[0], nil
	default:
		return nil, fault.WithHint(fault.Errorf(fault.Input, "no git checkout here, and several of %s below: %s, %s", r.FullName(), at[0].Root, at[1].Root), "name the folder to work in (working-directory)")
	}
}

// number reads the pull request's number, and its repository where the address
// of the pull request names one: number and repository are one pair.
func (d *detector) number() {
	text, source := d.first(d.entry.number, func(v string) string {
		if n := numberOf(v); n > 0 {
			return v
		}
		return ""
	})
	if text == "" {
		return
	}
	d.run.PullRequest, d.run.Origin["pullRequest"] = numberOf(text), source
	d.merged = strings.HasSuffix(text, "/merge")
	if remote, ok := pullRequestOf(text); ok {
		d.run.Owner, d.run.Name, d.run.Origin["repository"] = ownerOf(remote), remote.Name, source
		d.host(remote, source)
	}
}

// headRepository says whether the pull request comes from a fork.
func (d *detector) headRepository() {
	// Owners differ where there is a fork, and names may: a fork can be renamed.
	head, _ := d.first(d.entry.head, asIs)
	if remote, ok := git.ParseRemote(head); ok {
		head = ownerOf(remote) + "/" + remote.Name
	}
	owner, name, whole := cutLast(head)
	if !whole {
		owner = head
	}
	if owner != "" && (!strings.EqualFold(owner, d.run.Owner) || whole && !strings.EqualFold(name, d.run.Name)) {
		d.run.FromFork, d.run.HeadOwner = true, owner
	}
	if v, _ := d.first(d.entry.fork, asIs); v != "" {
		d.run.FromFork = true
	}
	if d.run.Branch != "" && d.run.Branch == d.run.BaseBranch { // no branch is proposed for itself
		d.run.FromFork = true
	}
}

// forgeOfHost guesses the forge from a host name, "" if none is in it.
// It is a guess from the name: a server of one's own may be called anything, and
// then --provider says what it is.
func forgeOfHost(host string) string {
	for _, h := range []struct{ part, forge string }{
		{"github", "github"},
		{"gitlab", "gitlab"},
		{"bitbucket", "bitbucket"},
		{"dev.azure.com", "azuredevops"},
		{"visualstudio.com", "azuredevops"},
		{"gitea", "gitea"},
		{"forgejo", "gitea"},
		{"codeberg", "gitea"},
	} {
		if strings.Contains(host, h.part) {
			return h.forge
		}
	}
	return ""
}

// branchesAlone says so where a CI builds branches and names no pull request, which
// all but the default branch may be of.
func (d *detector) branchesAlone() error {
	if d.run.Branch != d.defaultBranch() {
		d.run.NoPullRequest = unsaid("the CI builds branches and names no pull request", "name it with --pull-request and its base with --base")
	}
	return nil
}
