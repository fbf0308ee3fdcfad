package azuredevops

import (
	"net/url"
	"strings"
	"time"

	"github.com/gatewright/gatewright/internal/forge"
	"github.com/gatewright/gatewright/internal/rest"
	"github.com/gatewright/gatewright/internal/rest/pace"
)

// jobToken is the variable that a job's own token is mapped to.
const jobToken = "SYSTEM_ACCESSTOKEN"

// ended is what Microsoft announced for personal tokens ("Retirement of global
// personal access tokens in Azure DevOps"). One cannot be told from another by
// its text.
const ended = "personal access tokens for all organizations end on 1 December 2026"

// notice says so of a token that may be one of them.
func notice(tokenFrom string) string {
	if tokenFrom == jobToken {
		return ""
	}
	return ended + ": if this is one, make another for this organization alone"
}

// Descriptor returns what is known of Azure DevOps.
func Descriptor() forge.Descriptor {
	return forge.Descriptor{
		Name: "azuredevops", Title: "Azure DevOps",
		Tokens:    []string{"AZURE_DEVOPS_EXT_PAT", jobToken},
		TokenHint: "set AZURE_DEVOPS_EXT_PAT to a personal access token with the scopes Variable Groups and Build, or map SYSTEM_ACCESSTOKEN to $(System.AccessToken)",
		Notice:    notice,
		Addresses: []string{"SYSTEM_COLLECTIONURI"}, API: func(address string) string { return address },
		Public: func(owner string) string {
			org, _, _ := strings.Cut(owner, "/")
			return "https://dev.azure.com/" + url.PathEscape(org)
		},
		// The limits are units of load that a client cannot foresee. Azure DevOps first
		// slows answers down and adds Retry-After to them, and only then answers 429.
		// Its X-RateLimit-Remaining counts those units, not requests.
		Limits: pace.Profile{
			Name: "Azure DevOps", Concurrent: 8, DefaultWait: time.Minute,
			Rate: pace.Rate{Start: 5, Floor: 0.5, Ceiling: 30, Step: 1},
		},
		Web: "https://dev.azure.com", Clone: "OWNER/_git/NAME", GitUser: "gatewright",
		Comment: forge.Flavour{Longest: maxComment, HTML: true},
		Secret:  forge.SecretRules{Name: checkName, Fallback: forge.Group, Holders: true, AnyCase: true},
		Gaps: []forge.Gap{
			{What: "a time at which a variable was written", Instead: "the journal's own"},
			{What: "an empty variable group", Instead: "deleting the group that this tool made, with its last variable"},
			{What: "writers of several processes to one variable group at once", Instead: "one group for each repository"},
		},
		Open: open,
	}
}

// open sends a job's own token as a bearer and a personal one as a password,
// which are the forms that Azure DevOps takes them in.
func open(o forge.Opening) (forge.Forge, error) {
	o.Rest.Credential = rest.Basic("", o.Token)
	if o.TokenFrom == jobToken {
		o.Rest.Credential = rest.Bearer(o.Token)
	}
	o.Rest.Advise = advice
	r, err := rest.New(o.Rest)
	if err != nil {
		return forge.Forge{}, err
	}
	base := r.BaseURL()
	c := &Client{
		rest: r, org: base[strings.LastIndexByte(base, '/')+1:], say: o.Rest.Notify,
		versions: versions{number: "7.1"},
	}
	if c.say == nil {
		c.say = func(string) {}
	}
	return forge.Forge{
		Teams: c, Runs: c,
		Secrets: c, Stater: c, Lister: c, WriteChecker: c, RepositoryLister: c, Commenter: c, StatusSetter: c, PullRequestFinder: c,
		Resolver: c, Artifacts: c,
	}, nil
}
