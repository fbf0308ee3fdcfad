package fleet

import (
	"cmp"
	"context"
	"iter"
	"slices"
	"strings"

	"github.com/gatewright/gatewright/internal/console"
	"github.com/gatewright/gatewright/internal/fault"
	"github.com/gatewright/gatewright/internal/forge"
)

// views returns one view for each repository of the policy's filter and shard,
// in the forge's order, and after them those that the journal alone knows. A
// listing that lacks something is where a fleet forgets a live token, so each way
// to lack something is looked for here: another shard's journal, repositories that
// vanished, too many of them at once, names that nobody has, nothing at all.
func (f *Fleet) views(ctx context.Context, h *history) ([]view, error) {
	if err := f.strangers(h); err != nil {
		return nil, err
	}
	all, repos, err := f.chosen(ctx)
	if err != nil {
		return nil, err
	}
	found, lost, err := f.vanished(ctx, repos, h)
	if err != nil {
		return nil, err
	}
	all = append(all, found...)
	if repos, err = f.share(append(repos, found...)); err != nil {
		return nil, err
	}
	if err := f.floor(len(lost), h); err != nil {
		return nil, err
	}
	if len(repos)+len(lost) == 0 && f.Policy.Shard.Of <= 1 {
		return nil, fault.WithHint(fault.Errorf(fault.Input, "no repository of %s at %s fits the filter", f.Policy.Org, f.Forge.Name),
			"check the organization's name, the filter, and what the credential may see")
	}
	isAdded, err := f.added(ctx)
	if err != nil {
		return nil, err
	}
	var out []view
	for _, r := range repos {
		v := view{repo: r, state: h.of(f.subjectOf(r)), added: isAdded(r), noPlace: f.noPlace(r)}
		if !v.added && f.Policy.AddMissing {
			v.added, v.add = true, true
		}
		out = append(out, v)
	}
	return append(append(out, lost...), f.absent(all, lost)...), nil
}

// noPlace reports whether the repository lacks a place, since its CI is switched
// off. What is kept by a program, or by the organization, is there all the same.
func (f *Fleet) noPlace(r forge.Repository) bool {
	return r.NoCI && slices.ContainsFunc(f.Policy.Places, func(p Place) bool {
		_, program := p.Store.Program()
		return p.Org == "" && !program
	})
}

func isGlob(name string) bool { return strings.ContainsAny(name, "*?[{\\") }

// absent returns a view for each name that was asked for and that the forge does
// not list: a misspelt name is no reason to do less.
func (f *Fleet) absent(all []forge.Repository, lost []view) []view {
	if !f.Policy.Filter.NamesOnly() || f.Policy.Shard.Index > 1 {
		return nil
	}
	for _, v := range lost {
		all = append(all, v.repo)
	}
	var out []view
	for _, name := range f.Policy.Filter.Names {
		one := forge.Filter{Names: []string{name}}
		if isGlob(name) || slices.ContainsFunc(all, one.Match) {
			continue
		}
		owner, short := splitRepo(name)
		out = append(out, view{repo: forge.Repository{Owner: cmp.Or(owner, f.Policy.Org), Name: short}, state: newRepoState(name), absent: true})
	}
	return out
}

// chosen lists the repositories of the filter and the teams, in the forge's order,
// and of them those of the shard. A team without any repository is an error: its
// name is misspelt, or the credential does not see it, and either way nothing would
// be done.
func (f *Fleet) chosen(ctx context.Context) (all, part []forge.Repository, err error) {
	if all, err = collect(f.Forge.Repositories(ctx, f.Policy.Org, f.Policy.Filter)); err != nil {
		return nil, nil, err
	}
	of := map[string]bool{}
	for _, team := range f.Policy.Teams {
		theirs, err := collect(f.Forge.Teams.TeamRepositories(ctx, f.Policy.Org, team))
		if err == nil && len(theirs) == 0 {
			err = fault.Errorf(fault.Input, "the team %s of %s has no repository", team, f.Policy.Org)
		}
		if err != nil {
			return nil, nil, err
		}
		for _, r := range theirs {
			of[r.ID] = true
		}
	}
	all = slices.DeleteFunc(all, func(r forge.Repository) bool { return len(f.Policy.Teams) > 0 && !of[r.ID] })
	part, err = f.share(all)
	return all, part, err
}

// collect returns a whole listing: of one that broke off nothing is taken, for what
// it lacks would look as if it were gone.
func collect(list iter.Seq2[forge.Repository, error]) (out []forge.Repository, err error) {
	for r, err := range list {
		if err != nil {
			return nil, err
		}
		out = append(out, r)
	}
	return out, nil
}

