// Package summary renders what people and machines read after a run: the
// terminal table, the Markdown page of the CI, the pull-request comment, the
// HTML report, badges, JUnit and JSON. It is given a Page and knows nothing of
// where the facts came from. Every text in a Page may be hostile; each renderer
// escapes for its own place.
package summary

import (
	"cmp"
	"encoding/json"
	"sort"

	"github.com/gatewright/gatewright/internal/coverage"
	"github.com/gatewright/gatewright/internal/service"
	"github.com/gatewright/gatewright/internal/testrun"
)

// Page is everything one run has to tell. Nil and empty parts are left out of
// what is rendered: nil Coverage means that no report was read, not 0 %.
type Page struct {
	Title   string              `json:"title"` // "Gatewright" if empty
	Run     Run                 `json:"run"`
	Outcome service.Outcome     `json:"outcome"` // the one verdict; "" if nothing was judged
	Rules   []service.Condition `json:"conditions,omitempty"`
	Digits  coverage.Digits     `json:"-"` // that Rules were judged with; 0 if they were not
	// PartlyMissed says that Rules and totals count lines that ran in part as missed.
	PartlyMissed bool              `json:"-"`
	Services     []service.Verdict `json:"services,omitempty"` // each service's own verdict
	Coverage     *Coverage         `json:"coverage,omitempty"`
	Patch        *coverage.Patch   `json:"patch,omitempty"`
	Tests        *Tests            `json:"tests,omitempty"`
	Findings     *Findings         `json:"findings,omitempty"`
	Trend        []Point           `json:"trend,omitempty"` // oldest first
	Links        []Link            `json:"links,omitempty"`
	Notes        []string          `json:"notes,omitempty"` // what else the reader should know, one sentence each
}

// Run names the work that was judged. Empty fields are unknown.
type Run struct {
	Repository  string `json:"repository,omitempty"` // owner/name
	Commit      string `json:"commit,omitempty"`
	Branch      string `json:"branch,omitempty"`
	PullRequest int    `json:"pullRequest,omitempty"`
	URL         string `json:"url,omitempty"` // of the CI run
	// SourceURL is the address of a file at the commit up to its path, ending
	// in a slash; "" leaves paths without links.
	SourceURL string `json:"-"`
}

// Coverage is the whole report in numbers, and how they changed.
type Coverage struct {
	Totals     coverage.Totals  `json:"totals"`
	Before     *coverage.Totals `json:"before,omitempty"` // of the baseline; nil if there is none
	Files      []FileChange     `json:"files,omitempty"`  // files whose coverage differs from the baseline's
	Components []Component      `json:"components,omitempty"`
	Reports    []string         `json:"reports,omitempty"`  // the files that were read
	Baseline   *Baseline        `json:"baseline,omitempty"` // that was found by itself
	Indirect   []Shift          `json:"indirect,omitempty"` // lines that changed although nothing near them was edited
}

// Baseline names the run that the page is compared with.
type Baseline struct {
	Commit   string `json:"commit"`
	Distance int    `json:"distance"` // commits before the base, or before this commit's parent
	Own      bool   `json:"-"`        // the page is no pull request's
}

// Shift is what changed in a file although nothing near it was edited; lines ascend.
type Shift struct {
	Path   string `json:"path"`
	Lost   []int  `json:"lost,omitempty"`   // covered before, and not now
	Gained []int  `json:"gained,omitempty"` // covered now, and not before
	Flaky  []int  `json:"flaky,omitempty"`  // of both, those that have changed back and forth before
}

// FileChange is one file now and in the baseline; a nil side has no such file.
type FileChange struct {
	Path   string          `json:"path"`
	Now    *coverage.Count `json:"now,omitempty"`
	Before *coverage.Count `json:"before,omitempty"`
}

// Component is a part of a monorepo in numbers.
type Component struct {
	Name   string          `json:"name"`
	Lines  coverage.Count  `json:"lines"`
	Before *coverage.Count `json:"before,omitempty"`
	Patch  *coverage.Count `json:"patch,omitempty"`
	// Carried is the commit that the numbers were measured at, where the
	// component's files are unchanged since; "" if they are this run's.
	Carried string `json:"carried,omitempty"`
}

// Tests are the results of tests: numbers, and the tests to look at.
type Tests struct {
	testrun.Counts
	Slower  *float64       `json:"slowerPercent,omitempty"` // than in the baseline; nil without one
	Failed  []testrun.Case `json:"failures,omitempty"`
	Flaky   []testrun.Case `json:"flakes,omitempty"`
	Slowest []testrun.Case `json:"slowest,omitempty"` // the longest first
}

// Findings are the results of scans. Items are shown new ones first, then by
// severity and place; Sort puts them so.
type Findings struct {
	Items []service.Finding `json:"items"`
	// Missing says in a sentence each why these may not be all.
	Missing []string `json:"missing,omitempty"`
}

// Point is one stored run of the trend.
type Point struct {
	Label string  `json:"label"` // a date or a short commit
	Value float64 `json:"value"` // line coverage in percent
}

// Link leads to more.
type Link struct {
	Text string `json:"text"`
	URL  string `json:"url"`
}

// MarshalJSON adds the version of the form, which docs/gates.md describes.
func (p Page) MarshalJSON() ([]byte, error) {
	type plain Page
	p.Title = p.title()
	return json.Marshal(struct {
		Version int `json:"version"`
		plain
	}{1, plain(p)})
}

// Red reports whether what was judged is no pass. Where it is one, what a service
// holds against it does not count, by the project's rule for that service.
func (p Page) Red() bool { return p.Outcome == service.Failed || p.Outcome == service.Unknown }

// Inlined, it would be there once for each place that calls it.
//
//go:noinline
func (p Page) title() string { return cmp.Or(p.Title, "Gatewright") }

// Compare fills in the baseline: the change in total, and every file whose
// line coverage is not what it was.
func (c *Coverage) Compare(now, before *coverage.Report, count func(*coverage.File) coverage.Count) {
	totals := before.Totals()
	c.Before = &totals
	for _, f := range now.Files() {
		n, old := count(f), before.Lookup(f.Path)
		if old == nil {
			c.Files = append(c.Files, FileChange{Path: f.Path, Now: &n})
		} else if b := count(old); b != n {
			c.Files = append(c.Files, FileChange{Path: f.Path, Now: &n, Before: &b})
		}
	}
	for _, f := range before.Files() {
		if b := count(f); now.Lookup(f.Path) == nil {
			c.Files = append(c.Files, FileChange{Path: f.Path, Before: &b})
		}
	}
	sort.Slice(c.Files, func(i, j int) bool { return c.Files[i].Path < c.Files[j].Path })
}
