package github

// The quirks that a seed can switch on, by name (docs/fidelity/github.md): what GitHub
// does at times, or under settings of an organization.
const (
	NeverPushed   = "github-never-pushed"          // the first repository of each list has pushed_at null
	NoPermissions = "github-no-permissions"        // repositories are shown without permissions
	YoungTokens   = "github-young-tokens"          // a new installation token is refused with 401 for five seconds
	PartialSSO    = "github-partial-sso"           // lists leave out private repositories
	RequiredSSO   = "github-required-sso"          // 403 for every secret
	NumericKeys   = "github-numeric-keys"          // key_id is a number, as of Enterprise Servers up to 2.22
	QuietLimits   = "github-quiet-limits"          // secondary limits come as 403 and as 429 without Retry-After, and as 429 without a body, in turn
	OpaqueTags    = "github-opaque-tags"           // ETags are computed in another way than the one that was found out
	NoRuns        = "github-no-runs"               // the token lacks the permission actions: read
	Expiring      = "github-expiring-token"        // personal tokens expire in two days
	Free304       = "github-free-304"              // a 304 costs no points of the minute either; that it does is inferred
	OtherWords    = "github-other-words"           // what has no room is refused in other words than the stand-in has: those are inferred
	NoNamed       = "github-no-named-environments" // secrets of environments are reached by numbers alone, as old Enterprise Servers may have it
	ArchivedTakes = "github-archived-secrets"      // secrets of archived repositories are taken; that they are refused is inferred
	StrictIDs     = "github-strict-ids"            // ids of selected repositories are texts for Dependabot and numbers elsewhere, as before either was taken
)
