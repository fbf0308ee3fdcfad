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
	second, name, _ := bytes.Cut(after, []byte{','})
	declare := func(line []byte, name string) {
		if n, ok := scan.Int(line); ok {
			d.lines[name] = n
			file.Function(n, 0)
		}
	}
	count := func(calls []byte, name string) {
		if n, ok := scan.Count(calls); ok {
			file.Function(d.lines[name], n) // line 0 of a name that nobody declared is ignored
		}
	}
	switch {
	case !ok:
	case string(tag) == "FN":
		if _, isEnd := scan.Int(second); !isEnd || name == nil {
			name = after
		}
		declare(first, string(name))
	case string(tag) == "FNL":
		declare(second, "#"+string(first))
	case string(tag) == "FNDA":
		count(first, string(after))
	case string(tag) == "FNA":
		count(second, "#"+string(first))
	}
}
