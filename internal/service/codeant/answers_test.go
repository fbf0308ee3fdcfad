package codeant_test

import (
	"context"
	"net/http"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"github.com/gatewright/gatewright/internal/coverage"
	"github.com/gatewright/gatewright/internal/fault"
	"github.com/gatewright/gatewright/internal/sandbox/wire"
	"github.com/gatewright/gatewright/internal/service"
	"github.com/gatewright/gatewright/internal/service/servicetest"
)

const gates = "/analysis/ci/quality-gates/scan/"

func TestGates(t *testing.T) {
	completed := func(rest string) []string { return []string{`200 {"status":"COMPLETED"` + rest + `}`} }
	for _, c := range []struct {
		name    string
		start   string
		results []string
		want    service.Outcome
		kind    fault.Kind
	}{
		{"both pass", "200 {}", completed(`,"secret_quality_gate":{"status":"PASSED"},"duplicate_quality_gate":{"status":"passed"}`), service.Passed, fault.OK},
		{"one fails", "200 {}", completed(`,"secret_quality_gate":{"status":"FAILED"},"duplicate_quality_gate":{"status":"PASSED"}`), service.Failed, fault.OK},
		{"a gate nobody documented fails", "200 {}", completed(`,"sast_quality_gate":{"status":"FAIL","message":"B"}`), service.Failed, fault.OK},
		{"a list of gates", "200 {}", completed(`,"conditions":[{"metric":"new_coverage","status":"ERROR","actual":41.5}]`), service.Failed, fault.OK},
		{"the whole fails", "200 {}", completed(`,"conclusion":"failed"`), service.Failed, fault.OK},
		{"one is skipped", "200 {}", completed(`,"secret_quality_gate":{"status":"PASSED"},"iac_quality_gate":{"status":"SKIPPED"}`), service.Passed, fault.OK},
		{"no gate at all", "200 {}", completed(``), service.None, fault.OK},
		{"every gate is disabled", "200 {}", completed(`,"secret_quality_gate":{"status":"DISABLED"},"gates":[],"conclusion":null`), service.None, fault.OK},
		{"no gate, and another word for the end", "200 {}", []string{`200 {"status":"success","data":{}}`}, service.Unknown, fault.OK},
		{"gates in place of a list of gates", "200 {}", completed(`,"secret_quality_gate":{"status":"PASSED"},"quality_gates":{"sast":{"status":"FAILED"}}`), service.Unknown, fault.OK},
		{"a list of other things", "200 {}", completed(`,"gates":["sast: failed"]`), service.Unknown, fault.OK},
		{"a conclusion that is no word", "200 {}", completed(`,"secret_quality_gate":{"status":"PASSED"},"result":{"status":"FAILED"}`), service.Unknown, fault.OK},
		{"a list in place of a gate", "200 {}", completed(`,"secret_quality_gate":[]`), "", fault.Service},
		{"a list in place of the answer", "200 {}", []string{`200 []`}, "", fault.Service},
		{"a gate without a status", "200 {}", completed(`,"secret_quality_gate":{"status":"PASSED"},"sast_quality_gate":{"passed":false}`), service.Unknown, fault.OK},
		{"one of a list without a status", "200 {}", completed(`,"gates":[{"name":"a","status":"OK"},{"name":"b","result":"FAILED"}]`), service.Unknown, fault.OK},
		{"gates with nothing in them", "200 {}", completed(`,"secret_quality_gate":{"status":"PASSED"},"sast_quality_gate":{},"sca_quality_gate":null,"iac_quality_gate":{"status":""}`), service.Passed, fault.OK},
		{"another commit's for ever", "200 {}", completed(`,"commit_id":"0000000000000000000000000000000000000000","secret_quality_gate":{"status":"PASSED"}`), "", fault.Timeout},
		{"another commit's first", "200 {}", append(completed(`,"commit_id":"0000000000000000000000000000000000000000","secret_quality_gate":{"status":"PASSED"}`), completed(`,"commit_id":"4b825dc642cb6eb9a060e54bf8d69288fbee4904","secret_quality_gate":{"status":"FAILED"}`)...), service.Failed, fault.OK},
		{"statuses that are no word", "200 {}", completed(`,"secret_quality_gate":{"status":{"x":1}},"duplicate_quality_gate":{"status":"PASSED"}`), service.Unknown, fault.OK},
		{"one of a list with such a status", "200 {}", completed(`,"gates":[{"name":"a","status":"OK"},{"name":"b","status":["FAILED"]}]`), service.Unknown, fault.OK},
		{"one is not enabled", "200 {}", completed(`,"secret_quality_gate":{"status":"PASSED"},"iac_quality_gate":{"enabled":false},"sca_quality_gate":{"enabled":false,"status":null}`), service.Passed, fault.OK},
		{"one is enabled and says no more", "200 {}", completed(`,"secret_quality_gate":{"status":"PASSED"},"iac_quality_gate":{"enabled":true}`), service.Unknown, fault.OK},
		{"one is not enabled, and fails", "200 {}", completed(`,"iac_quality_gate":{"enabled":false,"status":"FAILED"}`), service.Failed, fault.OK},
		{"a word nobody knows", "200 {}", completed(`,"secret_quality_gate":{"status":"MAYBE"}`), service.Unknown, fault.OK},
		{"a gate of another type", "200 {}", completed(`,"secret_quality_gate":17`), "", fault.Service},
		{"queued, then not yet", "504 <html>", []string{"404 {}", "204 ", `200 {"status":"PENDING"}`, "502 <html>", `200 {"status":"COMPLETED","secret_quality_gate":{"status":"PASSED"}}`}, service.Passed, fault.OK},
		{"it broke", "200 {}", []string{`200 {"status":"ERROR","message":"no clone"}`}, "", fault.Service},
		{"never ready", "200 {}", []string{"404 {}"}, "", fault.Timeout},
		{"a token that ended", "200 {}", []string{`401 {"message":"revoked"}`}, "", fault.Auth},
		{"refused at once", `403 {"message":"daily limit of 10 reached"}`, nil, "", fault.Auth},
		{"an error in 200", `200 {"status":"error","message":"unknown repo"}`, nil, "", fault.Service},
		{"a page", `200 <html><title>Sign in</title></html>`, nil, "", fault.Service},
	} {
		t.Run(c.name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				way, _ := wire.Played(t, map[string][]string{gates + "start": {c.start}, gates + "results": c.results})
				ctx, cancel := context.WithTimeout(t.Context(), 10*time.Minute)
				defer cancel()
				v, err := open(t, way, "cdt_0123456789").Judge(ctx, target(), service.Wait{})
				if fault.Of(err) != c.kind || err == nil && v.Outcome != c.want {
					t.Errorf("%q, %v (%v); want %q, %v", v.Outcome, err, fault.Of(err), c.want, c.kind)
				}
			})
		})
	}
}