// share returns those of the policy's shard. It refuses a place that several of
// them would write their own tokens into: the last would win, and the others' jobs
// would hold a token of another repository.
func (f *Fleet) share(all []forge.Repository) ([]forge.Repository, error) {
	out := slices.DeleteFunc(slices.Clone(all), func(r forge.Repository) bool { return !f.Policy.Shard.has(f.subjectOf(r)) })
	for _, p := range f.Policy.Places {
		if p.shared() && len(out) > 1 && f.Service.Minter != nil {
			return nil, fault.WithHint(fault.Errorf(fault.Input, "%s would hold the tokens of %s under one name", p, console.Count(len(out), "repository")),
				"write {repository} in --holder where the repository's name belongs")
		}
	}
	return out, nil
}

// vanished returns a view for each repository of the filter's names whose token
// the journal knows to live and that the forge no longer lists. One that is
// listed and that the filter leaves out has not vanished, nor has one that was
// renamed. So before any is said to be gone all are listed, once more where they
// were: a row that is deleted while pages are read hides one behind it. What the
// filter chooses of those that this finds is returned too.
func (f *Fleet) vanished(ctx context.Context, repos []forge.Repository, h *history) (found []forge.Repository, out []view, err error) {
	listed := map[string]bool{}
	for _, r := range repos {
		listed[f.subjectOf(r)] = true
	}
	lost := slices.DeleteFunc(f.known(h), func(s *repoState) bool { return listed[s.id] || !s.alive() })
	if len(lost) == 0 {
		return nil, nil, nil
	}
	all, err := collect(f.Forge.Repositories(ctx, f.Policy.Org, forge.Filter{}))
	if err != nil {
		return nil, nil, err
	}
	again := map[string]forge.Repository{}
	for _, r := range all {
		again[f.subjectOf(r)] = r
	}
	for _, s := range lost {
		switch r, there := again[s.id]; {
		case !there:
			out = append(out, view{repo: f.repositoryOf(s), state: s, vanished: true})
		case len(f.Policy.Teams) == 0 && f.Policy.Filter.Match(r):
			found = append(found, r)
		}
	}
	return found, out, nil
}

// known returns the repositories of this fleet, shard and filter of names that
// the journal has met. Of the filter only names can be compared: the journal has no
// topics, and what was archived or renamed since it cannot know.
func (f *Fleet) known(h *history) []*repoState {
	names := forge.Filter{Names: f.Policy.Filter.Names, Exclude: f.Policy.Filter.Exclude}
	return slices.DeleteFunc(h.sorted(), func(s *repoState) bool {
		return !f.owns(s) || !f.Policy.Shard.has(s.id) || !names.Match(f.repositoryOf(s))
	})
}

// floor refuses a listing that lacks more of the known repositories than the
// policy allows: a credential that lost its sight is no reason to do less.
func (f *Fleet) floor(lost int, h *history) error {
	known := number(f.known(h), (*repoState).alive)
	if f.Policy.MaxMissing == 0 || lost*100 <= f.Policy.MaxMissing*known {
		return nil
	}
	return fault.WithHint(fault.Errorf(fault.Input, "%d of %s that the journal knows are no longer listed by the forge, more than %d %%",
		lost, console.Count(known, "repository"), f.Policy.MaxMissing), "check what the credential may see; if they are gone, `gatewright fleet remove --vanished --all` or raise --max-missing")
}

// added returns the function that reports whether the service analyses a
// repository. Names are held together without case, as every forge does; a
// repository of a subgroup is known there by its top group and its own name. A
// service that cannot list its repositories has all of them: a mint says the rest.
func (f *Fleet) added(ctx context.Context) (func(forge.Repository) bool, error) {
	all := func(forge.Repository) bool { return true }
	if f.Service.Repositories == nil {
		return all, nil
	}
	list, err := f.Service.Repositories.Repositories(ctx, f.provider(), f.Policy.Org)
	if unsupported(err) {
		return all, nil
	}
	if err != nil {
		return nil, err
	}
	known := make(map[string]bool, len(list))
	for _, r := range list {
		if r.Added {
			known[strings.ToLower(r.Owner+"/"+r.Name)] = true
		}
	}
	return func(r forge.Repository) bool {
		top, _, nested := strings.Cut(r.Owner, "/")
		return known[strings.ToLower(r.Owner+"/"+r.Name)] || nested && known[strings.ToLower(top+"/"+r.Name)]
	}, nil
}
