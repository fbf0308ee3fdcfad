package scan

import (
	"bytes"
	"encoding/binary"
	"math/bits"
)

// load takes eight bytes as a word, the first of them lowest.
// The compiler makes one instruction of it where the machine is little-endian.
func load(b []byte) uint64 { return binary.LittleEndian.Uint64(b) }

// marks has a bit in the first byte of a word that is c, and none below.
// Bits above it mean nothing: a borrow out of the byte that is c may set them. The
// first is found by TrailingZeros64, which does not look there.
func marks(word uint64, c byte) uint64 {
	const ones = 0x0101010101010101
	word ^= uint64(c) * ones
	return (word - ones) &^ word & highBits
}

// find is where the byte c stands from p on, below zero if there is none. What
// is near is found without calling a search.
func find(data []byte, p int, c byte) int {
	// Attributes and keys are mostly shorter than four words, for which a call of
	// IndexByte costs more than it saves.
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

// Numbers are what reports consist of. These read one of up to eight digits
// without a loop and without a branch that depends on how many there are: eight
// bytes are loaded at once (binary.LittleEndian.Uint64), the digits at their
// beginning counted, and those turned into a number with three multiplications.
//
//	x := binary.LittleEndian.Uint64(data[p:])
//	n := scan.Digits(x)        // 3 of "123,45\n…"
//	v := scan.Decimal(x, n)    // 123

const (
	zeros    = 0x3030303030303030
	highBits = 0x8080808080808080
)

// Digits is how many of eight bytes, from the lowest, are digits before the
// first that is none: 0 to 8.
func Digits(x uint64) int { return bits.TrailingZeros64(others(x)) >> 3 }

// IsWide reports whether Digits is n, which is 0 to 7. For a parser that expects
// as many digits as the number before had, it costs less than to count them,
// and the processor can go on with what follows before the answer is known.
func IsWide(x uint64, n int) bool { return others(x)<<(uint(56-8*n)&63) == 1<<63 }

// others marks the bytes that are no digits by their high bits, right up to the
// first of them and no further.
func others(x uint64) uint64 {
	x ^= zeros // digits are 0 to 9 now
	// Adding 0x76 to a byte sets its high bit from 10 on, and a byte that had it
	// keeps it. A carry out of a byte comes after the first that is no digit.
	return (x + 0x7676767676767676 | x) & highBits
}

// Decimal is the number that the first n of eight bytes say, which must be
// digits; n is 1 to 8.
func Decimal(x uint64, n int) uint64 {
	x = (x ^ zeros) << (uint(64-8*n) & 63) // what follows falls out, zeros lead
	// Each step makes of two neighbours one number of twice the width: digits, pairs,
	// fours, and at last all eight. What a step leaves in the upper half is masked.
	x = (x*10 + x>>8) & 0x00ff00ff00ff00ff
	x = (x*100 + x>>16) & 0x0000ffff0000ffff
	return (x*10000 + x>>32) & 0xffffffff
}

// Number reads a number of one to seven digits at a position, and the byte that
// must follow it. There must be eight bytes from there on.
func Number(b []byte, at int, after byte) (n, next int, ok bool) {
	x := load(b[at:])
	wide := Digits(x)
	next = at + wide
	return int(Decimal(x, wide)), next + 1, wide&7 != 0 && b[next] == after
}

// Expect is Number for one that mostly has as many digits as the number that
// stood in its place before. The processor can then go on with what follows
// before it knows where this number ends.
func Expect(b []byte, at int, wide *int, after byte) (n, next int, ok bool) {
	x := load(b[at:])
	if !IsWide(x, *wide) {
		*wide = Digits(x) & 7
	}
	next = at + *wide
	return int(Decimal(x, *wide)), next + 1, *wide != 0 && b[next] == after
}
