package main

import (
	"bytes"
	"path/filepath"
)

// hop is the barest pass: it looks once at every line, tag or pair that has a
// number of hits, and counts those above zero. It does not see which line they
// are of.
func hop(name string) (covered int, err error) {
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
	err = pieces(name, end, func(piece []byte) {
		if pick(piece) > 0 {
			covered++
		}
	})
	return covered, err
}

func lcovHits(line []byte) int {
	if len(line) < 4 || line[0] != 'D' || line[1] != 'A' {
		return 0
	}
	return first(line[bytes.IndexByte(line, ',')+1:])
}

func goHits(line []byte) int { return first(line[bytes.LastIndexByte(line, ' ')+1:]) }

func jsonHits(pair []byte) int { return first(pair[bytes.LastIndexByte(pair, ':')+1:]) }

func attrHits(name string) func([]byte) int {
	return func(tag []byte) int {
		i := bytes.Index(tag, []byte(name))
		if i < 0 {
			return 0
		}
		return first(tag[i+len(name):])
	}
}
