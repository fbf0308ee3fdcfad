package finding

import (
	"cmp"
	"errors"
	"fmt"
	"io"
	"slices"
	"strings"

	"github.com/gatewright/gatewright/internal/coverage/match"
	"github.com/gatewright/gatewright/internal/fault"
	"github.com/gatewright/gatewright/internal/scan"
)

// Options say what a reader of SARIF knows beyond the file. The zero value
// keeps every path as the tool wrote it.
type Options struct {
	Tree  *match.Tree   // the commit's files; nil if they are not known
	Match match.Options // where the tool's paths may begin
}

// ParseSARIF reads a SARIF 2.1.0 log of any size as a stream, its keys in any
// order. Suppressed results, and those that say that something is in order,
// are left out. name stands for the file in errors, which are fault.Input.
func ParseSARIF(r io.Reader, name string, o Options) (Set, error) {
	p := &sarif{name: name, options: o, strings: map[string]string{}}
	err := p.parse(r)
	return p.set, err
}

// sarif is a log while it is read.
type sarif struct {
	*scan.JSON
	name    string
	options Options
	set     Set
	old     *Baseline         // takes the findings instead of set, where it is not nil
	strings map[string]string // rules and paths seen, each held once
	texts   texts
	result  result

	runs, results int // begun so far, the results of the run in hand; for errors
}

func (p *sarif) parse(r io.Reader) error {
	p.JSON = scan.NewJSON(scan.UTF8(r))
	version, runs := "", false
	p.Object(func(key []byte) {
		switch string(key) {
		case "version":
			version = p.text()
		case "runs":
			runs = true
			p.Array(p.run)
		}
	})
	if err := p.End(); err != nil {
		return p.wrong(err)
	}
	switch {
	case !runs:
		return fault.WithHint(fault.Errorf(fault.Input, "%s: no \"runs\": this is no SARIF log", p.name), "findings are read from SARIF 2.1.0 files")
	case !strings.HasPrefix(version, "2.1"):
		return fault.Errorf(fault.Input, "%s: SARIF version %q; 2.1.0 is read", p.name, version)
	case p.runs == 0:
		p.missing("%s holds no run of any tool", p.name)
	}
	return nil
}

// wrong is a scanner's error with the file, the line and the part of the log.
func (p *sarif) wrong(err error) error {
	where := "the log"
	if p.runs > 0 {
		where = fmt.Sprintf("runs[%d]", p.runs-1)
	}
	if p.results > 0 {
		where += fmt.Sprintf(".results[%d]", p.results-1)
	}
	var at *scan.Error
	if !errors.As(err, &at) {
		return fault.Errorf(fault.Input, "%s: SARIF, %s: %w", p.name, where, err)
	}
	return fault.Errorf(fault.Input, "%s:%d: SARIF, %s: %w", p.name, at.Line, where, at.Err)
}

func (p *sarif) missing(format string, args ...any) {
	p.set.Missing = appendNew(p.set.Missing, fmt.Sprintf(format, args...))
}

// text reads a text or null. It is valid as long as the program runs.
func (p *sarif) text() string { return string(p.bytes()) }

// bytes reads a text or null. It is valid until the next call.
func (p *sarif) bytes() []byte {
	switch kind := p.Kind(); kind {
	case '"', 'n', 0:
		text, _ := p.Bytes()
		return text
	default:
		p.Fail("%s where a text was expected", kindName(kind))
		return nil
	}
}

// index reads an index into an array of the run; -1 if there is none.
func (p *sarif) index() int {
	switch kind := p.Kind(); {
	case kind == '0' && !p.Negative():
		n, _ := p.Int()
		return n
	case kind == '0', kind == 'n', kind == 0:
		return -1
	default:
		p.Fail("%s where a number was expected", kindName(kind))
		return -1
	}
}

func kindName(kind byte) string {
	switch kind {
	case '{':
		return "an object"
	case '[':
		return "an array"
	case '"':
		return "a text"
	case '0':
		return "a number"
	}
	return "true or false"
}

