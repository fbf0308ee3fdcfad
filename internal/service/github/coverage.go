// Package github uploads coverage to GitHub's own code coverage (GitHub Code
// Quality), as the action actions/upload-code-coverage does. No description of
// the API is published: what is known is read in that action, and in what its
// users report.
package github

import (
	"bytes"
	"cmp"
	"compress/gzip"
	"context"
	"encoding/base64"
	"encoding/json"
	"fmt"
	"slices"
	"sort"
	"strings"
	"sync"
	"time"

	"github.com/gatewright/gatewright/internal/coverage"
	"github.com/gatewright/gatewright/internal/coverage/cobertura"
	"github.com/gatewright/gatewright/internal/fault"
	"github.com/gatewright/gatewright/internal/rest"
	"github.com/gatewright/gatewright/internal/service"
)

// Client is GitHub's code coverage. It is safe for concurrent use.
type Client struct {
	api *rest.Client

	mu     sync.Mutex
	queued []string // ids of the reports that this client has uploaded
}

// New makes a client. Nothing is sent before the first call.
func New(c service.Connection) *Client { return &Client{api: c.API.With(rest.Bearer(c.Token))} }

// body is one upload: the coverage of one language under one label. A later one
// of the same label replaces it.
type body struct {
	Commit      string `json:"commit_oid"`
	Report      string `json:"coverage_report"` // Cobertura XML, gzip, base64
	Language    string `json:"language_name"`   // Linguist's name
	Label       string `json:"label"`
	PullRequest int    `json:"pull_request_number,omitempty"`
	Ref         string `json:"ref,omitempty"` // only outside of pull requests

	xml int // size before gzip
}

// Upload merges the reports, since GitHub merges nothing, and sends one upload
// for each language and module.
func (c *Client) Upload(ctx context.Context, t service.Target, u service.Upload, w service.Wait) (service.Receipt, error) {
	if t.FromFork {
		return service.Receipt{Status: "skipped", Notes: []string{"not sent: GitHub takes no coverage from forks, whose token may only read"}}, nil
	}
	list, notes, err := bodies(t, u)
	if err != nil {
		return service.Receipt{}, err
	}
	receipt := service.Receipt{Status: "uploaded", Notes: notes}
	for i, b := range list {
		w.Tell(fmt.Sprintf("upload %s coverage to GitHub (%d of %d, %d bytes, %d compressed)", b.Language, i+1, len(list), b.xml, len(b.Report)))
		id, message, err := c.put(ctx, t, b)
		switch {
		case err != nil:
			return receipt, err
		case id == "":
			receipt.Notes = append(receipt.Notes, fmt.Sprintf("the %s coverage was not stored: %s", b.Language, cmp.Or(message, "a newer commit of the branch is there")))
			continue
		}
		receipt.Parts++
		c.mu.Lock()
		c.queued = append(c.queued, id)
		c.mu.Unlock()
	}
	if receipt.Parts == 0 {
		receipt.Status = "unchanged"
	}
	return receipt, nil
}

func accept() map[string]string { return map[string]string{"Accept": "application/vnd.github+json"} }

func reportPath(t service.Target) string {
	return rest.Path("repos", t.Owner, t.Name, "code-coverage", "report")
}

// put uploads one report and returns its id. 200 without an id says that it was
// not stored. The same label replaces, so it may be repeated.
func (c *Client) put(ctx context.Context, t service.Target, b body) (id, message string, err error) {
	var answer struct {
		ID      string `json:"id"`
		Message string `json:"message"`
	}
	resp, err := c.api.Call(ctx, rest.Request{
		Op: "upload " + b.Language + " coverage to GitHub", Method: rest.MethodPut, Path: reportPath(t), Header: accept(), JSON: b,
	}, &answer)
	if err != nil {
		return "", "", explain(err, resp)
	}
	if answer.ID == "" && (resp.Status != rest.StatusOK || answer.Message == "") {
		return "", "", resp.Unusable("%d without the report's id", resp.Status)
	}
	return answer.ID, answer.Message, nil
}

// explain says what a refusal means. They differ by their texts alone;
// captured answers: 400 "Only default branch is allowed if no pull_request_number
// is provided", 403 "… not authorized …", 403 "Code quality is not enabled…",
// 404 "Not Found" where the plan lacks the feature.
func explain(err error, resp *rest.Response) error {
	if resp == nil {
		return err
	}
	text, hint := strings.ToLower(resp.Message()), ""
	switch {
	case resp.Status == rest.StatusBadRequest && strings.Contains(text, "default branch"):
		hint = "outside of pull requests GitHub takes coverage of the default branch alone: upload it in the pull request's run, or name that with --pull-request"
	case resp.Status == rest.StatusForbidden && strings.Contains(text, "not enabled"):
		hint = "switch code quality on in the repository's settings"
	case resp.Status == rest.StatusForbidden:
		hint = "give the job permissions code-quality: write and contents: read, in the caller of a reusable workflow too"
	case resp.Status == rest.StatusUnauthorized:
		hint = "the token is wrong or has ended: pass the workflow's own, github.token, in the job that made it"
	case resp.Status == rest.StatusNotFound:
		hint = "the feature is not available to this repository: it needs GitHub Team or Enterprise Cloud, and code quality switched on; a missing permission is a 403"
	default:
		return err
	}
	return fault.WithHint(err, "%s", hint)
}

