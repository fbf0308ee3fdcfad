// Command baseline is what bench/coverage.sh measures gatewright against
// besides its peers: encoding/xml's fastest way through a document, the Go
// team's reader of cover profiles, and a bare single pass that keeps nothing.
package main

import (
	"bufio"
	"bytes"
	"encoding/xml"
	"errors"
	"fmt"
	"io"
	"log"
	"os"
	"path/filepath"

	"golang.org/x/tools/cover"
)

func main() {
	log.SetFlags(0)
	if len(os.Args) != 3 {
		log.Fatal("usage: baseline rawtoken|cover|bare FILE")
	}
	name := os.Args[2]
	var n int
	var err error
	switch os.Args[1] {
	case "rawtoken":
		n, err = rawTokens(name)
	case "cover":
		n, err = profiles(name)
	case "bare":
		n, err = bare(name)
	default:
		err = errors.New("unknown baseline " + os.Args[1])
	}
	if err != nil {
		log.Fatal(err)
	}
	fmt.Println(n)
}

func rawTokens(name string) (n int, err error) {
	f, err := os.Open(name)
	if err != nil {
		return 0, err
	}
	defer f.Close()
	d := xml.NewDecoder(bufio.NewReaderSize(f, 1<<20))
	for {
		if _, err := d.RawToken(); err == io.EOF {
			return n, nil
		} else if err != nil {
			return n, err
		}
		n++
	}
}

func profiles(name string) (n int, err error) {
	all, err := cover.ParseProfiles(name)
	for _, p := range all {
		n += len(p.Blocks)
	}
	return n, err
}

// bare looks once at every line or tag that has a number of hits, and counts
// those above zero.
func bare(name string) (covered int, err error) {
	f, err := os.Open(name)
	if err != nil {
		return 0, err
	}
	defer f.Close()
	end, pick := byte('\n'), lcovHits
	switch filepath.Base(name) {
	case "cover.out":
		pick = goHits
	case "cobertura.xml":
		end, pick = '>', attrHits(`hits="`)
	case "jacoco.xml":
		end, pick = '>', attrHits(` ci="`)
	case "clover.xml":
		end, pick = '>', attrHits(`count="`)
	case "coverage-final.json":
		end, pick = ',', jsonHits
	}
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
			if pick(data[:i]) > 0 {
				covered++
			}
			data = data[i+1:]
		}
		kept = copy(buf, data)
		if err == io.EOF {
			return covered, nil
		}
		if err != nil {
			return covered, err
		}
	}
}

func digits(b []byte) (n int) {
	for _, c := range b {
		if c -= '0'; c > 9 {
			return n
		}
		n = n*10 + int(c)
	}
	return n
}

func lcovHits(line []byte) int {
	if len(line) < 4 || line[0] != 'D' || line[1] != 'A' {
		return 0
	}
	return digits(line[bytes.IndexByte(line, ',')+1:])
}

func goHits(line []byte) int { return digits(line[bytes.LastIndexByte(line, ' ')+1:]) }

func jsonHits(pair []byte) int { return digits(pair[bytes.LastIndexByte(pair, ':')+1:]) }

func attrHits(name string) func([]byte) int {
	return func(tag []byte) int {
		i := bytes.Index(tag, []byte(name))
		if i < 0 {
			return 0
		}
		return digits(tag[i+len(name):])
	}
}
