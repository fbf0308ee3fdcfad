package codedig

import (
	"cmp"
	"encoding/json"
	"fmt"
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

// meaning is what a word for a status or a verdict says.
type meaning int

const (
	unknown meaning = iota
	waiting         // the run may still change
	ended           // it did all of its work; the verdict is elsewhere
	partial         // it did only a part
	broken          // it ended without judging
	passed
	failed
)

// meaningOf reads a word, whatever its case (inferred; the vendor documents none).
func meaningOf(word string) meaning {
	switch lower(word) {
	case "", "queued", "pending", "created", "running", "in_progress", "processing", "analyzing", "indexing":
		return waiting
	case "completed", "complete", "done", "finished":
		return ended
	case "partial_success", "partial":
		return partial
	case "error", "errored", "cancelled", "canceled", "timed_out", "timeout":
		return broken
	case "passed", "pass", "success", "succeeded", "approved", "ok", "allow", "green", "true":
		return passed
	case "failed", "fail", "blocked", "rejected", "changes_requested", "block", "red", "false":
		return failed
	default:
		return unknown
	}
}

// whole reports whether the run is known to have done all of its work.
func (r run) whole() bool {
	return slices.Contains([]meaning{ended, passed, failed}, meaningOf(r.word))
}

// waiting reports whether the run may still change.
func (r run) waiting() bool { return meaningOf(r.word) == waiting }

// broken says why a run ended without judging, or "". A failure that brings an
// error with it is no verdict.
func (r run) broken() string {
	why := r.raw.Text("error", "error_message")
	if meaningOf(r.word) == broken {
		return cmp.Or(why, r.word)
	}
	if r.word == "failed" {
		return why
	}
	return ""
}

// outcome is the run's verdict: of the verdict's own fields if there are any, else
// of the status. One that failed is not made good by another that passed, and a
// verdict that is none that is known keeps the rest from passing.
func (r run) outcome() service.Outcome {
	out, strange := service.Unknown, false
	for n, p := range []service.Object{r.raw, r.raw.Inside("gate"), r.raw.Inside("result"), r.raw.Inside("summary")} {
		for i, key := range []string{"status", "state", "passed", "verdict", "result", "conclusion", "gate_status", "outcome", "decision"} {
			verdict := i > 1 || n == 1 // of a run, a state says how far it is
			switch word := p.Text(key); meaningOf(word) {
			case failed:
				return service.Failed
			case passed:
				out = service.Passed
			case ended:
			case waiting:
				strange = strange || verdict && (word != "" || key != "result" && key != "passed" && unread(p[key]))
			default:
				strange = strange || verdict && isWord(word)
			}
		}
	}
	if strange {
		return service.Unknown
	}
	return out
}

// unread reports whether a value is one that Text does not read.
func unread(raw json.RawMessage) bool {
	return len(raw) > 0 && (raw[0] == '{' || raw[0] == '[')
}

// isWord reports whether a text can be one for a verdict: no number, no address,
// and none that says that there is no verdict.
func isWord(text string) bool {
	return !strings.ContainsAny(text[:1], "+-.0123456789") && !strings.Contains(text, "://") && !slices.Contains([]string{"none", "neutral", "n/a"}, lower(text))
}

// of reports whether the run may be of a commit.
func (r run) of(commit string) bool { return service.MayBeCommit(r.commit, commit) }

// verdict is what a finished run says.
func (r run) verdict() service.Verdict {
	v := service.Verdict{Service: "codedig", Outcome: r.outcome(), URL: r.raw.Text("url", "html_url", "details_url"), Conditions: []service.Condition{}}
	if meaningOf(r.word) == partial {
		v.Undecided("analysis", "it finished in part ("+r.word+")")
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

// findings are those listed with the run; missing says why they may not be all.
func (r run) findings() (out []service.Finding, missing []string) {
	out = []service.Finding{}
	list, known := items(r.raw["findings"])
	switch count := r.raw.Text("findings_count"); {
	case count == "" && !known:
		missing = []string{"CodeDig's answer lists no findings of the run, which may have some: see them there"}
	case count != "" && r.raw.Int("findings_count") > len(list):
		missing = []string{fmt.Sprintf("CodeDig's answer lists %d of the run's %s findings: see the others there", len(list), count)}
	}
	for _, o := range list {
		out = append(out, service.Finding{
			Rule: o.Text("rule", "rule_id", "category", "type"), Severity: severity(o.Text("severity")),
			Path: o.Text("file", "path", "file_path"), Line: o.Int("line", "line_number", "start_line"), Message: o.Text("title", "message", "description"), Kind: "review",
		})
	}
	return out, missing
}

func severity(word string) string {
	if w := lower(word); slices.Contains([]string{"critical", "high", "medium", "low", "info"}, w) {
		return w
	}
	return "unknown"
}
