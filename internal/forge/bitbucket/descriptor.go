package bitbucket

import (
	"net/url"
	"time"

	"github.com/gatewright/gatewright/internal/fault"
	"github.com/gatewright/gatewright/internal/forge"
	"github.com/gatewright/gatewright/internal/rest"
	"github.com/gatewright/gatewright/internal/rest/pace"
)

// apiTokenPrefix begins the API tokens of Atlassian accounts.
const apiTokenPrefix = "ATATT"

// Descriptor returns what is known of Bitbucket Cloud.
func Descriptor() forge.Descriptor {
	return forge.Descriptor{
		Name: "bitbucket", Title: "Bitbucket",
		Tokens:    []string{"BITBUCKET_TOKEN"},
		TokenHint: "set BITBUCKET_TOKEN to an access token of the repository, project or workspace with the scope pipeline:variable, or to EMAIL:API_TOKEN; app passwords ended in 2026",
		Prefixes: []forge.Prefix{
			{Text: "ATCTT", What: "Bitbucket access token"},
			{Text: apiTokenPrefix, What: "Atlassian API token"},
			{Text: "ATBB", What: "Bitbucket app password"},
		},
		Addresses: []string{"BITBUCKET_API_URL"}, API: api, Public: forge.Fixed("https://api.bitbucket.org/2.0"), Blob: "/src/%s/",
		// The limits allow 1,000 requests in any hour, more to access tokens of larger
		// workspaces, as the headers say.
		Limits: pace.Profile{
			Name: "Bitbucket", Concurrent: 8, CapFromHeader: true, DefaultWait: time.Minute,
			Windows: []pace.Window{{What: "1,000 requests an hour", Cap: 1000, Per: time.Hour}},
			Rate:    pace.Rate{Floor: 0.25, Ceiling: 10, Step: 0.1},
		},
		Web: "https://bitbucket.org", Clone: "OWNER/NAME.git", GitUser: "x-token-auth",
		Comment: forge.Flavour{Longest: maxComment},
		Secret:  forge.SecretRules{Name: checkName, Fallback: forge.Actions},
		Gaps: []forge.Gap{
			{What: "a time at which a variable was written", Instead: "the journal's own"},
			{What: "a mark on what this tool wrote", Instead: "the journal; without one a replacement asks first"},
		},
		Open: open,
	}
}

// api accepts the address of the API or of the web pages.
func api(address string) string {
	if u, err := url.Parse(address); err == nil && (u.Host == "bitbucket.org" || u.Host == "www.bitbucket.org") {
		address = "https://api.bitbucket.org"
	}
	return forge.Below("/2.0")(address)
}

// open sends an access token as a bearer, and an Atlassian API token as the
// password of its user's e-mail address: either is refused in the other's form.
func open(o forge.Opening) (forge.Forge, error) {
	o.Rest.Credential = rest.Bearer(o.Token)
	if user, password, ok := o.Token.Split(":"); ok {
		o.Rest.Credential = rest.Basic(user, password)
	} else if o.Token.HasPrefix(apiTokenPrefix) {
		return forge.Forge{}, fault.WithHint(fault.Errorf(fault.Auth, "the token in %s is an Atlassian API token, which Bitbucket takes only with its user's e-mail address; nothing was sent", o.TokenFrom),
			"write it as EMAIL:API_TOKEN, or use an access token of the repository, project or workspace")
	}
	c, err := newClient(o.Rest)
	if err != nil {
		return forge.Forge{}, err
	}
	return forge.Forge{
		Secrets: c, Stater: c, Lister: c, WriteChecker: c, RepositoryLister: c, Commenter: c, StatusSetter: c, PullRequestFinder: c,
		Insights: c, Artifacts: c, Keeps: c, Teams: c,
	}, nil
}

func newClient(cfg rest.Config) (*Client, error) {
	cfg.Advise = advice
	r, err := rest.New(cfg)
	return &Client{rest: r}, err
}

// OpenInsights opens Bitbucket without a token, as a step of Pipelines reaches
// it: a proxy beside every step, at the address, signs requests for reports. It
// takes plain http alone, and nothing secret goes there.
func OpenInsights(cfg rest.Config, proxy *url.URL) (forge.Insighter, error) {
	cfg.BaseURL, cfg.InsecureHTTP = PipelinesAddress, true
	cfg.Proxy = func(*url.URL) (*url.URL, error) { return proxy, nil }
	return newClient(cfg)
}

// PipelinesAddress is the API's base URL for a step of Pipelines behind its proxy.
const PipelinesAddress = "http://api.bitbucket.org/2.0"
