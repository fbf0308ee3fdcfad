package finding

import (
	"bufio"
	"bytes"
	"cmp"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"maps"
	"slices"
	"strings"

	"github.com/gatewright/gatewright/internal/fault"
	"github.com/gatewright/gatewright/internal/service"
)

// Options say what a reader of SARIF knows beyond the file.
type Options struct {
	// Root is the folder of the checkout, slash-separated: absolute paths below
	// it become relative ones.
	Root string
}

// ParseSARIF reads a SARIF 2.1.0 log of any size as a stream: one result at a
// time is held, with the rules of its run. Suppressed results, and those that
// say that something is in order, are left out. The name stands for the file
// in errors.
func ParseSARIF(r io.Reader, name string, o Options) (Set, error) {
	in := bufio.NewReaderSize(r, 64<<10)
	if bom, _ := in.Peek(3); bytes.Equal(bom, []byte("\xef\xbb\xbf")) {
		_, _ = in.Discard(3)
	}
	p := &sarif{dec: json.NewDecoder(in), name: name, options: o, texts: map[string]string{}}
	if err := p.log(); err != nil {
		return Set{}, err
	}
	return p.set, nil
}

type sarif struct {
	dec     *json.Decoder
	name    string
	options Options
	set     Set
	texts   map[string]string // rules and paths seen, so that each is held once
	at      string            // where in the log the reader is: "runs[0].results[17]"
}

func (p *sarif) errorf(err error, expected string) error {
	if errors.Is(err, io.EOF) || errors.Is(err, io.ErrUnexpectedEOF) {
		return fault.Errorf(fault.Input, "%s: SARIF ends within %s; expected %s", p.name, p.at, expected)
	}
	var wrong *json.UnmarshalTypeError
	if errors.As(err, &wrong) {
		err = fmt.Errorf("%s is a %s", wrong.Field, wrong.Value)
	}
	return fault.Errorf(fault.Input, "%s: SARIF, %s near byte %d: expected %s: %w", p.name, p.at, p.dec.InputOffset(), expected, err)
}

func (p *sarif) log() error {
	p.at = "the log"
	version, runs := "", false
	err := p.object("a SARIF log", func(key string) error {
		switch key {
		case "version":
			return p.value(&version, "a version")
		case "runs":
			runs = true
			i := 0
			return p.array("runs", func() error {
				p.at = fmt.Sprintf("runs[%d]", i)
				i++
				return p.run()
			})
		default:
			return p.skip()
		}
	})
	switch {
	case err != nil:
		return err
	case !runs:
		return fault.WithHint(fault.Errorf(fault.Input, "%s: no \"runs\": this is no SARIF log", p.name), "findings are read from SARIF 2.1.0 files")
	case !strings.HasPrefix(version, "2.1"):
		return fault.Errorf(fault.Input, "%s: SARIF version %q; 2.1.0 is read", p.name, version)
	}
	return nil
}

// object hands each key of the object that comes next to the function, which
// has to read the value. A null is an empty object.
func (p *sarif) object(what string, key func(string) error) error {
	return p.nest('{', what, func() error {
		t, err := p.dec.Token()
		if err != nil {
			return p.errorf(err, "a key")
		}
		return key(t.(string))
	})
}

// array calls the function before each item of the array that comes next.
func (p *sarif) array(what string, item func() error) error { return p.nest('[', what, item) }

func (p *sarif) nest(open json.Delim, what string, each func() error) error {
	t, err := p.dec.Token()
	if err != nil {
		return p.errorf(err, what)
	}
	if t == nil {
		return nil
	}
	if t != open {
		return p.errorf(fmt.Errorf("found %v", t), what)
	}
	for p.dec.More() {
		if err := each(); err != nil {
			return err
		}
	}
	if _, err := p.dec.Token(); err != nil {
		return p.errorf(err, "the end of "+what)
	}
	return nil
}

func (p *sarif) value(v any, what string) error {
	if err := p.dec.Decode(v); err != nil {
		return p.errorf(err, what)
	}
	return nil
}

// skip steps over a value without holding it.
func (p *sarif) skip() error {
	depth := 0
	for {
		t, err := p.dec.Token()
		if err != nil {
			return p.errorf(err, "a value")
		}
		switch t {
		case json.Delim('{'), json.Delim('['):
			depth++
		case json.Delim('}'), json.Delim(']'):
			depth--
		}
		if depth == 0 {
			return nil
		}
	}
}

// sarifRun is a run while it is read. Its tool and its artifacts may come
// after its results, so what refers to them is looked up at the end.
type sarifRun struct {
	tool      sarifTool
	bases     map[string]artifactLocation
	artifacts []artifactLocation
	pending   []pending
	failed    bool
}

// pending is a result cut down to what a finding needs.
type pending struct {
	finding  service.Finding
	result   *sarifResult // what refers to the rules; nil once that is looked up
	artifact artifactLocation
	own      string // fingerprint by the tool
}

