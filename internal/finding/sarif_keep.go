package finding

import (
	"encoding/hex"
	"slices"
	"strconv"

	"github.com/gatewright/gatewright/internal/service"
)

// keep notes the result until its run has been read.
func (p *sarif) keep(run *run, r *result) {
	q := run.pending.next()
	q.rule = run.refs.add(r.ruleKey(), func() ruleRef { return p.ruleRef(r) })
	q.address = -1
	a := &r.place
	if len(a.uri) == 0 && a.index < 0 {
		a = &r.target
	}
	if len(a.uri) > 0 || a.index >= 0 {
		q.address = p.number(run, a)
	}
	if len(r.further) > 0 && p.old == nil {
		p.keepFurther(run, r)
	}
	q.line = int32(r.line)
	if r.end > r.line {
		q.end = int32(r.end)
	}
	q.level, q.severity, q.score = r.weight(), r.severity, r.score
	q.age = r.age
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
	run.late[run.pending.n-1] = lateText{string(r.id), slices.Clone(r.args)}
}

// keepFurther notes each of the result's further places once.
func (p *sarif) keepFurther(run *run, r *result) {
	known := map[further]bool{}
	for i := range r.further {
		s := &r.further[i]
		at := further{int32(run.pending.n - 1), p.number(run, &s.place), int32(s.line), int32(s.end)}
		if !known[at] {
			known[at] = true
			run.further = append(run.further, at)
		}
	}
}

// number returns the number of an address in the run's table.
//
//go:noinline
func (p *sarif) number(run *run, a *place) int32 {
	return run.addresses.add(p.result.addressKey(a), func() address { return p.addressOf(a) })
}

// ruleKey is the same for two results that refer to their rule in the same words.
func (r *result) ruleKey() []byte {
	k := append(r.scratch[:0], r.ruleID...)
	k = strconv.AppendInt(append(k, 0), int64(r.ruleIndex), 10)
	if ref := &r.ref; ref.index >= 0 || ref.component >= 0 || len(ref.id)+len(ref.guid)+len(ref.componentName)+len(ref.componentGUID) > 0 {
		for _, part := range [][]byte{ref.id, ref.guid, ref.componentName, ref.componentGUID} {
			k = append(append(k, 0), part...)
		}
		k = strconv.AppendInt(append(k, 0), int64(ref.index), 10)
		k = strconv.AppendInt(append(k, 0), int64(ref.component), 10)
	}
	r.scratch = k
	return k
}

func (r *result) addressKey(a *place) []byte {
	k := append(append(append(r.scratch[:0], a.uri...), 0), a.base...)
	r.scratch = strconv.AppendInt(append(k, 0), int64(a.index), 10)
	return r.scratch
}

// ruleRef returns the reference to the result's rule. What the result says
// itself counts before what its "rule" repeats (SARIF 2.1.0, 3.27.5 to 3.27.7).
func (p *sarif) ruleRef(r *result) ruleRef {
	ref := ruleRef{
		id: p.once(r.ruleID), index: r.ruleIndex, guid: p.once(r.ref.guid),
		component: r.ref.component, componentName: p.once(r.ref.componentName), componentGUID: p.once(r.ref.componentGUID),
	}
	if ref.id == "" {
		ref.id = p.once(r.ref.id)
	}
	if ref.index < 0 {
		ref.index = r.ref.index
	}
	return ref
}

// finding fills in what the tool and its rule say of a result.
func (run *run) finding(q *pending, rule *rule) service.Finding {
	kind := rule.kind
	if kind == "" && max(q.score, rule.score) > 0 { // as Grype's, which have no tags
		kind = "sast"
	}
	return service.Finding{
		Tool: run.tool.driver.name, Rule: rule.id, Help: rule.help, Kind: kind,
		Severity: q.severityOf(rule), Message: q.text,
		Line: int(q.line), EndLine: int(q.end), Age: ages[q.age],
	}
}
