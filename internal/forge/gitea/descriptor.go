package gitea

import (
	"time"

	"github.com/gatewright/gatewright/internal/forge"
	"github.com/gatewright/gatewright/internal/rest"
	"github.com/gatewright/gatewright/internal/rest/pace"
)

// Descriptor returns what is known of Gitea and Forgejo.
func Descriptor() forge.Descriptor {
	return forge.Descriptor{
		Name: "gitea", Title: "Gitea",
		Tokens: []string{"GITEA_TOKEN", "FORGEJO_TOKEN"}, JobToken: true,
		TokenHint: "set GITEA_TOKEN to an access token, with the scopes write:repository and write:organization, of an owner of the repository or organization",
		Addresses: []string{"GITEA_URL"}, API: forge.Below("/api/v1"), Public: forge.Fixed(""), Blob: "/src/commit/%s/",
		// The limits hold back a little: Gitea has none of its own, a proxy in front of it may.
		Limits: pace.Profile{
			Name: "Gitea", Concurrent: 8, Quota: true, DefaultWait: 30 * time.Second,
			Rate: pace.Rate{Start: 10, Floor: 1, Ceiling: 50, Step: 2},
		},
		Web: "", Clone: "OWNER/NAME.git", GitUser: "gatewright",
		Comment: forge.Flavour{Longest: maxComment, Mermaid: true, HTML: true},
		Secret:  forge.SecretRules{Name: checkName, Longest: maxSecret, Fallback: forge.Actions, AnyCase: true},
		Gaps: []forge.Gap{
			{What: "a time at which a secret was last written", Instead: "the journal's own"},
			{What: "secrets with the token of an administrator who is no owner", Instead: "a token of an owner"},
		},
		Open: open,
	}
}

func open(o forge.Opening) (forge.Forge, error) {
	o.Rest.Credential = rest.Scheme("token", o.Token)
	o.Rest.Advise = advice
	r, err := rest.New(o.Rest)
	if err != nil {
		return forge.Forge{}, err
	}
	c := &Client{rest: r}
	return forge.Forge{
		Teams: c, Runs: c,
		Secrets: c, Stater: c, Lister: c, WriteChecker: c, RepositoryLister: c, Commenter: c, StatusSetter: c, PullRequestFinder: c,
		Artifacts: forge.ActionsRuns{Call: c.rest.Call},
	}, nil
}
