package job

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"

	"github.com/gatewright/gatewright/internal/console"
	"github.com/gatewright/gatewright/internal/coverage"
	"github.com/gatewright/gatewright/internal/fault"
	"github.com/gatewright/gatewright/internal/forge"
	"github.com/gatewright/gatewright/internal/service"
	"github.com/gatewright/gatewright/internal/summary"
)

// comment keeps one comment on the pull request. Where this run is no occasion
// for one, one that is there is brought up to date: it would go on saying what
// an earlier run found.
func (j *Job) comment(ctx context.Context, existing bool) error {
	if j.run.PullRequest == 0 {
		if existing {
			return nil
		}
		if missing := j.run.NoPullRequest; missing.Reason != "" {
			return fault.WithHint(fault.Errorf(fault.Input, "no pull request to comment on: %s", missing.Reason), "%s", missing.Hint)
		}
		j.Console.Say("no pull request to comment on")
		return nil
	}
	f, err := j.Sources.Forge(j.run)
	switch {
	case err != nil && existing:
		return nil // there is nothing to say
	case err != nil:
		return err
	}
	commenter, ok := f.Client.(forge.Commenter)
	if !ok {
		return fault.Errorf(fault.Input, "%s has no pull-request comments", f.Title)
	}
	// Two lines where nothing is wrong: a comment is mailed to all who follow the
	// pull request.
	flavour := f.Comment
	flavour.Short = true
	// What a report, a branch or a service says may hold a token by mistake, and a
	// comment is public.
	body := j.Console.Redact.Clean(summary.MarkdownFor(j.page, flavour))
	pr := forge.PullRequest{Owner: j.run.Owner, Repo: j.run.Name, Number: j.run.PullRequest, Existing: existing}
	if err := commenter.Comment(ctx, pr, j.marker(), body); err != nil {
		return err
	}
	if existing {
		return nil
	}
	j.Console.Say("commented on pull request %d", j.run.PullRequest)
	return nil
}

// When says in which runs the pull request gets a comment; "" is never.
type When string

// The occasions.
const (
	Unset     When = "" // nothing was said: never, unless the project's file says otherwise
	Never     When = "never"
	Always    When = "always"
	OnChange  When = "on-change"  // the change alters coverage or findings, or something is wrong
	OnFailure When = "on-failure" // the verdict is not a pass
)

// ParseWhen reads an occasion, or a boolean for always and never.
func ParseWhen(text string) (When, error) {
	switch text {
	case "true", "yes", "on", "1":
		return Always, nil
	case "false", "no", "off", "0", "never":
		return Never, nil
	}
	if w := When(text); slices.Contains([]When{Always, OnChange, OnFailure}, w) {
		return w, nil
	}
	return Unset, fmt.Errorf("%q is none of always, on-change, on-failure, true, false", text)
}

// holds reports whether this is such a run.
func (w When) holds(p summary.Page, status string) bool {
	// A warning is an occasion as well: it is what a failure begins with.
	passed := status != "ERROR" && status != "TIMEOUT" && p.Outcome != service.Failed && p.Outcome != service.Unknown && p.Outcome != service.Warned
	switch w {
	case Always:
		return true
	case OnFailure:
		return !passed
	case OnChange:
		return !passed || changes(p)
	default:
		return false
	}
}

// changes reports whether the change alters what is measured.
func changes(p summary.Page) bool {
	if p.Patch != nil && p.Patch.Totals.Coverable > 0 {
		return true
	}
	if p.Coverage != nil && p.Coverage.Before != nil && (len(p.Coverage.Files) > 0 || *p.Coverage.Before != p.Coverage.Totals) {
		return true
	}
	return p.Findings != nil && (len(p.Findings.Missing) > 0 || slices.ContainsFunc(p.Findings.Items, func(f service.Finding) bool { return f.Age == service.New }))
}

// setStatuses sets the commit's status, and those of total and patch coverage
// that were asked for.
func (j *Job) setStatuses(ctx context.Context, status string) error {
	if err := NeedCommit(j.run); err != nil {
		return err
	}
	f, err := j.Sources.Forge(j.run)
	if err != nil {
		return err
	}
	setter, ok := f.Client.(forge.StatusSetter)
	if !ok {
		return fault.Errorf(fault.Input, "%s has no commit status", f.Title)
	}
	// The statuses are set one by one, and each is tried: a branch rule may require
	// any of them, and waits for ever for one that never comes.
	var list []forge.Status
	if j.Publish.Status {
		list = append(list, j.commitStatus(status))
	}
	for _, part := range j.Publish.Statuses {
		list = append(list, j.partStatus(part))
	}
	var failed []error
	for _, s := range list {
		s.URL = j.page.Run.URL
		s.Description = summary.Plain(j.Console.Redact.Clean(s.Description), 140) // GitHub takes no more
		failed = append(failed, setter.SetStatus(ctx, j.commit(), s))
	}
	return errors.Join(failed...)
}

