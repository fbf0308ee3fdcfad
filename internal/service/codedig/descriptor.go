package codedig

import (
	"time"

	"github.com/gatewright/gatewright/internal/rest/pace"
	"github.com/gatewright/gatewright/internal/service"
)

// Descriptor is what others need to know of CodeDig.
func Descriptor() service.Descriptor {
	const elsewhere = "send coverage to another service with --service; the local rules judge it without any"
	return service.Descriptor{
		Name: "codedig", Title: "CodeDig",
		Tokens:    []service.TokenVariable{{Name: "CODEDIG_TOKEN"}},
		Prefix:    keyPrefix,
		TokenIs:   "CodeDig API key",
		TokenHint: "an API key from CodeDig",
		Secret:    "CODEDIG_TOKEN",
		Address:   "CODEDIG_API_URL", BaseURL: "https://api.codedig.ai",
		// CodeDig allows 100 requests a minute, more by plan, and shows in its
		// headers how many.
		Limits: pace.Profile{
			Name: "CodeDig", Concurrent: 8, Quota: true, DefaultWait: time.Minute,
			Usual: []pace.Window{{What: "100 requests a minute", Cap: 100, Per: time.Minute}},
			Rate:  pace.Rate{Floor: 0.5, Ceiling: 30, Step: 1},
		},
		// A key without an end outlives everybody who knows of it, so one that
		// nobody gave a life gets a year, which the fleet renews in time.
		Issue: service.Issue{TenantWide: true, Usual: 365 * 24 * time.Hour, Permissions: []string{"read", "write"}},
		Instead: map[service.Ability]string{
			service.TakeCoverage: elsewhere, service.FollowCoverage: elsewhere, service.EndCoverage: elsewhere,
		},
		Open: func(c service.Connection) any { return New(c) },
	}
}
