package codacy

import (
	"cmp"
	"context"
	"encoding/json"
	"fmt"
	"maps"
	"slices"
	"sort"
	"strings"

	"github.com/gatewright/gatewright/internal/fault"
	"github.com/gatewright/gatewright/internal/rest"
	"github.com/gatewright/gatewright/internal/service"
)

// The body of issuesRemoteResults: an array of tools, each with its files, each
// with its issues (codacy-analysis-cli, ResultsSet.scala).
type (
	toolIssues struct {
		Tool   string     `json:"tool"`
		Issues issuesCase `json:"issues"`
	}
	issuesCase struct {
		Success *issuesSuccess `json:"Success,omitempty"`
		Failure *issuesFailure `json:"Failure,omitempty"`
	}
	issuesFailure struct {
		Message string `json:"message"`
	}
	issuesSuccess struct {
		Results []fileIssues `json:"results"`
	}
	fileIssues struct {
		Filename string         `json:"filename"`
		Results  []resultOfFile `json:"results"`
	}
	resultOfFile struct {
		Issue     *issue          `json:"Issue,omitempty"`
		FileError json.RawMessage `json:"FileError,omitempty"`
	}
	issue struct {
		PatternID struct {
			Value string `json:"value"`
		} `json:"patternId"`
		Filename string `json:"filename"`
		Message  struct {
			Text string `json:"text"`
		} `json:"message"`
		Level    string          `json:"level"`
		Category json.RawMessage `json:"category"`
		Location json.RawMessage `json:"location"`
	}
)

// batchResults is how many results go into one request; Codacy's own client
// has the same. batchBytes keeps the request below the proxy's limit.
const (
	batchResults = 50_000
	batchBytes   = maxPart
)

// convert turns a tool's findings into files with issues. Rules without a
// pattern are returned as they are: Codacy has no place for them.
func convert(r service.ToolResults, t tool, patterns []pattern) (files []fileIssues, unknown []service.Finding) {
	byFile := map[string][]resultOfFile{}
	for _, f := range r.Files {
		byFile[f] = []resultOfFile{} // a file without results is shown as clean
	}
	for _, f := range r.Findings {
		p, ok := match(f.Rule, t, patterns)
		if !ok {
			unknown = append(unknown, f)
			continue
		}
		i := &issue{Filename: f.Path, Level: p.Severity, Category: json.RawMessage("null")}
		i.PatternID.Value, i.Message.Text = p.ID, f.Message
		i.Location = json.RawMessage(fmt.Sprintf(`{"LineLocation":{"line":%d}}`, max(f.Line, 1))) // a whole file is its first line
		byFile[f.Path] = append(byFile[f.Path], resultOfFile{Issue: i})
	}
	for _, name := range slices.Sorted(maps.Keys(byFile)) {
		files = append(files, fileIssues{name, byFile[name]})
	}
	return files, unknown
}

// batches splits a tool's files into requests. A file's results stay together.
func batches(tool string, files []fileIssues, maxResults, maxBytes int) ([][]byte, error) {
	var out [][]byte
	cur := []fileIssues{} // a tool that ran and found nothing is worth telling
	results, bytes := 0, 0
	flush := func() error {
		body, err := json.Marshal([]toolIssues{{Tool: tool, Issues: issuesCase{Success: &issuesSuccess{cur}}}})
		out = append(out, body)
		cur, results, bytes = nil, 0, 0
		return err
	}
	for _, f := range files {
		text, err := json.Marshal(f)
		if err == nil && len(cur) > 0 && (results+len(f.Results) > maxResults || bytes+len(text) > maxBytes) {
			err = flush()
		}
		if err != nil {
			return nil, fault.Errorf(fault.Bug, "encode results of %s: %w", f.Filename, err)
		}
		cur = append(cur, f)
		results += len(f.Results)
		bytes += len(text) + 1
	}
	if err := flush(); err != nil {
		return nil, fault.Errorf(fault.Bug, "encode results: %w", err)
	}
	return out, nil
}

