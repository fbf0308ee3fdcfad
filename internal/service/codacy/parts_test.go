package codacy_test

import (
	"net/http"
	"strings"
	"testing"
	"testing/synctest"

	"github.com/google/go-cmp/cmp"

	"github.com/gatewright/gatewright/internal/coverage"
	"github.com/gatewright/gatewright/internal/fault"
	"github.com/gatewright/gatewright/internal/sandbox/wire"
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

// TestReceipts holds what an upload says of what became of its parts and its end.
func TestReceipts(t *testing.T) {
	const (
		golang, typescript, final = "/2.0/coverage/" + sha + "/go", "/2.0/coverage/" + sha + "/typescript", "/2.0/commit/" + sha + "/coverageFinal"
		fine, closed              = `200 {"success":"received"}`, `400 {"error":"the final came already"}`
	)
	for _, tt := range []struct {
		name     string
		finish   bool // the end alone
		scripts  map[string][]string
		kind     fault.Kind
		parts    int
		messages []string
		notes    int
		finals   int
	}{
		{name: "all is taken", scripts: map[string][]string{golang: {fine}, typescript: {`200 {"success":"too"}`}, final: {`200 {"success":"complete"}`}}, parts: 3, messages: []string{"received", "too", "complete"}, finals: 1},
		{name: "one language was closed before", scripts: map[string][]string{golang: {closed}, typescript: {fine}, final: {fine}}, parts: 1, messages: []string{"received"}, notes: 1, finals: 1},
		{name: "a part is refused", scripts: map[string][]string{golang: {fine}, typescript: {`400 {"error":"no"}`}, final: {fine}}, kind: fault.Input, parts: 1, messages: []string{"received"}},
		{name: "the end is refused", scripts: map[string][]string{golang: {fine}, typescript: {fine}, final: {`400 {"error":"no"}`}}, kind: fault.Input, parts: 3, messages: []string{"received"}, finals: 1},
		{name: "the end came before", scripts: map[string][]string{golang: {fine}, typescript: {fine}, final: {closed}}, parts: 3, messages: []string{"received", "The final coverage notification had arrived before."}, finals: 1},
		{name: "the end alone", finish: true, scripts: map[string][]string{final: {fine}}, messages: []string{"received"}, finals: 1},
		{name: "the end alone, refused", finish: true, scripts: map[string][]string{final: {`400 {"error":"no"}`}}, kind: fault.Input, finals: 1},
		{name: "the end alone, failed", finish: true, scripts: map[string][]string{final: {`200 {}`}}, kind: fault.Service, finals: 1},
	} {
		t.Run(tt.name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				way, count := wire.Played(t, tt.scripts)
				c := open(t, way, "0123456789abcdef", service.RepositoryToken)
				var receipt service.Receipt
				var err error
				var told []string
				if tt.finish {
					receipt, err = c.Finish(t.Context(), target())
				} else {
					receipt, err = c.Upload(t.Context(), target(), servicetest.Coverage(), service.Wait{Progress: func(text string) { told = append(told, text) }})
					if want := "upload go coverage of a.info (1 of 3, "; len(told) == 0 || !strings.HasPrefix(told[0], want) {
						t.Errorf("told %q, want %s", told, want)
					}
				}
				if fault.Of(err) != tt.kind || receipt.Parts != tt.parts || len(receipt.Notes) != tt.notes || count(final) != tt.finals {
					t.Errorf("%v, %+v, %d finals", err, receipt, count(final))
				}
				if diff := cmp.Diff(tt.messages, receipt.Message); diff != "" {
					t.Error(diff)
				}
			})
		})
	}
}

// TestNothingToSend: what cannot be uploaded is an error before anything is sent, and the preview's too.
func TestNothingToSend(t *testing.T) {
	nowhere := target()
	nowhere.Forge, nowhere.ForgeURL = "gitea", ""
	empty := service.Upload{Files: []service.ReportFile{{Path: "a", Report: coverage.New()}}}
	foreign := servicetest.Coverage()
	foreign.Language = "klingon"
	for _, tt := range []struct {
		name    string
		kind    service.TokenKind
		target  service.Target
		upload  service.Upload
		fault   fault.Kind
		preview fault.Kind
	}{
		{"no token", service.NoToken, target(), servicetest.Coverage(), fault.Auth, fault.OK},
		{"no such forge", service.AccountToken, nowhere, servicetest.Coverage(), fault.Input, fault.Input},
		{"no line", service.RepositoryToken, target(), empty, fault.Input, fault.Input},
		{"no such language", service.RepositoryToken, target(), foreign, fault.Input, fault.Input},
	} {
		way, _ := wire.Played(t, nil)
		token := "0123456789abcdef"
		if tt.kind == service.NoToken {
			token = ""
		}
		c := open(t, way, token, tt.kind)
		if _, err := c.Upload(t.Context(), tt.target, tt.upload, service.Wait{}); fault.Of(err) != tt.fault {
			t.Errorf("%s: %v", tt.name, err)
		}
		list, err := c.Preview(tt.target, tt.upload)
		if fault.Of(err) != tt.preview || err == nil && (len(list) != 4 || !strings.HasPrefix(list[0].URL, base+"/2.0/coverage/"+sha+"/go")) {
			t.Errorf("%s: previewed %+v, %v", tt.name, list, err)
		}
		if tt.upload.Language == "" && len(tt.upload.Files) == 2 {
			if _, err := c.Finish(t.Context(), tt.target); fault.Of(err) != tt.fault {
				t.Errorf("%s: finished, %v", tt.name, err)
			}
		}
		if sent := way.Sent(); len(sent) > 0 {
			t.Errorf("%s: sent %q", tt.name, sent)
		}
	}
}
