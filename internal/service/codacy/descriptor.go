package codacy

import (
	"net/url"
	"strings"
	"time"

	"github.com/gatewright/gatewright/internal/rest"
	"github.com/gatewright/gatewright/internal/rest/pace"
	"github.com/gatewright/gatewright/internal/service"
)

// Descriptor is what others need to know of Codacy.
func Descriptor() service.Descriptor {
	return service.Descriptor{
		Name: "codacy", Title: "Codacy",
		Tokens: []service.TokenVariable{
			{Name: "CODACY_PROJECT_TOKEN", Kind: service.RepositoryToken},
			{Name: "CODACY_API_TOKEN", Kind: service.AccountToken},
		},
		TokenIs:   "Codacy token",
		TokenHint: "a repository token from the repository's settings at Codacy, or an account token",
		Secret:    "CODACY_PROJECT_TOKEN",
		Address:   "CODACY_API_BASE_URL", BaseURL: "https://api.codacy.com",
		Origin: origin,
		// The limits are those of Codacy's cloud (docs.codacy.com, "Using the Codacy API",
		// "Request rate limit"): 2,500 requests in five minutes from one address, which
		// CI runners share with others. Whoever meets the limit gets a 503 or a 504.
		Limits: pace.Profile{
			Name: "Codacy", Concurrent: 16, DefaultWait: time.Minute, LongestWait: 5 * time.Minute,
			Disguised: overloaded,
			Windows:   []pace.Window{{What: "2,500 requests in 5 minutes", Cap: 2500, Per: 5 * time.Minute}},
			Rate:      pace.Rate{Floor: 1, Ceiling: 30, Step: 0.2},
		},
		PerAddress: true, Public: true, OwnResults: true,
		Repository: service.RepositoryVariables{Forge: "CODACY_ORGANIZATION_PROVIDER", Owner: "CODACY_USERNAME", Name: "CODACY_PROJECT_NAME"},
		Issue:      service.Issue{Scoped: true, Max: 100, Longest: year},
		Instead: map[service.Ability]string{
			service.ListRuns: "see the repository's commits on Codacy's web page",
		},
		Open: func(c service.Connection) any { return New(c) },
	}
}

// overloaded recognises the limit: a 503 or 504 that is a gateway's page, as
// the API itself answers JSON. An answer that names a time is not guessed at.
func overloaded(a pace.Answer) string {
	body := strings.TrimSpace(a.Body)
	switch {
	case a.Status != rest.StatusServiceUnavailable && a.Status != rest.StatusGatewayTimeout, a.RetryAfter > 0, strings.HasPrefix(body, "{"), strings.HasPrefix(body, "["):
		return ""
	}
	return "probably the rate limit of 2,500 requests in 5 minutes of this machine's address, which others may share"
}

// isCloud reports whether an address is one of Codacy's cloud.
func isCloud(address string) bool {
	u, err := url.Parse(address)
	return err == nil && (u.Hostname() == "codacy.com" || strings.HasSuffix(u.Hostname(), ".codacy.com"))
}

// origin makes the address of Codacy from what users set CODACY_API_BASE_URL to.
// Codacy's own reporter drops any path, so pages of repositories and addresses
// of either API are in use; at a server of one's own a path may lead to it, and
// only that of an API is cut off.
func origin(address string) string {
	u, err := url.Parse(address)
	if err != nil {
		return address
	}
	if isCloud(address) {
		u.Path, u.RawPath, u.RawQuery, u.Fragment = "", "", "", ""
		return u.String()
	}
	address = strings.TrimRight(address, "/")
	for _, api := range []string{"/api/v3", "/2.0"} {
		address = strings.TrimSuffix(address, api)
	}
	return address
}
