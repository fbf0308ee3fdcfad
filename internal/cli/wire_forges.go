package cli

import (
	"cmp"

	"github.com/gatewright/gatewright/internal/address"
	"github.com/gatewright/gatewright/internal/connect"
	"github.com/gatewright/gatewright/internal/fault"
	"github.com/gatewright/gatewright/internal/forge"
	"github.com/gatewright/gatewright/internal/forge/azuredevops"
	"github.com/gatewright/gatewright/internal/forge/bitbucket"
	"github.com/gatewright/gatewright/internal/forge/gitea"
	"github.com/gatewright/gatewright/internal/forge/github"
	"github.com/gatewright/gatewright/internal/forge/gitlab"
)

// forges is the table of forges.
func forges() []forge.Descriptor {
	return []forge.Descriptor{
		github.Descriptor(),
		gitlab.Descriptor(),
		azuredevops.Descriptor(),
		bitbucket.Descriptor(),
		gitea.Descriptor(),
	}
}

// pipelinesBitbucket opens Bitbucket's reports without a token, from a step of
// Pipelines.
func pipelinesBitbucket(a *connect.To) (forge.Insighter, error) {
	cfg, err := a.RestConfig("Bitbucket", bitbucket.PipelinesAddress, true)
	if err != nil {
		return nil, err
	}
	proxy, ok := address.Web(cmp.Or(a.Env("GATEWRIGHT_BITBUCKET_PROXY"), "http://localhost:29418"))
	if !ok {
		return nil, fault.Errorf(fault.Input, "GATEWRIGHT_BITBUCKET_PROXY is not an http or https URL")
	}
	return bitbucket.OpenInsights(cfg, proxy)
}
