package bitbucket

import "github.com/gatewright/gatewright/internal/sandbox/world"

// The quirks that a seed can switch on, by name (docs/fidelity/bitbucket.md).
const (
	plainLimit = "bitbucket-plain-limit"
)

// Quirks are what Bitbucket does at times.
type Quirks struct {
	Limited bool // every request is answered with its limit: plain text, and no header that says how long
}

func quirksOf(w *world.World) Quirks { return Quirks{Limited: w.Quirk(plainLimit)} }
