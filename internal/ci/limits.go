package ci

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

// Forge returns the name of the forge that the CI is a part of, "" if it is
// none's: what its runs left is asked for there.
func (s System) Forge() string {
	switch s {
	case GitHub:
		return "github"
	case GitLab:
		return "gitlab"
	case Azure:
		return "azuredevops"
	case Bitbucket:
		return "bitbucket"
	case Gitea, Forgejo:
		return "gitea"
	}
	return ""
}
