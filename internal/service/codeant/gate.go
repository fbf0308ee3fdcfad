package codeant

import (
	"cmp"
	"context"
	"encoding/json"
	"fmt"
	"maps"
	"slices"
	"strings"
	"time"

	"github.com/gatewright/gatewright/internal/fault"
	"github.com/gatewright/gatewright/internal/rest"
	"github.com/gatewright/gatewright/internal/service"
)

// gateInterval is how often CodeAnt's own script asks for the gates.
const gateInterval = 15 * time.Second

const gatePath = "/analysis/ci/quality-gates/scan"

// gateBody is the body of both the start and the question for results.
type gateBody struct {
	Repo     string `json:"repo"`
	Service  string `json:"service"`
	CommitID string `json:"commit_id"`
	BaseURL  string `json:"base_url,omitempty"`
}

// Judge starts the quality gates and waits for all of them.
func (c *Client) Judge(ctx context.Context, t service.Target, w service.Wait) (verdict service.Verdict, err error) {
	forge, err := platform(t)
	if err != nil {
		return verdict, err
	}
	body := gateBody{Repo: t.FullName(), Service: forge, CommitID: t.Commit, BaseURL: forgeURL(t)}
	status, err := c.start(ctx, "start CodeAnt's quality gates", gatePath+"/start", body)
	if err != nil {
		return verdict, err
	}
	w.Tell("CodeAnt's quality gates are " + status)
	err = service.Poll(ctx, w, gateInterval, func(ctx context.Context) (service.State, error) {
		var fields service.Object
		resp, there, err := c.results(ctx, rest.Request{Op: "ask CodeAnt for the quality gates", Path: gatePath + "/results", JSON: body}, t.Commit, &fields)
		if err != nil || !there {
			return service.State{Text: "CodeAnt has no results of the quality gates yet"}, err
		}
		switch word := statusWord(resp.Body); word {
		case "completed", "complete", "done", "success", "partial", "partial_success":
			verdict, err = readGates(fields, word)
			return service.State{Done: err == nil}, err
		case "error", "failed":
			return service.State{Done: true}, fault.Errorf(fault.Service, "CodeAnt could not run the quality gates: %s", resp.Message())
		default:
			return service.State{Text: "CodeAnt is judging the commit"}, nil
		}
	})
	return verdict, err
}

// readGates reads the results of gates that have ended in the word. The vendor
// documents two gates and names more, so every "…_quality_gate" object and every
// element of a list of gates counts; what is under such a name and cannot be
// read keeps the rest from passing. COMPLETED without any gate is no verdict:
// the vendor's script passes it, as gates can be disabled. Of other words it
// knows nothing, so without a gate they are no end of a judgement.
func readGates(fields service.Object, word string) (service.Verdict, error) {
	v := service.Verdict{Service: "codeant", Conditions: []service.Condition{}, URL: fields.Text("details_url", "url")}
	for _, key := range slices.Sorted(maps.Keys(fields)) {
		switch name, isGate := strings.CutSuffix(key, "_quality_gate"); {
		case isGate:
			var g service.Object
			if err := json.Unmarshal(fields[key], &g); err != nil {
				return v, fault.Errorf(fault.Service, "CodeAnt's gate %q: %w", key, err)
			}
			v.Conditions = append(v.Conditions, condition(name, g))
		case key == "quality_gates" || key == "gates" || key == "conditions":
			var list []service.Object
			if json.Unmarshal(fields[key], &list) != nil {
				v.Undecided(key, "it is no list of gates that Gatewright can read")
				continue
			}
			for _, g := range list {
				v.Conditions = append(v.Conditions, condition(cmp.Or(g.Text("name", "metric"), "gate"), g))
			}
		case key == "quality_gate_status" || key == "result" || key == "conclusion":
			var overall string
			if json.Unmarshal(fields[key], &overall) != nil {
				v.Undecided(key, "it is no word for a verdict")
			} else if overall != "" {
				v.Conditions = append(v.Conditions, condition("overall", service.Object{"status": fields[key]}))
			}
		}
	}
	switch {
	case strings.HasPrefix(word, "partial"):
		v.Undecided("analysis", "it finished in part ("+word+")")
	case word != "completed" && len(v.Conditions) == 0:
		v.Undecided("analysis", "it ended as "+word+" and names no gate")
	}
	v.Outcome = overallOf(v.Conditions)
	return v, nil
}

// condition reads a gate. Only its status is documented; the rest is shown where
// it is there.
func condition(name string, gate service.Object) service.Condition {
	c := service.Condition{Name: strings.ReplaceAll(name, "_", " "), Why: gate.Text("message"), Actual: cmp.Or(shown(gate["actual"]), shown(gate["value"]))}
	switch status := gate.Text("status"); strings.ToLower(status) {
	case "failed", "fail", "error":
		c.Result = service.Failed
	case "passed", "pass", "ok", "success":
		c.Result = service.Passed
	case "skipped", "disabled", "not_computed":
		c.Result = service.None
	default:
		raw, told := gate["status"]
		switch said := string(raw); {
		case said == `""`, said == "null", !told && (len(gate) == 0 || gate.Text("enabled") == "false"):
			c.Result = service.None
			return c
		}
		c.Result, status = service.Unknown, cmp.Or(status, string(raw))
		c.Why = strings.TrimSpace(fmt.Sprintf("status %q is not known to Gatewright. %s", status, c.Why))
	}
	return c
}

// shown is a JSON value as people read it; null is nothing.
func shown(v json.RawMessage) string {
	var s *string
	if json.Unmarshal(v, &s) == nil && s != nil {
		return *s
	}
	return strings.TrimPrefix(string(v), "null")
}

// overallOf combines the gates: a failed one fails all, one that nobody
// understands keeps the rest from passing, none at all is no verdict.
func overallOf(conditions []service.Condition) service.Outcome {
	has := func(o service.Outcome) bool {
		return slices.ContainsFunc(conditions, func(c service.Condition) bool { return c.Result == o })
	}
	for _, o := range []service.Outcome{service.Failed, service.Unknown, service.Passed} {
		if has(o) {
			return o
		}
	}
	return service.None
}
