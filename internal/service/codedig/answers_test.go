package codedig

import (
	"strings"
	"testing"
	"time"

	"github.com/gatewright/gatewright/internal/rest"
	"github.com/gatewright/gatewright/internal/service"
)

func TestOutcomes(t *testing.T) {
	for _, c := range []struct {
		run     string
		waiting bool
		broken  string
		want    service.Outcome
	}{
		{`{"status":"queued"}`, true, "", ""},
		{`{"state":"INDEXING"}`, true, "", ""},
		{`{}`, true, "", ""},
		{`{"status":"passed"}`, false, "", service.Passed},
		{`{"status":"completed","verdict":"blocked"}`, false, "", service.Failed},
		{`{"status":"completed","gate":{"passed":true}}`, false, "", service.Passed},
		{`{"status":"done","passed":false}`, false, "", service.Failed},
		{`{"status":"completed","summary":{"decision":"changes_requested"}}`, false, "", service.Failed},
		{`{"status":"completed","result":{"status":"success"}}`, false, "", service.Passed},
		{`{"status":"completed"}`, false, "", service.Unknown},
		{`{"status":"completed","risk":{"score":62,"level":"Medium"}}`, false, "", service.Unknown},
		{`{"status":"failed"}`, false, "", service.Failed},
		{`{"status":"failed","error":"clone failed"}`, false, "clone failed", ""},
		{`{"status":"cancelled"}`, false, "cancelled", ""},
		{`{"status":"completed","verdict":null,"conclusion":"ok"}`, false, "", service.Passed},
		{`{"status":"passed","summary":{"passed":12}}`, false, "", service.Passed},
		{`{"status":"done","result":"completed","verdict":"pass"}`, false, "", service.Passed},
		// What failed is not made good, and a word that is not known is none that passes.
		{`{"status":"completed","conclusion":"success","gate":{"passed":false}}`, false, "", service.Failed},
		{`{"status":"completed","result":"success","gate":{"result":"failed"}}`, false, "", service.Failed},
		{`{"status":"completed","verdict":"passed","gate":{"status":"failed"}}`, false, "", service.Failed},
		{`{"status":"success","verdict":"needs_review"}`, false, "", service.Unknown},
		{`{"status":"success","verdict":"pending"}`, false, "", service.Unknown},
		{`{"status":"success","conclusion":"failure"}`, false, "", service.Unknown},
		{`{"status":"success","verdict":{"word":"failed"}}`, false, "", service.Unknown},
		{`{"status":"success","gate":{"decision":["block"]}}`, false, "", service.Unknown},
		{`{"status":"success","gate":{"status":"needs_review"}}`, false, "", service.Unknown},
		{`{"status":"success","gate":{"status":{"x":1}}}`, false, "", service.Unknown},
		{`{"status":"success","gate":{"status":"pending"}}`, false, "", service.Unknown},
		{`{"status":"success","passed":"partly"}`, false, "", service.Unknown},
		{`{"status":"passed","summary":{"passed":["a.go"]},"gate":{"passed":12}}`, false, "", service.Passed},
		// What is no word for a verdict takes nothing back.
		{`{"status":"passed","result":0}`, false, "", service.Passed},
		{`{"status":"passed","conclusion":"Neutral"}`, false, "", service.Passed},
		{`{"status":"passed","decision":"none","outcome":"n/a"}`, false, "", service.Passed},
		{`{"status":"passed","result":"https://codedig.example/runs/1","verdict":null}`, false, "", service.Passed},
		{`{"status":"passed","summary":{"result":"12 of 12"}}`, false, "", service.Passed},
		{`{"status":"passed","result":{"files":12},"gate":{"status":"completed"}}`, false, "", service.Passed},
		{`{"status":"completed","conclusion":"neutral"}`, false, "", service.Unknown},
	} {
		r := readRun(service.ParseObject([]byte(c.run)))
		if r.waiting() != c.waiting || r.broken() != c.broken {
			t.Errorf("%s: waiting %v, broken %q", c.run, r.waiting(), r.broken())
		}
		if !c.waiting && c.broken == "" && r.outcome() != c.want {
			t.Errorf("%s is %s, want %s", c.run, r.outcome(), c.want)
		}
	}
	v := readRun(service.ParseObject([]byte(`{"status":"completed","risk":{"score":62,"level":"Medium"}}`))).verdict()
	if len(v.Conditions) != 1 || v.Conditions[0].Actual != "62 (Medium)" || v.Conditions[0].Why == "" {
		t.Errorf("%+v", v)
	}
}

