package github

import (
	"cmp"
	"slices"
	"strings"

	"github.com/gatewright/gatewright/internal/fault"
	"github.com/gatewright/gatewright/internal/forge"
)

// place is the path of the secrets of a store, without a leading slash.
func place(ref forge.Ref) (string, error) {
	store := cmp.Or(ref.Store, forge.Actions)
	switch {
	case !slices.Contains([]forge.Store{forge.Actions, forge.Dependabot, forge.Codespaces}, store):
		return "", fault.Errorf(fault.Input, "GitHub has no secret store %q; known: actions, dependabot, codespaces", store)
	case ref.Owner == "":
		return "", fault.Errorf(fault.Input, "no owner: name the repository as OWNER/NAME, or an organization")
	case ref.Environment != "" && (store != forge.Actions || ref.Repo == ""):
		return "", fault.Errorf(fault.Input, "GitHub's environments have Actions secrets of a repository only")
	case ref.Environment != "":
		return path("repos", ref.Owner, ref.Repo, "environments", ref.Environment, "secrets"), nil
	case ref.Repo == "":
		return path("orgs", ref.Owner, string(store), "secrets"), nil
	default:
		return path("repos", ref.Owner, ref.Repo, string(store), "secrets"), nil
	}
}

// checkName refuses, before any request, the names that GitHub refuses.
func checkName(name string) error {
	if strings.HasPrefix(strings.ToUpper(name), "GITHUB_") {
		return fault.Errorf(fault.Input, "secret name %q: GitHub keeps the prefix GITHUB_ for itself", name)
	}
	return forge.CheckName("secret", "GitHub", name)
}

// locate checks the whole reference and returns the path of the one secret.
func locate(ref forge.Ref) (at string, err error) {
	if err := checkName(ref.Name); err != nil {
		return "", err
	}
	at, err = place(ref)
	return at + "/" + strings.ToUpper(ref.Name), err
}
