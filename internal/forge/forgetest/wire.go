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

// Site is where a forge is reached.
type Site struct {
	*Wire
	Base string // address of its API
}

// Open opens a forge at a site, paced as the real one is. o needs no Rest.
func Open(t testing.TB, d forge.Descriptor, at Site, o forge.Opening) forge.Forge {
	t.Helper()
	notify := o.Rest.Notify
	o.Rest = wire.Config(at.Wire, at.Base, d.Limits)
	o.Rest.Notify = notify
	f, err := d.Open(o)
	if err != nil {
		t.Fatal(err)
	}
	return f
}
