package ci

import (
	"net/url"
	"strings"

	"github.com/gatewright/gatewright/internal/address"
	"github.com/gatewright/gatewright/internal/git"
)

// azure reads the repository, whose provider decides which variables name it,
// and the run's address.
func (d *detector) azure() error {
	r := &d.run
	collection, name := address.Shown(d.env("SYSTEM_COLLECTIONURI")), d.env("BUILD_REPOSITORY_NAME")
	if p, id := d.env("SYSTEM_TEAMPROJECT"), d.env("BUILD_BUILDID"); collection != "" && p != "" && id != "" {
		// Names of projects have spaces.
		r.RunURL = collection + "/" + url.PathEscape(p) + "/_build/results?buildId=" + url.QueryEscape(id)
	}
	// The variables name the repository that started the run, which of several
	// checked out ones is the one to report on.
	remote, known := git.ParseRemote(d.env("BUILD_REPOSITORY_URI"))
	switch provider := strings.ToLower(d.env("BUILD_REPOSITORY_PROVIDER")); provider {
	case "github", "githubenterprise", "bitbucket":
		r.Forge = strings.TrimSuffix(provider, "enterprise")
		if owner, repository, ok := cutLast(name); ok {
			r.Owner, r.Name, r.Origin["repository"] = owner, repository, "BUILD_REPOSITORY_NAME"
		}
	case "git", "svn", "tfsversioncontrol": // some server elsewhere; its address is all there is
		if known {
			r.Owner, r.Name, r.Origin["repository"] = ownerOf(remote), remote.Name, "BUILD_REPOSITORY_URI"
			r.Forge = forgeOfHost(remote.Host)
		}
	default: // TfsGit
		r.Forge = "azuredevops"
		d.azureRepository(remote, known)
		r.ForgeURL = originOf(collection)
		return nil
	}
	if known {
		d.host(remote, "BUILD_REPOSITORY_URI")
	}
	return nil
}

// azureRepository reads organization, project and repository of Azure Repos.
// The repository's own address is the safer source: it may be in another
// project than the pipeline.
func (d *detector) azureRepository(remote git.Remote, known bool) {
	r := &d.run
	if known && strings.HasSuffix("/"+remote.Owner, "/_git") {
		r.Owner, r.Name, r.Origin["repository"] = azureOwner(remote), remote.Name, "BUILD_REPOSITORY_URI"
		return
	}
	collection := address.Shown(d.env("SYSTEM_COLLECTIONURI"))
	org, project, name := azureOrganization(collection), d.env("SYSTEM_TEAMPROJECT"), d.env("BUILD_REPOSITORY_NAME")
	if org != "" && project != "" && name != "" {
		r.Owner, r.Name, r.Origin["repository"] = org+"/"+project, name, "SYSTEM_COLLECTIONURI, SYSTEM_TEAMPROJECT, BUILD_REPOSITORY_NAME"
	}
}

// azureOwner returns "organization/project" (on a server "collection/project") from
// the address of a repository, in which a project of the repository's name lacks.
func azureOwner(r git.Remote) string {
	parts := strings.Split(strings.TrimPrefix(r.Owner, "v3/"), "/") // ssh
	if last := len(parts) - 1; parts[last] == "_git" {
		parts = parts[:last]
	}
	n := len(parts)
	if n == 0 || parts[n-1] == "DefaultCollection" {
		parts, n = append(parts, r.Name), n+1
	}
	// ORG.visualstudio.com has the organization in its name, and may have a
	// collection before the project.
	org, legacy := strings.CutSuffix(r.Host, ".visualstudio.com")
	switch {
	case legacy && org != "vs-ssh":
		return org + "/" + parts[n-1]
	case n == 1:
		return parts[0] + "/" + r.Name
	default: // a server may have a path before the collection
		return parts[n-2] + "/" + parts[n-1]
	}
}

// azureOrganization returns the organization's (on a server: the collection's)
// name from a collection address in any of its three forms, "" if it has none:
// https://dev.azure.com/ORG, https://ORG.visualstudio.com, https://HOST/…/ORG.
func azureOrganization(collection string) string {
	scheme, rest, _ := address.Cut(collection)
	host, path, _ := strings.Cut(strings.TrimSuffix(rest, "/"), "/")
	org, legacy := strings.CutSuffix(host, ".visualstudio.com")
	switch {
	case scheme != "http" && scheme != "https":
		return ""
	case legacy && !strings.Contains(org, "."):
		return org
	case host == "dev.azure.com":
		org, _, _ = strings.Cut(path, "/")
		return org
	}
	return path[strings.LastIndex(path, "/")+1:]
}

// originOf returns scheme and host of an address, "" if it cannot be parsed.
func originOf(text string) string {
	remote, _ := git.ParseRemote(address.Shown(text) + "/any/path")
	return remote.Origin()
}
