package azuredevops

import (
	"context"
	"net/url"
	"strconv"
	"time"

	"github.com/gatewright/gatewright/internal/forge"
	"github.com/gatewright/gatewright/internal/rest"
)

// OpenRun looks for the oldest run that has not ended: for a pipeline's variable
// among the runs of that pipeline, for a variable group among those of the whole
// project, whose pipelines may all read it. Classic release pipelines are at
// another address and are not looked at (docs/fleet.md says so).
func (c *Client) OpenRun(ctx context.Context, ref forge.Ref, before time.Time) (*forge.Run, error) {
	project, err := c.project(ref.Owner)
	if err != nil {
		return nil, err
	}
	q := url.Values{"statusFilter": {"inProgress,notStarted,postponed,cancelling"}, "queryOrder": {"queueTimeAscending"}, "$top": {"1"}}
	if ref.Store == forge.Pipeline {
		id, err := c.pipelineID(ctx, project, ref.Holder)
		if err != nil {
			return nil, err
		}
		q.Set("definitions", id)
	}
	type build struct {
		ID       int64      `json:"id"`
		Status   string     `json:"status"`
		QueuedAt forge.Time `json:"queueTime"`
	}
	oldest, err := rows[build](ctx, c, rest.Request{Op: "look for runs of " + project, Path: rest.Path(project, "_apis", "build", "builds"), Query: q})
	if err != nil {
		return nil, err
	}
	for _, b := range oldest {
		if b.Status != "completed" && !b.QueuedAt.After(before) {
			return &forge.Run{ID: strconv.FormatInt(b.ID, 10), State: b.Status, QueuedAt: b.QueuedAt.Time}, nil
		}
	}
	return nil, nil
}
