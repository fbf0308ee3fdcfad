package finding

import (
	"cmp"
	"slices"
)

// run is one run of a tool while it is read. Its tool, its artifacts and the
// bases of its addresses may come after its results, so what refers to them is
// looked up at its end.
type run struct {
	tool      tool
	overrides []override
	dir       address // that the tool worked in
	bases     map[string]address
	artifacts []address
	troubles  []string // errors of the tool that did not end it
	failed    string   // why what was not found means nothing; "" if it was looked for
	found     bool     // the run has results, if only none

	pending   chunks[pending]
	refs      table[ruleRef]
	addresses table[address]
	late      map[int]lateText // of pending results, by their index
	further   []further        // in the order of the pending results
}

// further is a place of a pending result behind its first; address is an index into
// addresses.
type further struct {
	result, address int32
	line, end       int32
}

// pending is a result cut down to what a finding is made from.
type pending struct {
	text      string // of the message
	own       [16]byte
	rule      int32 // index into refs
	address   int32 // index into addresses; -1 without one
	line, end int32
	score     float32 // security-severity of the result itself; 0 without one
	level     level
	signed    bool  // the tool has a fingerprint of its own: own, digested
	verbatim  bool  // own is our fingerprint, written by an earlier run
	severity  level // as an earlier run of ours wrote it; unset without one
	age       age   // 0 if the tool did not compare it
}

// lateText is a message that names a text of its rule.
type lateText struct {
	id   string
	args []string
}

func (p *sarif) run() {
	var r run
	p.runs, p.results = p.runs+1, 0
	p.fields(fields{
		"tool": func() { p.tool(&r.tool) },
		"originalUriBaseIds": func() {
			r.bases = map[string]address{}
			p.Object(func(key []byte) {
				name := string(key)
				r.bases[name] = p.address()
			})
		},
		"artifacts": func() {
			p.Array(func() {
				a := address{index: -1}
				p.Member("location", func() { a = p.address() })
				r.artifacts = append(r.artifacts, a)
			})
		},
		"invocations": func() { p.Array(func() { p.invocation(&r) }) },
		"conversion":  func() { p.Member("invocation", func() { p.invocation(&r) }) }, // of another format, which may have failed
		"externalPropertyFileReferences": func() {
			p.Member("results", func() {
				p.Array(func() { r.failed = "keeps results in other files, which are not read" })
			})
		},
		"results": func() {
			r.found = r.found || p.Kind() == '['
			p.Array(func() {
				p.results++
				p.readResult(&r)
			})
			if p.Err() == nil {
				p.results = 0
			}
		},
	})
	if p.Err() == nil {
		p.finish(&r)
	}
}

// invocation reads how a tool ran. A tool that says of itself that it did not
// end well has not looked at everything, so that what it did not find means nothing.
func (p *sarif) invocation(r *run) {
	success, code, broke := false, 0, false
	ended := func() { broke = p.text() != "" || broke }
	notified := func() {
		p.Array(func() {
			if text := p.notification(); text != "" {
				r.troubles = append(r.troubles, text)
			}
		})
	}
	p.fields(fields{
		"executionSuccessful": func() {
			switch kind := p.Kind(); {
			case kind == 'n':
			case kind == 't', kind == '"' && string(p.word()) == "true": // as some write it
				success = true
			default:
				broke = true
			}
		},
		"processStartFailureMessage": ended,
		"exitSignalName":             ended,
		"exitSignalNumber":           func() { broke = p.index() > 0 || broke },
		"exitCode": func() {
			if p.Kind() == '0' {
				code = p.index() // below 0 where a system ends a program so
			}
		},
		"workingDirectory":               func() { r.dir = p.address() },
		"ruleConfigurationOverrides":     func() { p.Array(func() { r.overrides = append(r.overrides, p.override()) }) },
		"toolExecutionNotifications":     notified,
		"toolConfigurationNotifications": notified,
	})
	if broke || !success && code != 0 && code != 1 { // 1 is what many end with that found something
		r.failed = "did not run to the end"
	}
}

// notification reads what a tool says of its own run (SARIF 2.1.0, 3.58), and
// returns its text if it is an error.
func (p *sarif) notification() (text string) {
	var level string
	p.fields(fields{"level": p.into(&level), "message": func() { p.Member("text", p.into(&text)) }})
	if level != "error" {
		return ""
	}
	return cmp.Or(text, "an error without a text")
}

// finish turns what was read of a run into findings.
func (p *sarif) finish(r *run) {
	name := r.tool.driver.name
	p.set.Tools = appendNew(p.set.Tools, name)
	if r.failed == "" && !r.found {
		r.failed = "has no results: it did not look"
	}
	if r.failed != "" {
		p.set.Unfinished = appendNew(p.set.Unfinished, name)
		p.missing("%s %s", orUnknown(name), r.failed)
	}
	for _, text := range r.troubles {
		p.set.Troubles = appendNew(p.set.Troubles, orUnknown(name)+": "+text)
	}
	if v := cmp.Or(r.tool.driver.semanticVersion, r.tool.driver.version); v != "" {
		put(&p.set.Versions, name, v)
	}
	places, artifacts := p.places(r)
	for _, a := range artifacts {
		if a.Path != "" {
			put(&p.set.Files, name, append(p.set.Files[name], a.Path))
		}
	}
	rules := make([]rule, len(r.refs.items))
	for i, ref := range r.refs.items {
		rules[i] = r.rule(ref)
	}
	if p.old == nil {
		p.set.Findings = slices.Grow(p.set.Findings, r.pending.n)
	}
	r.pending.drain(func(i int, q *pending) {
		f := r.finding(q, &rules[q.rule])
		if late, ok := r.late[i]; ok {
			f.Message = rules[q.rule].message(late)
		}
		if q.address >= 0 {
			f.Path = places[q.address].Path
		}
		f.Fingerprint = p.fingerprint(f, q)
		if p.old != nil {
			p.old.add(&f)
			return
		}
		p.set.Findings = append(p.set.Findings, f)
		n := 0
		for n < len(r.further) && int(r.further[n].result) == i {
			n++
		}
		if n > 0 {
			at := make([]Place, n)
			for k, m := range r.further[:n] {
				at[k] = Place{places[m.address].Path, int(m.line), int(m.end)}
			}
			p.set.Further = append(p.set.Further, Further{f.Fingerprint, f.Line, f.EndLine, at})
			r.further = r.further[n:]
		}
	})
}
