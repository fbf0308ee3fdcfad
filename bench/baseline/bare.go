package main

import (
	"bytes"
	"fmt"
	"io"
	"os"
	"path/filepath"
)

// tally are the sums that show that a bare pass has read everything.
type tally struct{ records, covered, lines, hits int }

func (t *tally) add(line, hits int) {
	t.records++
	t.lines += line
	t.hits += hits
	if hits > 0 {
		t.covered++
	}
}

func (t *tally) String() string {
	return fmt.Sprintf("%d of %d records covered, lines add up to %d, hits to %d", t.covered, t.records, t.lines, t.hits)
}

// bare is the least that totals can be had for: in one pass it reads the line
// and the hits of every record, and adds them up. It keeps no lines and no file
// names, and checks nothing: records are taken to be whole and in one spelling.
func bare(name string) (*tally, error) {
	t := &tally{}
	end, read := byte('\n'), t.lcov
	switch filepath.Base(name) {
	case "cover.out":
		read = t.goBlock
	case "cobertura.xml":
		end, read = '>', t.tag(` number="`, ` hits="`)
	case "jacoco.xml":
		end, read = '>', t.tag(` nr="`, ` ci="`)
	case "clover.xml":
		end, read = '>', t.tag(` num="`, ` count="`)
	case "coverage-final.json":
		end, read = ',', t.istanbul
	}
	return t, pieces(name, end, read)
}

// pieces reads a file through one buffer and calls each for what lies between
// two bytes of a kind.
func pieces(name string, end byte, each func(piece []byte)) error {
	f, err := os.Open(name)
	if err != nil {
		return err
	}
	defer f.Close()
	buf := make([]byte, 1<<20)
	kept := 0
	for {
		n, err := f.Read(buf[kept:])
		data := buf[:kept+n]
		for {
			i := bytes.IndexByte(data, end)
			if i < 0 {
				break
			}
			each(data[:i])
			data = data[i+1:]
		}
		kept = copy(buf, data)
		if err == io.EOF {
			return nil
		}
		if err != nil {
			return err
		}
	}
}

// number reads the digits that b begins with, and returns what follows them.
func number(b []byte) (n int, rest []byte) {
	for i, c := range b {
		if c -= '0'; c > 9 {
			return n, b[i:]
		}
		n = n*10 + int(c)
	}
	return n, nil
}

func first(b []byte) int {
	n, _ := number(b)
	return n
}

// lcov reads DA:line,hits and BRDA:line,block,branch,taken.
func (t *tally) lcov(record []byte) {
	switch {
	case bytes.HasPrefix(record, []byte("DA:")):
		line, rest := number(record[3:])
		t.add(line, first(rest[1:]))
	case bytes.HasPrefix(record, []byte("BRDA:")):
		t.add(first(record[5:]), first(record[bytes.LastIndexByte(record, ',')+1:]))
	}
}

// tag reads two attributes of <line …>.
func (t *tally) tag(line, hits string) func([]byte) {
	attribute := func(tag []byte, name string) int {
		return first(tag[bytes.Index(tag, []byte(name))+len(name):])
	}
	return func(piece []byte) {
		tag := piece[bytes.IndexByte(piece, '<')+1:]
		if bytes.HasPrefix(tag, []byte("line ")) {
			t.add(attribute(tag, line), attribute(tag, hits))
		}
	}
}

// goBlock reads name:line.column,line.column statements count: both lines.
func (t *tally) goBlock(block []byte) {
	from, rest := number(block[bytes.LastIndexByte(block, ':')+1:])
	if len(rest) == 0 || rest[0] != '.' {
		return // mode: count
	}
	_, rest = number(rest[1:])
	to, rest := number(rest[1:])
	_, rest = number(rest[1:])
	statements, rest := number(rest[1:])
	t.add(from+to+statements, first(rest[1:]))
}

// istanbul reads the line of "start":{"line":3 and the count of "0":5. What
// counts functions is spelled as what counts statements is.
func (t *tally) istanbul(pair []byte) {
	i := bytes.LastIndexByte(pair, ':')
	switch key := pair[:max(i, 0)]; {
	case bytes.HasSuffix(key, []byte(`"start":{"line"`)):
		t.lines += first(pair[i+1:])
	case len(key) > 1 && key[len(key)-1] == '"' && key[len(key)-2]-'0' <= 9:
		t.add(0, first(pair[i+1:]))
	}
}
