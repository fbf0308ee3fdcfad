package gitlab

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

// mostJobs is how many jobs that have not ended are looked at.
const mostJobs = 1000

// OpenRun looks among the project's jobs, those of child pipelines included. A
// job reads variables when a runner takes it, so one that is not yet queued, or
// waits for a person, reads the new value.
func (c *Client) OpenRun(ctx context.Context, ref forge.Ref, before time.Time) (*forge.Run, error) {
	if ref.Repo == "" {
		return nil, forge.RunsNotListed(ref)
	}
	q := url.Values{"scope[]": {"running", "pending", "waiting_for_resource"}}
	op := fmt.Sprintf("look for jobs of %s/%s", ref.Owner, ref.Repo)
	seen := 0
	for job, err := range pages[struct {
		ID        int64      `json:"id"`
		Status    string     `json:"status"`
		CreatedAt forge.Time `json:"created_at"`
	}](ctx, c, rest.Request{Op: op, Path: rest.Path("projects", ref.Owner+"/"+ref.Repo, "jobs"), Query: q}) {
		if err != nil {
			return nil, err
		}
		if !job.CreatedAt.After(before) {
			return &forge.Run{ID: strconv.FormatInt(job.ID, 10), State: job.Status, QueuedAt: job.CreatedAt.Time}, nil
		}
		if seen++; seen == mostJobs {
			return nil, fault.Errorf(fault.Service, "%s: more than %d have not ended", op, mostJobs)
		}
	}
	return nil, nil
}
