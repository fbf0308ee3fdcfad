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

// Want asks and compares the status and a part of the answer.
func Want(t testing.TB, h http.Handler, status int, part, request, body string, headers ...string) *httptest.ResponseRecorder {
	t.Helper()
	rec := Ask(h, request, body, headers...)
	if rec.Code != status || !strings.Contains(rec.Body.String(), part) {
		t.Errorf("%s %v: %d %s; want %d with %q", request, headers, rec.Code, rec.Body, status, part)
	}
	return rec
}
