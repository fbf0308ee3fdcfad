package codacy

// The behaviours that no source settles, or that older and self-hosted servers
// have: names for the seed's list of quirks. Without them the stand-in does what
// the sources make likely (docs/fidelity/codacy.md).
const (
	// ClosedFinal refuses parts and finals after a final: nobody has seen it done,
	// and nobody has shown that it is not.
	ClosedFinal = "codacy-closed-final"
	// MergedReports adds complete reports of one language to each other; else the
	// last one replaces those before.
	MergedReports = "codacy-merged-reports"
	// ClosedResults refuses results after resultsFinal.
	ClosedResults = "codacy-closed-results"
	// PlainLimit answers 429 at the rate limit, not a gateway's 503.
	PlainLimit = "codacy-429"
	// OldTokens makes tokens as before August 2026: without a body, without an
	// end, with their values in the list.
	OldTokens = "codacy-old-tokens"
	// NoBulkDelete lacks the deletion of several tokens at once.
	NoBulkDelete = "codacy-no-bulk-delete"
	// SelfHosted wants "total" in coverage, knows no repository tokens in its v3
	// API, and has no rate limit.
	SelfHosted = "codacy-self-hosted"
	// ExpiredUnknown answers an expired token as one that never was: 404 in v2,
	// and in v3 401 without the word; else both are 401 with it.
	ExpiredUnknown = "codacy-expired-unknown"
	// ExpiredForbidden answers it with 403.
	ExpiredForbidden = "codacy-expired-403"
	// LooseNames takes names of owners and repositories in any case.
	LooseNames = "codacy-loose-names"
	// Stopped says that coverage stopped arriving, so that its gate is not enforced.
	Stopped = "codacy-stopped"
)
