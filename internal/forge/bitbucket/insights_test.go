package bitbucket_test

import (
	"fmt"
	"strings"
	"testing"

	"github.com/gatewright/gatewright/internal/forge"
	"github.com/gatewright/gatewright/internal/forge/forgetest"
	standin "github.com/gatewright/gatewright/internal/sandbox/bitbucket"
	"github.com/gatewright/gatewright/internal/sandbox/world"
)

// A report replaces the one before with all its remarks, and stays within what
// Bitbucket takes.
func TestPutInsight(t *testing.T) {
	stand := standin.New(world.New(world.DefaultSeed()))
	c := open(t, forgetest.NewWire(stand.World, "bitbucket", stand), stand.Token(standin.Full))
	head := stand.World.Repository("acme", "api").PullRequest(7).Head
	many := forge.Insight{ID: "gatewright", Title: "Gatewright", Details: "failed", Result: forge.InsightFailed}
	for i := range 1100 {
		many.Remarks = append(many.Remarks, forge.InsightRemark{Path: "src/a.go", Line: i + 1, Severity: "low", Text: strings.Repeat("é", 500)})
		many.Numbers = append(many.Numbers, forge.InsightNumber{Title: fmt.Sprint(i), Value: 1})
	}
	if err := c.Insights.PutInsight(t.Context(), forge.Commit{Owner: "acme", Repo: "api", SHA: head}, many); err != nil {
		t.Fatal(err)
	}
	if result, remarks := stand.Report("acme", "api", head, "gatewright"); result != "FAILED" || len(remarks) != 1000 {
		t.Fatalf("%s with %d remarks", result, len(remarks))
	}
	few := forge.Insight{ID: "gatewright", Title: "Gatewright", Details: "passed", Result: forge.InsightPassed, Remarks: many.Remarks[:1]}
	if err := c.Insights.PutInsight(t.Context(), forge.Commit{Owner: "acme", Repo: "api", SHA: head}, few); err != nil {
		t.Fatal(err)
	}
	if result, remarks := stand.Report("acme", "api", head, "gatewright"); result != "PASSED" || len(remarks) != 1 {
		t.Fatalf("%s with %d remarks", result, len(remarks))
	}
	none := forge.Insight{ID: "gatewright", Title: "Gatewright", Details: "81 %"}
	if err := c.Insights.PutInsight(t.Context(), forge.Commit{Owner: "acme", Repo: "api", SHA: head}, none); err != nil {
		t.Fatal(err)
	}
	if result, _ := stand.Report("acme", "api", head, "gatewright"); result != "PENDING" {
		t.Errorf("%s where nothing was judged", result)
	}
	if missed := stand.Router.Missed.Lines(); len(missed) > 0 {
		t.Error(missed)
	}
}
