package codeant

import (
	"cmp"
	"context"
	"fmt"
	"net/url"

	"github.com/gatewright/gatewright/internal/coverage"
	"github.com/gatewright/gatewright/internal/coverage/cobertura"
	"github.com/gatewright/gatewright/internal/fault"
	"github.com/gatewright/gatewright/internal/rest"
	"github.com/gatewright/gatewright/internal/service"
)

const coveragePath = "/pr/analysis/coverage"

// coverageBody is the body of both the presign and the completion. Empty
// optional fields are left out.
type coverageBody struct {
	Repo        string    `json:"repo"`
	CommitID    string    `json:"commit_id"`
	AccessToken bodyToken `json:"access_token"`
	Platform    string    `json:"platform"`
	Module      string    `json:"module,omitempty"`
	ModulePath  string    `json:"module_path,omitempty"` // key inferred; the script takes it as -P
	Branch      string    `json:"branch,omitempty"`
	VCSBaseURL  string    `json:"vcs_base_url,omitempty"`
}

// document is the coverage of one module, as one file.
type document struct {
	module string
	folder string // of the module
	body   []byte
}

// documents makes one Cobertura document for each module. CodeAnt keeps one
// file for a commit and module, so what belongs to the same module is merged;
// and it documents XML alone, so whatever the reports were, XML is sent, with
// the repository's own paths.
func documents(u service.Upload) ([]document, error) {
	switch {
	case u.Partial:
		return nil, fault.WithHint(fault.Errorf(fault.Input, "CodeAnt does not put parts together: the last upload of a commit and module replaces those before"),
			"collect the reports of all jobs and upload them at once, or name a --module for each job")
	case u.Language != "":
		return nil, fault.WithHint(fault.Errorf(fault.Input, "CodeAnt takes all languages at once"), "leave --language out; --ignore leaves files out")
	}
	reports := map[string]*coverage.Report{}
	folders := map[string]string{}
	var order []string
	for _, f := range u.Files {
		if reports[f.Module] == nil {
			reports[f.Module] = coverage.New()
			order = append(order, f.Module)
			folders[f.Module] = cmp.Or(f.Folder, f.Module)
		}
		reports[f.Module].Merge(f.Report)
	}
	var out []document
	for _, module := range order {
		if reports[module].Totals().Lines.Coverable > 0 {
			out = append(out, document{module, folders[module], cobertura.Bytes(reports[module])})
		}
	}
	if len(out) == 0 {
		return nil, fault.Errorf(fault.Input, "no coverage to send to CodeAnt: the reports hold no coverable line")
	}
	return out, nil
}

// Upload sends each module's coverage: an address is asked for, the document
// is put there, and CodeAnt is told that it has arrived.
func (c *Client) Upload(ctx context.Context, t service.Target, u service.Upload, w service.Wait) (service.Receipt, error) {
	body, err := c.coverageBody(t)
	if err != nil {
		return service.Receipt{}, err
	}
	docs, err := documents(u)
	if err != nil {
		return service.Receipt{}, err
	}
	receipt := service.Receipt{Status: "uploaded"}
	for i, d := range docs {
		w.Tell(fmt.Sprintf("upload coverage to CodeAnt (%d of %d, %d bytes)", i+1, len(docs), len(d.body)))
		body.Module, body.ModulePath = d.module, d.folder
		status, err := c.uploadOne(ctx, body, d)
		if err != nil {
			return receipt, err
		}
		receipt.Parts++
		if status == "queued" {
			receipt.Status = "queued"
			receipt.Message = append(receipt.Message, "CodeAnt has the coverage and will report it later (504: queued)")
		}
	}
	return receipt, nil
}

func (c *Client) coverageBody(t service.Target) (coverageBody, error) {
	forge, err := platform(t)
	if err == nil {
		err = checkTarget(t)
	}
	return coverageBody{
		Repo: t.FullName(), CommitID: t.Commit, AccessToken: bodyToken{c.token}, Platform: forge,
		Branch: t.Branch, VCSBaseURL: forgeURL(t),
	}, err
}

func (c *Client) uploadOne(ctx context.Context, body coverageBody, d document) (status string, err error) {
	address, err := c.presign(ctx, body)
	if err != nil {
		return "", err
	}
	if err = c.put(ctx, address, d.body); rest.Status(err) == rest.StatusForbidden {
		// An address expires; a new one is asked for once.
		if address, err = c.presign(ctx, body); err != nil {
			return "", err
		}
		err = c.put(ctx, address, d.body)
	}
	if err != nil {
		return "", err
	}
	// It may post a comment on the pull request, so an unclear failure is not repeated.
	resp, err := c.call(ctx, rest.Request{Op: "tell CodeAnt that the coverage has arrived", Path: coveragePath + "/complete", JSON: body})
	if err != nil {
		return "", err
	}
	return started(resp)
}

func (c *Client) presign(ctx context.Context, body coverageBody) (*url.URL, error) {
	const op = "ask CodeAnt where to put the coverage"
	resp, err := c.call(ctx, rest.Request{Op: op, Path: coveragePath + "/presign", JSON: body, Repeat: rest.Always})
	if err != nil {
		return nil, err
	}
	if err := resp.Err(); err != nil {
		return nil, err
	}
	var answer struct {
		CoverageURL string `json:"coverage_url"`
	}
	if err := resp.Decode(&answer); err != nil {
		return nil, err
	}
	if answer.CoverageURL == "" {
		return nil, fault.Errorf(fault.Service, "%s: no coverage_url in the answer: %s", op, resp.Message())
	}
	u, err := url.Parse(answer.CoverageURL)
	if err != nil || u.Host == "" {
		// The address is a credential, so the parser's message, which quotes it, stays out.
		return nil, fault.Errorf(fault.Service, "%s: coverage_url is not an address", op)
	}
	return u, nil
}

// put stores the document at the presigned address. The content type is the
// one the address was signed for, whatever the document is.
func (c *Client) put(ctx context.Context, address *url.URL, body []byte) error {
	storage, err := c.dial("CodeAnt's storage", address.Scheme+"://"+address.Host)
	if err != nil {
		return err
	}
	path := address.EscapedPath()
	if address.RawQuery != "" {
		path += "?" + address.RawQuery // as it was signed, not re-encoded
	}
	_, err = storage.Call(ctx, rest.Request{
		Op: "put the coverage into CodeAnt's storage", Method: rest.MethodPut, Path: path, Body: body, ContentType: "application/xml",
	}, nil)
	if rest.Status(err) != 0 {
		return fault.As(fault.Service, err) // the address came from CodeAnt: nothing the user said is wrong
	}
	return err
}

// Preview returns the requests of an upload; the address of the second is only
// known once the first was answered.
func (c *Client) Preview(t service.Target, u service.Upload) ([]service.Payload, error) {
	body, err := c.coverageBody(t)
	if err != nil {
		return nil, err
	}
	docs, err := documents(u)
	if err != nil {
		return nil, err
	}
	var out []service.Payload
	for _, d := range docs {
		body.Module, body.ModulePath = d.module, d.folder
		out = append(out,
			c.payload(coveragePath+"/presign", body),
			service.Payload{Method: rest.MethodPut, URL: "(the presigned address)", Type: "application/xml", Bytes: len(d.body), Body: string(d.body)},
			c.payload(coveragePath+"/complete", body))
	}
	return out, nil
}
