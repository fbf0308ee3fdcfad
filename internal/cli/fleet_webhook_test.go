package cli

import (
	"encoding/json"
	"io"
	"net/http"
	"net/http/httptest"
	"regexp"
	"strings"
	"testing"

	"github.com/gatewright/gatewright/internal/sandbox/world"
)

// TestWebhook reads what a run's outcome looks like to whoever takes it: in the
// form of Slack and its like, with counts, and with the first that failed and why.
func TestWebhook(t *testing.T) {
	t.Parallel()
	var got []string
	server := httptest.NewServer(http.HandlerFunc(func(_ http.ResponseWriter, r *http.Request) {
		text, _ := io.ReadAll(r.Body)
		var in struct{ Text string }
		if err := json.Unmarshal(text, &in); err != nil || r.Method != "POST" || r.URL.String() != "/services/T0/secret-part?x=1" || r.Header.Get("Authorization") != "" {
			t.Errorf("%s %s %s: %v", r.Method, r.URL, text, err)
		}
		got = append(got, in.Text)
	}))
	defer server.Close()
	r := newFleetRun(t)
	r.env = append(r.env, "GATEWRIGHT_FLEET_WEBHOOK="+server.URL+"/services/T0/secret-part?x=1")
	about := []string{"--service", "codacy", "--forge", "github", "--org", "acme", "--yes"}
	r.run(append([]string{"fleet", "apply"}, about...)...)
	r.s.World.Faults.Add(world.Fault{System: "github", Method: "PUT", Path: "/api/v3/repos/acme/api/*/*/*", Status: 403, Body: `{"message":"no"}`, Times: -1})
	_ = r.command(append([]string{"fleet", "rotate"}, about...)...).Run()
	if len(got) != 2 {
		t.Fatalf("%d calls", len(got))
	}
	if want := "Gatewright fleet of acme (CODACY_PROJECT_TOKEN at github): done. 21 created, 4 skipped."; got[0] != want {
		t.Errorf("%q, want %q", got[0], want)
	}
	if !regexp.MustCompile(`^Gatewright fleet of acme \(CODACY_PROJECT_TOKEN at github\): partly done\. 20 rotated, 4 skipped, 1 failed\.\n• acme/api: failed: store CODACY_PROJECT_TOKEN in acme/api: .*403`).MatchString(got[1]) {
		t.Errorf("%q", got[1])
	}
	t.Logf("%s\n%s", got[0], got[1])
	if strings.Contains(r.seen.String(), "secret-part") {
		t.Error("the address is in the output")
	}
}
