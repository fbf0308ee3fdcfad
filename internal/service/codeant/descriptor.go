package codeant

import (
	"time"

	"github.com/gatewright/gatewright/internal/rest/pace"
	"github.com/gatewright/gatewright/internal/service"
)

// tokenPrefix begins CodeAnt's API tokens; the tokens of a Git host, which it
// took before, are still accepted.
const tokenPrefix = "cdt_"

// noTokens is what to do because CodeAnt has no API for tokens.
const noTokens = "make it on CodeAnt's web page (Settings, API tokens); it belongs to the organization, so store that one in every repository with gatewright fleet or gatewright secret"

// Descriptor is what others need to know of CodeAnt.
func Descriptor() service.Descriptor {
	return service.Descriptor{
		Name: "codeant", Title: "CodeAnt",
		Tokens:    []service.TokenVariable{{Name: "CODEANT_API_TOKEN"}, {Name: "ACCESS_TOKEN", Common: true}},
		Prefix:    tokenPrefix,
		TokenIs:   "CodeAnt API token",
		TokenHint: "an API token from CodeAnt's web page, Settings, API tokens",
		Secret:    "CODEANT_API_TOKEN",
		Address:   "CODEANT_API_URL", BaseURL: "https://api.codeant.ai",
		// CodeAnt documents none, and a CI run sends it a dozen requests, so it
		// is not held back before there is a sign of one.
		Limits: pace.Profile{
			Name: "CodeAnt", Concurrent: 8, Quota: true, DefaultWait: time.Minute,
			Rate: pace.Rate{Floor: 0.5, Ceiling: 30, Step: 1},
		},
		Instead: map[service.Ability]string{
			service.ListTokens: noTokens, service.CreateTokens: noTokens, service.RevokeTokens: noTokens,
		},
		Open: func(c service.Connection) any { return New(c) },
	}
}
