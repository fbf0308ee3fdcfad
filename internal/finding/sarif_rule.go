package finding

import (
	"fmt"
	"net/url"
	"strconv"
	"strings"
)

// rule finds the description of a result's rule; a rule that is not described
// has only its id. An id may name a part of its rule: "CA1000/1".
func (t sarifTool) rule(r sarifResult) sarifRule {
	rules := t.Driver.Rules
	if i := r.Rule.Component.Index; i != nil && *i >= 0 && *i < len(t.Extensions) {
		rules = t.Extensions[*i].Rules
	}
	id := r.RuleID
	if id == "" {
		id = r.Rule.ID
	}
	for _, index := range []*int{r.RuleIndex, r.Rule.Index} {
		if index != nil && *index >= 0 && *index < len(rules) {
			rule := rules[*index]
			if id != "" {
				rule.ID = id
			}
			return rule
		}
	}
	for _, rule := range rules {
		if rule.ID == id || strings.HasPrefix(id, rule.ID+"/") {
			rule.ID = id
			return rule
		}
	}
	return sarifRule{ID: id}
}

// severity puts SARIF's level and the security score that many tools add (0 to
// 10, in GitHub's bands) on one scale.
func severity(r sarifResult, rule sarifRule) string {
	for _, v := range []any{r.Properties.SecuritySeverity, rule.Properties.SecuritySeverity} {
		score, err := strconv.ParseFloat(fmt.Sprint(v), 64)
		switch {
		case err != nil || score <= 0:
			continue
		case score >= 9:
			return "critical"
		case score >= 7:
			return "high"
		case score >= 4:
			return "medium"
		default:
			return "low"
		}
	}
	level := r.Level
	if level == "" {
		level = rule.Default.Level
	}
	switch {
	case r.Kind != "" && r.Kind != "fail":
		return "info"
	case level == "error":
		return "high"
	case level == "note":
		return "low"
	case level == "none":
		return "info"
	default:
		return "medium"
	}
}

// kind is what sort of finding a rule is about, as far as its tags tell.
func kind(rule sarifRule) string {
	for _, t := range rule.Properties.Tags {
		switch t = strings.ToLower(t); t {
		case "security":
			return "sast"
		case "secrets", "secret":
			return "secrets"
		case "iac", "sca":
			return t
		}
	}
	return ""
}

// text is the message with its placeholders filled in.
func text(m message, rule sarifRule) string {
	s := m.Text
	if s == "" {
		s = rule.MessageStrings[m.ID].Text
	}
	for i, arg := range m.Arguments {
		s = strings.ReplaceAll(s, "{"+strconv.Itoa(i)+"}", arg)
	}
	return s
}

// path is a result's file relative to the checkout where that is possible.
func (p *sarif) path(run *sarifRun, a artifactLocation) string {
	if a.URI == "" && a.Index != nil && *a.Index >= 0 && *a.Index < len(run.artifacts) {
		a = run.artifacts[*a.Index]
	}
	file := uriPath(a.URI)
	for depth := 0; a.Base != "" && depth < 8 && !strings.HasPrefix(file, "/"); depth++ {
		a = run.bases[a.Base]
		if a.URI == "" {
			break
		}
		file = strings.TrimSuffix(uriPath(a.URI), "/") + "/" + file
	}
	file = strings.TrimPrefix(file, "./")
	if root := strings.TrimSuffix(p.options.Root, "/"); root != "" {
		if rest, ok := strings.CutPrefix(file, root+"/"); ok {
			return rest
		}
	}
	return file
}

// uriPath is the path of a file address, its escapes undone.
func uriPath(uri string) string {
	u, err := url.Parse(uri)
	if err != nil || u.Scheme != "" && u.Scheme != "file" {
		return strings.ReplaceAll(uri, `\`, "/")
	}
	path := strings.ReplaceAll(u.Path, `\`, "/")
	if u.Scheme == "file" && len(path) > 3 && path[0] == '/' && path[2] == ':' { // file:///C:/x
		path = path[1:]
	}
	return path
}
