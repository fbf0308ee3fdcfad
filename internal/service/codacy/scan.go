package codacy

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"maps"
	"net/url"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/gatewright/gatewright/internal/fault"
	"github.com/gatewright/gatewright/internal/rest"
	"github.com/gatewright/gatewright/internal/service"
)

// Scan hands the results of local tools to Codacy, if there are any, waits for
// the analysis of the commit, and collects the issues it brought. Codacy starts
// an analysis by itself on every push; results are taken into account where the
// repository's setting "Run analysis on your build server" is on.
func (c *Client) Scan(ctx context.Context, t service.Target, r service.ScanRequest, w service.Wait) (service.ScanResult, error) {
	result := service.ScanResult{Scanners: map[string]string{}, Findings: []service.Finding{}}
	if len(r.Scanners)+len(r.Include)+len(r.Exclude) > 0 {
		return result, fault.WithHint(fault.Errorf(fault.Input, "Codacy chooses tools and files itself"), "set them in the repository's settings at Codacy, or in .codacy.yml")
	}
	p, err := placeOf(t.Repo)
	if err != nil {
		return result, err
	}
	since := time.Time{}
	if len(r.Results)+len(r.Documents) > 0 {
		if since, err = c.lastStart(ctx, p, t); err != nil {
			return result, err
		}
		v, sets, err := c.prepareResults(ctx, t, r, &result)
		if err != nil {
			return result, err
		}
		notes, err := v.sendAll(ctx, t.Commit, sets, w)
		result.Notes = append(result.Notes, notes...)
		if err != nil {
			return result, err
		}
		c.tellBuildServer(ctx, p, w)
	}
	result.Status = "queued"
	if r.NoWait {
		return result, nil
	}
	if _, err := c.waitCommit(ctx, t, w, since); err != nil {
		result.Status = ""
		return result, err
	}
	result.Status = "done"
	if len(result.Failed()) > 0 {
		result.Status = "partial"
	}
	result.Findings, err = c.issues(ctx, p, t)
	return result, err
}

// tellBuildServer says so if the repository does not wait for results: Codacy
// may then have judged the commit before they came. Who may not ask is not told.
func (c *Client) tellBuildServer(ctx context.Context, p place, w service.Wait) {
	if kind, err := c.tokenKind(ctx); err != nil || kind != service.AccountToken {
		return
	}
	var setting struct {
		On *bool `json:"buildServerAnalysisSetting"`
	}
	_, err := c.account.Call(ctx, rest.Request{
		Op: "ask Codacy whether " + p.String() + " waits for results", Method: rest.MethodGet, Path: p.v3("", "settings", "analysis"),
	}, &setting)
	if err == nil && setting.On != nil && !*setting.On {
		w.Tell(`the repository's setting "Run analysis on your build server" is off at Codacy: turn it on, or it may judge a commit before its results have come`)
	}
}

// lastStart is the moment just after the start of the commit's latest
// analysis: one that takes the new results into account starts later.
func (c *Client) lastStart(ctx context.Context, p place, t service.Target) (time.Time, error) {
	a, found, err := c.commit(ctx, p, t)
	if err != nil || !found || a.Commit.StartedAnalysis == nil {
		return time.Time{}, err
	}
	return a.Commit.StartedAnalysis.Add(time.Nanosecond), nil
}

// prepareResults turns all results into uploads and notes them in result.
func (c *Client) prepareResults(ctx context.Context, t service.Target, r service.ScanRequest, result *service.ScanResult) (v2, []toolIssues, error) {
	v, err := c.v2(ctx, t)
	if err != nil {
		return v, nil, err
	}
	k, err := c.catalogue(ctx)
	if err != nil {
		return v, nil, err
	}
	sets, err := k.convertAll(ctx, r, result)
	return v, sets, err
}

// sendAll uploads everything and closes it. Nothing is closed before all has
// arrived: Codacy would judge half the results.
func (v v2) sendAll(ctx context.Context, commit string, sets []toolIssues, w service.Wait) (notes []string, err error) {
	for _, s := range sets {
		err := v.sendTool(ctx, commit, s, w)
		if errors.Is(err, errClosed) {
			notes = append(notes, s.Tool+": not sent: Codacy has closed the results of this commit and keeps what it has")
			continue
		}
		if err != nil {
			return notes, fault.WithHint(fault.Errorf(fault.Of(err), "%w (the results were not closed, so Codacy does not judge by a part of them)", err), "%s", resultsHint(err))
		}
	}
	return notes, v.closeResults(ctx, commit)
}

func resultsHint(err error) string {
	if h := fault.Hint(err); h != "" {
		return h
	}
	return "run it again"
}

// sendTool uploads what one tool found, or that it failed: Codacy then knows that
// the commit was analysed in part.
func (v v2) sendTool(ctx context.Context, commit string, s toolIssues, w service.Wait) error {
	if s.Issues.Success != nil {
		w.Tell(fmt.Sprintf("upload the results of %s, %d files", s.Tool, len(s.Issues.Success.Results)))
		return v.send(ctx, commit, s.Tool, s.Issues.Success.Results)
	}
	w.Tell(fmt.Sprintf("upload that %s failed", s.Tool))
	body, err := json.Marshal([]toolIssues{s})
	if err != nil {
		return fault.Errorf(fault.Bug, "encode the failure of %s: %w", s.Tool, err)
	}
	_, err = v.post(ctx, v.resultsRequest(commit, fmt.Sprintf("tell Codacy that %s failed", s.Tool), body))
	return err
}

