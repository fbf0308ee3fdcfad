package codacy

import (
	"maps"
	"net/http"
	"slices"

	"github.com/gatewright/gatewright/internal/sandbox/answer"
	"github.com/gatewright/gatewright/internal/sandbox/world"
)

// What Codacy's own clients read beside the rest: overviews of organizations,
// repositories, tools and issues.

func (c *call) analysisOf(r *world.Repository) obj {
	o := obj{"repository": c.showRepository(r, c.R.PathValue("provider")), "selectedBranch": c.showBranch(r), "issuesCount": 0, "loc": 1000}
	if c.s.w.Quirk(Stopped) {
		o["coverage"] = obj{"status": "Stopped"}
	}
	for _, k := range slices.Backward(r.Commits) {
		if st := c.s.states[commitKey{r.ID, k.SHA}]; st != nil && st.analysed() {
			o["lastAnalysedCommit"] = c.showCommit(k, st)
			o["issuesCount"] = len(st.issues)
			break
		}
	}
	return o
}

func (c *call) repositoryAnalysis() { c.ok(obj{"data": c.analysisOf(c.repo)}) }

// repositoriesAnalysis lists the repositories that were added, or searches them.
func (c *call) repositoriesAnalysis() {
	var in struct {
		Names []string `json:"names"`
	}
	if !c.decode(&in) {
		return
	}
	data := []obj{}
	for _, r := range c.repositoriesIn(c.R.PathValue("organization")) {
		if c.s.isAdded(r) && (len(in.Names) == 0 || slices.Contains(in.Names, r.Name)) {
			data = append(data, c.analysisOf(r))
		}
	}
	page(c, data)
}

func (c *call) organizationsOf() {
	if !slices.Contains(providers(), c.R.PathValue("provider")) {
		c.fail(http.StatusNotFound, "Unknown provider")
		return
	}
	c.listOrganizations(c.R.PathValue("provider"))
}

func (c *call) follow() {
	if !c.s.isAdded(c.repo) {
		c.fail(http.StatusNotFound, "The repository was not added")
		return
	}
	c.ok(obj{"data": "Following"})
}

func (c *call) repositoryTools() {
	c.ok(obj{"data": answer.Rows(toolTable(), func(t tool) obj {
		return obj{"uuid": t.uuid, "name": t.name, "isClientSide": false, "settings": obj{
			"name": t.name, "isEnabled": !c.s.off[toolKey{c.repo.ID, t.uuid}], "followsStandard": false, "isCustom": false,
			"hasConfigurationFile": false, "usesConfigurationFile": false, "enabledBy": []obj{},
		}}
	})})
}

func (c *call) repositoryPatterns(t tool) {
	page(c, answer.Rows(t.patterns, func(p pattern) obj {
		return obj{"patternDefinition": showWhole(p), "enabled": true, "isCustom": false, "parameters": []obj{}, "enabledBy": []obj{}}
	}))
}

// issuesOverview counts the issues of all analysed commits.
func (c *call) issuesOverview() {
	var in issueFilter
	if !c.decode(&in) {
		return
	}
	counts := map[string]map[string]int{"categories": {}, "languages": {}, "levels": {}, "patterns": {}}
	titles := map[string]string{}
	c.eachIssue(in, func(i issue, _ int, _ string) {
		counts["categories"][i.pattern.category]++
		counts["languages"][i.language]++
		counts["levels"][i.pattern.level]++
		counts["patterns"][i.pattern.id]++
		titles[i.pattern.id] = i.pattern.title
	})
	out := obj{"tags": []obj{}, "authors": []obj{}}
	for name, totals := range counts {
		list := []obj{}
		for _, key := range slices.Sorted(maps.Keys(totals)) {
			o := obj{"name": key, "total": totals[key]}
			if name == "patterns" {
				o = obj{"id": key, "title": titles[key], "total": totals[key]}
			}
			list = append(list, o)
		}
		out[name] = list
	}
	c.ok(obj{"data": obj{"counts": out}})
}