func (p *sarif) run() error {
	var run sarifRun
	at := p.at
	err := p.object("a run", func(key string) error {
		p.at = at + "." + key
		switch key {
		case "tool":
			return p.value(&run.tool, "a tool")
		case "originalUriBaseIds":
			return p.value(&run.bases, "addresses")
		case "artifacts":
			return p.array("artifacts", func() error {
				var a struct{ Location artifactLocation }
				err := p.value(&a, "an artifact")
				run.artifacts = append(run.artifacts, a.Location)
				return err
			})
		case "invocations":
			return p.array("invocations", func() error {
				var i struct {
					Successful *bool `json:"executionSuccessful"`
				}
				err := p.value(&i, "an invocation")
				run.failed = run.failed || i.Successful != nil && !*i.Successful
				return err
			})
		case "results":
			n := 0
			return p.array("results", func() error {
				p.at = fmt.Sprintf("%s.results[%d]", at, n)
				n++
				return p.result(&run)
			})
		default:
			return p.skip()
		}
	})
	if err != nil {
		return err
	}
	p.finish(&run)
	return nil
}

func (p *sarif) result(run *sarifRun) error {
	var r sarifResult
	if err := p.value(&r, "a result"); err != nil {
		return err
	}
	if r.Kind == "pass" || r.Kind == "notApplicable" || r.BaselineState == "absent" {
		return nil
	}
	if suppressed(r) {
		p.set.Suppressed++
		return nil
	}
	q := pending{own: ownFingerprint(r)}
	if len(r.Locations) > 0 {
		l := r.Locations[0].Physical
		q.artifact = l.Artifact
		q.finding.Line = max(l.Region.StartLine, 0)
		if l.Region.EndLine > l.Region.StartLine {
			q.finding.EndLine = l.Region.EndLine
		}
	}
	switch r.BaselineState {
	case "new":
		q.finding.Age = service.New
	case "unchanged", "updated":
		q.finding.Age = service.Old
	}
	if run.tool.Driver.Name != "" { // most tools say first who they are
		p.describe(run, &q.finding, r)
	} else {
		r.Locations, r.Fingerprints, r.PartialFingerprints, r.Suppressions = nil, nil, nil, nil
		q.result = &r
	}
	q.artifact.URI, q.artifact.Base = p.once(q.artifact.URI), p.once(q.artifact.Base)
	run.pending = append(run.pending, q)
	return nil
}

// suppressed reports whether every suppression of a result has been accepted;
// one that is under review or rejected leaves the result standing.
func suppressed(r sarifResult) bool {
	for _, s := range r.Suppressions {
		if s.Status != "" && s.Status != "accepted" {
			return false
		}
	}
	return len(r.Suppressions) > 0
}

// ownFingerprint is what the tool calls the result by, "" if by nothing.
func ownFingerprint(r sarifResult) string {
	for _, prints := range []map[string]string{r.Fingerprints, r.PartialFingerprints} {
		if len(prints) == 0 {
			continue
		}
		var b strings.Builder
		for _, k := range slices.Sorted(maps.Keys(prints)) {
			b.WriteString(k + "=" + prints[k] + "\x00")
		}
		return b.String()
	}
	return ""
}

// finish turns what was read of a run into findings.
func (p *sarif) finish(run *sarifRun) {
	tool := run.tool.Driver.Name
	p.set.Tools = appendNew(p.set.Tools, tool)
	if run.failed {
		p.set.Unfinished = appendNew(p.set.Unfinished, tool)
	}
	p.set.version(tool, cmp.Or(run.tool.Driver.SemanticVersion, run.tool.Driver.Version))
	for _, a := range run.artifacts {
		p.set.file(tool, p.path(run, a))
	}
	p.set.Findings = slices.Grow(p.set.Findings, len(run.pending))
	for _, q := range run.pending {
		f := q.finding
		if q.result != nil {
			p.describe(run, &f, *q.result)
		}
		f.Path = p.once(p.path(run, q.artifact))
		f.Fingerprint = fingerprint(f, q.own)
		p.set.Findings = append(p.set.Findings, f)
	}
}

// describe fills in what the tool and its rules say of a result.
func (p *sarif) describe(run *sarifRun, f *service.Finding, r sarifResult) {
	rule := run.tool.rule(r)
	f.Tool, f.Rule, f.Help = run.tool.Driver.Name, p.once(rule.ID), rule.HelpURI
	f.Severity, f.Kind = severity(r, rule), kind(rule)
	f.Message = text(r.Message, rule)
}

// once gives the first text equal to this one, so that each is held once.
func (p *sarif) once(s string) string {
	if first, ok := p.texts[s]; ok {
		return first
	}
	p.texts[s] = s
	return s
}
