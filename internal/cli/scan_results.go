package cli

import (
	"os"
	"path/filepath"
	"slices"

	"github.com/bmatcuk/doublestar/v4"

	"github.com/gatewright/gatewright/internal/fault"
	"github.com/gatewright/gatewright/internal/finding"
	"github.com/gatewright/gatewright/internal/git"
	"github.com/gatewright/gatewright/internal/service"
)

// localResults reads what tools of this job found: SARIF logs, tool by tool,
// and files in the service's own form as they are.
func (a *App) localResults(repo *git.Repo, sarif, documents []string) ([]service.ToolResults, []service.Document, error) {
	files, err := a.matching(sarif)
	if err != nil {
		return nil, nil, err
	}
	o := finding.Options{}
	if repo != nil {
		o.Root = filepath.ToSlash(repo.Root)
	}
	var set finding.Set
	for _, name := range files {
		s, err := a.readSARIF(name, o)
		if err != nil {
			return nil, nil, err
		}
		set.Add(s)
	}
	for _, tool := range set.Unfinished {
		return nil, nil, fault.WithHint(fault.Errorf(fault.Input, "%s says of itself that it did not run to its end", tool),
			"see why; results of half a run would look like a clean half")
	}
	files, err = a.matching(documents)
	if err != nil {
		return nil, nil, err
	}
	var docs []service.Document
	for _, name := range files {
		body, err := os.ReadFile(a.path(name))
		if err != nil {
			return nil, nil, fault.Errorf(fault.Input, "read results: %w", err)
		}
		docs = append(docs, service.Document{Name: name, Body: body})
	}
	return byTool(set), docs, nil
}

func (a *App) readSARIF(name string, o finding.Options) (finding.Set, error) {
	f, err := os.Open(a.path(name))
	if err != nil {
		return finding.Set{}, fault.Errorf(fault.Input, "read results: %w", err)
	}
	defer func() { _ = f.Close() }()
	return finding.ParseSARIF(f, name, o)
}

// byTool sorts findings by the tool they come from. A tool without findings is
// there too: that it found nothing is a result.
func byTool(set finding.Set) []service.ToolResults {
	var out []service.ToolResults
	for _, tool := range set.Tools {
		r := service.ToolResults{Tool: tool, Version: set.Versions[tool], Files: set.Files[tool]}
		for _, f := range set.Findings {
			if f.Tool == tool {
				r.Findings = append(r.Findings, f)
			}
		}
		out = append(out, r)
	}
	return out
}

// matching expands globs. One that matches nothing is an error: results that
// are not there are not clean results.
func (a *App) matching(patterns []string) ([]string, error) {
	var out []string
	for _, pattern := range patterns {
		names, err := doublestar.FilepathGlob(a.path(pattern), doublestar.WithFilesOnly())
		if err != nil {
			return nil, fault.Errorf(fault.Input, "%q is not a path or a glob: %w", pattern, err)
		}
		if len(names) == 0 {
			return nil, fault.Errorf(fault.Input, "no results file matches %q", pattern)
		}
		slices.Sort(names)
		for _, name := range names {
			if !slices.Contains(out, name) {
				out = append(out, name)
			}
		}
	}
	return out, nil
}
