package forge

import (
	"context"
	"fmt"
)

// Commit names one commit of a repository.
type Commit struct {
	Owner string
	Repo  string
	SHA   string // whole
}

// String returns the commit as owner/repo@1234567.
func (c Commit) String() string { return fmt.Sprintf("%s/%s@%.7s", c.Owner, c.Repo, c.SHA) }

// Status is what a commit shows on the forge's page.
type Status struct {
	Context     string // its name there: "gatewright/coverage"
	State       string // pending, success, failure, error
	Description string
	URL         string
	PullRequest int // whose newest commit it is; 0 if it is none's or not known
}

// StatusSetter sets a commit's status, or that of the pull request where the
// forge's branch rules read only those.
type StatusSetter interface {
	SetStatus(ctx context.Context, at Commit, s Status) error
}

// Insight is a report on a commit that the forge shows beside it and in its
// pull requests, with remarks on lines.
type Insight struct {
	ID      string // ours; an earlier report with it is replaced
	Title   string
	Details string
	URL     string
	Result  InsightResult
	Numbers []InsightNumber
	Remarks []InsightRemark // the worst first: a forge takes only so many
}

// InsightResult is the verdict of a report; "" where nothing was judged.
type InsightResult string

// The results.
const (
	InsightPassed InsightResult = "passed"
	InsightFailed InsightResult = "failed"
)

// InsightNumber is one value of a report.
type InsightNumber struct {
	Title   string
	Value   float64
	Percent bool
}

// InsightRemark is a remark on a line of a file.
type InsightRemark struct {
	Path     string
	Line     int
	Text     string
	Severity string // low, medium, high or critical
}

// Insighter puts a report beside a commit.
type Insighter interface {
	PutInsight(ctx context.Context, at Commit, i Insight) error
}
