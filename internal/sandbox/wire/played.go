package wire

import (
	"fmt"
	"io"
	"net/http"
	"strings"
	"testing"

	"github.com/gatewright/gatewright/internal/sandbox/world"
)

// Played is a wire to canned answers: each path has its list, "200 {…}", played
// one after another with the last one for ever; a path without a list is 404.
// count says how often a path was asked.
func Played(t testing.TB, scripts map[string][]string) (way *Wire, count func(path string) int) {
	at := map[string]int{}
	h := http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		list := scripts[r.URL.Path]
		n := at[r.URL.Path]
		at[r.URL.Path]++
		if len(list) == 0 {
			w.WriteHeader(http.StatusNotFound)
			return
		}
		status, body, _ := strings.Cut(list[min(n, len(list)-1)], " ")
		code := 0
		if _, err := fmt.Sscan(status, &code); err != nil {
			t.Fatalf("canned answer %q: %v", list[min(n, len(list)-1)], err)
		}
		w.WriteHeader(code)
		_, _ = io.WriteString(w, body)
	})
	return New(world.New(world.Seed{}), "", h), func(path string) int { return at[path] }
}
