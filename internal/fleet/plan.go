package fleet

import (
	"context"
	"errors"
	"slices"
	"strings"
	"sync"
	"time"

	"github.com/gatewright/gatewright/internal/fault"
	"github.com/gatewright/gatewright/internal/fleet/journal"
)

// Plan is what would be done, and why. It holds no secret and no address, so that
// it may be shown in a pull request; and it is advice: what Apply does with a token
// is decided again by what service, forge and journal say then.
type Plan struct {
	Version int       `json:"version"`
	MadeAt  time.Time `json:"madeAt"`
	Target
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

// Target is whose tokens a plan or a report is about.
type Target struct {
	Service      string `json:"service"`
	Forge        string `json:"forge"`
	Organization string `json:"organization"`
	Secret       string `json:"secret"`
}

func (f *Fleet) target() Target {
	return Target{f.Service.Name, f.Forge.Name, f.Policy.Org, f.Policy.Secret}
}

// Changes is how many repositories the plan changes.
func (p Plan) Changes() int { return number(p.Items, Item.Changes) }

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
	return f.planFor(ctx, j, progress, f.views)
}

// planFor is Plan for those repositories that look finds.
func (f *Fleet) planFor(ctx context.Context, j journal.Session, progress Progress, look func(context.Context, *history) ([]view, error)) (Plan, error) {
	if err := f.check(); err != nil {
		return Plan{}, err
	}
	h := fold(j.Entries)
	views, err := look(ctx, h)
	if err != nil {
		return Plan{}, err
	}
	var inspect func(context.Context, *view)
	if slices.ContainsFunc(views, view.worth) {
		if inspect, err = f.inspector(ctx, h); err != nil {
			return Plan{}, err
		}
	}
	items := make([]Item, len(views))
	var mu sync.Mutex // of done, and for progress, which need not be safe
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
	p := f.planOf(j, items)
	p.Proof, p.Forecast = f.Policy.Proof && f.Forge.Runs != nil, f.forecast(p)
	return p, nil
}

// planOf returns a plan of the items, beside the journal as it is. The position in
// the journal is what shows, when it is carried out, that nothing happened since.
func (f *Fleet) planOf(j journal.Session, items []Item) Plan {
	p := Plan{
		Version: planVersion, MadeAt: f.now(), Target: f.target(), Shard: f.Policy.Shard.String(),
		Policy: f.digest(), Journal: journal.PositionOf(j.Entries), Items: items,
	}
	p.count()
	return p
}

// count fills the summary. Every action is in it, also at 0: who reads it by machine
// need not know which may be left out.
func (p *Plan) count() {
	p.Summary = map[Action]int{}
	for _, a := range Actions() {
		p.Summary[a] = 0
	}
	for _, i := range p.Items {
		p.Summary[i.Action]++
	}
}

// check refuses what cannot work before anything is asked, and before a plan looks
// as if it could be carried out.
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

// ownerForm reports whether text can begin the names of tokens: a dash in it would
// make it the owner and the repository of another fleet's.
func ownerForm(text string) bool {
	return len(text) > 0 && len(text) <= 12 && strings.Trim(text, "abcdefghijklmnopqrstuvwxyz0123456789") == ""
}
