package forgetest

import (
	"net/http"
	"testing"

	"github.com/gatewright/gatewright/internal/rest"
	"github.com/gatewright/gatewright/internal/rest/pace"
	"github.com/gatewright/gatewright/internal/sandbox/wire"
	"github.com/gatewright/gatewright/internal/sandbox/world"
)

// Wire is the way to a stand-in.
type Wire = wire.Wire

// NewWire is a wire to a stand-in with its world's misbehaviours in between.
func NewWire(w *world.World, system string, stand http.Handler) *Wire {
	return wire.New(w, system, stand)
}

// Rest makes a client over the wire, paced as the real one is.
func Rest(t testing.TB, w *Wire, base string, cred rest.Credential, p pace.Profile) *rest.Client {
	t.Helper()
	return wire.Client(t, w, base, cred, p)
}
