// Package answer holds what the stand-ins of the forges answer with: JSON,
// pages, and a strict reading of requests.
package answer

import (
	"cmp"
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"net/url"
	"regexp"
	"strconv"
	"strings"
	"sync"

	"github.com/gatewright/gatewright/internal/sandbox/world"
)

// JSON answers with v.
func JSON(w http.ResponseWriter, status int, v any) {
	w.Header().Set("Content-Type", "application/json; charset=utf-8")
	w.WriteHeader(status)
	_ = json.NewEncoder(w).Encode(v) // the client may be gone
}

// expressions are those of Fits, each compiled once.
var expressions sync.Map

// Fits reports whether a text matches a regular expression, which must be valid.
func Fits(expression, text string) bool {
	re, ok := expressions.Load(expression)
	if !ok {
		re, _ = expressions.LoadOrStore(expression, regexp.MustCompile(expression))
	}
	return re.(*regexp.Regexp).MatchString(text)
}

// OrNull returns the text, or null for none.
func OrNull(text string) any {
	if text == "" {
		return nil
	}
	return text
}

// Decode reads a JSON body into v and refuses fields that v does not have: what
// no contract names, no client may send.
func Decode(r *http.Request, v any) error {
	text, err := io.ReadAll(r.Body)
	if err != nil {
		return err
	}
	if len(text) == 0 {
		return fmt.Errorf("the body is empty: %w", io.EOF)
	}
	dec := json.NewDecoder(strings.NewReader(string(text)))
	dec.DisallowUnknownFields()
	return dec.Decode(v)
}

// Origin is the address under which the client reached the stand-in, perhaps
// through a front that speaks TLS.
func Origin(r *http.Request) string {
	scheme := cmp.Or(r.Header.Get("X-Forwarded-Proto"), r.URL.Scheme, "http")
	if r.TLS != nil {
		scheme = "https"
	}
	return scheme + "://" + r.Host
}

// Credential is the token that a request carries: as a bearer, as a password
// with any user, or after the word token.
func Credential(r *http.Request) string {
	if _, password, ok := r.BasicAuth(); ok {
		return password
	}
	scheme, token, _ := strings.Cut(r.Header.Get("Authorization"), " ")
	if strings.EqualFold(scheme, "bearer") || strings.EqualFold(scheme, "token") {
		return strings.TrimSpace(token)
	}
	return ""
}

// Locked runs a handler under the world's lock.
func Locked(world *world.World, f http.HandlerFunc) http.HandlerFunc {
	return func(w http.ResponseWriter, r *http.Request) {
		world.Lock()
		defer world.Unlock()
		f(w, r)
	}
}

// Span is the part of a list that one page holds.
type Span struct{ Page, Per, From, To int }

// Paging is how a vendor cuts lists.
type Paging struct {
	Name        string // of the parameter that says how many rows a page has
	Usual, Most int    // rows of a page: without that parameter, and whatever it says
}

// Page cuts n rows by the request's parameters.
func Page(r *http.Request, n int, p Paging) Span {
	q := r.URL.Query()
	per := p.Usual
	if v, err := strconv.Atoi(q.Get(p.Name)); err == nil && v > 0 {
		per = min(v, p.Most)
	}
	page := 1
	if v, err := strconv.Atoi(q.Get("page")); err == nil && v > 1 {
		page = v
	}
	from := min((page-1)*per, n)
	return Span{page, per, from, min(from+per, n)}
}

// Link returns the Link header (RFC 8288) of a page of n rows, "" on the only one.
func (s Span) Link(r *http.Request, n int) string {
	last := (n + s.Per - 1) / s.Per
	var links []string
	add := func(page int, rel string) {
		u := *r.URL
		q := u.Query()
		q.Set("page", strconv.Itoa(page))
		links = append(links, fmt.Sprintf("<%s%s?%s>; rel=%q", Origin(r), original(r).EscapedPath(), q.Encode(), rel))
	}
	if s.Page > 1 {
		add(1, "first")
		add(s.Page-1, "prev")
	}
	if s.Page < last {
		add(s.Page+1, "next")
		add(last, "last")
	}
	return strings.Join(links, ", ")
}

// original is the address as it was asked for, before any prefix was stripped.
func original(r *http.Request) *url.URL {
	if u, err := url.ParseRequestURI(r.RequestURI); err == nil {
		return u
	}
	return r.URL
}

// Tokens are the tokens that a stand-in has issued, each with what it may do.
// Safe for concurrent use.
type Tokens struct {
	mu   sync.Mutex
	list map[string]string
}

// Issue makes a token with a right of the stand-in's own naming.
func (t *Tokens) Issue(prefix, right string) string {
	token := world.NewToken(prefix)
	t.mu.Lock()
	defer t.mu.Unlock()
	if t.list == nil {
		t.list = map[string]string{}
	}
	t.list[token] = right
	return token
}

// Right says what a token may do; false for one that was never issued.
func (t *Tokens) Right(token string) (string, bool) {
	t.mu.Lock()
	defer t.mu.Unlock()
	right, ok := t.list[token]
	return right, ok
}

// Revoke ends a token.
func (t *Tokens) Revoke(token string) {
	t.mu.Lock()
	defer t.mu.Unlock()
	delete(t.list, token)
}

// Log keeps the requests that found no handler, so that tests can tell a
// missing feature of a stand-in from a missing object. Safe for concurrent use.
type Log struct {
	mu    sync.Mutex
	lines []string
}

// Add enters a request.
func (l *Log) Add(r *http.Request) {
	l.mu.Lock()
	defer l.mu.Unlock()
	l.lines = append(l.lines, r.Method+" "+r.URL.Path)
}

// Lines returns the requests in their order.
func (l *Log) Lines() []string {
	l.mu.Lock()
	defer l.mu.Unlock()
	return append([]string(nil), l.lines...)
}

// Lacks is what a stand-in says of an operation that it does not have, with
// 501: a 404 would read as an answer.
func Lacks(r *http.Request) string {
	return "the stand-in does not have " + r.Method + " " + original(r).EscapedPath()
}