// convertAll turns all results into uploads, so that a tool or file that cannot
// be used is found before anything is sent.
func (k *catalogue) convertAll(ctx context.Context, r service.ScanRequest, result *service.ScanResult) ([]toolIssues, error) {
	var out []toolIssues
	for _, results := range r.Results {
		t, err := k.tool(results.Tool, results.Version)
		if err != nil {
			return nil, err
		}
		if results.Failure != "" {
			out = append(out, toolIssues{Tool: t.ShortName, Issues: issuesCase{Failure: &issuesFailure{results.Failure}}})
			result.Scanners[t.ShortName] = service.Failing + results.Failure
			continue
		}
		patterns, err := k.patternsOf(ctx, t)
		if err != nil {
			return nil, err
		}
		files, unknown := convert(results, t, patterns)
		out = append(out, toolIssues{Tool: t.ShortName, Issues: issuesCase{Success: &issuesSuccess{files}}})
		result.Scanners[t.ShortName] = service.Done
		if note := unsent(t.ShortName, unknown); note != "" {
			result.Notes = append(result.Notes, note)
		}
	}
	for _, d := range r.Documents {
		sets, err := k.readDocument(d)
		if err != nil {
			return nil, err
		}
		for _, s := range sets {
			result.Scanners[s.Tool] = service.Done
			if f := s.Issues.Failure; f != nil {
				result.Scanners[s.Tool] = service.Failing + f.Message
			}
		}
		out = append(out, sets...)
	}
	for _, s := range out {
		if note := unshown(s); note != "" {
			result.Notes = append(result.Notes, note)
		}
	}
	return out, nil
}

// maxShown is how many issues of one tool in one file Codacy keeps (its FAQ,
// "Does Codacy place limits on the code analysis?").
const maxShown = 50

// unshown says which files have more issues than Codacy keeps, so that a list
// which is cut is not taken for all; "" is none.
func unshown(s toolIssues) string {
	if s.Issues.Success == nil {
		return ""
	}
	files, first := 0, fileIssues{}
	for _, f := range s.Issues.Success.Results {
		if len(f.Results) > maxShown {
			if files++; files == 1 {
				first = f
			}
		}
	}
	switch files {
	case 0:
		return ""
	case 1:
		return fmt.Sprintf("%s: %s has %d issues, of which Codacy keeps %d", s.Tool, first.Filename, len(first.Results), maxShown)
	default:
		return fmt.Sprintf("%s: %d files have more issues than the %d that Codacy keeps of a tool in one file, %s first (%d)", s.Tool, files, maxShown, first.Filename, len(first.Results))
	}
}

// unsent says what had no place at Codacy, so that nothing is lost unseen; "" is
// nothing.
func unsent(tool string, unknown map[string]int) string {
	if len(unknown) == 0 {
		return ""
	}
	n := 0
	for _, count := range unknown {
		n += count
	}
	rules := slices.Sorted(maps.Keys(unknown))
	if len(rules) > 5 {
		rules = append(rules[:5], fmt.Sprintf("and %d more", len(unknown)-5))
	}
	return fmt.Sprintf("%s: %d results not sent: Codacy has no pattern for %s", tool, n, strings.Join(rules, ", "))
}

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

// issues collects what the commit or the pull request brought. A repository
// token may ask for neither of a private repository; it searches the branch.
func (c *Client) issues(ctx context.Context, p place, t service.Target) ([]service.Finding, error) {
	kind, err := c.tokenKind(ctx)
	if err != nil {
		return nil, err
	}
	if kind != service.AccountToken {
		return c.searchIssues(ctx, p, t, kind)
	}
	path := p.v3("/analysis", "commits", t.Commit, "deltaIssues")
	if t.PullRequest > 0 {
		path = p.v3("/analysis", "pull-requests", strconv.Itoa(t.PullRequest), "issues")
	}
	type delta struct {
		Type  string      `json:"deltaType"`
		Issue codacyIssue `json:"commitIssue"`
	}
	list, err := collect[delta](ctx, c.account, rest.Request{
		Op: "list the new issues at Codacy", Method: rest.MethodGet, Path: path, Query: url.Values{"status": {"new"}},
	}, true)
	if err != nil {
		return nil, readError(err, kind, p)
	}
	out := []service.Finding{}
	for _, d := range list {
		if d.Type != "Fixed" {
			out = append(out, d.Issue.finding())
		}
	}
	return out, nil
}

func (c *Client) searchIssues(ctx context.Context, p place, t service.Target, kind service.TokenKind) ([]service.Finding, error) {
	filter := map[string]any{}
	if t.Branch != "" {
		filter["branchName"] = t.Branch
	}
	list, err := collect[codacyIssue](ctx, c.lister(kind), rest.Request{
		Op: "search the issues at Codacy", Method: rest.MethodPost, Path: p.v3("/analysis", "issues", "search"), JSON: filter, Repeat: rest.Always,
	}, true)
	if err != nil {
		return nil, readError(err, kind, p)
	}
	out := []service.Finding{}
	for _, i := range list {
		if i.Commit != nil && i.Commit.SHA == t.Commit {
			out = append(out, i.finding())
		}
	}
	return out, nil
}
