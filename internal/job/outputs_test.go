package job

import (
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/gatewright/gatewright/internal/console"
	"github.com/gatewright/gatewright/internal/coverage"
	"github.com/gatewright/gatewright/internal/forge"
	"github.com/gatewright/gatewright/internal/gate"
	"github.com/gatewright/gatewright/internal/secret"
	"github.com/gatewright/gatewright/internal/service"
	"github.com/gatewright/gatewright/internal/summary"
)

// What is below a limit never looks as if it met it.
func TestPercentIsRoundedDown(t *testing.T) {
	for _, tc := range []struct {
		covered, coverable int
		want               string
	}{
		{79996, 100000, "79.99"},
		{99999, 100000, "99.99"},
		{1, 3, "33.33"},
		{2, 3, "66.66"},
		{29, 100, "29.00"}, // 28.999999999999996 as a float
		{4, 4, "100.00"},
		{0, 7, "0.00"},
		{0, 0, ""},
	} {
		if got := percent(coverage.Count{Covered: tc.covered, Coverable: tc.coverable}); got != tc.want {
			t.Errorf("%d of %d: %q, want %q", tc.covered, tc.coverable, got, tc.want)
		}
	}
}

// TestInsightPassesOnlyAPass: a merge check may require the report to pass.
func TestInsightPassesOnlyAPass(t *testing.T) {
	for _, tc := range []struct {
		outcome service.Outcome
		status  string
		want    forge.InsightResult
	}{
		{service.Passed, "PASSED", forge.InsightPassed},
		{service.Warned, "WARN", forge.InsightPassed},
		{service.Failed, "FAILED", forge.InsightFailed},
		{service.Unknown, "UNKNOWN", forge.InsightFailed},
		{service.Unknown, "ERROR", forge.InsightFailed},
		{"", "TIMEOUT", forge.InsightFailed},
		{"", "NONE", ""},           // an upload alone
		{service.None, "NONE", ""}, // the service has no gate
	} {
		j := Job{Console: &console.Console{Redact: &secret.Redactor{}}}
		j.page.Outcome = tc.outcome
		if got := j.insightOf(tc.status).Result; got != tc.want {
			t.Errorf("%s, %s: %q, want %q", tc.outcome, tc.status, got, tc.want)
		}
	}
}

// TestStatusOfAnotherCheckout: coverage measured in the base's checkout is no
// number of the pull request's head.
func TestStatusOfAnotherCheckout(t *testing.T) {
	j := Job{}
	j.page.Coverage = &summary.Coverage{Totals: coverage.Totals{Lines: coverage.Count{Covered: 9, Coverable: 10}}}
	if s := j.partStatus("total"); s.State != "success" || !strings.Contains(s.Description, "9 of 10") {
		t.Errorf("its own: %+v", s)
	}
	j.foreign = true
	if s := j.partStatus("total"); s.State != "error" || strings.Contains(s.Description, "9 of 10") {
		t.Errorf("of the base: %+v", s)
	}
}

// TestFailedServiceWithoutConditions: it has a name among the failed gates.
func TestFailedServiceWithoutConditions(t *testing.T) {
	p := summary.Page{Outcome: service.Failed, Services: []service.Verdict{{Service: "codacy", Outcome: service.Failed}, {Service: "codedig", Outcome: service.Passed}}}
	p.Outcome = service.Warned // by a rule for the service
	if got := failed(p); got != nil {
		t.Errorf("%+v", got)
	}
	p.Outcome = service.Failed
	if got := failedGate(p, true); got == nil || got.Error() != "the gate failed: codacy (FAILED, wanted gate passed)" {
		t.Error(got)
	}
}

// TestPatchThatIsNotWhole: of a change that is not known whole, as of a diff that was
// cut off, there is a table and no number.
func TestPatchThatIsNotWhole(t *testing.T) {
	j := Job{Console: &console.Console{Redact: &secret.Redactor{}}}
	j.page.Patch = &coverage.Patch{Totals: coverage.Count{Covered: 15999, Coverable: 20000}}
	for _, c := range []struct {
		fact    gate.Fact[*coverage.Patch]
		output  string
		state   string
		insight []forge.InsightNumber
	}{
		{gate.Known(j.page.Patch), "79.99", "success", []forge.InsightNumber{{Title: "Coverage of the change", Value: 79.9, Percent: true}}},
		{gate.Missing[*coverage.Patch]("the diff ends in the middle of its last hunk", ""), "", "error", nil},
	} {
		j.facts.Patch = c.fact
		i := slices.IndexFunc(j.outputs("PASSED"), func(o Output) bool { return o.Name == "patch-coverage" && o.Value == c.output })
		if s := j.partStatus("patch"); i < 0 || s.State != c.state {
			t.Errorf("%v: %+v, status %+v", c.fact.Known(), j.outputs("PASSED"), s)
		}
		if diff := cmp.Diff(c.insight, j.insightOf("PASSED").Numbers); diff != "" {
			t.Errorf("%v: %s", c.fact.Known(), diff)
		}
	}
}