// once returns the first text equal to this one, so that each is held once.
func (p *sarif) once(s []byte) string {
	if first, ok := p.strings[string(s)]; ok {
		return first
	}
	text := string(s)
	p.strings[text] = text
	return text
}

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
	remark    bool  // kind is not "fail"
	severity  level // as an earlier run of ours wrote it; unset without one
	fresh     bool  // the tool says that it is new
	old       bool  // or that it is not
}

// lateText is a message that names a text of its rule.
type lateText struct {
	id   string
	args []string
}

func (p *sarif) run() {
	var r run
	p.runs, p.results = p.runs+1, 0
	p.Object(func(key []byte) {
		switch string(key) {
		case "tool":
			p.tool(&r.tool)
		case "originalUriBaseIds":
			r.bases = map[string]address{}
			p.Object(func(key []byte) {
				name := string(key)
				r.bases[name] = p.address()
			})
		case "artifacts":
			p.Array(func() {
				a := address{index: -1}
				p.Object(func(key []byte) {
					if string(key) == "location" {
						a = p.address()
					}
				})
				r.artifacts = append(r.artifacts, a)
			})
		case "invocations":
			p.Array(func() { p.invocation(&r) })
		case "conversion": // of another format, which may have failed
			p.Object(func(key []byte) {
				if string(key) == "invocation" {
					p.invocation(&r)
				}
			})
		case "externalPropertyFileReferences":
			p.Object(func(key []byte) {
				if string(key) == "results" {
					p.Array(func() { r.failed = "keeps results in other files, which are not read" })
				}
			})
		case "results":
			r.found = r.found || p.Kind() == '['
			p.Array(func() {
				p.results++
				p.readResult(&r)
			})
			if p.Err() == nil {
				p.results = 0
			}
		}
	})
	if p.Err() == nil {
		p.finish(&r)
	}
}

// unended is why a tool's results may not be all.
const unended = "did not run to the end"

func (p *sarif) invocation(r *run) {
	success, code := false, 0
	p.Object(func(key []byte) {
		switch string(key) {
		case "executionSuccessful":
			success = p.Kind() == 't'
			if p.Kind() == 'f' {
				r.failed = unended
			}
		case "processStartFailureMessage", "exitSignalName":
			if p.text() != "" {
				r.failed = unended
			}
		case "exitSignalNumber":
			if p.index() > 0 {
				r.failed = unended
			}
		case "exitCode":
			code = p.index()
		case "workingDirectory":
			r.dir = p.address()
		case "ruleConfigurationOverrides":
			p.Array(func() { r.overrides = append(r.overrides, p.override()) })
		case "toolExecutionNotifications", "toolConfigurationNotifications":
			p.Array(func() {
				if text := p.notification(); text != "" {
					r.troubles = append(r.troubles, text)
				}
			})
		}
	})
	if !success && code > 1 { // 1 is what many end with that found something
		r.failed = unended
	}
}

// notification reads what a tool says of its own run (SARIF 2.1.0, 3.58), and
// returns its text if it is an error.
func (p *sarif) notification() (text string) {
	var level string
	p.Object(func(key []byte) {
		switch string(key) {
		case "level":
			level = p.text()
		case "message":
			p.Object(func(key []byte) {
				if string(key) == "text" {
					text = p.text()
				}
			})
		}
	})
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
	p.set.version(name, cmp.Or(r.tool.driver.semanticVersion, r.tool.driver.version))
	places, artifacts := p.places(r)
	for _, a := range artifacts {
		p.set.file(name, a.Path)
	}
	rules := make([]rule, len(r.refs.items))
	for i, ref := range r.refs.items {
		rules[i] = r.rule(ref)
	}
	if p.old == nil {
		p.set.Findings = slices.Grow(p.set.Findings, r.pending.n)
	}
	r.pending.drain(func(i int, q *pending) {
		f := p.finding(r, q, &rules[q.rule])
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
	})
}
