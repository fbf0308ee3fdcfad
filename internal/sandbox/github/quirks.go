package github

import (
	"time"

	"github.com/gatewright/gatewright/internal/sandbox/world"
)

// The quirks that a seed can switch on, by name (docs/fidelity/github.md).
const (
	neverPushed   = "github-never-pushed"
	noPermissions = "github-no-permissions"
	youngTokens   = "github-young-tokens"
	partialSSO    = "github-partial-sso"
	requiredSSO   = "github-required-sso"
	numericKeys   = "github-numeric-keys"
	quietLimits   = "github-quiet-limits"
	OtherWords    bool          // what has no room is refused in other words than the stand-in has: those are inferred
	ArchivedTakes bool          // secrets of archived repositories are taken; that they are refused is inferred
}

func quirksOf(w *world.World) Quirks {
	q := Quirks{NeverPushed: w.Quirk(neverPushed), NoPermissions: w.Quirk(noPermissions), NumericKeys: w.Quirk(numericKeys), QuietLimits: w.Quirk(quietLimits), OtherWords: w.Quirk(otherWords), ArchivedTakes: w.Quirk(archivedTakes)}
