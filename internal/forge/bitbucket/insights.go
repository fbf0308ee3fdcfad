package bitbucket

import (
	"context"
	"fmt"
	"slices"
	"strconv"
	"strings"

	"github.com/gatewright/gatewright/internal/forge"
	"github.com/gatewright/gatewright/internal/rest"
)

// What a report takes (developer.atlassian.com, "Reports").
const (
	maxNumbers = 10   // values of a report
	maxRemarks = 1000 // annotations of a report
	maxAtOnce  = 100  // annotations of a request
	maxSummary = 450  // characters of an annotation
	maxDetails = 2000 // characters of a report
)

type datum struct {
	Title string  `json:"title"`
	Type  string  `json:"type"`
	Value float64 `json:"value"`
}

type annotation struct {
	ExternalID string `json:"external_id"`
	Type       string `json:"annotation_type"`
	Path       string `json:"path"`
	Line       int    `json:"line,omitempty"`
	Summary    string `json:"summary"`
	Severity   string `json:"severity"`
}

// PutInsight makes a Code Insights report. One with its ID is deleted first,
// because its annotations would stay.
func (c *Client) PutInsight(ctx context.Context, commit forge.Commit, i forge.Insight) error {
	op := fmt.Sprintf("put the report %s on %s", i.ID, commit)
	at := rest.Path("repositories", commit.Owner, commit.Repo, "commit", commit.SHA, "reports", i.ID)
	if err := rest.Gone(c.call(ctx, rest.Request{Op: op, Method: "DELETE", Path: at}, nil)); err != nil {
		return err
	}
	report := map[string]any{
		"title": i.Title, "details": forge.Shorten(i.Details, maxDetails), "report_type": "COVERAGE", "reporter": "Gatewright", "result": "PENDING",
	}
	if i.Result != "" { // else nothing was judged
		report["result"] = strings.ToUpper(string(i.Result))
	}
	if i.URL != "" {
		report["link"] = i.URL
	}
	if len(i.Numbers) > 0 {
		report["data"] = data(i.Numbers)
	}
	if err := c.call(ctx, rest.Request{Op: op, Method: "PUT", Path: at, JSON: report}, nil); err != nil {
		return err
	}
	for part := range slices.Chunk(annotations(i), maxAtOnce) {
		// The external ids make a repetition an update.
		r := rest.Request{Op: op, Method: "POST", Path: at + "/annotations", JSON: part, Repeat: rest.Always}
		if err := c.call(ctx, r, nil); err != nil {
			return err
		}
	}
	return nil
}

func data(numbers []forge.InsightNumber) []datum {
	var out []datum
	for _, n := range numbers[:min(len(numbers), maxNumbers)] {
		d := datum{Title: n.Title, Type: "NUMBER", Value: n.Value}
		if n.Percent {
			d.Type = "PERCENTAGE"
		}
		out = append(out, d)
	}
	return out
}

func annotations(i forge.Insight) []annotation {
	var out []annotation
	for n, r := range i.Remarks[:min(len(i.Remarks), maxRemarks)] {
		out = append(out, annotation{
			ExternalID: i.ID + "-" + strconv.Itoa(n+1), Type: "CODE_SMELL", Path: r.Path, Line: r.Line,
			Summary: forge.Shorten(r.Text, maxSummary), Severity: strings.ToUpper(r.Severity),
		})
	}
	return out
}
