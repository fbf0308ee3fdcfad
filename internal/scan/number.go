package scan

import (
	"bytes"
	"math"
	"strconv"
)

// Count reads a count of hits. Tools wrap, overflow and format their counters,
// so it is forgiving in what cannot be misread: a negative count is 0, one that
// is over-large (or was wrapped below zero by 64-bit arithmetic and printed
// unsigned) is the largest int64, and fractions and exponents (`1e+0`) are cut
// to whole numbers, but not to 0, which says that a line did not run, and commas
// may group thousands. ok is false for anything else.
func Count(b []byte) (n int64, ok bool) {
	if len(b) == 0 || len(b) > 18 {
		return oddCount(b)
	}
	for _, c := range b {
		if c -= '0'; c > 9 {
			return oddCount(b)
		}
		n = n*10 + int64(c)
	}
	return n, true
}

// oddCount is Count for all but short plain numbers. It has the unlikely cases, so
// that Count stays small enough to be fast.
func oddCount(b []byte) (int64, bool) {
	b = bytes.TrimSpace(b)
	if len(b) == 0 || len(b) > 64 {
		return 0, false
	}
	// 1,234,567 as .NET's tools write it in some cultures; 1,5 is refused, since
	// nobody can tell whether it is one and a half.
	if bytes.IndexByte(b, ',') > 0 {
		plain := make([]byte, 0, len(b))
		for i, part := range bytes.Split(b, []byte{','}) {
			if i > 0 && len(part) != 3 {
				return 0, false
			}
			plain = append(plain, part...)
		}
		b = plain
	}
	for _, c := range b {
		if !isNumber(c) {
			return 0, false // such as 0x1, 1_000, NaN
		}
	}
	f, err := strconv.ParseFloat(string(b), 64)
	switch {
	case err != nil && !math.IsInf(f, 0):
		return 0, false
	// gcov's counters can come out below zero where threads raced for them.
	case f <= 0:
		return 0, true
	case f >= math.MaxInt64:
		return math.MaxInt64, true
	}
	if n, err := strconv.ParseInt(string(b), 10, 64); err == nil {
		return n, true
	}
	return max(int64(f), 1), true
}

// Int reads a whole number below 2³¹, such as a line number. Spaces around it
// are allowed; ok is false for anything else.
func Int(b []byte) (n int, ok bool) {
	if len(b) == 0 || len(b) > 9 {
		return oddInt(b)
	}
	for _, c := range b {
		if c -= '0'; c > 9 {
			return oddInt(b)
		}
		n = n*10 + int(c)
	}
	return n, true
}

// oddInt is Int for signs, spaces, ten digits, and what is no number.
func oddInt(b []byte) (n int, ok bool) {
	b = bytes.TrimSpace(b)
	negative := len(b) > 0 && b[0] == '-'
	if len(b) > 0 && (negative || b[0] == '+') {
		b = b[1:]
	}
	for _, c := range b {
		if c -= '0'; c > 9 || n > math.MaxInt32/10 {
			return 0, false
		}
		n = n*10 + int(c)
	}
	// A line below zero is none, which 0 says as well; the report is not refused
	// for it (tracefiles have FN:-1).
	if negative {
		return 0, len(b) > 0
	}
	return n, len(b) > 0 && n <= math.MaxInt32
}

// Bool reads true or false in any case: .NET's tools write True, and SonarQube
// takes TRUE. ok is false for anything else.
func Bool(b []byte) (yes, ok bool) {
	switch string(b) { // what nearly all write
	case "true":
		return true, true
	case "false":
		return false, true
	}
	yes = bytes.EqualFold(b, []byte("true"))
	return yes, yes || bytes.EqualFold(b, []byte("false"))
}
