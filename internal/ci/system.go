package ci

import "github.com/gatewright/gatewright/internal/console"

// System is a CI system.
type System string

// The systems that more than the table of systems has to know. Git is a plain
// checkout outside any CI; Unknown is a CI that says no more than CI=true.
const (
	GitHub    System = "github-actions"
	GitLab    System = "gitlab-ci"
	Azure     System = "azure-pipelines"
	Bitbucket System = "bitbucket-pipelines"
	Gitea     System = "gitea-actions"
	Forgejo   System = "forgejo-actions"
	TeamCity  System = "teamcity"
	Git       System = "git"
	Unknown   System = "unknown-ci"
)

// Dialect returns the form in which the CI takes commands.
func (s System) Dialect() console.Dialect {
	switch s {
	case GitHub, Gitea, Forgejo:
		return console.Workflow
	case Azure:
		return console.Logging
	case TeamCity:
		return console.Messages
	default:
		return console.Plain
	}
}

// Forge returns the name of the forge that the CI is a part of, "" if it is
// none's: what its runs left is asked for there.
func (s System) Forge() string {
	return map[System]string{
		GitHub: "github", GitLab: "gitlab", Azure: "azuredevops", Bitbucket: "bitbucket", Gitea: "gitea", Forgejo: "gitea",
	}[s]
}

// Limits are the largest files that a CI takes from its jobs for its own pages,
// in bytes. 0 stands for no limit that is known.
type Limits struct {
	Cobertura   int64 // larger ones are not shown, and nothing says so
	CodeQuality int64 // larger ones were seen not to load
	Dotenv      int64 // larger ones fail the job
}

// Limits returns those of the CI. Source: docs.gitlab.com, "Cobertura coverage
// report" (10 MiB), "GitLab CI/CD artifacts reports types" (dotenv, 5 KB), and
// gitlab-org/gitlab-ee#8252 (Code Quality of 23 MB).
func (s System) Limits() Limits {
	if s == GitLab {
		return Limits{Cobertura: 10 << 20, CodeQuality: 20 << 20, Dotenv: 5000}
	}
	return Limits{}
}

// Withheld says why a CI may have kept a secret from a job, as a hint for a
// token that is not there; "" if nothing says so.
func Withheld(getenv func(string) string) string {
	if getenv("GITLAB_CI") != "" && getenv("CI_COMMIT_REF_PROTECTED") == "false" {
		return "this branch is not protected at GitLab, and a protected variable reaches protected branches and tags only: unset Protected in the variable's settings, or protect the branch"
	}
	why := ""
	switch SystemOf(getenv) {
	case GitHub, Gitea, Forgejo:
		why = `a workflow that is called has the caller's secrets only with "secrets: inherit" or by name, a job those of an environment only if it names it; `
	case Azure: // learn.microsoft.com, "Set secret variables"
		why = "a secret variable reaches a step only where it is handed over, by env: of a script or as accessToken of the task; "
	case Bitbucket:
		why = "a pipe has the variables alone that it is handed over; "
	default:
		return ""
	}
	return why + "a run from a fork has none, and where a job sends or judges, skip-if-no-token lets that pass"
}
