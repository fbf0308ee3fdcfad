package codeant

import (
	"context"
	"slices"
	"strings"
	"time"

	"github.com/gatewright/gatewright/internal/fault"
	"github.com/gatewright/gatewright/internal/rest"
	"github.com/gatewright/gatewright/internal/service"
)

// scanInterval is how often CodeAnt's own script asks for results.
const scanInterval = 30 * time.Second

// scanner is one kind of result with its endpoint and its form.
type scanner struct {
	name string
	path string
	form form
}

func scanners() []scanner {
	return []scanner{
		{"sast", "/api/analysis/results", form{[]string{"issues"}, sast}},
		{"sca", "/api/analysis/results/sca", form{[]string{"vulnerabilities", "all_vulnerabilities"}, sca}},
		{"secrets", "/api/analysis/results/secrets", form{[]string{"secrets"}, secrets}},
		{"antipatterns", "/api/analysis/results/antipatterns", form{[]string{"issues"}, antipatterns}},
		// The path is inferred; where it is missing the others count.
		{"iac", "/api/analysis/results/iac", form{[]string{"failed_checks"}, iac}},
	}
}

// chosen returns the scanners by name. Without names they are those of CodeAnt's
// own step.
func chosen(names []string) ([]scanner, error) {
	if len(names) == 0 {
		names = []string{"sast", "sca"}
	}
	var known []string
	for _, s := range scanners() {
		known = append(known, s.name)
	}
	if slices.Contains(names, "all") {
		names = known
	}
	var out []scanner
	for _, name := range names {
		i := slices.Index(known, strings.ToLower(strings.TrimSpace(name)))
		if i < 0 {
			return nil, fault.Errorf(fault.Input, "unknown scanner %q; known: %s, all", name, strings.Join(known, ", "))
		}
		out = append(out, scanners()[i])
	}
	return out, nil
}

// resultBody is what the result endpoints take, together with the field for
// the forge's own address.
func (c *Client) resultBody(t service.Target, forge string) map[string]any {
	return map[string]any{
		"repo": t.FullName(), "commit_id": t.Commit, "access_token": bodyToken{c.token}, "service": forge,
		forgeURLField(forge): forgeURL(t),
	}
}

// Scan starts the analysis of the commit and collects what the scanners find.
// If the time is over while some of them have finished, the result is partial.
func (c *Client) Scan(ctx context.Context, t service.Target, r service.ScanRequest, w service.Wait) (service.ScanResult, error) {
	result := service.ScanResult{Scanners: map[string]string{}, Findings: []service.Finding{}}
	if len(r.Results) > 0 {
		return result, fault.Errorf(fault.Input, "CodeAnt runs its scanners itself and takes no results of other tools")
	}
	list, err := chosen(r.Scanners)
	if err != nil {
		return result, err
	}
	forge, err := platform(t)
	if err == nil {
		err = checkTarget(t)
	}
	if err != nil {
		return result, err
	}
	body := c.resultBody(t, forge)
	if len(r.Include) > 0 && len(r.Exclude) > 0 {
		w.Tell("CodeAnt goes by the files to include alone where both are given; those to exclude are ignored")
	}
	status, err := c.start(ctx, "start the scan at CodeAnt", "/api/analysis/start", startBody(body, t, r))
	if err != nil {
		return result, err
	}
	w.Tell("CodeAnt's scan is " + status)
	result.Status = "queued"
	for _, s := range list {
		result.Scanners[s.name] = "queued"
	}
	if r.NoWait {
		return result, nil
	}
	return collection{c, body, t.Commit, list}.collect(ctx, w, result)
}

// startBody is what starts a scan, on top of what the result endpoints take.
func startBody(results map[string]any, t service.Target, r service.ScanRequest) map[string]any {
	body := map[string]any{
		"branch": t.Branch, "include_files": strings.Join(r.Include, ","), "exclude_files": strings.Join(r.Exclude, ","),
	}
	for k, v := range results {
		body[k] = v
	}
	if len(r.Scanners) > 0 {
		body["scanners"] = strings.Join(r.Scanners, ",") // key inferred, so it is sent only where it says something
	}
	return body
}

