package forge

import (
	"archive/zip"
	"bytes"
	"context"
	"fmt"
	"io"
	"net/url"
	"path"
	"slices"
	"strconv"
	"strings"

	"github.com/gatewright/gatewright/internal/fault"
	"github.com/gatewright/gatewright/internal/rest"
)

// ArtifactQuery names a file that runs of a repository's CI left at the forge.
type ArtifactQuery struct {
	Owner  string
	Repo   string
	Branch string // whose runs count; "" is any
	Name   string // of the artifact
	File   string // within it
	Limit  int64  // bytes of the file that are read
}

// Artifact is one that a run left.
type Artifact struct {
	ID     string
	Run    string
	Commit string // that the run was about
}

// Artifacts reads what runs left. Only runs of the repository itself and of the
// branch count, not those of pull requests, whoever made them: who may push to
// the branch wrote them.
type Artifacts interface {
	// Artifacts lists the newest, newest first.
	Artifacts(ctx context.Context, q ArtifactQuery) ([]Artifact, error)
	// ReadArtifact returns the file, or an error if its run is none that counts.
	ReadArtifact(ctx context.Context, q ArtifactQuery, a Artifact) ([]byte, error)
}

// ArtifactWriter is the capability of forges that take a file through their API,
// because a CI keeps none that other runs could read.
type ArtifactWriter interface {
	PutArtifact(ctx context.Context, q ArtifactQuery, commit string, text []byte) error
}

