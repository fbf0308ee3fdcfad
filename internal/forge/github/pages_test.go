package github_test

import (
	"fmt"
	"maps"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"testing/synctest"

	"github.com/gatewright/gatewright/internal/forge"
	"github.com/gatewright/gatewright/internal/forge/forgetest"
	"github.com/gatewright/gatewright/internal/forge/github"
	"github.com/gatewright/gatewright/internal/rest"
	standin "github.com/gatewright/gatewright/internal/sandbox/github"
	"github.com/gatewright/gatewright/internal/sandbox/wire"
	"github.com/gatewright/gatewright/internal/sandbox/world"
	"github.com/gatewright/gatewright/internal/secret"
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

// TestPageThatWasTheLast: a page that has not changed is not the last for having been so. Its answer, 304, need not have the
// link to the page that has come since, for an ETag is about the rows alone.
func TestPageThatWasTheLast(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		for _, n := range []int{100, 200} {
			seed := world.DefaultSeed()
			org := &seed.Organizations[0]
			for i := range n - len(org.Repositories) {
				org.Repositories = append(org.Repositories, world.SeedRepository{Name: fmt.Sprint("r", i)})
			}
			w := world.New(seed)
			stand := standin.New(w)
			unchanged := 0
			cfg := wire.Config(forgetest.NewWire(w, "github", http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
				rec := httptest.NewRecorder()
				stand.ServeHTTP(rec, r)
				if rec.Code == http.StatusNotModified {
					unchanged++
					rec.Header().Del("Link")
				}
				maps.Copy(w.Header(), rec.Header())
				w.WriteHeader(rec.Code)
				_, _ = w.Write(rec.Body.Bytes())
			})), base, github.Descriptor().Limits)
			cfg.Cache = &rest.Cache{}
			f, err := github.Descriptor().Open(forge.Opening{Token: secret.New(stand.Token("ghp_", standin.Full)), Owner: "acme", Rest: cfg})
			if err != nil {
				t.Fatal(err)
			}
			for i := range 3 {
				if names, err := listed(t, f, "acme"); err != nil || len(names) != n+i {
					t.Errorf("%d of %d, %v", len(names), n+i, err)
				}
				made := &world.Repository{ID: w.NextID(), Owner: "acme", Name: fmt.Sprint("zzz", i), DefaultBranch: "main"}
				w.Organizations[0].Repositories = append(w.Organizations[0].Repositories, made)
			}
			if unchanged == 0 {
				t.Error("no answer was 304")
			}
		}
	})
}
