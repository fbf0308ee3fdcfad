package codacy

import (
	"encoding/json"
	"net/http"
	"slices"
)

// issue is one result of an analysis.
type issue struct {
	tool     tool
	pattern  pattern
	file     string
	line     int
	message  string
	language string
}

func (i issue) same(o issue) bool {
	return i.pattern.id == o.pattern.id && i.file == o.file && i.line == o.line && i.message == o.message
}

// toolResults is one element of the array that issuesRemoteResults takes
// (codacy-analysis-cli, ResultsSet.scala).
type toolResults struct {
	Tool   string `json:"tool"`
	Issues struct {
		Success *struct {
			Results []struct {
				Filename string `json:"filename"`
				Results  []struct {
					Issue     *resultIssue `json:"Issue"`
					FileError *struct {
						Filename string `json:"filename"`
						Message  string `json:"message"`
					} `json:"FileError"`
				} `json:"results"`
			} `json:"results"`
		} `json:"Success"`
		Failure *struct {
			Message string `json:"message"`
		} `json:"Failure"`
	} `json:"issues"`
}

type resultIssue struct {
	PatternID struct {
		Value string `json:"value"`
	} `json:"patternId"`
	Filename string `json:"filename"`
	Message  struct {
		Text string `json:"text"`
	} `json:"message"`
	Level    string  `json:"level"`
	Category *string `json:"category"`
	SourceID *string `json:"sourceId"`
	Location struct {
		LineLocation *struct {
			Line int `json:"line"`
		} `json:"LineLocation"`
		FullLocation *struct {
			Line   int `json:"line"`
			Column int `json:"column"`
		} `json:"FullLocation"`
	} `json:"location"`
}

func (i resultIssue) line() int {
	switch {
	case i.Location.LineLocation != nil:
		return i.Location.LineLocation.Line
	case i.Location.FullLocation != nil:
		return i.Location.FullLocation.Line
	default:
		return 0
	}
}

func (c *call) issuesResults() {
	var in []toolResults
	if !c.IsJSON() {
		c.fail(http.StatusUnsupportedMediaType, "Expected content type application/json")
		return
	}
	if err := c.Decode(&in); err != nil {
		c.fail(http.StatusBadRequest, "Error parsing the results: "+err.Error())
		return
	}
	st := c.s.state(c.repo, c.R.PathValue("commit"))
	if st.resultsDone && c.s.w.Quirk(ClosedResults) {
		c.fail(http.StatusBadRequest, "The results of this commit were already closed")
		return
	}
	var found []issue
	for _, results := range in {
		more, why := readResults(results)
		if why != "" {
			c.fail(http.StatusBadRequest, why)
			return
		}
		found = append(found, more...)
		delete(st.failures, results.Tool)
		if f := results.Issues.Failure; f != nil {
			st.failures[results.Tool] = f.Message
		}
	}
	for _, i := range found { // what comes twice is there once; the vendor does not say
		if !slices.ContainsFunc(st.issues, i.same) && st.room(i) {
			st.issues = append(st.issues, i)
		}
	}
	c.ok(obj{"success": "Results received successfully."})
}

// room reports whether the issue is among the 50 of its tool and file that Codacy keeps.
func (st *commitState) room(i issue) bool {
	n := 0
	for _, o := range st.issues {
		if o.tool.uuid == i.tool.uuid && o.file == i.file {
			n++
		}
	}
	return n < 50
}

// readResults turns a tool's results into issues. Patterns that the tool does
// not have are left out, as the vendor's own clients expect.
func readResults(results toolResults) ([]issue, string) {
	t, known := toolNamed(results.Tool)
	switch {
	case !known:
		return nil, "Unknown tool " + results.Tool
	case results.Issues.Success == nil && results.Issues.Failure == nil:
		return nil, "Neither Success nor Failure for " + results.Tool
	case results.Issues.Success == nil:
		return nil, ""
	}
	var out []issue
	for _, f := range results.Issues.Success.Results {
		for _, r := range f.Results {
			if r.Issue == nil {
				continue
			}
			if !levels()[r.Issue.Level] || r.Issue.line() < 1 {
				return nil, "An issue of " + f.Filename + " has no valid level or line"
			}
			if p, ok := t.pattern(r.Issue.PatternID.Value); ok {
				out = append(out, issue{t, p, r.Issue.Filename, r.Issue.line(), r.Issue.Message.Text, t.languages[0]})
			}
		}
	}
	return out, ""
}

func levels() map[string]bool {
	return map[string]bool{"Info": true, "Warning": true, "High": true, "Error": true}
}

// otherResults takes metrics and duplication, which no gate here uses.
func (c *call) otherResults() {
	var in []json.RawMessage
	if !c.IsJSON() || json.Unmarshal(c.Body, &in) != nil {
		c.fail(http.StatusBadRequest, "Error parsing the results")
		return
	}
	c.s.state(c.repo, c.R.PathValue("commit"))
	c.ok(obj{"success": "Results received successfully."})
}

// resultsFinal closes the results of a commit and starts its analysis anew. It
// has no body; what type it says it has does not matter.
func (c *call) resultsFinal() {
	st := c.s.state(c.repo, c.R.PathValue("commit"))
	if st.resultsDone && c.s.w.Quirk(ClosedResults) {
		c.fail(http.StatusBadRequest, "The results of this commit were already closed")
		return
	}
	st.resultsDone = true
	c.s.analyse(st)
	c.ok(obj{"success": "Results received successfully."})
}

func (c *call) configuration() {
	tools := []obj{}
	for _, t := range toolTable() {
		patterns := []obj{}
		for _, p := range t.patterns {
			patterns = append(patterns, obj{"internalId": p.id, "parameters": []obj{}})
		}
		tools = append(tools, obj{"uuid": t.uuid, "isEnabled": true, "notEdited": true, "patterns": patterns})
	}
	c.ok(obj{"ignoredPaths": []obj{}, "projectExtensions": []obj{}, "toolConfiguration": tools})
}
