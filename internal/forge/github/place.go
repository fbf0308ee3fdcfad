package github

import (
	"strings"

	"github.com/gatewright/gatewright/internal/fault"
	"github.com/gatewright/gatewright/internal/forge"
)

// place is the path of the secrets of a store, without a leading slash.
func place(ref forge.Ref) (string, error) {
	store := ref.Store
	if store == "" {
		store = forge.Actions
	}
	switch store {
	case forge.Actions, forge.Dependabot, forge.Codespaces:
	default:
		return "", fault.Errorf(fault.Input, "GitHub has no secret store %q; known: actions, dependabot, codespaces", store)
	}
	if ref.Owner == "" {
		return "", fault.Errorf(fault.Input, "no owner: name the repository as OWNER/NAME, or an organization")
	}
	if ref.Environment != "" {
		if store != forge.Actions || ref.Repo == "" {
			return "", fault.Errorf(fault.Input, "GitHub's environments have Actions secrets of a repository only")
		}
		return path("repos", ref.Owner, ref.Repo, "environments", ref.Environment, "secrets"), nil
	}
	if ref.Repo == "" {
		return path("orgs", ref.Owner, string(store), "secrets"), nil
	}
	return path("repos", ref.Owner, ref.Repo, string(store), "secrets"), nil
}

// checkName refuses, before any request, the names that GitHub refuses.
func checkName(name string) error {
	for i, r := range name {
		letter := r == '_' || r >= 'A' && r <= 'Z' || r >= 'a' && r <= 'z'
		if !letter && (i == 0 || r < '0' || r > '9') {
			return fault.Errorf(fault.Input, "secret name %q: GitHub allows letters, digits and underscores, and no digit in front", name)
		}
	}
	if name == "" {
		return fault.Errorf(fault.Input, "the secret has no name")
	}
	if strings.HasPrefix(strings.ToUpper(name), "GITHUB_") {
		return fault.Errorf(fault.Input, "secret name %q: GitHub keeps the prefix GITHUB_ for itself", name)
	}
	return nil
}

// locate checks the whole reference and returns the path of the one secret.
func locate(ref forge.Ref) (at string, err error) {
	if err := checkName(ref.Name); err != nil {
		return "", err
	}
	at, err = place(ref)
	if err != nil {
		return "", err
	}
	return at + "/" + strings.ToUpper(ref.Name), nil
}
