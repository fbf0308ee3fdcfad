package ci

import (
	"context"
	"strings"
	"testing"

	"github.com/gatewright/gatewright/internal/fault"
)

// FuzzPayload: an event payload, which a fork may shape, is read or refused;
// what is read of it is no commit unless it looks like one.
func FuzzPayload(f *testing.F) {
	f.Add("pull_request", `{"number":7,"pull_request":{"number":7,"head":{"sha":"`+strings.Repeat("a", 40)+`","ref":"x","repo":{"full_name":"acme/api"}},"base":{"sha":"`+strings.Repeat("b", 40)+`","ref":"main"}}}`)
	f.Add("workflow_run", `{"workflow_run":{"head_sha":"x","event":"pull_request","pull_requests":[{"number":-1}]}}`)
	f.Add("push", `null`)
	f.Add("merge_group", `{"merge_group":{"head_sha":[],"base_ref":{}}}`)
	f.Fuzz(func(t *testing.T, event, payload string) {
		if strings.ContainsAny(event, "\n\x00") {
			return
		}
		run, err := Detect(context.Background(), source("GITHUB_ACTIONS=true\nGITHUB_REPOSITORY=acme/api\nGITHUB_SHA="+strings.Repeat("c", 40)+"\nGITHUB_EVENT_PATH=e\nGITHUB_EVENT_NAME="+event, payload))
		if err != nil {
			if fault.Of(err) != fault.Input {
				t.Errorf("%v is %v", err, fault.Of(err))
			}
			return
		}
		if run.PullRequest < 0 || strings.ContainsAny(run.Commit+run.BaseCommit, " \n\x00") {
			t.Errorf("pull request %d, commit %q, base %q", run.PullRequest, run.Commit, run.BaseCommit)
		}
	})
}
