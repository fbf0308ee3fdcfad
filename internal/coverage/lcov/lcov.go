// Package lcov reads LCOV tracefiles (geninfo(1)): SF names a file, DA a line
// and its hits, BRDA a branch. What only repeats or sums those (LF, LH, FN, …)
// is passed over.
package lcov

import (
	"bytes"
	"io"
	"strconv"

	"github.com/gatewright/gatewright/internal/coverage"
	"github.com/gatewright/gatewright/internal/scan"
)

// Sniff reports whether head begins an LCOV tracefile: its first lines are
// records of that format, with an SF or a TN among them.
func Sniff(head []byte) bool {
	for line := range bytes.Lines(head) {
		line = bytes.TrimSpace(line)
		switch {
		case len(line) == 0, line[0] == '#':
		case bytes.HasPrefix(line, []byte("SF:")):
			return true
		case bytes.HasPrefix(line, []byte("TN:")), bytes.HasPrefix(line, []byte("VER:")):
		default:
			return false
		}
	}
	// A tracefile may consist of nothing but an empty test name.
	return bytes.HasPrefix(bytes.TrimSpace(head), []byte("TN:"))
}

// Parse reads a tracefile. Repeated sections of one file and repeated lines
// add up; a missing end_of_record at the end is accepted, unless the last line
// has no end either: a number cut short would be believed.
func Parse(r io.Reader) (*coverage.Report, error) { return parse(r, nil) }

func parse(r io.Reader, declared *functions) (*coverage.Report, error) {
	report := coverage.New()
	in := scan.NewLines(r)
	var file *coverage.File
	var plain plainRecords
	var totals totals
	for {
		if file != nil {
			plain.read(file, in)
		}
		if !in.Next() {
			if in.Err() == nil && file != nil && in.Open() {
				return nil, in.Errorf("the tracefile ends inside a line, and before end_of_record: it is cut off")
			}
			if file != nil && totals.lines.Coverable == notStated { // neither that nor LF, which ends a section's lines
				report.Remark("the tracefile ends before end_of_record: it may be cut off")
			}
			totals.end(report)
			return report, in.Err()
		}
		line := in.Text()
		var err error
		if file, err = totals.record(report, file, in, line); err != nil {
			return nil, err
		}
		if declared != nil {
			declared.see(file, line)
		}
	}
}

// record reads one line and returns the file that the next lines are about.
func (t *totals) record(report *coverage.Report, file *coverage.File, in *scan.Lines, line []byte) (*coverage.File, error) {
	line = bytes.TrimSpace(line)
	if len(line) == 0 || line[0] == '#' {
		return file, nil
	}
	tag, rest, hasRest := cut(line, ':')
	switch string(tag) {
	case "SF":
		// Everything after the first colon: a Windows path has more of them.
		rest = bytes.TrimSpace(rest)
		if len(rest) == 0 {
			return nil, in.Errorf("SF names no file")
		}
		files := report.Len()
		next := report.FileBytes(rest)
		t.begin(report, next, report.Len() > files)
		t.line = 0
		return next, nil
	case "DA", "BRDA", "BA":
		if file == nil {
			return nil, in.Errorf("%s outside of a file; expected SF: before it", tag)
		}
		switch string(tag) {
		case "DA":
			return file, data(file, in, rest)
		case "BA":
			return file, t.arm(file, in, rest)
		}
		return file, branch(file, in, rest)
	case "end_of_record":
		return nil, nil
	case "LF", "LH", "BRF", "BRH":
		if hasRest && t.see(tag, rest) {
			return file, nil
		}
		return nil, in.Errorf("%q where a number was expected after %s:", clip(line), tag)
	case "TN", "VER", "FN", "FNDA", "FNF", "FNH", "FNL", "FNA", "MCDC", "MCF", "MCH":
		if hasRest {
			return file, nil
		}
	default:
		if hasRest && isKey(tag) {
			t.unknown(tag)
			return file, nil
		}
	}
	return nil, in.Errorf("%q where a record such as SF:, DA: or end_of_record was expected", clip(line))
}

