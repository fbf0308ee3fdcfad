package codacy

import (
	"maps"
	"slices"

	"github.com/gatewright/gatewright/internal/sandbox/world"
)

// The steps of an analysis. One of a tool that failed is an error, and the
// analysis as a whole then a success in part.

func (c *call) commitLogs(k *world.Commit, st *commitState) { c.logs(k.SHA, st) }

func (c *call) pullRequestLogs(p *world.PullRequest) { c.logs(p.Head, c.s.state(c.repo, p.Head)) }

func (c *call) logs(sha string, st *commitState) {
	at := stamp(st.started)
	step := func(title, status string) obj {
		return obj{"title": title, "start": at, "end": at, "activeExecutionTime": 1, "totalExecutionTime": 1, "status": status}
	}
	steps := []obj{step("Clone repository", "success")}
	for _, tool := range slices.Sorted(maps.Keys(st.failures)) {
		o := step("Run "+tool, "error")
		o["stackTrace"] = st.failures[tool]
		steps = append(steps, o)
	}
	c.ok(obj{"data": obj{"headCommitSha": sha, "start": at, "end": at, "totalAnalysisTime": 1, "steps": steps}})
}
