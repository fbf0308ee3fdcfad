package azuredevops

import (
	"context"
	"net/url"
	"slices"
	"strconv"
	"strings"

	"github.com/gatewright/gatewright/internal/fault"
	"github.com/gatewright/gatewright/internal/forge"
	"github.com/gatewright/gatewright/internal/rest"
)

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
	type build struct {
		ID         int64  `json:"id"`
		Reason     string `json:"reason"`
		Branch     string `json:"sourceBranch"`
		Version    string `json:"sourceVersion"`
		Repository struct {
			ID string `json:"id"`
		} `json:"repository"`
	}
	builds, err := rows[build](ctx, c, rest.Request{Op: "list the builds of " + q.Owner + "/" + q.Repo, Path: rest.Path(project, "_apis", "build", "builds"), Query: query})
	if err != nil {
		return nil, artifactHint(err)
	}
	var all []forge.Artifact
	for _, b := range builds {
		if slices.Contains(ownReasons(), b.Reason) && strings.EqualFold(b.Repository.ID, repo.ID) && (q.Branch == "" || b.Branch == "refs/heads/"+q.Branch) {
			id := strconv.FormatInt(b.ID, 10)
			all = append(all, forge.Artifact{ID: id, Run: id, Commit: b.Version})
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
