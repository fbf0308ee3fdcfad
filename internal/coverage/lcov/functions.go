package lcov

import (
	"bytes"
	"io"

	"github.com/gatewright/gatewright/internal/coverage"
	"github.com/gatewright/gatewright/internal/scan"
)

// ParseFunctions is Parse that also keeps the lines which declare functions,
// with their calls. FN:<line>,[<end>,]<name> names one and FNDA:<calls>,<name>
// counts it; since LCOV 2 these are FNL:<index>,<line>[,<end>] and
// FNA:<index>,<calls>,<name>.
func ParseFunctions(r io.Reader) (*coverage.Report, error) {
	return parse(r, &functions{lines: map[string]int{}})
}

// functions are the declarations of the file that is being read.
type functions struct {
	lines map[string]int // name or index → line
}

func (d *functions) see(file *coverage.File, line []byte) {
	tag, rest, _ := bytes.Cut(bytes.TrimSpace(line), []byte{':'})
	if file == nil || string(tag) == "SF" {
		clear(d.lines)
		return
	}
	first, after, ok := bytes.Cut(rest, []byte{','})
	if !ok {
		return
	}
	switch string(tag) {
	case "FN":
		if n, ok := scan.Int(first); ok {
			if end, name, ok := bytes.Cut(after, []byte{','}); ok {
				if _, isLine := scan.Int(end); isLine {
					after = name
				}
			}
			d.lines[string(after)] = n
			file.Function(n, 0)
		}
	case "FNL":
		start, _, _ := bytes.Cut(after, []byte{','})
		if n, ok := scan.Int(start); ok {
			d.lines["#"+string(first)] = n
			file.Function(n, 0)
		}
	case "FNDA":
		if calls, ok := scan.Count(first); ok {
			file.Function(d.lines[string(after)], calls)
		}
	case "FNA":
		count, _, _ := bytes.Cut(after, []byte{','})
		if calls, ok := scan.Count(count); ok {
			file.Function(d.lines["#"+string(first)], calls)
		}
	}
}
