package service

import (
	"context"
	"slices"
	"strings"
)

// Finding is one result of a scan.
type Finding struct {
	Tool     string `json:"tool,omitempty"` // who found it; "" for the service itself
	Rule     string `json:"rule"`
	Severity string `json:"severity"` // critical, high, medium, low, info, unknown
	Path     string `json:"path"`
	Line     int    `json:"line,omitempty"`    // 0 if it concerns the whole file
	EndLine  int    `json:"endLine,omitempty"` // 0 if the same as Line
	Message  string `json:"message"`
	Kind     string `json:"kind,omitempty"` // sast, sca, secrets, antipatterns, iac, …
	Help     string `json:"help,omitempty"` // address of the rule's page

	// Fingerprint names the finding across commits; "" if nobody computed one.
	Fingerprint string `json:"fingerprint,omitempty"`
	// Age distinguishes new findings from old ones; "" if nothing was compared.
	Age Age `json:"age,omitempty"`
}

// Age says whether a finding was there before the change.
type Age string

// The ages.
const (
	New Age = "new"
	Old Age = "old"
	// Unplaced was compared and can be neither: it is in no file of the commit.
	Unplaced Age = "unplaced"
)

// ScanRequest says what to scan.
type ScanRequest struct {
	Scanners []string // empty: the service's default
	Include  []string // globs
	Exclude  []string
	NoWait   bool // start only

	// Results are those of tools that ran in this job, for a service that takes
	// results instead of running the tools itself.
	Results []ToolResults
	// Documents are results in the service's own form.
	Documents []Document
}

// Document is a file as it was read.
type Document struct {
	Name string // as the user named it
	Body []byte
}

// ToolResults is what one run of an analysis tool found.
type ToolResults struct {
	Tool     string // as the tool names itself: "eslint"
	Version  string // may be ""
	Files    []string
	Findings []Finding
	Failure  string // why the tool did not run to its end; "" if it did
}

// Done is the status of a scanner that ran to its end.
const Done = "done"

// ScanResult is what the scanners found.
type ScanResult struct {
	Status   string            `json:"status"`   // "done", "partial", "queued"
	Scanners map[string]string `json:"scanners"` // each scanner's own status: "done", "failed: …", "pending"
	Findings []Finding         `json:"findings"`
	Notes    []string          `json:"notes,omitempty"` // what was not sent or taken, in sentences
	URL      string            `json:"url,omitempty"`
	// Missing says in a sentence each why Findings may not be all although the
	// scanners ran to their ends.
	Missing []string `json:"missing,omitempty"`
}

// Failed returns the scanners that did not do their work, each with the reason,
// sorted: what they did not find means nothing.
func (r ScanResult) Failed() []string {
	var out []string
	for name, status := range r.Scanners {
		if why, failed := strings.CutPrefix(status, Failing); failed {
			out = append(out, name+" ("+why+")")
		}
	}
	slices.Sort(out)
	return out
}

// Failing begins the status of a scanner that did not do its work.
const Failing = "failed: "

// Scanner runs the service's analysis of a commit and collects its findings.
type Scanner interface {
	Scan(ctx context.Context, t Target, r ScanRequest, w Wait) (ScanResult, error)
}
