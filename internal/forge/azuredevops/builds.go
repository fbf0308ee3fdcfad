package azuredevops

import (
	"cmp"
	"context"
	"net/url"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/gatewright/gatewright/internal/fault"
	"github.com/gatewright/gatewright/internal/forge"
	"github.com/gatewright/gatewright/internal/rest"
)

// build is a run of a pipeline as it is listed.
type build struct {
	ID         int64      `json:"id"`
	Status     string     `json:"status"`
	QueuedAt   forge.Time `json:"queueTime"`
	Reason     string     `json:"reason"`
	Branch     string     `json:"sourceBranch"`
	Version    string     `json:"sourceVersion"`
	Repository named      `json:"repository"`
}

func (b build) id() string { return strconv.FormatInt(b.ID, 10) }

// builds reads the first page of a project's, which is all that is wanted of them.
func (c *Client) builds(ctx context.Context, op, project string, q url.Values) ([]build, error) {
	return rows[build](ctx, c, rest.Request{Op: op, Path: rest.Path(project, "_apis", "build", "builds"), Query: q})
}

// ownReasons are builds that a push, a schedule or a person started.
func ownReasons() []string { return []string{"individualCI", "batchedCI", "schedule", "manual"} }

// Artifacts lists the builds of the branch: whether one kept the artifact is
// known when it is read.
func (c *Client) Artifacts(ctx context.Context, q forge.ArtifactQuery) ([]forge.Artifact, error) {
	project, err := c.project(q.Owner)
	if err != nil {
		return nil, err
	}
	repo, err := c.repository(ctx, project, q.Repo)
	if err != nil {
		return nil, err
	}
	query := url.Values{
		"repositoryId": {repo.ID}, "repositoryType": {"TfsGit"}, "statusFilter": {"completed"}, "queryOrder": {"finishTimeDescending"}, "$top": {"200"},
		"reasonFilter": {strings.Join(ownReasons(), ",")},
	}
	if q.Branch != "" {
		query.Set("branchName", "refs/heads/"+q.Branch)
	}
	builds, err := c.builds(ctx, "list the builds of "+q.Owner+"/"+q.Repo, project, query)
	if err != nil {
		return nil, artifactHint(err)
	}
	var all []forge.Artifact
	for _, b := range builds {
		if slices.Contains(ownReasons(), b.Reason) && strings.EqualFold(b.Repository.ID, repo.ID) && (q.Branch == "" || b.Branch == "refs/heads/"+q.Branch) {
			all = append(all, forge.Artifact{ID: b.id(), Run: b.id(), Commit: b.Version})
		}
	}
	return all, nil
}

// ReadArtifact reads the build's artifact as a zip, from the same host.
func (c *Client) ReadArtifact(ctx context.Context, q forge.ArtifactQuery, a forge.Artifact) ([]byte, error) {
	project, err := c.project(q.Owner)
	if err != nil {
		return nil, err
	}
	resp, err := c.call(ctx, rest.Request{
		Op: "read the artifact " + q.Name + " of build " + a.ID, Path: rest.Path(project, "_apis", "build", "builds", a.ID, "artifacts"),
		Query: url.Values{"artifactName": {q.Name}, "$format": {"zip"}}, Header: map[string]string{"Accept": "application/zip"}, Stored: true,
	}, nil)
	switch {
	case rest.Status(err) == 404:
		return nil, fault.Errorf(fault.Service, "build %s kept no %s", a.ID, q.Name)
	case err != nil:
		return nil, artifactHint(err)
	}
	return forge.Unzip(resp.Body, q.File, q.Limit)
}

func artifactHint(err error) error {
	return rest.Hint(err, "the token needs the scope Build (read): map SYSTEM_ACCESSTOKEN to $(System.AccessToken), or keep baselines in a branch with --baseline-store branch:NAME", 401, 403)
}

// OpenRun looks for the oldest run that has not ended: for a pipeline's variable
// among the runs of that pipeline, for a variable group among those of the whole
// project, whose pipelines may all read it; of a group that several projects share
// they are not all seen. Classic release pipelines are at another address and are not
// looked at (docs/fleet.md says so).
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
	} else if h, err := c.open(ctx, ref); err != nil || h.shared {
		return nil, cmp.Or(err, forge.RunsNotListed(ref))
	}
	oldest, err := c.builds(ctx, "look for runs of "+project, project, q)
	if err != nil {
		return nil, err
	}
	for _, b := range oldest {
		if b.Status != "completed" && !b.QueuedAt.After(before) {
			return &forge.Run{ID: b.id(), State: b.Status, QueuedAt: b.QueuedAt.Time}, nil
		}
	}
	return nil, nil
}
