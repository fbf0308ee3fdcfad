// Package repo says which repository something is about. Everything that has a
// repository (a CI run, a target of a service, the scope of a token) embeds
// the one type of this package.
package repo

import (
	"slices"
	"strings"
)

// Repo is a repository and where it is hosted. The zero Repo is no repository.
type Repo struct {
	Forge      string `json:"forge"`                // github, gitlab, azuredevops, bitbucket, gitea; "" if not known
	ForgeURL   string `json:"forgeUrl"`             // web origin of the forge; "" is its public one
	SelfHosted bool   `json:"selfHosted,omitempty"` // not the public one, even if ForgeURL does not show it
	Owner      string `json:"owner"`                // organization, group with its subgroups, workspace; "org/project" on Azure DevOps
	Name       string `json:"name"`
}

// FullName returns "owner/name".
func (r Repo) FullName() string { return r.Owner + "/" + r.Name }

// Known reports whether both owner and name are known.
func (r Repo) Known() bool { return r.Owner != "" && r.Name != "" }

// Dotted reports whether a part of a path is "." or "..", which no name is: in an
// address it leads to another place than it names.
func Dotted(path string) bool {
	parts := strings.Split(path, "/")
	return slices.Contains(parts, ".") || slices.Contains(parts, "..")
}
