package plugin_test

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"io"
	"maps"
	"net/http"
	"slices"
	"strconv"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/gatewright/gatewright/internal/forge"
	"github.com/gatewright/gatewright/internal/forge/forgetest"
	"github.com/gatewright/gatewright/internal/forge/plugin"
	"github.com/gatewright/gatewright/internal/sandbox/world"
)

// shop is a store behind a program: its server, and the program as a client of it
// would be written. What happens to the client's requests happens to the program.
type shop struct {
	world *world.World
	mu    sync.Mutex
	held  map[string]string
	at    map[string]time.Time
}

// ServeHTTP is the store. Its tokens are "full", "read" and nothing else.
func (s *shop) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	s.mu.Lock()
	defer s.mu.Unlock()
	key := strings.TrimPrefix(r.URL.Path, "/")
	owner, rest, _ := strings.Cut(key, "/")
	repo, _, _ := strings.Cut(rest, "/")
	token := r.Header.Get("Authorization")
	say := func(status int, answer map[string]any) {
		w.WriteHeader(status)
		_ = json.NewEncoder(w).Encode(answer)
	}
	switch {
	case token != "full" && token != "read":
		say(401, map[string]any{"error": "who are you?"})
	case r.Method != http.MethodGet && token != "full":
		say(403, map[string]any{"error": "read only"})
	case s.world.Repository(owner, repo) == nil:
		say(404, map[string]any{"error": "no such place"})
	case r.Method == http.MethodPut:
		value, _ := io.ReadAll(r.Body)
		_, there := s.held[key]
		s.held[key], s.at[key] = string(value), time.Now()
		say(200, map[string]any{"written": map[bool]string{true: "replaced", false: "created"}[there]})
	case r.Method == http.MethodDelete:
		_, there := s.held[key]
		delete(s.held, key)
		say(200, map[string]any{"deleted": there})
	case r.URL.Query().Has("list"):
		all := []map[string]any{}
		for _, k := range slices.Sorted(maps.Keys(s.held)) {
			if name, in := strings.CutPrefix(k, key+"/"); in {
				all = append(all, map[string]any{"name": name, "updatedAt": s.at[k]})
			}
		}
		say(200, map[string]any{"secrets": all})
	default:
		_, there := s.held[key]
		say(200, map[string]any{"exists": there, "updatedAt": s.at[key], "writable": token == "full"})
	}
}

// client is the program.
type client struct {
	wire  *forgetest.Wire
	token string
}

// Run does what a process would do, with its deadline of a minute.
func (c client) Run(ctx context.Context, _ string, stdin []byte) plugin.Ended {
	line, value, _ := bytes.Cut(stdin, []byte("\n"))
	var in struct{ Op, Path string }
	if err := json.Unmarshal(line, &in); err != nil {
		return plugin.Ended{Code: 2, Stdout: []byte(`{"error":"no instruction"}`)}
	}
	method := map[string]string{"put": "PUT", "delete": "DELETE"}[in.Op]
	url := "https://shop.example/" + in.Path
	if in.Op == "list" {
		url += "?list"
	}
	limited, cancel := context.WithTimeout(ctx, time.Minute)
	defer cancel()
	r, err := http.NewRequestWithContext(limited, method, url, bytes.NewReader(value))
	if err != nil {
		return plugin.Ended{Code: 2, Stdout: fmt.Appendf(nil, `{"error":%q}`, err)}
	}
	r.Header.Set("Authorization", c.token)
	resp, err := c.wire.RoundTrip(r)
	switch {
	case limited.Err() != nil && ctx.Err() == nil:
		return plugin.Ended{Code: -1, Deadline: time.Minute}
	case err != nil:
		return plugin.Ended{Code: -1, Signal: "signal: killed"}
	}
	out, _ := io.ReadAll(resp.Body) // cut short, as the process's output is
	_ = resp.Body.Close()
	after, _ := strconv.Atoi(resp.Header.Get("Retry-After"))
	failed := func(code int) plugin.Ended {
		var told struct{ Error, Message string }
		_ = json.Unmarshal(out, &told)
		text := strconv.Itoa(resp.StatusCode) + " " + told.Error + told.Message
		return plugin.Ended{Code: code, Stdout: fmt.Appendf(nil, `{"error":%q,"retryAfter":%d}`, text, after)}
	}
	switch {
	case resp.StatusCode == 401 || resp.StatusCode == 403:
		return failed(3)
	case resp.StatusCode == 429 || resp.StatusCode == 408 || resp.StatusCode >= 500:
		return failed(4)
	case resp.StatusCode >= 400:
		return failed(2)
	}
	return plugin.Ended{Stdout: out}
}

// TestStore holds a store that is a program to what every store of a forge is
// held to, its faults included.
func TestStore(t *testing.T) {
	subject := func(t *testing.T, seed world.Seed) *forgetest.Subject {
		w := world.New(seed)
		stand := &shop{world: w, held: map[string]string{}, at: map[string]time.Time{}}
		wire := forgetest.NewWire(w, "shop", stand)
		open := func(token string) forge.Forge {
			return plugin.New(plugin.Options{Runner: client{wire, token}}).Alone()
		}
		return &forgetest.Subject{
			Forge: open("full"), ReadOnly: open("read"), Stranger: open("none"), Wire: wire, World: w, System: "shop", Token: "full-token-of-the-shop",
			Missed:   func() []string { return nil },
			BadNames: []string{"1ST", "-rf"},
			Limits:   []world.Fault{{Status: 429, Header: map[string]string{"Retry-After": "30"}}, {Status: 503, Header: map[string]string{"Retry-After": "30"}}},
			Places: []forgetest.Place{{
				Name: "program", Ref: forge.Ref{Store: "exec:shop", Owner: "acme", Repo: "api"}, Times: true,
				Value: func(name string) (string, bool) {
					stand.mu.Lock()
					defer stand.mu.Unlock()
					v, ok := stand.held["acme/api/"+name]
					return v, ok
				},
			}},
		}
	}
	forgetest.RunStores(t, subject)
}
