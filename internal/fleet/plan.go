package fleet

import (
	"cmp"
	"context"
	"errors"
	"slices"
	"strings"
	"sync"
	"time"

	"github.com/gatewright/gatewright/internal/fault"
	"github.com/gatewright/gatewright/internal/fleet/journal"
	"github.com/gatewright/gatewright/internal/forge"
)

// Plan is what would be done, and why. It holds no secret and no address.
type Plan struct {
	Version   int            `json:"version"`
	MadeAt    time.Time      `json:"madeAt"`
	Service   string         `json:"service"`
	Forge     string         `json:"forge"`
	Org       string         `json:"organization"`
	Secret    string         `json:"secret"`
	Shard     string         `json:"shard,omitempty"`
	Policy    string         `json:"policy"`            // digest of what was asked for, addresses included
	Settings  Config         `json:"settings,omitzero"` // what was asked for, for apply to ask the same; no address: credentials go where the user says
	Journal   string         `json:"journal,omitempty"` // the journal's last line then
	Summary   map[Action]int `json:"summary"`
	Items     []Item         `json:"repositories"`
	Forecast  Forecast       `json:"forecast"`
	Proof     bool           `json:"proof,omitempty"`     // old tokens may go before their grace is over, see Policy.Proof
	Signature string         `json:"signature,omitempty"` // of all the rest, by the operator's key; see Sign
}

// Changes is how many repositories the plan changes.
func (p Plan) Changes() int {
	n := 0
	for _, i := range p.Items {
		if i.Changes() {
			n++
		}
	}
	return n
}

// Retiring returns how many old tokens wait for the end of their grace, but for
// those that a person has to revoke, and when the first one's is over.
func (p Plan) Retiring() (n int, first time.Time) {
	for _, i := range p.Items {
		for _, d := range i.Retiring {
			if d.NotBefore.IsZero() {
				continue
			}
			if n++; n == 1 || d.NotBefore.Before(first) {
				first = d.NotBefore
			}
		}
	}
	return n, first
}

// Progress is told how far a run is; it may be nil.
type Progress func(done, total int)

func (p Progress) tell(done, total int) {
	if p != nil {
		p(done, total)
	}
}

// Plan looks at the forge, the service and the journal, and decides. It writes
// nothing anywhere. Repositories that cannot be looked at are in the plan as
// Unknown or Forbidden, and those that the journal knows and the forge no longer
// lists as Vanished; an error means that there is no plan. See Plan.Err.
func (f *Fleet) Plan(ctx context.Context, j journal.Session, progress Progress) (Plan, error) {
	if err := f.check(); err != nil {
		return Plan{}, err
	}
	h := fold(j.Entries)
	views, err := f.views(ctx, h)
	if err != nil {
		return Plan{}, err
	}
	inspect, err := f.inspector(ctx, h)
	if err != nil {
		return Plan{}, err
	}
	items := make([]Item, len(views))
	var mu sync.Mutex
	done := 0
	err = each(ctx, len(views), f.workers(), func(i int) error {
		v := views[i]
		v.now = f.now()
		if v.worth() {
			inspect(ctx, &v)
			if ctx.Err() != nil {
				return ctx.Err()
			}
		}
		items[i] = f.decide(v)
		mu.Lock()
		done++
		progress.tell(done, len(views))
		mu.Unlock()
		return nil
	})
	if err != nil {
		if errors.Is(err, context.Canceled) {
			err = fault.WithHint(fault.Errorf(fault.Stopped, "stopped; %d of %d repositories looked at, nothing changed", done, len(views)), "run it again")
		}
		return Plan{}, err
	}
	p := Plan{
		Version: planVersion, MadeAt: f.now(), Service: f.Service.Name, Forge: f.Forge.Name, Org: f.Policy.Org, Secret: f.Policy.Secret,
		Shard: f.Policy.Shard.String(), Policy: f.digest(), Journal: journal.PositionOf(j.Entries), Items: items, Proof: f.Policy.Proof && f.Forge.Runs != nil,
	}
	p.count()
	p.Forecast = f.forecast(p)
	return p, nil
}

