package gitlab

import (
	"time"

	"github.com/gatewright/gatewright/internal/forge"
	"github.com/gatewright/gatewright/internal/rest"
	"github.com/gatewright/gatewright/internal/rest/pace"
)

// Descriptor returns what is known of GitLab.
func Descriptor() forge.Descriptor {
	return forge.Descriptor{
		Name: "gitlab", Title: "GitLab",
		Tokens:    []string{"GITLAB_TOKEN"},
		TokenHint: "set GITLAB_TOKEN to an access token with the scope api and the role Maintainer; a job's own CI_JOB_TOKEN can neither change variables nor comment",
		Prefixes: []forge.Prefix{
			{Text: "glpat-", What: "GitLab personal, project or group access token"},
			{Text: "glcbt-", What: "GitLab CI job token"},
			{Text: "gldt-", What: "GitLab deploy token"},
		},
		Addresses: []string{"CI_API_V4_URL", "GITLAB_URL"}, API: forge.Below("/api/v4"), Public: forge.Fixed("https://gitlab.com/api/v4"), Blob: "/-/blob/%s/",
		// The limits are gitlab.com's for one user, which its headers show; a server of
		// one's own has none by default.
		Limits: pace.Profile{
			Name: "GitLab", Concurrent: 20, Quota: true, DefaultWait: time.Minute,
			Usual: []pace.Window{{What: "2,000 requests a minute", Cap: 2000, Per: time.Minute}},
			Rate:  pace.Rate{Start: 10, Floor: 1, Ceiling: 100, Step: 2},
		},
		Web: "https://gitlab.com", Clone: "OWNER/NAME.git", GitUser: "oauth2",
		Comment: forge.Flavour{Longest: maxNote, Mermaid: true, HTML: true},
		Secret: forge.SecretRules{
			Name: checkName, Longest: maxValue, Chars: true, Fallback: forge.Actions, Group: true,
			Counts: "8,000 in a project, 30,000 in a group",
		},
		Options: []forge.Option{forge.Protected, forge.Hidden},
		Gaps: []forge.Gap{
			{What: "variables with a job's own CI_JOB_TOKEN", Instead: "a project or group access token"},
			{What: "group variables of one environment without GitLab Premium", Instead: "project variables"},
			{What: "hiding a variable that is there", Instead: "deleting it and making it anew, which leaves a gap"},
		},
		Open: open,
	}
}

func open(o forge.Opening) (forge.Forge, error) {
	o.Rest.Credential = rest.Header("PRIVATE-TOKEN", o.Token)
	o.Rest.Advise = advice
	r, err := rest.New(o.Rest)
	if err != nil {
		return forge.Forge{}, err
	}
	c := &Client{rest: r, options: o.Write}
	return forge.Forge{
		Teams: c, Runs: c,
		Secrets: c, Stater: c, Lister: c, WriteChecker: c, RepositoryLister: c, Commenter: c, StatusSetter: c, PullRequestFinder: c,
		Planner: c, Artifacts: c,
	}, nil
}
