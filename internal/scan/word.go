package scan

import (
	"bytes"
	"encoding/binary"
	"math/bits"
)

// load takes eight bytes as a word, the first of them lowest.
func load(b []byte) uint64 { return binary.LittleEndian.Uint64(b) }

// marks has a bit in the first byte of a word that is c, and none below.
func marks(word uint64, c byte) uint64 {
	const ones = 0x0101010101010101
	word ^= uint64(c) * ones
	return (word - ones) &^ word & highBits
}

// find is where the byte c stands from p on, below zero if there is none. What
// is near is found without calling a search.
func find(data []byte, p int, c byte) int {
	for range 4 {
		if p < 0 || p > len(data)-8 {
			break
		}
		if found := marks(load(data[p:]), c); found != 0 {
			return p + bits.TrailingZeros64(found)/8
		}
		p += 8
	}
	i := bytes.IndexByte(data[p:], c)
	if i < 0 {
		return -1
	}
	return p + i
}
