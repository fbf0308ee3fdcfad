package gitea

import (
	"cmp"
	"context"
	"fmt"
	"net/url"
	"strconv"
	"time"

	"github.com/gatewright/gatewright/internal/fault"
	"github.com/gatewright/gatewright/internal/forge"
	"github.com/gatewright/gatewright/internal/rest"
)

// mostRuns is how many runs are looked at.
const mostRuns = 500

type run struct {
	ID        int64      `json:"id"`
	Status    string     `json:"status"`
	StartedAt forge.Time `json:"started_at"`
}

type runList struct {
	Total int   `json:"total_count"`
	Runs  []run `json:"workflow_runs"`
}

// OpenRun looks among the repository's runs (Gitea 1.24 and later; before, and
// at Forgejo, whose words differ, the error says that they are not shown). Gitea
// does not say when a run was queued: one that has not begun counts as old.
func (c *Client) OpenRun(ctx context.Context, ref forge.Ref, before time.Time) (*forge.Run, error) {
	if ref.Repo == "" {
		return nil, forge.RunsNotListed(ref)
	}
	op := fmt.Sprintf("look for runs of %s/%s", ref.Owner, ref.Repo)
	q := url.Values{"status": {"queued", "pending", "in_progress"}}
	seen := 0
	for r, err := range walk(ctx, c, rest.Request{Op: op, Path: rest.Path("repos", ref.Owner, ref.Repo, "actions", "runs"), Query: q}, func(list runList, _ *rest.Response) ([]run, int) { return list.Runs, cmp.Or(list.Total, -1) }) {
		if err != nil {
			return nil, err
		}
		if !ended(r.Status) && !r.StartedAt.After(before) {
			return &forge.Run{ID: strconv.FormatInt(r.ID, 10), State: r.Status, QueuedAt: began(r.StartedAt.Time)}, nil
		}
		if seen++; seen > mostRuns {
			return nil, fault.Errorf(fault.Service, "%s: more than %d have not ended", op, mostRuns)
		}
	}
	return nil, nil
}

func ended(status string) bool {
	switch status {
	case "completed", "success", "failure", "cancelled", "skipped":
		return true
	}
	return false
}

// began is the zero time for a run that has not begun, which Gitea shows as 1970.
func began(at time.Time) time.Time {
	if at.Unix() <= 0 {
		return time.Time{}
	}
	return at
}
