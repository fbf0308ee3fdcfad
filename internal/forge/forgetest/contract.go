package forgetest

import (
	"bytes"
	"context"
	"fmt"
	"io"
	"maps"
	"net/http"
	"net/http/httptest"
	"slices"
	"strings"
	"sync"
	"testing"

	"github.com/getkin/kin-openapi/openapi3"
	"github.com/getkin/kin-openapi/openapi3filter"
	"github.com/getkin/kin-openapi/routers"
	"github.com/getkin/kin-openapi/routers/gorillamux"
)

// Contract judges a forge's requests, and its stand-in's answers, by the
// vendor's own OpenAPI document.
type Contract struct {
	// Strip is the path above which the document knows nothing: "/api/v3".
	Strip string
	// Like returns the described path that an undescribed one is the twin of; may be nil.
	Like func(path string) string
	// Unwrap changes an answer into the form that the document describes, where
	// both differ for a known reason; may be nil.
	Unwrap func(r *http.Request, answer []byte) []byte

	router routers.Router

	mu      sync.Mutex
	judged  map[string]int // operations that the document describes
	outside map[string]int // paths that it does not know
	silent  map[string]int // answers whose status it does not describe
}

// NewContract reads the document.
func NewContract(t testing.TB, doc *openapi3.T) *Contract {
	t.Helper()
	doc.Servers = nil
	router, err := gorillamux.NewRouter(doc)
	if err != nil {
		t.Fatal(err)
	}
	return &Contract{router: router, judged: map[string]int{}, outside: map[string]int{}, silent: map[string]int{}}
}

// Wrap puts the judge in front of a stand-in.
func (c *Contract) Wrap(t testing.TB, stand http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		body, err := io.ReadAll(r.Body)
		if err != nil {
			t.Error(err)
		}
		r.Body = io.NopCloser(bytes.NewReader(body))
		rec := httptest.NewRecorder()
		stand.ServeHTTP(rec, r)
		if rec.Code != http.StatusUnauthorized { // the credential is no part of the document
			c.judge(t, r, body, rec)
		}
		maps.Copy(w.Header(), rec.Header())
		w.WriteHeader(rec.Code)
		_, _ = w.Write(rec.Body.Bytes())
	})
}

func (c *Contract) judge(t testing.TB, r *http.Request, body []byte, rec *httptest.ResponseRecorder) {
	in := r.Clone(context.Background())
	in.URL.Path = strings.TrimPrefix(in.URL.Path, c.Strip)
	in.URL.RawPath = strings.TrimPrefix(in.URL.RawPath, c.Strip)
	if c.Like != nil {
		in.URL.Path, in.URL.RawPath = c.Like(in.URL.Path), c.Like(in.URL.RawPath)
	}
	in.Body, in.ContentLength = io.NopCloser(bytes.NewReader(body)), int64(len(body))
	route, params, err := c.router.FindRoute(in)
	if err != nil {
		c.count(c.outside, in.Method+" "+in.URL.Path)
		return
	}
	input := &openapi3filter.RequestValidationInput{
		Request: in, PathParams: params, Route: route,
		Options: &openapi3filter.Options{AuthenticationFunc: openapi3filter.NoopAuthenticationFunc, MultiError: true},
	}
	// A request that the stand-in refuses may be one that the document refuses.
	if err := openapi3filter.ValidateRequest(context.Background(), input); err != nil && rec.Code < 400 {
		t.Errorf("%s %s, body %q: %v", in.Method, in.URL, body, err)
	}
	op := in.Method + " " + route.Path
	if route.Operation.Responses.Status(rec.Code) == nil {
		c.count(c.silent, fmt.Sprintf("%s: %d", op, rec.Code))
		return
	}
	answer := rec.Body.Bytes()
	if c.Unwrap != nil {
		answer = c.Unwrap(in, answer)
	}
	err = openapi3filter.ValidateResponse(context.Background(), &openapi3filter.ResponseValidationInput{
		RequestValidationInput: input, Status: rec.Code, Header: rec.Header(), Body: io.NopCloser(bytes.NewReader(answer)), Options: input.Options,
	})
	if err != nil {
		t.Errorf("%s %s answered %d %q: %v", in.Method, in.URL, rec.Code, answer, err)
	}
	c.count(c.judged, op)
}

func (c *Contract) count(where map[string]int, what string) {
	c.mu.Lock()
	defer c.mu.Unlock()
	where[what]++
}

// Report says what was judged and what was not, and fails if there was nothing.
func (c *Contract) Report(t testing.TB) {
	t.Helper()
	if len(c.judged) == 0 {
		t.Error("nothing was judged")
	}
	sum := func(m map[string]int) (n int) {
		for _, k := range m {
			n += k
		}
		return n
	}
	t.Logf("%d requests with their answers judged, of %d operations: %s", sum(c.judged), len(c.judged), strings.Join(slices.Sorted(maps.Keys(c.judged)), "; "))
	t.Logf("%d answers with a status that the document does not describe: %s", sum(c.silent), strings.Join(slices.Sorted(maps.Keys(c.silent)), "; "))
	t.Logf("%d requests to paths that it does not describe: %s", sum(c.outside), strings.Join(slices.Sorted(maps.Keys(c.outside)), "; "))
}
