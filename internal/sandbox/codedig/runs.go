package codedig

import (
	"net/http"
	"slices"
	"strconv"
	"time"

	"github.com/gatewright/gatewright/internal/sandbox/world"
)

// run is one analysis of a pull request.
type run struct {
	id      int64
	repo    *world.Repository
	pr      *world.PullRequest
	commit  string
	at      time.Time
	state   string // queued, running, completed
	verdict string // passed, blocked; "" until it is completed
	polls   int
}

func (r *run) ended() bool { return r.verdict != "" }

// score is the risk of every pull request: the vendor's own sample report has it.
const score = 62

// advance lets a run come nearer to its end: it is queued at first, then
// running, and completed after as many questions as the world says.
func (s *Server) advance(r *run) {
	if r.ended() {
		return
	}
	if r.polls++; r.polls <= s.w.Gates.AnalysisPolls {
		if r.polls > 1 {
			r.state = "running"
		}
		return
	}
	r.state, r.verdict = "completed", "passed"
	if s.w.Quirk(PartialRuns) {
		r.state = "partial_success"
	}
	if top := s.w.Gates.MaxRisk; top > 0 && score >= top {
		r.verdict = "blocked"
	}
	if s.w.Quirk(OtherWords) {
		r.state, r.verdict = "wrapped_up", "needs_a_look"
	}
}

func (r *run) show(top int) obj {
	o := obj{
		"id": r.id, "pr_number": r.pr.Number, "head_branch": r.pr.Branch, "status": r.state,
		"created_at": r.at.Format(time.RFC3339), "verdict": nil,
	}
	if r.ended() {
		o["verdict"], o["risk_score"], o["risk_level"] = r.verdict, score, "Medium"
		if top > 0 {
			o["max_risk_score"] = top
		}
		o["findings"] = []obj{{"severity": "medium", "title": "A retry may pay twice", "file": "src/server.go", "line": 12, "category": "correctness"}}
	}
	return o
}

func (c *call) repository() *world.Repository {
	r := c.s.w.Repository(c.R.PathValue("owner"), c.R.PathValue("repo"))
	if r == nil || r.NotAdded {
		c.fail(http.StatusNotFound, "Not Found", "repository is not connected")
		return nil
	}
	return r
}

func (c *call) analyze() {
	r := c.repository()
	if r == nil {
		return
	}
	var in struct {
		Number *int   `json:"pr_number"`
		Branch string `json:"head_branch"`
	}
	if !c.decode(&in) {
		return
	}
	if in.Number == nil || in.Branch == "" {
		c.fail(http.StatusBadRequest, "Bad Request", "Missing required field: pr_number and head_branch")
		return
	}
	p := r.PullRequest(*in.Number)
	if p == nil || p.State != "open" {
		c.fail(http.StatusNotFound, "Not Found", "pull request is not open")
		return
	}
	for _, old := range c.s.runs {
		if old.pr == p && !old.ended() && !c.s.w.Quirk(NoConflict) {
			c.fail(http.StatusConflict, "Conflict", "an analysis of this pull request is running")
			return
		}
	}
	n := &run{id: c.s.w.NextID(), repo: r, pr: p, commit: p.Head, at: c.s.w.Now(), state: "queued"}
	c.s.runs = append(c.s.runs, n)
	c.JSON(http.StatusAccepted, obj{"run_id": n.id, "status": n.state})
}

func (c *call) listRuns() {
	r := c.repository()
	if r == nil {
		return
	}
	n := 10
	for name, values := range c.R.URL.Query() {
		var err error
		if n, err = strconv.Atoi(values[0]); name != "limit" || err != nil || n < 1 {
			c.fail(http.StatusBadRequest, "Bad Request", "limit is the only parameter, a positive number")
			return
		}
	}
	list := []obj{}
	if c.s.w.Quirk(FindingsList) {
		c.JSON(http.StatusOK, obj{"findings": []obj{{"severity": "medium", "title": "A retry may pay twice", "file": "src/server.go", "line": 12}}})
		return
	}
	for _, run := range slices.Backward(c.s.runs) {
		if run.repo == r && len(list) < n {
			c.s.advance(run)
			list = append(list, run.show(c.s.w.Gates.MaxRisk))
		}
	}
	c.s.lists++
	if c.s.lists%2 == 0 {
		c.JSON(http.StatusOK, list)
		return
	}
	c.JSON(http.StatusOK, obj{"runs": list})
}