// readDocument reads results in Codacy's own JSON: what its converters write,
// which is an upload's body, or what its analysis client prints, which is a
// list of issues that name their tool by the prefix of their pattern alone.
func (k *catalogue) readDocument(d service.Document) ([]toolIssues, error) {
	var sets []toolIssues
	if err := json.Unmarshal(d.Body, &sets); err == nil && len(sets) > 0 && sets[0].Tool != "" {
		return sets, nil
	}
	sets = nil
	var flat []resultOfFile
	if err := json.Unmarshal(d.Body, &flat); err != nil {
		return nil, fault.WithHint(fault.Errorf(fault.Input, "%s is no results file of Codacy's: %w", d.Name, err),
			"it is what codacy-analysis-cli writes with --format json; SARIF goes with --sarif")
	}
	type at struct{ tool, file string }
	found := map[at][]resultOfFile{}
	for _, r := range flat {
		if r.Issue == nil {
			continue // metrics and duplication are not issues
		}
		t, ok := k.byPrefix(r.Issue.PatternID.Value)
		if !ok {
			return nil, fault.Errorf(fault.Input, "%s: no tool of Codacy has the pattern %q", d.Name, r.Issue.PatternID.Value)
		}
		place := at{t.ShortName, r.Issue.Filename}
		found[place] = append(found[place], r)
	}
	places := slices.Collect(maps.Keys(found))
	sort.Slice(places, func(i, j int) bool {
		a, b := places[i], places[j]
		return cmp.Or(strings.Compare(a.tool, b.tool), strings.Compare(a.file, b.file)) < 0
	})
	for _, place := range places {
		if n := len(sets); n == 0 || sets[n-1].Tool != place.tool {
			sets = append(sets, toolIssues{Tool: place.tool, Issues: issuesCase{Success: &issuesSuccess{}}})
		}
		of := sets[len(sets)-1].Issues.Success
		of.Results = append(of.Results, fileIssues{place.file, found[place]})
	}
	return sets, nil
}

// byPrefix finds the tool of a pattern, by the longest prefix that fits.
func (k *catalogue) byPrefix(id string) (best tool, ok bool) {
	for _, t := range k.tools {
		if t.Prefix != "" && strings.HasPrefix(id, t.Prefix) && len(t.Prefix) > len(best.Prefix) {
			best, ok = t, true
		}
	}
	return best, ok
}

// send uploads what one tool found in batches, or that it failed: Codacy then
// knows that the commit was analysed in part. Whether Codacy counts a result that
// comes twice once is not documented, so a batch whose answer was lost is not
// sent again.
func (v v2) send(ctx context.Context, commit string, s toolIssues, w service.Wait) error {
	if s.Issues.Success == nil {
		w.Tell(fmt.Sprintf("upload that %s failed", s.Tool))
		body, err := json.Marshal([]toolIssues{s})
		if err != nil {
			return fault.Errorf(fault.Bug, "encode the failure of %s: %w", s.Tool, err)
		}
		_, err = v.post(ctx, v.resultsRequest(commit, "issuesRemoteResults", fmt.Sprintf("tell Codacy that %s failed", s.Tool), body))
		return err
	}
	files := s.Issues.Success.Results
	w.Tell(fmt.Sprintf("upload the results of %s, %d files", s.Tool, len(files)))
	list, err := batches(s.Tool, files, batchResults, batchBytes)
	for i, body := range list {
		op := fmt.Sprintf("upload results of %s to Codacy (%d of %d)", s.Tool, i+1, len(list))
		if _, err := v.post(ctx, v.resultsRequest(commit, "issuesRemoteResults", op, body)); err != nil {
			return err
		}
	}
	return err
}

func (v v2) resultsRequest(commit, what, op string, body []byte) rest.Request {
	return rest.Request{Op: op, Path: v.commit(commit, what), Body: body, ContentType: "application/json"}
}
