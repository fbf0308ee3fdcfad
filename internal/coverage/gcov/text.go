// Package gcov reads what gcov writes: its annotated text, its intermediate
// text, and its JSON, which gcovr writes in a form of its own.
package gcov

import (
	"bytes"
	"fmt"
	"io"
	"path"
	"strings"

	"github.com/gatewright/gatewright/internal/coverage"
	"github.com/gatewright/gatewright/internal/scan"
)

// Sniff reports whether head begins annotated text: "  -:    0:Source:main.c".
func Sniff(head []byte) bool {
	line, _, _ := bytes.Cut(head, []byte{'\n'})
	count, number, text, ok := columns(line)
	return ok && string(count) == "-" && number == 0 && bytes.HasPrefix(text, []byte("Source:"))
}

// Parse reads annotated text. Where a function was instantiated several times,
// gcov first writes the lines with all counts and then each instance's, which
// are passed over but for their branches: those above have none. Branches belong
// to the line above them.
func Parse(r io.Reader) (*coverage.Report, error) {
	p := parser{report: coverage.New(), in: scan.NewLines(r)}
	for p.in.Next() {
		if err := p.line(p.in.Text()); err != nil {
			return nil, err
		}
	}
	p.end()
	p.open()
	if p.more > 0 {
		p.unended += fmt.Sprintf("; so it is in %d more files", p.more)
	}
	if p.unended != "" {
		p.report.Remark("%s", p.unended)
	}
	return p.report, p.in.Err()
}

// within returns the path of a file that was compiled as name in a folder, which
// is "" if it is not known.
func within(dir, name string) string {
	if dir == "" || name == "" || name[0] == '/' || name[0] == '\\' || len(name) > 1 && name[1] == ':' {
		return name
	}
	return path.Clean(dir + "/" + name)
}

type parser struct {
	report   *coverage.Report
	in       *scan.Lines
	file     *coverage.File
	source   string // the file that the lines to come are of, until there is one,
	dir      string // and where it was compiled
	last     int    // the line that branches belong to
	branch   uint32 // their number
	ruled    bool   // the line above was a rule of dashes
	instance bool   // within one instance of a function
	left     int    // where a mark leaves lines out from, until the next one ends that; else 0
	unended  string // the first such line that no mark ended,
	more     int    // and in how many more files there are
}

func (p *parser) line(text []byte) error {
	if len(text) > 9 && len(bytes.Trim(text, "-")) == 0 {
		p.ruled, p.instance = true, false
		return nil
	}
	count, number, rest, ok := columns(text)
	if !ok {
		if p.ruled && !bytes.HasPrefix(text, []byte("function ")) { // the summary of the one after the instances
			p.instance = true
		}
		p.ruled = false
		return p.other(text)
	}
	p.ruled = false
	if number == 0 {
		p.header(string(bytes.TrimRight(rest, "\r")))
		return nil
	}
	if p.open(); p.file == nil {
		return p.in.Errorf("line %d before any source file; expected -: 0:Source:", number)
	}
	p.last, p.branch = number, 0
	if p.excluded(rest) {
		p.last = 0
		return nil
	}
	if p.instance {
		return nil
	}
	hits, coverable, ok := hits(count)
	if !ok {
		return p.in.Errorf("%q where a count was expected", count)
	}
	if coverable {
		p.file.Hit(number, hits)
	}
	return nil
}

// excluded reports whether the source leaves its line out, as geninfo and gcovr
// read it: LCOV_EXCL_LINE, and from LCOV_EXCL_START up to LCOV_EXCL_STOP, which
// wins in a line that has both. Of a line with LCOV_EXCL_BR_LINE it leaves the
// branches out.
func (p *parser) excluded(source []byte) bool {
	alone, stop, line := false, false, p.last
	for {
		before, mark, ok := bytes.Cut(source, []byte("_EXCL_"))
		if !ok {
			break
		}
		source = mark
		switch {
		case !bytes.HasSuffix(bytes.TrimSuffix(before, []byte("R")), []byte("COV")): // GCOV_, GCOVR_
		case bytes.HasPrefix(mark, []byte("LINE")):
			alone = true
		case bytes.HasPrefix(mark, []byte("STOP")):
			stop = true
		case bytes.HasPrefix(mark, []byte("START")) && p.left == 0:
			p.left = line
		case bytes.HasPrefix(mark, []byte("BR_LINE")):
			p.last = 0
		}
	}
	if stop {
		p.left = 0
	}
	return alone || p.left > 0
}

