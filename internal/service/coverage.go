package service

import (
	"cmp"
	"context"
	"slices"

	"github.com/gatewright/gatewright/internal/coverage"
)

// ReportFile is one coverage report as it was found, and what it holds.
type ReportFile struct {
	Path   string           // as the user would name it
	Format string           // "lcov", "cobertura", …
	Module string           // for services that keep reports apart by module; may be ""
	Folder string           // of the module; "" if it is named like the module
	Report *coverage.Report // parsed, its paths matched to the commit's tree
}

// Upload is everything one `coverage upload` sends.
type Upload struct {
	Files   []ReportFile
	Partial bool // more parts will follow from other jobs: do not send the final
	// Language limits the upload, at services that take one language at a time,
	// to the files of this one and to those whose names tell no language.
	Language string
}

// Module is the coverage of one module. Reports that name none are of "".
type Module struct {
	Name   string
	Folder string
	Report *coverage.Report // its reports, merged
}

// Modules merges the reports of each module, in the order in which they come.
func (u Upload) Modules() []Module {
	var out []Module
	for _, f := range u.Files {
		i := slices.IndexFunc(out, func(m Module) bool { return m.Name == f.Module })
		if i < 0 {
			i = len(out)
			out = append(out, Module{f.Module, cmp.Or(f.Folder, f.Module), coverage.New()})
		}
		out[i].Report.Merge(f.Report)
	}
	return out
}

// Payload is one request as it would be sent, for --dry-run: nothing secret in it.
type Payload struct {
	Method string `json:"method"`
	URL    string `json:"url"`
	Type   string `json:"contentType,omitempty"`
	Bytes  int    `json:"bytes"`
	Body   string `json:"body,omitempty"` // the body itself, credentials masked
}

// Receipt is what the service said of an upload.
type Receipt struct {
	Status  string   `json:"status"`             // "uploaded", "queued", "skipped", or "unchanged" if the service keeps what it has; beside an error it says nothing
	Parts   int      `json:"parts"`              // requests that carried coverage
	Message []string `json:"messages,omitempty"` // in its own words
	Notes   []string `json:"notes,omitempty"`    // what was not sent, and why, in sentences
}

// CoverageUploader takes coverage. Upload returns nil only on positive evidence
// that the service has it.
type CoverageUploader interface {
	Upload(ctx context.Context, t Target, u Upload, w Wait) (Receipt, error)
	// Preview returns the requests Upload would send, without sending any.
	Preview(t Target, u Upload) ([]Payload, error)
}

// CoverageFinisher reports to the service that the last part of a commit's coverage
// has been sent by some job, where the parts came from several.
type CoverageFinisher interface {
	Finish(ctx context.Context, t Target) (Receipt, error)
}

// CoverageStatus is where the service stands with the coverage of a commit.
type CoverageStatus struct {
	State   string `json:"state"`   // the service's own word
	Meaning string `json:"meaning"` // the same in plain words
}

// CoverageFollower follows the coverage of a commit until the service has
// processed it. A state that waiting cannot change is a fault.Input with the
// advice as its hint; a state that did not change in time is a fault.Timeout.
type CoverageFollower interface {
	FollowCoverage(ctx context.Context, t Target, w Wait) (CoverageStatus, error)
}
