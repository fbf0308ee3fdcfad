package github

import (
	"context"
	"fmt"
	"net/url"
	"strconv"
	"time"

	"github.com/gatewright/gatewright/internal/fault"
	"github.com/gatewright/gatewright/internal/forge"
	"github.com/gatewright/gatewright/internal/rest"
)

// longestRun is what no run outlives, its time in the queue and waiting for an
// approval included (docs.github.com, "Actions limits").
const longestRun = 35 * 24 * time.Hour

// runsPage is the longest page of runs that GitHub answers with.
const runsPage = 100

// run is a workflow run as GitHub lists it. Every status but completed means
// that it has not ended.
type run struct {
	ID        int64      `json:"id"`
	Status    string     `json:"status"`
	CreatedAt forge.Time `json:"created_at"`
}

// OpenRun looks among the runs of the repository's workflows, which are all that
// read its Actions and Dependabot secrets. Of a repository with many runs each
// status is asked for by itself. Codespaces are not listed as runs, and an
// organization's secret is read by runs of many repositories.
func (c *Client) OpenRun(ctx context.Context, ref forge.Ref, before time.Time) (*forge.Run, error) {
	if ref.Store == forge.Codespaces || ref.Repo == "" {
		return nil, forge.RunsNotListed(ref)
	}
	all, total, err := c.runs(ctx, ref, "", before)
	if err != nil {
		return nil, err
	}
	for _, r := range all {
		if r.Status != "completed" && !r.CreatedAt.After(before) {
			return r.forge(), nil
		}
	}
	if total <= len(all) && len(all) < runsPage { // a full page may have a wrong count, or none
		return nil, nil
	}
	for _, status := range openStatuses() {
		some, total, err := c.runs(ctx, ref, status, before)
		if err != nil {
			return nil, err
		}
		if len(some) > 0 {
			return some[0].forge(), nil
		}
		if total > 0 {
			return nil, fault.Errorf(fault.Service, "look for runs of %s: GitHub counts %d %s and lists none", ref, total, status)
		}
	}
	return nil, nil
}

// openStatuses are those of runs that have not ended, in the order in which a run has
// them: one that goes on while they are asked for is met by a later one. From in_progress
// a run may come back to waiting, for the approval of its next job.
func openStatuses() []string {
	return []string{"requested", "pending", "waiting", "queued", "in_progress", "waiting"}
}

// runs lists the newest runs that were queued before the time.
func (c *Client) runs(ctx context.Context, ref forge.Ref, status string, before time.Time) ([]run, int, error) {
	stamp := func(at time.Time) string { return at.UTC().Format("2006-01-02T15:04:05Z") }
	q := url.Values{"per_page": {strconv.Itoa(runsPage)}, "exclude_pull_requests": {"true"}, "created": {stamp(before.Add(-longestRun)) + ".." + stamp(before)}}
	if status != "" {
		q.Set("status", status)
		q.Set("per_page", "1")
	}
	var list struct {
		Total int   `json:"total_count"`
		Runs  []run `json:"workflow_runs"`
	}
	_, err := c.call(ctx, rest.Request{Op: fmt.Sprintf("look for runs of %s/%s", ref.Owner, ref.Repo), Path: path("repos", ref.Owner, ref.Repo, "actions", "runs"), Query: q}, &list)
	return list.Runs, list.Total, err
}

func (r run) forge() *forge.Run {
	return &forge.Run{ID: strconv.FormatInt(r.ID, 10), State: r.Status, QueuedAt: r.CreatedAt.Time}
}
