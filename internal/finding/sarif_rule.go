package finding

import (
	"cmp"
	"slices"
	"strconv"
	"strings"
)

// tool is who made a run, as SARIF 2.1.0 describes it (OASIS sarif-v2.1.0, 3.18).
type tool struct {
	driver     component
	extensions []component
}

// component is a tool or a part of one that brings rules.
type component struct {
	name, guid, version, semanticVersion string
	rules                                []rule
	texts                                map[string]string // that any rule may use
}

// rule is what a component says of one of its rules.
type rule struct {
	id, guid, help, kind string
	level                level
	score                float32 // security-severity, from 0 to 10; 0 without one
	texts                map[string]string
	common               map[string]string // the component's texts
}

// ruleRef is how a result names its rule. Indexes are -1 where it has none.
type ruleRef struct {
	id, guid                     string
	index                        int
	component                    int
	componentName, componentGUID string
}

// override is a level that a run was configured to report a rule with.
type override struct {
	ref   ruleRef
	level level
}

func (p *sarif) tool(t *tool) {
	p.fields(fields{
		"driver":     func() { t.driver = p.component() },
		"extensions": func() { p.Array(func() { t.extensions = append(t.extensions, p.component()) }) },
	})
}

func (p *sarif) component() component {
	var c component
	p.fields(fields{
		"name": p.into(&c.name), "guid": p.into(&c.guid), "version": p.into(&c.version), "semanticVersion": p.into(&c.semanticVersion),
		"rules":                func() { p.Array(func() { c.rules = append(c.rules, p.rule()) }) },
		"globalMessageStrings": func() { c.texts = p.messageStrings() },
	})
	for i := range c.rules { // which may stand before the component's texts
		c.rules[i].common = c.texts
	}
	return c
}

func (p *sarif) rule() rule {
	var r rule
	p.fields(fields{
		"id":                   func() { r.id = p.once(p.bytes()) },
		"guid":                 p.into(&r.guid),
		"helpUri":              p.into(&r.help),
		"messageStrings":       func() { r.texts = p.messageStrings() },
		"defaultConfiguration": func() { r.level = p.configuredLevel() },
		"properties": func() {
			p.fields(fields{
				scoreProperty: func() { r.score = p.score() },
				"tags": func() {
					p.Array(func() { r.kind = cmp.Or(r.kind, kindOf(p.text())) })
				},
			})
		},
	})
	return r
}

func (p *sarif) messageStrings() map[string]string {
	texts := map[string]string{}
	p.Object(func(key []byte) {
		id := string(key)
		p.Member("text", func() { texts[id] = p.text() })
	})
	return texts
}

func (p *sarif) configuredLevel() (l level) {
	p.Member("level", func() { l = p.level() })
	return l
}

func (p *sarif) override() override {
	o := override{ref: ruleRef{index: -1, component: -1}}
	p.fields(fields{
		"configuration": func() { o.level = p.configuredLevel() },
		"descriptor": func() {
			var r result
			r.reset()
			p.reference(&r.ref)
			o.ref = p.ruleRef(&r)
		},
	})
	return o
}

// score reads a security-severity, a number or a text of one; 0 if it is
// neither. Some tools write a comma for the point, and some a word.
func (p *sarif) score() float32 {
	var raw []byte
	switch p.Kind() {
	case '"':
		raw = p.bytes()
	case '0':
		raw = p.Number()
	}
	text := strings.ToLower(strings.TrimSpace(string(raw)))
	switch text {
	case "critical":
		return 9
	case "high":
		return 7
	case "medium", "moderate":
		return 4
	case "low":
		return 1
	}
	v, err := strconv.ParseFloat(strings.Replace(text, ",", ".", 1), 32)
	if err != nil || !(v > 0) {
		return 0
	}
	return float32(v)
}

// rule returns the description of a rule; one that is not described has only
// its id. An id may name a part of its rule: "CA1000/1". The level is the one
// that the run was configured with.
func (r *run) rule(ref ruleRef) rule {
	found := r.described(ref)
	for _, o := range r.overrides {
		if o.level != unset && r.refersTo(o.ref, ref, found) {
			found.level = o.level
		}
	}
	return found
}

func (r *run) described(ref ruleRef) rule {
	driver := &r.tool.driver
	first, named := driver, false
	for i := range r.tool.extensions {
		if e := &r.tool.extensions[i]; ref.in(e, i) {
			first, named = e, true
			break
		}
	}
	if ref.index >= 0 && ref.index < len(first.rules) {
		if rule := first.rules[ref.index]; ref.id == "" || rule.names(ref.id) || named {
			return rule.as(ref.id)
		}
	}
	if rule, ok := first.find(ref); ok {
		return rule
	}
	for _, c := range append([]component{*driver}, r.tool.extensions...) {
		if rule, ok := c.find(ref); ok {
			return rule
		}
	}
	return rule{id: ref.id, common: driver.texts}
}

// in reports whether a reference names the extension with that index. An index
// and a GUID are unique in a log, a name need not be (SARIF 2.1.0, 3.54).
func (ref *ruleRef) in(e *component, i int) bool {
	switch {
	case i == ref.component:
		return true
	case ref.componentGUID != "":
		return e.guid == ref.componentGUID
	}
	return ref.component < 0 && ref.componentName != "" && e.name == ref.componentName
}

func (c *component) find(ref ruleRef) (rule, bool) {
	i := slices.IndexFunc(c.rules, func(r rule) bool {
		return ref.guid != "" && r.guid == ref.guid || ref.id != "" && r.id == ref.id
	})
	if i < 0 && ref.id != "" {
		i = slices.IndexFunc(c.rules, func(r rule) bool { return r.names(ref.id) })
	}
	if i < 0 {
		return rule{}, false
	}
	return c.rules[i].as(ref.id), true
}

// as returns the rule under the id that a result calls it by, "" for its own.
func (r rule) as(id string) rule {
	r.id = cmp.Or(id, r.id)
	return r
}

// names reports whether an id is the rule's or that of a part of it.
func (r *rule) names(id string) bool {
	return r.id == id || r.id != "" && strings.HasPrefix(id, r.id+"/")
}

// refersTo reports whether an override is about the rule that a result names.
func (r *run) refersTo(o, ref ruleRef, found rule) bool {
	if o.guid != "" && found.guid != "" {
		return o.guid == found.guid
	}
	if o.id == "" {
		o.id = r.described(o).id
	}
	return o.id != "" && (o.id == found.id || strings.HasPrefix(found.id, o.id+"/")) && (o.component < 0 || ref.component < 0 || o.component == ref.component)
}

// message is a text of the rule, or of its component, with its placeholders filled in.
func (r *rule) message(late lateText) string {
	text, ok := r.texts[late.id]
	if !ok {
		text = r.common[late.id]
	}
	return string(plainText([]byte(text), late.args))
}

// kindOf is what sort of finding a tag says a rule is about; "" if none.
func kindOf(tag string) string {
	switch tag = strings.ToLower(tag); tag {
	case "security":
		return "sast"
	case "secrets", "secret":
		return "secrets"
	case "iac", "sca":
		return tag
	}
	return ""
}
