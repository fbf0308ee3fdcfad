package finding

import (
	"bytes"
	"crypto/sha256"
)

// result is a result while it is read, kept from one to the next so that its
// buffers are. Indexes are -1 where the log has none.
type result struct {
	ruleID    []byte
	ruleIndex int
	ref       reference
	level     level
	kind      kind
	age       age
	text, id  []byte
	args      []string
	spot
	target        place
	located       bool   // a location with a file was read: spot
	further       []spot // behind it
	full, partial prints
	ours          []byte // our own fingerprint, written by an earlier run
	suppressions  int
	open          int // suppressions that were not accepted
	score         float32
	severity      level

	scratch []byte // for keys
}

// reference is what "rule" holds (SARIF 2.1.0, 3.52).
type reference struct {
	id, guid, componentName, componentGUID []byte
	index, component                       int
}

func (ref *reference) emptied() reference {
	return reference{ref.id[:0], ref.guid[:0], ref.componentName[:0], ref.componentGUID[:0], -1, -1}
}

// spot is a location before its address is put into the run's table.
type spot struct {
	place     place
	line, end int
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

// reset empties the result and keeps its buffers.
func (r *result) reset() {
	*r = result{
		ruleID: r.ruleID[:0], ruleIndex: -1, ref: r.ref.emptied(),
		text: r.text[:0], id: r.id[:0], args: r.args[:0],
		spot: spot{place: r.place.emptied()}, target: r.target.emptied(), ours: r.ours[:0], scratch: r.scratch, further: r.further[:0],
	}
}

func (a *place) emptied() place { return place{uri: a.uri[:0], base: a.base[:0], index: -1} }

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
			p.reference(&r.ref)
		case "level":
			r.level = p.level()
		case "kind":
			r.kind = p.kind()
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
				case scoreProperty:
					r.score = p.score()
				case severityProperty:
					r.severity = severityNamed(p.bytes())
				}
			})
		}
	})
	switch {
	case p.Err() != nil, r.age == absent, r.kind == fine:
	case r.suppressions > 0 && r.open == 0:
		p.set.Suppressed++
	default:
		p.keep(run, r)
	}
}

// reference reads a reference to a rule.
func (p *sarif) reference(ref *reference) {
	p.Object(func(key []byte) {
		switch string(key) {
		case "id":
			ref.id = append(ref.id[:0], p.bytes()...)
		case "guid":
			ref.guid = append(ref.guid[:0], p.bytes()...)
		case "index":
			ref.index = p.index()
		case "toolComponent":
			p.Object(func(key []byte) {
				switch string(key) {
				case "index":
					ref.component = p.index()
				case "name":
					ref.componentName = append(ref.componentName[:0], p.bytes()...)
				case "guid":
					ref.componentGUID = append(ref.componentGUID[:0], p.bytes()...)
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

// location reads the first location of a result that names a file, and those
// behind it, which are further places of the same finding.
func (p *sarif) location(r *result) {
	at := &r.spot
	if r.located {
		r.further = append(r.further, spot{place: place{index: -1}})
		at = &r.further[len(r.further)-1]
	}
	p.Member("physicalLocation", func() {
		p.Object(func(key []byte) {
			switch string(key) {
			case "artifactLocation":
				p.place(&at.place)
			case "region":
				p.Object(func(key []byte) {
					switch string(key) {
					case "startLine":
						at.line = max(p.index(), 0)
					case "endLine":
						at.end = p.index()
					}
				})
			}
		})
	})
	switch named := len(at.place.uri) > 0 || at.place.index >= 0; {
	case !r.located:
		r.located = named
	case !named:
		r.further = r.further[:len(r.further)-1]
	}
}

func (p *sarif) place(a *place) {
	*a = a.emptied()
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
		r.scratch = append(append(r.scratch[:0], key...), '=')
		name := len(r.scratch) - 1
		r.scratch = append(r.scratch, p.bytes()...)
		value := r.scratch[name+1:]
		switch {
		case len(value) == 0, bytes.ContainsAny(value, " \t\n"), string(r.scratch[:name]) == "primaryLocationStartColumnFingerprint":
		case string(r.scratch[:name]) == fingerprintName && len(value) == 32:
			r.ours = append(r.ours[:0], value...)
		default:
			sum := sha256.Sum256(r.scratch)
			for i := range to.sum {
				to.sum[i] ^= sum[i]
			}
			to.n++
		}
	})
}
