package codacy

import (
	"encoding/json"
	"fmt"
	"math"
	"net/http"
	"slices"
	"strconv"
	"time"

	"github.com/gatewright/gatewright/internal/sandbox/answer"
	"github.com/gatewright/gatewright/internal/sandbox/world"
)

// reason is one rule of a gate and how it was met.
func reason(gate string, threshold float64, met bool) obj {
	return obj{"gate": gate, "expectedThreshold": obj{"threshold": threshold}, "isUpToStandards": met}
}

// quality judges a commit's issues; nil until the analysis has ended.
func (c *call) quality(st *commitState) (obj, bool) {
	if !st.analysed() {
		return nil, true
	}
	n := len(st.issues)
	met := n <= c.s.w.Gates.MaxIssues
	return obj{
		"newIssues": n, "fixedIssues": 0, "deltaComplexity": 0, "deltaClonesCount": 0, "isUpToStandards": met,
		"resultReasons": []obj{reason("issueThreshold", float64(c.s.w.Gates.MaxIssues), met)},
	}, met
}

// hundredths cuts a percentage to two decimals, as the document's multipleOf wants.
func hundredths(f float64) json.Number {
	return json.Number(strconv.FormatFloat(math.Floor(f*100)/100, 'f', -1, 64))
}

// diffCoverage judges a pull request's coverage. The stand-in has no diff: it
// takes every line that the head commit's reports name as changed.
func (c *call) diffCoverage(st *commitState) (obj, bool) {
	if !st.ready() {
		return obj{"diffCoverage": obj{"cause": "MissingRequirements"}}, true
	}
	covered, coverable := st.covered()
	if coverable == 0 {
		return obj{"diffCoverage": obj{"cause": "NoCoverableLines"}, "isUpToStandards": true, "resultReasons": []obj{}}, true
	}
	percent := 100 * float64(covered) / float64(coverable)
	o := obj{"deltaCoverage": 0, "diffCoverage": obj{
		"value": hundredths(percent), "coveredLines": covered, "coverableLines": coverable, "cause": "ValueIsPresent",
	}}
	met := true
	reasons := []obj{}
	if wanted := c.s.w.Gates.DiffCoverage; wanted > 0 {
		met = percent >= wanted
		reasons = append(reasons, reason("diffCoverageThreshold", wanted, met))
	}
	o["isUpToStandards"], o["resultReasons"] = met, reasons
	return o, met
}

func (c *call) showCommit(k *world.Commit, st *commitState) obj {
	id, _ := strconv.ParseInt(k.SHA[:min(12, len(k.SHA))], 16, 64) // 0 for what is no number
	o := obj{
		"sha": k.SHA, "id": id, "commitTimestamp": stamp(k.At), "authorName": k.Author, "authorEmail": "robin@example.com", "message": k.Message,
	}
	if !st.started.IsZero() {
		o["startedAnalysis"] = st.started.UTC().Format(time.RFC3339Nano)
	}
	if st.analysed() {
		o["endedAnalysis"] = st.ended.UTC().Format(time.RFC3339Nano)
	}
	return o
}

func (c *call) showAnalysis(k *world.Commit) obj {
	st := c.s.state(c.repo, k.SHA)
	o := obj{"commit": c.showCommit(k, st), "meta": obj{"analyzable": true}}
	if q, _ := c.quality(st); q != nil {
		o["quality"] = q
	}
	if st.ready() {
		covered, coverable := st.covered()
		percent := 0.0
		if coverable > 0 {
			percent = 100 * float64(covered) / float64(coverable)
		}
		o["coverage"] = obj{"totalCoveragePercentage": hundredths(percent), "deltaCoveragePercentage": 0, "isUpToStandards": true, "resultReasons": []obj{}}
	}
	return o
}

// commit finds the commit of the path, letting its analysis advance.
func (c *call) commit() (*world.Commit, *commitState) {
	if sha := c.R.PathValue("commit"); isSHA(sha) {
		st := c.s.state(c.repo, sha) // which may take it as pushed just now
		if k := c.repo.Commit(sha); k != nil {
			c.s.poll(st)
			return k, st
		}
	}
	c.fail(http.StatusNotFound, "Commit not found")
	return nil, nil
}

// ofCommit serves what is about the commit of the path.
func ofCommit(serve func(*call, *world.Commit, *commitState)) func(*call) {
	return func(c *call) {
		if k, st := c.commit(); k != nil {
			serve(c, k, st)
		}
	}
}

// ofPull serves what is about the pull request of the path.
func ofPull(serve func(*call, *world.PullRequest)) func(*call) {
	return func(c *call) {
		if p := c.pullRequest(); p != nil {
			serve(c, p)
		}
	}
}

