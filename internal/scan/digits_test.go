package scan

import (
	"encoding/binary"
	"strconv"
	"testing"
)

// TestDigits tries every number of digits with every byte that can end them,
// and whatever may stand behind that one.
func TestDigits(t *testing.T) {
	for n := 0; n <= 8; n++ {
		for _, number := range []string{"12345678", "00000000", "99999999", "90817263"} {
			for end := range 256 {
				if '0' <= end && end <= '9' {
					continue
				}
				for _, behind := range []byte{0, '0', '9', ':', 0x7f, 0x80, 0xff} {
					var b [8]byte
					for i := range b {
						b[i] = behind
					}
					if copy(b[:], number[:n]); n < 8 {
						b[n] = byte(end)
					}
					checkDigits(t, b)
				}
			}
		}
	}
}

// checkDigits compares eight bytes with a plain loop and with strconv.
func checkDigits(t *testing.T, b [8]byte) {
	t.Helper()
	want := 0
	for want < 8 && '0' <= b[want] && b[want] <= '9' {
		want++
	}
	x := binary.LittleEndian.Uint64(b[:])
	if n := Digits(x); n != want {
		t.Fatalf("Digits(%q) = %d, want %d", b, n, want)
	}
	for n := range 8 {
		if IsWide(x, n) != (n == want) {
			t.Fatalf("IsWide(%q, %d) with %d digits", b, n, want)
		}
	}
	for before := range 8 {
		if n, next, ok := Expect(b[:], 0, &before, b[want&7]); ok != (want&7 != 0) || ok && (next != want+1 || before != want || n != int(Decimal(x, want))) {
			t.Fatalf("Expect(%q) = %d, %d, %t, %d digits", b, n, next, ok, before)
		}
	}
	if n, next, ok := Number(b[:], 0, b[want&7]); ok != (want&7 != 0) || ok && (next != want+1 || n != int(Decimal(x, want))) {
		t.Fatalf("Number(%q) = %d, %d, %t", b, n, next, ok)
	}
	if _, _, ok := Number(b[:], 0, b[want&7]^1); ok {
		t.Fatalf("Number(%q): another byte follows", b)
	}
	for n := 1; n <= want; n++ {
		number, err := strconv.ParseUint(string(b[:n]), 10, 64)
		if got := Decimal(x, n); err != nil || got != number {
			t.Fatalf("Decimal(%q, %d) = %d, want %d", b, n, got, number)
		}
	}
}

func FuzzDigits(f *testing.F) {
	f.Add([]byte("123,45\n\x00"))
	f.Add([]byte("12345678"))
	f.Add([]byte("\xff0123456"))
	f.Fuzz(func(t *testing.T, data []byte) {
		var b [8]byte
		copy(b[:], data)
		checkDigits(t, b)
	})
}