// cut is bytes.Cut for one byte, which is found faster.
func cut(b []byte, separator byte) (before, after []byte, found bool) {
	if i := bytes.IndexByte(b, separator); i >= 0 {
		return b[:i], b[i+1:], true
	}
	return b, nil, false
}

// data reads DA:<line>,<hits>[,<checksum>].
func data(file *coverage.File, in *scan.Lines, rest []byte) error {
	number, after, ok := cut(rest, ',')
	count, _, _ := cut(after, ',')
	n, isNumber := scan.Int(number)
	hits, isCount := scan.Count(count)
	isCount = isCount || unexecuted(count)
	if !ok || !isNumber || !isCount {
		return in.Errorf("DA:%s where DA:<line>,<hits> was expected", clip(rest))
	}
	file.Hit(n, hits)
	return nil
}

// unexecuted reports whether a count is one of the marks that gcov has for a
// line that never ran: #####, =====, $$$$$ and %%%%%.
func unexecuted(count []byte) bool {
	return len(count) > 1 && bytes.IndexByte([]byte("#=$%"), count[0]) >= 0 && len(bytes.Trim(count, string(count[:1]))) == 0
}

// branch reads BRDA:<line>,[e]<block>,<branch>,<taken or ->. The branch may be
// an expression with commas of its own.
func branch(file *coverage.File, in *scan.Lines, rest []byte) error {
	number, after, ok := cut(rest, ',')
	block, after, ok2 := cut(after, ',')
	last := bytes.LastIndexByte(after, ',')
	n, isNumber := scan.Int(number)
	if !ok || !ok2 || last < 0 || !isNumber {
		return in.Errorf("BRDA:%s where BRDA:<line>,<block>,<branch>,<taken> was expected", clip(rest))
	}
	taken := int64(0)
	// "-" is a branch that was never reached, which old versions of fastcov
	// wrote as NaN.
	if t := after[last+1:]; string(t) != "-" && string(t) != "NaN" {
		if taken, ok = scan.Count(t); !ok {
			return in.Errorf("BRDA: taken is %q where a count or '-' was expected", clip(t))
		}
	}
	file.Branch(n, identity(block, after[:last]), taken)
	return nil
}

// arm reads BA:<line>,<0, 1 or 2>, which Bazel wrote for each branch of a line
// until its version 9: of one that was not reached, not taken, or taken. Until version 4
// it added the states of several tests up: nothing is known of what is above 2.
func (t *totals) arm(file *coverage.File, in *scan.Lines, rest []byte) error {
	number, state, ok := cut(rest, ',')
	n, isNumber := scan.Int(number)
	taken, isState := scan.Int(state)
	if !ok || !isNumber || !isState {
		return in.Errorf("BA:%s where BA:<line>,<0, 1 or 2> was expected", clip(rest))
	}
	if n != t.line {
		t.line, t.arms = n, 0
	}
	if taken <= 2 {
		file.Branch(n, numbered(0, t.arms), int64(taken/2))
	} else {
		t.unknown([]byte("BA"))
	}
	t.arms++
	return nil
}

// identity folds block and branch into the number of one of a line's
// branches. Small numbers stay readable; anything else is hashed.
func identity(block, branch []byte) uint32 {
	b, ok := scan.Int(block)
	n, ok2 := scan.Int(branch)
	if ok && ok2 {
		return numbered(int64(b), int64(n))
	}
	return hashed(block, branch)
}

// numbered is the identity of a branch whose block and number are numbers.
func numbered(block, branch int64) uint32 {
	if block < 1<<15 && branch < 1<<16 {
		return uint32(block)<<16 | uint32(branch)
	}
	return hashed(strconv.AppendInt(nil, block, 10), strconv.AppendInt(nil, branch, 10))
}

func hashed(parts ...[]byte) uint32 {
	h := uint32(coverage.HashBasis)
	for _, part := range parts {
		h = coverage.Hash(coverage.Hash(h, part), []byte{','})
	}
	return h | 1<<31
}

func clip(b []byte) []byte { return b[:min(len(b), 80)] }
