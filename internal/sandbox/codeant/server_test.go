package codeant_test

import (
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"os/exec"
	"strings"
	"testing"
	"time"

	"github.com/gatewright/gatewright/internal/reference"
	"github.com/gatewright/gatewright/internal/sandbox/codeant"
	"github.com/gatewright/gatewright/internal/sandbox/wire"
	"github.com/gatewright/gatewright/internal/sandbox/world"
)

type stage struct {
	t     *testing.T
	w     *world.World
	s     *codeant.Server
	now   time.Time
	token string
}

func newStage(t *testing.T) *stage {
	st := &stage{t: t, w: world.New(world.DefaultSeed()), now: time.Date(2026, 11, 21, 12, 0, 0, 0, time.UTC)}
	st.w.SetClock(func() time.Time { return st.now })
	st.s = codeant.New(st.w)
	st.token = st.s.Variables("http://codeant.test")[1].Value
	return st
}

func (st *stage) ask(request, body string, headers ...string) *httptest.ResponseRecorder {
	return wire.Ask(st.s, request, body, headers...)
}

func (st *stage) want(status int, part, request, body string, headers ...string) {
	st.t.Helper()
	wire.Want(st.t, wire.Ask(st.s, request, body, headers...), wire.Wanted{Status: status, Part: part}, request)
}

const typ = "Content-Type: application/json"

func (st *stage) body(repo, token, more string) string {
	return fmt.Sprintf(`{"repo":%q,"commit_id":"c0ffee","access_token":%q%s}`, repo, token, more)
}

func TestCoverageIsRefused(t *testing.T) {
	st := newStage(t)
	const presign, complete = "POST /pr/analysis/coverage/presign", "POST /pr/analysis/coverage/complete"
	on := `,"platform":"github"`
	good := st.body("acme/api", st.token, on)
	st.want(415, "Content-Type", presign, good)
	st.want(400, "platform", presign, st.body("acme/api", st.token, ""), typ)
	st.want(400, "unknown field", presign, st.body("acme/api", st.token, on+`,"service":"github"`), typ)
	st.want(401, "Invalid", presign, st.body("acme/api", "cdt_unknown", on), typ)
	st.want(401, "Invalid", presign, st.body("acme/api", "", on), typ, "Authorization: Bearer ")
	st.want(401, "another one", presign, good, typ, "Authorization: Bearer cdt_other")
	st.want(403, "another organization", presign, st.body("other/api", st.token, on), typ)
	st.want(400, "not connected", presign, st.body("acme/docs", st.token, on), typ)
	st.want(400, "No coverage file", complete, good, typ)

	put := func() string {
		var a struct {
			URL string `json:"coverage_url"`
		}
		if err := json.Unmarshal(st.ask(presign, good, typ, "Authorization: Bearer "+st.token).Body.Bytes(), &a); err != nil {
			t.Fatal(err)
		}
		return "PUT " + strings.TrimPrefix(a.URL, "http://example.com")
	}
	const xml = "Content-Type: application/xml"
	at := put()
	st.want(400, "Only one auth mechanism", at, "<coverage/>", xml, "Authorization: Bearer "+st.token)
	st.want(403, "SignatureDoesNotMatch", at, "<coverage/>", "Content-Type: text/xml")
	st.want(403, "SignatureDoesNotMatch", at+"0", "<coverage/>", xml)
	st.want(403, "SignatureDoesNotMatch", strings.Replace(at, "c0ffee", "decaf", 1), "<coverage/>", xml)
	st.now = st.now.Add(time.Hour)
	st.want(403, "Request has expired", at, "<coverage/>", xml)
	st.want(200, "", put(), "<coverage/>", xml)
	st.want(200, "message", complete, good, typ)
	if body, n := st.s.Coverage("acme/api", "c0ffee", ""); string(body) != "<coverage/>" || n != 1 {
		t.Errorf("the storage holds %q, completed %d times", body, n)
	}
	st.s.RevokeAll()
	st.want(401, "Invalid or revoked", presign, good, typ)
}

// TestUnknownLength: the storage wants to know how long an upload is.
func TestUnknownLength(t *testing.T) {
	st := newStage(t)
	r := httptest.NewRequest("PUT", "/coverage-storage/x", io.MultiReader(strings.NewReader("x")))
	r.ContentLength = -1
	rec := httptest.NewRecorder()
	st.s.ServeHTTP(rec, r)
	if rec.Code != http.StatusLengthRequired {
		t.Errorf("%d %s", rec.Code, rec.Body)
	}
}

