package bitbucket

import (
	"bytes"
	"cmp"
	"context"
	"mime/multipart"
	"regexp"
	"sort"
	"strings"

	"github.com/gatewright/gatewright/internal/fault"
	"github.com/gatewright/gatewright/internal/forge"
	"github.com/gatewright/gatewright/internal/rest"
)

// Artifacts of a pipeline are seen by its own steps only; what others shall
// read is among the repository's downloads, which those who may write to it
// fill. A download's name holds its commit.

// maxDownloads is how many baselines of a name are left; older ones are deleted.
const maxDownloads = 20

var downloadCommit = regexp.MustCompile(`^-([0-9a-f]{40})-(.+)$`)

type download struct {
	Name    string     `json:"name"`
	Created forge.Time `json:"created_on"`
}

// Artifacts lists the downloads with the artifact's name.
func (c *Client) Artifacts(ctx context.Context, q forge.ArtifactQuery) ([]forge.Artifact, error) {
	list := rest.Request{Op: "list the downloads of " + q.Owner + "/" + q.Repo, Path: rest.Path("repositories", q.Owner, q.Repo, "downloads")}
	found, err := rest.Collect(pages[download](ctx, c, list), func(d download) (download, bool) {
		m := downloadCommit.FindStringSubmatch(strings.TrimPrefix(d.Name, q.Name))
		return d, m != nil && m[2] == q.File
	})
	if err != nil {
		return nil, downloadHint(err)
	}
	sort.SliceStable(found, func(i, j int) bool {
		a, b := found[i], found[j]
		return cmp.Or(b.Created.Compare(a.Created.Time), strings.Compare(a.Name, b.Name)) < 0
	})
	var all []forge.Artifact
	for _, d := range found {
		all = append(all, forge.Artifact{ID: d.Name, Run: d.Name, Commit: strings.TrimPrefix(d.Name, q.Name)[1:41]})
	}
	return all, nil
}

// ReadArtifact reads a download.
func (c *Client) ReadArtifact(ctx context.Context, q forge.ArtifactQuery, a forge.Artifact) ([]byte, error) {
	resp, err := c.rest.Call(ctx, rest.Request{
		Op: "read the download " + a.ID + " of " + q.Owner + "/" + q.Repo, Path: rest.Path("repositories", q.Owner, q.Repo, "downloads", a.ID), Stored: true,
	}, nil)
	if err != nil {
		return nil, downloadHint(err)
	}
	if int64(len(resp.Body)) > q.Limit {
		return nil, fault.Errorf(fault.Service, "the download %s is larger than %d bytes", a.ID, q.Limit)
	}
	return resp.Body, nil
}

// PutArtifact adds a download, and deletes the oldest of the artifact's name.
func (c *Client) PutArtifact(ctx context.Context, q forge.ArtifactQuery, commit string, text []byte) error {
	at := rest.Path("repositories", q.Owner, q.Repo, "downloads")
	name := q.Name + "-" + commit + "-" + q.File
	var body bytes.Buffer // to which no writing fails
	form := multipart.NewWriter(&body)
	part, _ := form.CreateFormFile("files", name)
	_, _ = part.Write(text)
	_ = form.Close()
	err := c.call(ctx, rest.Request{ // one of the same name is replaced
		Op: "put the download " + name + " into " + q.Owner + "/" + q.Repo, Method: "POST", Path: at, Body: body.Bytes(), ContentType: form.FormDataContentType(), Repeat: rest.Always,
	}, nil)
	if err != nil {
		return downloadHint(err)
	}
	all, err := c.Artifacts(ctx, q)
	if err != nil {
		return err
	}
	for _, old := range all[min(maxDownloads, len(all)):] {
		if err := rest.Gone(c.call(ctx, rest.Request{Op: "delete the download " + old.ID, Method: "DELETE", Path: at + rest.Path(old.ID)}, nil)); err != nil {
			return downloadHint(err)
		}
	}
	return nil
}

func downloadHint(err error) error {
	return rest.Hint(err, "the token needs the scope repository:write, to read repository; or keep baselines in a branch with --baseline-store branch:NAME", 401, 403)
}
