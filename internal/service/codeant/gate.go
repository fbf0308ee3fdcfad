package codeant

import (
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
func (c *Client) Judge(ctx context.Context, t service.Target, w service.Wait) (service.Verdict, error) {
	forge, err := platform(t)
	if err == nil {
		err = checkTarget(t)
	}
	if err != nil {
		return service.Verdict{}, err
	}
	body := gateBody{Repo: t.FullName(), Service: forge, CommitID: t.Commit, BaseURL: forgeURL(t)}
	status, err := c.start(ctx, "start CodeAnt's quality gates", gatePath+"/start", body)
	if err != nil {
		return service.Verdict{}, err
	}
	w.Tell("CodeAnt's quality gates are " + status)
	var verdict service.Verdict
	err = service.Poll(ctx, w, gateInterval, func(ctx context.Context) (service.State, error) {
		resp, err := c.call(ctx, rest.Request{Op: "ask CodeAnt for the quality gates", Path: gatePath + "/results", JSON: body, Repeat: rest.Always})
		if err != nil {
			return service.State{}, err
		}
		if resp.Status == rest.StatusNotFound || resp.Status == rest.StatusNoContent {
			return service.State{Text: "CodeAnt has no results of the quality gates yet"}, nil
		}
		if err := resp.Err(); err != nil {
			return service.State{}, err
		}
		var done bool
		verdict, done, err = readGates(resp)
		return service.State{Done: done, Text: "CodeAnt is judging the commit"}, err
	})
	return verdict, err
}

// gateAnswer is a gate in an answer. Only the status is documented; the rest
// is shown where it is there.
type gateAnswer struct {
	Name    string          `json:"name"`
	Metric  string          `json:"metric"`
	Status  string          `json:"status"`
	Message string          `json:"message"`
	Actual  json.RawMessage `json:"actual"`
	Value   json.RawMessage `json:"value"`
	URL     string          `json:"details_url"`
}

// readGates reads the results. The vendor documents two gates and names more,
// so every "…_quality_gate" object and every element of a list of gates counts.
func readGates(resp *rest.Response) (v service.Verdict, done bool, err error) {
	var fields map[string]json.RawMessage
	if err := resp.Decode(&fields); err != nil {
		return v, false, err
	}
	word := statusWord(resp.Body)
	switch word {
	case "completed", "complete", "done", "success", "partial", "partial_success":
	case "error", "failed":
		return v, true, fault.Errorf(fault.Service, "CodeAnt could not run the quality gates: %s", resp.Message())
	default:
		return v, false, nil
	}
	v = service.Verdict{Service: "codeant", Outcome: service.None, Conditions: []service.Condition{}}
	for _, key := range slices.Sorted(maps.Keys(fields)) {
		switch name, isGate := strings.CutSuffix(key, "_quality_gate"); {
		case isGate:
			var g gateAnswer
			if err := json.Unmarshal(fields[key], &g); err != nil {
				return v, false, fault.Errorf(fault.Service, "CodeAnt's gate %q: %w", key, err)
			}
			v.Conditions = append(v.Conditions, condition(name, g))
		case key == "quality_gates" || key == "gates" || key == "conditions":
			var list []gateAnswer
			if json.Unmarshal(fields[key], &list) == nil {
				for _, g := range list {
					v.Conditions = append(v.Conditions, condition(firstOf(g.Name, g.Metric, "gate"), g))
				}
			}
		case key == "quality_gate_status" || key == "result" || key == "conclusion":
			var overall string
			if json.Unmarshal(fields[key], &overall) == nil && overall != "" {
				v.Conditions = append(v.Conditions, condition("overall", gateAnswer{Status: overall}))
			}
		}
	}
	if strings.HasPrefix(word, "partial") {
		v.Conditions = append(v.Conditions, service.Condition{Name: "analysis", Result: service.Unknown, Why: "it finished in part (" + word + ")"})
	}
	v.Outcome = overallOf(v.Conditions)
	v.URL = textOf(fields, "details_url", "url")
	return v, true, nil
}

func condition(name string, g gateAnswer) service.Condition {
	c := service.Condition{Name: strings.ReplaceAll(name, "_", " "), Why: g.Message, Actual: plain(firstRaw(g.Actual, g.Value))}
	switch strings.ToLower(g.Status) {
	case "failed", "fail", "error":
		c.Result = service.Failed
	case "passed", "pass", "ok", "success":
		c.Result = service.Passed
	case "", "skipped", "disabled", "not_computed":
		c.Result = service.None
	default:
		c.Result = service.Unknown
		c.Why = strings.TrimSpace(fmt.Sprintf("status %q is not known to Gatewright. %s", g.Status, g.Message))
	}
	return c
}

// overallOf combines the gates: a failed one fails all, one that nobody
// understands keeps the rest from passing, none at all is no verdict.
func overallOf(conditions []service.Condition) service.Outcome {
	outcome := service.None
	for _, c := range conditions {
		switch c.Result {
		case service.Failed:
			return service.Failed
		case service.Unknown:
			outcome = service.Unknown
		case service.Passed:
			if outcome == service.None {
				outcome = service.Passed
			}
		}
	}
	return outcome
}
