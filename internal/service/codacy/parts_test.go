package codacy_test

import (
	"net/http"
	"strings"
	"testing"
	"testing/synctest"

	"github.com/google/go-cmp/cmp"

	"github.com/gatewright/gatewright/internal/coverage"
	"github.com/gatewright/gatewright/internal/service"
	"github.com/gatewright/gatewright/internal/service/servicetest"
)

// TestParts: one request is complete in itself; several are parts with exactly
// one final after the last; parts of a job that is one of several have none.
// What is previewed is what is sent.
func TestParts(t *testing.T) {
	one := coverage.New()
	one.File("src/server.go").Hit(1, 1)
	single := service.Upload{Files: []service.ReportFile{{Path: "a", Report: one}}}
	partial := single
	partial.Partial = true
	const at = "POST /2.0/gh/acme/api/commit/" + sha
	for _, c := range []struct {
		name   string
		upload service.Upload
		want   []string
	}{
		{"one", single, []string{at + "/coverage/go?partial=false"}},
		{"several", servicetest.Coverage(), []string{
			at + "/coverage/go?partial=true", at + "/coverage/typescript?partial=true", at + "/coverage/go?partial=true", at + "/coverageFinal",
		}},
		{"one of several jobs", partial, []string{at + "/coverage/go?partial=true"}},
	} {
		t.Run(c.name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				s := subject(t)
				var sent, bodies []string
				s.Wire.Watch = func(r *http.Request, body []byte, _ *http.Response, _ []byte) {
					sent, bodies = append(sent, r.Method+" "+r.URL.RequestURI()), append(bodies, string(body))
				}
				client := s.Client.(service.CoverageUploader)
				previewed, err := client.Preview(s.Target, c.upload)
				if err != nil {
					t.Fatal(err)
				}
				receipt, err := client.Upload(t.Context(), s.Target, c.upload, service.Wait{})
				if err != nil {
					t.Fatal(err)
				}
				if diff := cmp.Diff(c.want, sent); diff != "" {
					t.Error(diff)
				}
				for i, p := range previewed {
					if i >= len(sent) || p.Method+" "+strings.TrimPrefix(p.URL, base) != sent[i] || p.Body != bodies[i] || p.Bytes != len(bodies[i]) {
						t.Errorf("previewed %+v, sent %v", p, sent)
					}
				}
				finals := strings.Count(strings.Join(sent, " "), "coverageFinal")
				if len(previewed) != len(sent) || receipt.Parts != len(sent)-finals {
					t.Errorf("%d previewed, %d sent, receipt %+v", len(previewed), len(sent), receipt)
				}
			})
		})
	}
}
