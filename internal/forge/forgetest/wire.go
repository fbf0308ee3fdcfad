package forgetest

import (
	"net/http"
	"testing"

	"github.com/gatewright/gatewright/internal/forge"
	"github.com/gatewright/gatewright/internal/sandbox/wire"
	"github.com/gatewright/gatewright/internal/sandbox/world"
)

// Wire is the way to a stand-in.
type Wire = wire.Wire

// NewWire is a wire to a stand-in with its world's misbehaviours in between.
func NewWire(w *world.World, system string, stand http.Handler) *Wire {
	return wire.New(w, system, stand)
}

// Open opens a forge over the wire, paced as the real one is. base is the
// address of its API; o needs no Rest.
func Open(t testing.TB, d forge.Descriptor, w *Wire, base string, o forge.Opening) forge.Forge {
	t.Helper()
	notify := o.Rest.Notify
	o.Rest = wire.Config(w, base, d.Limits)
	o.Rest.Notify = notify
	f, err := d.Open(o)
	if err != nil {
		t.Fatal(err)
	}
	return f
}
