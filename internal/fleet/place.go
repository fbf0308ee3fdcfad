package fleet

import (
	"strings"

	"github.com/gatewright/gatewright/internal/forge"
)

// Place is one spot in a repository where its token is kept.
type Place struct {
	Store       forge.Store
	Environment string
	Org         string // whose own secret it is, for all repositories; "" for secrets of repositories
	Holder      string // variable group or pipeline on Azure DevOps; {repository} stands for the repository's name
}

// shared reports whether several repositories would write into the same secret.
func (p Place) shared() bool {
	return p.Org != "" || p.Holder != "" && !strings.Contains(p.Holder, repositoryWord)
}

const repositoryWord = "{repository}"

// String names the place within its repository, in the journal too.
func (p Place) String() string {
	s := string(p.Store)
	if p.Org != "" {
		return "organization"
	}
	if p.Holder != "" {
		s += ":" + p.Holder
	}
	if p.Environment != "" {
		s += "@" + p.Environment
	}
	return s
}

func (p Place) ref(repo forge.Repository, name string) forge.Ref {
	if p.Org != "" {
		return forge.Ref{Store: p.Store, Owner: p.Org, Name: name}
	}
	return forge.Ref{Store: p.Store, Owner: repo.Owner, Repo: repo.Name, Environment: p.Environment, Holder: strings.ReplaceAll(p.Holder, repositoryWord, repo.Name), Name: name}
}
