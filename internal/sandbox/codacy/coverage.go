package codacy

import (
	"encoding/json"
	"fmt"
	"math"
	"net/http"
	"strconv"
	"time"

	"github.com/gatewright/gatewright/internal/sandbox/world"
)

type commitKey struct {
	repo int64
	sha  string
}

// commitState is what is known of a commit beside its being there.
type commitState struct {
	seen    bool // known to Codacy: it heard of the push
	guessed bool // of a push that only this stand-in assumed: it may be on any branch
	started time.Time
	ended   time.Time
	polls   int // until the analysis ends

	lines   map[string]lines // coverage by language
	reports []*report
	parts   bool // partial reports have come, and no final yet
	final   bool

	issues      []issue
	failures    map[string]string // tools that failed, and why
	resultsDone bool
}

// lines are a report's files, their lines, and whether each ran.
type lines map[string]map[int]bool

// report is one coverage report as its status is told.
type report struct {
	language string
	at       time.Time
}

// state returns the commit's state, starting its analysis if this is the first
// that is heard of it. A commit the world does not know is taken as pushed just
// now, to the branch of the open pull request if there is one and no more,
// unless the world says otherwise: then it returns a state that stays unseen.
func (s *Server) state(r *world.Repository, sha string) *commitState {
	key := commitKey{r.ID, sha}
	st := s.states[key]
	if st == nil {
		st = &commitState{lines: map[string]lines{}, failures: map[string]string{}}
		s.states[key] = st
	}
	if !st.seen {
		if r.Commit(sha) == nil && !s.w.Gates.CommitsUnknown {
			s.w.Push(r, s.likelyBranch(r), sha)
			st.guessed = true
		}
		if st.seen = r.Commit(sha) != nil; st.seen && !s.buildServer[r.ID] {
			s.analyse(st)
		}
	}
	return st
}

func (s *Server) likelyBranch(r *world.Repository) string {
	branch := ""
	for _, p := range r.PullRequests {
		if p.State == "open" {
			if branch != "" {
				return r.DefaultBranch
			}
			branch = p.Branch
		}
	}
	if branch == "" {
		return r.DefaultBranch
	}
	return branch
}

// analyse starts an analysis, which ends after some polls.
func (s *Server) analyse(st *commitState) {
	st.started, st.ended, st.polls = s.w.Now(), time.Time{}, s.w.Gates.AnalysisPolls
	if st.polls == 0 {
		st.ended = st.started
	}
}

// poll lets an analysis come nearer to its end.
func (s *Server) poll(st *commitState) {
	if st.started.IsZero() || !st.ended.IsZero() {
		return
	}
	if st.polls--; st.polls < 0 {
		st.ended = s.w.Now()
	}
}

func (st *commitState) analysed() bool { return !st.ended.IsZero() }

type coverageBody struct {
	FileReports []fileReport `json:"fileReports"`
	Total       *int         `json:"total"` // sent by older reporters
	Language    *string      `json:"language"`
}

type fileReport struct {
	Filename  string           `json:"filename"`
	Coverage  map[string]int64 `json:"coverage"`
	Total     *int             `json:"total"`
	CodeLines any              `json:"codeLines"`
}

// isSHA reports whether the text is a full commit id.
func isSHA(text string) bool {
	if len(text) != 40 {
		return false
	}
	for _, c := range text {
		if (c < '0' || c > '9') && (c < 'a' || c > 'f') {
			return false
		}
	}
	return true
}

func (c *call) coverage() {
	partial, err := strconv.ParseBool(c.R.URL.Query().Get("partial"))
	if c.R.URL.Query().Get("partial") == "" {
		partial, err = false, nil
	}
	var in coverageBody
	switch {
	case !c.IsJSON():
		c.fail(http.StatusUnsupportedMediaType, "Expected content type application/json")
		return
	case err != nil:
		c.fail(http.StatusBadRequest, "partial must be true or false")
		return
	case !isSHA(c.R.PathValue("commit")):
		c.fail(http.StatusBadRequest, "The commit is not a SHA-1 hash")
		return
	case json.Unmarshal(c.Body, &in) != nil || in.FileReports == nil:
		c.fail(http.StatusBadRequest, "Error posting coverage")
		return
	}
	if why := in.wrong(c.s.w.Quirk(SelfHosted)); why != "" {
		c.fail(http.StatusBadRequest, why)
		return
	}
	st := c.s.state(c.repo, c.R.PathValue("commit"))
	if partial && st.final && c.s.w.Quirk(ClosedFinal) {
		c.fail(http.StatusBadRequest, "The final coverage report was already received for this commit")
		return
	}
	st.parts = st.parts || partial
	language := c.R.PathValue("language")
	if st.lines[language] == nil || !partial && !c.s.w.Quirk(MergedReports) {
		st.lines[language] = lines{} // a complete report is all there is of its language
	}
	for _, f := range in.FileReports {
		st.lines[language].add(f)
	}
	st.reports = append(st.reports, &report{language, c.s.w.Now()})
	c.ok(obj{"success": "Coverage received successfully."})
}

