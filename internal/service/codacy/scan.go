package codacy

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"maps"
	"slices"
	"strings"
	"time"

	"github.com/gatewright/gatewright/internal/console"
	"github.com/gatewright/gatewright/internal/fault"
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
	v, err := c.view(ctx, t)
	if err != nil {
		return result, err
	}
	since := time.Time{}
	if len(r.Results)+len(r.Documents) > 0 {
		// An analysis that takes the new results into account starts after the latest.
		a, _, err := v.commit(ctx)
		if err != nil {
			return result, err
		}
		if a.Commit.StartedAnalysis != nil {
			since = a.Commit.StartedAnalysis.Add(time.Nanosecond)
		}
		if err := v.hand(ctx, r, &result, w); err != nil {
			return result, err
		}
	}
	result.Status = "queued"
	if r.NoWait {
		return result, nil
	}
	a, err := v.waitCommit(ctx, w, since)
	if err == nil && !a.Commit.analysed() {
		err = fault.Errorf(fault.Service, "Codacy does not analyse commit %s: %s", short(t.Commit), cmp.Or(a.Meta.Reason, "it does not say why"))
	}
	if err != nil {
		result.Status = ""
		return result, err
	}
	result.Status = "done"
	if len(result.Failed()) > 0 {
		result.Status = "partial"
	}
	if t.PullRequest > 0 && v.kind != service.AccountToken {
		result.Missing = append(result.Missing, "a repository's token lists the issues of the newest commit alone: CODACY_API_TOKEN, an account's, lists those of the pull request")
	}
	list, err := v.listIssues(ctx, w)
	result.Findings = append(result.Findings, list...)
	if err != nil {
		result.Status = "" // what was found is not known
	}
	return result, err
}

// hand uploads all results and notes them in result.
func (v view) hand(ctx context.Context, r service.ScanRequest, result *service.ScanResult, w service.Wait) error {
	to, err := v.v2As(v.kind, v.t)
	if err != nil {
		return err
	}
	k, err := v.catalogue(ctx)
	if err != nil {
		return err
	}
	sets, err := k.convertAll(ctx, r, result)
	if err != nil {
		return err
	}
	notes, err := to.sendAll(ctx, v.t.Commit, sets, w)
	result.Notes = append(result.Notes, notes...)
	if err == nil {
		v.tellBuildServer(ctx, w)
	}
	return err
}

// tellBuildServer says so if the repository does not wait for results: Codacy
// may then have judged the commit before they came. Who may not ask is not told.
func (v view) tellBuildServer(ctx context.Context, w service.Wait) {
	if v.kind != service.AccountToken {
		return
	}
	var setting struct {
		On *bool `json:"buildServerAnalysisSetting"`
	}
	_, err := v.get(ctx, "whether "+v.p.String()+" waits for results", v.p.v3("", "settings", "analysis"), &setting)
	if err == nil && setting.On != nil && !*setting.On {
		w.Tell(`the repository's setting "Run analysis on your build server" is off at Codacy: turn it on, or it may judge a commit before its results have come`)
	}
}

// sendAll uploads everything and closes it. Nothing is closed before all has
// arrived: Codacy would judge half the results.
func (v v2) sendAll(ctx context.Context, commit string, sets []toolIssues, w service.Wait) (notes []string, err error) {
	for _, s := range sets {
		err := v.send(ctx, commit, s, w)
		if errors.Is(err, errClosed) {
			notes = append(notes, s.Tool+": not sent: Codacy has closed the results of this commit and keeps what it has")
			continue
		}
		if err != nil {
			return notes, fault.WithHint(fault.Errorf(fault.Of(err), "%w (the results were not closed, so Codacy does not judge by a part of them)", err),
				"%s", cmp.Or(fault.Hint(err), "run it again"))
		}
	}
	_, err = v.twice(ctx, v.resultsRequest(commit, "resultsFinal", "tell Codacy that all results have arrived", nil))
	if errors.Is(err, errClosed) {
		err = nil
	}
	return notes, err
}

// convertAll turns all results into uploads, so that a tool or file that cannot
// be used is found before anything is sent.
func (k *catalogue) convertAll(ctx context.Context, r service.ScanRequest, result *service.ScanResult) ([]toolIssues, error) {
	var out []toolIssues
	// One tool may have run several times; what one run found makes no other good.
	end := func(tool, status string) {
		if !strings.HasPrefix(result.Scanners[tool], service.Failing) {
			result.Scanners[tool] = status
		}
	}
	for _, results := range r.Results {
		t, err := k.tool(results.Tool, results.Version)
		if err != nil {
			return nil, err
		}
		if results.Failure != "" {
			out = append(out, toolIssues{Tool: t.ShortName, Issues: issuesCase{Failure: &issuesFailure{results.Failure}}})
			end(t.ShortName, service.Failing+results.Failure)
			continue
		}
		patterns, err := k.patternsOf(ctx, t)
		if err != nil {
			return nil, err
		}
		files, unknown := convert(results, t, patterns)
		result.Findings = append(result.Findings, unknown...)
		out = append(out, toolIssues{Tool: t.ShortName, Issues: issuesCase{Success: &issuesSuccess{files}}})
		end(t.ShortName, service.Done)
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
			if f := s.Issues.Failure; f != nil {
				end(s.Tool, service.Failing+f.Message)
			} else if s.Issues.Success == nil {
				return nil, fault.Errorf(fault.Input, "%s says neither what %s found nor why it failed", d.Name, s.Tool)
			}
			end(s.Tool, service.Done)
		}
		out = append(out, sets...)
	}
	for _, s := range out {
		if note := unshown(s); note != "" {
			result.Missing = append(result.Missing, note)
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
	over := slices.DeleteFunc(slices.Clone(s.Issues.Success.Results), func(f fileIssues) bool { return len(f.Results) <= maxShown })
	switch len(over) {
	case 0:
		return ""
	case 1:
		return fmt.Sprintf("%s: %s has %d issues, of which Codacy keeps %d", s.Tool, over[0].Filename, len(over[0].Results), maxShown)
	default:
		return fmt.Sprintf("%s: %d files have more issues than the %d that Codacy keeps of a tool in one file, %s first (%d)", s.Tool, len(over), maxShown, over[0].Filename, len(over[0].Results))
	}
}

// unsent says what had no place at Codacy, so that nothing is lost unseen; "" is
// nothing.
func unsent(tool string, list []service.Finding) string {
	if len(list) == 0 {
		return ""
	}
	counts := map[string]int{}
	for _, f := range list {
		counts[f.Rule]++
	}
	rules := slices.Sorted(maps.Keys(counts))
	if n := len(rules); n > 5 {
		rules = append(rules[:5], fmt.Sprintf("and %d more", n-5))
	}
	return fmt.Sprintf("%s: %s not sent: Codacy has no pattern for %s", tool, console.Count(len(list), "result"), strings.Join(rules, ", "))
}
