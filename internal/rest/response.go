package rest

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"net/url"
	"reflect"

	"github.com/gatewright/gatewright/internal/fault"
)

// Response is an answer, read to its end.
type Response struct {
	Status int
	Header http.Header
	Body   []byte

	client  *Client
	asked   Request
	url     string // without its query, which may be a credential
	limit   Limit
	unclear bool
}

// response makes an answer to r at u. The address is the one asked for, not that
// of a redirect: a message names what people know.
func (c *Client) response(r Request, u *url.URL, resp *http.Response, body []byte) *Response {
	return &Response{
		Status: resp.StatusCode, Header: resp.Header, Body: body,
		client: c, asked: r, url: safeURL(u), limit: limitOf(resp), unclear: Unclear(resp),
	}
}

// longBody is the size from which on an answer takes so long to be taken apart
// that an interrupt would be noticed late.
const longBody = 1 << 20

// Unclear reports whether an earlier try of the request may have had its effect.
func (r *Response) Unclear() bool { return r.unclear }

// Into judges the answer and reads it into out, which may be nil where nothing
// is expected. After an error nothing may read out.
func (r *Response) Into(ctx context.Context, out any) error {
	if len(r.Body) < longBody {
		return r.into(out)
	}
	read := make(chan error, 1) // with room, so that nobody is left behind after an interrupt
	go func() { read <- r.into(out) }()
	select {
	case err := <-read:
		return err
	case <-ctx.Done():
		return fmt.Errorf("%s: %w", r.asked.Op, ctx.Err())
	}
}

func (r *Response) into(out any) error {
	switch err := r.Err(); {
	case err != nil:
		return err
	case out == nil:
		return r.noPage()
	default:
		return r.Decode(out)
	}
}

// Err is nil for an answer that says that it was done: 200, 201, 204, and 202
// where the request may be done later. Else it is an error; a refusal holds a
// *StatusError.
func (r *Response) Err() error {
	switch {
	case r.Status == 200, r.Status == 201, r.Status == 204, r.Status == 202 && r.asked.Later:
		return nil
	case r.Status > 200 && r.Status < 300:
		return r.Unusable("%s answered %d, which does not say that it was done", r.what(), r.Status)
	}
	return r.client.advised(&StatusError{
		Op: r.asked.Op, Method: r.asked.Method, URL: r.url, Status: r.Status,
		Message:    r.Message(),
		RetryAfter: max(waitOf(r.Header), r.limit.Wait),
		Header:     r.Header,
		Unclear:    r.unclear,
		Limited:    r.limit.Reached,
		Guess:      r.limit.Guess,
	})
}

// Repeats reports whether a text of the answer holds a secret that is known already,
// as the credential that the request was made with.
func (r *Response) Repeats(text string) bool {
	return r.client != nil && r.client.Redact(text) != text
}

// what is the request as messages name it.
func (r *Response) what() string { return r.asked.Method + " " + r.url }

// Unusable returns the error for an answer whose status is fine and whose
// content is not what was asked for.
func (r *Response) Unusable(format string, args ...any) error {
	return &AnswerError{Op: r.asked.Op, Text: fmt.Sprintf(format, args...)}
}

// Decode reads the JSON answer into out. An HTML page in its place is told as
// what it is: a proxy, a login page or a wrong base URL.
func (r *Response) Decode(out any) error {
	text := r.text()
	if s, ok := out.(Shaper); ok {
		out = s.Shape(bytes.TrimSpace(text))
	}
	if err := json.Unmarshal(text, out); err != nil {
		return fault.WithHint(
			r.Unusable("%s answered %d with %s where JSON is expected", r.what(), r.Status, r.describeBody()),
			"check the base URL; a proxy or a login page may stand in between")
	}
	if name := lacking(text, reflect.TypeOf(out).Elem()); name != "" {
		return fault.WithHint(r.Unusable("%s answered %d without %q", r.what(), r.Status, name),
			"check the base URL; something else than %s may stand there", r.client.System())
	}
	return nil
}

// text is the body without the byte order mark that Azure DevOps writes before
// the JSON of some refusals (az recordings).
func (r *Response) text() []byte { return bytes.TrimPrefix(r.Body, []byte("\xef\xbb\xbf")) }

// noPage refuses a web page where nothing is expected: a sign-in page answers
// every request with success.
func (r *Response) noPage() error {
	body := bytes.ToLower(bytes.TrimSpace(r.Body))
	if bytes.HasPrefix(body, []byte("<!doctype html")) || bytes.HasPrefix(body, []byte("<html")) {
		return r.Decode(&struct{}{})
	}
	return nil
}

func (r *Response) describeBody() string {
	body := bytes.TrimSpace(r.Body)
	switch {
	case len(body) == 0:
		return "an empty body"
	case body[0] == '{' || body[0] == '[':
		return "JSON of another shape or cut short"
	case body[0] != '<':
		return "text"
	}
	if title := r.Message(); title != "" {
		return fmt.Sprintf("HTML (%q)", title)
	}
	return "HTML"
}

// largestHint bounds the memory that is taken on a server's word alone.
const largestHint = 1 << 20

// readBounded reads to the end. size is how much that probably is, -1 if nobody
// says so. A longer answer is an error, not the beginning of one: half a list
// would be taken for a whole one.
func readBounded(r io.Reader, size, limit int64) ([]byte, error) {
	var body bytes.Buffer
	body.Grow(int(min(max(size, 0), limit, largestHint)) + bytes.MinRead)
	if _, err := body.ReadFrom(io.LimitReader(r, limit+1)); err != nil {
		return nil, err
	}
	if int64(body.Len()) > limit {
		return nil, &AnswerError{Text: fmt.Sprintf("the answer is longer than %d bytes", limit)}
	}
	return body.Bytes(), nil
}
