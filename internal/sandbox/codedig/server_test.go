package codedig_test

import (
	"net/http/httptest"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/gatewright/gatewright/internal/sandbox/codedig"
	"github.com/gatewright/gatewright/internal/sandbox/wire"
	"github.com/gatewright/gatewright/internal/sandbox/world"
)

type stage struct {
	t   *testing.T
	w   *world.World
	s   *codedig.Server
	now time.Time
}

func newStage(t *testing.T) *stage {
	st := &stage{t: t, w: world.New(world.DefaultSeed()), now: time.Date(2026, 11, 21, 12, 0, 0, 0, time.UTC)}
	st.w.SetClock(func() time.Time { return st.now })
	st.s = codedig.New(st.w)
	return st
}

func (st *stage) ask(key, request, body string) *httptest.ResponseRecorder {
	return wire.Ask(st.s, request, body, headers(key)...)
}

func (st *stage) want(status int, part, key, request, body string) *httptest.ResponseRecorder {
	st.t.Helper()
	return wire.Want(st.t, wire.Ask(st.s, request, body, headers(key)...), wire.Wanted{Status: status, Part: part}, request)
}

func headers(key string) []string {
	list := []string{"Content-Type: application/json"}
	if key != "" {
		list = append(list, "Authorization: Bearer "+key)
	}
	return list
}

const (
	create  = "POST /auth/api-keys"
	runs    = "GET /repos/acme/api/pr-gate/runs?limit=10"
	analyze = "POST /repos/acme/api/pr-gate/analyze"
	pull    = `{"pr_number":7,"head_branch":"retry-payments"}`
)

func TestKeys(t *testing.T) {
	st := newStage(t)
	admin, reader := st.s.Key("admin"), st.s.Key("read")
	st.want(401, "Unauthorized", "", create, `{"name":"x","permissions":["read"]}`)
	st.want(401, "Unauthorized", "aca_k1_unknown", create, `{}`)
	st.want(403, "needs admin", reader, create, `{"name":"x","permissions":["read"]}`)
	st.want(400, "Missing required field: name", admin, create, `{"permissions":["read"]}`)
	st.want(400, "Missing required field: permissions", admin, create, `{"name":"x"}`)
	st.want(400, "Unknown permission", admin, create, `{"name":"x","permissions":["root"]}`)
	st.want(400, "in the future", admin, create, `{"name":"x","permissions":["read"],"expires_at":"2020-01-01T00:00:00Z"}`)
	st.want(400, "unknown field", admin, create, `{"name":"x","permissions":["read"],"repo":"acme/api"}`)
	rec := st.want(201, "aca_k1_", admin, create, `{"name":"x","permissions":["read"],"expires_at":"2026-11-21T13:00:00Z"}`)
	key := "aca_k1_" + cut(rec.Body.String(), `"api_key":"aca_k1_`, `"`)
	id := cut(rec.Body.String(), `"id":`, ",")
	if rec := st.want(200, `"last_four"`, admin, "GET /auth/api-keys", ""); strings.Contains(rec.Body.String(), key) {
		t.Error("the list shows a key")
	}
	st.want(200, "runs", key, runs, "")
	st.now = st.now.Add(time.Hour)
	st.want(401, "", key, runs, "")
	st.want(204, "", admin, "DELETE /auth/api-keys/"+id, "")
	st.want(404, "", admin, "DELETE /auth/api-keys/"+id, "")
}

func TestAnalysis(t *testing.T) {
	st := newStage(t)
	st.w.Gates.MaxRisk = 60
	writer, reader := st.s.Key("read", "write"), st.s.Key("read")
	st.want(403, "needs write", reader, analyze, pull)
	st.want(400, "Missing required field", writer, analyze, `{"pr_number":7}`)
	st.want(400, "", writer, analyze, `{"pr_number":"7","head_branch":"x"}`)
	st.want(400, "unknown field", writer, analyze, `{"pr_number":7,"head_branch":"x","head_sha":"y"}`)
	st.want(404, "not open", writer, analyze, `{"pr_number":8,"head_branch":"x"}`)
	st.want(404, "not connected", writer, strings.Replace(analyze, "api/pr", "docs/pr", 1), pull)
	st.want(400, "limit", reader, runs+"&page=2", "")
	st.want(202, "run_id", writer, analyze, pull)
	st.want(409, "running", writer, analyze, pull)
	st.want(200, `"status":"queued"`, reader, runs, "")
	st.want(200, `"status":"completed"`, reader, runs, "")
	st.want(200, `"verdict":"blocked"`, reader, runs, "")
	st.want(202, "run_id", writer, analyze, pull)
}

func TestPlans(t *testing.T) {
	for _, plan := range []codedig.Plan{codedig.Free, codedig.Team, codedig.Business, 7} {
		st := newStage(t)
		st.s.Plan = plan
		key, other := st.s.Key("read"), st.s.Key("read")
		for i := range int(plan) {
			rec := st.ask(key, runs, "")
			h := rec.Header()
			if rec.Code != 200 || h.Get("X-RateLimit-Limit") != strconv.Itoa(int(plan)) || h.Get("X-RateLimit-Remaining") != strconv.Itoa(int(plan)-i-1) {
				t.Fatalf("request %d of plan %d: %d %v", i, plan, rec.Code, h)
			}
		}
		st.now = st.now.Add(30 * time.Second)
		if rec := st.want(429, "rate limit", key, runs, ""); rec.Header().Get("Retry-After") != "31" {
			t.Errorf("Retry-After %q", rec.Header().Get("Retry-After"))
		}
		st.want(200, "", other, runs, "") // another key, another limit
		st.now = st.now.Add(30 * time.Second)
		st.want(200, "", key, runs, "")
	}
}

func cut(text, from, to string) string {
	_, text, _ = strings.Cut(text, from)
	text, _, _ = strings.Cut(text, to)
	return text
}
