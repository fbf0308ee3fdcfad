package codacy

import (
	"fmt"
	"maps"
	"net/http"
	"slices"
	"strconv"
	"strings"

	"github.com/gatewright/gatewright/internal/sandbox/world"
)

// What clients read of files and security, and the switch of a tool.

// newest is the newest commit that has coverage, with it and its files in the
// order of their ids.
func (c *call) newest() (sha string, st *commitState, names []string) {
	for _, k := range slices.Backward(c.repo.Commits) {
		if st := c.s.states[commitKey{c.repo.ID, k.SHA}]; st != nil && st.ready() {
			return k.SHA, st, slices.Sorted(maps.Keys(st.all()))
		}
	}
	return "", nil, nil
}

// file is one that the newest coverage names.
type file struct {
	id        int
	sha, name string
	st        *commitState
}

// ofFile serves what is about the file that the path names by its id.
func ofFile(serve func(*call, file)) func(*call) {
	return func(c *call) {
		sha, st, names := c.newest()
		i, err := strconv.Atoi(c.R.PathValue("file"))
		if err != nil || i < 1 || i > len(names) {
			c.fail(http.StatusNotFound, "File not found")
			return
		}
		serve(c, file{i, sha, names[i-1], st})
	}
}

func (c *call) metadata(sha, name string, id int) obj {
	return obj{
		"commitId": 1, "commitSha": sha, "fileDataId": id, "fileId": id, "language": c.repo.Language, "path": name, "ignored": false,
		"gitProviderUrl": fmt.Sprintf("https://github.com/%s/%s/blob/%s/%s", c.repo.Owner, c.repo.Name, sha, name),
	}
}

// fileAnalysis is what is known of one file.
func (c *call) fileAnalysis(f file) {
	covered, coverable := f.st.covered(f.name)
	c.ok(obj{
		"file": c.metadata(f.sha, f.name, f.id), "quality": obj{"totalIssues": len(c.issuesOf(f)), "grade": 90, "gradeLetter": "A"},
		"coverage": obj{"coverage": hundredths(100 * float64(covered) / float64(max(coverable, 1))), "coverableLines": coverable, "coveredLines": covered},
	})
}

func (c *call) issuesOf(f file) []obj {
	data := []obj{}
	c.eachIssue(issueFilter{}, func(i issue, number int, sha string) {
		if i.file == f.name {
			data = append(data, c.showIssue(i, number, sha))
		}
	})
	return data
}

func (c *call) fileIssues(f file) { page(c, c.issuesOf(f)) }

// fileClones are none: the stand-in looks for no duplicates.
func (c *call) fileClones(file) { page(c, []obj{}) }

func (c *call) oneIssue() {
	var found obj
	c.eachIssue(issueFilter{}, func(i issue, number int, sha string) {
		if found == nil && strconv.Itoa(number) == c.R.PathValue("issue") {
			found = c.showIssue(i, number, sha)
		}
	})
	if found == nil {
		c.fail(http.StatusNotFound, "Issue not found")
		return
	}
	c.ok(obj{"data": found})
}

// listFiles are the files that the coverage of the newest commit names.
func (c *call) listFiles() {
	data := []obj{}
	_, st, names := c.newest()
	for i, name := range names {
		if !strings.Contains(name, c.R.URL.Query().Get("search")) {
			continue
		}
		covered, coverable := st.covered(name)
		data = append(data, obj{
			"fileId": i + 1, "branchId": c.repo.ID, "path": name, "totalIssues": 0, "grade": 90, "gradeLetter": "A", "numberOfMethods": 0,
			"coverageWithDecimals": hundredths(100 * float64(covered) / float64(max(coverable, 1))),
		})
	}
	page(c, data)
}

// fileCoverage are the lines of one of them.
func (c *call) fileCoverage(f file) {
	data := []obj{}
	ran := f.st.all()[f.name]
	for _, line := range slices.Sorted(maps.Keys(ran)) {
		data = append(data, obj{"line": line, "hits": map[bool]int{true: 1}[ran[line]]})
	}
	c.ok(obj{"data": data})
}

// changedFiles are the files of a pull request: the stand-in has no diff and
// takes those that the head commit's coverage names.
func (c *call) changedFiles(p *world.PullRequest) {
	st := c.s.state(c.repo, p.Head)
	data := []obj{}
	for i, name := range slices.Sorted(maps.Keys(st.all())) {
		data = append(data, obj{
			"file":    c.metadata(p.Head, name, i+1),
			"quality": obj{"deltaNewIssues": 0, "deltaFixedIssues": 0},
		})
	}
	page(c, data)
}

func (c *call) pullRequestDiff(p *world.PullRequest) {
	var b strings.Builder
	for _, name := range slices.Sorted(maps.Keys(c.s.state(c.repo, p.Head).all())) {
		fmt.Fprintf(&b, "diff --git a/%s b/%s\n--- a/%s\n+++ b/%s\n", name, name, name, name)
	}
	c.ok(obj{"diff": b.String()})
}

// securityItems are the issues of all repositories' analysed commits that are
// about security.
func (c *call) securityItems() {
	data := []obj{}
	for _, r := range c.repositoriesIn(c.R.PathValue("organization")) {
		for _, k := range r.Commits {
			st := c.s.states[commitKey{r.ID, k.SHA}]
			if st == nil || !st.analysed() {
				continue
			}
			for n, i := range st.issues {
				if i.pattern.category == "Security" {
					data = append(data, obj{
						"id": fmt.Sprintf("%s-%d", k.SHA[:12], n+1), "itemSource": "Codacy", "itemSourceId": fmt.Sprint(n + 1), "title": i.pattern.title,
						"repository": r.Name, "openedAt": stamp(st.ended), "dueAt": stamp(st.ended.AddDate(0, 0, 30)), "priority": "High", "status": "OnTrack",
						"scanType": "SAST", "securityCategory": "Other",
					})
				}
			}
		}
	}
	page(c, data)
}

// configureTool switches a tool of the repository on or off.
func (c *call) configureTool(t tool) {
	var in struct {
		Enabled       *bool `json:"enabled"`
		Configuration *bool `json:"useConfigurationFile"`
		Patterns      []any `json:"patterns"`
	}
	if !c.decode(&in) {
		return
	}
	if in.Enabled == nil && in.Configuration == nil && in.Patterns == nil {
		c.fail(http.StatusBadRequest, "Nothing to configure")
		return
	}
	if in.Enabled != nil {
		c.s.off[toolKey{c.repo.ID, t.uuid}] = !*in.Enabled
	}
	c.none()
}

// toolKey is a tool of a repository.
type toolKey struct {
	repo int64
	uuid string
}
