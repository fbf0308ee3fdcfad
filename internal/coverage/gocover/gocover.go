// Package gocover reads Go cover profiles, the text that `go test
// -coverprofile` writes in any of its modes.
package gocover

import (
	"bytes"
	"io"
	"slices"

	"github.com/gatewright/gatewright/internal/coverage"
	"github.com/gatewright/gatewright/internal/scan"
)

// Sniff reports whether head begins a cover profile.
func Sniff(head []byte) bool {
	head = bytes.TrimLeft(head, " \t\r\n")
	line, _, _ := bytes.Cut(head, []byte{'\n'})
	line = bytes.TrimSpace(line)
	if mode, ok := bytes.CutPrefix(line, []byte("mode:")); ok {
		return slices.Contains([]string{"set", "count", "atomic"}, string(bytes.TrimSpace(mode)))
	}
	// Tools that join profiles leave the mode out.
	_, ok := parseBlock(line)
	return ok
}

// Parse reads a profile. Each line of a block gets the block's count; lines
// that several blocks touch get the sum. The blocks' statements are kept too,
// for totals as `go tool cover` prints them.
func Parse(r io.Reader) (*coverage.Report, error) {
	report := coverage.New()
	in := scan.NewLines(r)
	var spans coverage.Spans
	for in.Next() {
		line := in.Text()
		b, ok := parseBlock(line)
		if !ok {
			if line = bytes.TrimSpace(line); len(line) == 0 || bytes.HasPrefix(line, []byte("mode:")) {
				continue
			}
			return nil, in.Errorf("%q where <file>:<line>.<column>,<line>.<column> <statements> <count> was expected", line[:min(len(line), 80)])
		}
		f := report.FileBytes(b.file)
		err := b.book(f, &spans, in.Read())
		if err == nil {
			err = plain(f, in, &spans)
		}
		if err != nil {
			return nil, in.Errorf("block: %w", err)
		}
	}
	return report, in.Err()
}

// block is one line of a profile.
type block struct {
	file                               []byte
	fromLine, fromCol, toLine, toColum int
	statements                         int
	count                              int64
}

// book adds the block to its file, given how many bytes of the profile were read.
func (b *block) book(f *coverage.File, spans *coverage.Spans, read int64) error {
	if b.statements == 0 && b.toLine >= b.fromLine {
		return nil
	}
	if err := spans.Hit(f, coverage.Span{From: b.fromLine, To: b.toLine, Hits: b.count}, read); err != nil {
		return err
	}
	f.Statements(b.place(), b.statements, b.count > 0)
	return nil
}

// place is a number of its own for each block of a file.
func (b *block) place() uint64 {
	if b.fromLine < 1<<20 && b.toLine < 1<<20 && b.fromCol < 1<<12 && b.toColum < 1<<12 {
		return uint64(b.fromLine)<<44 | uint64(b.fromCol)<<32 | uint64(b.toLine)<<12 | uint64(b.toColum)
	}
	const prime = 1099511628211
	h := uint64(14695981039346656037)
	for _, n := range [4]int{b.fromLine, b.fromCol, b.toLine, b.toColum} {
		h = (h ^ uint64(n)) * prime
	}
	return h
}

// parseBlock reads from the right, because a file's name may hold anything.
func parseBlock(line []byte) (b block, ok bool) {
	line = bytes.TrimRight(line, " \t\r")
	p := bytes.LastIndexByte(line, ' ')
	if p < 0 {
		return b, false
	}
	if b.count, ok = scan.Count(line[p+1:]); !ok {
		return b, false
	}
	for _, n := range [...]struct {
		into  *int
		after byte // what stands before it
	}{{&b.statements, ' '}, {&b.toColum, '.'}, {&b.toLine, ','}, {&b.fromCol, '.'}, {&b.fromLine, ':'}} {
		if *n.into, p, ok = number(line, p, n.after); !ok {
			return b, false
		}
	}
	b.file = line[:p]
	return b, p > 0
}

// number reads the digits that end at position end and follow the byte sep,
// and returns sep's position.
func number(line []byte, end int, sep byte) (n, at int, ok bool) {
	i, scale := end-1, 1
	for ; i >= 0 && line[i]-'0' <= 9 && end-i <= 9; i-- {
		n += int(line[i]-'0') * scale
		scale *= 10
	}
	return n, i, i >= 0 && i < end-1 && line[i] == sep
}