// commitStatus is the verdict in one line. A verdict that could not be reached
// is an error, never a success.
func (j *Job) commitStatus(status string) forge.Status {
	s := forge.Status{Context: j.context(), State: "success", Description: summary.Headline(j.page)}
	switch {
	case j.page.Outcome == service.Failed:
		s.State = "failure"
	// Never success: a required status would let an unjudged commit be merged.
	case j.page.Outcome == service.Unknown, status == "ERROR", status == "TIMEOUT":
		s.State = "error"
	}
	return s
}

// partStatus is total or patch coverage, judged by the rules for it. A number
// that is not known is an error where there is a change to be measured.
func (j *Job) partStatus(part string) forge.Status {
	s := forge.Status{Context: j.context() + "/" + part, State: "success", Description: "no data"}
	var lines coverage.Count
	if total := j.coverage(); part == "total" && total != nil {
		lines = total.Totals.Lines
	}
	own := j.patch()
	if part == "patch" && own != nil {
		lines = own.Totals
	}
	switch {
	case lines.Coverable > 0:
		s.Description = fmt.Sprintf("%s, %d of %d lines", j.page.Percent(lines), lines.Covered, lines.Coverable)
	// Nothing to measure is a success, or no change to documentation could ever be
	// merged where the status is required.
	case part == "patch" && (own != nil || j.facts.NoChange):
		s.Description = "no coverable line changed"
	default:
		s.State = "error"
	}
	// The first that failed is enough to say what to do.
	for _, c := range j.page.Rules {
		if strings.HasSuffix(c.Name, part+" coverage") && c.Result == service.Failed {
			s.State, s.Description = "failure", fmt.Sprintf("%s: %s, wanted %s", c.Name, c.Actual, c.Wanted)
			break
		}
	}
	return s
}

// commit is the one that the run is about, for the forge.
func (j *Job) commit() forge.Commit {
	return forge.Commit{Owner: j.run.Owner, Repo: j.run.Name, SHA: j.run.Commit}
}

// insightID names the job's report among those of a commit.
func (j *Job) insightID() string { return j.apart("gatewright", "-") }

// insight puts the result beside the commit, as Bitbucket's users know it from
// Code Insights.
func (j *Job) insight(ctx context.Context, status string) error {
	if j.Sources.Insight == nil {
		return nil
	}
	client, err := j.Sources.Insight(j.run)
	if err != nil || client == nil {
		return err
	}
	if err := client.PutInsight(ctx, j.commit(), j.insightOf(status)); err != nil {
		return err
	}
	j.Console.Say("Code Insights report %s put on %.10s", j.insightID(), j.run.Commit)
	return nil
}

func (j *Job) insightOf(status string) forge.Insight {
	p, clean := j.page, j.Console.Redact.Clean
	i := forge.Insight{
		ID: j.insightID(), Title: cmp.Or(j.page.Title, "Gatewright"), Details: clean(summary.Headline(p)), URL: j.run.RunURL,
	}
	switch {
	case p.Outcome == service.Failed, p.Outcome == service.Unknown, status == "ERROR", status == "TIMEOUT":
		i.Result = forge.InsightFailed
	case p.Outcome == service.Passed, p.Outcome == service.Warned:
		i.Result = forge.InsightPassed
	}
	percent := func(title string, lines coverage.Count) {
		if value, ok := lines.Percent(); ok { // rounded down, as everywhere
			i.Numbers = append(i.Numbers, forge.InsightNumber{Title: title, Value: max(p.Digits, 1).Floor(value), Percent: true})
		}
	}
	if own := j.coverage(); own != nil {
		percent("Coverage", own.Totals.Lines)
	}
	if own := j.patch(); own != nil {
		percent("Coverage of the change", own.Totals)
	}
	if p.Findings != nil && len(p.Findings.Missing) == 0 {
		i.Numbers = append(i.Numbers, forge.InsightNumber{Title: "Findings", Value: float64(len(p.Findings.Items))})
	}
	// Bitbucket's words (Code Insights, "annotation").
	severities := map[console.Level]string{console.Error: "high", console.Warning: "medium", console.Notice: "low"}
	// The client cuts them to what the forge takes.
	list, _ := summary.Annotations(p, 0)
	for _, r := range list {
		i.Remarks = append(i.Remarks, forge.InsightRemark{Path: r.File, Line: r.Line, Severity: severities[r.Level], Text: clean(r.Title + ": " + r.Message)})
	}
	return i
}
