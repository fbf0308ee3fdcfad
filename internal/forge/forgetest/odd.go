package forgetest

import (
	"bytes"
	"encoding/json"
	"maps"
	"net/http"
	"net/http/httptest"
	"slices"
	"strconv"
	"testing"

	"github.com/gatewright/gatewright/internal/fault"
	"github.com/gatewright/gatewright/internal/forge"
	"github.com/gatewright/gatewright/internal/sandbox/world"
)

// pair is an organization of two repositories.
func pair() world.Seed {
	return world.Seed{Organizations: []world.SeedOrganization{{Name: "acme", Repositories: []world.SeedRepository{
		{Name: "api", Language: "Go", Topics: []string{"product"}, Properties: map[string][]string{"team": {"a"}}, PullRequests: []world.SeedPullRequest{{Number: 7, Branch: "b"}}},
		{Name: "web", Fork: true},
	}}}}
}

// oddFields plays every field of a listed repository as null, and as absent:
// whatever a forge leaves out, no listing ends for it.
func oddFields(t *testing.T, s *Subject) {
	whole := s.Wire.Handler
	keys := map[string]bool{}
	list := func(edit func(row map[string]any)) (n int, err error) {
		s.Wire.Handler = http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
			rec := httptest.NewRecorder()
			whole.ServeHTTP(rec, r)
			body := rec.Body.Bytes()
			if r.Method == http.MethodGet && rec.Code == http.StatusOK {
				body = editRows(body, edit)
			}
			maps.Copy(w.Header(), rec.Header())
			w.Header().Del("Content-Length")
			w.WriteHeader(rec.Code)
			_, _ = w.Write(body)
		})
		defer func() { s.Wire.Handler = whole }()
		for _, err := range s.Forge.Repositories(ctxFor(t), s.Owner, forge.Filter{}) {
			if err != nil {
				return n, err
			}
			n++
		}
		return n, nil
	}
	if _, err := list(func(row map[string]any) {
		for k := range row {
			keys[k] = true
		}
	}); err != nil || len(keys) < 5 {
		t.Fatalf("%d fields, %v", len(keys), err)
	}
	for _, key := range slices.Sorted(maps.Keys(keys)) {
		for what, edit := range map[string]func(row map[string]any){
			"null":   func(row map[string]any) { row[key] = nil },
			"absent": func(row map[string]any) { delete(row, key) },
		} {
			// Without what it is called by there is no repository.
			named := slices.Contains([]string{"id", "uuid", "name", "slug", "path", "path_with_namespace"}, key)
			if _, err := list(edit); err != nil && (!named || fault.Of(err) != fault.Service) {
				t.Errorf("%s %s: %v", key, what, err)
			}
		}
	}
	t.Log(strconv.Itoa(len(keys)) + " fields, each null and absent")
}

// editRows edits the first object of a list, in whatever envelope it comes.
func editRows(body []byte, edit func(row map[string]any)) []byte {
	var answer any
	dec := json.NewDecoder(bytes.NewReader(body))
	dec.UseNumber()
	if dec.Decode(&answer) != nil {
		return body
	}
	rows, ok := answer.([]any)
	if envelope, is := answer.(map[string]any); is {
		for _, v := range envelope {
			if inner, is := v.([]any); is {
				rows, ok = inner, true
			}
		}
	}
	if !ok || len(rows) == 0 {
		return body
	}
	if row, is := rows[0].(map[string]any); is && row["name"] != nil {
		edit(row)
	}
	out, err := json.Marshal(answer)
	if err != nil {
		return body
	}
	return out
}