func TestScanEnds(t *testing.T) {
	const path = "/api/analysis/results"
	for _, c := range []struct {
		name      string
		sast, sca []string
		status    string
		findings  int
		kind      fault.Kind
	}{
		{"both", []string{"404 ", `200 {"status":"processing","results":{}}`, `200 {"status":"done","results":[{"test_id":"A"}]}`}, []string{`200 {"vulnerabilities":[{"cve_id":"B"}]}`}, "done", 2, fault.OK},
		{"only one in time", []string{`200 {"status":"done","results":[{"test_id":"A"}]}`}, []string{"404 "}, "partial", 1, fault.OK},
		{"none in time", []string{"404 "}, []string{"204 "}, "", 0, fault.Timeout},
		{"one failed", []string{`200 {"status":"failed","message":"out of memory"}`}, []string{`200 []`}, "partial", 0, fault.OK},
		{"one failed, in another case", []string{`200 {"Status":"FAILED","issues":[]}`}, []string{`200 []`}, "partial", 0, fault.OK},
		{"one finished in part", []string{`200 {"status":"partial_success","results":[{"test_id":"A"}]}`}, []string{`200 []`}, "partial", 1, fault.OK},
		{"one finished in a number", []string{`200 {"status":2,"results":[]}`}, []string{`200 []`}, "partial", 0, fault.OK},
		{"one finished in an object", []string{`200 {"status":{"state":"failed"},"results":[]}`}, []string{`200 []`}, "partial", 0, fault.OK},
		{"one without a status", []string{`200 {"status":null,"results":[]}`}, []string{`200 {"vulnerabilities":[]}`}, "done", 0, fault.OK},
		{"partial results count", []string{`200 {"status":"pending","results":[{"test_id":"A"}]}`}, []string{`200 []`}, "partial", 1, fault.OK},
		{"one finished in a word that nobody knows", []string{`200 {"status":"resting","results":[{"test_id":"A"}]}`}, []string{`200 []`}, "partial", 1, fault.OK},
		{"another commit's", []string{`200 {"status":"done","commit_id":"0000000","results":[]}`, `200 {"status":"done","commit_id":"4b825dc","results":[{"test_id":"A"}]}`}, []string{`200 []`}, "done", 1, fault.OK},
		{"another shape", []string{`200 {"results":"ok"}`}, []string{`200 []`}, "", 0, fault.Service},
	} {
		t.Run(c.name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				way, _ := wire.Played(t, map[string][]string{"/api/analysis/start": {"504 "}, path: c.sast, path + "/sca": c.sca})
				ctx, cancel := context.WithTimeout(t.Context(), 10*time.Minute)
				defer cancel()
				r, err := open(t, way, "cdt_0123456789").Scan(ctx, target(), service.ScanRequest{}, service.Wait{})
				if fault.Of(err) != c.kind || r.Status != c.status || len(r.Findings) != c.findings {
					t.Errorf("%q with %d findings, %v (%v)", r.Status, len(r.Findings), err, fault.Of(err))
				}
				if failed := strings.Contains(c.name, "one f"); failed != (len(r.Failed()) == 1) {
					t.Errorf("failed scanners: %q", r.Failed())
				}
			})
		})
	}
}

