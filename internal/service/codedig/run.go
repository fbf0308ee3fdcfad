package codedig

import (
	"cmp"
	"slices"
	"strings"
	"time"

	"github.com/gatewright/gatewright/internal/service"
)

// run is one analysis of a pull request, as far as an answer says.
type run struct {
	id      string
	pr      int
	commit  string
	created *time.Time
	word    string // status, lower case
	raw     service.Object
}

func readRun(o service.Object) run {
	if in := o.Inside("run", "analysis", "data"); in != nil && o.Text("status", "state") == "" {
		o = in
	}
	return run{
		id:      o.Text("run_id", "id", "analysis_id", "job_id"),
		pr:      cmp.Or(o.Int("pr_number", "pull_request_number", "prNumber"), o.Inside("pr", "pull_request").Int("number")),
		commit:  o.Text("head_sha", "commit_sha", "commit"),
		created: o.Time("created_at", "started_at", "createdAt"),
		word:    lower(o.Text("status", "state")), raw: o,
	}
}

// What a status or a verdict may be called (inferred; the vendor documents none).
func waitingWords() []string {
	return []string{"", "queued", "pending", "created", "running", "in_progress", "processing", "analyzing", "indexing"}
}

func passedWords() []string {
	return []string{"passed", "pass", "success", "succeeded", "approved", "ok", "allow", "green", "true"}
}

func failedWords() []string {
	return []string{"failed", "fail", "blocked", "rejected", "changes_requested", "block", "red", "false"}
}

func brokenWords() []string {
	return []string{"error", "errored", "cancelled", "canceled", "timed_out", "timeout"}
}

// partial reports whether the analysis did only a part of its work.
func (r run) partial() bool { return r.word == "partial_success" || r.word == "partial" }

// whole reports whether the run is known to have done all of its work.
func (r run) whole() bool {
	ended := []string{"completed", "complete", "done", "finished"}
	return slices.Contains(slices.Concat(ended, passedWords(), failedWords()), r.word)
}

// waiting reports whether the run may still change.
func (r run) waiting() bool { return slices.Contains(waitingWords(), r.word) }

// broken says why a run ended without judging, or "". A failure that brings an
// error with it is no verdict.
func (r run) broken() string {
	why := r.raw.Text("error", "error_message")
	switch {
	case slices.Contains(brokenWords(), r.word):
		return cmp.Or(why, r.word)
	case r.word == "failed" && why != "":
		return why
	default:
		return ""
	}
}

// outcome is the run's verdict: of the verdict's own field if there is one,
// else of the status.
func (r run) outcome() service.Outcome {
	places := []service.Object{r.raw, r.raw.Inside("gate"), r.raw.Inside("result"), r.raw.Inside("summary")}
	for _, p := range places {
		for _, key := range []string{"verdict", "result", "conclusion", "gate_status", "outcome", "decision", "passed"} {
			if o := outcomeOf(p.Text(key)); o != service.Unknown {
				return o
			}
		}
	}
	for _, p := range places {
		if o := outcomeOf(p.Text("status", "state")); o != service.Unknown {
			return o
		}
	}
	return service.Unknown
}

func outcomeOf(word string) service.Outcome {
	switch {
	case slices.Contains(passedWords(), lower(word)):
		return service.Passed
	case slices.Contains(failedWords(), lower(word)):
		return service.Failed
	default:
		return service.Unknown
	}
}

// verdict is what a finished run says.
func (r run) verdict() service.Verdict {
	v := service.Verdict{Service: "codedig", Outcome: r.outcome(), URL: r.raw.Text("url", "html_url", "details_url"), Conditions: []service.Condition{}}
	if r.partial() {
		v.Conditions = append(v.Conditions, service.Condition{Name: "analysis", Result: service.Unknown, Why: "it finished in part (" + r.word + ")"})
		if v.Outcome != service.Failed {
			v.Outcome = service.Unknown
		}
	}
	risk := r.raw.Inside("risk")
	score := cmp.Or(r.raw.Text("risk_score", "score"), risk.Text("score"))
	if score == "" && v.Outcome != service.Unknown {
		return v
	}
	c := service.Condition{Name: "risk score", Actual: score, Result: v.Outcome}
	if score == "" {
		c.Name = "verdict"
	}
	if level := cmp.Or(r.raw.Text("risk_level"), risk.Text("level")); level != "" {
		c.Actual = strings.TrimSpace(score + " (" + level + ")")
	}
	if top := cmp.Or(r.raw.Text("max_risk_score", "risk_threshold"), risk.Text("threshold")); top != "" {
		c.Wanted = "below " + top
	}
	if v.Outcome == service.Unknown {
		c.Why = "the run has ended without a verdict"
	}
	v.Conditions = append(v.Conditions, c)
	return v
}

// findings are those listed with the run; known says whether there is a list.
func (r run) findings() (out []service.Finding, known bool) {
	out = []service.Finding{}
	list, known := items(r.raw["findings"])
	for _, o := range list {
		out = append(out, service.Finding{
			Rule: o.Text("rule", "rule_id", "category", "type"), Severity: severity(o.Text("severity")),
			Path: o.Text("file", "path", "file_path"), Line: o.Int("line", "line_number", "start_line"), Message: o.Text("title", "message", "description"), Kind: "review",
		})
	}
	return out, known
}

func severity(word string) string {
	switch w := lower(word); w {
	case "critical", "high", "medium", "low", "info":
		return w
	default:
		return "unknown"
	}
}
