package codacy

import "time"

// The parts of the v3 API's answers that are read (OpenAPI schemas of the same
// names). Pointers are fields that may be absent, which is not the same as 0.

type commitInfo struct {
	SHA             string     `json:"sha"`
	StartedAnalysis *time.Time `json:"startedAnalysis"`
	EndedAnalysis   *time.Time `json:"endedAnalysis"`
}

// analysed reports whether the latest analysis of the commit has ended. One
// that was started again after its end is under way.
func (c commitInfo) analysed() bool {
	return c.EndedAnalysis != nil && (c.StartedAnalysis == nil || !c.StartedAnalysis.After(*c.EndedAnalysis))
}

type meta struct {
	Analyzable bool   `json:"analyzable"`
	Reason     string `json:"reason"`
}

type resultReason struct {
	Gate              string `json:"gate"`
	ExpectedThreshold struct {
		Threshold       float64 `json:"threshold"`
		MinimumSeverity string  `json:"minimumSeverity"`
	} `json:"expectedThreshold"`
	IsUpToStandards bool `json:"isUpToStandards"`
}

// standing is what a part of an analysis says of its gates.
type standing struct {
	IsUpToStandards *bool          `json:"isUpToStandards"`
	ResultReasons   []resultReason `json:"resultReasons"`
}

type qualityAnalysis struct {
	NewIssues       *int `json:"newIssues"`
	DeltaComplexity *int `json:"deltaComplexity"`
	DeltaClones     *int `json:"deltaClonesCount"`
	standing
}

type commitCoverage struct {
	Total *float64 `json:"totalCoveragePercentage"`
	Delta *float64 `json:"deltaCoveragePercentage"`
	standing
}

type commitAnalysis struct {
	Commit   commitInfo       `json:"commit"`
	Coverage *commitCoverage  `json:"coverage"`
	Quality  *qualityAnalysis `json:"quality"`
	Meta     meta             `json:"meta"`
}

type pullRequest struct {
	Updated    *time.Time `json:"updated"`
	HeadCommit string     `json:"headCommitSha"`
	GitHref    string     `json:"gitHref"`
}

type pullRequestCoverage struct {
	Delta *float64 `json:"deltaCoverage"`
	Diff  *struct {
		Value *float64 `json:"value"`
		Cause string   `json:"cause"` // ValueIsPresent, NoCoverableLines, MissingRequirements
	} `json:"diffCoverage"`
	standing
}

// missing reports whether no coverage has been computed (yet). No coverable
// line among the changed ones is an answer, not a gap.
func (c pullRequestCoverage) missing() bool {
	return c.Delta == nil && (c.Diff == nil || (c.Diff.Value == nil && c.Diff.Cause != "NoCoverableLines"))
}

type pullRequestAnalysis struct {
	IsUpToStandards *bool                `json:"isUpToStandards"`
	IsAnalysing     bool                 `json:"isAnalysing"`
	PullRequest     pullRequest          `json:"pullRequest"`
	Coverage        *pullRequestCoverage `json:"coverage"`
	Quality         *qualityAnalysis     `json:"quality"`
	Meta            meta                 `json:"meta"`
}