// notFound is the status of a scanner whose results are not there, yet or ever.
const notFound = "not found"

// collection is how the results of scanners are asked for.
type collection struct {
	*Client
	body   map[string]any // of resultBody
	commit string
	list   []scanner
}

// collect asks each scanner until all have finished or the time is over. A
// scanner whose path is a guess, and which has no results when all others have
// theirs, is not waited for; it counts as failed.
func (c collection) collect(ctx context.Context, w service.Wait, result service.ScanResult) (service.ScanResult, error) {
	partial := map[string][]service.Finding{}
	err := service.Poll(ctx, w, scanInterval, func(ctx context.Context) (service.State, error) {
		var waiting []string
		for _, s := range c.list {
			if finished(result.Scanners[s.name]) {
				continue
			}
			status, found, err := c.ask(ctx, s)
			if err != nil {
				return service.State{}, err
			}
			result.Scanners[s.name] = status
			if found != nil {
				partial[s.name] = found
			}
			if !finished(status) {
				waiting = append(waiting, s.name)
			}
		}
		guess := len(waiting) == 1 && waiting[0] == "iac" && len(c.list) > 1 && result.Scanners["iac"] == notFound
		return service.State{Done: len(waiting) == 0 || guess, Text: "CodeAnt is scanning: " + strings.Join(waiting, ", ")}, nil
	})
	for _, s := range c.list {
		result.Findings = append(result.Findings, partial[s.name]...)
	}
	return settle(result, c.list, err)
}

// settle says what became of the scan as a whole.
func settle(result service.ScanResult, list []scanner, err error) (service.ScanResult, error) {
	var done []string
	for _, s := range list {
		switch result.Scanners[s.name] {
		case "done":
			done = append(done, s.name)
		case notFound:
			result.Scanners[s.name] = "pending"
			if err == nil {
				result.Scanners[s.name] = service.Failing + "CodeAnt has no results of it"
			}
		}
	}
	switch {
	case err != nil && fault.Of(err) == fault.Timeout && len(done) > 0:
		result.Status = "partial"
		return result, nil
	case err != nil:
		result.Status = ""
		return result, err
	case len(result.Failed()) > 0:
		result.Status = "partial"
		return result, nil
	default:
		result.Status = "done"
		return result, nil
	}
}

func finished(status string) bool {
	return status == service.Done || strings.HasPrefix(status, service.Failing)
}

// ask asks one scanner once.
func (c collection) ask(ctx context.Context, s scanner) (status string, found []service.Finding, err error) {
	resp, err := c.call(ctx, rest.Request{Op: "ask CodeAnt for the results of " + s.name, Path: s.path, JSON: c.body, Repeat: rest.Always})
	if err != nil {
		return "", nil, err
	}
	if resp.Status == rest.StatusNotFound || resp.Status == rest.StatusNoContent {
		return notFound, nil, nil
	}
	if err := resp.Err(); err != nil {
		return "", nil, err
	}
	var any any
	if err := resp.Decode(&any); err != nil {
		return "", nil, err
	}
	switch word := statusWord(resp.Body); word {
	case "pending", "processing", "in_progress", "queued", "running":
		found, _ = s.form.findings(resp.Body, c.commit) // partial results may be there, in whatever state
		return word, found, nil
	case "failed", "error":
		return service.Failing + firstOf(resp.Message(), word), nil, nil
	case "partial", "partial_success":
		found, err = s.form.findings(resp.Body, c.commit)
		return service.Failing + "it finished in part (" + word + ")", found, err
	case "", "done", "completed", "complete", "success":
	default: // what is not understood is not clean
		found, _ = s.form.findings(resp.Body, c.commit)
		return service.Failing + "it ended as " + word, found, nil
	}
	found, err = s.form.findings(resp.Body, c.commit)
	if err != nil {
		return "", nil, fault.Errorf(fault.Service, "results of CodeAnt's %s: %w", s.name, err)
	}
	return "done", found, nil
}
