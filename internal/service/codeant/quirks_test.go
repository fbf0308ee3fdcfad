package codeant_test

import (
	"context"
	"net/http"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	standin "github.com/gatewright/gatewright/internal/sandbox/codeant"
	"github.com/gatewright/gatewright/internal/sandbox/wire"
	"github.com/gatewright/gatewright/internal/sandbox/world"
	"github.com/gatewright/gatewright/internal/service"
	"github.com/gatewright/gatewright/internal/service/servicetest"
)

// TestInferences: what no source settles may be either way: whether the scanner
// iac has results, and whether gates may end in part.
func TestInferences(t *testing.T) {
	for _, c := range []struct {
		quirks []string
		failed string
		want   service.Outcome
	}{
		{nil, "", service.Passed},
		{[]string{standin.NoGates}, "", service.None},
		{[]string{standin.NoGates, standin.PartialGates}, "", service.Unknown},
		{[]string{standin.NoIaC, standin.PartialGates}, "iac (CodeAnt has no results of it)", service.Unknown},
	} {
		synctest.Test(t, func(t *testing.T) {
			w := world.New(world.DefaultSeed())
			w.Quirks = c.quirks
			s := standin.New(w)
			client := open(t, wire.New(w, "codeant", s), s.Variables(base)[1].Value)
			ctx, cancel := context.WithTimeout(t.Context(), time.Hour)
			defer cancel()
			r, err := client.Scan(ctx, target(), service.ScanRequest{Scanners: []string{"all"}}, service.Wait{})
			if err != nil || strings.Join(r.Failed(), " ") != c.failed {
				t.Errorf("%v: %+v, %v", c.quirks, r, err)
			}
			v, err := client.Judge(ctx, target(), service.Wait{})
			if err != nil || v.Outcome != c.want {
				t.Errorf("%v: %+v, %v", c.quirks, v, err)
			}
		})
	}
}

// TestForgeURL: the gate, the coverage and the scan name the forge alike.
func TestForgeURL(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		w := world.New(world.DefaultSeed())
		s := standin.New(w)
		way := wire.New(w, "codeant", s)
		var bodies []string
		way.Watch = func(_ *http.Request, body []byte, _ *http.Response, _ []byte) { bodies = append(bodies, string(body)) }
		client := open(t, way, s.Variables(base)[1].Value)
		at := target()
		at.Forge, at.ForgeURL = "bitbucket", "https://bitbucket.org"
		if _, err := client.Judge(t.Context(), at, service.Wait{}); err != nil {
			t.Error(err)
		}
		if len(bodies) == 0 || !strings.Contains(bodies[0], `"base_url":"https://api.bitbucket.org/2.0"`) {
			t.Errorf("the gate's base URL: %q", bodies)
		}
	})
}

// TestEitherWay: where the token is read, whether scanners can be chosen, how a
// scanner ends that did a part, and which files count, no source settles.
func TestEitherWay(t *testing.T) {
	for _, c := range []struct {
		quirk   string
		request service.ScanRequest
		status  string // of the scan; "" if it is refused
		found   int    // by sast
	}{
		{"", service.ScanRequest{}, "done", 1},
		{standin.HeaderOnly, service.ScanRequest{}, "done", 1},
		{standin.BodyOnly, service.ScanRequest{}, "done", 1},
		{"", service.ScanRequest{Scanners: []string{"sast"}}, "done", 1},
		{standin.NoScannersKey, service.ScanRequest{Scanners: []string{"sast"}}, "", 0},
		{standin.NoScannersKey, service.ScanRequest{}, "done", 1},
		{standin.PartialScans, service.ScanRequest{}, "partial", 1},
		{"", service.ScanRequest{Include: []string{"src/*"}, Exclude: []string{"src/server.go"}}, "done", 1},
		{standin.BothFilters, service.ScanRequest{Include: []string{"src/*"}, Exclude: []string{"src/server.go"}}, "done", 0},
	} {
		synctest.Test(t, func(t *testing.T) {
			w := world.New(world.DefaultSeed())
			w.Quirks = []string{c.quirk}
			s := standin.New(w)
			way := wire.New(w, "codeant", s)
			plain := 0 // requests outside of TLS, the presigned one among them
			way.Watch = func(r *http.Request, _ []byte, _ *http.Response, _ []byte) {
				if r.URL.Scheme != "https" {
					plain++
				}
			}
			client := open(t, way, s.Variables(base)[1].Value)
			ctx, cancel := context.WithTimeout(t.Context(), time.Hour)
			defer cancel()
			if _, err := client.Upload(ctx, target(), servicetest.Coverage(), service.Wait{}); err != nil || plain > 0 {
				t.Errorf("%s: coverage: %v, %d requests outside of TLS", c.quirk, err, plain)
			}
			var said []string
			r, err := client.Scan(ctx, target(), c.request, service.Wait{Progress: func(text string) { said = append(said, text) }})
			sast := 0
			for _, f := range r.Findings {
				if f.Path == "src/server.go" {
					sast++
				}
			}
			if (err == nil) != (c.status != "") || r.Status != c.status || sast != c.found {
				t.Errorf("%s %+v: %q with %d findings, %v", c.quirk, c.request, r.Status, sast, err)
			}
			if both := len(c.request.Exclude) > 0; strings.Contains(strings.Join(said, "\n"), "those to exclude are ignored") != both {
				t.Errorf("%s: said %q", c.quirk, said)
			}
			if v, err := client.Judge(ctx, target(), service.Wait{}); err != nil || v.Outcome != service.Passed {
				t.Errorf("%s: %+v, %v", c.quirk, v, err)
			}
		})
	}
}
