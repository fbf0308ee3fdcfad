package match

import (
	"bytes"
	"io"
	"strconv"

	"github.com/gatewright/gatewright/internal/coverage"
)

// CountLines returns how many lines a text has: one that does not end with a
// line break counts, and breaks are those of Unix, Windows and the old Mac. It
// stops once it has seen least lines.
func CountLines(r io.Reader, least int) (int, error) {
	lines, open, cr := 0, false, false
	buf := make([]byte, 32<<10)
	for {
		n, err := r.Read(buf)
		b := buf[:n]
		if n > 0 {
			if cr && b[0] != '\n' {
				lines++ // the carriage return at the end of the last piece stood alone
			}
			lines += bytes.Count(b, []byte{'\n'}) + loneReturns(b)
			cr = b[n-1] == '\r'
			open = b[n-1] != '\n' && !cr
		}
		if err != nil || lines >= least {
			if cr && err == io.EOF {
				lines++
			}
			if open {
				lines++
			}
			if err == io.EOF {
				err = nil
			}
			return lines, err
		}
	}
}

// loneReturns counts carriage returns that no line feed follows, but for one at
// the end.
func loneReturns(b []byte) (n int) {
	for {
		i := bytes.IndexByte(b, '\r')
		if i < 0 || i == len(b)-1 {
			return n
		}
		if b[i+1] != '\n' {
			n++
		}
		b = b[i+1:]
	}
}

// Want asks for the lines of a file, of which it needs to be known no more than
// whether there are at least so many.
type Want struct {
	Path  string
	Least int
}

// checkLines takes the file back from a path whose report has lines beyond its
// end, for a file that was only inferred. Where the path is the file for
// certain, it is these lines that are wrong; checkLines returns how many lines
// such files have. What the user mapped stays whole.
func checkLines(files []*coverage.File, found []Match, lines func([]Want) []int) map[int]int {
	if lines == nil {
		return nil
	}
	var want []Want
	var at []int
	for i, m := range found {
		// Some tools count the empty line after the last line break.
		if least := files[i].LastLine() - 1; m.Path != "" && m.How != Mapped && least > 0 {
			want, at = append(want, Want{m.Path, least}), append(at, i)
		}
	}
	ends := map[int]int{}
	for k, n := range lines(want) {
		i := at[k]
		switch {
		case n < 0 || n >= want[k].Least:
		// The file is surely that one, and lines beyond its end are a tool's own.
		case certain(found[i].How), found[i].How == Package && loosePackages(found[i].Path):
			// Kotlin numbers the lines of inlined functions on.
			ends[i] = n
		default:
			doubt(&found[i], want[k].Least+1, n)
		}
	}
	return ends
}

// doubt is a match that the file is too short for.
func doubt(f *Match, last, n int) {
	x := f.extend()
	x.others = []string{f.Path}
	x.flag = mapping(clean(f.Report), f.Path)
	f.Note = "line " + strconv.Itoa(last) + " is beyond the end of " + f.Path + ", which has " + strconv.Itoa(n) + " lines"
	f.Path, f.How = "", Doubtful
	if x.rules != nil {
		x.rules = append(x.rules, Answer{"lines", f.Note})
	}
}
