package rest

import (
	"context"
	"encoding/json"
	"fmt"
	"net/http"
	"net/url"
	"strings"

	"github.com/hashicorp/go-retryablehttp"

	"github.com/gatewright/gatewright/internal/fault"
	"github.com/gatewright/gatewright/internal/repo"
)

// Request is one call. Path is appended to the base URL and must already be
// escaped, segment by segment (see Path).
type Request struct {
	Op          string // what is being done, in words: "store TOKEN in acme/api"
	Method      string // "" is GET
	Path        string
	Query       url.Values
	Header      map[string]string
	JSON        any    // body, encoded; mutually exclusive with Body
	Body        []byte // raw body
	ContentType string // of Body
	Repeat      Repeat
	// Stored says that the answer may be at another origin, where a redirect with
	// a signature leads. No credential goes there.
	Stored bool
	// Later says that 202 is a success: what was asked for is done in its time.
	Later bool
}

// Repeat says whether a request may be sent again after an unclear failure.
type Repeat int

// By default the method decides: GET, HEAD, PUT, DELETE and OPTIONS may be repeated.
const (
	ByMethod Repeat = iota
	Always          // safe to repeat whatever the method
	Never           // repeat only if it surely did not happen
)

// What the layers below the retry loop, which see an http.Request alone, need to
// know of a Request.
type (
	repeatKey struct{}
	storedKey struct{}
)

// repeatable reports whether a request may be sent again although it may have
// had its effect: those of idempotent methods (RFC 9110, section 9.2.2).
func repeatable(ctx context.Context, method string) bool {
	switch rep, _ := ctx.Value(repeatKey{}).(Repeat); rep {
	case Always:
		return true
	case Never:
		return false
	}
	switch method {
	case http.MethodGet, http.MethodHead, http.MethodPut, http.MethodDelete, http.MethodOptions:
		return true
	}
	return false
}

func (c *Client) newRequest(ctx context.Context, r Request) (*retryablehttp.Request, error) {
	bug := func(err error) error { return fault.Errorf(fault.Bug, "%s: %w", r.Op, err) }
	if r.JSON != nil {
		enc, err := json.Marshal(r.JSON)
		if err != nil {
			return nil, bug(fmt.Errorf("encode request: %w", err))
		}
		r.Body, r.ContentType = enc, "application/json"
	}
	// Joined as text: url.JoinPath would clean away a name that is "..", and with it
	// the one before.
	u := c.base.String() + r.Path
	// A server would clean it away as well.
	if plain, err := url.PathUnescape(r.Path); err != nil || repo.Dotted(plain) {
		return nil, fault.Errorf(fault.Input, "%s: %q in an address leads elsewhere", r.Op, r.Path)
	}
	if len(r.Query) > 0 {
		u += "?" + r.Query.Encode()
	}
	ctx = withAttempts(context.WithValue(context.WithValue(ctx, repeatKey{}, r.Repeat), storedKey{}, r.Stored))
	// A body of bytes, and not of a reader, can be sent again by every layer.
	var body any
	if r.Body != nil {
		body = r.Body
	}
	req, err := retryablehttp.NewRequestWithContext(ctx, r.Method, u, body)
	if err != nil {
		return nil, bug(err)
	}
	req.Header.Set("Accept", "application/json")
	if r.ContentType != "" {
		req.Header.Set("Content-Type", r.ContentType)
	}
	for k, v := range r.Header {
		req.Header.Set(k, v)
	}
	return req, nil
}

// Path joins segments, escaping each, with a leading slash: no name of a
// repository, branch or secret can reach another path than its own; one that is "."
// or ".." is refused with the request.
func Path(segments ...string) string {
	var b strings.Builder
	for _, s := range segments {
		b.WriteByte('/')
		b.WriteString(url.PathEscape(s))
	}
	return b.String()
}

// safeURL is an address for messages: its query may be a credential, as that of
// a signed upload is.
func safeURL(u *url.URL) string {
	return fmt.Sprintf("%s://%s%s", u.Scheme, u.Host, u.EscapedPath())
}