func (c *call) getCommit(k *world.Commit, _ *commitState) { c.ok(c.showAnalysis(k)) }

func (c *call) deltaStatistics(k *world.Commit, st *commitState) {
	c.ok(obj{"commitUuid": k.SHA, "newIssues": len(st.issues), "fixedIssues": 0, "analyzed": st.analysed()})
}

func (c *call) listCommits() {
	branch := c.R.URL.Query().Get("branch")
	data := []obj{}
	for _, k := range slices.Backward(c.repo.Commits) {
		if st := c.s.state(c.repo, k.SHA); branch == "" || k.Branch == branch || st.guessed {
			c.s.poll(st)
			data = append(data, c.showAnalysis(k))
		}
	}
	page(c, data)
}

// pullRequest finds the pull request of the path, letting the analysis of its
// head advance.
func (c *call) pullRequest() *world.PullRequest {
	n, err := strconv.Atoi(c.R.PathValue("number"))
	if err != nil {
		c.fail(http.StatusBadRequest, "The pull request number is not a number")
		return nil
	}
	p := c.repo.PullRequest(n)
	if p == nil {
		c.fail(http.StatusNotFound, "Pull request not found")
		return nil
	}
	c.s.poll(c.s.state(c.repo, p.Head))
	return p
}

func (c *call) showPullRequest(p *world.PullRequest) obj {
	return obj{
		"id": p.ID, "number": p.Number, "updated": stamp(c.s.w.Now()), "status": p.State, "repository": c.repo.Name, "title": p.Title,
		"owner": obj{"name": "Robin Doe"}, "headCommitSha": p.Head, "commonAncestorCommitSha": p.Base,
		"originBranch": p.Branch, "targetBranch": p.Target,
		"gitHref": fmt.Sprintf("https://github.com/%s/%s/pull/%d", c.repo.Owner, c.repo.Name, p.Number),
	}
}

func (c *call) showVerdict(p *world.PullRequest) obj {
	st := c.s.state(c.repo, p.Head)
	o := obj{"isAnalysing": !st.analysed(), "pullRequest": c.showPullRequest(p), "meta": obj{"analyzable": true}}
	quality, good := c.quality(st)
	coverage, covered := c.diffCoverage(st)
	if quality != nil {
		o["quality"] = quality
		o["newIssues"], o["fixedIssues"] = len(st.issues), 0
	}
	o["coverage"] = coverage
	if st.analysed() {
		o["isUpToStandards"] = good && covered
	}
	return o
}

func (c *call) getPullRequest(p *world.PullRequest) { c.ok(c.showVerdict(p)) }

func (c *call) listPullRequests() { page(c, answer.Rows(c.repo.PullRequests, c.showVerdict)) }

func (c *call) pullRequestCommits(p *world.PullRequest) {
	data := []obj{}
	for _, k := range slices.Backward(c.repo.Commits) {
		if k.Branch == p.Branch || k.SHA == p.Head {
			data = append(data, c.showAnalysis(k))
		}
	}
	page(c, data)
}

func (c *call) pullRequestReports(p *world.PullRequest) {
	detail := func(sha string) obj { return obj{"commitId": 1, "commitSha": sha, "reports": c.reportsOf(sha)} }
	head, base := detail(p.Head), detail(p.Base)
	c.ok(obj{"data": obj{"headCommit": head, "commonAncestorCommit": base, "origin": head, "target": base}})
}

func (c *call) pullRequestCoverage(p *world.PullRequest) {
	coverage, _ := c.diffCoverage(c.s.state(c.repo, p.Head))
	c.ok(obj{"data": obj{"pullRequest": c.showPullRequest(p), "coverage": coverage}})
}

func (c *call) pullRequestFiles(p *world.PullRequest) {
	st := c.s.state(c.repo, p.Head)
	data := []obj{}
	for name := range st.all() {
		covered, coverable := st.covered(name)
		if coverable == 0 || !st.ready() {
			continue
		}
		data = append(data, obj{"fileName": name, "coverage": hundredths(100 * float64(covered) / float64(coverable)), "diffLineHits": []obj{}})
	}
	c.ok(obj{"data": data})
}

func (c *call) reanalyzeCoverage(*world.PullRequest) { c.none() }

func (c *call) reanalyze() {
	var in struct {
		Commit     string `json:"commitUuid"`
		CleanCache bool   `json:"cleanCache"`
	}
	if !c.decode(&in) {
		return
	}
	switch {
	case c.repo.Commit(in.Commit) == nil:
		c.fail(http.StatusNotFound, "Commit not found")
	case in.CleanCache:
		c.fail(http.StatusForbidden, "Cleaning the cache is not allowed")
	default:
		c.s.analyse(c.s.state(c.repo, in.Commit))
		c.none()
	}
}
