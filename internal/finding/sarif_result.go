package finding

import (
	"bytes"
	"crypto/sha256"
	"encoding/hex"
	"strconv"
	"strings"

	"github.com/gatewright/gatewright/internal/service"
)

// result is a result while it is read, kept from one to the next so that its
// buffers are. Indexes are -1 where the log has none.
type result struct {
	ruleID    []byte
	ruleIndex int
	ref       struct { // what "rule" holds
		id, guid  []byte
		index     int
		component struct {
			index      int
			name, guid []byte
		}
	}
	level         level
	kind          []byte
	fresh, old    bool
	absent        bool
	text, id      []byte
	args          []string
	place, target place
	line, end     int
	located       bool // a location with a file was read
	full, partial prints
	ours          []byte // our own fingerprint, written by an earlier run
	suppressions  int
	open          int // suppressions that were not accepted
	score         float32
	severity      level

	key []byte // scratch
}

// place is an address before it is put into the run's table.
type place struct {
	uri, base []byte
	index     int
}

// prints are a tool's own fingerprints of a result, digested so that their
// order does not matter.
type prints struct {
	sum [16]byte
	n   int
}

func (r *result) reset() {
	r.ruleID, r.ruleIndex = r.ruleID[:0], -1
	r.ref.id, r.ref.guid, r.ref.index = r.ref.id[:0], r.ref.guid[:0], -1
	r.ref.component.name, r.ref.component.guid, r.ref.component.index = r.ref.component.name[:0], r.ref.component.guid[:0], -1
	r.level, r.kind, r.fresh, r.old, r.absent = unset, r.kind[:0], false, false, false
	r.text, r.id, r.args = r.text[:0], r.id[:0], r.args[:0]
	r.place.reset()
	r.target.reset()
	r.line, r.end, r.located = 0, 0, false
	r.full, r.partial, r.ours = prints{}, prints{}, r.ours[:0]
	r.suppressions, r.open, r.score, r.severity = 0, 0, 0, unset
}

func (a *place) reset() { a.uri, a.base, a.index = a.uri[:0], a.base[:0], -1 }

func (p *sarif) readResult(run *run) {
	r := &p.result
	r.reset()
	p.Object(func(key []byte) {
		switch string(key) {
		case "ruleId":
			r.ruleID = append(r.ruleID, p.bytes()...)
		case "ruleIndex":
			r.ruleIndex = p.index()
		case "rule":
			p.reference(r)
		case "level":
			r.level = p.level()
		case "kind":
			r.kind = append(r.kind, p.bytes()...)
		case "message":
			p.message(r)
		case "locations":
			p.Array(func() { p.location(r) })
		case "analysisTarget":
			p.place(&r.target)
		case "fingerprints":
			p.prints(r, &r.full)
		case "partialFingerprints":
			p.prints(r, &r.partial)
		case "baselineState":
			p.baselineState(r)
		case "suppressions":
			p.Array(func() { p.suppression(r) })
		case "properties":
			p.Object(func(key []byte) {
				switch string(key) {
				case "security-severity":
					r.score = p.score()
				case severityProperty:
					r.severity = severityNamed(p.bytes())
				}
			})
		}
	})
	switch {
	case p.Err() != nil, r.absent, string(r.kind) == "pass", string(r.kind) == "notApplicable":
	case r.suppressions > 0 && r.open == 0:
		p.set.Suppressed++
	default:
		p.keep(run, r)
	}
}

// reference reads the "rule" of a result.
func (p *sarif) reference(r *result) {
	p.Object(func(key []byte) {
		switch string(key) {
		case "id":
			r.ref.id = append(r.ref.id[:0], p.bytes()...)
		case "guid":
			r.ref.guid = append(r.ref.guid[:0], p.bytes()...)
		case "index":
			r.ref.index = p.index()
		case "toolComponent":
			c := &r.ref.component
			p.Object(func(key []byte) {
				switch string(key) {
				case "index":
					c.index = p.index()
				case "name":
					c.name = append(c.name[:0], p.bytes()...)
				case "guid":
					c.guid = append(c.guid[:0], p.bytes()...)
				}
			})
		}
	})
}

