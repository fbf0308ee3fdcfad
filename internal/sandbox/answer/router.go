package answer

import (
	"net/http"
	"net/url"
	"strings"
)

// Router finds the handler of a request; of several that fit, the first. It
// matches escaped paths, so that a segment may hold a slash of its own.
type Router struct {
	// Missed keeps the requests that find no handler, which Unknown answers.
	Missed  Log
	Unknown http.HandlerFunc

	routes []route
}

type route struct {
	method   string
	segments []string
	handler  http.HandlerFunc
}

// Handle adds a handler: "GET /repos/{owner}/{repo}". A slash at the end counts.
func (x *Router) Handle(pattern string, h http.HandlerFunc) {
	method, path, _ := strings.Cut(pattern, " ")
	x.routes = append(x.routes, route{method, strings.Split(path, "/"), h})
}

// ServeHTTP serves the request and sets its path values.
func (x *Router) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	segments := strings.Split(r.URL.EscapedPath(), "/")
	for _, c := range x.routes {
		if c.method == r.Method && c.fits(r, segments) {
			c.handler(w, r)
			return
		}
	}
	x.Missed.Add(r)
	x.Unknown(w, r)
}

func (c route) fits(r *http.Request, segments []string) bool {
	if len(segments) != len(c.segments) {
		return false
	}
	values := map[string]string{}
	for i, want := range c.segments {
		name, isName := strings.CutPrefix(want, "{")
		text, err := url.PathUnescape(segments[i])
		switch {
		case err != nil:
			return false
		case isName && text != "":
			values[strings.TrimSuffix(name, "}")] = text
		case isName || text != want:
			return false
		}
	}
	for name, value := range values {
		r.SetPathValue(name, value)
	}
	return true
}
