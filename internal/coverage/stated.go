package coverage

import (
	"fmt"
	"math"
	"strings"
)

// Unit is what a total counts.
type Unit string

// The units that reports total.
const (
	UnitLines      Unit = "lines"
	UnitBranches   Unit = "branches"
	UnitStatements Unit = "statements"
)

// Stated is a total that a report states itself, which should be what its own
// records come to.
type Stated struct {
	As   string // the attribute, key or record that states it, as the report spells it
	File string // which the total is of; "" for the whole report
	Unit Unit
	// Count is what is stated; below zero is not stated.
	Count
	// Rate is a share, from 0 to 1 or with a % to 100, where that is all that is
	// stated; as it is written, since its digits say how far it was rounded.
	Rate string
	// Counted is what was read, where the report's unit is not one of the
	// model's; nil takes the model's own total.
	Counted *Count
	// Why is how the tool counts otherwise, where it is known to; "" if it should not.
	Why string
}

// Total returns a total of which no number is stated yet.
func Total(as string, unit Unit) Stated {
	return Stated{As: as, Unit: unit, Count: Count{Covered: -1, Coverable: -1}}
}

// Remark is what a reader of a report should know: a stated total that differs
// from what was read, or something that was stepped over.
type Remark struct {
	Message string `json:"message"`
	File    string `json:"file,omitempty"` // as the report spells it
	Unit    Unit   `json:"unit,omitempty"`
	As      string `json:"as,omitempty"`      // what states the total
	Stated  *Count `json:"stated,omitempty"`  // by the report
	Rate    string `json:"rate,omitempty"`    // where the report states a share alone
	Counted *Count `json:"counted,omitempty"` // by Gatewright
	Why     string `json:"why,omitempty"`
}

// maxRemarks is how many differences of single files are kept. A tool that counts
// otherwise does so in every file, and a list of thousands is read by nobody.
const maxRemarks = 20

// State notes a total that the report states, and compares it once the report
// is whole. Inlined, each of the parsers would copy the total twice.
//
//go:noinline
func (r *Report) State(s Stated) { r.stated = append(r.stated, s) }

// Apart says why this report's totals may differ from ours: n records that it
// counts and we do not. It adds up for the same reason.
func (r *Report) Apart(n int, reason string) {
	if n < 1 {
		return
	}
	if r.apart == nil {
		r.apart = map[string]int{}
	}
	if r.apart[reason] == 0 {
		r.reasons = append(r.reasons, reason)
	}
	r.apart[reason] += n
}

// Remark adds a sentence about the report.
func (r *Report) Remark(format string, args ...any) {
	r.remarks = append(r.remarks, Remark{Message: fmt.Sprintf(format, args...)})
}

// CompareFile compares what the report states of a file that is whole. Nothing
// of it is kept where it agrees.
func (r *Report) CompareFile(f *File, stated ...Stated) {
	for _, s := range stated {
		s.File = f.Path
		r.compare(s, f.Totals())
	}
}

// Remarks returns what there is to say about a report that is whole: the stated
// totals that differ, and what was stepped over. It belongs to the report that
// was parsed; matching and merging do not carry it over.
func (r *Report) Remarks() []Remark {
	stated := r.stated
	r.stated = nil
	if len(stated) > 0 {
		totals := r.Totals()
		for _, s := range stated {
			r.compare(s, totals)
		}
	}
	if r.unlisted > 0 {
		r.Remark("%d more files state totals that differ from their records", r.unlisted)
		r.unlisted = 0
	}
	return r.remarks
}

// NumStated returns how many totals the report states.
func (r *Report) NumStated() int { return r.total + len(r.stated) }

// compare compares what is stated with the model's totals, or with what the parser
// counted in the report's own unit.
func (r *Report) compare(s Stated, totals Totals) {
	r.total++
	counted := totals.count(s.Unit)
	if s.Counted != nil {
		counted = *s.Counted
	}
	if !s.agrees(counted) {
		r.differ(s, counted)
	}
}

// differ adds what there is to say of a total that is not what was counted.
func (r *Report) differ(s Stated, counted Count) {
	if s.File != "" {
		if r.differing++; r.differing > maxRemarks {
			r.unlisted++
			return
		}
	}
	m := Remark{File: s.File, Unit: s.Unit, As: s.As, Rate: s.Rate, Counted: &counted, Why: r.why(s.Why)}
	stated := s.Rate
	if s.Rate == "" {
		m.Stated = &s.Count
		stated = s.Count.text()
	}
	m.Message = fmt.Sprintf("the report states %s of %s (%s), its records come to %s: %s", stated, s.Unit, s.As, counted.text(), m.Why)
	if s.File != "" {
		m.Message = s.File + ": " + m.Message
	}
	r.remarks = append(r.remarks, m)
}

// text writes a count, of which one number may not be known.
func (c Count) text() string {
	switch {
	case c.Covered < 0:
		return fmt.Sprint(c.Coverable)
	case c.Coverable < 0:
		return fmt.Sprintf("%d covered", c.Covered)
	}
	return fmt.Sprintf("%d/%d", c.Covered, c.Coverable)
}

// count is the total of a unit.
func (t Totals) count(u Unit) Count {
	switch u {
	case UnitBranches:
		return Count{t.Branches.Covered, t.Branches.Total}
	case UnitStatements:
		return t.Statements
	}
	return t.Lines
}

// agrees reports whether what was counted is what is stated, as exactly as that
// is written.
func (s Stated) agrees(counted Count) bool {
	if s.Rate == "" {
		return (s.Covered < 0 || s.Covered == counted.Covered) && (s.Coverable < 0 || s.Coverable == counted.Coverable)
	}
	// Tools round up, down or to even: less than one unit of the last digit that
	// they write is no difference.
	number, percent := strings.CutSuffix(strings.TrimSpace(s.Rate), "%")
	_, fraction, _ := strings.Cut(number, ".")
	scale := 100.0
	if percent {
		scale = 1
	}
	var rate float64
	_, err := fmt.Sscanf(number, "%g", &rate)
	share, ok := counted.Percent()
	if err != nil || math.IsNaN(rate) || !ok || !percent && fraction == "" {
		return true // nothing is stated: tools that do not know write 0 or 1
	}
	unit := scale * math.Pow10(-len(fraction)) // of the last digit, rounded in whatever way
	return math.Abs(share-scale*rate) <= unit+1e-9
}

// why says what is known of the report's way of counting.
func (r *Report) why(known string) string {
	var why []string
	if known != "" {
		why = append(why, known)
	}
	for _, reason := range r.reasons {
		why = append(why, fmt.Sprintf("%d %s", r.apart[reason], reason))
	}
	if len(why) == 0 {
		return "its own records do not add up to it; it may have been filtered, joined or edited after the tool had counted"
	}
	return strings.Join(why, "; ")
}
