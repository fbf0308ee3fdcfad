package job

import (
	"context"
	"maps"
	"slices"
	"strings"

	"github.com/gatewright/gatewright/internal/fault"
	"github.com/gatewright/gatewright/internal/finding"
	"github.com/gatewright/gatewright/internal/input"
	"github.com/gatewright/gatewright/internal/service"
)

// localResults reads what tools of this job found: SARIF logs, tool by tool,
// and files in the service's own form as they are.
func (j *Job) localResults(ctx context.Context) ([]service.ToolResults, []service.Document, error) {
	set, err := sarifReader{c: j.Console, repo: j.repo, commit: j.run.Tree()}.read(ctx, j.Scan.Sarif)
	if err != nil {
		return nil, nil, err
	}
	for _, path := range slices.Sorted(maps.Keys(set.Unmatched)) {
		j.Console.Warn("findings in %s: %s", path, set.Unmatched[path])
	}
	for _, why := range set.Missing {
		ofTool := func(tool string) bool { return strings.HasPrefix(why, tool+" ") }
		if !slices.ContainsFunc(set.Unfinished, ofTool) { // there is no tool to say it of
			return nil, nil, fault.WithHint(fault.Errorf(fault.Input, "%s", why), "see why the log is empty; nothing was sent")
		}
	}
	names, err := globFiles(j.Console, j.Scan.Results)
	if err != nil {
		return nil, nil, err
	}
	var docs []service.Document
	for _, name := range names {
		body, err := input.Read(j.Console.Path(name))
		if err != nil {
			return nil, nil, fault.Errorf(fault.Input, "read results: %w", err)
		}
		docs = append(docs, service.Document{Name: name, Body: body})
	}
	return byTool(set), docs, nil
}

// failureOf returns why a tool did not run to its end, in its own words if the
// log has them.
func failureOf(set finding.Set, tool string) string {
	for _, why := range set.Missing {
		if rest, ok := strings.CutPrefix(why, tool+" "); ok {
			return rest
		}
	}
	return "did not run to its end"
}

// byTool sorts findings by the tool they come from. A tool without findings is
// there too: that it found nothing is a result.
func byTool(set finding.Set) []service.ToolResults {
	var out []service.ToolResults
	for _, tool := range set.Tools {
		r := service.ToolResults{Tool: tool, Version: set.Versions[tool], Files: set.Files[tool]}
		if slices.Contains(set.Unfinished, tool) {
			r.Failure = failureOf(set, tool)
		}
		for _, f := range set.Findings {
			if f.Tool == tool {
				r.Findings = append(r.Findings, f)
			}
		}
		out = append(out, r)
	}
	return out
}