// Unzip returns the one file of that base name, of at most limit bytes.
func Unzip(archive []byte, name string, limit int64) ([]byte, error) {
	z, err := zip.NewReader(bytes.NewReader(archive), int64(len(archive)))
	if err != nil {
		return nil, fault.Errorf(fault.Service, "the artifact: %w", err)
	}
	for _, f := range z.File {
		if path.Base(strings.ReplaceAll(f.Name, `\`, "/")) != name || f.FileInfo().IsDir() {
			continue
		}
		text, err := unpack(f, limit)
		if err != nil {
			return nil, fault.Errorf(fault.Service, "the artifact's %s: %w", name, err)
		}
		return text, nil
	}
	return nil, fault.Errorf(fault.Service, "the artifact holds no %s", name)
}

// unpack reads no more than the limit, whatever size the archive says.
func unpack(f *zip.File, limit int64) ([]byte, error) {
	r, err := f.Open()
	if err != nil {
		return nil, err
	}
	defer r.Close()
	text, err := io.ReadAll(io.LimitReader(r, limit+1))
	if err == nil && int64(len(text)) > limit {
		err = fmt.Errorf("it is larger than %d bytes", limit)
	}
	return text, err
}

// ActionsRuns reads the artifacts of a CI that answers as GitHub Actions do.
type ActionsRuns struct {
	Call rest.Caller
}

// run is what is needed of a workflow run.
type run struct {
	ID             int64  `json:"id"`
	Event          string `json:"event"`
	HeadBranch     string `json:"head_branch"`
	HeadSHA        string `json:"head_sha"`
	Repository     *runOf `json:"repository"`
	HeadRepository *runOf `json:"head_repository"`
}

type runOf struct {
	ID       int64  `json:"id"`
	FullName string `json:"full_name"`
}

// own returns why a run is none of the branch's own: one of a pull request, of a
// fork, of another branch. A run on a pull request's behalf, such as on
// pull_request_target, has the pull request's branch, which a fork names.
func (r run) own(q ArtifactQuery, a Artifact) error {
	events := []string{"push", "schedule", "workflow_dispatch", "repository_dispatch"}
	switch {
	case !slices.Contains(events, r.Event):
		return fault.Errorf(fault.Input, "run %s was started by %s, not by a push", a.Run, r.Event)
	case q.Branch != "" && r.HeadBranch != q.Branch:
		return fault.Errorf(fault.Input, "run %s is of the branch %s, not of %s", a.Run, r.HeadBranch, q.Branch)
	case r.HeadSHA != a.Commit:
		return fault.Errorf(fault.Input, "run %s is of the commit %.10s, not of %.10s", a.Run, r.HeadSHA, a.Commit)
	case r.Repository != nil && !strings.EqualFold(r.Repository.FullName, q.Owner+"/"+q.Repo),
		r.HeadRepository != nil && r.Repository != nil && r.HeadRepository.ID != r.Repository.ID:
		return fault.Errorf(fault.Input, "run %s is of another repository", a.Run)
	}
	return nil
}

// Artifacts lists them, on the first pages: of a branch that nobody pushed to
// for longer no baseline is wanted.
func (c ActionsRuns) Artifacts(ctx context.Context, q ArtifactQuery) ([]Artifact, error) {
	const pages, per = 3, "100"
	type kept struct {
		ID      int64  `json:"id"`
		Name    string `json:"name"`
		Expired bool   `json:"expired"`
		Run     *struct {
			ID               int64  `json:"id"`
			RepositoryID     int64  `json:"repository_id"`
			HeadRepositoryID int64  `json:"head_repository_id"`
			HeadBranch       string `json:"head_branch"`
			HeadSHA          string `json:"head_sha"`
		} `json:"workflow_run"`
	}
	type list struct {
		Total     int    `json:"total_count"`
		Artifacts []kept `json:"artifacts"`
	}
	r := rest.Request{
		Op: "look for the artifact " + q.Name + " of " + q.Owner + "/" + q.Repo, Path: rest.Path("repos", q.Owner, q.Repo, "actions", "artifacts"),
		Query: rest.Query(nil, "name", q.Name, "per_page", per, "limit", per, "page", "1"),
	}
	all := rest.Pages(ctx, c.Call, r, func(l list, at rest.Place) ([]kept, url.Values, error) {
		if n := len(l.Artifacts); at.Number == pages || n == 0 || at.Seen+n >= l.Total {
			return l.Artifacts, nil, nil
		}
		return l.Artifacts, at.Numbered(), nil
	})
	found, err := rest.Collect(all, func(a kept) (Artifact, bool) {
		if r := a.Run; a.Name != q.Name || a.Expired || r == nil || r.HeadBranch != "" && q.Branch != "" && r.HeadBranch != q.Branch ||
			r.HeadRepositoryID != 0 && r.HeadRepositoryID != r.RepositoryID {
			return Artifact{}, false
		}
		return Artifact{ID: strconv.FormatInt(a.ID, 10), Run: strconv.FormatInt(a.Run.ID, 10), Commit: a.Run.HeadSHA}, true
	})
	return found, actionsHint(err)
}

// ReadArtifact asks what run it is of, and reads it.
func (c ActionsRuns) ReadArtifact(ctx context.Context, q ArtifactQuery, a Artifact) ([]byte, error) {
	at := []string{"repos", q.Owner, q.Repo, "actions"}
	var r run
	op := "look at run " + a.Run + " of " + q.Owner + "/" + q.Repo
	if _, err := c.Call(ctx, rest.Request{Op: op, Path: rest.Path(append(at, "runs", a.Run)...)}, &r); err != nil {
		return nil, actionsHint(err)
	}
	if err := r.own(q, a); err != nil {
		return nil, err
	}
	op = "read the artifact " + q.Name + " of run " + a.Run
	resp, err := c.Call(ctx, rest.Request{Op: op, Path: rest.Path(append(at, "artifacts", a.ID, "zip")...), Stored: true}, nil)
	if err != nil {
		return nil, actionsHint(err)
	}
	return Unzip(resp.Body, q.File, q.Limit)
}

func actionsHint(err error) error {
	const give = "give the job the permission actions: read"
	return rest.Hint(rest.Hint(err, give, 403), give+"; a private repository's runs are not there for a token without it", 404)
}
