package codacy

import (
	"context"
	"errors"
	"net/url"
	"strings"

	"github.com/gatewright/gatewright/internal/rest"
	"github.com/gatewright/gatewright/internal/service"
)

// codacyIssue is one issue in an answer.
type codacyIssue struct {
	FilePath string  `json:"filePath"`
	Line     int     `json:"lineNumber"`
	Message  string  `json:"message"`
	Pattern  pattern `json:"patternInfo"`
	Tool     struct {
		Name string `json:"name"`
	} `json:"toolInfo"`
	Commit *struct {
		SHA string `json:"sha"`
	} `json:"commitInfo"`
}

func (i codacyIssue) finding() service.Finding {
	return service.Finding{
		Tool: i.Tool.Name, Rule: i.Pattern.ID, Severity: severityName(i.Pattern.Severity),
		Path: i.FilePath, Line: i.Line, Message: i.Message, Kind: strings.ToLower(i.Pattern.Category),
	}
}

// errNotAnalysed says that a list of issues is empty for lack of an analysis.
var errNotAnalysed = errors.New("it is not analysed")

// whole returns an error where a list of issues says that it is of no analysis.
func whole(analysed *bool) error {
	if analysed == nil || *analysed {
		return nil
	}
	return errNotAnalysed
}

// listIssues waits until Codacy lists what the commit or the pull request brought:
// it may have analysed the one and not yet compared it for the other.
func (v view) listIssues(ctx context.Context, w service.Wait) (list []service.Finding, err error) {
	err = service.Poll(ctx, w, pollInterval, func(ctx context.Context) (service.State, error) {
		if list, err = v.issues(ctx); errors.Is(err, errNotAnalysed) {
			return service.State{Text: "Codacy has no list of the issues of commit " + short(v.t.Commit) + " yet"}, nil
		}
		return service.State{Done: err == nil}, err
	})
	return list, err
}

// issues collects what the commit or the pull request brought. A repository
// token may ask for neither of a private repository; it searches the branch.
func (v view) issues(ctx context.Context) ([]service.Finding, error) {
	if v.kind != service.AccountToken {
		return v.searchIssues(ctx)
	}
	path := v.p.v3("/analysis", "commits", v.t.Commit, "deltaIssues")
	if v.t.PullRequest > 0 {
		path = v.pull("issues")
	}
	type delta struct {
		Type  string      `json:"deltaType"`
		Issue codacyIssue `json:"commitIssue"`
	}
	list, err := collect[delta](ctx, v.account, rest.Request{
		Op: "list the new issues at Codacy", Method: rest.MethodGet, Path: path, Query: url.Values{"status": {"new"}},
	}, true)
	out := []service.Finding{}
	for _, d := range list {
		if d.Type != "Fixed" {
			out = append(out, d.Issue.finding())
		}
	}
	return out, v.refused(err)
}

func (v view) searchIssues(ctx context.Context) ([]service.Finding, error) {
	filter := map[string]any{}
	if v.t.Branch != "" {
		filter["branchName"] = v.t.Branch
	}
	list, err := collect[codacyIssue](ctx, v.lists(), rest.Request{
		Op: "search the issues at Codacy", Method: rest.MethodPost, Path: v.p.v3("/analysis", "issues", "search"), JSON: filter, Repeat: rest.Always,
	}, true)
	out := []service.Finding{}
	for _, i := range list {
		if i.Commit != nil && i.Commit.SHA == v.t.Commit {
			out = append(out, i.finding())
		}
	}
	return out, v.refused(err)
}

// severityName translates Codacy's severity levels into the words of
// service.Finding. Its web page says Minor, Medium, High and Critical for them.
func severityName(level string) string {
	switch level {
	case "Error":
		return "critical"
	case "High":
		return "high"
	case "Warning":
		return "medium"
	case "Info":
		return "low"
	default:
		return "unknown"
	}
}
