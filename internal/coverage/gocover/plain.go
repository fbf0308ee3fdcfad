package gocover

import (
	"github.com/gatewright/gatewright/internal/coverage"
	"github.com/gatewright/gatewright/internal/scan"
)

// plainNumbers is what the numbers of the longest plain block take, seven digits
// each, with the eight bytes that the last is loaded by.
const plainNumbers = 56

// plain reads blocks as long as they are of the same file and their numbers
// small, which nearly all are. Anything else, and the last blocks of what has
// been read ahead, are left to parseBlock.
//
// Reading forward from the file's name finds what parseBlock does from the
// right: there is nothing but digits between the separators up to the line's
// end, so that each number ends where the other way lets it begin, and the colon
// before the first is the one that ends the name.
func plain(file *coverage.File, in *scan.Lines, spans *coverage.Spans) error {
	data, name := in.Ahead(), file.Path
	passed, blocks := 0, 0
	read := in.Read()
	var b block
	var w widths
	var err error
	for err == nil && len(data)-passed >= len(name)+1+plainNumbers {
		line := data[passed:]
		if string(line[:len(name)]) != name || line[len(name)] != ':' {
			break
		}
		n, ok := b.numbers(line[len(name)+1:][:plainNumbers], &w)
		if !ok {
			break
		}
		passed += len(name) + 1 + n
		blocks++
		err = b.book(file, spans, read+int64(passed))
	}
	in.Skip(passed, blocks)
	return err
}

// widths are how many digits the numbers of the block before had that change
// theirs seldom.
type widths struct{ fromLine, toLine, statements int }

// numbers reads a line such as "10.33,14.6 1 0\n" and returns its length.
func (b *block) numbers(line []byte, w *widths) (length int, ok bool) {
	fromLine, at, ok := scan.Expect(line, 0, &w.fromLine, '.')
	fromCol, at, ok2 := scan.Number(line, at, ',')
	toLine, at, ok3 := scan.Expect(line, at, &w.toLine, '.')
	toCol, at, ok4 := scan.Number(line, at, ' ')
	statements, at, ok5 := scan.Expect(line, at, &w.statements, ' ')
	count, at, ok6 := scan.Number(line, at, '\n')
	b.fromLine, b.fromCol, b.toLine, b.toColum = fromLine, fromCol, toLine, toCol
	b.statements, b.count = statements, int64(count)
	return at, ok && ok2 && ok3 && ok4 && ok5 && ok6
}
