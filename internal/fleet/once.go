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
	done map[string]*outcome
}

// outcome is what came of it, once ended is closed.
type outcome struct {
	ended   chan struct{}
	written forge.Written
	err     error
	seers   *forge.Audience
}

func newOnce(f *Fleet, p Plan) *once {
	o := &once{f: f, done: map[string]*outcome{}, whole: f.Policy.Shard.Of <= 1 && reflect.ValueOf(f.Policy.Filter).IsZero()}
	for _, i := range p.Items {
		if i.Changes() {
			o.to = append(o.to, i.repo())
		}
	}
	return o
}

// do runs the work for the first who asks, and returns its outcome to all.
func (o *once) do(ctx context.Context, what string, work func(*outcome)) (*outcome, error) {
	o.mu.Lock()
	out, begun := o.done[what]
	if !begun {
		out = &outcome{ended: make(chan struct{})}
		o.done[what] = out
	}
	o.mu.Unlock()
	if !begun {
		work(out)
		close(out.ended)
	}
	select {
	case <-out.ended:
		return out, out.err
	case <-ctx.Done():
		return nil, ctx.Err()
	}
}

// seeTries bounds how often a selection is written again that another run, of
// another shard, overwrote at the same time.
const seeTries = 5

// put stores the value, and returns an error for a repository that does not see
// it afterwards.
func (o *once) put(ctx context.Context, repo forge.Repository, p Place, value secret.Value) (forge.Written, error) {
	out, err := o.do(ctx, "put "+p.String(), func(out *outcome) {
		ref := p.ref(repo, o.f.Policy.Secret)
		if c := o.f.Forge.WriteChecker; c != nil && p.Org != "" {
			if out.err = c.CanWrite(ctx, ref); out.err != nil {
				return
			}
		}
		if p.Org == "" || o.f.Forge.Sharer == nil {
			out.written, out.err = o.f.Forge.Secrets.Put(ctx, ref, value)
			return
		}
		for try := range seeTries {
			written, err := o.f.Forge.Sharer.PutFor(ctx, ref, value, o.to)
			if out.err = err; err != nil {
				return
			}
			if try == 0 {
				out.written = written
			}
			a, err := o.f.Forge.Sharer.Audience(ctx, ref)
			if out.err = err; err != nil {
				return
			}
			if out.seers = &a; a.Visibility != "selected" || !slices.ContainsFunc(o.to, func(r forge.Repository) bool { return !a.Has(r) }) {
				return
			}
			if out.err = o.f.Clock.Sleep(ctx, time.Second<<try); out.err != nil {
				return
			}
		}
	})
	if err != nil {
		return 0, err
	}
	if out.seers != nil && out.seers.Visibility == "selected" && !out.seers.Has(repo) {
		return 0, fault.WithHint(fault.Errorf(fault.Service, "the secret of the organization was stored, and %s/%s is not among the repositories that see it", repo.Owner, repo.Name),
			"another run may have written the selection at the same time; run it again")
	}
	return out.written, nil
}

// delete deletes the secret of a place, a shared one once.
func (o *once) delete(ctx context.Context, repo forge.Repository, p Place) error {
	ref := p.ref(repo, o.f.Policy.Secret)
	if !p.shared() {
		return o.f.Forge.Secrets.Delete(ctx, ref)
	}
	_, err := o.do(ctx, "delete "+p.String(), func(out *outcome) { out.err = o.f.Forge.Secrets.Delete(ctx, ref) })
	return err
}