// TestFind: the own run is found by its id, or by not having been there before;
// never an older run of the same pull request, another pull request's, or one
// of another commit.
func TestFind(t *testing.T) {
	now := time.Date(2026, 11, 21, 12, 0, 0, 0, time.UTC)
	read := func(text string) []run {
		list, ok := items([]byte(text), "runs")
		if !ok {
			t.Fatalf("no list in %s", text)
		}
		var out []run
		for _, o := range list {
			out = append(out, readRun(o))
		}
		return out
	}
	own := ownRun{before: []string{"1"}, since: now}
	target := service.Target{PullRequest: 7, Commit: "abc"}
	for _, c := range []struct {
		own  ownRun
		list string
		want string
	}{
		{ownRun{id: "5"}, `[{"id":4,"pr_number":7},{"id":5,"pr_number":9}]`, "5"},
		{ownRun{id: "5"}, `{"runs":[{"id":4,"pr_number":7}]}`, ""},
		{own, `[{"id":1,"pr_number":7}]`, ""},
		{own, `[{"id":2,"pr_number":8},{"id":1,"pr_number":7}]`, ""},
		{own, `[{"id":2,"pr":{"number":7}},{"id":1,"pr_number":7}]`, "2"},
		{own, `[{"id":3,"pr_number":7,"created_at":"2026-11-21T11:58:00Z"}]`, ""},
		{own, `[{"id":3,"pr_number":7,"created_at":"2026-11-21T12:00:01Z"},{"id":4,"pr_number":7,"created_at":"2026-11-21T12:00:09Z"}]`, "4"},
		{own, `[{"id":3,"pr_number":7,"head_sha":"def"}]`, ""},
		{own, `[{"id":3,"pr_number":7,"head_sha":"ab"}]`, ""},
		{own, `[{"run_id":"r-3","pull_request_number":7,"head_sha":"abc"}]`, "r-3"},
	} {
		list := read(c.list)
		got := ""
		if i := c.own.find(list, target); i >= 0 {
			got = list[i].id
		}
		if got != c.want {
			t.Errorf("%s: %q, want %q", c.list, got, c.want)
		}
	}
}

// TestFindings: a list that is not there, or shorter than what it counts, is not
// all of them.
func TestFindings(t *testing.T) {
	for text, want := range map[string]string{
		`{"findings":[]}`:                    "",
		`{"findings":[],"findings_count":0}`: "",
		`{"findings_count":0}`:               "",
		`{}`:                                 "lists no findings",
		`{"findings":null}`:                  "lists no findings",
		`{"findings_count":2}`:               "lists 0 of the run's 2",
		`{"findings":[{"title":"x"}],"findings_count":"3"}`: "lists 1 of the run's 3",
	} {
		if _, got := readRun(service.ParseObject([]byte(text))).findings(); !strings.Contains(strings.Join(got, ""), want) || (got == nil) != (want == "") {
			t.Errorf("%s: %q, want %q", text, got, want)
		}
	}
}

func TestMinted(t *testing.T) {
	for _, body := range []string{
		`{"id":7,"api_key":"aca_k1_0123456789abcdef"}`,
		`{"data":{"id":"7","api_key":"aca_k1_0123456789abcdef"}}`,
		`{"key_id":"7","key":"aca_k1_0123456789abcdef"}`,
		`{"api_key_id":"7","api_key":"aca_k1_0123456789abcdef"}`,
		`{"api_key":{"uuid":"7","token":"aca_k1_0123456789abcdef"}}`,
		`{"key":{"id":7},"api_key":"aca_k1_0123456789abcdef"}`,
	} {
		m, err := minted(&rest.Response{Status: 201, Body: []byte(body)}, service.MintRequest{Name: "n"}, []string{"read"})
		if err != nil || m.ID != "7" || m.LastFour != "cdef" {
			t.Errorf("%s: %+v, %v", body, m.Token, err)
		}
	}
	for _, body := range []string{`{"id":7}`, `{"api_key":"aca_k1_0123456789abcdef"}`, `{"id":7,"key":"not-a-key"}`, `{"id":7,"api_key":"aca_k1_0123\nA=1"}`, `{"id":7,"api_key":"null"}`} {
		if _, err := minted(&rest.Response{Status: 201, Body: []byte(body)}, service.MintRequest{Name: "n"}, nil); err == nil {
			t.Errorf("%s was taken for a key", body)
		}
	}
}

// TestListOfNothing: rows without a field are not CodeDig's.
func TestListOfNothing(t *testing.T) {
	for _, text := range []string{`[null]`, `[{}]`, `{"runs":[null]}`, `{"runs":[{"id":1},{}]}`, `{"runs":null}`, `[{"id":1}`, `[1]`, `{}`, ``} {
		if list, ok := items([]byte(text), "runs"); ok {
			t.Errorf("%s is a list of %d", text, len(list))
		}
	}
	for _, text := range []string{`[]`, `{"runs":[]}`} {
		if list, ok := items([]byte(text), "runs"); !ok || len(list) != 0 {
			t.Errorf("%s is no empty list", text)
		}
	}
}