func (p *Plan) count() {
	p.Summary = map[Action]int{}
	for _, a := range Actions() {
		p.Summary[a] = 0
	}
	for _, i := range p.Items {
		p.Summary[i.Action]++
	}
}

// check refuses what cannot work before anything is asked.
func (f *Fleet) check() error {
	switch {
	case f.Policy.Org == "":
		return fault.WithHint(fault.Errorf(fault.Input, "no organization"), "name it with --org or in fleet.yml")
	case f.Policy.Secret == "":
		return fault.WithHint(fault.Errorf(fault.Input, "no name for the secret"), "name it with --secret or in fleet.yml")
	case len(f.Policy.Places) == 0:
		return fault.Errorf(fault.Input, "no store for the secret")
	case f.Service.Minter != nil && slices.ContainsFunc(f.Policy.Places, func(p Place) bool { return p.Org != "" }):
		return fault.WithHint(fault.Errorf(fault.Input, "the organization has one secret for all repositories, and %s makes a token for each", f.Service.Name),
			"store them in the repositories; the store organization is for a token that all share")
	case !ownerForm(f.owner()):
		return fault.Errorf(fault.Input, "the owner of a fleet is 1 to 12 small letters and digits, and %q is not", f.owner())
	case f.Policy.AddMissing && f.Service.Adder == nil:
		return fault.WithHint(fault.Errorf(fault.Input, "%s adds no repositories through its API", f.Service.Name), "add them in its web page, and leave out --add-missing")
	case len(f.Policy.Teams) > 0 && f.Forge.Teams == nil:
		return fault.WithHint(fault.Errorf(fault.Input, "%s does not list repositories by teams", f.Forge.Name), "choose them by --include, --topic or --repositories-from")
	case f.life() > 0 && f.Policy.RotateWithin >= f.life():
		return fault.WithHint(fault.Errorf(fault.Input, "tokens live %s and are rotated within %s of their end: each would be replaced at once", days(f.life()), days(f.Policy.RotateWithin)),
			"make --rotate-within shorter, or --expires longer")
	case f.Service.Minter == nil && f.Service.Given.Empty():
		return fault.WithHint(fault.Errorf(fault.Input, "%s does not issue tokens through its API, and none was given to hand out", f.Service.Name),
			"make one in its web page and pass it with --token-stdin or --token-file")
	}
	return nil
}

func ownerForm(text string) bool {
	return len(text) > 0 && len(text) <= 12 && strings.Trim(text, "abcdefghijklmnopqrstuvwxyz0123456789") == ""
}

// views returns one view for each repository of the policy's filter and shard,
// in the forge's order, and after them those that the journal alone knows.
func (f *Fleet) views(ctx context.Context, h *history) ([]view, error) {
	if err := f.strangers(h); err != nil {
		return nil, err
	}
	all, err := f.chosen(ctx)
	if err != nil {
		return nil, err
	}
	repos, err := f.share(all)
	if err != nil {
		return nil, err
	}
	lost, err := f.vanished(ctx, repos, h)
	if err != nil {
		return nil, err
	}
	if err := f.floor(lost, h); err != nil {
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
		v := view{repo: r, state: h.of(f.subjectOf(r)), added: isAdded(r)}
		if !v.added && f.Policy.AddMissing {
			v.added, v.add = true, true
		}
		out = append(out, v)
	}
	return append(append(out, lost...), f.absent(all, lost)...), nil
}

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
		if strings.ContainsAny(name, "*?[{\\") || slices.ContainsFunc(all, one.Match) {
			continue
		}
		owner, short := splitRepo(name)
		out = append(out, view{repo: forge.Repository{Owner: cmp.Or(owner, f.Policy.Org), Name: short}, state: newRepoState(name), absent: true})
	}
	return out
}