func (p *sarif) message(r *result) {
	p.Object(func(key []byte) {
		switch string(key) {
		case "text":
			r.text = append(r.text[:0], p.bytes()...)
		case "markdown":
			if text := p.bytes(); len(r.text) == 0 {
				r.text = append(r.text, text...)
			}
		case "id":
			r.id = append(r.id[:0], p.bytes()...)
		case "arguments":
			p.Array(func() { r.args = append(r.args, p.text()) })
		}
	})
}

// location reads the first location of a result that names a file and steps
// over those behind it, which are further places of the same finding.
func (p *sarif) location(r *result) {
	if r.located {
		return
	}
	p.Object(func(key []byte) {
		if string(key) != "physicalLocation" {
			return
		}
		p.Object(func(key []byte) {
			switch string(key) {
			case "artifactLocation":
				p.place(&r.place)
				r.located = len(r.place.uri) > 0 || r.place.index >= 0
			case "region":
				p.Object(func(key []byte) {
					switch string(key) {
					case "startLine":
						r.line = max(p.index(), 0)
					case "endLine":
						r.end = p.index()
					}
				})
			}
		})
	})
}

func (p *sarif) place(a *place) {
	a.reset()
	p.Object(func(key []byte) {
		switch string(key) {
		case "uri":
			a.uri = append(a.uri, p.bytes()...)
		case "uriBaseId":
			a.base = append(a.base, p.bytes()...)
		case "index":
			a.index = p.index()
		}
	})
}

// prints reads the fingerprints that a tool puts on a result. A text with blanks
// is none: it says why there is no fingerprint. Nor is a column, which moves.
func (p *sarif) prints(r *result, to *prints) {
	p.Object(func(key []byte) {
		r.key = append(append(r.key[:0], key...), '=')
		name := len(r.key) - 1
		r.key = append(r.key, p.bytes()...)
		value := r.key[name+1:]
		switch {
		case len(value) == 0, bytes.ContainsAny(value, " \t\n"), string(r.key[:name]) == "primaryLocationStartColumnFingerprint":
		case string(r.key[:name]) == fingerprintName && len(value) == 32:
			r.ours = append(r.ours[:0], value...)
		default:
			sum := sha256.Sum256(r.key)
			for i := range to.sum {
				to.sum[i] ^= sum[i]
			}
			to.n++
		}
	})
}

func (p *sarif) baselineState(r *result) {
	switch string(p.bytes()) {
	case "new":
		r.fresh = true
	case "unchanged", "updated":
		r.old = true
	case "absent":
		r.absent = true
	}
}

// suppression counts one that is under review or was rejected as open: it
// leaves the result standing.
func (p *sarif) suppression(r *result) {
	r.suppressions++
	p.Object(func(key []byte) {
		if string(key) == "status" {
			if status := p.bytes(); len(status) > 0 && string(status) != "accepted" {
				r.open++
			}
		}
	})
}

// keep notes the result until its run has been read.
func (p *sarif) keep(run *run, r *result) {
	q := run.pending.next()
	q.rule = run.refs.add(r.ruleKey(), func() ruleRef { return r.ruleRef(p) })
	q.address = -1
	a := &r.place
	if len(a.uri) == 0 && a.index < 0 {
		a = &r.target
	}
	if len(a.uri) > 0 || a.index >= 0 {
		q.address = run.addresses.add(a.key(&r.key), func() address {
			return address{uri: string(a.uri), base: p.once(a.base), index: a.index}
		})
	}
	q.line = int32(r.line)
	if r.end > r.line {
		q.end = int32(r.end)
	}
	q.level, q.severity, q.score = r.level, r.severity, r.score
	q.remark = len(r.kind) > 0 && string(r.kind) != "fail"
	q.fresh, q.old = r.fresh, r.old
	switch {
	case len(r.ours) > 0:
		_, err := hex.Decode(q.own[:], r.ours)
		q.verbatim = err == nil
	case r.full.n > 0:
		q.own, q.signed = r.full.sum, true
	case r.partial.n > 0:
		q.own, q.signed = r.partial.sum, true
	}
	if len(r.text) > 0 || len(r.id) == 0 {
		q.text = p.texts.keep(plainText(r.text, r.args))
		return
	}
	if run.late == nil {
		run.late = map[int]lateText{}
	}
	run.late[run.pending.n-1] = lateText{string(r.id), append([]string(nil), r.args...)}
}

