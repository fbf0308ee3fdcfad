package wire

import (
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
)

// Ask sends one request, "METHOD /path", with headers as "name: value".
func Ask(h http.Handler, request, body string, headers ...string) *httptest.ResponseRecorder {
	method, path, _ := strings.Cut(request, " ")
	r := httptest.NewRequest(method, path, strings.NewReader(body))
	for _, header := range headers {
		name, value, _ := strings.Cut(header, ": ")
		r.Header.Set(name, value)
	}
	rec := httptest.NewRecorder()
	h.ServeHTTP(rec, r)
	return rec
}

// Wanted is what an answer must be.
type Wanted struct {
	Status int
	Part   string // of the body
}

// Want compares the answer that rec holds to the request.
func Want(t testing.TB, rec *httptest.ResponseRecorder, w Wanted, request string) *httptest.ResponseRecorder {
	t.Helper()
	if rec.Code != w.Status || !strings.Contains(rec.Body.String(), w.Part) {
		t.Errorf("%s: %d %s; want %d with %q", request, rec.Code, rec.Body, w.Status, w.Part)
	}
	return rec
}
