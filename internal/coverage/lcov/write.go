package lcov

import (
	"bufio"
	"fmt"
	"io"
	"strconv"
	"strings"

	"github.com/gatewright/gatewright/internal/coverage"
)

// Write writes a report as a tracefile. Lines, hits and branches of known
// identity come back by Parse as they were; branches that were only counted
// come back as branches.
func Write(w io.Writer, r *coverage.Report) error {
	b := bufio.NewWriterSize(w, 64<<10)
	for _, f := range r.Files() {
		if strings.ContainsAny(f.Path, "\r\n") {
			return fmt.Errorf("%q cannot be written as LCOV: a path of several lines", f.Path)
		}
		b.WriteString("TN:\nSF:" + f.Path + "\n")
		branches(b, f)
		var line []byte
		for n, hits := range f.Lines() {
			line = strconv.AppendInt(append(line[:0], "DA:"...), int64(n), 10)
			line = append(strconv.AppendInt(append(line, ','), hits, 10), '\n')
			b.Write(line)
		}
		t := f.Totals()
		fmt.Fprintf(b, "LF:%d\nLH:%d\nend_of_record\n", t.Lines.Coverable, t.Lines.Covered)
	}
	return b.Flush()
}

func branches(b *bufio.Writer, f *coverage.File) {
	known := map[int]bool{}
	for id, taken := range f.Taken() {
		known[id.Line] = true
		block, branch := id.ID>>16, id.ID&0xffff
		if id.ID>>31 != 0 {
			block, branch = 0, id.ID // an identity that was hashed
		}
		fmt.Fprintf(b, "BRDA:%d,%d,%d,%s\n", id.Line, block, branch, times(f, id.Line, taken))
	}
	t := f.Totals().Branches
	for n, br := range f.Branches() {
		for i := range br.Total {
			if !known[n] {
				taken := int64(0)
				if i < br.Covered {
					taken = 1
				}
				fmt.Fprintf(b, "BRDA:%d,0,%d,%s\n", n, i, times(f, n, taken))
			}
		}
	}
	if t.Total > 0 {
		fmt.Fprintf(b, "BRF:%d\nBRH:%d\n", t.Total, t.Covered)
	}
}

// times is how often a branch was taken. On a line that never ran it was not even
// evaluated, for which the format has a sign of its own.
func times(f *coverage.File, line int, taken int64) string {
	if hits, coverable := f.Line(line); coverable && hits == 0 && taken == 0 {
		return "-"
	}
	return strconv.FormatInt(taken, 10)
}
