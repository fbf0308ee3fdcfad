package rest

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"net/http"
	"net/url"
	"reflect"
	"strings"
	"time"
	"unicode/utf8"

	"github.com/gatewright/gatewright/internal/fault"
)

// StatusError is an answer whose status is not 2xx.
type StatusError struct {
	Op         string
	Method     string
	URL        string // without its query, which may be a credential
	Status     int
	Message    string // the server's own words, scrubbed and shortened; may be ""
	RetryAfter time.Duration
	Header     http.Header
	Unclear    bool   // an earlier attempt of the same request may have had its effect
	Limited    bool   // refused for the rate alone, whatever the status
	Guess      string // what the refusal probably is, where the server does not say so; may be ""
}

func (e *StatusError) Error() string {
	s := fmt.Sprintf("%s %s: %d %s", e.Method, e.URL, e.Status, http.StatusText(e.Status))
	if e.Op != "" {
		s = e.Op + ": " + s
	}
	if e.Message != "" {
		s += ": " + e.Message
	}
	switch {
	case e.Guess != "":
		s += " (" + e.Guess + ")"
	case e.RetryAfter > 0:
		s += fmt.Sprintf(" (asks to wait %s)", e.RetryAfter.Round(time.Second))
	}
	return s
}

// Unwrap returns the kind a status stands for where the provider knows no better.
func (e *StatusError) Unwrap() error {
	if e.Limited {
		return fault.Service
	}
	return statusKind(e.Status)
}

func statusKind(status int) fault.Kind {
	switch {
	case status == http.StatusUnauthorized, status == http.StatusForbidden:
		return fault.Auth
	case status == http.StatusRequestTimeout, status == http.StatusTooEarly, status == http.StatusTooManyRequests, status >= 500, status < 400:
		return fault.Service
	default:
		return fault.Input
	}
}

// Status returns the HTTP status of an error from this package, or 0.
func Status(err error) int {
	var e *StatusError
	if errors.As(err, &e) {
		return e.Status
	}
	return 0
}

// Overloaded reports whether the server refused the request of this error for
// its load alone, or asked to come back later.
func Overloaded(err error) bool {
	var e *StatusError
	return errors.As(err, &e) && (e.Limited || e.RetryAfter > 0)
}

// Err is nil for an answer that says that it was done: 200, 201, 204, and 202
// where the request may be done later. Else it is an error; a refusal holds a
// *StatusError.
func (r *Response) Err() error {
	switch {
	case r.Status == 200, r.Status == 201, r.Status == 204, r.Status == 202 && r.later:
		return nil
	case r.Status > 200 && r.Status < 300:
		return r.Unusable("%s %s answered %d, which does not say that it was done", r.method, r.url, r.Status)
	}
	return hinted(&StatusError{
		Op: r.op, Method: r.method, URL: r.url, Status: r.Status,
		Message:    r.Message(),
		RetryAfter: max(retryAfter(&http.Response{Header: r.Header}, time.Now()), r.limit.Wait),
		Header:     r.Header,
		Unclear:    r.unclear,
		Limited:    r.limit.Reached,
		Guess:      r.limit.Guess,
	})
}

// hinted says what can be done about a rate limit; what to do about other
// refusals, each provider knows better.
func hinted(e *StatusError) error {
	if !e.Limited {
		return e
	}
	return fault.WithHint(e, "run it again later, or allow longer waits with --max-wait where a forge is asked")
}

// Foreign makes the errors of a library that uses HTTP into those of this
// package. resp is the library's answer, nil if there was none; message is what
// the library read in it.
func (c *Client) Foreign(op string, resp *http.Response, message string, err error) error {
	if resp != nil && resp.StatusCode >= 300 {
		limit := limitOf(resp)
		e := &StatusError{
			Op: op, Status: resp.StatusCode, Message: c.Redact(shorten(message)),
			RetryAfter: max(retryAfter(resp, time.Now()), limit.Wait), Header: resp.Header,
			Limited: limit.Reached, Guess: limit.Guess, Unclear: Unclear(resp),
		}
		if resp.Request != nil {
			e.Method, e.URL = resp.Request.Method, safeURL(resp.Request.URL)
		}
		return hinted(e)
	}
	r, u := Request{Op: op}, c.base
	var ue *url.Error
	if errors.As(err, &ue) {
		r.Method = strings.ToUpper(ue.Op)
		if parsed, perr := url.Parse(ue.URL); perr == nil {
			u = parsed
		}
	}
	return c.connectionError(r, u, err, nil)
}

// Decode reads the JSON answer into out. An HTML page in its place is told as
// what it is: a proxy, a login page or a wrong base URL.
func (r *Response) Decode(out any) error {
	if s, ok := out.(Shaper); ok {
		out = s.Shape(bytes.TrimSpace(r.text()))
	}
	if err := json.Unmarshal(r.text(), out); err != nil {
		return fault.WithHint(
			r.Unusable("%s %s answered %d with %s where JSON is expected", r.method, r.url, r.Status, r.describeBody()),
			"check the base URL; a proxy or a login page may stand in between")
	}
	if name := lacking(r.text(), reflect.TypeOf(out).Elem()); name != "" {
		return fault.WithHint(r.Unusable("%s %s answered %d without %q", r.method, r.url, r.Status, name),
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
	case body[0] == '<':
		if title := r.Message(); title != "" {
			return fmt.Sprintf("HTML (%q)", title)
		}
		return "HTML"
	case body[0] == '{' || body[0] == '[':
		return "JSON of another shape or cut short"
	default:
		return "text"
	}
}

const maxMessage = 300

// Message extracts the server's own words from an answer, whatever its shape:
// the usual JSON fields, the title of an HTML page, S3's XML, or the first line
// of text. Scrubbed of secrets and shortened.
func (r *Response) Message() string {
	body := bytes.TrimSpace(r.text())
	if len(body) == 0 {
		return ""
	}
	var text string
	switch body[0] {
	case '{', '[':
		text = jsonMessage(body)
	case '<':
		text = markupMessage(string(body))
	default:
		text = string(body)
	}
	return r.client.Redact(shorten(text))
}

func shorten(text string) string {
	text = strings.Join(strings.Fields(strings.ToValidUTF8(text, "�")), " ")
	text = strings.Map(func(c rune) rune {
		if c < ' ' || c == 0x7f {
			return -1
		}
		return c
	}, text)
	if len(text) <= maxMessage {
		return text
	}
	cut := maxMessage
	for !utf8.RuneStart(text[cut]) {
		cut--
	}
	return text[:cut] + "…"
}

func jsonMessage(body []byte) string {
	var m map[string]any
	if json.Unmarshal(body, &m) != nil {
		return string(body)
	}
	if inner, ok := m["error"].(map[string]any); ok {
		if s, ok := inner["message"].(string); ok && s != "" {
			return s
		}
	}
	text := ""
	for _, key := range []string{"message", "error_description", "error", "detail", "errorMessage"} {
		if s, ok := m[key].(string); ok && s != "" {
			text = s
			break
		}
	}
	if text == "" {
		return string(body)
	}
	if s, ok := m["innerMessage"].(string); ok && s != "" {
		text += " (" + s + ")"
	}
	return text
}

func markupMessage(body string) string {
	for _, tag := range []string{"Message", "title", "h1"} {
		_, rest, ok := strings.Cut(body, "<"+tag+">")
		if !ok {
			continue
		}
		if text, _, ok := strings.Cut(rest, "</"+tag+">"); ok {
			return text
		}
	}
	return ""
}
