// Package schematest holds what tests write against the schemas of those who
// read it: the DTD and XSDs, as rules.
package schematest

import (
	"encoding/xml"
	"errors"
	"fmt"
	"io"
	"regexp"
	"strings"
)

// Element is what a schema says of one element. Attributes and children that it
// does not name are refused.
type Element struct {
	Children   string            // a regular expression of their names, each followed by a space
	Attributes map[string]string // a regular expression of the value, by name; a name that ends in ? may be absent
	Text       bool              // text may stand in it
}

// What values look like.
const (
	Any     = `(?s:.*)`
	Number  = `[0-9]+`
	Ordinal = `[1-9][0-9]*`
	Rate    = `0(\.[0-9]+)?|1(\.0+)?`
	Boolean = `true|false`
	Seconds = `[0-9]+(\.[0-9]+)?`
)

// Cobertura is the DTD that Cobertura 2 writes into its reports, coverage-04.
// GitLab and Azure DevOps read it.
func Cobertura() map[string]Element {
	rates := func(more ...string) map[string]string {
		out := map[string]string{"line-rate": Rate, "branch-rate": Rate, "complexity": Seconds}
		for _, name := range more {
			out[name] = Any
		}
		return out
	}
	root := rates("version")
	for _, name := range []string{"lines-covered", "lines-valid", "branches-covered", "branches-valid", "timestamp"} {
		root[name] = Number
	}
	return map[string]Element{
		"coverage":   {Children: "(sources )?packages ", Attributes: root},
		"sources":    {Children: "(source )*"},
		"source":     {Text: true},
		"packages":   {Children: "(package )*"},
		"package":    {Children: "classes ", Attributes: rates("name")},
		"classes":    {Children: "(class )*"},
		"class":      {Children: "methods lines ", Attributes: rates("name", "filename")},
		"methods":    {Children: "(method )*"},
		"method":     {Children: "lines ", Attributes: rates("name", "signature")},
		"lines":      {Children: "(line )*"},
		"line":       {Children: "(conditions )*", Attributes: map[string]string{"number": Ordinal, "hits": Number, "branch?": Boolean, "condition-coverage?": `[0-9]{1,3}% \([0-9]+/[0-9]+\)`}},
		"conditions": {Children: "(condition )*"},
		"condition":  {Attributes: map[string]string{"number": Number, "type": Any, "coverage": Any}},
	}
}

// SonarCoverage is the schema of SonarQube's generic test coverage, version 1.
func SonarCoverage() map[string]Element {
	return map[string]Element{
		"coverage":    {Children: "(file )*", Attributes: map[string]string{"version": "1"}},
		"file":        {Children: "(lineToCover )*", Attributes: map[string]string{"path": "(?s:.+)"}},
		"lineToCover": {Attributes: map[string]string{"lineNumber": Ordinal, "covered": Boolean, "branchesToCover?": Number, "coveredBranches?": Number}},
	}
}

// JUnit is what the schemas of Jenkins, GitLab and Azure DevOps share.
func JUnit() map[string]Element {
	counts := func(more ...string) map[string]string {
		out := map[string]string{"time?": Seconds, "name?": Any}
		for _, name := range append(more, "tests", "failures", "errors", "skipped") {
			out[name+"?"] = Number
		}
		return out
	}
	suite := counts()
	delete(suite, "name?")
	suite["name"] = Any
	reason := Element{Attributes: map[string]string{"message?": Any, "type?": Any}, Text: true}
	return map[string]Element{
		"testsuites": {Children: "(testsuite )*", Attributes: counts()},
		"testsuite":  {Children: "(properties )?(testcase )*(system-out )?(system-err )?", Attributes: suite},
		"testcase":   {Children: "((skipped |error |failure )?)(system-out )?(system-err )?", Attributes: map[string]string{"name": "(?s:.+)", "classname": Any, "time?": Seconds, "file?": Any, "line?": Ordinal}},
		"skipped":    reason, "failure": reason, "error": reason,
	}
}

// node is an element that is open.
type node struct {
	name     string
	children strings.Builder
}

// XML returns what in a document is not as the schema has it: at most the first
// error of syntax, and each breach of a rule.
func XML(doc io.Reader, root string, schema map[string]Element) (wrong []string) {
	d := xml.NewDecoder(doc)
	open := []*node{{}}
	say := func(format string, args ...any) {
		wrong = append(wrong, fmt.Sprintf("line %d: ", line(d))+fmt.Sprintf(format, args...))
	}
	for {
		token, err := d.Token()
		if errors.Is(err, io.EOF) {
			break
		}
		if err != nil {
			say("%v", err)
			return wrong
		}
		top := open[len(open)-1]
		switch x := token.(type) {
		case xml.StartElement:
			name := x.Name.Local
			top.children.WriteString(name + " ")
			open = append(open, &node{name: name})
			if e, ok := schema[name]; !ok {
				say("<%s> is not in the schema", name)
			} else if why := e.attributes(x.Attr); why != "" {
				say("<%s>: %s", name, why)
			}
		case xml.EndElement:
			open = open[:len(open)-1]
			if got := top.children.String(); !whole(schema[top.name].Children, got) {
				say("<%s> has %q", top.name, got)
			}
		case xml.CharData:
			if !schema[top.name].Text && strings.TrimSpace(string(x)) != "" {
				say("<%s> has the text %q", top.name, x)
			}
		}
	}
	if got := open[0].children.String(); got != root+" " {
		say("the root is %q, want %s", got, root)
	}
	return wrong
}

func line(d *xml.Decoder) int {
	n, _ := d.InputPos()
	return n
}

// attributes returns what is wrong with an element's.
func (e Element) attributes(list []xml.Attr) string {
	seen := map[string]bool{}
	for _, a := range list {
		name := a.Name.Local
		pattern, ok := e.Attributes[name]
		if !ok {
			pattern, ok = e.Attributes[name+"?"]
		}
		switch {
		case !ok:
			return "no attribute " + name + " in the schema"
		case seen[name]:
			return name + " twice"
		case !whole(pattern, a.Value):
			return fmt.Sprintf("%s=%q", name, a.Value)
		}
		seen[name] = true
	}
	for name := range e.Attributes {
		if !strings.HasSuffix(name, "?") && !seen[name] {
			return name + " is missing"
		}
	}
	return ""
}

// patterns are few, and asked for each element.
var patterns = map[string]*regexp.Regexp{}

func whole(pattern, text string) bool {
	re := patterns[pattern]
	if re == nil {
		re = regexp.MustCompile(`\A(?:` + pattern + `)\z`)
		patterns[pattern] = re
	}
	return re.MatchString(text)
}
