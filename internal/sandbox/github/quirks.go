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
	opaqueTags    = "github-opaque-tags"
	noRuns        = "github-no-runs"
	expiring      = "github-expiring-token"
	free304       = "github-free-304"
	otherWords    = "github-other-words"
	noNamed       = "github-no-named-environments"
	archivedTakes = "github-archived-secrets"
	strictIDs     = "github-strict-ids"
)

// Quirks are what GitHub does at times, or under settings of an organization.
type Quirks struct {
	NeverPushed   bool          // the first repository of each list has pushed_at null
	NoPermissions bool          // repositories are shown without permissions
	Young         time.Duration // a new installation token is refused with 401 for so long
	SSO           string        // "partial-results": lists leave out private repositories; "required": 403 for every secret
	NumericKeys   bool          // key_id is a number, as of Enterprise Servers up to 2.22
	QuietLimits   bool          // secondary limits come as 403 and as 429 without Retry-After, and as 429 without a body, in turn
	OpaqueTags    bool          // ETags are computed in another way than the one that was found out
	Expiring      bool          // personal tokens expire in two days
	NoRuns        bool          // the token lacks the permission actions: read
	Free304       bool          // a 304 costs no points of the minute either; that it does is inferred
	OtherWords    bool          // what has no room is refused in other words than the stand-in has: those are inferred
	NoNamed       bool          // secrets of environments are reached by numbers alone, as old Enterprise Servers may have it
	StrictIDs     bool          // ids of selected repositories are texts for Dependabot and numbers elsewhere, as before either was taken
	ArchivedTakes bool          // secrets of archived repositories are taken; that they are refused is inferred
}

func quirksOf(w *world.World) Quirks {
	q := Quirks{
		NeverPushed: w.Quirk(neverPushed), NoPermissions: w.Quirk(noPermissions), NumericKeys: w.Quirk(numericKeys),
		QuietLimits: w.Quirk(quietLimits), OpaqueTags: w.Quirk(opaqueTags), Free304: w.Quirk(free304), OtherWords: w.Quirk(otherWords),
		NoNamed: w.Quirk(noNamed), NoRuns: w.Quirk(noRuns), Expiring: w.Quirk(expiring), ArchivedTakes: w.Quirk(archivedTakes), StrictIDs: w.Quirk(strictIDs),
	}
	if w.Quirk(youngTokens) {
		q.Young = 5 * time.Second
	}
	if w.Quirk(partialSSO) {
		q.SSO = "partial-results"
	}
	if w.Quirk(requiredSSO) {
		q.SSO = "required"
	}
	return q
}
