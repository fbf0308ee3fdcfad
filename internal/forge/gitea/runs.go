package gitea

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

// mostRuns is how many runs are looked at.
const mostRuns = 500

// OpenRun looks among the repository's runs (Gitea 1.24 and later; before, and
// at Forgejo, whose words differ, the error says that they are not shown). Gitea
// does not say when a run was queued: one that has not begun counts as old.
func (c *Client) OpenRun(ctx context.Context, ref forge.Ref, before time.Time) (*forge.Run, error) {
	if ref.Repo == "" {
		return nil, forge.RunsNotListed(ref)
	}
	op := fmt.Sprintf("look for runs of %s/%s", ref.Owner, ref.Repo)
	for page, seen := 1, 0; ; page++ {
		var list struct {
			Total int `json:"total_count"`
			Runs  []struct {
				ID        int64      `json:"id"`
				Status    string     `json:"status"`
				StartedAt forge.Time `json:"started_at"`
			} `json:"workflow_runs"`
		}
		q := url.Values{"status": {"queued", "pending", "in_progress"}, "limit": {strconv.Itoa(most)}, "page": {strconv.Itoa(page)}}
		if _, err := c.call(ctx, rest.Request{Op: op, Method: "GET", Path: rest.Path("repos", ref.Owner, ref.Repo, "actions", "runs"), Query: q}, &list); err != nil {
			return nil, err
		}
		for _, r := range list.Runs {
			if !ended(r.Status) && !r.StartedAt.After(before) {
				return &forge.Run{ID: strconv.FormatInt(r.ID, 10), State: r.Status, QueuedAt: began(r.StartedAt.Time)}, nil
			}
		}
		if seen += len(list.Runs); len(list.Runs) == 0 || seen >= list.Total {
			return nil, nil
		}
		if seen >= mostRuns {
			return nil, fault.Errorf(fault.Service, "%s: more than %d have not ended", op, mostRuns)
		}
	}
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
