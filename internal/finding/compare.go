package finding

import (
	"cmp"
	"crypto/sha256"
	"encoding/hex"
	"hash/crc32"
	"hash/maphash"
	"io"
	"sort"
	"unicode"
	"unicode/utf8"

	"github.com/gatewright/gatewright/internal/scan"
	"github.com/gatewright/gatewright/internal/service"
)

// fingerprint names a finding across commits: the tool, the rule, the path and
// what the tool itself calls it by, or else its message with the numbers taken
// out. The line is not part of it, so code may move. It lives in the piece of
// memory that others of its log share.
func (p *sarif) fingerprint(f service.Finding, q *pending) string {
	sum := q.own
	switch {
	case q.verbatim:
	case q.signed:
		sum = fingerprint(f, q.own)
	default:
		sum = fingerprint(f, digestOfMessage(f.Message))
	}
	var text [32]byte
	return scan.Keep(&p.texts.pieces, hex.AppendEncode(text[:0], sum[:]))
}

func fingerprint(f service.Finding, own [16]byte) [16]byte {
	var space [512]byte
	b := append(append(space[:0], f.Tool...), 0)
	b = append(append(b, f.Rule...), 0)
	b = append(append(b, f.Path...), 0)
	b = append(b, own[:]...)
	sum := sha256.Sum256(b)
	return [16]byte(sum[:16])
}

func digestOfMessage(message string) [16]byte {
	var space [512]byte
	sum := sha256.Sum256(appendWithoutNumbers(append(space[:0], "message "...), message))
	return [16]byte(sum[:16])
}

// Fingerprint is a finding's own, or one made of its tool, rule, path and
// message.
func Fingerprint(f service.Finding) string {
	if f.Fingerprint != "" {
		return f.Fingerprint
	}
	sum := fingerprint(f, digestOfMessage(f.Message))
	return hex.EncodeToString(sum[:])
}

// appendWithoutNumbers makes "declared at line 12" the same wherever it moves to.
func appendWithoutNumbers(b []byte, s string) []byte {
	digits := false
	for i := 0; i < len(s); {
		c, size := rune(s[i]), 1
		if c >= utf8.RuneSelf {
			c, size = utf8.DecodeRuneInString(s[i:])
		}
		if unicode.IsDigit(c) {
			if !digits {
				b = append(b, '#')
			}
			digits = true
		} else {
			digits = false
			b = append(b, s[i:i+size]...)
		}
		i += size
	}
	return b
}

// Baseline is what an earlier run found, cut down to what distinguishes new findings
// from old ones. The zero value is an earlier run that found nothing.
type Baseline struct {
	old  []trace
	seed maphash.Seed
	// Missing says why the baseline does not hold everything that was there.
	Missing []string
}

// trace is a finding as it is compared: by its fingerprint, then by its rule,
// path and message; the line decides between several that are alike. The hashes
// are of a seed of the run's own, so that nobody can write two findings that
// collide; words puts them into one order in every run.
type trace struct {
	exact, rest uint64
	words       uint32 // checksum of what rest is made of
	line, end   int32
	i           int32 // the finding's index among those of now
}

// Read adds a SARIF log to the baseline, as ParseSARIF reads it. What an earlier
// log had too counts once, as in Set.AddOther: a second one of it would make a
// new finding old.
func (b *Baseline) Read(r io.Reader, name string, o Options) error {
	p := &sarif{name: name, options: o, strings: map[string]string{}, old: b}
	before := len(b.old)
	err := p.parse(r)
	type same struct { // a tool may word one finding otherwise on another system
		exact     uint64
		line, end int32
	}
	added := others(b.old[:before], b.old[before:], func(t *trace) same { return same{t.exact, t.line, t.end} })
	b.old = b.old[:before+len(added)]
	b.Missing = appendNew(b.Missing, p.set.Missing...)
	return err
}

func (b *Baseline) add(f *service.Finding) { b.old = append(b.old, b.trace(f, f.Path)) }

