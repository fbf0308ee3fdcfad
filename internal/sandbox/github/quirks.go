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
}

func quirksOf(w *world.World) Quirks {
	q := Quirks{NeverPushed: w.Quirk(neverPushed), NoPermissions: w.Quirk(noPermissions), NumericKeys: w.Quirk(numericKeys), QuietLimits: w.Quirk(quietLimits), OpaqueTags: w.Quirk(opaqueTags)}
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
