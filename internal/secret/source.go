package secret

import (
	"bytes"
	"fmt"
	"io"
	"unicode/utf16"
	"unicode/utf8"

	"github.com/gatewright/gatewright/internal/input"
)

// maxSource bounds what is read as one token: no token is longer, and a wrong
// file name should not fill the memory.
const maxSource = 64 << 10

// FromFile reads a token from a file.
func FromFile(path string) (Value, error) {
	f, err := input.Open(path)
	if err != nil {
		return Value{}, err
	}
	defer func() { _ = f.Close() }()
	return FromReader(f)
}

// FromReader reads a token to the reader's end.
func FromReader(r io.Reader) (Value, error) {
	text, err := io.ReadAll(io.LimitReader(r, maxSource+1))
	if err != nil {
		return Value{}, err
	}
	if len(text) > maxSource {
		return Value{}, fmt.Errorf("longer than %d bytes, which no token is", maxSource)
	}
	return New(decode(text)), nil
}

// decode returns a text that may be UTF-16 with its mark, as PowerShell's > writes
// it. A byte without its other half becomes U+FFFD.
func decode(text []byte) string {
	high := 0 // the place of the high byte
	switch {
	case bytes.HasPrefix(text, []byte{0xfe, 0xff}):
	case bytes.HasPrefix(text, []byte{0xff, 0xfe}):
		high = 1
	default:
		return string(text)
	}
	units := make([]uint16, 0, len(text)/2)
	for i := 2; i < len(text); i += 2 {
		unit := uint16(utf8.RuneError)
		if i+1 < len(text) {
			unit = uint16(text[i+high])<<8 | uint16(text[i+1-high])
		}
		units = append(units, unit)
	}
	return string(utf16.Decode(units))
}
