package gitlab

import (
	"context"
	"fmt"
	"net/url"
	"slices"
	"strconv"
	"time"

	"github.com/gatewright/gatewright/internal/fault"
	"github.com/gatewright/gatewright/internal/forge"
	"github.com/gatewright/gatewright/internal/rest"
)

// job is what is read of a job of a pipeline.
type job struct {
	ID        int64      `json:"id"`
	Name      string     `json:"name"`
	Status    string     `json:"status"`
	CreatedAt forge.Time `json:"created_at"`
	Ref       string     `json:"ref"`
	Tag       bool       `json:"tag"`
	Artifacts *struct{}  `json:"artifacts_file"` // nil: it kept no files
	Commit    struct {
		ID string `json:"id"`
	} `json:"commit"`
}

func (j job) id() string { return strconv.FormatInt(j.ID, 10) }

// ownSources are pipelines that somebody who may push to a branch starts.
func ownSources() []string { return []string{"push", "schedule", "web", "api", "trigger"} }

// Artifacts lists the pipelines of the branch: which of their jobs kept the
// file is looked up when it is read.
func (c *Client) Artifacts(ctx context.Context, q forge.ArtifactQuery) ([]forge.Artifact, error) {
	var rows []struct {
		ID     int64  `json:"id"`
		SHA    string `json:"sha"`
		Ref    string `json:"ref"`
		Source string `json:"source"`
	}
	query := url.Values{"per_page": {"100"}, "scope": {"branches"}}
	if q.Branch != "" {
		query = url.Values{"per_page": {"100"}, "ref": {q.Branch}}
	}
	full := q.Owner + "/" + q.Repo
	_, err := c.rest.Call(ctx, rest.Request{Op: "list the pipelines of " + full, Path: rest.Path("projects", full, "pipelines"), Query: query}, &rows)
	if err != nil {
		return nil, artifactHint(err)
	}
	var all []forge.Artifact
	for _, p := range rows {
		if slices.Contains(ownSources(), p.Source) && (q.Branch == "" || p.Ref == q.Branch) {
			id := strconv.FormatInt(p.ID, 10)
			all = append(all, forge.Artifact{ID: id, Run: id, Commit: p.SHA})
		}
	}
	return all, nil
}

// ReadArtifact reads the file from the job of the pipeline that kept it.
func (c *Client) ReadArtifact(ctx context.Context, q forge.ArtifactQuery, a forge.Artifact) ([]byte, error) {
	full := q.Owner + "/" + q.Repo
	list := rest.Request{Op: "list the jobs of pipeline " + a.ID + " of " + full, Path: rest.Path("projects", full, "pipelines", a.ID, "jobs")}
	jobs, err := rest.Collect(pages[job](ctx, c, list), func(j job) (job, bool) {
		return j, j.Artifacts != nil && j.Commit.ID == a.Commit && !j.Tag && (q.Branch == "" || j.Ref == q.Branch)
	})
	if err != nil {
		return nil, artifactHint(err)
	}
	const most = 20
	for _, j := range jobs[:min(most, len(jobs))] {
		resp, err := c.rest.Do(ctx, rest.Request{
			Op:   "read " + q.File + " of job " + j.Name + " of " + full,
			Path: rest.Path("projects", full, "jobs", j.id(), "artifacts", q.File), Stored: true,
		})
		switch {
		case err != nil:
			return nil, err
		case resp.Status == 404: // this job kept other files
			continue
		case resp.Err() != nil:
			return nil, artifactHint(resp.Err())
		case int64(len(resp.Body)) > q.Limit:
			return nil, fault.Errorf(fault.Service, "%s of job %s is larger than %d bytes", q.File, j.Name, q.Limit)
		}
		return resp.Body, nil
	}
	return nil, fault.Errorf(fault.Service, "no job of pipeline %s kept %s", a.ID, q.File)
}

func artifactHint(err error) error {
	return rest.Hint(err, "set GITLAB_TOKEN to a token with the scope read_api and the role Reporter, or keep baselines in a branch with --baseline-store branch:NAME", 401, 403, 404)
}

// OpenRun looks among the project's jobs, those of child pipelines included. A
// job reads variables when a runner takes it, so one that is not yet queued, or
// waits for a person, reads the new value. One that is being canceled still runs its
// after_script, where GitLab knows that state (17.0): before, it refuses the word.
func (c *Client) OpenRun(ctx context.Context, ref forge.Ref, before time.Time) (*forge.Run, error) {
	if ref.Repo == "" {
		return nil, forge.RunsNotListed(ref)
	}
	states := []string{"running", "pending", "waiting_for_resource"}
	list := rest.Request{Op: fmt.Sprintf("look for jobs of %s/%s", ref.Owner, ref.Repo), Path: rest.Path("projects", ref.Owner+"/"+ref.Repo, "jobs")}
	var jobs []job
	look := func(states []string) (*rest.Response, error) {
		list.Query = url.Values{"scope[]": states, "per_page": {strconv.Itoa(most)}}
		return c.rest.Call(ctx, list, &jobs)
	}
	resp, err := look(append(states, "canceling"))
	if rest.Status(err) == 400 {
		resp, err = look(states)
	}
	if err != nil {
		return nil, err
	}
	return forge.FirstOpen(jobs, nextPage(resp, len(jobs), 1) != "", list.Op, func(j job) (forge.Run, bool) {
		return forge.Run{ID: j.id(), State: j.Status, QueuedAt: j.CreatedAt.Time}, !j.CreatedAt.After(before)
	})
}
