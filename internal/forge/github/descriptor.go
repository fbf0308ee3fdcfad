package github

import (
	"net/url"
	"strings"
	"time"

	"github.com/gatewright/gatewright/internal/forge"
	"github.com/gatewright/gatewright/internal/rest"
	"github.com/gatewright/gatewright/internal/rest/pace"
)

// atOnce is how many requests of one credential GitHub takes at once. Half of
// them are left to others who share it.
const atOnce = 100

// disguised recognises a 403 that is a limit: by its headers, or by the words
// of the secondary limits, also of older Enterprise Servers. As captured:
// {"message":"You have exceeded a secondary rate limit. Please wait…","documentation_url":"…/rest/overview/rate-limits-for-the-rest-api#about-secondary-rate-limits"}
// {"message":"You have triggered an abuse detection mechanism…","documentation_url":"…#abuse-rate-limits"}
// {"message":"This endpoint is temporarily being throttled… temporarily blocked from content creation. Please retry your request again later."}
// {"message":"API rate limit exceeded for user ID 1."}
func disguised(a pace.Answer) string {
	const reached = "its rate limit is reached"
	switch {
	case a.Status != rest.StatusForbidden:
		return ""
	case a.RetryAfter > 0 || a.Spent:
		return reached
	}
	body := strings.ToLower(a.Body)
	for _, s := range []string{
		"secondary rate limit", "secondary-rate-limits", "abuse detection", "abuse-rate-limits", "api rate limit exceeded", "temporarily blocked from content creation",
	} {
		if strings.Contains(body, s) {
			return reached
		}
	}
	return ""
}

// Descriptor returns what is known of GitHub.
func Descriptor() forge.Descriptor {
	return forge.Descriptor{
		Name: "github", Title: "GitHub",
		Tokens: []string{"GH_TOKEN", "GITHUB_TOKEN"}, JobToken: true,
		App:       forge.App{ID: "GITHUB_APP_ID", Key: "GITHUB_APP_PRIVATE_KEY"},
		TokenHint: "set GH_TOKEN to a personal access token, or GITHUB_APP_ID and GITHUB_APP_PRIVATE_KEY to those of a GitHub App",
		Prefixes: []forge.Prefix{
			{Text: "github_pat_", What: "GitHub fine-grained personal access token"},
			{Text: "ghp_", What: "GitHub personal access token (classic)"},
			{Text: installationPrefix, What: "GitHub App installation token"},
			{Text: "gho_", What: "GitHub OAuth token"},
			{Text: "ghu_", What: "GitHub user-to-server token"},
		},
		Addresses: []string{"GITHUB_API_URL"}, API: api, Public: forge.Fixed("https://api.github.com"), Blob: "/blob/%s/",
		// The limits are those of a user's token (docs.github.com, "Rate limits for the
		// REST API"). An App's installation has more an hour, as the headers say.
		Limits: pace.Profile{
			Name: "GitHub", Concurrent: atOnce / 2, Quota: true, DefaultWait: time.Minute,
			Windows: []pace.Window{
				{What: "900 points a minute", Cap: 900, Per: time.Minute, Unit: pace.Points},
				{What: "90 seconds of server time a minute", Cap: 90, Per: time.Minute, Unit: pace.Seconds},
			},
			Usual:     []pace.Window{{What: "5,000 requests an hour", Cap: 5000, Per: time.Hour}},
			Rate:      pace.Rate{Floor: 1, Ceiling: 30, Step: 0.1},
			Disguised: disguised,
		},
		Free: true,
		Web:  "https://github.com", Clone: "OWNER/NAME.git", GitUser: "x-access-token",
		Comment: forge.Flavour{Longest: maxComment, Mermaid: true, HTML: true},
		Secret: forge.SecretRules{
			Name: checkName, Longest: maxSecret, Fallback: forge.Actions, AnyCase: true,
			Counts: "100 in a repository or environment, 1,000 in an organization",
		},
		Options: []forge.Option{forge.Visibility, forge.Selected},
		Gaps: []forge.Gap{
			{What: "secrets with a workflow's own GITHUB_TOKEN", Instead: "a GitHub App with the permission secrets: write, or a personal access token"},
			{What: "comments from the run of a fork's pull request", Instead: "a workflow_run in the base repository"},
		},
		Open: open,
	}
}

// installationPrefix begins the tokens of App installations and of workflows.
const installationPrefix = "ghs_"

// api accepts the address of the API or of the web pages: github.com, HOST of
// an Enterprise Server, SUB.ghe.com of Enterprise Cloud with data residency.
func api(address string) string {
	u, err := url.Parse(address)
	switch {
	case err != nil || u.Path != "" || strings.HasPrefix(u.Host, "api."):
		return address
	case u.Host == "github.com", u.Host == "www.github.com":
		return "https://api.github.com"
	case strings.HasSuffix(u.Host, ".ghe.com"):
		return u.Scheme + "://api." + u.Host
	default:
		return address + "/api/v3"
	}
}

// open opens GitHub with a token, or as an App.
func open(o forge.Opening) (forge.Forge, error) {
	c := &Client{
		options: o.Write,
		// A workflow's token and an App's installation are no user: they list what
		// they are installed for.
		installed: o.AppID != "" || o.Token.HasPrefix(installationPrefix),
	}
	o.Rest.Credential = rest.Bearer(o.Token)
	o.Rest.EndsHeader = "Github-Authentication-Token-Expiration" // of personal tokens that expire
	var err error
	if o.AppID != "" {
		if c.app, err = install(o); err != nil {
			return forge.Forge{}, err
		}
		o.Rest.Credential = rest.BearerFrom(c.app.token)
	}
	o.Rest.Advise = advice // of an App's own requests it knows nothing
	if c.rest, err = rest.New(o.Rest); err != nil {
		return forge.Forge{}, err
	}
	if c.call, err = callerOn(c.rest); err != nil {
		return forge.Forge{}, err
	}
	return forge.Forge{
		Secrets: c, Stater: c, Lister: c, WriteChecker: c, RepositoryLister: c, Commenter: c, StatusSetter: c, PullRequestFinder: c, Pulls: c,
		Sealer: c, Sharer: c, Keys: c, Runs: c, Teams: c, Artifacts: forge.ActionsRuns{Call: c.rest.Call},
	}, nil
}
