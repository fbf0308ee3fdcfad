package github_test

import (
	"fmt"
	"net/http"
	"strings"
	"testing"

	"github.com/gatewright/gatewright/internal/forge"
	"github.com/gatewright/gatewright/internal/sandbox/world"
)

// linking changes the Link header of an answer.
type linking struct {
	http.ResponseWriter
	change func(string) string
}

// WriteHeader sends the others as they are.
func (l linking) WriteHeader(status int) {
	link := l.change(l.Header().Get("Link"))
	if l.Header().Del("Link"); link != "" {
		l.Header().Set("Link", link)
	}
	l.ResponseWriter.WriteHeader(status)
}

// TestLinksOfPages: a list is read to its end where something on the way takes the links away, and where they name no number.
func TestLinksOfPages(t *testing.T) {
	for name, change := range map[string]func(string) string{
		"as they are": func(link string) string { return link },
		"taken away":  func(string) string { return "" },
		"of cursors":  func(link string) string { return strings.ReplaceAll(link, "&page=", "&after=") },
	} {
		for _, n := range []int{100, 250} {
			seed := world.DefaultSeed()
			org := &seed.Organizations[0]
			for i := range n - len(org.Repositories) {
				org.Repositories = append(org.Repositories, world.SeedRepository{Name: fmt.Sprint("r", i)})
			}
			s := subjectBehind(t, seed, func(h http.Handler) http.Handler {
				return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
					r.URL.RawQuery = strings.ReplaceAll(r.URL.RawQuery, "after=", "page=")
					h.ServeHTTP(linking{w, change}, r)
				})
			})
			got := 0
			for _, err := range s.Forge.Repositories(t.Context(), "acme", forge.Filter{}) {
				if err != nil {
					t.Fatal(name, err)
				}
				got++
			}
			if got != n {
				t.Errorf("%s: %d of %d", name, got, n)
			}
		}
	}
}
