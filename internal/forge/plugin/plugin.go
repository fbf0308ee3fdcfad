// Package plugin keeps secrets in stores other than a forge's own: a store
// "exec:PROGRAM" is a program of the user's that speaks the protocol of
// docs/stores.md. It is started once for each operation and reads one line of
// JSON, the instruction, from standard input; for a put the value follows to
// the end of the input, and stands nowhere else. It writes one JSON object and
// ends with one of Gatewright's exit codes.
package plugin

import (
	"cmp"
	"context"
	"errors"
	"time"

	"github.com/gatewright/gatewright/internal/fault"
	"github.com/gatewright/gatewright/internal/forge"
	"github.com/gatewright/gatewright/internal/secret"
)

// Options are what programs are run with.
type Options struct {
	Runner  Runner           // nil: processes of this machine
	Process Process          // how they are started, where Runner is nil
	Redact  *secret.Redactor // cleans what a program says; may be nil
	Notify  func(string)     // is told of waits that people notice; may be nil
	MaxWait time.Duration    // longest single wait that a program may ask for; 0: 5 minutes
	AtOnce  int              // processes of one program at a time; 0: one, for stores that cannot be written by two
	Pause   time.Duration    // before a second try; each further one waits twice as long; 0: one second
}

// Stores are the stores that are programs. They implement what every store of a
// forge does, and are safe for concurrent use.
type Stores struct {
	o     Options
	turns forge.Turns // by program
}

// New returns the stores. Nothing is run.
func New(o Options) *Stores {
	if o.Runner == nil {
		o.Runner = o.Process
	}
	o.Pause, o.MaxWait = cmp.Or(o.Pause, time.Second), cmp.Or(o.MaxWait, 5*time.Minute)
	return &Stores{o: o, turns: forge.Turns{AtOnce: o.AtOnce}}
}

// Put stores the value.
func (s *Stores) Put(ctx context.Context, ref forge.Ref, value secret.Value) (forge.Written, error) {
	a, err := s.ask(ctx, request{do: "put", ref: ref, value: value})
	if err != nil || a.Written == "" {
		return 0, err
	}
	return forge.WrittenOver(a.Written == "replaced"), nil
}

// Delete deletes the secret; that it is not there is no error.
func (s *Stores) Delete(ctx context.Context, ref forge.Ref) error {
	_, err := s.ask(ctx, request{do: "delete", ref: ref})
	return err
}

// Stat looks at the secret.
func (s *Stores) Stat(ctx context.Context, ref forge.Ref) (forge.Stat, error) {
	a, err := s.ask(ctx, request{do: "stat", ref: ref})
	if err != nil {
		return forge.Stat{}, err
	}
	if !*a.Exists {
		return forge.Stat{}, ref.Missing()
	}
	return a.forge(ref.Name), nil
}

// CanWrite runs a stat, which shows that the program is there and its store
// answers. Whether it may be written, a program may say.
func (s *Stores) CanWrite(ctx context.Context, ref forge.Ref) error {
	if ref.Name == "" {
		return check(ref, false)
	}
	a, err := s.ask(ctx, request{do: "stat", ref: ref})
	if err == nil && a.Writable != nil && !*a.Writable {
		return fault.WithHint(fault.Errorf(fault.Auth, "%s: the program says that it may not be written", ref.Op("store")), "%s", accountHint)
	}
	return err
}

// List lists the secrets of a place, for programs that can.
func (s *Stores) List(ctx context.Context, ref forge.Ref) ([]forge.Stat, error) {
	a, err := s.ask(ctx, request{do: "list", ref: ref})
	if err != nil {
		return nil, err
	}
	out := []forge.Stat{}
	for _, l := range a.Secrets {
		out = append(out, l.forge(l.Name))
	}
	return out, nil
}

// Beside returns a forge whose stores are those of f, and besides them the
// programs.
func (s *Stores) Beside(f forge.Forge) forge.Forge {
	w := &beside{own: f, programs: s}
	f.Secrets, f.Stater, f.Lister, f.WriteChecker = w, w, w, w
	if f.Sealer != nil {
		f.Sealer = w
	}
	if f.Planner != nil {
		f.Planner = w
	}
	if f.Resolver != nil {
		f.Resolver = w
	}
	return f
}

// Alone returns a forge that has nothing but the programs.
func (s *Stores) Alone() forge.Forge {
	return forge.Forge{Secrets: s, Stater: s, Lister: s, WriteChecker: s}
}

// beside asks a forge or the programs, whichever has the store.
type beside struct {
	own      forge.Forge
	programs *Stores
}

func (b *beside) side(ref forge.Ref) forge.Forge {
	if _, ok := ref.Store.Program(); ok {
		return b.programs.Alone()
	}
	return b.own
}

func (b *beside) Put(ctx context.Context, ref forge.Ref, value secret.Value) (forge.Written, error) {
	return b.side(ref).Put(ctx, ref, value)
}

func (b *beside) Delete(ctx context.Context, ref forge.Ref) error {
	return b.side(ref).Delete(ctx, ref)
}

func (b *beside) Stat(ctx context.Context, ref forge.Ref) (forge.Stat, error) {
	return b.side(ref).Stat(ctx, ref)
}

func (b *beside) List(ctx context.Context, ref forge.Ref) ([]forge.Stat, error) {
	return b.side(ref).List(ctx, ref)
}

func (b *beside) CanWrite(ctx context.Context, ref forge.Ref) error {
	return b.side(ref).CanWrite(ctx, ref)
}

// Plan is what a Put would do.
func (b *beside) Plan(ctx context.Context, ref forge.Ref) (forge.Change, error) {
	return b.side(ref).Plan(ctx, ref)
}

// Seal is errors.ErrUnsupported for a program, which publishes no key.
func (b *beside) Seal(ctx context.Context, ref forge.Ref, value secret.Value) (forge.Sealed, error) {
	if f := b.side(ref); f.Sealer != nil {
		return f.Sealer.Seal(ctx, ref, value)
	}
	return forge.Sealed{}, fault.Errorf(fault.Input, "seal %s for %s: %w", ref.Name, ref, errors.ErrUnsupported)
}

// PutSealed is the forge's own.
func (b *beside) PutSealed(ctx context.Context, ref forge.Ref, sealed forge.Sealed) (forge.Written, error) {
	if f := b.side(ref); f.Sealer != nil {
		return f.Sealer.PutSealed(ctx, ref, sealed)
	}
	return 0, fault.Errorf(fault.Input, "store %s in %s: %w", ref.Name, ref, errors.ErrUnsupported)
}

// Resolve completes what only the forge leaves open.
func (b *beside) Resolve(ctx context.Context, ref forge.Ref) (forge.Ref, error) {
	if f := b.side(ref); f.Resolver != nil {
		return f.Resolver.Resolve(ctx, ref)
	}
	return ref, nil
}