func TestUploadsByModule(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		s := subject(t)
		u := servicetest.Coverage()
		u.Files[1].Module = "back\"end"
		var bodies []string
		s.Wire.Watch = func(r *http.Request, body []byte, _ *http.Response, _ []byte) {
			if r.Method == http.MethodPut {
				if r.Header.Get("Authorization") != "" || r.Header.Get("Content-Type") != "application/xml" || r.ContentLength != int64(len(body)) {
					t.Errorf("PUT with %v, length %d of %d", r.Header, r.ContentLength, len(body))
				}
				bodies = append(bodies, string(body))
			}
		}
		receipt, err := s.Client.(service.CoverageUploader).Upload(t.Context(), s.Target, u, service.Wait{})
		if err != nil || receipt.Parts != 2 || len(bodies) != 2 {
			t.Fatalf("%+v, %d documents, %v", receipt, len(bodies), err)
		}
		if !strings.Contains(bodies[1], `filename="src/server.go"`) || strings.Contains(bodies[1], "app.ts") {
			t.Errorf("the module's document:\n%s", bodies[1])
		}
	})
}

// TestSignsAgain: an address that has expired is asked for once more.
func TestSignsAgain(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		const at = "/pr/analysis/coverage/"
		way, count := wire.Played(t, map[string][]string{
			at + "presign":  {`200 {"coverage_url":"` + base + `/put?X-Amz-Signature=hidden0123"}`},
			"/put":          {"403 <Error><Code>AccessDenied</Code><Message>Request has expired</Message></Error>", "200 "},
			at + "complete": {"504 "},
		})
		c := open(t, way, "cdt_0123456789")
		receipt, err := c.Upload(t.Context(), target(), servicetest.Coverage(), service.Wait{})
		if err != nil || receipt.Status != "queued" || count(at+"presign") != 2 {
			t.Errorf("%+v, %v, %d addresses", receipt, err, count(at+"presign"))
		}
		way, _ = wire.Played(t, map[string][]string{
			at + "presign": {`200 {"coverage_url":"` + base + `/put?X-Amz-Signature=hidden0123"}`},
			"/put":         {"403 <Error><Code>SignatureDoesNotMatch</Code><Message>no</Message></Error>"},
		})
		_, err = open(t, way, "cdt_0123456789").Upload(t.Context(), target(), servicetest.Coverage(), service.Wait{})
		if err == nil || strings.Contains(err.Error(), "hidden0123") || !strings.Contains(err.Error(), "no") {
			t.Errorf("error %v", err)
		}
		way, _ = wire.Played(t, map[string][]string{at + "presign": {`200 {}`}})
		if _, err = open(t, way, "cdt_0123456789").Upload(t.Context(), target(), servicetest.Coverage(), service.Wait{}); fault.Of(err) != fault.Service {
			t.Errorf("an answer without an address: %v", err)
		}
	})
}

func TestNothingToSend(t *testing.T) {
	way, _ := wire.Played(t, nil)
	c := open(t, way, "cdt_0123456789")
	_, err := c.Upload(t.Context(), target(), service.Upload{Files: []service.ReportFile{{Report: coverage.New()}}}, service.Wait{})
	if fault.Of(err) != fault.Input || len(way.Sent()) != 0 {
		t.Errorf("%v after %v", err, way.Sent())
	}
	for what, u := range map[string]service.Upload{"parts together": {Partial: true}, "all languages": {Language: "go"}} {
		u.Files = servicetest.Coverage().Files
		if _, err := c.Upload(t.Context(), target(), u, service.Wait{}); fault.Of(err) != fault.Input || !strings.Contains(err.Error(), what) || len(way.Sent()) != 0 {
			t.Errorf("%v after %v, want %q", err, way.Sent(), what)
		}
	}
	other := target()
	other.Forge = "gitea"
	if _, err := c.Preview(other, servicetest.Coverage()); fault.Of(err) != fault.Input {
		t.Errorf("a forge it does not know: %v", err)
	}
}
