package github

import (
	"time"

	"github.com/gatewright/gatewright/internal/rest/pace"
	"github.com/gatewright/gatewright/internal/service"
)

// Descriptor is what others need to know of GitHub's code coverage. The token is
// the workflow's own, which is in every job: the service is used only where it
// is named.
func Descriptor() service.Descriptor {
	const noTokens = "GitHub makes the token itself: give the job permissions contents: read and code-quality: write"
	return service.Descriptor{
		Name: "github", Title: "GitHub code coverage", OnlyNamed: true,
		Tokens:    []service.TokenVariable{{Name: "GITHUB_TOKEN"}, {Name: "GH_TOKEN"}},
		TokenIs:   "GitHub token",
		TokenHint: "the workflow's own token (permissions contents: read and code-quality: write)",
		Address:   "GITHUB_API_URL", BaseURL: "https://api.github.com",
		// One upload is a few requests; GitHub shows its quota in headers.
		Limits: pace.Profile{
			Name: "GitHub", Concurrent: 4, Quota: true, DefaultWait: time.Minute,
			Rate: pace.Rate{Floor: 0.5, Ceiling: 10, Step: 1},
		},
		Instead: map[service.Ability]string{
			service.ListTokens: noTokens, service.CreateTokens: noTokens, service.RevokeTokens: noTokens,
			service.EndCoverage: "all reports are merged before they are sent: collect those of all jobs and upload them at once",
		},
		Open: func(c service.Connection) any { return New(c) },
	}
}