func (b *Baseline) trace(f *service.Finding, path string) trace {
	if b.seed == (maphash.Seed{}) {
		b.seed = maphash.MakeSeed()
	}
	var space [512]byte
	text := append(append(space[:0], f.Rule...), 0)
	text = append(append(text, path...), 0)
	text = appendWithoutNumbers(text, f.Message)
	return trace{
		exact: maphash.String(b.seed, Fingerprint(*f)), rest: maphash.Bytes(b.seed, text),
		words: crc32.Checksum(text, crc32.MakeTable(crc32.Castagnoli)), line: int32(f.Line), end: int32(f.EndLine),
	}
}

// Compare marks each finding as old if the baseline has it, and as new if not.
// First all are compared by their fingerprints, then the rest by rule, path and
// message; each old finding makes one old, and the order of neither matters.
// renamed leads from the path of a file to the one it had in the baseline; it
// may be nil. One that is not found, and whose file is not known, is
// service.Unplaced. So are all that are not found where the baseline is missing
// something. Compare uses the baseline up.
func (b *Baseline) Compare(set *Set, renamed map[string]string) {
	now := set.Findings
	traces := make([]trace, len(now))
	for i := range now {
		f := &now[i]
		path := f.Path
		if old, ok := renamed[path]; ok {
			path = old
		}
		traces[i] = b.trace(f, path)
		traces[i].i = int32(i)
		f.Age = service.New
		if _, lost := set.Unmatched[f.Path]; lost || f.Path == "" || len(b.Missing) > 0 {
			f.Age = service.Unplaced
		}
	}
	mark := func(i int32) { now[i].Age = service.Old }
	old := b.old
	inOrder(byExact, traces, old)
	traces, old = pair(traces, old, byExact, mark)
	traces, old = pair(traces, old, func(a, b trace) int { a.line, b.line = 0, 0; return byExact(a, b) }, mark)
	traces, old = pair(traces, old, func(a, b trace) int { return cmp.Compare(a.exact, b.exact) }, mark)
	inOrder(byRest, traces, old)
	traces, old = pair(traces, old, func(a, b trace) int { a.i, b.i = 0, 0; return byRest(a, b) }, mark)
	pair(traces, old, func(a, b trace) int { return cmp.Compare(a.rest, b.rest) }, mark)
	b.old = nil
}

// inOrder sorts each of the lists.
func inOrder(by func(a, b trace) int, lists ...[]trace) {
	for _, l := range lists {
		sort.Slice(l, func(i, j int) bool { return by(l[i], l[j]) < 0 })
	}
}

// byExact puts those with one fingerprint together, and of them those with the
// same words, by their lines.
func byExact(a, b trace) int {
	if a.exact != b.exact { // nearly always, and cmp.Or wants all comparisons made
		return cmp.Compare(a.exact, b.exact)
	}
	return cmp.Or(cmp.Compare(a.words, b.words), cmp.Compare(a.rest, b.rest), cmp.Compare(a.line, b.line))
}

// byRest puts those with the same words together, by their lines.
func byRest(a, b trace) int {
	if a.rest != b.rest {
		return cmp.Compare(a.rest, b.rest)
	}
	return cmp.Or(cmp.Compare(a.line, b.line), cmp.Compare(a.i, b.i))
}

// pair marks what is alike in two lists, one for one, and returns what is left
// of them. Both must be in an order that puts together what is alike.
func pair(now, old []trace, alike func(a, b trace) int, mark func(i int32)) (restNow, restOld []trace) {
	restNow, restOld = now[:0], old[:0]
	i, j := 0, 0
	for i < len(now) && j < len(old) {
		switch c := alike(now[i], old[j]); {
		case c < 0:
			restNow = append(restNow, now[i])
			i++
		case c > 0:
			restOld = append(restOld, old[j])
			j++
		default:
			mark(now[i].i)
			i, j = i+1, j+1
		}
	}
	return append(restNow, now[i:]...), append(restOld, old[j:]...)
}
