// Package llvmcov reads the JSON that `llvm-cov export` writes.
package llvmcov

import (
	"bytes"
	"io"
	"slices"

	"github.com/gatewright/gatewright/internal/coverage"
	"github.com/gatewright/gatewright/internal/scan"
)

// Sniff tells whether head begins an export.
func Sniff(head []byte) bool {
	keys, ok := scan.Keys(head)
	if !ok || !slices.Contains(keys, "data") {
		return false
	}
	return bytes.Contains(head, []byte(`"filename"`)) || bytes.Contains(head, []byte("llvm.coverage"))
}

// Parse reads an export. Hits of a line are worked out from the segments that
// begin on it and the one that runs into it, as llvm-cov does for its own
// reports. An export of summaries alone has no lines and is refused.
func Parse(r io.Reader) (*coverage.Report, error) {
	p := parser{report: coverage.New(), j: scan.NewJSON(r)}
	p.j.Object(func(key []byte) {
		if string(key) != "data" {
			return
		}
		p.j.Array(func() {
			p.j.Object(func(key []byte) {
				if string(key) == "files" {
					p.j.Array(p.file)
				}
			})
		})
	})
	return p.report, p.j.End()
}

type parser struct {
	report   *coverage.Report
	j        *scan.JSON
	segments []segment
	branches []branch
	spans    coverage.Spans
}

// segment is where a count begins to hold: it holds until the next.
type segment struct {
	line    int
	count   int64
	counted bool // the segment has a count
	entry   bool // a region begins here
	gap     bool // the region only fills space between others
}

// starts tells whether the segment begins a region that counts.
func (s segment) starts() bool { return s.counted && s.entry && !s.gap }

// branch is a condition: where it stands and how often it was true and false.
type branch struct {
	line, id int
	yes, no  int64
}

func (p *parser) file() {
	j := p.j
	name := ""
	p.segments, p.branches = p.segments[:0], p.branches[:0]
	seen := false
	j.Object(func(key []byte) {
		switch string(key) {
		case "filename":
			name = j.String()
		case "segments":
			seen = true
			j.Array(p.segment)
		case "branches":
			j.Array(p.branch)
		}
	})
	if j.Err() != nil {
		return
	}
	if name == "" || !seen {
		j.Fail("a file without a filename or segments; was it exported with -summary-only?")
		return
	}
	f := p.report.File(name)
	p.lines(f)
	for _, b := range p.branches {
		f.Branch(b.line, uint32(b.id)*2, b.yes)
		f.Branch(b.line, uint32(b.id)*2+1, b.no)
	}
}

// segment reads [line, column, count, has count, is region entry, is gap].
func (p *parser) segment() {
	var s segment
	i := 0
	p.j.Array(func() {
		switch i {
		case 0:
			s.line, _ = p.j.Int()
		case 2:
			s.count, _ = p.j.Count()
		case 3:
			s.counted = p.flag()
		case 4:
			s.entry = p.flag()
		case 5:
			s.gap = p.flag()
		}
		i++
	})
	if i < 5 {
		p.j.Fail("a segment of %d values where 5 or 6 were expected", i)
		return
	}
	if n := len(p.segments); n > 0 && s.line < p.segments[n-1].line {
		p.j.Fail("segments that do not ascend")
		return
	}
	p.segments = append(p.segments, s)
}

// flag reads true, which old exports write as 1.
func (p *parser) flag() bool {
	if p.j.Kind() == '0' {
		n, _ := p.j.Int()
		return n != 0
	}
	return p.j.Bool()
}

// branch reads [line, column, end line, end column, true count, false count, …].
func (p *parser) branch() {
	var v [6]int64
	i := 0
	p.j.Array(func() {
		if i < len(v) {
			v[i], _ = p.j.Count()
		}
		i++
	})
	id := v[1]*7919 + v[2]*104729 + v[3]
	p.branches = append(p.branches, branch{int(v[0]), int(id & 0x7fffffff), v[4], v[5]})
}

// lines works out the count of every line from the first segment to the last.
func (p *parser) lines(f *coverage.File) {
	var wrapped *segment // the segment that runs into the line
	segs := p.segments
	for len(segs) > 0 {
		line := segs[0].line
		n := 1
		for n < len(segs) && segs[n].line == line {
			n++
		}
		if hits, mapped := lineHits(segs[:n], wrapped); mapped {
			f.Hit(line, hits)
		}
		wrapped = &segs[n-1]
		segs = segs[n:]
		if wrapped.counted && len(segs) > 0 && segs[0].line > line+1 {
			if err := p.spans.Hit(f, line+1, segs[0].line-1, wrapped.count, p.j.Read()); err != nil {
				p.j.Fail("segments: %v", err)
				return
			}
		}
	}
}

// lineHits is the count of a line on which segments begin; mapped is false if
// the line is not code.
func lineHits(on []segment, wrapped *segment) (hits int64, mapped bool) {
	starting := 0
	for _, s := range on {
		if s.starts() {
			starting++
		}
	}
	skipped := !on[0].counted && on[0].entry
	if skipped || starting == 0 && (wrapped == nil || !wrapped.counted) {
		return 0, false
	}
	if wrapped != nil {
		hits = wrapped.count
	}
	for _, s := range on {
		if s.starts() {
			hits = max(hits, s.count)
		}
	}
	return hits, true
}
