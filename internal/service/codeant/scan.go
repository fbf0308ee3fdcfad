package codeant

import (
	"cmp"
	"context"
	"encoding/json"
	"maps"
	"slices"
	"strings"
	"time"

	"github.com/gatewright/gatewright/internal/fault"
	"github.com/gatewright/gatewright/internal/rest"
	"github.com/gatewright/gatewright/internal/service"
)

// scanInterval is how often CodeAnt's own script asks for results.
const scanInterval = 30 * time.Second

// scanner is one kind of result with its endpoint.
type scanner struct {
	name string
	path string
	keys []string                                    // under which its list may be
	bare bool                                        // it may come as a list without an object around it
	read func(item service.Object) []service.Finding // nil for an item that is no finding
}

// scanners are those with results. start_scan.sh reads a bare list of sast and
// sca, and CodeAnt's command line one of iac; secrets and antipatterns are
// documented as objects.
func scanners() []scanner {
	return []scanner{
		{"sast", "/api/analysis/results", []string{"issues"}, true, sast},
		{"sca", "/api/analysis/results/sca", []string{"vulnerabilities", "all_vulnerabilities"}, true, sca},
		{"secrets", "/api/analysis/results/secrets", []string{"secrets"}, false, secrets},
		{"antipatterns", "/api/analysis/results/antipatterns", []string{"issues"}, false, antipatterns},
		// The path is inferred; where it is missing the others count.
		{"iac", "/api/analysis/results/iac", []string{"failed_checks"}, true, iac},
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
			return nil, fault.Mistake(fault.Errorf(fault.Input, "unknown scanner %q; known: %s, all", name, strings.Join(known, ", ")))
		}
		out = append(out, scanners()[i])
	}
	return out, nil
}

// resultBody is what the result endpoints take, with the field of the forge's
// own for its address.
func (c *Client) resultBody(t service.Target, forge string) map[string]any {
	field := map[bool]string{false: forge, true: "azure_devops"}[forge == "azuredevops"] + "_base_url"
	return map[string]any{"repo": t.FullName(), "commit_id": t.Commit, "access_token": bodyToken{c.token}, "service": forge, field: forgeURL(t)}
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
	if err != nil {
		return result, err
	}
	if len(r.Include) > 0 && len(r.Exclude) > 0 {
		w.Tell("CodeAnt goes by the files to include alone where both are given; those to exclude are ignored")
	}
	body := c.resultBody(t, forge)
	start := maps.Clone(body)
	start["branch"], start["include_files"], start["exclude_files"] = t.Branch, strings.Join(r.Include, ","), strings.Join(r.Exclude, ",")
	if len(r.Scanners) > 0 {
		start["scanners"] = strings.Join(r.Scanners, ",") // key inferred, so it is sent only where it says something
	}
	status, err := c.start(ctx, "start the scan at CodeAnt", "/api/analysis/start", start)
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
	done := false
	for _, s := range c.list {
		result.Findings = append(result.Findings, partial[s.name]...)
		done = done || result.Scanners[s.name] == service.Done
		if result.Scanners[s.name] != notFound {
			continue
		}
		result.Scanners[s.name] = "pending"
		if err == nil {
			result.Scanners[s.name] = service.Failing + "CodeAnt has no results of it"
		}
	}
	switch {
	case done && fault.Of(err) == fault.Timeout, err == nil && len(result.Failed()) > 0:
		result.Status, err = "partial", nil
	case err != nil:
		result.Status = ""
	default:
		result.Status = "done"
	}
	return result, err
}

func finished(status string) bool {
	return status == service.Done || strings.HasPrefix(status, service.Failing)
}

// ask asks one scanner once.
func (c collection) ask(ctx context.Context, s scanner) (status string, found []service.Finding, err error) {
	var raw json.RawMessage
	resp, there, err := c.results(ctx, rest.Request{Op: "ask CodeAnt for the results of " + s.name, Path: s.path, JSON: c.body}, c.commit, &raw)
	if err != nil || !there {
		return notFound, nil, err
	}
	if found, err = s.findings(raw, c.commit); err != nil {
		err = fault.Errorf(fault.Service, "results of CodeAnt's %s: %w", s.name, err)
	}
	switch word := statusWord(raw); word {
	case "pending", "processing", "in_progress", "queued", "running":
		return word, found, nil // partial results may be there, in whatever state
	case "failed", "error":
		return service.Failing + cmp.Or(resp.Message(), word), nil, nil
	case "partial", "partial_success":
		return service.Failing + "it finished in part (" + word + ")", found, err
	case "", "done", "completed", "complete", "success":
		return service.Done, found, err
	default: // what is not understood is not clean
		return service.Failing + "it ended as " + word, found, nil
	}
}
