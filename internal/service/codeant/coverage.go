package codeant

import (
	"context"
	"encoding/json"
	"fmt"
	"net/url"

	"github.com/gatewright/gatewright/internal/coverage/cobertura"
	"github.com/gatewright/gatewright/internal/fault"
	"github.com/gatewright/gatewright/internal/rest"
	"github.com/gatewright/gatewright/internal/service"
)

const coveragePath = "/pr/analysis/coverage"

// coverageBody is the body of both the presign and the completion. Empty
// optional fields are left out.
type coverageBody struct {
	Repo        string         `json:"repo"`
	CommitID    string         `json:"commit_id"`
	AccessToken json.Marshaler `json:"access_token"` // a bodyToken; what is shown has the masked secret.Value
	Platform    string         `json:"platform"`
	Module      string         `json:"module,omitempty"`
	ModulePath  string         `json:"module_path,omitempty"` // key inferred; the script takes it as -P
	Branch      string         `json:"branch,omitempty"`
	VCSBaseURL  string         `json:"vcs_base_url,omitempty"`
}

// document is the coverage of one module, as one file.
type document struct {
	service.Module
	body []byte
}

// documents makes one Cobertura document for each module. CodeAnt keeps one
// file for a commit and module, so what belongs to the same module is merged;
// and it documents XML alone, so whatever the reports were, XML is sent, with
// the repository's own paths.
func documents(u service.Upload) ([]document, error) {
	switch {
	case u.Partial:
		return nil, fault.Mistake(fault.WithHint(fault.Errorf(fault.Input, "CodeAnt does not put parts together: the last upload of a commit and module replaces those before"),
			"collect the reports of all jobs and upload them at once, or name a --module for each job"))
	case u.Language != "":
		return nil, fault.Mistake(fault.WithHint(fault.Errorf(fault.Input, "CodeAnt takes all languages at once"), "leave --language out; --ignore leaves files out"))
	}
	var out []document
	for _, m := range u.Modules() {
		if m.Report.Totals().Lines.Coverable > 0 {
			out = append(out, document{m, cobertura.Bytes(m.Report)})
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
	body, docs, err := c.prepare(t, u)
	if err != nil {
		return service.Receipt{}, err
	}
	receipt := service.Receipt{Status: "uploaded"}
	for i, d := range docs {
		w.Tell(fmt.Sprintf("upload coverage to CodeAnt (%d of %d, %d bytes)", i+1, len(docs), len(d.body)))
		body.Module, body.ModulePath = d.Name, d.Folder
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

// prepare makes the body of an upload's requests, of no module yet, and the
// documents.
func (c *Client) prepare(t service.Target, u service.Upload) (body coverageBody, docs []document, err error) {
	forge, err := platform(t)
	if err != nil {
		return body, nil, err
	}
	docs, err = documents(u)
	return coverageBody{
		Repo: t.FullName(), CommitID: t.Commit, AccessToken: bodyToken{c.token}, Platform: forge,
		Branch: t.Branch, VCSBaseURL: forgeURL(t),
	}, docs, err
}

func (c *Client) uploadOne(ctx context.Context, body coverageBody, d document) (status string, err error) {
	err = c.putSigned(ctx, body, d)
	if rest.Status(err) == rest.StatusForbidden && fault.Of(err) == fault.Service {
		err = c.putSigned(ctx, body, d) // the storage's refusal: an address expires, and a new one is asked for once
	}
	if err != nil {
		return "", err
	}
	// It may post a comment on the pull request, so an unclear failure is not repeated.
	return c.begin(ctx, rest.Request{Op: "tell CodeAnt that the coverage has arrived", Path: coveragePath + "/complete", JSON: body})
}

func (c *Client) presign(ctx context.Context, body coverageBody) (*url.URL, error) {
	const op = "ask CodeAnt where to put the coverage"
	var answer struct {
		CoverageURL string `json:"coverage_url"`
	}
	resp, err := c.call(ctx, rest.Request{Op: op, Path: coveragePath + "/presign", JSON: body, Repeat: rest.Always})
	if err == nil {
		err = resp.Into(ctx, &answer)
	}
	if err != nil {
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

// putSigned stores the document at an address that CodeAnt signs for it. The
// content type is the one it was signed for, whatever the document is.
func (c *Client) putSigned(ctx context.Context, body coverageBody, d document) error {
	address, err := c.presign(ctx, body)
	if err != nil {
		return err
	}
	storage, err := c.dial("CodeAnt's storage", address.Scheme+"://"+address.Host)
	if err != nil {
		return err
	}
	path := address.EscapedPath()
	if address.RawQuery != "" {
		path += "?" + address.RawQuery // as it was signed, not re-encoded
	}
	_, err = storage.Call(ctx, rest.Request{
		Op: "put the coverage into CodeAnt's storage", Method: rest.MethodPut, Path: path, Body: d.body, ContentType: "application/xml",
	}, nil)
	if rest.Status(err) != 0 {
		return fault.As(fault.Service, err) // the address came from CodeAnt: nothing the user said is wrong
	}
	return err
}

// Preview returns the requests of an upload; the address of the second is only
// known once the first was answered.
func (c *Client) Preview(t service.Target, u service.Upload) ([]service.Payload, error) {
	body, docs, err := c.prepare(t, u)
	if err != nil {
		return nil, err
	}
	payload := func(path string) service.Payload {
		sent, _ := json.Marshal(body) // plain strings
		masked := body
		masked.AccessToken = c.token
		shown, _ := json.Marshal(masked)
		return service.Payload{Method: rest.MethodPost, URL: c.api.BaseURL() + path, Type: "application/json", Bytes: len(sent), Body: string(shown)}
	}
	var out []service.Payload
	for _, d := range docs {
		body.Module, body.ModulePath = d.Name, d.Folder
		out = append(out,
			payload(coveragePath+"/presign"),
			service.Payload{Method: rest.MethodPut, URL: "(the presigned address)", Type: "application/xml", Bytes: len(d.body), Body: string(d.body)},
			payload(coveragePath+"/complete"))
	}
	return out, nil
}
