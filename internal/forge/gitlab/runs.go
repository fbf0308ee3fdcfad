package gitlab

import (
	"context"
	"fmt"
	"net/url"
	"strconv"
	"time"

	"github.com/gatewright/gatewright/internal/forge"
	"github.com/gatewright/gatewright/internal/rest"
)

// mostJobs is how many jobs that have not ended are looked at.
const mostJobs = 1000

// OpenRun looks among the project's jobs, those of child pipelines included. A
// job reads variables when a runner takes it, so one that is not yet queued, or
// waits for a person, reads the new value.
func (c *Client) OpenRun(ctx context.Context, ref forge.Ref, before time.Time) (*forge.Run, error) {
	if ref.Repo == "" {
		return nil, forge.RunsNotListed(ref)
	}
	type job struct {
		ID        int64      `json:"id"`
		Status    string     `json:"status"`
		CreatedAt forge.Time `json:"created_at"`
	}
	q := url.Values{"scope[]": {"running", "pending", "waiting_for_resource"}}
	op := fmt.Sprintf("look for jobs of %s/%s", ref.Owner, ref.Repo)
	all := pages[job](ctx, c, rest.Request{Op: op, Path: rest.Path("projects", ref.Owner+"/"+ref.Repo, "jobs"), Query: q})
	return forge.FirstOpen(all, op, mostJobs, func(j job) (forge.Run, bool) {
		return forge.Run{ID: strconv.FormatInt(j.ID, 10), State: j.Status, QueuedAt: j.CreatedAt.Time}, !j.CreatedAt.After(before)
	})
}
