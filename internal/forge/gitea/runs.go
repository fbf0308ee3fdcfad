package gitea

import (
	"context"
	"fmt"
	"net/url"
	"slices"
	"strconv"
	"time"

	"github.com/gatewright/gatewright/internal/forge"
	"github.com/gatewright/gatewright/internal/rest"
)

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
	list := rest.Request{
		Op: fmt.Sprintf("look for runs of %s/%s", ref.Owner, ref.Repo), Path: rest.Path("repos", ref.Owner, ref.Repo, "actions", "runs"),
		Query: url.Values{"status": {"queued", "pending", "in_progress"}, "limit": {strconv.Itoa(most)}},
	}
	var found runList
	resp, err := c.rest.Call(ctx, list, &found)
	if err != nil {
		return nil, err
	}
	n := len(found.Runs)
	more := found.Total > n || found.Total == 0 && n >= most || linked(resp)
	return forge.FirstOpen(found.Runs, more, list.Op, func(r run) (forge.Run, bool) {
		return forge.Run{ID: strconv.FormatInt(r.ID, 10), State: r.Status, QueuedAt: began(r.StartedAt.Time)}, !ended(r.Status) && !r.StartedAt.After(before)
	})
}

func ended(status string) bool {
	return slices.Contains([]string{"completed", "success", "failure", "cancelled", "skipped"}, status)
}

// began is the zero time for a run that has not begun, which Gitea shows as 1970.
func began(at time.Time) time.Time {
	if at.Unix() <= 0 {
		return time.Time{}
	}
	return at
}