// wrong says in the server's words what is wrong with a report, or "".
func (in coverageBody) wrong(selfHosted bool) string {
	for i, f := range in.FileReports {
		if selfHosted && f.Total == nil {
			// The words of a self-hosted server (codacy-coverage-reporter#483).
			return fmt.Sprintf("Failed to create coverage: Failed to parse Json to CoverageReport for project 156 and commit: List((/fileReports(%d)/total,List(JsonValidationError(List(error.path.missing),List()))))", i)
		}
		if f.Filename == "" {
			return "Error posting coverage: a file without a name"
		}
		for line, hits := range f.Coverage {
			if n, err := strconv.Atoi(line); err != nil || n < 1 {
				return fmt.Sprintf("Error posting coverage: %q is not a line", line)
			}
			if hits < 0 || hits > math.MaxInt32 {
				return "Error posting coverage: a hit count out of range"
			}
		}
	}
	return ""
}

// add merges a file's lines: a line covered in any report is covered.
func (l lines) add(f fileReport) {
	if l[f.Filename] == nil {
		l[f.Filename] = map[int]bool{}
	}
	for line, hits := range f.Coverage {
		n, _ := strconv.Atoi(line) // checked before
		l[f.Filename][n] = l[f.Filename][n] || hits > 0
	}
}

// all are the lines of all languages.
func (st *commitState) all() lines {
	out := lines{}
	for _, l := range st.lines {
		for name, ran := range l {
			if out[name] == nil {
				out[name] = map[int]bool{}
			}
			for n, hit := range ran {
				out[name][n] = out[name][n] || hit
			}
		}
	}
	return out
}

// covered counts the lines of a commit's coverage, of some files or of all.
func (st *commitState) covered(only ...string) (covered, coverable int) {
	for name, ran := range st.all() {
		if len(only) > 0 && only[0] != name {
			continue
		}
		for _, hit := range ran {
			coverable++
			if hit {
				covered++
			}
		}
	}
	return covered, coverable
}

func (c *call) coverageFinal() {
	if len(c.Body) > 0 && !c.IsJSON() {
		c.fail(http.StatusUnsupportedMediaType, "Expected content type application/json")
		return
	}
	if !isSHA(c.R.PathValue("commit")) {
		c.fail(http.StatusBadRequest, "The commit is not a SHA-1 hash")
		return
	}
	st := c.s.state(c.repo, c.R.PathValue("commit"))
	if st.final && c.s.w.Quirk(ClosedFinal) {
		c.fail(http.StatusBadRequest, "The final coverage report was already received for this commit")
		return
	}
	st.final, st.parts = true, false
	c.ok(obj{"success": "Final coverage notification received successfully."})
}

// status is the state of the commit's coverage in Codacy's words.
func (st *commitState) status() string {
	switch {
	case !st.seen:
		return "CommitNotFound"
	case st.parts:
		return "MissingFinal"
	case !st.analysed():
		return "CommitNotAnalysed"
	default:
		return "Processed"
	}
}

// ready reports whether the commit's coverage is there to judge by.
func (st *commitState) ready() bool { return len(st.reports) > 0 && st.status() == "Processed" }

func (c *call) reportsOf(sha string) []obj {
	out := []obj{}
	st := c.s.states[commitKey{c.repo.ID, sha}]
	if st == nil {
		return out
	}
	for _, r := range st.reports {
		out = append(out, obj{"targetCommitSha": sha, "language": r.language, "createdAt": stamp(r.at), "status": st.status()})
	}
	return out
}

func (c *call) coverageStatus() {
	data, any := []obj{}, false
	for key, st := range c.s.states {
		if key.repo != c.repo.ID {
			continue
		}
		c.s.poll(st)
		data = append(data, c.reportsOf(key.sha)...)
		any = any || st.ready()
	}
	c.ok(obj{"data": obj{"hasCoverageOverview": any, "lastReports": data[:min(len(data), 50)]}})
}

func stamp(t time.Time) string { return t.UTC().Format("2006-01-02T15:04:05.000Z") }