// header reads what stands above the lines of a file.
func (p *parser) header(text string) {
	if source, ok := strings.CutPrefix(text, "Source:"); ok {
		p.end()
		p.open()
		p.source, p.dir = source, ""
	} else if dir, ok := strings.CutPrefix(text, "Working directory:"); ok { // since GCC 8
		p.dir = dir
	}
}

// open begins the file of the header, if there is a new one.
func (p *parser) open() {
	if p.source != "" {
		p.file = p.report.File(within(p.dir, p.source))
		p.source = ""
	}
}

// end ends the file before the next header.
func (p *parser) end() {
	if p.left > 0 && p.unended != "" {
		p.more++
	} else if p.left > 0 {
		p.unended = fmt.Sprintf("%s:%d: LCOV_EXCL_START without a STOP leaves out the rest of the file", p.file.Path, p.left)
	}
	p.left = 0
}

// other reads what is no line of source: branches; the rest (functions, calls,
// unconditional jumps, names of instances) says nothing new.
func (p *parser) other(text []byte) error {
	fields := bytes.Fields(text)
	if len(fields) < 3 || string(fields[0]) != "branch" || p.file == nil {
		return nil
	}
	var taken int64
	switch string(fields[2]) {
	case "taken":
		if len(fields) < 4 {
			return p.in.Errorf("%q where branch <n> taken <count> was expected", text)
		}
		n, _, ok := hits(bytes.TrimSuffix(fields[3], []byte{'%'}))
		if !ok {
			return p.in.Errorf("%q where branch <n> taken <count> was expected", text)
		}
		taken = n
	case "never":
	default:
		return nil
	}
	p.file.Branch(p.last, p.branch, taken)
	p.branch++
	return nil
}

// columns takes "count: number:text" apart.
func columns(line []byte) (count []byte, number int, text []byte, ok bool) {
	const widest = 24 // of a column
	count, rest, _ := bytes.Cut(line, []byte{':'})
	digits, text, two := bytes.Cut(rest, []byte{':'})
	if !two || len(count) > widest || len(digits) > widest {
		return nil, 0, nil, false
	}
	count = bytes.TrimSpace(count)
	number, ok = scan.Int(bytes.TrimSpace(digits))
	return count, number, text, ok && len(count) > 0 && (count[0] <= '9' || count[0] == '=')
}

// hits reads a count: "-" is not coverable, "#####" and "=====" never ran, a
// star marks blocks that did not run, and a unit scales what gcov -H wrote. One
// below zero, which gcov makes of profiles that several threads wrote, is 0.
func hits(count []byte) (n int64, coverable, ok bool) {
	if len(count) == 0 {
		return 0, false, false
	}
	switch count[0] {
	case '-':
		n, ok = scan.Count(bytes.TrimRight(count, "*kMGTPE"))
		return n, len(count) > 1, ok || len(count) == 1
	case '#', '=', '$', '%':
		return 0, true, true
	}
	count = bytes.TrimSuffix(count, []byte{'*'})
	scale := int64(1)
	if last := len(count) - 1; last > 0 {
		if i := strings.IndexByte("kMGTPE", count[last]); i >= 0 {
			for range i + 1 {
				scale *= 1000
			}
			return scaled(count[:last], scale)
		}
	}
	n, ok = scan.Count(count)
	return n, true, ok
}

// scaled reads "1.2" in units of scale.
func scaled(count []byte, scale int64) (int64, bool, bool) {
	whole, fraction, _ := bytes.Cut(count, []byte{'.'})
	n, ok := scan.Count(whole)
	if !ok || n >= 1<<62/scale {
		return 0, true, false
	}
	n *= scale
	for _, c := range fraction {
		if c < '0' || c > '9' {
			return 0, true, false
		}
		scale /= 10
		n += int64(c-'0') * scale
	}
	return n, true, true
}
