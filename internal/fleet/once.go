package fleet

import (
	"context"
	"reflect"
	"slices"
	"sync"
	"time"

	"github.com/gatewright/gatewright/internal/fault"
	"github.com/gatewright/gatewright/internal/forge"
	"github.com/gatewright/gatewright/internal/secret"
)

// once does for all repositories of a run what is done in a place that they
// share. It is safe for concurrent use.
type once struct {
	f     *Fleet
	to    []forge.Repository // that are to see the secret
	whole bool               // the run is about every repository of the fleet

	mu   sync.Mutex
	done map[string]func() outcome
}

// outcome is what came of it, for every repository the same.
type outcome struct {
	written forge.Written
	seers   *forge.Audience // nil: everybody sees the secret
	err     error
}

func newOnce(f *Fleet, p Plan) *once {
	o := &once{f: f, done: map[string]func() outcome{}, whole: f.whole()}
	for _, i := range p.Items {
		if i.Changes() {
			o.to = append(o.to, i.repo())
		}
	}
	return o
}

// whole reports whether the fleet is every repository of the organization.
func (f *Fleet) whole() bool {
	return f.Policy.Shard.Of <= 1 && len(f.Policy.Teams) == 0 && reflect.ValueOf(f.Policy.Filter).IsZero()
}

// do does the work for the first who asks, and returns its outcome to all; those
// who ask meanwhile wait. A failure is everybody's too: to try it once for each of
// ten thousand repositories would only spend the rate limit.
func (o *once) do(what string, work func() outcome) outcome {
	o.mu.Lock()
	first, begun := o.done[what]
	if !begun {
		first = sync.OnceValue(work)
		o.done[what] = first
	}
	o.mu.Unlock()
	return first()
}

// seeTries bounds how often a selection is written again that another run, of
// another shard, overwrote at the same time.
const seeTries = 5

// put stores the value, and returns an error for a repository that does not see
// it afterwards.
func (o *once) put(ctx context.Context, repo forge.Repository, p Place, value secret.Value) (forge.Written, error) {
	out := o.do("put "+p.String(), func() outcome { return o.write(ctx, p, p.ref(repo, o.f.Policy.Secret), value) })
	if out.err == nil && out.seers != nil && !out.seers.Has(repo) && out.seers.Visibility == "selected" {
		return 0, fault.WithHint(fault.Errorf(fault.Service, "the secret of the organization was stored, and %s is not among the repositories that see it", fullName(repo)),
			"another run may have written the selection at the same time; run it again")
	}
	return out.written, out.err
}

// write stores the value in a shared place. The selection of an organization's
// secret is read, extended and written back with the value, so two shards may
// overwrite each other's: it is read again, and written until all are in it.
func (o *once) write(ctx context.Context, p Place, ref forge.Ref, value secret.Value) (out outcome) {
	if p.Org == "" { // a holder that several repositories share has no selection
		out.written, out.err = o.f.Forge.Put(ctx, ref, value)
		return out
	}
	if c := o.f.Forge.WriteChecker; c != nil {
		if out.err = c.CanWrite(ctx, ref); out.err != nil {
			return out
		}
	}
	if o.f.Forge.Sharer == nil {
		out.written, out.err = o.f.Forge.Put(ctx, ref, value)
		return out
	}
	for try := range seeTries {
		written, err := o.f.Forge.Sharer.PutFor(ctx, ref, value, o.to)
		if err != nil {
			return outcome{err: err}
		}
		if try == 0 {
			out.written = written // the others replace what the first made
		}
		a, err := o.f.Forge.Sharer.Audience(ctx, ref)
		if err != nil {
			return outcome{err: err}
		}
		if out.seers = &a; a.Visibility != "selected" || !slices.ContainsFunc(o.to, func(r forge.Repository) bool { return !a.Has(r) }) {
			return out
		}
		if err := o.f.Clock.Sleep(ctx, time.Second<<try); err != nil {
			return outcome{err: err}
		}
	}
	return out
}

// delete deletes the secret of a place, a shared one once.
func (o *once) delete(ctx context.Context, repo forge.Repository, p Place) error {
	work := func() outcome { return outcome{err: o.f.Forge.Delete(ctx, p.ref(repo, o.f.Policy.Secret))} }
	if !p.shared() {
		return work().err
	}
	return o.do("delete "+p.String(), work).err
}