// chosen lists the repositories of the filter and the teams, in the forge's order.
func (f *Fleet) chosen(ctx context.Context) ([]forge.Repository, error) {
	all, err := f.list(ctx, f.Policy.Filter)
	if err != nil || len(f.Policy.Teams) == 0 {
		return all, err
	}
	of := map[string]bool{}
	for _, team := range f.Policy.Teams {
		n := 0
		for r, err := range f.Forge.Teams.TeamRepositories(ctx, f.Policy.Org, team) {
			if err != nil {
				return nil, err
			}
			of[r.ID] = true
			n++
		}
		if n == 0 {
			return nil, fault.Errorf(fault.Input, "the team %s of %s has no repository", team, f.Policy.Org)
		}
	}
	return slices.DeleteFunc(all, func(r forge.Repository) bool { return !of[r.ID] }), nil
}

// list lists the repositories of the filter, in the forge's order.
func (f *Fleet) list(ctx context.Context, filter forge.Filter) ([]forge.Repository, error) {
	var out []forge.Repository
	for r, err := range f.Forge.Repositories.Repositories(ctx, f.Policy.Org, filter) {
		if err != nil {
			return nil, err
		}
		out = append(out, r)
	}
	return out, nil
}

// repositories lists those of the filter and the policy's shard.
func (f *Fleet) repositories(ctx context.Context, filter forge.Filter) ([]forge.Repository, error) {
	all, err := f.list(ctx, filter)
	if err != nil {
		return nil, err
	}
	return f.share(all)
}

// share returns those of the policy's shard.
func (f *Fleet) share(all []forge.Repository) ([]forge.Repository, error) {
	var out []forge.Repository
	for _, r := range all {
		if f.Policy.Shard.has(f.subjectOf(r)) {
			out = append(out, r)
		}
	}
	for _, p := range f.Policy.Places {
		if p.shared() && len(out) > 1 && f.Service.Minter != nil {
			return nil, fault.WithHint(fault.Errorf(fault.Input, "%s would hold the tokens of %s under one name", p, plural(len(out), "repository")),
				"write {repository} in --holder where the repository's name belongs")
		}
	}
	return out, nil
}

// vanished returns a view for each repository of the filter's names whose token
// the journal knows to live and that the forge no longer lists. One that is
// listed and that the filter leaves out has not vanished.
func (f *Fleet) vanished(ctx context.Context, repos []forge.Repository, h *history) ([]view, error) {
	listed := map[string]bool{}
	for _, r := range repos {
		listed[f.subjectOf(r)] = true
	}
	lost := slices.DeleteFunc(f.known(h), func(s *repoState) bool { return listed[s.id] || !s.alive() })
	if len(lost) > 0 && (!f.Policy.Filter.NamesOnly() || len(f.Policy.Teams) > 0) {
		more, err := f.repositories(ctx, forge.Filter{})
		if err != nil {
			return nil, err
		}
		for _, r := range more {
			listed[f.subjectOf(r)] = true
		}
	}
	var out []view
	for _, s := range lost {
		if !listed[s.id] {
			out = append(out, view{repo: f.repositoryOf(s), state: s, vanished: true})
		}
	}
	return out, nil
}

// known returns the repositories of this fleet, shard and filter of names that
// the journal has met.
func (f *Fleet) known(h *history) []*repoState {
	names := forge.Filter{Names: f.Policy.Filter.Names, Exclude: f.Policy.Filter.Exclude}
	return slices.DeleteFunc(h.sorted(), func(s *repoState) bool {
		return !f.owns(s) || !f.Policy.Shard.has(s.id) || !names.Match(f.repositoryOf(s))
	})
}

// floor refuses a listing that lacks more of the known repositories than the
// policy allows: a credential that lost its sight is no reason to do less.
func (f *Fleet) floor(lost []view, h *history) error {
	known := 0
	for _, s := range f.known(h) {
		if s.alive() {
			known++
		}
	}
	if f.Policy.MaxMissing == 0 || len(lost)*100 <= f.Policy.MaxMissing*known {
		return nil
	}
	return fault.WithHint(fault.Errorf(fault.Input, "%d of %s that the journal knows are no longer listed by the forge, more than %d %%",
		len(lost), plural(known, "repository"), f.Policy.MaxMissing), "check what the credential may see; if they are gone, `gatewright fleet remove` them or raise --max-missing")
}

// added returns the function that reports whether the service analyses a
// repository. Names are held together without case, as every forge does; a
// repository of a subgroup is known there by its top group and its own name.
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
