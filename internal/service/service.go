// Package service says what a token service is: a system that checks code and
// issues tokens. A service implements only the small interfaces it can honour;
// what it cannot do it does not implement, and the caller finds that out by
// assertion in one place.
package service

import (
	"context"
	"slices"
	"strings"
	"time"

	"github.com/gatewright/gatewright/internal/coverage"
	"github.com/gatewright/gatewright/internal/repo"
	"github.com/gatewright/gatewright/internal/secret"
)

// Target is the piece of work a CI run is about: a commit of a repository, and
// the pull request it belongs to, if any.
type Target struct {
	repo.Repo
	Commit      string // 40 hexadecimal digits, the head commit, never a merge commit
	FromFork    bool   // the commit comes from another repository than Repo
	Branch      string // "" if detached
	PullRequest int    // 0 outside a pull request
}

// Wait says how to wait for something that takes time at the service. The
// deadline is the context's: when it passes, the error is a fault.Timeout.
type Wait struct {
	Interval time.Duration // between polls; 0 is the service's own default
	Progress func(string)  // told in plain words what is being waited for; may be nil
}

// Tell reports progress if anybody listens.
func (w Wait) Tell(text string) {
	if w.Progress != nil {
		w.Progress(text)
	}
}

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
	Status  string   `json:"status"`             // "uploaded", "queued", "skipped", or "unchanged" if the service keeps what it has
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

// Outcome is a gate's answer in one word.
type Outcome string

// The outcomes. Warned passes and says what to look at. None means that there
// is no gate to judge by; Unknown that the judge finished without saying what
// it found.
const (
	Passed  Outcome = "PASSED"
	Warned  Outcome = "WARN"
	Failed  Outcome = "FAILED"
	None    Outcome = "NONE"
	Unknown Outcome = "UNKNOWN"
)

// KindError is a refusal that lies in the kind of token: the token may be good,
// and still its kind may not ask for this.
type KindError struct{ Err error }

func (e *KindError) Error() string { return e.Err.Error() }

// Unwrap returns the refusal itself.
func (e *KindError) Unwrap() error { return e.Err }

// Condition is one part of a verdict.
type Condition struct {
	Name   string  `json:"name"`
	Actual string  `json:"actual,omitempty"`
	Wanted string  `json:"wanted,omitempty"`
	Result Outcome `json:"result"`
	Why    string  `json:"why,omitempty"`
}

// Verdict is a service's own judgement of a commit or a pull request.
type Verdict struct {
	Service    string      `json:"service"`
	Outcome    Outcome     `json:"outcome"`
	Conditions []Condition `json:"conditions"`
	URL        string      `json:"url,omitempty"`
}

// Judge waits for the service's verdict. A gate that failed is a Verdict, not
// an error; an error means that there is no verdict.
type Judge interface {
	Judge(ctx context.Context, t Target, w Wait) (Verdict, error)
}

// Token is what a service knows of a token it issued. Its value is not part of it.
type Token struct {
	ID          string     `json:"id"`
	Name        string     `json:"name,omitempty"`
	Permissions []string   `json:"permissions,omitempty"`
	CreatedAt   *time.Time `json:"createdAt,omitempty"`
	ExpiresAt   *time.Time `json:"expiresAt,omitempty"` // nil: never, or not told
	LastFour    string     `json:"lastFour,omitempty"`
}

// Scope is what a token is for: one repository, or with an empty Name and
// Owner the caller's own account or tenant.
type Scope = repo.Repo

// MintRequest asks for a token.
type MintRequest struct {
	Scope       Scope
	Name        string
	Permissions []string
	ExpiresAt   time.Time // zero: the service's default or longest
}

// Minted is a new token with its value, which the service shows this once.
type Minted struct {
	Token
	Value secret.Value
}

// Minter creates tokens. Mint never repeats a request whose answer was lost:
// it returns an error for which Ambiguous is true, and the caller looks.
type Minter interface {
	Mint(ctx context.Context, r MintRequest) (Minted, error)
}

// TokenLister lists the tokens of a scope, newest first.
type TokenLister interface {
	Tokens(ctx context.Context, s Scope) ([]Token, error)
}

// Revoker ends a token at once. A token that is already gone is no error.
type Revoker interface {
	Revoke(ctx context.Context, s Scope, id string) error
}

// BulkRevoker ends many tokens of one scope, in as few requests as the service
// allows.
type BulkRevoker interface {
	RevokeAll(ctx context.Context, s Scope, ids []string) error
}

// Identity is whose token a credential is, as far as the service lets one see.
type Identity struct {
	Owner       string     `json:"owner,omitempty"`
	Kind        string     `json:"kind"` // "account token", "repository token", "API key", …
	Permissions []string   `json:"permissions,omitempty"`
	ExpiresAt   *time.Time `json:"expiresAt,omitempty"`
	Note        string     `json:"note,omitempty"` // what could not be asked, and why
}

// Checker asks the service who the client's own token belongs to.
type Checker interface {
	Check(ctx context.Context, s Scope) (Identity, error)
}

// Repository is a repository as the service knows it.
type Repository struct {
	repo.Repo
	Added bool // false: the service sees it but was never told to analyse it
}

// RepositoryAdder has a service analyse a repository from now on. One that it does
// already is no error.
type RepositoryAdder interface {
	AddRepository(ctx context.Context, s Scope) error
}

// RepositoryLister lists an organization's repositories at the service.
type RepositoryLister interface {
	Repositories(ctx context.Context, forge, owner string) ([]Repository, error)
}
