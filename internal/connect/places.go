package connect

import (
	"context"
	"slices"
	"strings"

	"github.com/gatewright/gatewright/internal/fault"
	"github.com/gatewright/gatewright/internal/forge"
	"github.com/gatewright/gatewright/internal/repo"
)

// PlaceFlags say where secrets are.
type PlaceFlags struct {
	Repo     string   `aliases:"repository" placeholder:"OWNER/NAME" help:"Repository; without any place the one of this checkout or CI run. On Azure DevOps ORGANIZATION/PROJECT/NAME."`
	Org      string   `placeholder:"NAME" help:"Secrets of the organization itself (GitLab: group, Bitbucket: workspace, Azure DevOps: ORGANIZATION/PROJECT)."`
	Env      string   `placeholder:"NAME" help:"Deployment environment; on GitLab the environment scope."`
	Group    string   `placeholder:"NAME" help:"Azure DevOps: variable group; without it the one named as the repository. On GitLab the same as --org."`
	Pipeline string   `placeholder:"NAME" help:"Azure DevOps: variables of this pipeline, by name or number."`
	Store    []string `placeholder:"NAME,…" help:"Stores, several at once: GitHub has actions, dependabot and codespaces; exec:PROGRAM is a store behind a program. Default: actions."`
}

// OpenPlaces opens the forge and returns the places that the flags name.
func (a *To) OpenPlaces(ctx context.Context, f ForgeFlags, w WriteFlags, p PlaceFlags) (*Forge, []forge.Ref, error) {
	checkout, err := a.Checkout(ctx)
	if err != nil {
		return nil, nil, err
	}
	run, err := a.Detect(ctx, checkout)
	if err != nil {
		return nil, nil, err
	}
	ref := forge.Ref{Owner: p.Org, Environment: p.Env, Holder: p.Group}
	alone := len(p.Store) > 0 && !slices.ContainsFunc(p.Store, func(name string) bool { _, ok := forge.Store(name).Program(); return !ok })
	// Without a name, as of a variable that is not set, it would be the organization.
	switch i := strings.LastIndexByte(p.Repo, '/'); {
	case p.Repo != "" && (i < 0 || slices.Contains(strings.Split(p.Repo, "/"), "")):
		return nil, nil, fault.Errorf(fault.Input, "--repo %q: write it as OWNER/NAME", p.Repo)
	case p.Repo != "" && p.Org != "":
		return nil, nil, fault.Errorf(fault.Input, "both --repo and --org are given; choose one")
	case p.Repo != "":
		ref.Owner, ref.Repo = p.Repo[:i], p.Repo[i+1:]
	case p.Org == "":
		ref.Owner, ref.Repo = run.Owner, run.Name
	}
	if at := ref.Owner + "/" + ref.Repo + "/" + ref.Environment; repo.Dotted(at) {
		return nil, nil, fault.Errorf(fault.Input, "%q names no place", at)
	}
	var o *Forge
	if alone {
		o = &Forge{Descriptor: forge.Descriptor{Title: "the store", Secret: a.ProgramRules}, Client: a.Programs(a, f.MaxWait).Alone()}
	} else if o, err = a.OpenForge(f, w, run, ref.Owner); err != nil {
		return nil, nil, err
	}
	if o.Secret.Group && p.Group != "" {
		if p.Repo != "" || p.Org != "" {
			return nil, nil, fault.Errorf(fault.Input, "--group with --repo or --org: choose one")
		}
		ref.Owner, ref.Repo, ref.Holder = p.Group, "", ""
	}
	if ref.Owner == "" {
		return nil, nil, fault.WithHint(fault.Errorf(fault.Input, "no place is named, and this is no checkout of a repository"), "name it with --repo or --org")
	}
	if o.Client.Resolver != nil {
		if ref, err = o.Client.Resolver.Resolve(ctx, ref); err != nil {
			return nil, nil, err
		}
	}
	refs, err := p.stores(o, ref)
	return o, refs, err
}

// stores spreads the place over the stores.
func (p PlaceFlags) stores(o *Forge, ref forge.Ref) ([]forge.Ref, error) {
	if !o.Secret.Holders && (p.Pipeline != "" || p.Group != "" && !o.Secret.Group) {
		return nil, fault.Errorf(fault.Input, "%s has neither variable groups nor variables of pipelines", o.Title)
	}
	if p.Pipeline != "" {
		if p.Group != "" || len(p.Store) > 0 {
			return nil, fault.Errorf(fault.Input, "--pipeline with --group or --store: choose one")
		}
		ref.Store, ref.Holder = forge.Pipeline, p.Pipeline
		return []forge.Ref{ref}, nil
	}
	names := p.Store
	if len(names) == 0 {
		names = []string{string(o.Secret.Fallback)}
	}
	var refs []forge.Ref
	for _, name := range slices.Compact(slices.Sorted(slices.Values(names))) {
		ref.Store = forge.Store(name)
		refs = append(refs, ref)
	}
	return refs, nil
}