// Preview returns the requests of an upload.
func (c *Client) Preview(t service.Target, u service.Upload) ([]service.Payload, error) {
	list, _, err := bodies(t, u)
	var out []service.Payload
	for _, b := range list {
		text, _ := json.Marshal(b) // plain texts
		out = append(out, service.Payload{Method: rest.MethodPut, URL: c.api.BaseURL() + reportPath(t), Type: "application/json", Bytes: len(text), Body: string(text)})
	}
	return out, err
}

// bodies makes the uploads, and notes about files without a language.
func bodies(t service.Target, u service.Upload) ([]body, []string, error) {
	at := body{Commit: t.Commit, PullRequest: t.PullRequest}
	switch {
	case u.Partial:
		return nil, nil, fault.Mistake(fault.WithHint(fault.Errorf(fault.Input, "GitHub does not put parts together: the last upload of a label replaces those before"),
			"collect the reports of all jobs and upload them at once"))
	case !t.Known():
		return nil, nil, service.NeedRepository(t.Repo)
	case t.PullRequest == 0 && t.Branch == "":
		return nil, nil, fault.WithHint(fault.Errorf(fault.Input, "neither the pull request nor the branch of the commit is known"), "name one with --pull-request or --branch")
	case t.PullRequest == 0:
		at.Ref = "refs/heads/" + t.Branch
	}
	sorter, err := linguist().Sorter(u.Language)
	if err != nil {
		return nil, nil, err
	}
	var out []body
	for _, module := range u.Modules() {
		for language, files := range sorter.Sort(module.Report) {
			r := coverage.New()
			for _, f := range files {
				r.Adopt(f, f.Path)
			}
			b := at
			b.Language, b.Label = language, cmp.Or(module.Name, "coverage")
			b.Report, b.xml = pack(cobertura.Bytes(r))
			out = append(out, b)
		}
	}
	if len(out) == 0 {
		return nil, nil, sorter.Nothing()
	}
	sort.Slice(out, func(i, j int) bool { return out[i].Label+out[i].Language < out[j].Label+out[j].Language })
	return out, sorter.Notes(), nil
}

// pack compresses a document for the JSON body, and returns its size before.
func pack(document []byte) (text string, size int) {
	var b bytes.Buffer
	z := gzip.NewWriter(&b)
	_, _ = z.Write(document) // a buffer takes everything
	_ = z.Close()
	return base64.StdEncoding.EncodeToString(b.Bytes()), len(document)
}

// pollInterval is the action's longest wait between two questions.
const pollInterval = time.Minute

// FollowCoverage waits until GitHub has processed the reports that this client
// has uploaded.
func (c *Client) FollowCoverage(ctx context.Context, t service.Target, w service.Wait) (service.CoverageStatus, error) {
	c.mu.Lock()
	ids := slices.Clone(c.queued)
	c.mu.Unlock()
	if len(ids) == 0 {
		return service.CoverageStatus{State: "not stored", Meaning: "no report of this run was stored"}, nil
	}
	err := service.Poll(ctx, w, pollInterval, func(ctx context.Context) (service.State, error) {
		for len(ids) > 0 {
			state, err := c.status(ctx, t, ids[0])
			if err != nil || !state.Done {
				return state, err
			}
			ids = ids[1:]
		}
		return service.State{Done: true}, nil
	})
	if err != nil {
		return service.CoverageStatus{}, err
	}
	return service.CoverageStatus{State: "succeeded", Meaning: "the coverage was processed"}, nil
}

// status asks for one report.
func (c *Client) status(ctx context.Context, t service.Target, id string) (service.State, error) {
	var answer struct {
		Status string   `json:"processing_status"` // pending, processing, succeeded, failed
		Errors []string `json:"errors"`
	}
	_, err := c.api.Call(ctx, rest.Request{
		Op: "ask GitHub for the coverage report", Method: rest.MethodGet, Path: rest.Path("repos", t.Owner, t.Name, "code-coverage", "reports", id), Header: accept(),
	}, &answer)
	switch {
	case err != nil:
		return service.State{}, err
	case answer.Status == "failed":
		return service.State{Done: true}, fault.Errorf(fault.Input, "GitHub could not process the coverage: %s", cmp.Or(strings.Join(answer.Errors, "; "), "it does not say why"))
	default:
		return service.State{Done: answer.Status == "succeeded", Text: "GitHub has the coverage " + cmp.Or(answer.Status, "in an unknown state")}, nil
	}
}
