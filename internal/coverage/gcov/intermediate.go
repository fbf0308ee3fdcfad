package gcov

import (
	"bytes"
	"io"

	"github.com/gatewright/gatewright/internal/coverage"
	"github.com/gatewright/gatewright/internal/scan"
)

// SniffIntermediate reports whether head begins intermediate text, which gcov -i
// wrote before GCC 9.
func SniffIntermediate(head []byte) bool {
	for line := range bytes.Lines(head) {
		line = bytes.TrimSpace(line)
		switch {
		case len(line) == 0, bytes.HasPrefix(line, []byte("version:")), bytes.HasPrefix(line, []byte("cwd:")):
		default:
			return bytes.HasPrefix(line, []byte("file:"))
		}
	}
	return false
}

// ParseIntermediate reads intermediate text: file:, lcount:line,hits and
// branch:line,taken records.
func ParseIntermediate(r io.Reader) (*coverage.Report, error) {
	report := coverage.New()
	in := scan.NewLines(r)
	var file *coverage.File
	dir, last, branch := "", 0, uint32(0)
	for in.Next() {
		tag, rest, ok := bytes.Cut(bytes.TrimSpace(in.Text()), []byte{':'})
		switch string(tag) {
		case "file":
			file = report.File(within(dir, string(rest)))
		case "cwd":
			dir = string(rest)
		case "lcount", "branch":
			number, value, _ := bytes.Cut(rest, []byte{','})
			value, _, _ = bytes.Cut(value, []byte{','})
			n, isNumber := scan.Int(number)
			if file == nil || !isNumber {
				return nil, in.Errorf("%s:%s where %[1]s:<line>,<value> below a file: was expected", tag, rest)
			}
			if string(tag) == "lcount" {
				hits, isCount := scan.Count(value)
				if !isCount {
					return nil, in.Errorf("lcount:%s where a count was expected", rest)
				}
				file.Hit(n, hits)
				continue
			}
			if n != last {
				last, branch = n, 0
			}
			var taken int64
			if string(value) == "taken" {
				taken = 1
			}
			file.Branch(n, branch, taken)
			branch++
		case "function", "version":
		default:
			if ok || len(tag) > 0 {
				return nil, in.Errorf("%q where file:, function:, lcount: or branch: was expected", tag)
			}
		}
	}
	return report, in.Err()
}
