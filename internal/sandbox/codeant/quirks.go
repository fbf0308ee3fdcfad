package codeant

// The behaviours that no source settles: names for the seed's list of quirks
// (docs/fidelity/codeant.md).
const (
	// NoIaC has no results of the scanner iac, which is named in the documents
	// while the path of its results is not.
	NoIaC = "codeant-no-iac"
	// PartialGates ends gates as "partial_success".
	PartialGates = "codeant-partial-gates"
	// NoGates ends a judgement without any gate, as where all of them are disabled.
	NoGates = "codeant-no-gates"
	// PartialScans ends scanners so.
	PartialScans = "codeant-partial-scans"
	// HeaderOnly reads tokens in the header alone.
	HeaderOnly = "codeant-header-only"
	// BodyOnly reads those of coverage and analysis in the body alone.
	BodyOnly = "codeant-body-only"
	// NoScannersKey refuses a choice of scanners.
	NoScannersKey = "codeant-no-scanners-key"
	// BothFilters goes by the files to exclude where there are some to include.
	BothFilters = "codeant-both-filters"
)
