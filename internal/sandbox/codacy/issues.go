package codacy

import (
	"fmt"
	"slices"

	"github.com/gatewright/gatewright/internal/sandbox/world"
)

func (c *call) showIssue(i issue, id int, sha string) obj {
	p := showPattern(i.pattern)
	return obj{
		"issueId": fmt.Sprintf("%s-%d", sha[:12], id), "resultDataId": id, "filePath": i.file, "fileId": 1,
		"patternInfo": p, "toolInfo": obj{"uuid": i.tool.uuid, "name": i.tool.name}, "lineNumber": i.line, "message": i.message,
		"language": i.language, "lineText": "", "commitInfo": obj{"sha": sha}, "falsePositiveThreshold": 50,
	}
}

// deltaIssues answers with a page of a commit's issues, and whether it was
// analysed at all.
func (c *call) deltaIssues(sha string) {
	st := c.s.state(c.repo, sha)
	data := []obj{}
	if st.analysed() && c.R.URL.Query().Get("status") != "fixed" {
		for n, i := range st.issues {
			data = append(data, obj{"deltaType": "Added", "commitIssue": c.showIssue(i, n+1, sha)})
		}
	}
	pageWith(c, data, obj{"analyzed": st.analysed()})
}

func (c *call) commitIssues(k *world.Commit, _ *commitState) { c.deltaIssues(k.SHA) }

func (c *call) pullRequestIssues(p *world.PullRequest) { c.deltaIssues(p.Head) }

// issueFilter is what searches of issues take.
type issueFilter struct {
	BranchName   string   `json:"branchName"`
	PatternIDs   []string `json:"patternIds"`
	Languages    []string `json:"languages"`
	Categories   []string `json:"categories"`
	Levels       []string `json:"levels"`
	Tags         []string `json:"tags"`
	AuthorEmails []string `json:"authorEmails"`
}

func (f issueFilter) wants(i issue) bool {
	has := func(list []string, text string) bool { return len(list) == 0 || slices.Contains(list, text) }
	return has(f.PatternIDs, i.pattern.id) && has(f.Levels, i.pattern.level) &&
		has(f.Categories, i.pattern.category) && has(f.Languages, i.language)
}

// eachIssue returns the issues of analysed commits that the filter wants, with
// their number within the commit.
func (c *call) eachIssue(f issueFilter, do func(i issue, number int, sha string)) {
	for _, k := range c.repo.Commits {
		st := c.s.states[commitKey{c.repo.ID, k.SHA}]
		if st == nil || !st.analysed() || f.BranchName != "" && k.Branch != f.BranchName && !st.guessed {
			continue
		}
		for n, i := range st.issues {
			if f.wants(i) {
				do(i, n+1, k.SHA)
			}
		}
	}
}

func (c *call) searchIssues() {
	var in issueFilter
	if !c.decode(&in) {
		return
	}
	data := []obj{}
	c.eachIssue(in, func(i issue, number int, sha string) { data = append(data, c.showIssue(i, number, sha)) })
	page(c, data)
}