// ruleKey is the same for two results that refer to their rule in the same words.
func (r *result) ruleKey() []byte {
	k := append(r.key[:0], r.ruleID...)
	k = strconv.AppendInt(append(k, 0), int64(r.ruleIndex), 10)
	if len(r.ref.id) > 0 || len(r.ref.guid) > 0 || r.ref.index >= 0 {
		c := &r.ref.component
		for _, part := range [][]byte{r.ref.id, r.ref.guid, c.name, c.guid} {
			k = append(append(k, 0), part...)
		}
		k = strconv.AppendInt(append(k, 0), int64(r.ref.index), 10)
		k = strconv.AppendInt(append(k, 0), int64(c.index), 10)
	}
	r.key = k
	return k
}

func (r *result) ruleRef(p *sarif) ruleRef {
	c := &r.ref.component
	ref := ruleRef{
		id: p.once(r.ruleID), index: r.ruleIndex, guid: string(r.ref.guid),
		component: c.index, componentName: string(c.name), componentGUID: string(c.guid),
	}
	if ref.id == "" {
		ref.id = p.once(r.ref.id)
	}
	if ref.index < 0 {
		ref.index = r.ref.index
	}
	return ref
}

func (a *place) key(scratch *[]byte) []byte {
	k := append((*scratch)[:0], a.uri...)
	k = append(append(k, 0), a.base...)
	k = strconv.AppendInt(append(k, 0), int64(a.index), 10)
	*scratch = k
	return k
}

// finding fills in what the tool and its rule say of a result.
func (p *sarif) finding(run *run, q *pending, rule *rule) service.Finding {
	f := service.Finding{
		Tool: run.tool.driver.name, Rule: rule.id, Help: rule.help, Kind: rule.kind,
		Severity: q.severityOf(rule), Message: q.text,
		Line: int(q.line), EndLine: int(q.end),
	}
	switch {
	case q.fresh:
		f.Age = service.New
	case q.old:
		f.Age = service.Old
	}
	return f
}

// plainText is a message as people read it: its placeholders filled in, and of
// a link only its words ("[this value](1)").
func plainText(text []byte, args []string) []byte {
	if len(args) > 0 && bytes.IndexByte(text, '{') >= 0 {
		pairs := make([]string, 0, 2*len(args))
		for i, arg := range args {
			pairs = append(pairs, "{"+strconv.Itoa(i)+"}", arg)
		}
		text = []byte(strings.NewReplacer(pairs...).Replace(string(text)))
	}
	if !bytes.Contains(text, []byte("](")) {
		return text
	}
	out := make([]byte, 0, len(text))
	for {
		words, rest, ok := link(text)
		if !ok {
			return append(out, text...)
		}
		out = append(append(out, text[:bytes.IndexByte(text, '[')]...), words...)
		text = rest
	}
}

// link finds the first link to a related location in text, "[words](1)", and
// returns its words and what follows it.
func link(text []byte) (words, rest []byte, ok bool) {
	from := bytes.IndexByte(text, '[')
	if from < 0 {
		return nil, nil, false
	}
	words, rest, ok = bytes.Cut(text[from+1:], []byte("]("))
	target, rest, closed := bytes.Cut(rest, []byte(")"))
	_, err := strconv.Atoi(string(target))
	return words, rest, ok && closed && err == nil
}
