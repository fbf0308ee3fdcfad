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
	"net/url"
	"slices"
	"strconv"
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

// The parts of SARIF 2.1.0 that are read (OASIS sarif-v2.1.0, sections 3.13 on).
type (
	sarifTool struct {
		Driver     component   `json:"driver"`
		Extensions []component `json:"extensions"`
	}
	component struct {
		Name            string      `json:"name"`
		Version         string      `json:"version"`
		SemanticVersion string      `json:"semanticVersion"`
		Rules           []sarifRule `json:"rules"`
	}
	sarifRule struct {
		ID             string                 `json:"id"`
		HelpURI        string                 `json:"helpUri"`
		Default        struct{ Level string } `json:"defaultConfiguration"`
		MessageStrings map[string]message     `json:"messageStrings"`
		Properties     properties             `json:"properties"`
	}
	properties struct {
		SecuritySeverity any      `json:"security-severity"`
		Tags             []string `json:"tags"`
	}
	message struct {
		Text      string   `json:"text"`
		ID        string   `json:"id"`
		Arguments []string `json:"arguments"`
	}
	artifactLocation struct {
		URI   string `json:"uri"`
		Base  string `json:"uriBaseId"`
		Index *int   `json:"index"`
	}
	sarifResult struct {
		RuleID    string `json:"ruleId"`
		RuleIndex *int   `json:"ruleIndex"`
		Rule      struct {
			ID        string `json:"id"`
			Index     *int   `json:"index"`
			Component struct {
				Index *int `json:"index"`
			} `json:"toolComponent"`
		} `json:"rule"`
		Level     string  `json:"level"`
		Kind      string  `json:"kind"`
		Message   message `json:"message"`
		Locations []struct {
			Physical struct {
				Artifact artifactLocation `json:"artifactLocation"`
				Region   struct {
					StartLine int `json:"startLine"`
					EndLine   int `json:"endLine"`
				} `json:"region"`
			} `json:"physicalLocation"`
		} `json:"locations"`
		Fingerprints        map[string]string `json:"fingerprints"`
		PartialFingerprints map[string]string `json:"partialFingerprints"`
		BaselineState       string            `json:"baselineState"`
		Suppressions        []struct {
			Status string `json:"status"`
		} `json:"suppressions"`
		Properties properties `json:"properties"`
	}
)

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