func TestScanAndGates(t *testing.T) {
	st := newStage(t)
	st.w.Gates.AnalysisPolls = 2
	st.w.Gates.FailingGates = []string{"sast"}
	start, results := "POST /api/analysis/start", "POST /api/analysis/results"
	on := `,"service":"github"`
	st.want(404, "", results, st.body("acme/api", st.token, on), typ)
	st.want(400, "service", start, st.body("acme/api", st.token, `,"service":"jenkins"`), typ)
	st.want(400, "include_files", start, st.body("acme/api", st.token, on+`,"include_files":["a"]`), typ)
	st.want(200, "Analysis started", start, st.body("acme/api", st.token, on+`,"branch":"","include_files":"","exclude_files":"","github_base_url":"https://github.com"`), typ)
	st.want(400, "gitlab_base_url", results, st.body("acme/api", st.token, `,"service":"gitlab"`), typ)
	st.want(404, "", results, st.body("acme/api", st.token, on), typ)
	st.want(200, "pending", results, st.body("acme/api", st.token, on), typ)
	st.want(200, "sql-injection", results, st.body("acme/api", st.token, on), typ)
	st.want(404, "", results+"/iac", st.body("acme/api", st.token, on), typ)
	st.want(501, "the stand-in does not have POST /api/analysis/nothing", "POST /api/analysis/nothing", "", typ)

	gates := "POST /analysis/ci/quality-gates/scan/"
	gate, bearer := `{"repo":"acme/api","service":"github","commit_id":"c0ffee"}`, "Authorization: Bearer "+st.token
	st.want(401, "Invalid", gates+"start", gate, typ)
	st.want(400, "unknown field", gates+"start", st.body("acme/api", st.token, on), typ, bearer) // the token is not in this body
	st.want(404, "", gates+"results", gate, typ, bearer)
	st.want(200, "scan_id", gates+"start", gate, typ, bearer)
	st.want(404, "", gates+"results", gate, typ, bearer)
	st.want(200, "PENDING", gates+"results", gate, typ, bearer)
	st.want(200, `"sast_quality_gate":{"status":"FAILED"}`, gates+"results", gate, typ, bearer)

	st.w.Gates.CommitsUnknown = true
	st.want(400, "not found", start, strings.Replace(st.body("acme/api", st.token, on), "c0ffee", "decaf", 1), typ)
}

// TestScripts runs the scripts that the stand-in hands out as CI steps do.
func TestScripts(t *testing.T) {
	t.Parallel()
	for _, name := range []string{"bash", "curl", "python3"} {
		if _, err := exec.LookPath(name); err != nil {
			reference.Missing(t, "%v", err)
		}
	}
	w := world.New(world.DefaultSeed())
	s := codeant.New(w)
	srv := httptest.NewServer(s)
	defer srv.Close()
	token := s.Variables(srv.URL)[1].Value
	run := func(path, args string) (string, error) {
		cmd := exec.Command("bash", "-c", fmt.Sprintf(`echo '<coverage/>' >coverage.xml; curl -fsS %s%s | bash -s -- %s`, srv.URL, path, args))
		cmd.Dir = t.TempDir()
		out, err := cmd.CombinedOutput()
		return string(out), err
	}
	common := " -r acme/api -c c0ffee "
	for _, c := range []struct{ path, args, want string }{
		{"/pr/analysis/coverage/script/get", "-t " + token + common + "-f coverage.xml -p github -b main -m backend", ""},
		{"/analysis/ci/scan/script/get", "-a " + token + common + "-s github -b main -p 0.1 -t 300", "CVE-2024-45338"},
		{"/analysis/ci/quality-gates/script/get", "-a " + token + common + "-o start", "scan_id"},
		{"/analysis/ci/quality-gates/script/get", "-a " + token + common + "-o results -p 0.1 -t 300", "PASSED"},
	} {
		if out, err := run(c.path, c.args); err != nil || !strings.Contains(out, c.want) {
			t.Errorf("%s: %v\n%s", c.path, err, out)
		}
	}
	if body, n := s.Coverage("acme/api", "c0ffee", "backend"); n != 1 || !strings.Contains(string(body), "<coverage/>") {
		t.Errorf("the storage holds %q, completed %d times", body, n)
	}
	if out, err := run("/analysis/ci/quality-gates/script/get", "-a cdt_wrong"+common+"-o start"); err == nil {
		t.Errorf("a wrong token went through: %s", out)
	}
}
