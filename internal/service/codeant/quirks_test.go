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
